// Sending, from the window's side: nothing leaves that was not looked at, nothing twice, and what left can be taken back and is told truly.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import Quick from "../features/quick/Quick.svelte";
import { accessible } from "./accessible";
import { accounts, canSend, dana, emptyDraft, everyState, fail, fake, outboxItem, status } from "./fake";
import type * as api from "$lib/ipc";

afterEach(() => clearMocks());

const letter = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The letter" });
const line = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: /What (you want to say|to change)/ });
const ctrlEnter = async () =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Enter", ctrlKey: true });
const said = (of: RegExp) => screen.findByText(of, { selector: "section[aria-label='Being sent'] p" });

const DRAFT: api.Draft = {
  ...emptyDraft("b".repeat(32)),
  to: [dana],
  subject: "Plan",
  body: "Hi Dana,\n\nTuesday works.\n\nMara",
  version: 4,
};
/** A window with a letter to Dana on the desk, in an account that can send. */
async function withLetter(over: Parameters<typeof fake>[0] = {}, change: Partial<api.Draft> = {}) {
  const made = fake({
    ...canSend,
    draft_at_hand: () => DRAFT.id,
    ...over,
  });
  made.drafts.set(DRAFT.id, { ...structuredClone(DRAFT), ...change });
  render(App);
  await waitFor(async () => expect((await letter()).value).toBe(change.body ?? DRAFT.body));
  await waitFor(() => expect(button("Send")).toHaveProperty("disabled", false));
  return made;
}
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name, hidden: true });
const asked = (calls: { command: string }[], command: string) => calls.filter((one) => one.command === command);

it("sends with Ctrl Enter what was looked at, once, and brings it back exactly with Undo", async () => {
  const { calls } = await withLetter();
  await ctrlEnter();
  await ctrlEnter();
  await said(/^Sending to Dana in 10 s$/);
  expect(asked(calls, "queue")).toMatchObject([
    { args: { draft: DRAFT.id, approval: "4".padStart(64, "0"), when: { kind: "after", seconds: 10 } } },
  ]);
  expect((await letter()).value).toBe("");
  await accessible();
  await fireEvent.click(button("Undo"));
  await waitFor(async () => expect((await letter()).value).toBe(DRAFT.body));
  expect(screen.queryByRole("region", { name: "Being sent" })).toBeNull();
});

it("undoes with Z where nobody types, and with Ctrl Z in a line where nothing was typed", async () => {
  for (const keys of [{ key: "z" }, { key: "z", ctrlKey: true }]) {
    const { calls } = await withLetter();
    await ctrlEnter();
    await said(/^Sending to Dana/);
    await fireEvent.keyDown(await line(), { key: "z" });
    expect(asked(calls, "undo")).toEqual([]);
    await fireEvent.keyDown("ctrlKey" in keys ? await line() : document.body, keys);
    await waitFor(async () => expect((await letter()).value).toBe(DRAFT.body));
    document.body.replaceChildren();
    clearMocks();
  }
});

it("asks what there is to ask, in words; Enter goes back, and sending takes its own press", async () => {
  const questions: api.Question[] = [
    { kind: "nothing_attached", about: "attached" },
    { kind: "odd_domain", about: "dana@gmial.com" },
  ];
  const { calls } = await withLetter({
    outgoing: (args) => ({ ...outgoingOf(args), questions }),
  });
  await ctrlEnter();
  await screen.findByText("Your text speaks of an attachment (“attached”), and there is none.");
  await screen.findByText("Is this address right? dana@gmial.com");
  expect(document.activeElement?.textContent).toBe("Go back");
  await accessible();
  await ctrlEnter();
  expect(asked(calls, "queue")).toEqual([]);
  await fireEvent.click(button("Go back"));
  expect((await letter()).value).toBe(DRAFT.body);
  await ctrlEnter();
  await fireEvent.click(await screen.findByRole("button", { name: "Send anyway", hidden: true }));
  await said(/^Sending to Dana/);
  expect(asked(calls, "queue").length).toBe(1);
});
const outgoingOf = (args: unknown): api.Outgoing => ({
  draft: (args as { draft: string }).draft,
  version: DRAFT.version,
  from: status.me[0]!,
  to: DRAFT.to,
  cc: [],
  bcc: [],
  subject: DRAFT.subject,
  text: DRAFT.body,
  attachments: [],
  approval: "4".padStart(64, "0"),
  questions: [],
});

it("tells of a half-typed address at its field, and sends nothing", async () => {
  const { calls } = await withLetter();
  await fireEvent.click(button(/^To\s/));
  await fireEvent.input(await screen.findByRole("combobox", { name: "To" }), { target: { value: "ben@exa" } });
  await ctrlEnter();
  expect((await screen.findByRole("alert")).textContent).toContain("“ben@exa” is nobody yet");
  await accessible();
  await fireEvent.keyDown(await screen.findByRole("combobox", { name: "To" }), { key: "Escape" });
  await ctrlEnter();
  expect((await screen.findByRole("alert")).textContent).toContain("“ben@exa” is nobody yet");
  expect(asked(calls, "outgoing")).toEqual([]);
});

it("asks to whom where there is nobody", async () => {
  const { calls } = await withLetter({}, { to: [] });
  await ctrlEnter();
  expect((await screen.findByRole("alert")).textContent).toContain("Say to whom");
  expect(document.activeElement?.getAttribute("aria-label")).toBe("To");
  expect(asked(calls, "outgoing")).toEqual([]);
});

it("sends nothing when the letter changed between looking and sending", async () => {
  await withLetter({ queue: () => fail("draft_changed", { draft: DRAFT.id }) });
  await ctrlEnter();
  await screen.findByText(/changed in the meantime, so nothing was sent/);
  expect((await letter()).value).toBe(DRAFT.body);
});

it("sends nothing when another window has made the letter another one than is on the screen", async () => {
  const { calls, drafts } = await withLetter();
  Object.assign(drafts.get(DRAFT.id)!, { body: "Hi Dana,\n\nI quit.", version: 5 });
  await ctrlEnter();
  await screen.findByText(/changed in the meantime, so nothing was sent/);
  await waitFor(async () => expect((await letter()).value).toBe("Hi Dana,\n\nI quit."));
  expect(asked(calls, "queue")).toEqual([]);
});

it("sends nothing when what was typed could not be saved", async () => {
  const { calls } = await withLetter({ save_draft: () => fail("io") });
  await fireEvent.input(await letter(), { target: { value: "And more" } });
  await ctrlEnter();
  await screen.findByText(/The system refused a file/);
  expect(asked(calls, "queue")).toEqual([]);
});

it("schedules a letter, and says for when", async () => {
  const { calls } = await withLetter();
  await fireEvent.click(button("Send later…"));
  await screen.findByRole("heading", { name: "Send later", hidden: true });
  await accessible();
  await fireEvent.click(button(/^Tomorrow morning/));
  await said(/^Scheduled for .*9:00.* to Dana$/);
  expect(asked(calls, "queue")).toMatchObject([{ args: { when: { kind: "at" } } }]);
});

it.each([
  [
    "no account",
    { accounts: () => accounts.slice(0, 1), status: () => status, way_out: () => ({ kind: "none" }) },
    "No account to send from yet",
    "Add an account",
  ],
  [
    "no grant",
    {
      accounts: () => [accounts[1]!],
      status: () => ({ ...status, account: accounts[1]!.id }),
      way_out: () => ({ kind: "grant_missing", grant: "send_mail" }),
    },
    "Sending is not allowed yet",
    "Allow sending for mara@work.example.com",
  ],
] as const)("says what is missing with %s, offers the step and the other ways out", async (_, over, title, step) => {
  const { calls } = await withLetter(over as never);
  await ctrlEnter();
  await screen.findByRole("heading", { name: title, hidden: true });
  await accessible();
  await fireEvent.click(button("Save as .eml…"));
  await waitFor(() => expect(asked(calls, "export_eml").length).toBe(1));
  await fireEvent.click(button("Open in your mail program"));
  await waitFor(() => expect(asked(calls, "open_in_mail_program").length).toBe(1));
  await waitFor(() => expect(asked(calls, "learn_from").length).toBe(1)); // it let the letter go
  await fireEvent.click(button(step));
  expect(asked(calls, "queue")).toEqual([]);
  if (step.startsWith("Allow"))
    await waitFor(() =>
      expect(calls.find(({ command }) => command === "sign_in")!.args.request).toMatchObject({
        grants: ["read_mail", "send_mail"],
      }),
    );
  else await screen.findByRole("heading", { name: "Accounts" });
});

it("tells the time that is left again after the window was opened anew", async () => {
  const until = Date.now() + 8_000;
  fake({ ...canSend, outbox: () => [outboxItem(0, { kind: "waiting", until, reason: "time" })] });
  render(App);
  await said(/^Sending to Dana in 8 s$/);
  await screen.findByText("Outbox");
});

it("shows every state there is in the outbox, what to do about it, and its story", async () => {
  const { calls } = fake({ ...canSend, outbox: () => everyState });
  render(App);
  await fireEvent.click(await screen.findByTitle("Outbox"));
  const needs = within(await screen.findByRole("region", { name: "Needs you" }));
  expect(needs.getAllByRole("listitem").length).toBe(3);
  expect(needs.getByText("It said: “Recipient address rejected: no such user”")).toBeTruthy();
  const waits = within(screen.getByRole("region", { name: "On its way" }));
  for (const words of [
    /^Scheduled for/,
    "Waits for the network",
    "Gmail asked to wait",
    "Sending…",
    "Asking Gmail whether it was sent",
  ])
    expect(waits.getByText(words)).toBeTruthy();
  expect(screen.getByText("Over, in the last seven days: 2 letters")).toBeTruthy();
  expect(screen.getByText(/3 need you/)).toBeTruthy();
  await accessible();
  await fireEvent.click(needs.getAllByRole("button", { name: /^What happened/ })[0]!);
  expect(needs.getByText("Gmail’s answer was lost on its way")).toBeTruthy();
  await accessible();
  await fireEvent.click(needs.getByRole("button", { name: "It was sent" }));
  await waitFor(() => expect(asked(calls, "settle_by_hand")).toMatchObject([{ args: { wasSent: true } }]));
});

it("says that the outbox is empty, and what went wrong when it cannot be read", async () => {
  fake(canSend);
  render(App);
  await fireEvent.click(await screen.findByTitle("Outbox"));
  await screen.findByRole("heading", { name: "Nothing is waiting" });
  await accessible();
  document.body.replaceChildren();
  clearMocks();
  fake({ ...canSend, outbox: () => fail("store_broken") });
  render(App);
  await fireEvent.click(await screen.findByTitle("Outbox"));
  await screen.findByRole("button", { name: "Look again" });
  await accessible();
});

it("attaches files, says how much they are, takes one off, and an image brings its line into the text", async () => {
  const { drafts } = await withLetter();
  await fireEvent.keyDown(document.body, { key: "A", ctrlKey: true, shiftKey: true });
  await screen.findByRole("list", { name: "1 file with this letter, 284 kB" });
  await fireEvent.click(button("More"));
  await fireEvent.click(screen.getByRole("menuitem", { name: "Image in the text…" }));
  await screen.findByRole("list", { name: "2 files with this letter, 568 kB" });
  await waitFor(async () => expect((await letter()).value).toContain("[image: chart.png]"));
  await accessible();
  await fireEvent.click(button("Take plan.pdf off"));
  await screen.findByRole("list", { name: "1 file with this letter, 284 kB" });
  expect(drafts.get(DRAFT.id)!.files.map(({ name }) => name)).toEqual(["chart.png"]);
});

it("keeps what was typed while a file came, and says why one was refused", async () => {
  const { drafts } = await withLetter({ attach: () => fail("bad_input", { fields: ["file"] }) });
  await fireEvent.click(button("Attach…"));
  await screen.findByText(/Something here cannot be used as it is/);
  await fireEvent.input(await letter(), { target: { value: "More" } });
  await waitFor(() => expect(drafts.get(DRAFT.id)!.body).toBe("More"));
});

it("lets one choose which of one's addresses it leaves from, and queues it from there", async () => {
  const other = { name: "Mara Lind", address: "hello@lind.example" };
  const senders = [
    { person: status.me[0]!, signature: null, default: true, alias: false },
    { person: other, signature: null, default: false, alias: true },
  ];
  const { drafts } = await withLetter({ senders: () => senders });
  await fireEvent.change(await screen.findByRole("combobox", { name: "From" }), { target: { value: other.address } });
  await waitFor(() => expect(drafts.get(DRAFT.id)!.from).toBe(other.address));
  await accessible();
});

it("sets the time to undo, and sends under it", async () => {
  const { calls } = fake(canSend);
  render(App);
  await fireEvent.click(await screen.findByTitle("Settings"));
  await fireEvent.click(await screen.findByRole("radio", { name: "30 s" }));
  await waitFor(() =>
    expect(asked(calls, "set_settings")).toMatchObject([{ args: { settings: { undo_seconds: 30 } } }]),
  );
  await fireEvent.click(screen.getByRole("checkbox", { name: "An answer quotes what it answers" }));
  await waitFor(() => expect(asked(calls, "set_settings")[1]).toMatchObject({ args: { settings: { quote: false } } }));
});

it("quick compose sends with Ctrl Enter too, and undoes", async () => {
  const { calls } = fake(canSend);
  render(Quick);
  await fireEvent.input(await line(), { target: { value: "tell dana tuesday works" } });
  await fireEvent.keyDown(await line(), { key: "Enter" });
  await waitFor(async () => expect((await letter()).value).toContain("Hi Dana"));
  await ctrlEnter();
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("To"));
  await fireEvent.input(document.activeElement!, { target: { value: "dana@client.example" } });
  await fireEvent.keyDown(document.activeElement!, { key: "Enter" });
  await fireEvent.keyDown(document.activeElement!, { key: "Escape" });
  await ctrlEnter();
  await said(/^Sending to dana in 10 s$/i);
  await accessible();
  await fireEvent.keyDown(await line(), { key: "z", ctrlKey: true });
  await waitFor(async () => expect((await letter()).value).toContain("Hi Dana"));
  expect(asked(calls, "undo").length).toBe(1);
});
