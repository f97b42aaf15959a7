// Mail in the window, with a stand-in for the engine: lists, what is unread, what keys do and when they do nothing, search, and other keys.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import type { LabelChange, Settings, ThreadsView } from "$lib/ipc";
import App from "../App.svelte";
import { accessible } from "./accessible";
import { canSend, fail, fake, sender, type Fake } from "./fake";

afterEach(() => clearMocks());

const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const rows = () => [...document.querySelectorAll<HTMLElement>("ul[aria-label^=Conversations] > li > button")];
const chosen = () => rows().find((row) => row.getAttribute("aria-current") === "true");
const changes = ({ calls }: Fake) =>
  calls.filter(({ command }) => command === "change_labels").map(({ args }) => args.change as LabelChange);

async function mail(over: Parameters<typeof fake>[0] = {}) {
  const made = fake(over);
  render(App);
  await fireEvent.click(await screen.findByTitle("Mail"));
  await screen.findByRole("button", { name: "Answer" });
  return made;
}

it("shows what is unread with a sign and not with colour alone, and counts it beside the lists", async () => {
  await mail();
  const lists = screen.getByRole("navigation", { name: "Lists" });
  expect(
    within(lists)
      .getAllByRole("button")
      .map((one) => one.textContent?.replace(/\s+/g, " ").trim()),
  ).toEqual(["Inbox4 unread", "Starred", "Sent", "All mail", "Clients1 unread", "Spam", "Trash"]);
  expect(rows()[0]!.textContent).toContain("Unread.");
  expect(rows()[4]!.textContent).not.toContain("Unread.");
  expect(within(rows()[1]!).getByRole("img", { name: "Starred" })).toBeTruthy();
  expect(within(rows()[0]!).getByRole("img", { name: "With files" })).toBeTruthy();
  await accessible();
});

it("is read after a look at it, and not for being first in the list", async () => {
  const made = await mail();
  await new Promise((done) => setTimeout(done, 1300));
  expect(changes(made)).toEqual([]);
  await press("j");
  await waitFor(() => expect(changes(made)).toEqual([{ add: [], remove: ["UNREAD"] }]), { timeout: 4000 });
  await waitFor(() => expect(chosen()!.textContent).not.toContain("Unread."));
  expect(rows()[0]!.textContent).toContain("Unread.");
});

it("archives, deletes and takes back by keys, and goes on to the next", async () => {
  const made = await mail();
  const before = rows().map((row) => row.id);
  await press("j");
  await press("j");
  await press("k");
  await waitFor(() => expect(chosen()!.id).toBe(before[1]));
  expect(document.activeElement!.id).toBe(before[1]);
  await press("e");
  await waitFor(() => expect(chosen()!.id).toBe(before[2]));
  expect(rows().map((row) => row.id)).not.toContain(before[1]);
  const foot = screen.getByRole("contentinfo", { name: "Status" });
  expect(foot.textContent).toContain("Archived.");
  await press("#", { shiftKey: true });
  await waitFor(() => expect(chosen()!.id).toBe(before[3]));
  await press("z");
  await waitFor(() => expect(chosen()!.id).toBe(before[2]));
  expect(rows().map((row) => row.id)).toEqual([before[0], ...before.slice(2)]);
  await waitFor(() => expect(foot.textContent).toContain("Taken back."));
  expect(changes(made).filter(({ remove }) => remove![0] !== "UNREAD")).toEqual([
    { add: [], remove: ["INBOX"] },
    { add: ["TRASH"], remove: ["INBOX", "SPAM"] },
  ]);
  await fireEvent.click(screen.getByRole("button", { name: "Star" }));
  await fireEvent.click(await within(foot).findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(foot.textContent).toContain("Taken back."));
});

it("stars, marks unread and read, and walks the messages of one conversation", async () => {
  const made = await mail();
  await press("o");
  const articles = screen.getAllByRole("article");
  await waitFor(() => expect(document.activeElement).toBe(articles.at(-1)));
  await press("p");
  await waitFor(() => expect(document.activeElement).toBe(articles.at(-2)));
  await press("n");
  await waitFor(() => expect(document.activeElement).toBe(articles.at(-1)));
  await press("u");
  await waitFor(() => expect(document.activeElement).toBe(chosen()));
  await press("s");
  await press("I", { shiftKey: true });
  await press("U", { shiftKey: true });
  await waitFor(() =>
    expect(changes(made)).toEqual([
      { add: ["STARRED"], remove: [] },
      { add: [], remove: ["UNREAD"] },
      { add: ["UNREAD"], remove: [] },
    ]),
  );
  await new Promise((done) => setTimeout(done, 1300));
  expect(changes(made)).toHaveLength(3);
});

it("does nothing by keys while somebody types, holds Ctrl, composes a sign, or has a dialog open", async () => {
  const made = await mail();
  const field = screen.getByRole("combobox", { name: "Search mail" });
  field.focus();
  for (const key of ["e", "#", "j", "c", "?"]) await press(key);
  field.blur();
  for (const held of ["ctrlKey", "altKey", "metaKey", "isComposing"]) await press("e", { [held]: true });
  await press("?");
  await screen.findByRole("dialog", { name: "Keys" });
  await press("e");
  await new Promise((done) => setTimeout(done, 50));
  expect(changes(made)).toEqual([]);
  expect(screen.getByRole("button", { name: "Answer" })).toBeTruthy();
});

it("goes to lists and drafts with two keys, and forgets the first after a second", async () => {
  const made = await mail();
  await press("g");
  await press("s");
  await screen.findByRole("heading", { name: "Starred" });
  await press("g");
  await press("a");
  await screen.findByRole("heading", { name: "All mail" });
  await press("g");
  await press("d");
  await screen.findByRole("heading", { name: "Drafts" });
  await press("g");
  await press("i");
  await screen.findByRole("heading", { name: "Inbox" });
  const asked = made.calls.filter(({ command }) => command === "threads").map(({ args }) => args.shown as ThreadsView);
  expect(asked.map(({ label }) => label)).toEqual(expect.arrayContaining(["INBOX", "STARRED", null]));
  await press("c");
  await screen.findByRole("textbox", { name: "What you want to say" });
});

it("says so where a list is empty, and what to do where it cannot be read", async () => {
  let broken = true;
  await mail({
    threads: (args) => {
      const { shown } = args as unknown as { shown: ThreadsView };
      if (shown.label === "TRASH") return { threads: [], next: null, total: 0 };
      return shown.label === "SPAM" && broken
        ? fail("store_broken")
        : {
            threads: [
              {
                id: "1".repeat(32),
                subject: "One",
                people: [],
                latest: 0,
                messages: 1,
                snippet: "",
                awaits_me: false,
                labels: [],
                unread: false,
                starred: false,
                has_files: false,
              },
            ],
            next: null,
            total: 1,
          };
    },
  });
  await fireEvent.click(screen.getByTitle("Trash"));
  await screen.findByText("The trash is empty.");
  await accessible();
  await fireEvent.click(screen.getByTitle("Spam"));
  const again = await screen.findByRole("button", { name: "Try again" });
  await accessible();
  broken = false;
  await fireEvent.click(again);
  await waitFor(() => expect(rows()).toHaveLength(1));
});

it("finds as one types: the newest answer counts, arrows walk, Enter opens, Esc leaves", async () => {
  const waiting: { query: string; answer: (hits: unknown) => void }[] = [];
  const made = await mail({
    search: (args) => {
      const { request } = args as unknown as { request: { query: string } };
      return new Promise((answer) => waiting.push({ query: request.query, answer }));
    },
  });
  await press("/");
  const field = await screen.findByRole("combobox", { name: "Search mail" });
  await waitFor(() => expect(document.activeElement).toBe(field));
  for (const query of ["f", "fe", "ferry"]) await fireEvent.input(field, { target: { value: query } });
  await waitFor(() => expect(waiting.map(({ query }) => query)).toEqual(["ferry"]));
  await fireEvent.input(field, { target: { value: "ferry map" } });
  await waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]!.answer([found(1), found(2), found(3)]);
  await screen.findByText("Hit 2");
  waiting[0]!.answer([found(9)]);
  await new Promise((done) => setTimeout(done, 20));
  expect(screen.queryByText("Hit 9")).toBeNull();
  await press("ArrowDown");
  await press("ArrowDown");
  await press("ArrowUp");
  expect(screen.getByRole("option", { selected: true }).textContent).toContain("Hit 2");
  await accessible();
  await press("Enter");
  await waitFor(() => expect(document.activeElement!.tagName).toBe("ARTICLE"));
  expect(made.calls.filter(({ command }) => command === "thread").at(-1)!.args.id).toBe("2".repeat(32));
  field.focus();
  await press("Escape");
  await waitFor(() => expect(screen.queryByRole("listbox")).toBeNull());
  expect((field as HTMLInputElement).value).toBe("");
  await waitFor(() => expect(document.activeElement).not.toBe(field));
});

const found = (n: number) => ({
  id: String(n).repeat(32),
  message_id: null,
  thread: String(n).repeat(32),
  subject: `Hit ${n}`,
  from: null,
  date: null,
  score: 1,
  snippet: "",
  why: "",
});
/** The lines mail is searched in: the list's own, and that of Ctrl K. */
const lines = { "Search mail": () => press("/"), "Search your mail": () => press("k", { ctrlKey: true }) };
type Line = keyof typeof lines;
const everywhere = Object.keys(lines) as Line[];

/** One of them, with “ferry” typed in it. */
async function searching(line: Line, over: Parameters<typeof fake>[0]) {
  const made = await mail({ ...canSend, search: () => [found(1)], ...over });
  await lines[line]();
  const field = await screen.findByRole("combobox", { name: line });
  await waitFor(() => expect(document.activeElement).toBe(field));
  await fireEvent.input(field, { target: { value: "ferry" } });
  await screen.findByText("Hit 1");
  return { ...made, field };
}

it.each(everywhere)(
  "%s: searches all of Gmail when asked to, says that it does, and opens what came of it",
  async (line) => {
    let answer: (hits: unknown) => void = () => {};
    const { calls, field } = await searching(line, { search_server: () => new Promise((done) => (answer = done)) });
    const asked = () => calls.filter(({ command }) => command === "search_server").map(({ args }) => args.query);
    await press("ArrowUp");
    const asks = screen.getByRole("option", { selected: true });
    expect(asks.textContent).toBe("Search all of Gmail for “ferry”");
    expect(field.getAttribute("aria-activedescendant")).toBe(asks.id);
    expect(asked()).toEqual([]);
    await accessible();
    await press("Enter");
    await screen.findByText("Searching all of Gmail…");
    expect(screen.queryByText(/^Search all of Gmail for/)).toBeNull();
    expect(field.getAttribute("aria-activedescendant")).toBeNull();
    answer([found(1), found(2)]);
    const group = await screen.findByRole("group", { name: "Found at Gmail" });
    expect(
      within(group)
        .getAllByRole("option")
        .map((one) => one.textContent),
    ).toEqual([expect.stringContaining("Hit 2")]);
    await accessible();
    await press("Enter");
    await waitFor(() =>
      expect(calls.filter(({ command }) => command === "thread").at(-1)!.args.id).toBe("2".repeat(32)),
    );
    if (line === "Search mail") await waitFor(() => expect(document.activeElement!.tagName).toBe("ARTICLE"));
    else await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(asked()).toEqual(["ferry"]);
  },
);

it.each(everywhere)(
  "%s: says so where Gmail has nothing else or cannot be reached, and forgets its answer with the words",
  async (line) => {
    let reachable = false;
    const { field } = await searching(line, {
      search_server: () => (reachable ? [found(1)] : fail("gmail_unreachable")),
    });
    await fireEvent.click(screen.getByText(/^Search all of Gmail for/));
    await screen.findByText(/Gmail cannot be reached/);
    await accessible();
    reachable = true;
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("Gmail has nothing else that fits.");
    await accessible();
    await fireEvent.input(field, { target: { value: "ferry map" } });
    await screen.findByText("Search all of Gmail for “ferry map”");
  },
);

it.each(everywhere)(
  "%s: offers Gmail where nothing is found here, and says so where it has nothing either",
  async (line) => {
    let here: unknown[] = [found(1)];
    const { field } = await searching(line, { search: () => here });
    here = [];
    await fireEvent.input(field, { target: { value: "zeppelin" } });
    await screen.findByText(/^Nothing here fits “zeppelin”/);
    await press("Enter");
    await screen.findByText("Gmail has nothing that fits either.");
    await accessible();
  },
);

it.each(everywhere)("%s: offers no search at Gmail where the account may not read there", async (line) => {
  await searching(line, { accounts: () => [{ ...sender, granted: ["profile", "send_mail"] }] });
  expect(screen.queryByText(/^Search all of Gmail/)).toBeNull();
});

it("puts labels on and takes them off in a menu, by keys and by clicks, and takes it back", async () => {
  const made = await mail({
    labels: () =>
      [
        ["INBOX", "INBOX", "system"],
        ["Label_1", "Clients", "user"],
        ["Label_2", "Travel/Lisbon", "user"],
      ].map(([id, name, kind]) => ({ id, name, kind, unread: 0, threads: 0 })),
  });
  const given = () => changes(made).filter(({ add, remove }) => [...add!, ...remove!].some((one) => one !== "UNREAD"));
  const option = (name: string) => screen.getByRole("option", { name });
  await press("j");
  await waitFor(() => expect(chosen()!.id).toBe(rows()[1]!.id));
  await press("l");
  const field = await screen.findByRole("combobox", { name: "Labels of this conversation" });
  expect(document.activeElement).toBe(field);
  expect(option("Clients").getAttribute("aria-selected")).toBe("false");
  await accessible();
  await fireEvent.input(field, { target: { value: "lis" } });
  expect(screen.queryByRole("option", { name: "Clients" })).toBeNull();
  await press("Enter");
  await waitFor(() => expect(option("Travel/Lisbon").getAttribute("aria-selected")).toBe("true"));
  const foot = screen.getByRole("contentinfo", { name: "Status" });
  expect(foot.textContent).toContain("Labelled “Travel/Lisbon”.");
  await fireEvent.click(option("Travel/Lisbon"));
  await waitFor(() => expect(option("Travel/Lisbon").getAttribute("aria-selected")).toBe("false"));
  await fireEvent.input(field, { target: { value: "x" } });
  await screen.findByText("No label of yours has “x” in its name.");
  await accessible();
  await press("Escape");
  await waitFor(() => expect(document.activeElement).toBe(chosen()));
  expect(screen.queryByRole("listbox", { name: "Labels of this conversation" })).toBeNull();
  await press("z");
  await waitFor(() => expect(foot.textContent).toContain("Taken back."));
  expect(given()).toEqual([
    { add: ["Label_2"], remove: [] },
    { add: [], remove: ["Label_2"] },
  ]);
  await press("l");
  await screen.findByRole("combobox", { name: "Labels of this conversation" });
  await waitFor(() => expect(option("Travel/Lisbon").getAttribute("aria-selected")).toBe("true"));
});

it("takes another key for an action, says whose a key is already, and puts all back", async () => {
  const made = await mail();
  await press("?");
  const dialog = await screen.findByRole("dialog", { name: "Keys" });
  const row = (name: RegExp) => within(dialog).getByRole("button", { name });
  await accessible();
  await fireEvent.click(row(/Archive$/));
  row(/Archive$/).focus();
  await press("j");
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toMatch(/J is in the way of “Next conv/), {
    timeout: 3000,
  });
  expect(made.calls.filter(({ command }) => command === "set_settings")).toEqual([]);
  await fireEvent.click(row(/Archive$/));
  row(/Archive$/).focus();
  await press("y");
  await waitFor(() => expect(row(/^Y\s*Archive$/)).toBeTruthy(), { timeout: 3000 });
  await accessible();
  await fireEvent.click(within(dialog).getByRole("button", { name: "Close" })); // at once: it is kept all the same
  const kept = () => made.calls.filter(({ command }) => command === "set_settings").at(-1)?.args.settings as Settings;
  await waitFor(() => expect(kept()?.keys.archive).toEqual(["y"]));
  await new Promise((done) => setTimeout(done, 50));
  const first = chosen()!.id;
  await press("e");
  await new Promise((done) => setTimeout(done, 50));
  expect(chosen()!.id).toBe(first);
  await press("y");
  await waitFor(() => expect(chosen()!.id).not.toBe(first));
  await press("?");
  await fireEvent.click(await screen.findByRole("button", { name: "Reset Archive" }));
  await waitFor(() => expect(kept().keys.archive).toEqual(["e"]));
});
