// Whether, and how, the account at work can send; what is missing where it cannot. Pure.
import type { Account, Settings } from "../ipc";

export type WayOut =
  { kind: "gmail" } | { kind: "none"; missing: "account" | "grant" | "sign_in" | "gmail_off" | "provider" };

export function wayOut(account: Account | null, settings: Pick<Settings, "gmail"> | null): WayOut {
  const none = (missing: Extract<WayOut, { kind: "none" }>["missing"]): WayOut => ({ kind: "none", missing });
  if (!account || !account.provider) return none("account");
  if (account.provider !== "google") return none("provider");
  if (settings && !settings.gmail.enabled) return none("gmail_off");
  if (account.state.kind !== "signed_in") return none("sign_in");
  return account.granted.includes("send_mail") ? { kind: "gmail" } : none("grant");
}

/** Who takes the mail, as one says it in the midst of a sentence. */
export const viaOf = (account: Account | null): string =>
  account?.provider === "google" ? "Gmail" : "the mail server";

/** What the one step leads to. */
export type Step = "add_account" | "allow" | "sign_in" | "settings";
type Words = { title: string; why: string; button: string; step: Step };

/** Why it cannot send, and the step that changes that. `address`: the account's. */
export function missingInWords(missing: Extract<WayOut, { kind: "none" }>["missing"], address: string): Words {
  switch (missing) {
    case "account":
      return {
        title: "No account to send from yet",
        why: "Epistle sends through an account of yours, and none is signed in here.",
        button: "Add an account",
        step: "add_account",
      };
    case "provider":
      return {
        title: "This account cannot send",
        why: "Who you signed in with takes no mail to send.",
        button: "Add an account",
        step: "add_account",
      };
    case "grant":
      return {
        title: "Sending is not allowed yet",
        why: `${address} has not allowed Epistle to send. Allow it in the browser, then press Send again.`,
        button: `Allow sending for ${address}`,
        step: "allow",
      };
    case "sign_in":
      return {
        title: `${address} must be signed in again`,
        why: "Its sign-in has ended. Sign in, then press Send again.",
        button: "Sign in again",
        step: "sign_in",
      };
    case "gmail_off":
      return {
        title: "Gmail is turned off",
        why: "Your settings turn it off for this account.",
        button: "Open settings",
        step: "settings",
      };
  }
}
