// Which way the account at work sends, in words; what is missing where there is none, and the one step that changes that. Pure.
import type { Account, Settings, WayOut } from "../ipc";

/** No letter leaves this way. */
export type Missing = Extract<WayOut, { kind: "grant_missing" | "sign_in_again" | "none" }>;
export const missingOf = (way: WayOut): Missing | null =>
  way.kind === "grant_missing" || way.kind === "sign_in_again" || way.kind === "none" ? way : null;

/** Who takes the mail, as one says it in the midst of a sentence. */
export const viaOf = (account: Account | null): string =>
  account?.provider === "google" ? "Gmail" : "the mail server";

/** What the one step leads to. */
export type Step = "add_account" | "allow" | "sign_in" | "settings" | "none";
type Words = { title: string; why: string; button: string; step: Step };

/** Why it cannot send, and the step that changes that. */
export function missingInWords(
  missing: Missing,
  account: Pick<Account, "provider" | "state" | "profile"> | null,
  settings: Pick<Settings, "gmail"> | null,
): Words {
  const address = account?.profile.address ?? "this account";
  const say = (title: string, why: string, button: string, step: Step): Words => ({ title, why, button, step });
  if (missing.kind === "grant_missing")
    return say(
      "Sending is not allowed yet",
      `${begun(address)} has not allowed Epistle to send. Allow it in the browser, then press Send again.`,
      `Allow sending for ${address}`,
      "allow",
    );
  if (missing.kind === "sign_in_again" || (account?.provider === "google" && account.state.kind !== "signed_in"))
    return say(
      `${begun(address)} must be signed in again`,
      "Its sign-in has ended. Sign in, then press Send again.",
      "Sign in again",
      "sign_in",
    );
  if (!account?.provider)
    return say(
      "No account to send from yet",
      "Epistle sends through an account of yours, and none is signed in here.",
      "Add an account",
      "add_account",
    );
  if (account.provider !== "google")
    return say(
      "This account cannot send",
      "Who it is signed in with takes no mail from Epistle.",
      "Add an account",
      "add_account",
    );
  return settings && !settings.gmail.enabled
    ? say("Gmail is turned off", "Your settings turn it off for this account.", "Open settings", "settings")
    : say(
        "Gmail is turned off",
        "Epistle was started with DISABLE_GMAIL. Start it without that to send.",
        "Understood",
        "none",
      );
}

const begun = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
