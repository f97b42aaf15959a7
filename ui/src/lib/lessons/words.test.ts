import { describe, expect, it } from "vitest";
import type { Lesson, LessonScope } from "../ipc";
import { grouped, learnedInWords, scopeInFull, stateInWords, wordsOf } from "./words";

const dana: LessonScope = { reach: "person", person: { name: "Dana Ortiz", address: "dana@client.example" } };
const house: LessonScope = { reach: "domain", domain: "client.example" };
const all: LessonScope = { reach: "everywhere" };
const lesson = (scope: LessonScope, more: Partial<Lesson> = {}): Lesson => ({
  id: "1".repeat(32),
  kind: "preference",
  rule: { rule: "greet", line: "Hi Dana," },
  scope,
  words: "Greet with “Hi Dana,”",
  language: "en",
  state: "learned",
  on: true,
  seen: 1,
  edited: false,
  first: 0,
  last: 0,
  ...more,
});

describe("lessons in words", () => {
  it("says what was learned, and for whom", () => {
    expect(learnedInWords(lesson(dana))).toBe("Learned for Dana: greet with “Hi Dana,”");
    expect(learnedInWords(lesson(all, { words: "Keep it shorter" }))).toBe("Learned for all letters: keep it shorter");
    expect([dana, house, all].map(scopeInFull)).toEqual([
      "To Dana Ortiz, dana@client.example",
      "To people at client.example",
      "In all letters",
    ]);
  });
  it.each([
    [{}, "seen in 1 letter"],
    [{ state: "seen_once" as const }, "seen in 1 letter, not used yet"],
    [{ on: false }, "switched off"],
    [{ edited: true }, "in your own words"],
  ])("says how it stands: %o", (more, words) => {
    expect(stateInWords(lesson(dana, more))).toBe(words);
  });
  it("groups people first, then houses, then all", () => {
    const groups = grouped([lesson(all), lesson(house), lesson(dana), lesson(dana)]);
    expect(groups.map((group) => group.lessons.length)).toEqual([2, 1, 1]);
    expect(groups[0]?.title).toContain("Dana");
  });
  it("has words to change only where the rule has some", () => {
    expect(wordsOf(lesson(dana))?.text).toBe("Hi Dana,");
    expect(wordsOf(lesson(dana, { rule: { rule: "shorter" } }))).toBeNull();
  });
});
