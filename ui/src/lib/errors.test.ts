import { describe, expect, it } from "vitest";
import { WORDS, offersOffline } from "./errors";
// The bindings' own text is the list of codes: a code without words fails here as well as in the compiler.
import bindings from "./bindings.gen.ts?raw";

const codes = [.../export type ErrorCode = ([^;]+);/.exec(bindings)![1]!.matchAll(/"(\w+)"/g)].map(
  (match) => match[1]!,
);

describe("the words for errors", () => {
  it("has every code of the engine, and no other", () => {
    expect(codes.length).toBeGreaterThan(25);
    expect(Object.keys(WORDS).sort()).toEqual([...codes].sort());
  });
  it("says what happened, what is safe and what to do, plainly", () => {
    for (const [code, words] of Object.entries(WORDS)) {
      for (const text of Object.values(words)) expect(text, code).toMatch(/^[A-Z].{3,}/);
      expect(words.title, code).not.toMatch(/\.$/);
      for (const text of [words.safe, words.action]) expect(text, code).toMatch(/\.$/);
      expect(Object.values(words).join(" "), code).not.toMatch(/!|\bAI\b|oops|magic|sorry/i);
    }
  });
  it("offers to write offline after trouble with a model", () => {
    expect(offersOffline("model_rate_limited")).toBe(true);
    expect(offersOffline("not_found")).toBe(false);
  });
});
