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
  const elsewhere = { at: Date.now(), to: [grace], cc: [], bcc: [], subject: "The engine", body: THEIRS };
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
