// What helps while a search is typed: which operators there are, what can follow one, who is meant. Pure; it asks nobody.
import { fullOf, nameOf } from "./format";
import { listName } from "./labels";
import type { Label, Person } from "./ipc";

export type Hint = {
  /** What takes the place of the piece that is being typed. */
  insert: string;
  /** What is shown. */
  label: string;
  /** What it does, in a few words. */
  about: string;
};

const OPERATORS: [string, string][] = [
  ["from:", "who wrote it"],
  ["to:", "whom it went to"],
  ["subject:", "words of the subject"],
  ["has:attachment", "something is attached"],
  ["before:", "a day, as in 2024/06/01"],
  ["after:", "a day, as in 2024/06/01"],
  ["older_than:", "as in 1y, 6m, 2w, 3d"],
  ["newer_than:", "as in 1y, 6m, 2w, 3d"],
  ["is:unread", "not read yet"],
  ["is:starred", "marked with a star"],
  ["is:read", "read"],
  ["in:sent", "in a list"],
  ["in:inbox", "in a list"],
  ["in:trash", "in a list"],
  ["in:spam", "in a list"],
  ["in:anywhere", "in Trash and Spam too"],
  ["label:", "one of your labels"],
  ["filename:", "the name or kind of a file"],
  ["cc:", "who got a copy"],
];
/** Those that an empty field shows. */
const FIRST = ["from:", "subject:", "has:attachment", "before:", "is:unread", "label:"];
const EXACT: Hint[] = [
  { insert: '"', label: '"exact phrase"', about: "these words in a row" },
  { insert: "-", label: "-word", about: "not with this word" },
];
const MOST = 5;

/** The piece being typed: what stands after the last space outside quotes. */
export function pieceOf(query: string): string {
  return /(?:^|\s)(-?[a-z_]+:"[^"]*|\S*)$/i.exec(query)?.[1] ?? "";
}

/** Whom or which label the piece asks for; `null`: neither. */
export function wantedBy(query: string): { kind: "people" | "label"; op: string; text: string } | null {
  const named = /^(-?)(from|to|cc|label|in):"?([^"]*)$/i.exec(pieceOf(query));
  if (named) {
    const op = (named[1] ?? "") + (named[2] ?? "").toLowerCase();
    const label = op.endsWith("label") || op.endsWith("in");
    return { kind: label ? "label" : "people", op: `${op}:`, text: named[3] ?? "" };
  }
  const word = pieceOf(query);
  return /^[\p{L}@.]{3,}$/u.test(word) ? { kind: "people", op: "from:", text: word } : null;
}

/** The operators that fit what is being typed. */
export function operatorHints(query: string): Hint[] {
  const as = ([label, about]: [string, string]): Hint => ({
    insert: label.endsWith(":") ? label : `${label} `,
    label,
    about,
  });
  if (!query.trim()) return [...OPERATORS.filter(([name]) => FIRST.includes(name)).map(as), ...EXACT];
  const piece = pieceOf(query).toLowerCase();
  const [bare, minus] = piece.startsWith("-") ? [piece.slice(1), "-"] : [piece, ""];
  if (bare.length < 2) return [];
  const fits = OPERATORS.filter(([name]) => name.startsWith(bare) && name !== bare);
  return fits
    .slice(0, MOST)
    .map(as)
    .map((hint) => ({ ...hint, insert: minus + hint.insert, label: minus + hint.label }));
}

/** The people and labels that fit what is being typed. */
export function wantedHints(query: string, people: Person[], labels: Label[]): Hint[] {
  const wanted = wantedBy(query);
  if (!wanted) return [];
  const { op, text } = wanted;
  if (wanted.kind === "people")
    return people.slice(0, MOST).map((person) => ({
      insert: `${op}${person.address} `,
      label: `${op}${nameOf(person)}`,
      about: fullOf(person) === nameOf(person) ? "" : person.address,
    }));
  if (!op.endsWith("label:")) return [];
  const fits = labels.filter((one) => one.kind === "user" && one.name.toLowerCase().includes(text.toLowerCase()));
  return fits.slice(0, MOST).map((one) => {
    const name = listName(one.id, labels);
    return { insert: `${op}${/\s/.test(name) ? `"${name}"` : name} `, label: op + name, about: "your label" };
  });
}

/** The query with the piece being typed replaced. */
export const completed = (query: string, hint: Hint): string =>
  query.slice(0, query.length - pieceOf(query).length) + hint.insert;
