// What the stand-in engine answers with: people at example.com, their accounts, mail, letters and outbox. Plain data.
import { DEFAULTS } from "$lib/keys";
import type * as api from "$lib/ipc";

export const now = Date.now();
export const hours = (n: number) => now - n * 3_600_000;
export const id = (n: number) => n.toString(16).padStart(32, "0");
export const dana: api.Person = { name: "Dana Ortiz", address: "dana@client.example" };
export const mara: api.Person = { name: "Mara Lind", address: "mara@example.com" };
export const ben: api.Person = { name: "Ben Okafor", address: "ben@example.org" };
export const jonas: api.Person = { name: "Jonas Weber", address: "jonas@muster.example" };
export const people = [
  dana,
  ben,
  jonas,
  { name: "Priya Nair", address: "priya@example.net" },
  { name: null, address: "billing@supplier.example" },
];

export const reached: api.IdentityProviderSettings = {
  client_id: "",
  redirect_port: null,
  issuer: "",
  authorization: "",
  token: "",
  jwks: "",
  userinfo: "",
  device: "",
  revocation: "",
};
export const account = (n: number, more: Partial<api.Account>): api.Account => ({
  id: id(800 + n),
  provider: null,
  label: "",
  colour: "wax",
  default: false,
  state: { kind: "local" },
  granted: [],
  profile: {},
  added: hours(900),
  ...more,
});
/** One on this machine, one signed in, one to be signed in again, one signed out. */
export const accounts = [
  account(1, { default: true }),
  account(2, {
    provider: "google",
    label: "Work",
    colour: "moss",
    state: { kind: "signed_in" },
    granted: ["profile", "read_mail"],
    profile: { name: "Mara Lind", address: "mara@work.example.com", as_of: hours(5) },
  }),
  account(3, {
    provider: "google",
    label: "",
    colour: "slate",
    state: { kind: "sign_in_again", reason: "testing_mode", since: hours(30) },
    granted: ["profile"],
    profile: { name: "Mara Lind", address: "mara.lind@example.com" },
  }),
  account(4, {
    provider: "github",
    label: "Open source",
    colour: "plum",
    state: { kind: "signed_out", revoked: true },
    granted: ["profile"],
    profile: { name: "maralind", address: "mara@code.example.com" },
  }),
];
export const client = (provider: api.IdentityProvider, more: Partial<api.OauthClient> = {}): api.OauthClient => ({
  provider,
  client_id: "",
  has_secret: false,
  from: "nowhere",
  browser: false,
  device: false,
  grants: {
    google: ["profile", "read_mail", "send_mail", "organise_mail"],
    microsoft: ["profile", "send_mail"],
    github: ["profile"],
  }[provider] as api.Grant[],
  ...more,
});
export const signInState: api.SignInState = {
  off: false,
  clients: [
    client("google", {
      client_id: "1234-example.apps.googleusercontent.com",
      has_secret: true,
      from: "settings",
      browser: true,
    }),
    client("microsoft"),
    client("github", { client_id: "Iv1.0123456789abcdef", from: "settings", device: true }),
  ],
};
export const noServer: api.SmtpSettings = {
  enabled: false,
  host: "",
  port: 465,
  security: "tls",
  user: "",
  auth: "password",
};
export const smtpState: api.SmtpState = {
  settings: noServer,
  password_set: false,
  user: "mara@fastmail.com",
  guess: {
    name: "Fastmail",
    address: "mara@fastmail.com",
    settings: { ...noServer, enabled: true, host: "smtp.fastmail.com", user: "mara@fastmail.com" },
    app_password: "https://www.fastmail.help/hc/en-us/articles/360058752854",
    page: "https://www.fastmail.help/hc/en-us/articles/1500000278342",
  },
  token: false,
};
export const memoryState: api.MemoryState = {
  enabled: true,
  model: "all-minilm-l6-v2-int8",
  until_then: null,
  embedded: 1_240,
  messages: 2_506,
  packed: 1_152,
  running: true,
  trouble: null,
};

const embeddingModel = (of: Partial<api.EmbeddingModel>): api.EmbeddingModel => ({
  id: "all-minilm-l6-v2-int8",
  name: "MiniLM L6",
  about: "small and quick; English",
  license: "Apache-2.0",
  source: "https://hub.example.com/minilm",
  here: true,
  chosen: true,
  download_bytes: 0,
  memory_bytes: 60e6,
  ...of,
});
export const embeddingModels: api.EmbeddingModel[] = [
  embeddingModel({}),
  embeddingModel({
    id: "bge-small-en-v1.5",
    name: "BGE small",
    about: "more exact, a third of the speed; English",
    license: "MIT",
    here: false,
    chosen: false,
    download_bytes: 134e6,
    memory_bytes: 220e6,
  }),
];

export const settings: api.Settings = {
  me: [mara],
  preview: "on_request",
  withhold: ["phone", "iban", "card", "secret"],
  model: { kind: "auto" },
  gemini: {
    enabled: true,
    base: "https://generativelanguage.googleapis.com",
    version: "v1beta",
    cheap: "gemini-3.1-flash-lite",
    strong: "gemini-3.1-pro",
  },
  local_model: { enabled: false, base: "http://127.0.0.1:11434/v1", model: "" },
  smtp: noServer,
  budget_micros: 5_000_000,
  calls_per_minute: 10,
  answer_seconds: 60,
  theme: "light",
  system_font: false,
  quick_shortcut: "CmdOrCtrl+Shift+E",
  told_about_tray: false,
  lock_minutes: 15,
  identity: { google: reached, microsoft: reached, github: reached },
  gmail: { enabled: true, base: "https://gmail.googleapis.com", units_per_minute: null, draft_rest_seconds: 20 },
  undo_seconds: 10,
  quote: true,
  embedding: { enabled: true, model: "all-minilm-l6-v2-int8", hub: "https://huggingface.co" },
  memory: { use_voice: true, learn_lessons: true, hot_days: 365, keep_days: null },
  keys: DEFAULTS,
};
export const status: api.Status = {
  account: accounts[0]!.id,
  key_holder: "keyring",
  recovery_code: false,
  messages: 2500,
  threads: 812,
  drafts: 3,
  me: [mara],
  model: { provider: "gemini", name: "gemini-3.1-flash-lite" },
  spent_micros: 41_200,
};

export const message = (n: number, from: api.Person, text: string, extra: Partial<api.Message> = {}): api.Message => ({
  id: id(n),
  message_id: `m${n}@example.com`,
  thread: id(1000),
  from,
  to: from === mara ? [dana] : [mara],
  cc: [],
  reply_to: [],
  date: hours(200 - n * 12),
  subject: "Re: Proposal, second round",
  text,
  quoted: "",
  signature: "",
  language: "en",
  attachments: [],
  remote_images: 0,
  mine: from === mara,
  labels: from === mara ? ["SENT"] : ["INBOX"],
  unread: false,
  ...extra,
});
export const messages = [
  message(
    1,
    dana,
    "Hi Mara,\n\nThanks for the call. We went through the first version with the team and like where it is going. Two things to look at: the pilot’s length, and who owns the data at the end of it.",
  ),
  message(
    2,
    mara,
    "Hi Dana,\n\nGood questions, both. I would keep the pilot at six weeks, and the data stays yours in any case.\n\nBest,\nMara",
    { quoted: "> Two things to look at: the pilot’s length,\n> and who owns the data at the end of it." },
  ),
  message(
    3,
    dana,
    "Hi Mara,\n\nThat works for us. We can turn the second round around within the week if you let us know which of the two options you prefer.\n\nThe board meets on the 30th, so earlier is better.",
    {
      quoted: "> I would keep the pilot at six weeks, and the data stays yours in any case.",
      signature: "Dana Ortiz\nClient Example Ltd",
      attachments: [{ name: "proposal-v2.pdf", media_type: "application/pdf", size: 284_112 }],
      remote_images: 3,
      cc: [ben],
    },
  ),
];
export const subjects = [
  "Proposal, second round",
  "Lunch on Thursday?",
  "Rechnung 2026-114",
  "Contract for the pilot, with the changes we spoke about last week",
  "Travel to Lisbon",
  "Notes from Monday",
  "A question about the roadmap",
  "Invoice overdue",
  "Welcome aboard",
  "Re-scheduling the review",
];
export const threads: api.ThreadSummary[] = Array.from({ length: 20 }, (_, n) => ({
  id: id(1000 + n),
  subject: subjects[n % subjects.length]!,
  people: [people[n % people.length]!, mara].slice(0, 1 + (n % 2)),
  latest: hours(n * 9 + 1),
  messages: 1 + (n % 5),
  snippet: "That works for us. We can turn the second round around within the week if you let us know which",
  awaits_me: n % 3 === 0,
  labels: n % 7 === 2 ? ["INBOX", "Label_1"] : ["INBOX"],
  unread: n < 4,
  starred: n % 5 === 1,
  has_files: n % 4 === 0,
}));

export const BODY =
  "Hi Dana,\n\nThanks for walking us through the second round on Tuesday. Could you send the revised proposal by Friday, 27 November? That leaves us the weekend to read it before the board meets.\n\nIf it is easier to talk it through, I have time on Thursday after two. The 12,400 euros for the pilot still stand from our side.\n\nBest,\nMara";
export const SHORTER =
  "Hi Dana,\n\nThanks for walking us through the second round on Tuesday. Could you send the revised proposal by Friday, 27 November?\n\nHappy to talk it through on Thursday after two.\n\nBest,\nMara";
export const claim = (text: string, kind: api.ClaimKind, source: string | null): api.Claim => ({
  text,
  kind,
  source,
  start: BODY.indexOf(text),
  end: BODY.indexOf(text) + text.length,
});
export const sources: api.Source[] = [
  {
    id: "s0",
    kind: "request",
    message: null,
    title: "What you asked for",
    who: null,
    date: null,
    excerpt: "Ask whether the revised proposal…",
    tokens: 20,
  },
  {
    id: "s1",
    kind: "thread",
    message: id(3),
    title: "Re: Proposal, second round",
    who: dana,
    date: hours(140),
    excerpt:
      "We can turn the second round around within the week if you let us know which of the two options you prefer.",
    tokens: 120,
  },
  {
    id: "s2",
    kind: "to_this_person",
    message: id(2),
    title: "First version",
    who: mara,
    date: hours(1200),
    excerpt: "Could you send the first version by Monday? That leaves us two days before the review.",
    tokens: 90,
  },
];
export const voice: api.Voice = {
  to: dana,
  samples: 34,
  greeting: { value: "Hi Dana,", times: 31, of: 34 },
  sign_off: { value: "Best,", times: 29, of: 34 },
  signs_as: { value: "Mara", times: 33, of: 34 },
  words: { low: 38, median: 60, high: 95 },
  language: "en",
  style: {
    sentences: { low: 8, median: 13, high: 19 },
    paragraphs: { low: 2, median: 3, high: 4 },
    formality: "neutral",
    contractions: "often",
    emoji: "never",
    sign: null,
    exclamations: "never",
    ellipses: "never",
    dashes: "sometimes",
    semicolons: "often",
    lower_case: "never",
    double_space: "never",
  },
  own: [],
  off: [],
};
const learnedTrait = (kind: api.TraitKind, value: api.TraitValue, says: string): api.VoiceTrait => ({
  kind,
  value,
  says,
  learned: null,
  confidence: 0.8,
  times: 31,
  of: 34,
  group: "person",
  basis: "34 letters to Dana Ortiz",
  evidence: kind === "formality" ? ["contractions in 20 of 34"] : [],
  state: "learned",
  here: false,
});
/** What is learned of the voice, without the traits that look like those that are here. */
export const voiceProfile: api.VoiceProfile = {
  to: null,
  used: true,
  letters: 34,
  to_them: 0,
  traits: [
    learnedTrait("greeting", { kind: "line", line: "Hi {name}," }, "You begin with “Hi (first name),”."),
    learnedTrait(
      "length",
      { kind: "band", band: voice.words! },
      "Your letters have 38 to 95 words, about 60 as a rule.",
    ),
    learnedTrait("formality", { kind: "formal", formality: "neutral" }, "You write neither casually nor formally."),
    learnedTrait("contractions", { kind: "often", often: "often" }, "You use contractions (don’t, I’m)."),
  ],
  examples: [
    { message: id(2), subject: "First version", date: hours(1200), excerpt: "Could you send the first version?" },
  ],
};
export const model: api.ModelRef = { provider: "gemini", name: "gemini-3.1-flash-lite" };
export const receipt: api.Receipt = {
  model,
  why: "short, simple",
  sent_to: "generativelanguage.googleapis.com",
  from_cache: false,
  input_tokens: 1204,
  output_tokens: 132,
  cost_micros: 500,
  price: null,
  withheld: [{ kind: "phone", count: 2 }],
  digest: "d",
  took_ms: 1900,
  finish: "complete",
};
export const revision = (
  n: number,
  body: string,
  instruction: string,
  by: api.Author = { kind: "model", model },
): api.Revision => ({
  id: id(500 + n),
  at: hours(1),
  by,
  instruction,
  subject: "Re: Proposal, second round",
  body,
  finish: "complete",
});

export const template = (n: number, name: string, purpose: string, builtin = true): api.Template => ({
  id: id(700 + n),
  slug: name.toLowerCase(),
  name,
  purpose,
  language: "en",
  subject: "{{topic}}: a time that suits",
  builtin,
  body: "I would like to talk about {{topic}}, half an hour at most. Would {{day}} suit you?\n\nIf it helps, I can come by in person at {{place}}.",
  variables: [
    { name: "topic", label: "What about", kind: { type: "text" }, required: true, default: null },
    { name: "day", label: "Day", kind: { type: "date" }, required: true, default: null },
    { name: "place", label: "Place", kind: { type: "text" }, required: false, default: null },
  ],
});
export const templates = [
  template(1, "Meeting request", "To ask for a meeting with a purpose and a time"),
  template(2, "Follow-up", "When no answer came"),
  template(3, "Introduction", "To bring two people together"),
  template(4, "Reschedule", "To move what was agreed"),
  template(5, "Decline", "To say no, kindly and clearly"),
  template(6, "Thank-you", "After help, a meeting or a gift"),
  template(7, "Status update", "Where things stand", false),
];

/** The account that may send, where a test asks for one. */
export const sender = { ...accounts[1]!, granted: ["profile", "read_mail", "send_mail"] } satisfies api.Account;
/** What makes the window one that can send. */
export const canSend: Handlers = {
  accounts: () => [sender],
  status: () => ({ ...status, account: sender.id, me: [mara] }),
  way_out: () => ({ kind: "gmail" }),
};
export const minutes = (n: number) => now - n * 60_000;
export const outboxItem = (n: number, state: api.OutboxState, more: Partial<api.OutboxItem> = {}): api.OutboxItem => ({
  id: (now + n).toString(16).padStart(16, "0") + "0".repeat(32),
  draft: id(600 + n),
  from: mara,
  to: [people[n % people.length]!],
  cc: [],
  bcc: [],
  subject: subjects[n % subjects.length]!,
  queued: minutes(90 - n),
  approval: "d".repeat(64),
  message_id: `out${n}@example.com`,
  state,
  can_undo: state.kind === "waiting",
  can_retry: state.kind === "failed" || state.kind === "unknown",
  can_settle: state.kind === "unknown",
  history: [
    { at: minutes(90 - n), what: "queued" },
    { at: minutes(89 - n), what: "upload_begun" },
    { at: minutes(89 - n), what: "uploaded" },
    { at: minutes(89 - n), what: "send_begun" },
    { at: minutes(88 - n), what: "send_answer_lost" },
  ],
  ...more,
});
/** A message in every state there is. */
export const everyState: api.OutboxItem[] = [
  outboxItem(1, { kind: "waiting", until: now + 7.5 * 3_600_000, reason: "time" }),
  outboxItem(2, { kind: "waiting", until: now + 60_000, reason: "offline" }),
  outboxItem(3, { kind: "waiting", until: now + 300_000, reason: "provider" }),
  outboxItem(4, { kind: "waiting", until: now + 60_000, reason: "sign_in" }),
  outboxItem(5, { kind: "sending" }),
  outboxItem(6, { kind: "settling", since: minutes(1) }),
  outboxItem(7, { kind: "failed", why: "refused", said: "Recipient address rejected: no such user" }),
  outboxItem(8, { kind: "unknown", since: minutes(3), why: "no_trace" }),
  outboxItem(9, { kind: "sent", at: minutes(20), message: "18c0" }),
  outboxItem(10, { kind: "undone", at: minutes(40) }),
];

/** What the engine answers of an account of this kind. */
export const wayOf = (one: api.Account): api.WayOut =>
  one.provider !== "google"
    ? { kind: "none" }
    : one.state.kind !== "signed_in"
      ? { kind: "sign_in_again" }
      : one.granted.includes("send_mail")
        ? { kind: "gmail" }
        : { kind: "grant_missing", grant: "send_mail" };

export type Handlers = { [command: string]: (args: Record<string, never>) => unknown };
