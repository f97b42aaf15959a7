// What was learned of the voice, as a person reads it and sets it right: with the keyboard, for everybody and for one person.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import type * as api from "$lib/ipc";
import App from "../App.svelte";
import { accessible } from "./accessible";
import { dana, fail, fake, voiceProfile } from "./fake";

afterEach(() => clearMocks());

const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));
async function open() {
  render(App);
  await fireEvent.click(await screen.findByTitle("Learned"));
  await screen.findByRole("heading", { name: "What Epistle has learned" });
}
const row = (name: string) => screen.getByRole("heading", { name, level: 3 }).closest("li")!;

/** An engine that keeps what is set, as the real one does. */
function keeping() {
  let traits = voiceProfile.traits;
  const change = (kind: api.TraitKind, how: (one: api.VoiceTrait) => api.VoiceTrait) => {
    traits = traits.map((one) => (one.kind === kind ? how(one) : one));
    return { ...voiceProfile, traits };
  };
  return fake({
    voice_profile: () => ({ ...voiceProfile, traits }),
    correct_trait: (args: unknown) => {
      const { kind, value, to } = (args as { correction: api.TraitCorrection }).correction;
      return change(kind, (one) =>
        value?.kind === "line"
          ? {
              ...one,
              value,
              state: "own",
              here: to !== null,
              says: `You begin with “${value.line}”.`,
              learned: one.says,
            }
          : { ...one, state: value ? "own" : "learned", learned: null },
      );
    },
    switch_trait: (args: unknown) => {
      const { kind, on } = args as { kind: api.TraitKind; on: boolean };
      return change(kind, (one) => ({ ...one, state: on ? "learned" : "off" }));
    },
  });
}

it("says each trait in plain words, with its letters and how sure it is", async () => {
  fake();
  await open();
  await screen.findByText("You begin with “Hi (first name),”.");
  within(row("Greeting")).getByText("Seen in 31 of 34 letters to Dana Ortiz · sure");
  within(row("Formality")).getByText("By contractions in 20 of 34.");
  screen.getByText(/How you write to everybody, counted on this machine in 34 letters you sent/);
  await accessible();
});

it("sets a trait from the keyboard, shows what was learned beside it, and goes back to it", async () => {
  const { calls } = keeping();
  await open();
  await press("Change: Greeting");
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Greeting" });
  expect(document.activeElement).toBe(field);
  expect(field.value).toBe("Hi {name},");
  await accessible();
  await fireEvent.keyDown(field, { key: "Escape" });
  expect(screen.queryByRole("textbox", { name: "Greeting" })).toBeNull();
  await press("Change: Greeting");
  await fireEvent.input(await screen.findByRole("textbox", { name: "Greeting" }), {
    target: { value: "Ahoy {name}!" },
  });
  await press("Set it");
  await screen.findByText("You begin with “Ahoy {name}!”.");
  within(row("Greeting")).getByText("Learned: You begin with “Hi (first name),”.");
  within(row("Greeting")).getByText("Set by you, for everybody");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Change: Greeting"));
  expect(calls.find(({ command }) => command === "correct_trait")!.args.correction).toEqual({
    to: null,
    kind: "greeting",
    value: { kind: "line", line: "Ahoy {name}!" },
  });
  await press("As learned: Greeting");
  await waitFor(() => expect(screen.queryByText("Set by you, for everybody")).toBeNull());
});

it("sets lengths and habits by their own means, and takes no length that is none", async () => {
  const { calls } = keeping();
  await open();
  await press("Change: Length");
  await fireEvent.input(await screen.findByRole("textbox", { name: "At least, in words" }), {
    target: { value: "90" },
  });
  await fireEvent.input(screen.getByRole("textbox", { name: "At most, in words" }), { target: { value: "20" } });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Set it" }).disabled).toBe(true);
  await fireEvent.input(screen.getByRole("textbox", { name: "At most, in words" }), { target: { value: "120" } });
  await press("Set it");
  await press("Change: Contractions");
  await fireEvent.click(await screen.findByRole("radio", { name: "Never" }));
  await press("Set it");
  const values = () => calls.filter(({ command }) => command === "correct_trait").map(({ args }) => args.correction);
  await waitFor(() =>
    expect(values()).toEqual([
      { to: null, kind: "length", value: { kind: "band", band: { low: 90, median: 105, high: 120 } } },
      { to: null, kind: "contractions", value: { kind: "often", often: "never" } },
    ]),
  );
});

it("switches a trait off and on again", async () => {
  keeping();
  await open();
  await press("Switch off: Contractions");
  await screen.findByText("Switched off, for everybody");
  expect(screen.queryByRole("button", { name: "Change: Contractions" })).toBeNull();
  await accessible();
  await press("Switch on: Contractions");
  await waitFor(() => expect(screen.queryByText("Switched off, for everybody")).toBeNull());
});

it("shows how one person is written to, and sets it for them alone", async () => {
  const { calls } = fake({ correct_trait: () => voiceProfile });
  await open();
  const whom = await screen.findByRole("combobox", { name: "To one person" });
  await fireEvent.input(whom, { target: { value: dana.address } });
  await fireEvent.keyDown(whom, { key: "Enter" });
  await screen.findByText(/, 34 of them to/);
  await press("Change: Greeting");
  await press("Set it");
  await waitFor(() =>
    expect(calls.find(({ command }) => command === "correct_trait")?.args.correction).toMatchObject({
      to: dana.address,
    }),
  );
});

it("lets the whole voice be switched off", async () => {
  const { calls } = fake();
  await open();
  await fireEvent.click(await screen.findByRole("checkbox", { name: "Write letters by it" }));
  await waitFor(() =>
    expect(calls.find(({ command }) => command === "set_settings")?.args.settings).toMatchObject({
      memory: { use_voice: false },
    }),
  );
});

it("says what would be here where nothing is learned, and what failed where it did", async () => {
  fake({ voice_profile: () => ({ ...voiceProfile, letters: 0, traits: [], examples: [] }) });
  await open();
  await screen.findByRole("heading", { name: "Nothing is learned yet" });
  await screen.findByRole("button", { name: "Bring mail in" });
  await accessible();
});

it("says what failed, and looks again when asked", async () => {
  let broken = true;
  fake({ voice_profile: () => (broken ? fail("store_broken") : voiceProfile) });
  await open();
  await screen.findByRole("alert");
  broken = false;
  await press("Look again");
  await screen.findByText("You begin with “Hi (first name),”.");
  expect(screen.queryByRole("alert")).toBeNull();
});
