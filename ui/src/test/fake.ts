// A stand-in for the engine, for component tests and for looking at screens in a plain browser. Never part of the app: nothing in
// the app imports it, and it answers with sample data at example.com.
import { mockIPC } from "@tauri-apps/api/mocks";
import type { Channel } from "@tauri-apps/api/core";
import { noFacts } from "$lib/ipc";
import type * as api from "$lib/ipc";
import {
  now,
  hours,
  id,
  dana,
  mara,
  ben,
  people,
  account,
  accounts,
  client,
  signInState,
  smtpState,
  settings,
  status,
  memoryState,
  embeddingModels,
  messages,
  subjects,
  threads,
  BODY,
  SHORTER,
  claim,
  sources,
  voice,
  voiceProfile,
  model,
  receipt,
  revision,
  templates,
  outboxItem,
  wayOf,
  type Handlers,
} from "./samples";

export * from "./samples";

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
    elsewhere: null,
    missing: [],
    gone: null,
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
    memory_state: () => memoryState,
    embedding_models: () => embeddingModels,
    suggestions: () => [] satisfies api.Suggestion[],
    last_backup: () => null,
    backup_keys: () => ({ recovery_code: false, folder_passphrase: false }) satisfies api.BackupKeys,
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
    voice_profile: ({ to }: { to: string | null }) => ({
      ...voiceProfile,
      to: people.find((one) => one.address === to) ?? null,
      to_them: to ? 34 : 0,
    }),
    lessons: () => [],
    learn_from: () => [],
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
    draft_at_hand: () => null,
    attachment_limit: () => 25_000_000,
    search_server: () => [],
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
    settle_elsewhere: ({ id: of, takeTheirs }: { id: string; takeTheirs: boolean }) => {
      const draft = draftOf(of);
      const { elsewhere } = draft;
      if (!elsewhere) return draft;
      const { to, cc, bcc, subject, body } = takeTheirs ? elsewhere : draft;
      return touched(draft, { to, cc, bcc, subject, body, elsewhere: null });
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
