// How far the memory is, and what a model takes, in words. Pure.
import { size } from "./format";
import type { DownloadProgress, EmbeddingModel, MeaningTrouble, MemoryState } from "./ipc";

const TROUBLE: Record<MeaningTrouble, string> = {
  runtime_missing: "a part of Epistle (the ONNX Runtime library) is missing. Install Epistle again.",
  runtime_broken: "a part of Epistle (the ONNX Runtime library) is damaged. Install Epistle again.",
  model_missing: "the chosen model is not on this machine. Choose one that is, or download it.",
  model_broken: "the chosen model’s files are damaged. Choose another model.",
};

/** Where it stands, as a sentence. */
export function memoryWords(state: MemoryState): string {
  if (!state.enabled) return "Switched off: mail is found by its words alone.";
  if (state.trouble) return `Mail is found by its words alone: ${TROUBLE[state.trouble]}`;
  const left = state.messages - state.embedded;
  if (state.messages === 0) return "No mail yet.";
  if (left <= 0) return `All mail is read: ${state.messages.toLocaleString("en")} messages.`;
  const read = `${state.embedded.toLocaleString("en")} of ${state.messages.toLocaleString("en")} messages are read`;
  return state.until_then ? `${read}; until then the model before answers.` : `${read}, the newest first.`;
}

/** The part that is read, from 0 to 1; null where there is nothing to wait for. */
export const memoryPart = (state: MemoryState): number | null =>
  state.enabled && !state.trouble && state.embedded < state.messages ? state.embedded / state.messages : null;

/** What a model takes, before it is chosen. */
export const modelTakes = (model: EmbeddingModel): string =>
  [model.here ? "on this machine" : `${size(model.download_bytes)} to download`, `${size(model.memory_bytes)} of memory`]
    .concat(model.license)
    .join(", ");

/** How far a download is. */
export const downloadWords = (at: DownloadProgress): string => `${size(at.done)} of ${size(at.total)}`;
