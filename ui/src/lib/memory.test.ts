// What is said of the memory is what it is.
import { expect, test } from "vitest";
import type { EmbeddingModel, MemoryState } from "./ipc";
import { memoryPart, memoryWords, modelTakes } from "./memory";

const state: MemoryState = {
  enabled: true,
  model: "m",
  until_then: null,
  embedded: 500,
  messages: 2500,
  packed: 0,
  running: true,
  trouble: null,
};

test("where the memory stands is a sentence, and a part of the whole while it reads", () => {
  expect(memoryWords(state)).toBe("500 of 2,500 messages are read, the newest first.");
  expect(memoryPart(state)).toBe(0.2);
  expect(memoryWords({ ...state, until_then: "old" })).toMatch(/the model before answers/);
  expect(memoryWords({ ...state, embedded: 2500 })).toBe("All mail is read: 2,500 messages.");
  expect(memoryPart({ ...state, embedded: 2500 })).toBeNull();
  expect(memoryWords({ ...state, trouble: "runtime_missing" })).toMatch(/words alone.*Install Epistle again/);
  expect(memoryPart({ ...state, trouble: "model_missing" })).toBeNull();
  expect(memoryWords({ ...state, enabled: false })).toMatch(/Switched off/);
});

test("a model says what it takes before it is chosen", () => {
  const model: EmbeddingModel = {
    id: "m",
    name: "M",
    about: "",
    license: "MIT",
    source: "",
    here: false,
    chosen: false,
    download_bytes: 134e6,
    memory_bytes: 220e6,
  };
  expect(modelTakes(model)).toBe("134 MB to download, 220 MB of memory, MIT");
  expect(modelTakes({ ...model, here: true })).toBe("on this machine, 220 MB of memory, MIT");
});
