// The keys of sending, and when they are meant. Pure but for the dialogs it looks for.

const inDialog = (): boolean => document.querySelector("dialog[open]") !== null;

/** Ctrl Enter, and nothing is being asked. */
export const sends = (event: KeyboardEvent): boolean =>
  event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.isComposing && !inDialog();

/** Z, or Ctrl Z, and nobody is typing. `untouched`: a field that has the focus has nothing in it to undo. */
export function takesBack(event: KeyboardEvent, untouched: boolean): boolean {
  if (event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || inDialog()) return false;
  const typing = (event.target as HTMLElement).closest?.("input, textarea, select, [role='listbox']");
  return typing ? untouched && (event.ctrlKey || event.metaKey) : true;
}
