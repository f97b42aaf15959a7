// Whether what is on the screen can be used with a screen reader, as far as axe can tell.
import axe from "axe-core";
import { expect } from "vitest";

export async function accessible(): Promise<void> {
  const found = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
