// The words for what goes wrong with keys and with signing in, and why an account must be signed in again. errors.ts joins them with the rest.
import type { ErrorCode, IdentityProvider, SignInAgainReason, UiError } from "./ipc";
import type { Words } from "./errors";

type KeyCode = Extract<ErrorCode, `key${string}` | "recovery_code_wrong" | "locked">;
type SignInCode = Extract<ErrorCode, `sign_in_${string}` | "client_missing">;

export const KEY_WORDS: Record<KeyCode, Words> = {
  locked: {
    title: "Epistle is locked",
    safe: "Your mail and drafts are sealed on this machine.",
    action: "Unlock it to go on.",
  },
  keyring_unavailable: {
    title: "The system’s keyring does not work here",
    safe: "Your mail and drafts stay sealed. Nothing was changed.",
    action: "Start the keyring of your desktop, then try again.",
  },
  keyring_locked: {
    title: "The system’s keyring is locked",
    safe: "Your mail and drafts stay sealed. Nothing was changed.",
    action: "Try again, and give your keyring’s password when the system asks for it.",
  },
  keyring_stalled: {
    title: "The system’s keyring gave no answer",
    safe: "Your mail and drafts stay sealed. Nothing was changed.",
    action: "Look for a question of the system’s behind this window, answer it, then try again.",
  },
  keyring_gone: {
    title: "The key to your store is in a keyring, and there is none here now",
    safe: "The store is still on the disk, sealed.",
    action: "Start the keyring of your desktop and try again, or use your recovery code.",
  },
  key_lost: {
    title: "The key to your store is no longer in the keyring",
    safe: "The store is still on the disk, sealed.",
    action: "Use your recovery code, or restore the keyring from a backup and try again.",
  },
  recovery_code_wrong: {
    title: "That recovery code does not open the store",
    safe: "Nothing was changed. You can try as often as you like.",
    action: "Compare it with what you wrote down; only the latest code you made works.",
  },
};

const NOTHING = "Nothing was changed; no account was added.";
const BEGIN_AGAIN = "Begin the sign-in again.";
const ATTACKED = "Begin again, and finish on the page that Epistle itself opens.";

export const SIGN_IN_WORDS: Record<SignInCode, Words> = {
  sign_in_off: {
    title: "Signing in is turned off on this machine",
    safe: "Accounts that need no sign-in work as before.",
    action: "Whoever set DISABLE_OAUTH can turn it on again.",
  },
  client_missing: {
    title: "Epistle is not set up yet to sign in there",
    safe: NOTHING,
    action: "Set it up under Accounts, then sign in.",
  },
  sign_in_again: {
    title: "This account must be signed in again",
    safe: "Its mail and drafts are here, and what waits goes on waiting.",
    action: "Sign in again.",
  },
  sign_in_denied: {
    title: "The sign-in was declined there",
    safe: NOTHING,
    action: "If that was not meant, begin again and allow it.",
  },
  sign_in_timed_out: {
    title: "Nobody came back from the sign-in in time",
    safe: NOTHING,
    action: "Begin again; it waits anew.",
  },
  sign_in_port_taken: {
    title: "Another program holds the port the answer would come to",
    safe: NOTHING,
    action: "Close that program, or use a client of the desktop kind, which needs no port of its own.",
  },
  sign_in_state_missing: {
    title: "An answer came that does not say which sign-in it belongs to",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_state_wrong: {
    title: "An answer came that belongs to another sign-in",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_replayed: {
    title: "An answer came a second time",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_other_provider: {
    title: "An answer came the way of another provider",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_other_issuer: {
    title: "The answer comes from somebody other than who was asked",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_redirect_malformed: {
    title: "The answer carries what no such answer has",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_pkce_dropped: {
    title: "The provider does not keep the check that ties an answer to this machine",
    safe: NOTHING,
    action: "Use another way to sign in, or another provider.",
  },
  sign_in_code_refused: {
    title: "The provider did not take its own answer back",
    safe: NOTHING,
    action: BEGIN_AGAIN,
  },
  sign_in_nonce_wrong: {
    title: "The proof of who you are was made for another sign-in",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_audience_wrong: {
    title: "The proof of who you are was made for another program",
    safe: `It was refused. ${NOTHING}`,
    action: ATTACKED,
  },
  sign_in_token_expired: {
    title: "The proof of who you are is not valid at this time",
    safe: NOTHING,
    action: "Check this machine’s date and time, then begin again.",
  },
  sign_in_token_unsigned: {
    title: "The proof of who you are is not signed",
    safe: `It was refused. ${NOTHING}`,
    action: BEGIN_AGAIN,
  },
  sign_in_signature_wrong: {
    title: "The proof of who you are is not signed by who it should be",
    safe: `It was refused. ${NOTHING}`,
    action: BEGIN_AGAIN,
  },
  sign_in_token_unreadable: {
    title: "The proof of who you are is missing or cannot be read",
    safe: NOTHING,
    action: BEGIN_AGAIN,
  },
  sign_in_other_person: {
    title: "Somebody else signed in than this account belongs to",
    safe: "Nothing was changed; the account is as it was.",
    action: "Begin again and choose the right person, or add theirs as an account of its own.",
  },
  sign_in_client_refused: {
    title: "The provider refused the client",
    safe: NOTHING,
    action: "Check the client’s id and secret under Accounts, then begin again.",
  },
  sign_in_unreachable: {
    title: "The provider cannot be reached",
    safe: NOTHING,
    action: "Check the connection, then begin again.",
  },
  sign_in_unreadable: {
    title: "The provider’s answer could not be read",
    safe: NOTHING,
    action: "Begin again. If it stays so, the details below help to find it.",
  },
};

export const PROVIDERS: Record<IdentityProvider, string> = {
  google: "Google",
  microsoft: "Microsoft",
  github: "GitHub",
};

/** Where this is all there is to do, the button beside it says so. */
export const SIGN_IN_AGAIN = "Sign in again.";

/** Why a provider no longer accepts what it gave, and what helps. */
export const AGAIN_WORDS: Record<SignInAgainReason, { why: string; action: string }> = {
  revoked: {
    why: "Access was taken back, the password was changed, or it was unused for long",
    action: SIGN_IN_AGAIN,
  },
  testing_mode: {
    why: "Google ends sign-ins after seven days while your consent screen is in Testing",
    action: "Publish it, or sign in again each week.",
  },
  prove_again: {
    why: "The provider wants you to prove again who you are",
    action: "Sign in again and follow what it asks.",
  },
  token_lost: {
    why: "What the provider gave is no longer in the keyring",
    action: SIGN_IN_AGAIN,
  },
};

/** Words that depend on more than the code. */
export function accountWordsFor(error: UiError): Words | undefined {
  const { reason, identity_provider: provider } = error.facts;
  if (error.code === "sign_in_again" && reason) {
    const { why, action } = AGAIN_WORDS[reason];
    return { title: why, safe: SIGN_IN_WORDS.sign_in_again.safe, action };
  }
  if (error.code === "client_missing" && provider)
    return {
      ...SIGN_IN_WORDS.client_missing,
      title: `Epistle is not set up yet to sign in with ${PROVIDERS[provider]}`,
    };
  return undefined;
}
