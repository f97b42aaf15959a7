import { describe, expect, it } from "vitest";
import type { OutboxItem, OutboxState, QuestionKind } from "../ipc";
import { barOf } from "./bar";
import { countdownShort, fieldTime, laterChoices, momentInWords, pickedTime } from "./later";
import { questionInWords } from "./questions";
import { missingInWords, missingOf, type Missing } from "./wayOut";
import { grouped, onItsWay, standing, stepInWords } from "./words";

const NOW = new Date(2026, 10, 24, 18, 30).getTime(); // a Tuesday
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const dana = { name: "Dana Ortiz", address: "dana@client.example" };
const item = (state: OutboxState, more: Partial<OutboxItem> = {}): OutboxItem => ({
  id: "1".repeat(48),
  draft: "a".repeat(32),
  from: { name: null, address: "mara@example.com" },
  to: [dana],
  cc: [],
  bcc: [],
  subject: "Plan",
  queued: NOW - 1000,
  approval: "d".repeat(64),
  message_id: "m@example.com",
  state,
  can_undo: state.kind === "waiting",
  can_retry: false,
  can_settle: false,
  history: [],
  ...more,
});
const waits = (ms: number, reason: Extract<OutboxState, { kind: "waiting" }>["reason"] = "time"): OutboxState => ({
  kind: "waiting",
  until: NOW + ms,
  reason,
});

describe("when to send", () => {
  const local = (...parts: [number, number, number, number]) => new Date(...parts).getTime();
  it.each([
    ["a Tuesday", NOW, [local(2026, 10, 25, 9), local(2026, 10, 30, 9)]],
    ["a Sunday: tomorrow is Monday", local(2026, 10, 29, 12), [local(2026, 10, 30, 9)]],
    ["a Monday: the next one", local(2026, 10, 30, 12), [local(2026, 11, 1, 9), local(2026, 11, 7, 9)]],
    ["the end of a year", local(2026, 11, 31, 23), [local(2027, 0, 1, 9), local(2027, 0, 4, 9)]],
    ["the night the clocks change", local(2026, 2, 28, 23), [local(2026, 2, 29, 9), local(2026, 2, 30, 9)]],
  ])("on %s", (_, now, expected) => {
    expect(laterChoices(now).map((choice) => choice.time)).toEqual(expected);
    for (const { time } of laterChoices(now)) expect(new Date(time).getHours()).toBe(9);
  });
  it("takes a moment that is picked if it is one and ahead, to the minute and back", () => {
    for (const text of ["", "nonsense", "2026-11-24T18:30", "2025-01-01T09:00"])
      expect(pickedTime(text, NOW)).toBeNull();
    const time = pickedTime("2026-11-24T18:31", NOW)!;
    expect([time - NOW, fieldTime(time)]).toEqual([60_000, "2026-11-24T18:31"]);
  });
  it.each([
    [NOW + HOUR, "19:30"],
    [NOW + 2 * DAY, "Thu 18:30"],
    [NOW + 20 * DAY, "Mon 14 Dec 18:30"],
    [NOW + 400 * DAY, "Wed 29 Dec 2027 18:30"],
  ])("reads as a person says it", (time, words) =>
    expect(momentInWords(time, NOW, "en-GB").replaceAll(",", "")).toBe(words),
  );
  it.each([
    [10_000, "10 s"],
    [9_001, "10 s"],
    [1, "1 s"],
    [-5, "1 s"],
  ])("%i ms are left", (ms, words) => expect(countdownShort(ms)).toBe(words));
});

/** A time of the clock as this machine writes it, in the one way the tables below have. */
const clock = (words: string) => words.replace(/,/g, "").replace(/\b6:30\s?PM/, "18:30");

describe("the bar", () => {
  const here = (...items: OutboxItem[]) => new Map(items.map((one) => [one.id, NOW - 1000]));
  it.each<[string, OutboxState, boolean, string | null, boolean]>([
    ["the time to undo", waits(8_000), false, "Sending to Dana in 8 s", true],
    ["its time is over, and nobody took it yet", waits(-1), false, "Sending to Dana…", true],
    ["scheduled from here", waits(DAY), true, "Scheduled for Wed 18:30 to Dana", true],
    ["scheduled at some time", waits(DAY), false, null, false],
    ["on its way", { kind: "sending" }, false, "Sending to Dana…", false],
    ["just sent from here", { kind: "sent", at: NOW - 500, message: "1" }, true, "Sent to Dana", false],
    ["sent before", { kind: "sent", at: NOW - 500, message: "1" }, false, null, false],
    ["sent from here a while ago", { kind: "sent", at: NOW - 20_000, message: "1" }, true, null, false],
    ["offline", waits(8_000, "offline"), true, "Waits for the network then goes out to Dana", true],
    ["refused", { kind: "failed", why: "refused", said: null }, true, "Not sent to Dana", false],
    ["refused, and read before", { kind: "failed", why: "refused", said: null }, false, null, false],
    ["undone", { kind: "undone", at: NOW }, true, null, false],
  ])("%s", (_, state, mine, words, undo) => {
    const one = item(state);
    const bar = barOf([one], mine ? here(one) : new Map(), NOW);
    expect([bar && clock(bar.words), bar?.undo ?? false]).toEqual([words, undo]);
  });
  it("tells of what went wrong before what goes well, and of the latest that can be undone before what is leaving", () => {
    const [first, second] = [item(waits(3_000), { id: "1" }), item(waits(8_000), { id: "2" })];
    const [leaving, refused] = [
      item({ kind: "sending" }, { id: "3" }),
      item({ kind: "failed", why: "refused", said: null }, { id: "0" }),
    ];
    expect(barOf([first, second, leaving], new Map(), NOW)?.item.id).toBe("2");
    expect(barOf([refused, first, second], here(refused), NOW)?.item.id).toBe("0");
  });
});

describe("the outbox", () => {
  it.each<[OutboxState, string]>([
    [waits(8_000), "Sending in 8 s"],
    [waits(2 * DAY), "Scheduled for Thu 18:30"],
    [waits(1, "offline"), "Waits for the network"],
    [waits(1, "provider"), "The mail server asked to wait"],
    [waits(1, "sign_in"), "Waits for you to sign in"],
    [{ kind: "settling", since: NOW }, "Asking the mail server whether it was sent"],
    [{ kind: "failed", why: "refused", said: "no" }, "The mail server refused it"],
    [{ kind: "unknown", since: NOW, why: "no_trace" }, "It may have been sent and nothing can tell"],
  ])("says how it stands", (state, title) => {
    const said = standing(item(state), NOW, "the mail server");
    expect(clock(said.title)).toBe(title);
  });
  it("puts what needs the person first, and what is over last, the latest first, for a week", () => {
    const all = [
      item({ kind: "failed", why: "refused", said: null }, { id: "1", draft: "1", queued: NOW - 3 * HOUR }),
      item({ kind: "failed", why: "refused", said: null }, { id: "2", draft: "2" }),
      item({ kind: "sent", at: NOW - HOUR, message: "1" }, { id: "3", draft: "1", queued: NOW - 2 * HOUR }),
      item(waits(1, "sign_in"), { id: "4", draft: "4" }),
      item(waits(1), { id: "5", draft: "5" }),
      item({ kind: "unknown", since: 0, why: "no_trace" }, { id: "6", draft: "6" }),
      item({ kind: "sent", at: NOW - 8 * DAY, message: "1" }, { id: "7", draft: "7", queued: NOW - 8 * DAY }),
    ];
    const ids = ({ needs, waits, done }: ReturnType<typeof grouped>) =>
      [needs, waits, done].map((some) => some.map((one) => one.id));
    expect(ids(grouped(all, NOW))).toEqual([["2", "4", "6"], ["5"], ["3", "1"]]);
  });
  it.each<[OutboxState["kind"], boolean]>([
    ["waiting", true],
    ["sending", true],
    ["settling", true],
    ["unknown", true],
    ["sent", false],
    ["failed", false],
    ["undone", false],
  ])("a draft whose message is %s is on its way: %s", (kind, expected) => {
    const one = item({ kind, until: NOW, since: NOW, at: NOW } as never);
    expect([onItsWay([one], one.draft) !== null, onItsWay([one], null)]).toEqual([expected, null]);
  });
  it("tells every step with a capital and without a gap", () => {
    for (const step of ["upload_failed", "uploaded", "found_sent", "send_begun"] as const)
      expect(stepInWords(step, "the mail server")).toMatch(/^[A-Z].*mail server/);
  });
});

it("asks each thing in a sentence, with what it is about", () => {
  const kinds: QuestionKind[] = [
    "no_subject",
    "empty_body",
    "nothing_attached",
    "files_missing",
    "gone_elsewhere",
    "odd_domain",
    "many_recipients",
    "placeholder_left",
    "other_name",
    "unsupported",
    "from_other",
  ];
  for (const kind of kinds) {
    const [bare, full] = ["", "12"].map((about) => questionInWords({ kind, about }));
    expect(bare).toMatch(/^[A-Z]/);
    if (!["no_subject", "empty_body", "gone_elsewhere"].includes(kind)) expect(full).toContain("12");
    expect(`${bare}${full}`).not.toMatch(/“”|undefined/);
  }
});

describe("what is missing for sending", () => {
  const google = {
    provider: "google",
    state: { kind: "signed_in" },
    profile: { address: "mara@work.example" },
  } as const;
  const on = { gmail: { enabled: true, base: "", units_per_minute: null, draft_rest_seconds: 20 } };
  it.each<[string, Missing, Parameters<typeof missingInWords>[1], boolean, string, string]>([
    ["nobody", { kind: "none" }, null, true, "No account to send from yet", "add_account"],
    ["local", { kind: "none" }, { ...google, provider: null }, true, "No account to send from yet", "add_account"],
    ["github", { kind: "none" }, { ...google, provider: "github" }, true, "This account cannot send", "add_account"],
    ["grant", { kind: "grant_missing", grant: "send_mail" }, google, true, "Sending is not allowed yet", "allow"],
    ["again", { kind: "sign_in_again" }, google, true, "Mara@work.example must be signed in again", "sign_in"],
    [
      "out",
      { kind: "none" },
      { ...google, state: { kind: "signed_out", revoked: true } },
      true,
      "Mara@work.example must be signed in again",
      "sign_in",
    ],
    ["off", { kind: "none" }, google, false, "Gmail is turned off", "settings"],
    ["off for this run", { kind: "none" }, google, true, "Gmail is turned off", "none"],
  ])("%s", (_, missing, account, enabled, title, step) => {
    const words = missingInWords(missing, account, { gmail: { ...on.gmail, enabled } });
    expect([words.title, words.step]).toEqual([title, step]);
  });
  it("is nothing where there is a way", () => {
    expect(missingOf({ kind: "gmail" })).toBeNull();
    expect(missingOf({ kind: "none" })).not.toBeNull();
  });
});
