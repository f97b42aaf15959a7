// What the screens do for a person, with a stand-in for the engine: keyboard, names and roles, nothing overwritten.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import Quick from "../features/quick/Quick.svelte";
import { accessible } from "./accessible";
import { BODY, SHORTER, accounts, emptyDraft, fail, fake, status } from "./fake";

afterEach(() => clearMocks());

const line = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: /What (you want to say|to change)/ });
const letter = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The letter" });
async function writes(text: string) {
  const bar = await line();
  await fireEvent.input(bar, { target: { value: text } });
  await fireEvent.keyDown(bar, { key: "Enter" });
}
const go = async (place: string) => fireEvent.click(await screen.findByTitle(place));

it("writes a letter from one line, and marks what it claims", async () => {
  const { calls } = fake();
  render(App);
  await waitFor(async () => expect(document.activeElement === (await line())).toBe(true));
  await writes("Ask for the proposal by Friday");
  await waitFor(async () => expect((await letter()).value).toBe(BODY));
  expect((await line()).value).toBe("");
  expect(screen.getByText("found nowhere")).toBeTruthy();
  expect(calls.find(({ command }) => command === "compose")!.args.request).toMatchObject({
    intent: "Ask for the proposal by Friday",
    revise: false,
  });
  await accessible();
});

it("puts the letter back on the desk after a crash, the line that was not sent included", async () => {
  const draft = { ...emptyDraft("b".repeat(32)), body: "Half a letter", request: { intent: "and mention the call" } };
  fake({
    draft_at_hand: () => draft.id,
    draft: () => draft,
  });
  render(App);
  await waitFor(async () => expect((await letter()).value).toBe("Half a letter"));
  expect((await line()).value).toBe("and mention the call");
});

it("begins with an empty desk where nobody was at a letter here just now, whatever the drafts are", async () => {
  const { calls } = fake({
    drafts: () => [
      { id: "b".repeat(32), to: [], subject: "From Gmail", snippet: "", updated: Date.now() - 5000, unfinished: false },
    ],
  });
  render(App);
  await waitFor(() => expect(calls.map(({ command }) => command)).toContain("draft_at_hand"));
  expect((await letter()).value).toBe("");
  expect(calls.map(({ command }) => command)).not.toContain("draft");
});

it("leaves an empty letter that was asked for on the desk, when the one from before the crash is found only then", async () => {
  const draft = { ...emptyDraft("b".repeat(32)), body: "Half a letter" };
  let found = (_: string) => {};
  const { calls } = fake({ draft_at_hand: () => new Promise((is) => (found = is)), draft: () => draft });
  const asked = () => calls.map(({ command }) => command);
  render(App);
  await waitFor(() => expect(asked()).toContain("draft_at_hand"));
  await fireEvent.keyDown(document.body, { key: "n", code: "KeyN", ctrlKey: true });
  found(draft.id);
  await waitFor(() => expect(asked()).toContain("draft"));
  await new Promise((soon) => setTimeout(soon, 50));
  expect((await letter()).value).toBe("");
});

it("puts new text beside typed text as a proposal, decided with the keyboard", async () => {
  fake();
  render(App);
  await writes("Ask");
  await waitFor(async () => expect((await letter()).value).toBe(BODY));
  await fireEvent.input(await letter(), { target: { value: `${BODY}\nPS` } });
  await fireEvent.click(screen.getByRole("button", { name: "Shorter" }));
  const changes = await screen.findAllByRole("group", { name: /^Change:/ });
  await accessible();
  for (const _ of changes)
    await fireEvent.keyDown(screen.getAllByRole("group", { name: /^Change:/ })[0]!, { key: "Backspace" });
  expect((await letter()).value).toBe(`${BODY}\nPS`);
});

it("accepts all changes at once", async () => {
  fake();
  render(App);
  await fireEvent.input(await letter(), { target: { value: `${BODY}\nPS` } });
  await writes("shorter");
  await fireEvent.click(await screen.findByRole("button", { name: "Accept all" }));
  expect((await letter()).value).toBe(SHORTER);
});

it("saves the line while it is typed, before anything is written", async () => {
  const { drafts } = fake();
  render(App);
  await fireEvent.input(await line(), { target: { value: "tell dana" } });
  await waitFor(() => expect([...drafts.values()].map((draft) => draft.request?.intent)).toContain("tell dana"));
});

it("keeps both when the draft was changed in another window", async () => {
  let refused = false;
  const seen: string[] = [];
  fake({
    save_draft: (args) => {
      const { edit } = args as unknown as { edit: { version: number | null; body: string | null } };
      if (edit.body === "mine" && !refused) {
        refused = true;
        fail("draft_changed");
      }
      if (edit.body) seen.push(edit.body);
      return { id: "a".repeat(32), version: 7, at: Date.now() };
    },
  });
  render(App);
  await fireEvent.input(await letter(), { target: { value: "first" } });
  await waitFor(() => expect(seen).toEqual(["first"]));
  await fireEvent.input(await letter(), { target: { value: "mine" } });
  await screen.findByText(/Both are kept/);
  expect(seen).toEqual(["first", "mine"]);
});

it("says in words what went wrong, keeps the line, and offers to write offline", async () => {
  let offline = false;
  fake({
    compose: (args) => {
      const { request } = args as unknown as { request: { model: { kind: string } | null } };
      offline = request.model?.kind === "offline";
      return fail("model_rate_limited", { retry_after_ms: 12_000 });
    },
  });
  render(App);
  await writes("Ask");
  expect((await screen.findByRole("alert")).textContent).toMatch(/asks for a pause.*12 s/);
  expect((await line()).value).toBe("Ask");
  await accessible();
  await fireEvent.click(screen.getByRole("button", { name: "Write offline" }));
  await waitFor(() => expect(offline).toBe(true));
});

it("shows what would leave where the settings ask for it, and sends only what was approved", async () => {
  const approved: unknown[] = [];
  fake({
    compose: (args) => {
      const { request } = args as unknown as { request: { approved: string | null } };
      approved.push(request.approved);
      return fail(request.approved ? "cancelled" : "preview_required");
    },
  });
  render(App);
  await writes("Ask");
  await screen.findByText(/This would leave, to generativelanguage/);
  await accessible();
  await fireEvent.click(screen.getByRole("button", { name: "Approve and write", hidden: true }));
  await waitFor(() => expect(approved).toEqual([null, "d"]));
});

it("changes a chip from the keyboard and comes back to the line", async () => {
  fake();
  render(App);
  await fireEvent.click(await screen.findByRole("button", { name: /^Tone/ }));
  const list = await screen.findByRole("listbox", { name: "Tone" });
  await fireEvent.keyDown(list, { key: "ArrowDown" });
  await fireEvent.keyDown(list, { key: "Enter" });
  expect(screen.getByRole("button", { name: /^Tone/ }).textContent).toContain("direct");
  await waitFor(async () => expect(document.activeElement === (await line())).toBe(true));
});

it("brings mail in and asks which address is you", async () => {
  const { calls } = fake({
    status: () => ({ key_holder: "keyring", messages: 0, threads: 0, drafts: 0, me: [], model: null, spent_micros: 0 }),
    threads: () => ({ threads: [], next: null, total: 0 }),
  });
  render(App);
  await go("Mail");
  await accessible();
  await fireEvent.click(await screen.findByRole("button", { name: "Take the sample mailbox" }));
  await screen.findByText("Which address is you?");
  await fireEvent.click((await screen.findAllByRole("checkbox"))[0]!);
  await fireEvent.click(screen.getByRole("button", { name: "This is me" }));
  await waitFor(() =>
    expect(calls.find(({ command }) => command === "set_settings")!.args.settings).toMatchObject({
      me: [{ address: "mara@example.com" }],
    }),
  );
});

it("answers the message being read with R", async () => {
  const { drafts } = fake();
  render(App);
  await go("Mail");
  await screen.findByRole("button", { name: "Answer" });
  await accessible();
  await fireEvent.keyDown(window.document.body, { key: "r" });
  await waitFor(() => expect([...drafts.values()][0]).toMatchObject({ to: [{ address: "dana@client.example" }] }));
  await waitFor(async () => expect(document.activeElement === (await line())).toBe(true));
});

it("offers to connect an account where there is no mail and nobody is signed in", async () => {
  fake({
    status: () => ({ ...status, messages: 0, threads: 0, me: [], model: null }),
    accounts: () => accounts.slice(0, 1),
  });
  render(App);
  await fireEvent.click(await screen.findByRole("button", { name: "Connect an account" }));
  await screen.findByRole("heading", { name: "Accounts" });
});

it.each(["Drafts", "Templates", "Settings"])("%s can be used with a screen reader", async (place) => {
  fake();
  render(App);
  await go(place);
  await screen.findByRole("heading", { name: place });
  await new Promise((done) => setTimeout(done, 50));
  await accessible();
});

it("finds mail from Ctrl K", async () => {
  fake();
  render(App);
  await line();
  await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  await fireEvent.input(await screen.findByRole("combobox", { name: "Search your mail" }), {
    target: { value: "second round" },
  });
  expect((await screen.findAllByText(/subject: proposal/)).length).toBe(3);
  await accessible();
});

it("asks for a passphrase where there is no keyring", async () => {
  fake({ state: () => fail("passphrase_needed", { first: true }) });
  render(App);
  await screen.findByRole("heading", { name: "Choose a passphrase" });
  await accessible();
});

it("quick compose writes, and Esc keeps the draft and hides", async () => {
  const { calls } = fake();
  render(Quick);
  await writes("tell dana tuesday works");
  await waitFor(async () => expect((await letter()).value).toBe(BODY));
  await accessible();
  await fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(calls.some(({ command }) => command === "hide_quick")).toBe(true));
});
