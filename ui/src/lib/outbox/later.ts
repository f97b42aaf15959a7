// Times to send at: the ones to choose from, and how a moment reads. In the zone and the locale of the machine. Pure; `now` is passed in.

export type Later = { label: string; time: number };

const MORNING = 9;
/** The morning `days` from the day of `now`. Days are counted by the calendar: one with a change of clocks has 23 hours or 25. */
function morning(now: number, days: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, MORNING).getTime();
}

/** Tomorrow morning, and Monday morning unless that is the same. */
export function laterChoices(now: number): Later[] {
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  const choices = [{ label: "Tomorrow morning", time: morning(now, 1) }];
  if (toMonday !== 1) choices.push({ label: "Monday morning", time: morning(now, toMonday) });
  return choices;
}

/** A moment that was picked (`2026-11-24T09:00`), if it is one and still ahead. */
export function pickedTime(text: string, now: number): number | null {
  const time = new Date(text).getTime();
  return Number.isFinite(time) && time > now ? time : null;
}

/** For a field of date and time: the local moment, to the minute. */
export function fieldTime(time: number): string {
  const at = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Today: the time. Within the week: the day and the time. Else the date and the time. */
export function momentInWords(time: number, now: number, locale?: string): string {
  const at = new Date(time);
  const clock = at.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
  if (at.toDateString() === new Date(now).toDateString()) return clock;
  const far = Math.abs(time - now) > 300 * 24 * 3_600_000;
  const near = Math.abs(time - now) < 6 * 24 * 3_600_000;
  const day = at.toLocaleDateString(locale, {
    weekday: "short",
    day: near ? undefined : "numeric",
    month: near ? undefined : "short",
    year: far ? "numeric" : undefined,
  });
  return `${day} ${clock}`;
}

/** "8 s": what is left, never less than one second while there is any left. */
export const countdownShort = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;
