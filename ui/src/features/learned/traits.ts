// Traits as the page shows them: their names, how sure they are, and the values that can be set. The sentences are the engine's.
import type { TraitKind, TraitValue, VoiceTrait } from "$lib/ipc";

export const NAMES: Record<TraitKind, string> = {
  greeting: "Greeting",
  sign_off: "Sign-off",
  signs_as: "Name",
  length: "Length",
  language: "Language",
  formality: "Formality",
  sentences: "Sentences",
  paragraphs: "Paragraphs",
  contractions: "Contractions",
  emoji: "Emoji",
  exclamations: "Exclamation marks",
  ellipses: "Three dots",
  dashes: "Dashes",
  semicolons: "Semicolons",
  lower_case: "Lower case",
  double_space: "Spaces",
};

/** What stands around the text, and what is in it. */
export const FRAME: TraitKind[] = ["greeting", "sign_off", "signs_as", "length", "language"];

export const isLine = (kind: TraitKind) => ["greeting", "sign_off", "signs_as"].includes(kind);
export const isBand = (kind: TraitKind) => ["length", "sentences", "paragraphs"].includes(kind);

/** How sure, in a word. */
export const sureness = (confidence: number): string =>
  confidence >= 0.7 ? "sure" : confidence >= 0.4 ? "fairly sure" : "a guess";

/** Where the trait comes from. */
export function standing(one: VoiceTrait): string {
  const whom = one.here ? "for this person" : "for everybody";
  if (one.state === "own") return `Set by you, ${whom}`;
  if (one.state === "off") return `Switched off, ${whom}`;
  return one.of ? `Seen in ${one.times} of ${one.basis} · ${sureness(one.confidence ?? 0)}` : "";
}

/** The value of a line as it was typed: nothing typed means that it is left out. */
export const lineOf = (text: string): TraitValue =>
  text.trim() ? { kind: "line", line: text.trim() } : { kind: "nothing" };

/** A length from two numbers; `null` where they are none. */
export function bandOf(from: string, to: string): TraitValue | null {
  const [low, high] = [Number(from), Number(to || from)];
  if (!Number.isInteger(low) || !Number.isInteger(high) || low < 1 || high < low) return null;
  return { kind: "band", band: { low, median: Math.floor((low + high) / 2), high } };
}
