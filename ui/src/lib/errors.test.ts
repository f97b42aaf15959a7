import { describe, expect, it } from "vitest";
import { WORDS, offersOffline, wordsFor } from "./errors";
import { AGAIN_WORDS } from "./errors.accounts";
import { noFacts, type SignInAgainReason, type UiError } from "./ipc";
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
  it("says of every sign-in that failed that nothing was changed", () => {
    const failed = Object.entries(WORDS).filter(
      ([code]) => code.startsWith("sign_in_") && !["sign_in_off", "sign_in_again"].includes(code),
    );
    expect(failed.length).toBeGreaterThan(20);
    for (const [code, words] of failed) expect(words.safe, code).toMatch(/Nothing was changed/);
  });
  it("says why an account must be signed in again", () => {
    const again = (reason: SignInAgainReason): UiError => ({
      code: "sign_in_again",
      message: "",
      facts: { ...noFacts, reason },
    });
    for (const reason of Object.keys(AGAIN_WORDS) as SignInAgainReason[])
      expect(wordsFor(again(reason)).title).toBe(AGAIN_WORDS[reason].why);
    expect(wordsFor(again("testing_mode")).action).toBe("Publish it, or sign in again each week.");
  });
  it("names the provider that is not set up", () => {
    const error: UiError = { code: "client_missing", message: "", facts: { ...noFacts, identity_provider: "github" } };
    expect(wordsFor(error).title).toContain("GitHub");
  });
  it("offers to write offline after trouble with a model", () => {
    expect(offersOffline("model_rate_limited")).toBe(true);
    expect(offersOffline("not_found")).toBe(false);
  });
});
