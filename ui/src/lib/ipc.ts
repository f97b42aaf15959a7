// The one place that talks to the engine: commands that answer or throw a Trouble, channels, events. It decides nothing.
import { Channel } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import {
  commands,
  events,
  type AccountId,
  type MemoryState,
  type SyncState,
  type DraftId,
  type ErrorFacts,
  type OutboxId,
  type UiError,
} from "./bindings.gen";

export type * from "./bindings.gen";

/** What a command throws: the engine's error, to be put in words by errors.ts. */
export class Trouble extends Error {
  constructor(readonly error: UiError) {
    super(error.message);
  }
}

type Answer<R> = Extract<Awaited<R>, { status: "ok" }> extends { data: infer T } ? T : never;
type Engine = {
  [K in keyof typeof commands]: (
    ...args: Parameters<(typeof commands)[K]>
  ) => Promise<Answer<ReturnType<(typeof commands)[K]>>>;
};

type Call = (...args: unknown[]) => Promise<{ status: "ok"; data: unknown } | { status: "error"; error: UiError }>;

const answering =
  (call: Call) =>
  async (...args: unknown[]) => {
    const answer = await call(...args);
    if (answer.status === "error") throw new Trouble(answer.error);
    return answer.data;
  };

/** Every operation of the engine, under its name. */
export const engine = Object.fromEntries(
  Object.entries(commands).map(([name, call]) => [name, answering(call as Call)]),
) as unknown as Engine;

/** What a page knows of an error that is none of the engine's. */
export const noFacts: ErrorFacts = {
  draft: null,
  retry_after_ms: null,
  fields: [],
  first: false,
  account: null,
  identity_provider: null,
  reason: null,
};

/** The engine's error in whatever was thrown. */
export function troubleOf(thrown: unknown): UiError {
  if (thrown instanceof Trouble) return thrown.error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message, facts: noFacts };
}

/** A channel that hands every message on, in order. */
export function channel<T>(hear: (message: T) => void): Channel<T> {
  const made = new Channel<T>();
  made.onmessage = hear;
  return made;
}

let jobs = 0;
/** A name for something that can be stopped. */
export const newJob = (kind: string) => `${kind}-${Date.now()}-${++jobs}`;

type Off = () => void;
const heard = (listening: Promise<Off>): Off => {
  listening.catch(() => {}); // a page without the app around it hears nothing
  return () => void listening.then((off) => off()).catch(() => {});
};

export const onChanged = (hear: () => void): Off => heard(events.changed.listen(() => hear()));
export const onOpenDraft = (hear: (draft: DraftId) => void): Off =>
  heard(events.openDraft.listen((event) => hear(event.payload.draft)));
export const onQuickShown = (hear: () => void): Off => heard(events.quickShown.listen(() => hear()));
export const onLocked = (hear: () => void): Off => heard(events.locked.listen(() => hear()));
/** `tell`: it came to an end the person should be told of, wherever they are. */
export const onOutboxChanged = (hear: (id: OutboxId, tell: boolean) => void): Off =>
  heard(events.outboxChanged.listen((event) => hear(event.payload.id, event.payload.tell)));
export const onMailChanged = (hear: (account: AccountId) => void): Off =>
  heard(events.mailChanged.listen((event) => hear(event.payload.account)));
export const onSyncChanged = (hear: (account: AccountId, state: SyncState) => void): Off =>
  heard(events.syncChanged.listen((event) => hear(event.payload.account, event.payload.state)));
export const onMemoryChanged = (hear: (account: AccountId, state: MemoryState) => void): Off =>
  heard(events.memoryChanged.listen((event) => hear(event.payload.account, event.payload.state)));
export const onClosingToTray = (hear: () => void): Off => heard(events.closingToTray.listen(() => hear()));

export type Drop = { kind: "over" } | { kind: "left" } | { kind: "dropped"; paths: string[] };
/** Files dragged over the window from the desktop. */
export function onDrop(hear: (drop: Drop) => void): Off {
  const tell = (event: { payload: { type: string; paths?: string[] } }) => {
    const { type, paths } = event.payload;
    if (type === "drop") hear({ kind: "dropped", paths: paths ?? [] });
    else hear({ kind: type === "leave" ? "left" : "over" });
  };
  try {
    return heard(getCurrentWebview().onDragDropEvent(tell));
  } catch {
    return () => {}; // no window around the page
  }
}
