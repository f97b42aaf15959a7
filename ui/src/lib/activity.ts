// Tells the engine that somebody is here, so that it does not lock under their hands: on keys, clicks and scrolling, and rarely.
const SIGNS = ["keydown", "pointerdown", "wheel"] as const;
const EVERY = 20_000;

/** Calls `tell` at a sign of life, at most once in `every` milliseconds. Returns how to stop. */
export function watchActivity(tell: () => unknown, every = EVERY, clock = () => Date.now()): () => void {
  let told = -Infinity;
  const seen = () => {
    const now = clock();
    if (now - told < every) return;
    told = now;
    tell();
  };
  for (const sign of SIGNS) window.addEventListener(sign, seen, { capture: true, passive: true });
  return () => SIGNS.forEach((sign) => window.removeEventListener(sign, seen, { capture: true }));
}
