import { describe, expect, it } from "vitest";
import type { Claim, ComposeEvent, DiffPiece } from "../ipc";
import { locate, segments } from "./claims";
import { decide, decideAll, openChanges, propose, resolve } from "./proposal";
import { fold, nothingYet } from "./stream";

const folded = (events: ComposeEvent[]) => events.reduce(fold, nothingYet);

describe("a letter as it comes", () => {
  it("is the deltas, one after the other", () => {
    expect(
      folded([
        { kind: "began", draft: "d" },
        { kind: "delta", text: "Hi " },
        { kind: "delta", text: "Dana," },
      ]),
    ).toMatchObject({ draft: "d", text: "Hi Dana," });
  });
  it("begins anew when the answer begins anew", () => {
    expect(
      folded([{ kind: "delta", text: "Half a" }, { kind: "restarted" }, { kind: "delta", text: "Whole" }]).text,
    ).toBe("Whole");
  });
  it("says that it waits until the next words come", () => {
    const waiting = folded([{ kind: "retrying", after_ms: 2000, attempt: 2 }]);
    expect(waiting.waiting).toEqual({ after_ms: 2000, attempt: 2 });
    expect(fold(waiting, { kind: "delta", text: "a" }).waiting).toBeNull();
  });
});

describe("a proposal", () => {
  const pieces: DiffPiece[] = [
    { kind: "same", text: "Hi. " },
    { kind: "change", old: "Mine.", new: "Theirs." },
    { kind: "same", text: " And " },
    { kind: "change", old: "", new: "more." },
  ];
  it("leaves the person's own words until a change is accepted", () => {
    expect(resolve(propose(pieces))).toBe("Hi. Mine. And ");
    expect(openChanges(propose(pieces))).toBe(2);
  });
  it("takes each decision on its own", () => {
    const one = decide(propose(pieces), 1, "accepted");
    expect(resolve(one)).toBe("Hi. Theirs. And ");
    expect(resolve(decide(one, 3, "refused"))).toBe("Hi. Theirs. And ");
    expect(openChanges(decide(one, 3, "refused"))).toBe(0);
  });
  it("decides what is still open at once, and nothing that was decided", () => {
    const refused = decide(propose(pieces), 1, "refused");
    expect(resolve(decideAll(refused, "accepted"))).toBe("Hi. Mine. And more.");
  });
});

describe("claims in the text", () => {
  const claim = (text: string, start: number): Claim => ({
    text,
    start,
    end: start + text.length,
    kind: "date",
    source: null,
  });
  it("stand where they were found", () => {
    expect(segments("by Friday, no later", [claim("Friday", 3)]).map((one) => one.text)).toEqual([
      "by ",
      "Friday",
      ", no later",
    ]);
  });
  it("move with the text, and go when their words go", () => {
    expect(locate("Please, by Friday", [claim("Friday", 3)])[0]).toMatchObject({ start: 11, end: 17 });
    expect(locate("whenever", [claim("Friday", 3)])).toEqual([]);
  });
  it("always add up to the text", () => {
    const body = "Friday or Friday, 5 euros 😀 on Friday";
    expect(
      segments(body, [claim("Friday", 10), claim("5 euros", 0), claim("Friday", 0)])
        .map((one) => one.text)
        .join(""),
    ).toBe(body);
  });
});
