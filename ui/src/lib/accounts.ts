// How an account reads: its name, its sign, its state and what was granted, in words. Pure.
import { AGAIN_WORDS, PROVIDERS, SIGN_IN_AGAIN } from "./errors.accounts";
import { whenInShort } from "./format";
import type { Account, AccountState, Colour, Grant, Person, Settings, SignInAgainReason } from "./ipc";

export { PROVIDERS };

/** What an account is called: its label, its address, or where it is. `me`: who writes in it, where that is known. */
export const accountName = (account: Account, me?: Person): string =>
  account.label.trim() || account.profile.address || me?.address || "On this machine";

/** One or two letters that stand for an account beside its colour. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/@.*/, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => [...word][0]!.toUpperCase()).join("") || "?";
}

export const COLOURS: Record<Colour, string> = {
  wax: "Wax red",
  moss: "Moss green",
  slate: "Slate blue",
  plum: "Plum",
  amber: "Amber",
  teal: "Teal",
};

export const GRANTS: Record<Grant, string> = {
  profile: "Who you are",
  read_mail: "Read your mail",
  organise_mail: "Archive, delete, star and label your mail",
  send_mail: "Write drafts and send what you approve",
};

/** "who you are; read your mail": what is asked for, in the midst of a sentence. */
export const grantsInWords = (grants: Grant[]): string =>
  (Object.keys(GRANTS) as Grant[])
    .filter((grant) => grant === "profile" || grants.includes(grant))
    .map((grant) => GRANTS[grant].charAt(0).toLowerCase() + GRANTS[grant].slice(1))
    .join("; ");

export const needsSignIn = (account: Account): boolean => account.state.kind === "sign_in_again";

/** Whether an account's mail is at Gmail, and Epistle may read it there. */
export const readsGmail = (account: Account | null, settings: Settings | null): boolean =>
  account?.provider === "google" &&
  account.state.kind === "signed_in" &&
  account.granted.includes("read_mail") &&
  settings?.gmail.enabled === true;

/** The state in a few words. */
export const STATES: Record<AccountState["kind"], string> = {
  local: "On this machine",
  signed_in: "Signed in",
  signed_out: "Signed out",
  sign_in_again: "Sign in again",
};

/** What helps besides the button that signs in again. */
export const adviceAgain = (reason: SignInAgainReason): string =>
  AGAIN_WORDS[reason].action === SIGN_IN_AGAIN ? "" : AGAIN_WORDS[reason].action;

/** Why it must be signed in again, what helps, and since when; nothing in any other state. */
export function whyAgain(state: AccountState, now: number): string {
  if (state.kind !== "sign_in_again") return "";
  return `${AGAIN_WORDS[state.reason].why} (since ${whenInShort(state.since, now)}). ${adviceAgain(state.reason)}`.trim();
}
