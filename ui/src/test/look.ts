// Opens a page in a plain browser with the stand-in engine, for looking at it: /src/test/look.html?theme=dark&empty&quick
import { emptyDraft, fail, fake, settings, status } from "./fake";

const asked = new URLSearchParams(location.search);
const theme = asked.get("theme") === "dark" ? "dark" : "light";
const none = asked.has("empty");
fake(
  {
    settings: () => ({ ...settings, theme, me: none ? [] : settings.me }),
    ...(none && {
      status: () => ({ ...status, messages: 0, threads: 0, drafts: 0, me: [], model: null, spent_micros: 0 }),
      threads: () => ({ threads: [], next: null, total: 0 }),
      drafts: () => [],
      draft: () => emptyDraft("1"),
    }),
    ...(asked.has("locked") && { state: () => fail("passphrase_needed", { first: asked.has("first") }) }),
    ...(asked.has("fails") && { compose: () => fail("model_rate_limited", { retry_after_ms: 12_000 }) }),
  },
  Number(asked.get("pace") ?? 12),
);
document.documentElement.dataset.theme = theme;
void (asked.has("quick") ? import("../quick") : import("../main"));
