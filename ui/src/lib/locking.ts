// What a page does when Epistle locks: what was typed is saved as far as it can be, then the page begins anew, so that nothing readable
// stays in it or in its memory.

/** The page itself; a test puts its own in place of `reload`. */
export const page = { reload: () => location.reload() };

const WAIT = 400;

/** `settle` saves what waits. The engine may be closed already, so it is not waited for long. */
export async function forgetAll(settle: () => Promise<unknown>): Promise<void> {
  await Promise.race([settle().catch(() => {}), new Promise((late) => setTimeout(late, WAIT))]);
  page.reload();
}
