// What was learned from the person's changes: told once after a letter is sent, read, edited, switched off and forgotten on its page.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import type * as api from "$lib/ipc";
import { Learned } from "$lib/lessons/learned.svelte";
import Lessons from "../features/learned/Lessons.svelte";
import Told from "../features/write/Learned.svelte";
import { accessible } from "./accessible";
import { dana, fail, fake, id, now, settings } from "./fake";

afterEach(() => clearMocks());

const greets: api.Lesson = {
  id: id(71),
  kind: "preference",
  rule: { rule: "greet", line: "Hi Dana," },
  scope: { reach: "person", person: dana },
  words: "Greet with “Hi Dana,”",
  language: "en",
  state: "learned",
  on: true,
  seen: 1,
  edited: false,
  first: now,
  last: now,
};
const evidence: api.LessonEvidence[] = [{ before: "Dear Dana,", after: "Hi Dana,", at: now, to: dana, draft: id(72) }];

/** An engine that keeps what is changed, as the real one does. */
function keeping(lessons: api.Lesson[]) {
  const change = (of: unknown, how: (one: api.Lesson) => api.Lesson) => {
    lessons = lessons.map((one) => (one.id === of ? how(one) : one));
    return lessons.find((one) => one.id === of)!;
  };
  return fake({
    lessons: () => lessons,
    lesson: ({ id: of }) => ({ lesson: lessons.find((one) => one.id === of)!, evidence }),
    edit_lesson: ({ id: of, edit }) =>
      change(of, (one) => ({
        ...one,
        words: `Greet with “${(edit as unknown as api.LessonEdit).text}”`,
        edited: true,
      })),
    switch_lesson: ({ id: of, on }) => change(of, (one) => ({ ...one, on: on as unknown as boolean })),
    forget_lesson: ({ id: of }) => ((lessons = lessons.filter((one) => one.id !== of)), null),
    forget_all_lessons: () => ((lessons = []), 1),
    learn_from: () => lessons,
  });
}
const page = () => render(Lessons, { props: { onchange: async () => {} } });
const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));

it("reads what was learned, by whom it is for, with what led to it", async () => {
  keeping([greets]);
  page();
  await screen.findByRole("heading", { name: /^To Dana/ });
  await press(/^Greet with “Hi Dana,”/);
  await screen.findByText("Dear Dana,");
  await accessible();
});

it("edits a lesson, switches it off, and forgets it after a second look", async () => {
  const { calls } = keeping([greets]);
  page();
  await press(/^Edit: Greet/);
  await fireEvent.input(await screen.findByRole("textbox", { name: "Greeting" }), { target: { value: "Hej Dana," } });
  await press("Keep it so");
  await press(/^Switch off: Greet with “Hej Dana,”/);
  await screen.findByText(/switched off/);
  await press(/^Forget: /);
  expect(calls.some((call) => call.command === "forget_lesson")).toBe(false);
  await press("Forget for good");
  await screen.findByText(/^Nothing yet/);
  await accessible();
});

it("says why nothing can be read, and looks again", async () => {
  let broken = true;
  fake({ lessons: () => (broken ? fail("store_broken") : [greets]) });
  page();
  await screen.findByRole("alert");
  broken = false;
  await press("Look again");
  await screen.findByText("Greet with “Hi Dana,”");
});

it("says that learning is switched off, and how to switch it on", async () => {
  fake({
    lessons: () => [greets],
    settings: () => ({ ...settings, memory: { ...settings.memory, learn_lessons: false } }),
  });
  page();
  await screen.findByText(/is switched off/);
  await screen.findByRole("button", { name: "Switch it on" });
  await accessible();
});

it("tells what a letter taught in a line that can be taken back", async () => {
  const { calls } = keeping([greets]);
  const learned = new Learned();
  render(Told, { props: { learned } });
  await learned.from(id(72));
  await screen.findByText(/Learned for Dana: greet with “Hi Dana,”/);
  await accessible();
  await press(/^Undo: Learned for Dana/);
  await waitFor(() => expect(screen.queryByText(/Learned for/)).toBeNull());
  expect(calls.some((call) => call.command === "forget_lesson")).toBe(true);
});
