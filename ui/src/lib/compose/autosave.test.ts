import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Autosave } from "./autosave";

type Patch = { body?: string; subject?: string };
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store that takes `takes` ms to commit, and notes when each body was committed. */
function store(takes: number) {
  const committed: { at: number; patch: Patch }[] = [];
  let running = 0;
  let most = 0;
  const save = async (patch: Patch) => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, takes));
    running -= 1;
    committed.push({ at: Date.now(), patch });
  };
  return { save, committed, most: () => most };
}

describe("saving as one types", () => {
  it.each([5, 40, 80])("commits every keystroke within 250 ms, with a store that takes %i ms", async (takes) => {
    const { save, committed } = store(takes);
    const autosave = new Autosave<Patch>(save);
    const typed: { at: number; body: string }[] = [];
    for (let n = 0; n < 60; n++) {
      typed.push({ at: Date.now(), body: "x".repeat(n + 1) });
      autosave.push({ body: typed.at(-1)!.body });
      await vi.advanceTimersByTimeAsync(17 + ((n * 13) % 60));
    }
    await vi.advanceTimersByTimeAsync(500);
    for (const stroke of typed) {
      const kept = committed.find(({ patch }) => (patch.body ?? "").length >= stroke.body.length);
      expect(kept!.at - stroke.at).toBeLessThanOrEqual(250);
    }
  });

  it("runs one save at a time, and the latest value wins", async () => {
    const { save, committed, most } = store(100);
    const autosave = new Autosave<Patch>(save);
    autosave.push({ body: "a" });
    await vi.advanceTimersByTimeAsync(90);
    autosave.push({ body: "ab" });
    autosave.push({ subject: "s" });
    autosave.push({ body: "abc" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(most()).toBe(1);
    expect(committed.map(({ patch }) => patch)).toEqual([{ body: "a" }, { body: "abc", subject: "s" }]);
    expect(autosave.settled).toBe(true);
  });

  it("keeps what could not be saved, under what was typed since, and tries again", async () => {
    const failed = vi.fn();
    const save = vi
      .fn<(patch: Patch) => Promise<void>>()
      .mockRejectedValueOnce(new Error("disk full"))
      .mockResolvedValue();
    const autosave = new Autosave<Patch>(save, failed);
    autosave.push({ body: "a", subject: "s" });
    await vi.advanceTimersByTimeAsync(100);
    expect(failed).toHaveBeenCalledOnce();
    autosave.push({ body: "ab" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(save).toHaveBeenLastCalledWith({ body: "ab", subject: "s" });
    expect(autosave.settled).toBe(true);
  });

  it("has everything saved when flush resolves", async () => {
    const { save, committed } = store(30);
    const autosave = new Autosave<Patch>(save);
    autosave.push({ body: "a" });
    const flushed = autosave.flush();
    await vi.advanceTimersByTimeAsync(35);
    await flushed;
    expect(committed).toHaveLength(1);
  });
});
