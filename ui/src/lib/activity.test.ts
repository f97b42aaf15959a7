import { expect, it, vi } from "vitest";
import { watchActivity } from "./activity";

it("tells of keys, clicks and scrolling at most once in twenty seconds", () => {
  const tell = vi.fn();
  let now = 1000;
  const stop = watchActivity(tell, 20_000, () => now);
  for (const sign of ["keydown", "pointerdown", "wheel"]) window.dispatchEvent(new Event(sign));
  expect(tell).toHaveBeenCalledTimes(1);
  now += 19_999;
  window.dispatchEvent(new Event("keydown"));
  expect(tell).toHaveBeenCalledTimes(1);
  now += 1;
  window.dispatchEvent(new Event("wheel"));
  expect(tell).toHaveBeenCalledTimes(2);
  window.dispatchEvent(new Event("mousemove"));
  stop();
  now += 60_000;
  window.dispatchEvent(new Event("keydown"));
  expect(tell).toHaveBeenCalledTimes(2);
});
