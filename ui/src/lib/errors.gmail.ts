// The words for what goes wrong with Gmail. errors.ts joins them with the rest.
import type { ErrorCode } from "./ipc";
import type { Words } from "./errors";

type GmailCode = Extract<ErrorCode, `gmail_${string}`>;

const KEPT = "Your mail here is untouched, and what waits to be sent goes on waiting.";

export const GMAIL_WORDS: Record<GmailCode, Words> = {
  gmail_off: {
    title: "This account has no Gmail, or it is turned off",
    safe: "Everything on this machine works as before.",
    action: "Sign in with Google under Accounts, or turn Gmail on in Settings.",
  },
  gmail_grant_missing: {
    title: "This account has not allowed that yet",
    safe: KEPT,
    action: "Allow it under Accounts.",
  },
  gmail_unreachable: {
    title: "Gmail cannot be reached",
    safe: KEPT,
    action: "Check the connection. Epistle tries again by itself.",
  },
  gmail_busy: {
    title: "Gmail asks for a pause",
    safe: KEPT,
    action: "Epistle goes on by itself.",
  },
  gmail_refused: {
    title: "Gmail refused it",
    safe: KEPT,
    action: "Look at the account in Gmail itself, then try again.",
  },
};
