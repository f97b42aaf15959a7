// How values read: people, times, money, sizes. Pure; `now` is passed in.
import type { ModelRef, Person, RedactionKind, SourceKind, Withheld } from "./ipc";

export const nameOf = (person: Person): string => person.name?.trim() || person.address;
/** What one calls somebody: the first name; the whole of it where there is a title, or so many words that it is a list's or a house's name. */
export function firstNameOf(person: Person): string {
  const name = nameOf(person);
  const words = name.split(/[\s@]+/);
  const first = words[0] ?? name;
  return first.endsWith(".") || first.endsWith(",") || words.length > 3 ? name : first;
}
export const fullOf = (person: Person): string => (person.name ? `${person.name} <${person.address}>` : person.address);

/** "Dana Ortiz", "Dana Ortiz and Ben", "Dana Ortiz and 3 others". */
export function peopleInShort(people: Person[]): string {
  const [first, second] = people;
  if (!first) return "";
  if (!second) return nameOf(first);
  return people.length === 2
    ? `${nameOf(first)} and ${nameOf(second)}`
    : `${nameOf(first)} and ${people.length - 1} others`;
}

/** Operators with what they ask for, and words that are not to be there: no part of a hit to mark. */
const UNSAID =
  /(?<=^|\s)(?:-?(?:from|to|cc|subject|before|after|older|newer|older_than|newer_than|has|filename|label|is|in|category):(?:"[^"]*"|\([^)]*\)|\S*)|-(?:"[^"]*"|\p{L}{2}\S*)|OR(?=\s))/giu;

/** Cuts a text at the words of a query: every second piece is one of them. */
export function byWords(query: string): RegExp {
  const words = query
    .replace(UNSAID, " ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1)
    .map((word) => `${word}\\p{L}*`);
  return words.length ? new RegExp(`(?<!\\p{L})(${words.join("|")})`, "iu") : /(?!)/;
}

/** The people of a conversation but me, as a list names them: one knows that one is in one's own mail. */
export function othersInShort(people: Person[], me: Person[]): string {
  const mine = new Set(me.map((one) => one.address.toLowerCase()));
  const others = people.filter((person) => !mine.has(person.address.toLowerCase()));
  return peopleInShort(others.length ? others : people);
}

/** A greeting as counted, with the name it is said to: "Hi {name}," is "Hi Dana," to Dana. */
export const greetingTo = (greeting: string, to: Person | undefined): string =>
  greeting.replace("{name}", to ? firstNameOf(to) : "(name)").replace("{full}", to ? nameOf(to) : "(title and name)");

const day = (at: number) => new Date(at).toDateString();

/** Today: the time. This year: day and month. Else with the year. Undated mail says nothing. */
export function whenInShort(at: number | null, now: number): string {
  if (!at) return "";
  const date = new Date(at);
  if (day(at) === day(now)) return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
}

export const whenInFull = (at: number | null): string =>
  at
    ? new Date(at).toLocaleString("en-GB", {
        weekday: "short",
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "2-digit",
        minute: "2-digit",
      })
    : "no date";

/** "just now", "2 min ago", then the time. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  return whenInShort(at, now);
}

/** What is left of a waiting, as in "4:05". */
export function countdown(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** Millionths of a dollar, with as many digits as say something. */
export function money(micros: number | null): string {
  if (micros === null) return "price unknown";
  const dollars = micros / 1e6;
  return `$${dollars >= 0.1 || dollars === 0 ? dollars.toFixed(2) : Number(dollars.toPrecision(2)).toFixed(6).replace(/0+$/, "")}`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;
}

export const modelName = (model: ModelRef): string => (model.provider === "offline" ? "Offline composer" : model.name);

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const REDACTIONS: Record<RedactionKind, [one: string, many: string]> = {
  phone: ["phone number", "phone numbers"],
  iban: ["bank account", "bank accounts"],
  card: ["card number", "card numbers"],
  secret: ["password or key", "passwords and keys"],
  address: ["street address", "street addresses"],
};

export const withheldInWords = (withheld: Withheld[]): string =>
  withheld.map(({ kind, count: n }) => `${n} ${REDACTIONS[kind][n === 1 ? 0 : 1]}`).join(", ");

export const SOURCE_KINDS: Record<SourceKind, string> = {
  request: "you said",
  thread: "this thread",
  story: "another thread",
  to_this_person: "similar, to them",
  to_others: "similar",
  template: "template",
  draft: "your draft",
  lesson: "learned from you",
};

/** A person from what was typed: `Dana Ortiz <dana@example.com>` or a bare address. The engine checks it again. */
export function parsePerson(text: string): Person | null {
  const match = /^\s*(?:"?([^"<]*?)"?\s*<([^<>\s]+@[^<>\s]+)>|([^\s<>,;]+@[^\s<>,;]+\.[^\s<>,;]+))\s*$/.exec(text);
  const address = match?.[2] ?? match?.[3];
  return address ? { name: match?.[1] || null, address } : null;
}
