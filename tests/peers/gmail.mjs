// A Gmail with a mailbox in it, as emulate's Google plays it, on a port of 127.0.0.1. As first argument JSON: {plain?: how many plain messages
// besides the seeded ones, messages?: more of emulate's own seeds}. Orders are calls to its API as the mailbox's owner, Ada: {method, path, body}
// → {status, body}; so tests deliver, label and delete as a second program of hers would.
// What was found by trying 0.12.2, where tests depend on it:
//   - A token it does not know is taken for its first seeded user's, who is nobody@invalid and has no mail; see people.mjs.
//   - There is no /profile (404 as text, which is not Gmail's own). History ids are 21 digits; any start gives 200 and what is later.
//   - Page tokens are offsets: what comes or goes meanwhile shifts the pages. Lists are by the Date header, and carry no labels.
//   - `full` has the parts of its own making: headers it knows (From, To, Cc, Bcc, Reply-To, Subject, Date, Message-ID, References, In-Reply-To),
//     the first text and the first HTML part, then attachments without data under ids that stay the same. `raw` is what was given to it.
//   - A sent draft keeps its message's id, and so does a changed one, which makes no history at all. Nothing is ever delivered.
//   - Spam and trash are left out of lists unless asked for; threads.get leaves them out always. sendAs has one row.
import { createEmulator } from 'emulate';
import { freePort, people, serve } from './people.mjs';

const ADA = 'ada@example.com';
const TOKEN = 'a-second-program-of-adas';
const wanted = JSON.parse(process.argv[2] || '{}');
const base64url = (text) => Buffer.from(text, 'utf8').toString('base64url');
const day = (n) => new Date(Date.UTC(2026, 8, 1) + n * 86_400_000).toUTCString();

const pdf = Buffer.from('%PDF-1.4 the quarter in figures').toString('base64');
const withAttachments = [
  'From: Grace Hopper <grace@example.com>',
  `To: Ada Lovelace <${ADA}>`,
  'Subject: The quarter in figures',
  `Date: ${day(3)}`,
  'Message-ID: <figures@example.com>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="edge"',
  '',
  '--edge',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Both files are attached. Größer wird es nicht.',
  '--edge',
  'Content-Type: application/pdf; name="figures.pdf"',
  'Content-Disposition: attachment; filename="figures.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  pdf,
  '--edge',
  'Content-Type: text/csv; name="rows.csv"',
  'Content-Disposition: attachment; filename="rows.csv"',
  '',
  'month,sum',
  '--edge--',
  '',
].join('\r\n');

const message = (id, more) => ({
  id,
  user_email: ADA,
  from: 'Grace Hopper <grace@example.com>',
  to: `Ada Lovelace <${ADA}>`,
  message_id: `<${id}@example.com>`,
  label_ids: ['INBOX', 'UNREAD'],
  ...more,
});

const mailbox = [
  message('m-engine-1', { thread_id: 't-engine', subject: 'The engine', date: day(1), body_text: 'Does the engine run yet?' }),
  message('m-engine-2', {
    thread_id: 't-engine',
    from: `Ada Lovelace <${ADA}>`,
    to: 'Grace Hopper <grace@example.com>',
    subject: 'Re: The engine',
    date: day(2),
    body_text: 'It runs, and it is quiet.',
    in_reply_to: '<m-engine-1@example.com>',
    references: '<m-engine-1@example.com>',
    label_ids: ['SENT'],
  }),
  { id: 'm-figures', thread_id: 't-figures', user_email: ADA, raw: base64url(withAttachments), label_ids: ['INBOX', 'Label_1'] },
  message('m-html', {
    thread_id: 't-html',
    from: 'Mary Somerville <mary@example.com>',
    subject: 'The lecture',
    date: day(4),
    body_text: 'The lecture is on Friday at four.',
    body_html: '<p>The lecture is on <b>Friday</b> at four.</p>',
    label_ids: ['INBOX', 'STARRED'],
  }),
  message('m-spam', { thread_id: 't-spam', from: 'win@invalid', subject: 'You have won', date: day(5), body_text: 'Click here.', label_ids: ['SPAM'] }),
  message('m-trash', { thread_id: 't-trash', subject: 'Old news', date: day(6), body_text: 'It is over.', label_ids: ['TRASH'] }),
  message('m-draft', {
    thread_id: 't-draft',
    from: `Ada Lovelace <${ADA}>`,
    to: 'Mary Somerville <mary@example.com>',
    subject: 'The lecture hall',
    date: day(7),
    body_text: 'I would like the large hall.',
    label_ids: ['DRAFT'],
  }),
];
for (let n = 0; n < (wanted.plain ?? 0); n += 1) {
  const text = `This is number ${n}.`;
  mailbox.push(message(`m-plain-${n}`, { thread_id: `t-plain-${n}`, subject: `Plain ${n}`, date: day(-1 - n), body_text: text }));
}

const port = await freePort();
const base = `http://127.0.0.1:${port}`;
await createEmulator({
  service: 'google',
  port,
  baseUrl: base,
  seed: {
    tokens: { [TOKEN]: { login: ADA, scopes: [] } },
    google: {
      users: people.map(({ email, login, name }) => ({ email, login, name })),
      labels: [{ id: 'Label_1', user_email: ADA, name: 'Work/Figures' }],
      messages: [...mailbox, ...(wanted.messages ?? [])],
    },
  },
});

async function order({ method, path, body }) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const answer = await fetch(`${base}/gmail/v1/users/me/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

await serve(
  {
    issuer: base,
    authorization: `${base}/o/oauth2/v2/auth`,
    token: `${base}/oauth2/token`,
    jwks: `${base}/oauth2/v3/certs`,
    userinfo: `${base}/oauth2/v2/userinfo`,
    device: '',
    revocation: `${base}/oauth2/revoke`,
  },
  order,
);
