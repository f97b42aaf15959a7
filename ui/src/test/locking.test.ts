// Locking and unlocking: what was typed is saved, nothing readable stays, and each way the key can be out of reach has its own way on.
import { emit } from "@tauri-apps/api/event";
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { page } from "$lib/locking";
import type { ErrorCode } from "$lib/ipc";
import App from "../App.svelte";
import Quick from "../features/quick/Quick.svelte";
import { accessible } from "./accessible";
import { fail, fake, settings, status } from "./fake";

beforeEach(() => sessionStorage.clear());
afterEach(() => clearMocks());

const press = async (name: string | RegExp) =>
  fireEvent.click(await screen.findByRole("button", { name, hidden: true }));

it("saves what was typed before it locks, and begins the page anew when it has", async () => {
  const anew = vi.spyOn(page, "reload").mockImplementation(() => {});
  const order: string[] = [];
  fake({
    save_draft: () => (order.push("save"), { id: "a".repeat(32), version: 1, at: Date.now() }),
    lock: () => (order.push("lock"), null),
  });
  render(App);
  await screen.findByRole("button", { name: /^Account: / });
  await fireEvent.input(await screen.findByRole("textbox", { name: "The letter" }), {
    target: { value: "half a word" },
  });
  await press(/^Account: /);
  await fireEvent.click(await screen.findByRole("menuitem", { name: "Lock Epistle" }));
  await waitFor(() => expect(order).toEqual(["save", "lock"]));
  expect(anew).not.toHaveBeenCalled();
  await emit("locked");
  await waitFor(() => expect(anew).toHaveBeenCalledTimes(1));
});

it("begins anew even where the last words cannot be saved any more", async () => {
  const anew = vi.spyOn(page, "reload").mockImplementation(() => {});
  fake({ save_draft: () => new Promise(() => {}) });
  render(App);
  await fireEvent.input(await screen.findByRole("textbox", { name: "The letter" }), { target: { value: "too late" } });
  await emit("locked");
  await waitFor(() => expect(anew).toHaveBeenCalledTimes(1));
});

it("shows nothing of the mail once a command says that it is locked", async () => {
  let shut = false;
  fake({ status: () => (shut ? fail("locked") : status) });
  render(App);
  await screen.findByRole("button", { name: /^Account: / });
  shut = true;
  await emit("changed");
  await screen.findByRole("heading", { name: "Epistle is locked" });
  expect(screen.queryByRole("textbox")).toBeNull();
});

it("unlocks with one click where the keyring has the key", async () => {
  let shut = true;
  const { calls } = fake({
    state: () => ({ locked: shut ? trouble("locked") : null, tray: true, shortcut: true, open_draft: null }),
    unlock: () => ((shut = false), null),
  });
  render(App);
  const unlock = await screen.findByRole("button", { name: "Unlock" });
  expect(document.activeElement).toBe(unlock);
  await accessible();
  await fireEvent.click(unlock);
  await screen.findByRole("textbox", { name: "What you want to say" });
  expect(calls.find(({ command }) => command === "unlock")!.args).toEqual({ passphrase: "" });
});

it.each<[ErrorCode, RegExp, boolean]>([
  ["keyring_locked", /keyring is locked.*password when the system asks/, false],
  ["keyring_stalled", /gave no answer.*behind this window/, false],
  ["keyring_unavailable", /does not work here.*Start the keyring/, false],
  ["keyring_gone", /there is none here now.*recovery code/, true],
  ["key_lost", /no longer in the keyring.*recovery code/, true],
])("says plainly what %s means, and offers a way on", async (code, words, recoverable) => {
  fake({ state: () => fail(code) });
  render(App);
  expect((await screen.findByRole("alert")).textContent?.replace(/\s+/g, " ")).toMatch(words);
  screen.getByRole("button", { name: "Try again" });
  expect(screen.queryByRole("button", { name: "Use your recovery code" }) !== null).toBe(recoverable);
  await accessible();
});

it("opens too when it was unlocked in the other window", async () => {
  let shut = true;
  fake({ state: () => ({ locked: shut ? trouble("locked") : null, tray: true, shortcut: true, open_draft: null }) });
  render(App);
  await screen.findByRole("button", { name: "Unlock" });
  shut = false;
  await emit("changed");
  await screen.findByRole("textbox", { name: "What you want to say" });
});

it("shows what an unlocking found instead: the keyring is gone", async () => {
  fake({ state: () => fail("locked"), unlock: () => fail("keyring_gone") });
  render(App);
  await press("Unlock");
  await screen.findByRole("button", { name: "Use your recovery code" });
});

it("opens the store with the recovery code, and says when it is the wrong one", async () => {
  let shut = true;
  const given: unknown[] = [];
  fake({
    state: () => ({ locked: shut ? trouble("key_lost") : null, tray: true, shortcut: true, open_draft: null }),
    recover: (args) => {
      given.push((args as unknown as { code: string }).code);
      if (given.length === 1) fail("recovery_code_wrong");
      return ((shut = false), null);
    },
  });
  render(App);
  await press("Use your recovery code");
  const field = await screen.findByRole("textbox", { name: "Recovery code" });
  expect(document.activeElement).toBe(field);
  await fireEvent.input(field, { target: { value: " K7QM-0000 " } });
  await press("Open with this code");
  expect((await screen.findByRole("alert")).textContent).toMatch(/does not open the store/);
  await accessible();
  await fireEvent.input(field, { target: { value: "K7QM-2RXD" } });
  await press("Open with this code");
  await screen.findByRole("textbox", { name: "What you want to say" });
  expect(given).toEqual(["K7QM-0000", "K7QM-2RXD"]);
});

it("sets after how many minutes it locks, and locks now", async () => {
  const { calls } = fake({ settings: () => ({ ...settings, lock_minutes: 15 }) });
  render(App);
  await fireEvent.click(await screen.findByTitle("Settings"));
  const after = await screen.findByRole<HTMLSelectElement>("combobox", { name: "Lock after" });
  expect(after.value).toBe("15");
  await fireEvent.change(after, { target: { value: "" } });
  await fireEvent.change(after, { target: { value: "own" } });
  await fireEvent.change(await screen.findByRole("spinbutton", { name: "Minutes until it locks" }), {
    target: { value: "7" },
  });
  const set = () =>
    calls
      .filter(({ command }) => command === "set_settings")
      .map(({ args }) => (args.settings as { lock_minutes: number | null }).lock_minutes);
  await waitFor(() => expect(set()).toEqual([null, 7]));
  await press("Lock now");
  await waitFor(() => expect(calls.some(({ command }) => command === "lock")).toBe(true));
});

it("shows a recovery code once, in groups, and not again after it was written down", async () => {
  let made = false;
  const { calls } = fake({ status: () => ({ ...status, recovery_code: made }) });
  render(App);
  await fireEvent.click(await screen.findByTitle("Settings"));
  await press("Make a recovery code");
  const code = await screen.findByRole("group", { name: "Recovery code", hidden: true });
  expect(code.querySelectorAll("span").length).toBe(8);
  await accessible();
  await fireEvent(screen.getByRole("dialog", { hidden: true }), new Event("cancel", { cancelable: true }));
  await screen.findByText(/Nobody can show it again/);
  await press("Copy");
  expect(calls.find(({ command }) => command === "copy_text")!.args.text).toBe(
    "K7QM-2RXD-9TWB-4HCV-8PNF-3YJS-6GZA-5EUL",
  );
  made = true;
  await press("I have written it down");
  expect(document.body.textContent).not.toContain("2RXD");
  await screen.findByRole("button", { name: "Make a new one; the old one stops working" });
});

it("quick compose locks too, and unlocks where it is", async () => {
  const anew = vi.spyOn(page, "reload").mockImplementation(() => {});
  let shut = false;
  fake({
    state: () => ({ locked: shut ? trouble("locked") : null, tray: true, shortcut: true, open_draft: null }),
    unlock: () => ((shut = false), null),
  });
  const { unmount } = render(Quick);
  await screen.findByRole("textbox", { name: "What you want to say" });
  await emit("locked");
  await waitFor(() => expect(anew).toHaveBeenCalledTimes(1));
  shut = true;
  unmount();
  render(Quick);
  await screen.findByRole("heading", { name: "Epistle is locked" });
  await accessible();
  await press("Unlock");
  await screen.findByRole("textbox", { name: "What you want to say" });
});

it("tells the engine that somebody is here, while it is open", async () => {
  const { calls } = fake();
  render(App);
  await screen.findByRole("button", { name: /^Account: / });
  const told = () => calls.filter(({ command }) => command === "still_here").length;
  const before = told();
  await fireEvent.keyDown(document.body, { key: "a" });
  await fireEvent.keyDown(document.body, { key: "b" });
  await fireEvent.pointerDown(document.body);
  expect(told() - before).toBe(1);
});

function trouble(code: ErrorCode) {
  try {
    return fail(code);
  } catch (error) {
    return error;
  }
}
