// A draft that was changed here and in Gmail: both versions are shown, and the one that the person chooses stands.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import { accessible } from "./accessible";
import { emptyDraft, fake, revision } from "./fake";

afterEach(() => clearMocks());

const THEIRS = "Written on the telephone.";
const grace = { name: "Grace", address: "grace@example.com" };

async function opened() {
  const id = "b".repeat(32);
  const elsewhere = {
    at: Date.now(),
    to: [grace],
    cc: [],
    bcc: [],
    subject: "The engine",
    body: THEIRS,
    files: ["plan.pdf"],
  };
  const revisions = [revision(1, "Mine", "", { kind: "person" }), revision(2, THEIRS, "", { kind: "elsewhere" })];
  const made = fake({
    draft_at_hand: () => id,
  });
  made.drafts.set(id, { ...emptyDraft(id), version: 3, subject: "The engine", body: "Mine", elsewhere, revisions });
  render(App);
  await screen.findByText(/also changed in Gmail/);
  return made;
}
const letter = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The letter" });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const chosen = (calls: { command: string; args: Record<string, unknown> }[]) =>
  calls.filter(({ command }) => command === "settle_elsewhere").map(({ args }) => args.takeTheirs);

it("shows both versions, and to whom the other one goes", async () => {
  await opened();
  expect((await letter()).value).toBe("Mine");
  screen.getByText(/There it goes to Grace/);
  screen.getByText(/There it has plan.pdf; the files of both are with it here/);
  await press("Compare");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("button", { current: true }).textContent).toContain("Changed in Gmail");
  await accessible();
});

it("keeps mine", async () => {
  const { calls } = await opened();
  await press("Keep mine");
  await waitFor(() => expect(screen.queryByText(/also changed in Gmail/)).toBeNull());
  expect([(await letter()).value, chosen(calls)]).toEqual(["Mine", [false]]);
});

it("takes Gmail's", async () => {
  const { calls } = await opened();
  await press("Take Gmail's");
  await waitFor(async () => expect((await letter()).value).toBe(THEIRS));
  expect(chosen(calls)).toEqual([true]);
  expect(screen.queryByText(/also changed in Gmail/)).toBeNull();
});

it("says which files are only in Gmail, and whether they will come", async () => {
  const id = "c".repeat(32);
  const missing = [
    { name: "map.png", size: 2_000, never: false },
    { name: "film.mp4", size: 90_000_000, never: true },
  ];
  const made = fake({ draft_at_hand: () => id });
  made.drafts.set(id, { ...emptyDraft(id), version: 3, subject: "The engine", body: "Hi", missing });
  render(App);
  await screen.findByText(/Not here yet, and asked for again: map.png/);
  screen.getByText(/would not go with this letter: film.mp4/);
  await accessible();
});
