// What the window sees of a message's frame: how large it is, and where its links stand. It changes nothing in it but the plain paper's colours.
import type { MessageHtml } from "$lib/ipc";

/** Where a link, or a line of it, stands in the frame. */
export type Spot = {
  x: number;
  y: number;
  width: number;
  height: number;
  address: string;
  words: string;
  /** The first of its link: the one that keys reach. */
  first: boolean;
};

export type Layout = { width: number; height: number; spots: Spot[]; empty: boolean };

/** A longer letter scrolls within its frame. */
const TALLEST = 30000;
const WIDEST = 1600;
const MOST_LINKS = 400;
const MOST_LINES = 12;

export function layOut(frame: HTMLIFrameElement, colours: { ink: string; paper: string } | null): Layout | null {
  const page = frame.contentDocument;
  if (!page?.body) return null;
  const root = page.documentElement;
  if (colours) {
    root.style.color = colours.ink;
    root.style.background = colours.paper;
    root.style.setProperty("--link", colours.ink);
  }
  const height = Math.min(Math.ceil(page.body.getBoundingClientRect().height) + 1, TALLEST);
  return {
    width: Math.min(root.scrollWidth, WIDEST),
    height,
    spots: [...page.querySelectorAll("a[href]")].slice(0, MOST_LINKS).flatMap((link) => spotsOf(link, page)),
    empty: !page.body.textContent?.trim() && !page.querySelector("img"),
  };
}

function spotsOf(link: Element, page: Document): Spot[] {
  const range = page.createRange();
  range.selectNodeContents(link);
  const boxes: DOMRect[] = [];
  for (const box of range.getClientRects?.() ?? [])
    if (box.width > 1 && box.height > 1 && !boxes.some((outer) => holds(outer, box))) boxes.push(box);
  const address = link.getAttribute("href") ?? "";
  const words = link.textContent?.replace(/\s+/g, " ").trim() || link.querySelector("img")?.alt || address;
  return boxes.slice(0, MOST_LINES).map((box, i) => ({
    x: box.left,
    y: box.top,
    width: box.width,
    height: box.height,
    address,
    words: words.slice(0, 200),
    first: i === 0,
  }));
}

const holds = (outer: DOMRect, inner: DOMRect) =>
  inner.left >= outer.left - 1 &&
  inner.right <= outer.right + 1 &&
  inner.top >= outer.top - 1 &&
  inner.bottom <= outer.bottom + 1;

/** What was left out of a message, in words. */
export function heldBack(html: MessageHtml, count: (n: number, one: string) => string): string[] {
  const lines: string[] = [];
  const { remote_images: left, images } = html;
  const are = left === 1 ? "is" : "are";
  if (left && images === "withheld") lines.push(`${count(left, "picture")} ${are} not loaded.`);
  else if (left) lines.push(`${count(left, "picture")} could not be loaded.`);
  if (html.trackers) lines.push(`${count(html.trackers, "tracker")} left out.`);
  if (html.cut) lines.push("It is too long to be shown whole.");
  return lines;
}
