// Whether what is on the screen can be used with a screen reader, as far as axe can tell.
import axe from "axe-core";
import { expect } from "vitest";

export async function accessible(): Promise<void> {
  const found = await axe.run(document.body, {
    iframes: false, // a letter's is not ours to speak for, and runs nothing that could answer
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
