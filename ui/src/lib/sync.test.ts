import { describe, expect, it } from "vitest";
import type { SyncState } from "./ipc";
import { syncWords } from "./sync";

const at = new Date(2026, 10, 24, 12, 4).getTime();
const still: SyncState = {
  running: null,
  done: 18_000,
  total: null,
  whole: true,
  last: at,
  paused: false,
  trouble: null,
  waiting_until: null,
};
const running = (more: Partial<NonNullable<SyncState["running"]>>): SyncState => ({
  ...still,
  whole: false,
  last: null,
  running: { phase: "bringing_in", done: 1240, total: 18_000, eta_seconds: null, waiting_until: null, ...more },
});

describe("how the sync stands", () => {
  it.each<[string, SyncState | null]>([
    ["", null],
    ["", { ...still, last: null }],
    ["Up to date, 12:04", still],
    ["Bringing in mail: 1,240 of about 18,000", running({})],
    ["Bringing in mail: 1,240", running({ total: null })],
    ["Comparing with Gmail", running({ phase: "comparing" })],
    ["Gmail asks for a pause until 12:04", running({ phase: "waiting", waiting_until: at })],
    ["Gmail asks for a pause until 12:04", { ...still, trouble: "gmail_busy", waiting_until: at }],
    ["Gmail cannot be reached", { ...still, trouble: "gmail_unreachable" }],
    ["Paused", { ...still, paused: true }],
  ])("%s", (words, state) => {
    expect(syncWords(state, at - 60_000)).toBe(words);
  });
});
