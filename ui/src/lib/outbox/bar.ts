// Which message the bar tells of, and what it says: the latest that can still be taken back, the one that is leaving, one just sent. Pure.
import type { OutboxItem } from "../ipc";
import { firstNameOf } from "../format";
import { countdownShort, momentInWords } from "./later";

export type Bar = { item: OutboxItem; words: string; undo: boolean; open: boolean; urgent: boolean };

/** The time to undo is at most half a minute; what waits longer is scheduled, and stands in the outbox. */
const SOON = 60_000;
/** How long the bar tells that something was sent, scheduled or taken back. */
const TOLD = 6_000;

/** `mine`: what was sent from this window since it opened, and when. A window that was opened again knows the rest from the store. */
export function barOf(items: OutboxItem[], mine: ReadonlyMap<string, number>, now: number): Bar | null {
  const said = items.map((item) => tellOf(item, mine.get(item.id) ?? null, now)).filter((one) => one !== null);
  return said.findLast((one) => one.urgent) ?? said.findLast((one) => one.undo) ?? said.at(-1) ?? null;
}

function tellOf(item: OutboxItem, sentHere: number | null, now: number): Bar | null {
  const { state } = item;
  const to = whom(item);
  const tell = (words: string, more: Partial<Bar> = {}): Bar => ({
    item,
    words,
    undo: false,
    open: false,
    urgent: false,
    ...more,
  });
  const lately = (at: number) => sentHere !== null && now - at < TOLD;
  switch (state.kind) {
    case "waiting":
      if (state.reason !== "time")
        return sentHere === null ? null : tell(WAITS[state.reason](to), { open: true, undo: item.can_undo });
      if (state.until - now > SOON)
        return sentHere !== null && lately(sentHere)
          ? tell(`Scheduled for ${momentInWords(state.until, now)}${to}`, { undo: true })
          : null;
      return state.until > now
        ? tell(`Sending${to} in ${countdownShort(state.until - now)}`, { undo: item.can_undo })
        : tell(`Sending${to}…`, { undo: item.can_undo });
    case "sending":
      return tell(`Sending${to}…`);
    case "settling":
      return sentHere !== null
        ? tell(`Asking whether the letter${to} was sent; it will not be sent twice`, { open: true })
        : null;
    case "sent":
      return lately(state.at) ? tell(`Sent${to}`) : null;
    case "failed":
      return sentHere !== null ? tell(`Not sent${to}`, { open: true, urgent: true }) : null;
    case "unknown":
      return sentHere !== null
        ? tell(`It is not known whether the letter${to} was sent`, { open: true, urgent: true })
        : null;
    case "undone":
      return null;
  }
}

const WAITS = {
  offline: (to: string) => `Waits for the network, then goes out${to}`,
  provider: (to: string) => `The letter${to} waits a while, as it was asked to`,
  sign_in: (to: string) => `The letter${to} waits for you to sign in`,
};

function whom({ to, cc, bcc }: OutboxItem): string {
  const [first, ...others] = [...to, ...cc, ...bcc];
  if (!first) return "";
  return ` to ${firstNameOf(first)}${others.length ? ` and ${others.length} more` : ""}`;
}
