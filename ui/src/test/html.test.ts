// A message as it was written: what is held back of it, what asks for it, and the text when there is nothing better.
import { clearMocks } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import App from "../App.svelte";
import { heldBack } from "../features/mail/frame";
import type { ImagesAsk, MessageHtml } from "../lib/ipc";
import { accessible } from "./accessible";
import { fail, fake } from "./fake";
import { count } from "../lib/format";

afterEach(() => clearMocks());

const html = (over: Partial<MessageHtml> = {}): MessageHtml => ({
  html: "<!doctype html><html><body><p>The heron is back.</p></body></html>",
  remote_images: 0,
  shown_images: 0,
  trackers: 0,
  images: "withheld",
  cut: false,
  plain: true,
  sender: "otto@example.org",
  ...over,
});
/** One conversation of one message. */
const oneMessage = async () => {
  render(App);
  await fireEvent.click(await screen.findByTitle("Mail"));
};

it("says what is held back", () => {
  const says = (over: Partial<MessageHtml>) => heldBack(html(over), count).join(" ");
  expect(says({})).toBe("");
  expect(says({ remote_images: 1 })).toBe("1 picture is not loaded.");
  expect(says({ remote_images: 3, trackers: 2 })).toBe("3 pictures are not loaded. 2 trackers left out.");
  expect(says({ remote_images: 2, images: "once" })).toBe("2 pictures could not be loaded.");
  expect(says({ cut: true })).toBe("It is too long to be shown whole.");
});

it("shows a message in a frame that runs nothing, and loads pictures only when asked", async () => {
  const asked: ImagesAsk[] = [];
  const { calls } = fake({
    message_html: ({ images }) => {
      asked.push(images!);
      return asked.length > 3 ? html({ images: "once", shown_images: 2 }) : html({ remote_images: 2 });
    },
  });
  await oneMessage();
  const frames = await screen.findAllByTitle("The message");
  for (const frame of frames) expect(frame.getAttribute("sandbox")).toBe("allow-same-origin");
  await screen.findAllByText("2 pictures are not loaded.");
  expect(new Set(asked)).toEqual(new Set(["usual"]));
  await fireEvent.click(screen.getAllByRole("button", { name: "Show them" })[0]!);
  await waitFor(() => expect(asked.at(-1)).toBe("once"));
  await fireEvent.click(screen.getAllByRole("button", { name: "Always from this sender" })[0]!);
  await waitFor(() => expect(calls.some((call) => call.command === "allow_images")).toBe(true));
  expect(calls.find((call) => call.command === "allow_images")!.args).toEqual({ sender: "otto@example.org" });
  await accessible();
});

it("shows the text where somebody wants it, and where there is no HTML or it cannot be had", async () => {
  fake({ message_html: () => html() });
  await oneMessage();
  const buttons = await screen.findAllByRole("button", { name: "Show as text" });
  const before = screen.getAllByTitle("The message").length;
  await fireEvent.click(buttons[0]!);
  await screen.findByRole("button", { name: "Show as written" });
  expect(screen.queryAllByTitle("The message").length).toBe(before - 1);
});

it("says why a message cannot be shown as it was written, and shows its text", async () => {
  fake({ message_html: () => fail("store_broken") });
  await oneMessage();
  await waitFor(() => expect(screen.getAllByRole("alert").length).toBeGreaterThan(0));
  expect(screen.queryByTitle("The message")).toBeNull();
  expect(document.querySelectorAll(".text").length).toBeGreaterThan(0);
});
