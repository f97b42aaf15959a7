// Folds the events of a letter being written into what is shown. Pure: a stream and an event give the next stream.
import type { ComposeEvent, DraftId, ModelRef, Source, Voice } from "../ipc";

export type Stream = {
  draft: DraftId | null;
  text: string;
  sources: Source[];
  voice: Voice | null;
  model: ModelRef | null;
  why: string;
  /** Set while the service asked to wait. */
  waiting: { after_ms: number; attempt: number } | null;
};

export const nothingYet: Stream = {
  draft: null,
  text: "",
  sources: [],
  voice: null,
  model: null,
  why: "",
  waiting: null,
};

export function fold(stream: Stream, event: ComposeEvent): Stream {
  switch (event.kind) {
    case "began":
      return { ...stream, draft: event.draft };
    case "gathered":
      return { ...stream, sources: event.sources, voice: event.voice };
    case "chosen":
      return { ...stream, model: event.model, why: event.why };
    case "delta":
      return { ...stream, text: stream.text + event.text, waiting: null };
    case "restarted":
      return { ...stream, text: "", waiting: null };
    case "retrying":
      return { ...stream, waiting: { after_ms: event.after_ms, attempt: event.attempt } };
  }
}
