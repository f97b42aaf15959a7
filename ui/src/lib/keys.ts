// The keys of the window, in one table: what each action is called, which keys do it unless the person says otherwise, and how pressed
// keys become an action. Pure: it hears nothing by itself and does nothing.
import type { KeyBindings } from "./ipc";

export type Action = keyof KeyBindings;
/** Strokes with spaces between, as in `g i`. */
export type Sequence = string;

/** Gmail's own, as in the engine's `defaults.yaml`. */
export const DEFAULTS: KeyBindings = {
  compose: ["c"],
  reply: ["r"],
  reply_all: ["a"],
  forward: ["f"],
  archive: ["e"],
  delete: ["#"],
  star: ["s"],
  labels: ["l"],
  mark_read: ["Shift+i"],
  mark_unread: ["Shift+u"],
  undo: ["z"],
  next: ["j"],
  previous: ["k"],
  open: ["o", "Enter"],
  back: ["u"],
  next_message: ["n"],
  previous_message: ["p"],
  search: ["/"],
  go_inbox: ["g i"],
  go_starred: ["g s"],
  go_sent: ["g t"],
  go_all: ["g a"],
  go_drafts: ["g d"],
  go_outbox: ["g o"],
  help: ["?"],
};

/** Every action, in the groups in which people look for it. */
export const GROUPS: [string, [Action, string][]][] = [
  [
    "Conversations",
    [
      ["next", "Next conversation"],
      ["previous", "Previous conversation"],
      ["open", "Open it"],
      ["back", "Back to the list"],
      ["next_message", "Next message in it"],
      ["previous_message", "Previous message in it"],
    ],
  ],
  [
    "What to do with one",
    [
      ["reply", "Answer"],
      ["reply_all", "Answer everybody"],
      ["forward", "Forward"],
      ["archive", "Archive"],
      ["delete", "Delete"],
      ["star", "Star, or no star"],
      ["labels", "Its labels"],
      ["mark_read", "Mark as read"],
      ["mark_unread", "Mark as unread"],
      ["undo", "Undo the last of these"],
    ],
  ],
  [
    "Anywhere",
    [
      ["compose", "Begin a letter"],
      ["search", "Search the mail"],
      ["go_inbox", "Inbox"],
      ["go_starred", "Starred"],
      ["go_sent", "Sent"],
      ["go_all", "All mail"],
      ["go_drafts", "Drafts"],
      ["go_outbox", "Outbox"],
      ["help", "This list"],
    ],
  ],
];

const TITLES = new Map(GROUPS.flatMap(([, actions]) => actions));
export const titleOf = (action: Action): string => TITLES.get(action) ?? action;

/** What of a keyboard event says which key it was. */
export type Pressed = Pick<
  KeyboardEvent,
  "key" | "code" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "isComposing"
>;

/** The stroke a key is, or nothing: with Ctrl, Alt or Meta, while a sign is being composed, or where it is no sign at all. */
export function strokeOf(event: Pressed): string | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  if (event.key === "Enter") return event.shiftKey ? null : "Enter";
  if ([...event.key].length !== 1 || /\s/.test(event.key)) return null;
  const latin = /^Key([A-Z])$/.exec(event.code ?? "")?.[1];
  // On a keyboard of another script the letter in that place is meant.
  const sign = latin && event.key > "\u024f" ? latin : event.key;
  const lower = sign.toLowerCase();
  if (lower === sign.toUpperCase()) return sign;
  return event.shiftKey ? `Shift+${lower}` : lower;
}

/** How long a begun sequence waits for its next key. */
export const PAUSE = 1000;

/** The keys of a begun sequence, and when the last came. */
export type Begun = { strokes: Sequence; at: number } | null;

/**
 * What a stroke comes to: an action, or the beginning of one that waits, or neither. A key that does not go on with what was begun begins
 * anew, so that `g` and then `e` archives. `can`: which actions there are now.
 */
export function press(
  begun: Begun,
  stroke: string,
  now: number,
  bindings: KeyBindings,
  can: (action: Action) => boolean = () => true,
): { action: Action | null; begun: Begun } {
  const live = begun && now - begun.at < PAUSE ? begun.strokes : null;
  for (const strokes of live ? [`${live} ${stroke}`, stroke] : [stroke]) {
    for (const [action, sequences] of Object.entries(bindings) as [Action, Sequence[]][]) {
      if (!can(action)) continue;
      if (sequences.includes(strokes)) return { action, begun: null };
      if (sequences.some((one) => one.startsWith(`${strokes} `))) return { action: null, begun: { strokes, at: now } };
    }
  }
  return { action: null, begun: null };
}

const TYPED_IN =
  "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='listbox'], [role='textbox']";
const PRESSED = "button, a[href], summary, [role='option'], [role='menuitem']";

/** Whether a key belongs to what has the focus: where somebody types, and Enter on what Enter presses. */
export function isTaken(target: EventTarget | null, stroke: string | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(TYPED_IN) !== null || (stroke === "Enter" && target.closest(PRESSED) !== null);
}

/** The other actions whose keys a sequence would be in the way of: the same, or the beginning of one another. */
export function inTheWay(bindings: KeyBindings, action: Action, sequence: Sequence): Action[] {
  const blocks = (other: Sequence) =>
    other === sequence || other.startsWith(`${sequence} `) || sequence.startsWith(`${other} `);
  return (Object.entries(bindings) as [Action, Sequence[]][])
    .filter(([other, sequences]) => other !== action && sequences.some(blocks))
    .map(([other]) => other);
}

/** A sequence for people: `G then I`, `Shift I`. */
export const shown = (sequence: Sequence): string =>
  sequence
    .split(" ")
    .map((stroke) => stroke.replace("Shift+", "Shift "))
    .map((stroke) =>
      stroke.replace(/(^|\s)(\p{Ll})$/u, (_, before: string, letter: string) => before + letter.toUpperCase()),
    )
    .join(" then ");

/** All keys of an action for people. */
export const keysOf = (bindings: KeyBindings, action: Action): string => bindings[action].map(shown).join(" or ");

export const isDefault = (bindings: KeyBindings, action: Action): boolean =>
  bindings[action].join(" or ") === DEFAULTS[action].join(" or ");
