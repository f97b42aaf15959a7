// What jsdom lacks of a browser.
import { cleanup, configure } from "@testing-library/svelte";
import { afterEach } from "vitest";

// What is waited for comes in a moment; a busy machine may need many of those.
configure({ asyncUtilTimeout: 5_000 });

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
});
Element.prototype.scrollIntoView ??= () => {};
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as never;
HTMLCanvasElement.prototype.getContext = (() => null) as never; // axe looks for icon fonts with it
