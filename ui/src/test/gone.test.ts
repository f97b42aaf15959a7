// A draft on the screen that Gmail has no more: the window says so, and the person keeps it or lets it go. What is typed is never lost.
import { emit } from "@tauri-apps/api/event";
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import { accessible } from "./accessible";
import { emptyDraft, fail, fake, status, type Fake } from "./fake";

afterEach(() => clearMocks());

const ID = "d".repeat(32);
const SAID = /Gmail has this draft no more/;

async function opened(over: Parameters<typeof fake>[0] = {}): Promise<Fake> {
  const made = fake({ draft_at_hand: () => ID, ...over });
  made.drafts.set(ID, { ...emptyDraft(ID), version: 3, subject: "The engine", body: "Mine" });
  render(App);
  await waitFor(async () => expect((await letter()).value).toBe("Mine"));
  return made;
}
async function gone(): Promise<Fake> {
  const made = await opened();
  made.drafts.get(ID)!.gone = Date.now();
  await emit("mail-changed", { account: status.account });
  await screen.findByText(SAID);
  return made;
}
const letter = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The letter" });
const type = async (value: string) => fireEvent.input(await letter(), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const said = (made: Fake, command: string) => made.calls.filter((call) => call.command === command);

it("says so, and keeps the text on the screen", async () => {
  await gone();
  expect((await letter()).value).toBe("Mine");
  await accessible();
});

it("keeps it", async () => {
  const made = await gone();
  await press("Keep it");
  await waitFor(() => expect(screen.queryByText(SAID)).toBeNull());
  expect(said(made, "save_draft").map(({ args }) => args.edit)).toEqual([
    expect.objectContaining({ id: ID, body: null }),
  ]);
  expect((await letter()).value).toBe("Mine");
});

it("keeps it for whoever goes on with it", async () => {
  const made = await gone();
  await type("Mine, and more");
  await waitFor(() => expect(screen.queryByText(SAID)).toBeNull());
  expect(made.drafts.get(ID)!.body).toBe("Mine, and more");
});

it("lets it go", async () => {
  const made = await gone();
  await press("Let it go");
  await waitFor(async () => expect((await letter()).value).toBe(""));
  expect(said(made, "delete_draft").map(({ args }) => args.id)).toEqual([ID]);
  expect(screen.queryByText(SAID)).toBeNull();
});

it("makes a draft anew of all that is on the screen where the one it was is deleted", async () => {
  const anew = "e".repeat(32);
  const edits: object[] = [];
  await opened({
    save_draft: ({ edit }) => {
      edits.push(edit!);
      return edits.length === 1 ? fail("not_found") : { id: anew, version: 1, at: Date.now() };
    },
  });
  await type("Mine, and more");
  await waitFor(() => expect(edits).toHaveLength(2));
  expect(edits[1]).toMatchObject({ id: null, subject: "The engine", body: "Mine, and more" });
  await type("And more");
  await waitFor(() => expect(edits[2]).toMatchObject({ id: anew, body: "And more" }));
  expect(screen.queryByText(/not there any more/)).toBeNull();
});
