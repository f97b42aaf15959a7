// The Memory group in the settings: how far it is in plain words, and a model's price before it is downloaded.
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import Memory from "../features/settings/Memory.svelte";
import { embeddingModels, fail, fake, memoryState, settings } from "./fake";

afterEach(cleanup);
const set = () => Promise.resolve();
const shown = () => render(Memory, { props: { settings, set } });

test("it says how far it is, and shows the part that is read", async () => {
  fake();
  shown();
  await screen.findByText("1,240 of 2,506 messages are read, the newest first.");
  expect(screen.getByLabelText("Mail that is read")).toBeTruthy();
  expect((screen.getByLabelText(/MiniLM L6/) as HTMLInputElement).checked).toBe(true);
});

test("what is missing is said, with what to do", async () => {
  fake({ memory_state: () => ({ ...memoryState, trouble: "runtime_missing" }) });
  shown();
  await screen.findByText(/Mail is found by its words alone: .* Install Epistle again/);
  expect(screen.queryByLabelText("Mail that is read")).toBeNull();
});

test("another model is downloaded and used only after its size was seen", async () => {
  const other = embeddingModels[1]!;
  const { calls } = fake({
    model_offer: () => ({ model: { ...other, download_bytes: 133_093_490 }, bytes: 133_093_490, have: 0 }),
    download_model: () => null,
    use_model: () => ({ ...memoryState, model: other.id, embedded: 0, until_then: memoryState.model }),
  });
  const commands = () => calls.map(({ command }) => command);
  shown();
  await fireEvent.click(await screen.findByLabelText(/BGE small/));
  await screen.findByText(/133.1 MB to download, 220 MB of memory, MIT, from huggingface.co/);
  expect(commands()).not.toContain("download_model");
  await fireEvent.click(screen.getByRole("button", { name: "Download", hidden: true }));
  await waitFor(() => expect(commands()).toContain("use_model"));
  expect(commands().indexOf("download_model")).toBeLessThan(commands().indexOf("use_model"));
});

test("a hub that cannot be reached is said, and nothing changes", async () => {
  const { calls } = fake({ model_offer: () => fail("model_unreachable") });
  shown();
  await fireEvent.click(await screen.findByLabelText(/BGE small/));
  await screen.findByRole("alert");
  expect(calls.map(({ command }) => command)).not.toContain("use_model");
});
