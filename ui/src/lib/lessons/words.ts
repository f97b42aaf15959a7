// Lessons in words: for whom each counts, and in which order they are read. Pure.
import { count, firstNameOf, nameOf } from "../format";
import type { Lesson, LessonKind, LessonScope } from "../ipc";

export const KINDS: Record<LessonKind, string> = {
  fact: "A fact",
  preference: "A preference",
  way_of_doing: "A way of doing it",
};

/** "Dana", "example.org", "all letters". */
export const scopeInShort = (scope: LessonScope): string =>
  scope.reach === "person" ? firstNameOf(scope.person) : scope.reach === "domain" ? scope.domain : "all letters";

/** The heading over the lessons of one scope. */
export function scopeInFull(scope: LessonScope): string {
  if (scope.reach === "everywhere") return "In all letters";
  if (scope.reach === "domain") return `To people at ${scope.domain}`;
  const { name, address } = scope.person;
  return name ? `To ${nameOf(scope.person)}, ${address}` : `To ${address}`;
}

/** "Learned for Dana: greet with “Hi Dana,”". */
export const learnedInWords = (lesson: Lesson): string =>
  `Learned for ${scopeInShort(lesson.scope)}: ${lesson.words.charAt(0).toLowerCase()}${lesson.words.slice(1)}`;

/** How it stands with a lesson, in a few words. */
export function stateInWords(lesson: Lesson): string {
  if (!lesson.on) return "switched off";
  if (lesson.edited) return "in your own words";
  const seen = `seen in ${count(lesson.seen, "letter")}`;
  return lesson.state === "learned" ? seen : `${seen}, not used yet`;
}

/** The words of a lesson that can be changed, and what they are; `null` where it has none. */
export function wordsOf(lesson: Lesson): { label: string; text: string } | null {
  const { rule } = lesson;
  switch (rule.rule) {
    case "greet":
      return { label: "Greeting", text: rule.line };
    case "sign_off":
      return { label: "Sign-off", text: rule.line };
    case "sign_as":
      return { label: "Name", text: rule.name };
    case "write":
      return { label: `Instead of “${rule.instead_of}”`, text: rule.write };
    case "add_line":
      return { label: "Line", text: rule.line };
    default:
      return null;
  }
}

export type Group = { title: string; lessons: Lesson[] };

const RANK = { person: 0, domain: 1, everywhere: 2 };

/** The lessons by whom they are for: people, houses, all. Within each, the last seen first, as the engine gives them. */
export function grouped(lessons: Lesson[]): Group[] {
  const groups = new Map<string, Group & { rank: number }>();
  for (const lesson of lessons) {
    const { scope } = lesson;
    const key =
      scope.reach === "person" ? scope.person.address.toLowerCase() : scope.reach === "domain" ? scope.domain : "";
    const group = groups.get(key) ?? { title: scopeInFull(scope), lessons: [], rank: RANK[scope.reach] };
    group.lessons.push(lesson);
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => one.rank - other.rank);
}
