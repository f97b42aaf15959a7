// One table turns an error's code into words: what happened, what is safe, what to do. A code without words does not compile.
import { accountWordsFor, KEY_WORDS, SIGN_IN_WORDS } from "./errors.accounts";
import { GMAIL_WORDS } from "./errors.gmail";
import type { ErrorCode, UiError } from "./ipc";

export type Words = {
  /** What happened. */
  title: string;
  /** What is safe. */
  safe: string;
  /** What to do. */
  action: string;
};

export const WORDS: Record<ErrorCode, Words> = {
  in_use: {
    title: "Epistle is already open with this data folder",
    safe: "Nothing was touched.",
    action: "Use the window that is open, or close it and start again.",
  },
  passphrase_needed: {
    title: "A passphrase is needed",
    safe: "Your mail and drafts are sealed on this machine.",
    action: "Give the passphrase to open them.",
  },
  passphrase_wrong: {
    title: "That passphrase does not open the store",
    safe: "Nothing was changed. You can try as often as you like.",
    action: "Check Caps Lock and the keyboard layout, then try again.",
  },
  ...KEY_WORDS,
  ...SIGN_IN_WORDS,
  ...GMAIL_WORDS,
  store_broken: {
    title: "The store cannot be read",
    safe: "Epistle stopped before changing anything.",
    action: "Restore the data folder from a backup. The details below say what was found.",
  },
  backup_broken: {
    title: "This backup cannot be used",
    safe: "Everything here is as it was.",
    action: "Take another copy of it, or another backup. The details below say what is wrong with it, and where.",
  },
  store_too_new: {
    title: "A newer Epistle wrote this store",
    safe: "Nothing was changed.",
    action: "Update Epistle, then open it again.",
  },
  io: {
    title: "The system refused a file",
    safe: "Everything saved before is still there.",
    action: "Check that the file exists, that you may use it, and that the disk has room.",
  },
  not_found: {
    title: "This is not there any more",
    safe: "Everything else is untouched.",
    action: "Go back to the list and choose another.",
  },
  bad_input: {
    title: "Something here cannot be used as it is",
    safe: "Nothing was changed.",
    action: "Correct it and try again.",
  },
  bad_address: {
    title: "That is not an email address",
    safe: "Nothing was changed.",
    action: "An address looks like name@example.com.",
  },
  template_value_missing: {
    title: "The template still has blanks",
    safe: "Your line is kept.",
    action: "Fill in the blanks under the line, then write again.",
  },
  draft_changed: {
    title: "This draft was also changed elsewhere",
    safe: "Both versions are kept.",
    action: "Compare them under Revisions.",
  },
  preview_required: {
    title: "Your settings ask to see what leaves first",
    safe: "Nothing has left this machine.",
    action: "Look it over, then approve it.",
  },
  budget_reached: {
    title: "This month’s budget for models is used up",
    safe: "Nothing was sent. Your line is kept.",
    action: "Raise the budget in Settings, or write offline.",
  },
  model_key_missing: {
    title: "No key is set for this model",
    safe: "Nothing was sent. Your line is kept.",
    action: "Set the key in Settings, or write offline.",
  },
  model_key_refused: {
    title: "The service refused the key",
    safe: "Your line is kept.",
    action: "Set a valid key in Settings, or write offline.",
  },
  model_rate_limited: {
    title: "The service asks for a pause",
    safe: "Your line is kept, and whatever came of the letter.",
    action: "Try again in a moment, or write offline.",
  },
  model_quota_exhausted: {
    title: "Today’s quota with the service is used up",
    safe: "Your line is kept.",
    action: "Write offline now, or try again tomorrow.",
  },
  model_unavailable: {
    title: "The service is overloaded or down",
    safe: "Your line is kept, and whatever came of the letter.",
    action: "Try again in a minute, or write offline.",
  },
  model_unknown: {
    title: "The service does not know this model",
    safe: "Your line is kept.",
    action: "Choose another model, here or in Settings.",
  },
  model_blocked: {
    title: "The service’s rules blocked this letter",
    safe: "Your line is kept, and whatever came, marked as unfinished.",
    action: "Put it another way, or write offline.",
  },
  model_empty: {
    title: "The service answered with nothing",
    safe: "Your line is kept.",
    action: "Try again, or write offline.",
  },
  model_too_long: {
    title: "The letter reached the model’s limit",
    safe: "Your line is kept, and whatever came, marked as unfinished.",
    action: "Ask for a shorter letter.",
  },
  model_cut: {
    title: "The letter was cut off on its way",
    safe: "Your line is kept, and whatever came, marked as unfinished.",
    action: "Write again, or finish it yourself.",
  },
  model_stalled: {
    title: "The letter stopped coming",
    safe: "Your line is kept, and whatever came, marked as unfinished.",
    action: "Write again, or finish it yourself.",
  },
  model_unreadable: {
    title: "The service’s answer could not be read",
    safe: "Your line is kept.",
    action: "Try again. If it stays so, check the address in Settings.",
  },
  model_unreachable: {
    title: "The service cannot be reached",
    safe: "Nothing was lost. Your line is kept.",
    action: "Check the connection, or write offline.",
  },
  model_refused: {
    title: "The service refused the request",
    safe: "Your line is kept.",
    action: "Check the model and the address in Settings, or write offline.",
  },
  cancelled: {
    title: "Stopped",
    safe: "Your line is kept, and whatever came of the letter.",
    action: "Write again when you like.",
  },
  internal: {
    title: "Epistle made a mistake of its own",
    safe: "Everything saved before is still there.",
    action: "Try again. If it happens again, the details below help to find it.",
  },
};

/** What is missing for something, told better than as a field that was refused. */
const MISSING: Record<string, Words> = {
  me: {
    title: "Epistle does not know yet which address is yours",
    safe: "Nothing was changed.",
    action: "Say it in Settings, then try again.",
  },
};
const missing = (error: UiError): Words | undefined =>
  error.code === "bad_input" ? MISSING[error.facts.fields[0] ?? ""] : undefined;

/** The words for an error. */
export const wordsFor = (error: UiError): Words =>
  missing(error) ?? accountWordsFor(error) ?? WORDS[error.code] ?? WORDS.internal;

/** What the engine says of a field it refused, without the field's own name; nothing where our words say it. */
export function refusalOf(error: UiError): string {
  if (missing(error) || (error.code !== "bad_input" && error.code !== "template_value_missing")) return "";
  const said = error.message.replace(/^[\w.]+: /, "");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

/** Errors that end in Settings. */
export const endsInSettings = (error: UiError): boolean =>
  error.code.startsWith("model_key") || error.code === "budget_reached" || missing(error) !== undefined;

/** Errors after which writing offline is the step to offer. */
export const offersOffline = (code: ErrorCode): boolean => code.startsWith("model_") || code === "budget_reached";
