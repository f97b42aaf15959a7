// Backups, restoring one, how long mail is kept, and what past mail suggests: nothing goes, and nobody is added, but by a person's click.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import type * as api from "$lib/ipc";
import { accessible } from "./accessible";
import { ben, dana, emptyDraft, fail, fake, id, now, settings } from "./fake";

afterEach(() => clearMocks());

const go = async (place: string) => fireEvent.click(await screen.findByTitle(place));
const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));
const made = { file: "/home/mara/mail.backup", made: now, bytes: 4_200_000, rows: 900 } satisfies api.BackupReport;
const head = {
  made: now,
  epistle: "0.1.0",
  schema: 2,
  accounts: 2,
  messages: 812,
  secrets_in_keyring: true,
  keys: { recovery_code: true, folder_passphrase: false },
  own_passphrase: false,
} satisfies api.BackupHead;

it("says how much of the mail is packed, and from when on", async () => {
  const { calls } = fake();
  render(App);
  await go("Settings");
  expect(await screen.findByText(/found and read as before. 1,152 messages lie so/)).toBeTruthy();
  await fireEvent.change(await screen.findByLabelText("Pack it after"), { target: { value: "90" } });
  await waitFor(() => expect(calls.map(({ command }) => command)).toContain("set_settings"));
  const asked = calls.find(({ command }) => command === "set_settings")!.args as { settings: api.Settings };
  expect(asked.settings.memory.hot_days).toBe(90);
});

it("makes a backup only where something would open it, and says when the last was made", async () => {
  const { calls } = fake({ choose_backup: () => made.file, back_up: () => made });
  render(App);
  await go("Settings");
  expect(await screen.findByText("No backup was made yet.")).toBeTruthy();
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Make a backup" });
  expect(button.disabled).toBe(true);
  await fireEvent.input(await screen.findByLabelText("A passphrase for the backup"), { target: { value: "staple" } });
  await press("Make a backup");
  expect(await screen.findByText(/The last was made .*mail\.backup/)).toBeTruthy();
  expect(calls.find(({ command }) => command === "back_up")!.args).toMatchObject({
    file: made.file,
    passphrase: "staple",
  });
  await accessible();
});

it("asks before a backup takes the place of what is here, and tells what came back", async () => {
  const { calls } = fake({
    choose_backup: () => made.file,
    read_backup: () => head,
    restore: (args: Record<string, unknown>) =>
      args["passphrase"] === "right"
        ? ({
            home: "/home/mara/epistle",
            made: now,
            rows: 900,
            kept_aside: "/home/mara/epistle.before-restore-1",
            key_holder: "keyring",
            secrets_missing: true,
            letters_held: 1,
          } satisfies api.RestoreReport)
        : fail("passphrase_wrong"),
  });
  render(App);
  await go("Settings");
  await press("Restore one");
  expect(await screen.findByText(/2 accounts, 812 messages/)).toBeTruthy();
  expect(screen.getByText(/put aside, not deleted/)).toBeTruthy();
  await accessible();
  const field = await screen.findByLabelText("the recovery code");
  await fireEvent.input(field, { target: { value: "wrong" } });
  await press("Restore");
  expect(await screen.findByText(/^That passphrase does not open the store/)).toBeTruthy();
  await fireEvent.input(field, { target: { value: "right" } });
  await press("Restore");
  expect(await screen.findByText(/900 rows came back/)).toBeTruthy();
  expect(screen.getByText(/before-restore-1/)).toBeTruthy();
  expect(screen.getByText(/1 letter waited to leave/)).toBeTruthy();
  expect(calls.filter(({ command }) => command === "restore")).toHaveLength(2);
});

it("tells how many messages would go before any goes, and keeps them where the person does not say yes", async () => {
  const due = { messages: 340, at_gmail: 300, of: 812, since: now, held: 2 } satisfies api.Retention;
  const { calls } = fake({ retention_preview: () => due, apply_retention: () => due });
  render(App);
  await go("Settings");
  const select = await screen.findByLabelText<HTMLSelectElement>("Keep mail");
  await fireEvent.change(select, { target: { value: "365" } });
  expect(await screen.findByRole("heading", { name: "Delete 340 messages?" })).toBeTruthy();
  expect(screen.getByText(/300 of them are at Gmail. There they stay/)).toBeTruthy();
  await accessible();
  await press("Keep them");
  expect(select.value).toBe("");
  expect(calls.some(({ command }) => command === "apply_retention" || command === "set_settings")).toBe(false);
  await fireEvent.change(select, { target: { value: "365" } });
  await press("Delete 340 now");
  expect(await screen.findByText("340 messages went from this machine.")).toBeTruthy();
  const set = calls.find(({ command }) => command === "set_settings")!.args.settings as api.Settings;
  expect(set.memory).toEqual({ ...settings.memory, keep_days: 365 });
});

it("suggests from past mail while writing, with its source, and adds a person only when asked to", async () => {
  const source = { source: id(1), thread: id(1), subject: "Harbour contract", date: now };
  const draft = { ...emptyDraft("b".repeat(32)), to: [dana], body: "Half a letter" };
  const { calls } = fake({
    suggestions: () =>
      [
        { ...source, what: { kind: "open_question", person: dana, question: "Could you send the figures?" } },
        { ...source, what: { kind: "also_on_it", person: ben, times: 4, of: 5 } },
        { ...source, what: { kind: "attached_last_time", files: ["contract.pdf"] } },
      ] satisfies api.Suggestion[],
    draft_at_hand: () => draft.id,
    draft: () => draft,
  });
  render(App);
  const section = await screen.findByRole("region", { name: "From your mail" }, { timeout: 3000 });
  expect(section.textContent).toContain("Could you send the figures?");
  expect(section.textContent).toContain("Last time you attached contract.pdf");
  expect(section.textContent).toContain("4 of 5 messages");
  const people = () =>
    calls.filter(({ command }) => command === "save_draft").map(({ args }) => (args.edit as api.DraftEdit).cc);
  expect(
    people()
      .flat()
      .some((one) => one?.address === ben.address),
  ).toBe(false);
  await accessible();
  await press(/as a copy$/);
  await waitFor(() =>
    expect(
      people()
        .flat()
        .some((one) => one?.address === ben.address),
    ).toBe(true),
  );
});
