// Opens a page in a plain browser with the stand-in engine, for looking at it: /src/test/look.html?theme=dark&empty&quick
// `sends`: an account that can send, with a letter on the desk and a message in every state; `leaving`: one that can still be undone.
// `press` names what is then clicked, one after the other, as in `press=Account:|Accounts…`; `shut` the code that keeps the store shut.
import type { ErrorCode } from "$lib/ipc";
import {
  BODY,
  accounts,
  canSend,
  dana,
  emptyDraft,
  everyState,
  fail,
  fake,
  outboxItem,
  settings,
  signInState,
  status,
} from "./fake";

const asked = new URLSearchParams(location.search);
const theme = asked.get("theme") === "dark" ? "dark" : "light";
const none = asked.has("empty");
const letter = {
  ...emptyDraft("b".repeat(32)),
  ...{ to: [dana], subject: "Proposal, second round", body: BODY, version: 4 },
  files: [
    {
      id: "c".repeat(32),
      name: "proposal-v3, with the board’s remarks.pdf",
      media_type: "application/pdf",
      size: 284_112,
      inline: false,
    },
    { id: "d".repeat(32), name: "chart.png", media_type: "image/png", size: 48_200, inline: true },
  ],
};
const leaving = outboxItem(0, { kind: "waiting", until: Date.now() + 9000, reason: "time" });
const unknown = (one: (typeof signInState.clients)[number]) =>
  ({ ...one, client_id: "", has_secret: false, from: "nowhere", browser: false, device: false }) as const;
fake(
  {
    settings: () => ({ ...settings, theme, me: none ? [] : settings.me }),
    ...(none && {
      status: () => ({ ...status, messages: 0, threads: 0, drafts: 0, me: [], model: null, spent_micros: 0 }),
      threads: () => ({ threads: [], next: null, total: 0 }),
      drafts: () => [],
      draft: () => emptyDraft("1"),
    }),
    ...(asked.has("at") && { status: () => ({ ...status, account: accounts[Number(asked.get("at"))]!.id }) }),
    ...(asked.has("coded") && { status: () => ({ ...status, recovery_code: true }) }),
    ...(asked.has("alone") && {
      accounts: () => [accounts[0]],
      sign_in_state: () => ({ off: false, clients: signInState.clients.map(unknown) }),
    }),
    ...(asked.has("off") && { accounts: () => [accounts[0]], sign_in_state: () => ({ off: true, clients: [] }) }),
    ...(asked.has("sends") && {
      ...canSend,
      drafts: () => [{ ...letter, snippet: "", updated: Date.now() - 5000, unfinished: false }],
      draft_at_hand: () => letter.id,
      draft: () => letter,
      outbox: () => [...everyState, ...(asked.has("leaving") ? [leaving] : [])],
      outgoing: () => ({
        ...letter,
        draft: letter.id,
        from: settings.me[0],
        text: BODY,
        attachments: letter.files,
        approval: "4".repeat(64),
        questions: [
          { kind: "nothing_attached", about: "attached" },
          { kind: "odd_domain", about: "dana@gmial.com" },
          { kind: "unsupported", about: "12,400 euros" },
        ],
      }),
    }),
    ...(asked.has("shut") && { state: () => fail(asked.get("shut") as ErrorCode) }),
    ...(asked.has("denied") && {
      sign_in: () => fail(asked.get("denied") as ErrorCode, { identity_provider: "google" }),
    }),
    ...(asked.has("locked") && { state: () => fail("passphrase_needed", { first: asked.has("first") }) }),
    ...(asked.has("fails") && { compose: () => fail("model_rate_limited", { retry_after_ms: 12_000 }) }),
  },
  Number(asked.get("pace") ?? 12),
);
document.documentElement.dataset.theme = theme;
void (asked.has("quick") ? import("../quick") : import("../main"));

/** Clicks what has a name that begins so, as soon as it is there. */
async function press(name: string): Promise<void> {
  for (let n = 0; n < 100; n++) {
    const all = [...document.querySelectorAll<HTMLElement>("button, summary, [role^='menuitem']")];
    const found = all.find((one) => (one.ariaLabel ?? one.textContent ?? "").trim().startsWith(name));
    if (found) return (found.scrollIntoView({ block: "center" }), found.click());
    await new Promise((done) => setTimeout(done, 30));
  }
}
for (const name of asked.get("press")?.split("|") ?? []) await press(name);
