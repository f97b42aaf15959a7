// How pressed keys become actions: sequences and their pause, who is typing, and keys that are in each other's way.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  DEFAULTS,
  GROUPS,
  PAUSE,
  inTheWay,
  isTaken,
  keysOf,
  press,
  shown,
  strokeOf,
  type Begun,
  type Pressed,
} from "./keys";

const key = (sign: string, more: Partial<Pressed> = {}): Pressed => ({
  key: sign,
  code: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  ...more,
});

describe("a stroke", () => {
  it.each<[Pressed, string | null]>([
    [key("e"), "e"],
    [key("E"), "e"], // with Caps Lock
    [key("I", { shiftKey: true }), "Shift+i"],
    [key("#", { shiftKey: true }), "#"],
    [key("#"), "#"],
    [key("?", { shiftKey: true }), "?"],
    [key("/"), "/"],
    [key("Enter"), "Enter"],
    [key("Enter", { shiftKey: true }), null],
    [key("e", { ctrlKey: true }), null],
    [key("e", { altKey: true }), null],
    [key("e", { metaKey: true }), null],
    [key("e", { isComposing: true }), null],
    [key("у", { code: "KeyE" }), "e"],
    [key("ö", { code: "Semicolon" }), "ö"],
    [key("z", { code: "KeyY" }), "z"], // where Y and Z stand the other way round, the sign counts
    [key(" "), null],
    [key("Tab"), null],
    [key("ArrowDown"), null],
    [key("Shift", { shiftKey: true }), null],
    [key("Process"), null],
  ])("%o is %s", (pressed, stroke) => expect(strokeOf(pressed)).toBe(stroke));
});

/** The actions that these strokes come to, each pressed so long after the one before. */
function pressed(strokes: string, wait = 100, can?: (action: string) => boolean) {
  let begun: Begun = null;
  let now = 0;
  return strokes.split(" ").map((stroke) => {
    const came = press(begun, stroke, (now += wait), DEFAULTS, can);
    begun = came.begun;
    return came.action;
  });
}

describe("keys", () => {
  it.each<[string, (string | null)[]]>([
    ["j", ["next"]],
    ["Shift+u", ["mark_unread"]],
    ["u", ["back"]],
    ["g i", [null, "go_inbox"]],
    ["g d", [null, "go_drafts"]],
    ["g g i", [null, null, "go_inbox"]],
    ["g e", [null, "archive"]],
    ["i", [null]],
    ["x", [null]],
    ["g x j", [null, null, "next"]],
  ])("%s", (strokes, actions) => expect(pressed(strokes)).toEqual(actions));

  it("forget a begun sequence after a second", () => {
    expect(pressed("g i", PAUSE - 1)).toEqual([null, "go_inbox"]);
    expect(pressed("g i", PAUSE)).toEqual([null, null]);
    expect(pressed("g s", PAUSE)).toEqual([null, "star"]);
  });

  it("are free where the action is not to be had", () => {
    expect(pressed("g d", 100, (action) => action !== "go_drafts")).toEqual([null, null]);
    expect(pressed("f", 100, (action) => action !== "forward")).toEqual([null]);
  });
});

it("leaves keys to whoever types, and Enter to what it presses", () => {
  document.body.innerHTML = `
    <input id="a"><textarea id="b"></textarea><select id="c"></select><div contenteditable="true"><b id="d"></b></div>
    <div role="listbox" id="e"></div><button id="f"></button><p id="g"></p><div contenteditable="false"><i id="h"></i></div>`;
  const at = (id: string) => document.getElementById(id);
  for (const id of ["a", "b", "c", "d", "e"]) expect(isTaken(at(id), "j"), id).toBe(true);
  for (const id of ["f", "g", "h"]) expect(isTaken(at(id), "j"), id).toBe(false);
  expect(isTaken(at("f"), "Enter")).toBe(true);
  expect(isTaken(at("g"), "Enter")).toBe(false);
  expect(isTaken(window, "j")).toBe(false);
});

it("says whose key a new one would be", () => {
  expect(inTheWay(DEFAULTS, "archive", "j")).toEqual(["next"]);
  expect(inTheWay(DEFAULTS, "archive", "g")).toEqual([
    "go_inbox",
    "go_starred",
    "go_sent",
    "go_all",
    "go_drafts",
    "go_outbox",
  ]);
  expect(inTheWay(DEFAULTS, "archive", "j x")).toEqual(["next"]);
  expect(inTheWay(DEFAULTS, "archive", "y")).toEqual([]);
  expect(inTheWay(DEFAULTS, "archive", "e")).toEqual([]);
});

it("reads as people say it", () => {
  expect(["e", "#", "Shift+i", "g i", "Enter", "* a"].map(shown)).toEqual([
    "E",
    "#",
    "Shift I",
    "G then I",
    "Enter",
    "* then A",
  ]);
  expect(keysOf(DEFAULTS, "open")).toBe("O or Enter");
});

it("has the engine's defaults, each once, and a word for every action", () => {
  const yaml = readFileSync("../src-tauri/engine/src/defaults.yaml", "utf8");
  const block = yaml.split("\nkeys:\n")[1]!.split("\n\n")[0]!;
  const read = Object.fromEntries(
    block.split("\n").map((line) => {
      const [, action, keys] = /^ {2}(\w+): \[(.*)\]$/.exec(line)!;
      return [action, keys!.split(",").map((one) => one.trim().replace(/^"(.*)"$/, "$1"))];
    }),
  );
  expect(read).toEqual(DEFAULTS);
  const named = GROUPS.flatMap(([, actions]) => actions.map(([action]) => action));
  expect([...named].sort()).toEqual(Object.keys(DEFAULTS).sort());
  for (const action of named) for (const one of DEFAULTS[action]) expect(inTheWay(DEFAULTS, action, one)).toEqual([]);
});
