// A stand-in for the engine, for component tests and for looking at screens in a plain browser. Never part of the app: nothing in
// the app imports it, and it answers with sample data at example.com.
import { mockIPC } from "@tauri-apps/api/mocks";
import type { Channel } from "@tauri-apps/api/core";
import { noFacts } from "$lib/ipc";
import { DEFAULTS } from "$lib/keys";
import type * as api from "$lib/ipc";

const now = Date.now();
const hours = (n: number) => now - n * 3_600_000;
const id = (n: number) => n.toString(16).padStart(32, "0");
export const dana: api.Person = { name: "Dana Ortiz", address: "dana@client.example" };
export const mara: api.Person = { name: "Mara Lind", address: "mara@example.com" };
const ben: api.Person = { name: "Ben Okafor", address: "ben@example.org" };
const jonas: api.Person = { name: "Jonas Weber", address: "jonas@muster.example" };
const people = [
  dana,
  ben,
  jonas,
  { name: "Priya Nair", address: "priya@example.net" },
  { name: null, address: "billing@supplier.example" },
];

const reached: api.IdentityProviderSettings = {
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
const account = (n: number, more: Partial<api.Account>): api.Account => ({
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
const client = (provider: api.IdentityProvider, more: Partial<api.OauthClient> = {}): api.OauthClient => ({
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
const noServer: api.SmtpSettings = {
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
  gmail: { enabled: true, base: "https://gmail.googleapis.com", units_per_minute: null },
  undo_seconds: 10,
  quote: true,
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

const message = (n: number, from: api.Person, text: string, extra: Partial<api.Message> = {}): api.Message => ({
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
const messages = [
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
const subjects = [
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
const threads: api.ThreadSummary[] = Array.from({ length: 20 }, (_, n) => ({
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
const claim = (text: string, kind: api.ClaimKind, source: string | null): api.Claim => ({
  text,
  kind,
  source,
  start: BODY.indexOf(text),
  end: BODY.indexOf(text) + text.length,
});
const sources: api.Source[] = [
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
const voice: api.Voice = {
  to: dana,
  samples: 34,
  greeting: { value: "Hi Dana,", times: 31, of: 34 },
  sign_off: { value: "Best,", times: 29, of: 34 },
  signs_as: { value: "Mara", times: 33, of: 34 },
  words: { low: 38, median: 60, high: 95 },
  language: "en",
};
const model: api.ModelRef = { provider: "gemini", name: "gemini-3.1-flash-lite" };
const receipt: api.Receipt = {
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
const revision = (
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

const template = (n: number, name: string, purpose: string, builtin = true): api.Template => ({
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
const minutes = (n: number) => now - n * 60_000;
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
const wayOf = (one: api.Account): api.WayOut =>
  one.provider !== "google"
    ? { kind: "none" }
    : one.state.kind !== "signed_in"
      ? { kind: "sign_in_again" }
      : one.granted.includes("send_mail")
        ? { kind: "gmail" }
        : { kind: "grant_missing", grant: "send_mail" };

type Handlers = { [command: string]: (args: Record<string, never>) => unknown };
export type Fake = {
  calls: { command: string; args: Record<string, unknown> }[];
  drafts: Map<string, api.Draft>;
  outbox: api.OutboxItem[];
};

export function emptyDraft(of: string): api.Draft {
  return {
    id: of,
    version: 0,
    to: [],
    cc: [],
    bcc: [],
    subject: "",
    body: "",
    answers: null,
    from: null,
    quote: null,
    files: [],
    request: null,
    revisions: [],
    sources: [],
    claims: [],
    checks: [],
    receipt: null,
    created: now,
    updated: now,
  };
}
export const fail = (code: api.ErrorCode, facts: Partial<api.ErrorFacts> = {}) => {
  throw {
    code,
    message: `${code} (test)`,
    facts: { ...noFacts, ...facts },
  };
};

/** Puts the stand-in where the app would be. `over` replaces single answers. */
export function fake(over: Handlers = {}, pace = 0): Fake {
  const drafts = new Map<string, api.Draft>();
  const calls: Fake["calls"] = [];
  const outbox: api.OutboxItem[] = [];
  const outgoing = (draft: api.Draft): api.Outgoing => ({
    draft: draft.id,
    version: draft.version,
    from: set.me.find(({ address }) => address === draft.from) ?? set.me[0]!,
    to: draft.to,
    cc: draft.cc,
    bcc: draft.bcc,
    subject: draft.subject,
    text: draft.body,
    attachments: draft.files,
    approval: `${draft.version}`.padStart(64, "0"),
    questions: draft.subject ? [] : [{ kind: "no_subject", about: "" }],
  });
  const touched = (draft: api.Draft, change: Partial<api.Draft>) =>
    structuredClone(Object.assign(draft, change, { version: draft.version + 1 }));
  const filed = (of: string, name: string, inline: boolean) => {
    const draft = draftOf(of);
    const media_type = inline ? "image/png" : "application/pdf";
    const file = { id: id(400 + draft.files.length), name, media_type, size: 284_112, inline };
    const body = inline ? `${draft.body}\n[image: ${name}]\n` : draft.body;
    return touched(draft, { body, files: [...draft.files, file] });
  };
  const stands = (of: string, state: api.OutboxState) => {
    const item = outbox.find((one) => one.id === of)!;
    const fresh = outboxItem(0, state);
    const { can_undo, can_retry, can_settle } = fresh;
    return Object.assign(item, { state, can_undo, can_retry, can_settle });
  };
  let set = { ...settings };
  let here = structuredClone(accounts);
  let using = here[0]!.id;
  let doors = structuredClone(signInState);
  let post = structuredClone(smtpState);
  const of = (given: string) => here.find((one) => one.id === given)!;
  const changed = (given: string, change: Partial<api.Account>) => Object.assign(of(given), change);
  const mail = structuredClone(threads);
  /** Labels of a whole conversation: here a message's id is that of its conversation. */
  const relabel = (of: string[], change: { add?: string[]; remove?: string[] }): api.LabelsChanged => {
    const undo = of.flatMap((given) => {
      const one = mail.find((thread) => thread.id === given)!;
      const had = [...one.labels, ...(one.unread ? ["UNREAD"] : []), ...(one.starred ? ["STARRED"] : [])];
      const add = (change.add ?? []).filter((label) => !had.includes(label));
      const remove = (change.remove ?? []).filter((label) => had.includes(label));
      const has = [...had.filter((label) => !remove.includes(label)), ...add];
      one.labels = has.filter((label) => label !== "UNREAD");
      [one.unread, one.starred] = [has.includes("UNREAD"), has.includes("STARRED")];
      return add.length + remove.length ? [{ message: given, add: remove, remove: add }] : [];
    });
    return { threads: undo.map((one) => one.message), undo };
  };
  const draftOf = (of: string) => drafts.get(of) ?? drafts.set(of, emptyDraft(of)).get(of)!;
  const answers: Record<string, (args: never) => unknown> = {
    state: () => ({ locked: null, tray: true, shortcut: true, open_draft: null }) satisfies api.AppState,
    status: () => ({ ...status, account: using, me: set.me, drafts: drafts.size + status.drafts }),
    accounts: () => here,
    sign_in_state: () => doors,
    add_local_account: ({ label }: { label: string }) => (here.push(account(here.length + 1, { label })), here.at(-1)),
    edit_account: ({ account: given, edit }: { account: string; edit: api.AccountEdit }) =>
      changed(given, {
        label: edit.label ?? of(given).label,
        colour: edit.colour ?? of(given).colour,
        profile: { ...of(given).profile, signature: edit.signature ?? of(given).profile.signature },
      }),
    order_accounts: ({ order }: { order: string[] }) => (here = order.map(of)),
    set_default_account: ({ account: given }: { account: string }) => (
      here.forEach((one) => (one.default = one.id === given)),
      null
    ),
    use_account: ({ account: given }: { account: string }) => ((using = given), null),
    sign_in: async ({ request, onEvent }: { request: api.SignInRequest; onEvent: Channel<api.SignInEvent> }) => {
      const until = Date.now() + 300_000;
      tell(
        onEvent,
        0,
        request.way === "device"
          ? { kind: "code", code: "WDJB-MJHT", address: "https://github.com/login/device", until }
          : {
              kind: "address",
              address: `https://accounts.example.com/o/oauth2/v2/auth?client_id=1234&state=${"x".repeat(60)}`,
              grants: request.grants,
              until,
            },
      );
      if (pace) await new Promise((done) => setTimeout(done, pace * 10_000));
      tell(onEvent, 1, { kind: "finishing" });
      if (request.account) return changed(request.account, { state: { kind: "signed_in" } });
      here.push(account(here.length + 1, { provider: request.provider, label: "New", state: { kind: "signed_in" } }));
      return here.at(-1);
    },
    open_sign_in_page: () => null,
    sign_out: ({ account: given }: { account: string }) =>
      changed(given, { state: { kind: "signed_out", revoked: true } }),
    remove_account: ({ account: given }: { account: string }) => (
      (here = here.filter((one) => one.id !== given)),
      (using = here.some((one) => one.id === using) ? using : here[0]!.id),
      null
    ),
    refresh_profile: ({ account: given }: { account: string }) => of(given),
    set_client: ({ provider, clientId }: { provider: api.IdentityProvider; clientId: string }) =>
      (doors = {
        ...doors,
        clients: doors.clients.map((one) =>
          one.provider === provider ? client(provider, { client_id: clientId, from: "settings", browser: true }) : one,
        ),
      }),
    forget_client: ({ provider }: { provider: api.IdentityProvider }) =>
      (doors = {
        ...doors,
        clients: doors.clients.map((one) => (one.provider === provider ? client(provider) : one)),
      }),
    read_client_file: () => [signInState.clients[0]],
    smtp_state: () => post,
    set_smtp: ({ settings: given }: { settings: api.SmtpSettings }) => (post = { ...post, settings: given }),
    set_smtp_password: () => (post = { ...post, password_set: true }),
    forget_smtp_password: () => (post = { ...post, password_set: false }),
    try_smtp: () => ({ outcome: "works", code: null, said: null }) satisfies api.SmtpCheck,
    lock: () => null,
    still_here: () => null,
    recover: () => null,
    make_recovery_code: () => "K7QM-2RXD-9TWB-4HCV-8PNF-3YJS-6GZA-5EUL",
    settings: () => set,
    set_settings: ({ settings: given }: { settings: api.Settings }) => (set = given),
    doctor: () =>
      ({
        home: "/home/mara/.local/share/epistle",
        items: [
          { part: "store", state: "ok", found: "open, schema 1, 14 MB", todo: null },
          { part: "key", state: "ok", found: "in the system’s keyring", todo: null },
          { part: "mail", state: "ok", found: "2,500 messages", todo: null },
          {
            part: "local_model",
            state: "missing",
            found: "not set up",
            todo: "Start Ollama and name a model to write with it.",
          },
        ],
      }) satisfies api.DoctorReport,
    keys: () => [{ provider: "gemini", set: true, from_environment: false }],
    models: ({ provider }: { provider: api.Provider }) =>
      ["gemini-3.1-flash-lite", "gemini-3.1-pro"].map((name) => ({
        model: { provider, name },
        title: name,
        input_tokens: 1_000_000,
        price: null,
      })),
    me_candidates: () => [
      { person: mara, wrote: 412, received: 1033 },
      { person: dana, wrote: 88, received: 61 },
      { person: ben, wrote: 40, received: 71 },
    ],
    threads: ({ shown, from }: { shown: api.ThreadsView; from: number }) => {
      const listed = mail.filter(
        (one) =>
          (shown.label ? one.labels.includes(shown.label) : !one.labels.includes("TRASH")) &&
          (one.unread || !shown.unread),
      );
      return { threads: from ? [] : listed, next: null, total: listed.length };
    },
    labels: () =>
      ["INBOX", "STARRED", "SENT", "SPAM", "TRASH", "Label_1"].map((label) => {
        const under = mail.filter((one) => one.labels.includes(label));
        const user = label.startsWith("Label");
        return {
          id: label,
          name: user ? "Clients" : label,
          kind: user ? "user" : "system",
          unread: under.filter((one) => one.unread).length,
          threads: under.length,
        };
      }),
    change_labels: ({ threads: of, change }: { threads: string[]; change: api.LabelChange }) => relabel(of, change),
    relabel: ({ changes }: { changes: api.Relabelled[] }) => {
      const done = changes.map((one) => relabel([one.message], one));
      return { threads: done.flatMap((one) => one.threads), undo: done.flatMap((one) => one.undo) };
    },
    thread: ({ id: of }: { id: string }) => {
      const { subject, unread, labels } = mail.find((one) => one.id === of) ?? mail[0]!;
      const last = messages.length - 1;
      return {
        id: of,
        subject,
        messages: messages.map((one, n) => ({
          ...one,
          id: n === last ? of : one.id,
          unread: unread && n === last,
          labels: labels.includes("TRASH") || n === last ? labels : one.labels,
        })),
      };
    },
    message_html: () => null,
    message: ({ id: of }: { id: string }) => messages.find((one) => one.id === of) ?? messages[2],
    people: ({ prefix }: { prefix: string }) =>
      people.filter((one) => `${one.name} ${one.address}`.toLowerCase().includes(prefix.toLowerCase())),
    search: () =>
      messages.map((one) => ({
        id: one.id,
        message_id: one.message_id,
        thread: one.thread,
        subject: one.subject,
        from: one.from,
        date: one.date,
        score: 3,
        snippet: one.text.split("\n").at(-1),
        why: "subject: proposal; text: second round",
      })),
    voice: () => voice,
    templates: () => templates,
    save_template: ({ template: given }: { template: api.Template }) => given,
    preview: () =>
      ({
        digest: "d",
        model,
        why: "short, simple",
        sent_to: "generativelanguage.googleapis.com",
        system:
          "Write the body of one email, in the user’s own voice. Same language as what is answered. Invent nothing.",
        parts: [
          {
            mine: true,
            source: null,
            text: "Ask whether the revised proposal can be with us by Friday, and offer a call",
          },
          { mine: false, source: "s1", text: messages[2]!.text },
        ],
        withheld: [{ kind: "phone", count: 2 }],
        input_tokens: 1204,
        cost_micros: 700,
      }) satisfies api.Preview,
    drafts: () =>
      [1, 2, 3].map((n) => ({
        id: id(300 + n),
        to: n === 3 ? [] : [people[n - 1]!],
        subject: n === 3 ? "" : subjects[n - 1]!,
        snippet: n === 3 ? "" : BODY.slice(10, 120),
        updated: hours(n * 5),
        unfinished: n === 2,
      })),
    draft: ({ id: of }: { id: string }) => draftOf(of),
    save_draft: ({ edit }: { edit: api.DraftEdit }) => {
      const draft = draftOf(edit.id ?? id(900 + drafts.size));
      const { id: _, version: __, intent, ...rest } = edit;
      Object.assign(draft, Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)));
      if (intent !== null) draft.request = { ...draft.request, intent };
      draft.version += 1;
      return { id: draft.id, version: draft.version, at: Date.now() };
    },
    keep_revision: ({ id: of }: { id: string }) => {
      const draft = draftOf(of);
      draft.revisions = [...draft.revisions, revision(90, draft.body, "", { kind: "person" })];
      return draft;
    },
    delete_draft: ({ id: of }: { id: string }) => (drafts.delete(of), null),
    way_out: (): api.WayOut => wayOf(of(using)),
    senders: () =>
      set.me.map((person, n) => ({ person, signature: null, default: n === 0, alias: false })) satisfies api.Sender[],
    reply_to: ({ message: of }: { message: string }) => {
      const to = messages.find((one) => one.id === of) ?? messages[2]!;
      const { subject } = to;
      return { to: [to.mine ? dana : to.from!], cc: [], subject, from: set.me[0]! } satisfies api.ReplyTo;
    },
    attach: ({ id: of, inline }: { id: string; inline: boolean }) =>
      filed(of, inline ? "chart.png" : "plan.pdf", inline),
    attach_paths: ({ id: of, paths }: { id: string; paths: string[] }) =>
      paths.map((path) => filed(of, path.split("/").at(-1)!, false)).at(-1),
    detach: ({ id: of, file }: { id: string; file: string }) => {
      const draft = draftOf(of);
      return touched(draft, { files: draft.files.filter((one) => one.id !== file) });
    },
    outgoing: ({ draft }: { draft: string }) => outgoing(draftOf(draft)),
    queue: ({ draft: of, approval, when }: { draft: string; approval: string; when: api.SendWhen }) => {
      const draft = draftOf(of);
      if (outgoing(draft).approval !== approval) return fail("draft_changed", { draft: of });
      const until = when.kind === "at" ? when.time : Date.now() + when.seconds * 1000;
      const { from, to, cc, bcc, subject } = outgoing(draft);
      outbox.push({
        ...outboxItem(100 + outbox.length, { kind: "waiting", until, reason: "time" }),
        ...{ draft: of, from, to, cc, bcc, subject, queued: Date.now(), approval },
      });
      return outbox.at(-1);
    },
    outbox: () => outbox,
    undo: ({ id: of }: { id: string }) => stands(of, { kind: "undone", at: Date.now() }),
    retry: ({ id: of }: { id: string }) => stands(of, { kind: "waiting", until: Date.now(), reason: "time" }),
    settle_by_hand: ({ id: of, wasSent }: { id: string; wasSent: boolean }) =>
      stands(
        of,
        wasSent
          ? { kind: "sent", at: Date.now(), message: null }
          : { kind: "failed", why: "said_not_sent", said: null },
      ),
    diff: ({ before, after }: { before: string; after: string }) => words(before, after),
    stop: () => null,
    copy_text: () => null,
    hide_quick: () => null,
    open_full: () => null,
    hide_main: () => null,
    unlock: () => null,
    set_key: () => null,
    forget_key: () => null,
    choose_files: () => ["/tmp/mail.mbox"],
    import: async ({ onProgress }: { onProgress: Channel<api.ImportProgress> }) => {
      for (let n = 1; n <= 10; n++) {
        tell(onProgress, n - 1, {
          seen: n * 250,
          imported: n * 240,
          already: n * 8,
          failed: n * 2,
          bytes_done: n * 1_100_000,
          bytes_total: 11_000_000,
          file: "2002-August.mbox.gz",
        });
        if (pace) await new Promise((done) => setTimeout(done, pace * 6));
      }
      return {
        seen: 2500,
        imported: 2400,
        already: 80,
        failed: [{ where: "2002-August.mbox, message 811", why: "no header was found" }],
        ignored: [{ where: "mail/README.md", why: "it is not mail: neither an mbox nor a message" }],
        damaged: [{ where: "2002-August.mbox, message 12", why: "the date cannot be read" }],
        stopped: false,
      } satisfies api.ImportReport;
    },
    compose: async ({ request, onEvent }: { request: api.ComposeRequest; onEvent: Channel<api.ComposeEvent> }) => {
      const draft = draftOf(request.draft ?? id(900 + drafts.size));
      const text = request.revise ? SHORTER : BODY;
      let n = 0;
      tell(onEvent, n++, { kind: "began", draft: draft.id });
      tell(onEvent, n++, { kind: "gathered", sources, voice });
      tell(onEvent, n++, { kind: "chosen", model, why: "short, simple" });
      for (const part of text.match(/.{1,24}/gs) ?? []) {
        if (pace) await new Promise((done) => setTimeout(done, pace));
        tell(onEvent, n++, { kind: "delta", text: part });
      }
      draft.version += 1;
      const changed = {
        to: request.to,
        body: text,
        subject: "Re: Proposal, second round",
        sources,
        receipt,
        request,
        claims: [
          claim("on Tuesday", "date", "s1"),
          claim("Friday, 27 November", "date", "s0"),
          claim("12,400 euros", "amount", null),
        ],
        checks: [{ kind: "unsupported_claim", about: "12,400 euros" }],
        updated: Date.now(),
      };
      draft.revisions = [...draft.revisions, revision(draft.revisions.length, text, request.intent ?? "")];
      return structuredClone(Object.assign(draft, JSON.parse(JSON.stringify(changed))));
    },
  };
  const answering = async (command: string, args?: unknown) => {
    calls.push({ command, args: (args ?? {}) as Record<string, unknown> });
    const answer = (over[command] ?? answers[command]) as ((args: unknown) => unknown) | undefined;
    if (!answer) return null;
    const given = await answer(args);
    return given && typeof given === "object" ? JSON.parse(JSON.stringify(given)) : given;
  };
  mockIPC(answering, { shouldMockEvents: true });
  return { calls, drafts, outbox };
}

export function tell<T>(to: Channel<T>, index: number, message: T): void {
  const callback = (
    window as unknown as { __TAURI_INTERNALS__: { runCallback: (id: number, message: unknown) => void } }
  ).__TAURI_INTERNALS__.runCallback;
  callback(to.id, { index, message });
}

/** A plain difference by sentences, enough to look at. */
function words(before: string, after: string): api.DiffPiece[] {
  const [old, fresh] = [before.split(/(?<=[.?!,]\s|\n)/), after.split(/(?<=[.?!,]\s|\n)/)];
  const pieces: api.DiffPiece[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (old[i] === fresh[j]) {
      pieces.push({ kind: "same", text: old[i++]! });
      j++;
      continue;
    }
    const start = [i, j] as const;
    while (i < old.length && fresh.indexOf(old[i]!, j) < 0) i++;
    const meet = i < old.length ? fresh.indexOf(old[i]!, j) : fresh.length;
    j = meet;
    pieces.push({ kind: "change", old: old.slice(start[0], i).join(""), new: fresh.slice(start[1], j).join("") });
  }
  return pieces;
}
