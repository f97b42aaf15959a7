// What a search suggests while it is typed.
import { describe, expect, it } from "vitest";
import { byWords } from "./format";
import { completed, operatorHints, pieceOf, wantedBy, wantedHints } from "./operators";

const dana = { name: "Dana Whitfield", address: "dana@example.org" };
const label = (name: string) => ({ id: `L_${name}`, name, kind: "user" as const, unread: 0, threads: 0 });
const labels = (query: string) => operatorHints(query).map((hint) => hint.label);

describe("a search's hints", () => {
  it("shows what can be typed where nothing is", () => {
    expect(labels("")).toContain("from:");
    expect(labels("")).toContain('"exact phrase"');
  });

  it("completes the operator that is being typed, and no finished one", () => {
    expect(labels("budget fr")).toEqual(["from:"]);
    expect(labels("is:")).toEqual(["is:unread", "is:starred", "is:read"]);
    expect(labels("-fr")).toEqual(["-from:"]);
    for (const query of ["from:", "is:read", "f", "budget ", "zebra"]) expect(labels(query)).toEqual([]);
  });

  it("knows whom or which label is asked for", () => {
    for (const [query, expected] of [
      ["from:da", { kind: "people", op: "from:", text: "da" }],
      ['x -to:"Dana W', { kind: "people", op: "-to:", text: "Dana W" }],
      ["label:", { kind: "label", op: "label:", text: "" }],
      ["whit", { kind: "people", op: "from:", text: "whit" }],
      ["is:un", null],
      ["12,400", null],
      ["", null],
    ] as const)
      expect(wantedBy(query)).toEqual(expected);
  });

  it("puts a hint in the place of what is being typed", () => {
    const [hint] = wantedHints("budget from:da", [dana], []);
    expect(hint).toEqual({ insert: "from:dana@example.org ", label: "from:Dana Whitfield", about: "dana@example.org" });
    expect(completed("budget from:da", hint!)).toBe("budget from:dana@example.org ");
    const [big] = wantedHints("label:cl", [], [label("Big Clients"), label("Home")]);
    expect(completed("label:cl", big!)).toBe('label:"Big Clients" ');
    expect(pieceOf('from:"Dana W')).toBe('from:"Dana W');
  });

  it("marks the words that are looked for, and no operator", () => {
    const marked = (query: string, text: string) => text.split(byWords(query)).filter((_, n) => n % 2);
    expect(marked("from:dana is:unread budget -draft", "Dana: the budget is a draft, unread")).toEqual(["budget"]);
    expect(marked("error: cannot open", "cannot open")).toEqual(["cannot", "open"]);
  });
});
