// How the sync stands, in a line. Pure; `now` is passed in.
import { count } from "./format";
import type { SyncState } from "./ipc";

const clock = (at: number) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const number = (n: number) => n.toLocaleString("en-GB");

/** "Bringing in mail: 1,240 of about 18,000", "Up to date, 12:04", "Paused", "Gmail asks for a pause until 12:05". Empty: nothing to say. */
export function syncWords(state: SyncState | null, now: number): string {
  if (!state) return "";
  const { running, waiting_until: waits } = state;
  if (state.paused) return state.whole ? "Paused" : `Paused at ${count(state.done, "mail")}`;
  if (running?.phase === "waiting" && running.waiting_until)
    return `Gmail asks for a pause until ${clock(running.waiting_until)}`;
  if (running?.phase === "comparing") return "Comparing with Gmail";
  if (running && !state.whole)
    return running.total
      ? `Bringing in mail: ${number(running.done)} of about ${number(running.total)}`
      : `Bringing in mail: ${number(running.done)}`;
  if (state.trouble === "gmail_busy" && waits && waits > now) return `Gmail asks for a pause until ${clock(waits)}`;
  if (state.trouble === "gmail_unreachable") return "Gmail cannot be reached";
  return state.last ? `Up to date, ${clock(state.last)}` : "";
}
