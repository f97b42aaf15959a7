// How a message in the outbox reads: where it stands, what that means, what happened to it, and which group of the list it is in. Pure.
import { countdownShort, momentInWords } from "./later";
import type { FailReason, OutboxEvent, OutboxItem, OutboxState, UnknownReason } from "../ipc";

/** How it stands at a glance; each has a sign of its own shape. */
export type Sign = "waiting" | "going" | "asking" | "sent" | "wrong" | "doubt" | "undone";
export const SIGNS: Record<Sign, string> = {
  waiting: "◷",
  going: "→",
  asking: "?",
  sent: "✓",
  wrong: "!",
  doubt: "?!",
  undone: "↶",
};

export type Standing = { sign: Sign; title: string; more: string };

/** A wait so short that it is the time to undo, and told in seconds. */
const SOON = 60_000;

const FAILED: Record<FailReason, (via: string) => string> = {
  refused: (via) => `${via} refused it`,
  gave_up: (via) => `${via} could not take it, however often it was tried`,
  said_not_sent: () => "You said that it was not sent",
};

const UNKNOWN: Record<UnknownReason, (via: string) => string> = {
  answer_lost: () =>
    "The connection broke while it was being sent, and this way of sending cannot be asked afterwards.",
  interrupted: () => "Epistle ended while it was being sent, and this way of sending cannot be asked afterwards.",
  no_trace: (via) => `${via} has neither the draft nor the message.`,
  cannot_ask: (via) => `${via} could not be asked what became of it.`,
  in_doubt: () => "An answer was lost, and what was tried since did not succeed.",
  restored: () => "It was waiting to leave when the backup was made that you restored, and may have left since.",
};

function waiting(until: number, reason: Extract<OutboxState, { kind: "waiting" }>["reason"], now: number, via: string) {
  const time = momentInWords(until, now);
  switch (reason) {
    case "time":
      if (until <= now) return ["Its time has come", "It leaves in a moment."];
      return until - now <= SOON
        ? [`Sending in ${countdownShort(until - now)}`, "You can still take it back."]
        : [`Scheduled for ${time}`, "If this machine sleeps then, it goes out when it wakes."];
    case "offline":
      return ["Waits for the network", `It goes out by itself once ${via} can be reached.`];
    case "provider":
      return [`${via} asked to wait`, until > now ? `It is tried again at ${time}.` : "It is tried again in a moment."];
    case "sign_in":
      return [
        "Waits for you to sign in",
        "The account must be signed in again, or allow sending. Then it goes out by itself.",
      ];
  }
}

/** The same at the beginning of a sentence. */
const begun = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** How it stands, in words. `via`: who takes the mail, as one says it in the midst of a sentence: "Gmail". */
export function standing(item: OutboxItem, now: number, via: string): Standing {
  const { state } = item;
  const say = (sign: Sign, title: string, more = ""): Standing => ({ sign, title: begun(title), more: begun(more) });
  switch (state.kind) {
    case "waiting": {
      const [title, more] = waiting(state.until, state.reason, now, via);
      return say(state.reason === "sign_in" ? "wrong" : "waiting", title!, more);
    }
    case "sending":
      return say("going", "Sending…");
    case "settling":
      return say(
        "asking",
        `Asking ${via} whether it was sent`,
        "The answer was lost on its way. It will not be sent twice.",
      );
    case "sent":
      return say("sent", `Sent, ${momentInWords(state.at, now)}`);
    case "failed":
      return say("wrong", FAILED[state.why](via), "It was not sent, and will not be unless you ask.");
    case "unknown":
      return say("doubt", "It may have been sent, and nothing can tell", UNKNOWN[state.why](via));
    case "undone":
      return say("undone", `Taken back, ${momentInWords(state.at, now)}`, "It was not sent. Its draft is kept.");
  }
}

/** What the provider itself said; nothing where it said nothing. */
export const saidOf = (item: OutboxItem): string | null => (item.state.kind === "failed" ? item.state.said : null);

const STEPS: Record<OutboxEvent, (via: string) => string> = {
  queued: () => "You approved it, and it was put in the outbox",
  undone: () => "You took it back",
  upload_begun: (via) => `Handing it to ${via}, unsent`,
  uploaded: (via) => `${via} has it, unsent`,
  upload_failed: (via) => `${via} did not take it; nothing was sent`,
  send_begun: (via) => `Asking ${via} to send it`,
  sent: () => "Sent",
  send_failed: (via) => `${via} did not send it`,
  send_answer_lost: (via) => `${via}’s answer was lost on its way`,
  asked: (via) => `Asking ${via} whether it was sent`,
  still_a_draft: (via) => `${via} still has it unsent, so it can be sent`,
  found_sent: (via) => `${via} has it among the sent: it was sent, once`,
  no_trace: (via) => `${via} has no trace of it`,
  could_not_ask: (via) => `${via} could not be asked`,
  interrupted: () => "Epistle ended in the midst of it",
  retried: () => "You had it tried again",
  said_sent: () => "You said that it was sent",
  said_not_sent: () => "You said that it was not sent",
};

/** What happened to it, a step a line. */
export const stepInWords = (what: OutboxEvent, via: string): string => begun(STEPS[what](via));

export type Groups = { needs: OutboxItem[]; waits: OutboxItem[]; done: OutboxItem[] };

/** How long what is over stays in the list. */
const KEPT = 7 * 24 * 3_600_000;

/** Whether it ends nowhere without the person. One whose letter was sent anew since does not. */
function needsPerson(item: OutboxItem, all: OutboxItem[]): boolean {
  const { state } = item;
  if (state.kind === "unknown") return true;
  if (state.kind === "waiting") return state.reason === "sign_in";
  const anew = all.some((other) => other.draft === item.draft && other.queued > item.queued);
  return state.kind === "failed" && !anew;
}

/** The list in the order of what matters: what needs the person, what waits, what is over (the latest first). */
export function grouped(items: OutboxItem[], now: number): Groups {
  const groups: Groups = { needs: [], waits: [], done: [] };
  for (const item of items) {
    const { kind } = item.state;
    if (needsPerson(item, items)) groups.needs.push(item);
    else if (kind === "waiting" || kind === "sending" || kind === "settling") groups.waits.push(item);
    else if (now - item.queued < KEPT || now - endOf(item) < KEPT) groups.done.push(item);
  }
  groups.done.sort((one, other) => endOf(other) - endOf(one));
  return groups;
}

const endOf = ({ state, queued }: OutboxItem): number =>
  state.kind === "sent" || state.kind === "undone" ? state.at : queued;

/** The message a draft is on its way as; none where it can be written on and sent. */
export function onItsWay(items: OutboxItem[], draft: string | null): OutboxItem | null {
  const last = items.findLast((item) => item.draft === draft);
  return last && !["undone", "failed", "sent"].includes(last.state.kind) ? last : null;
}
