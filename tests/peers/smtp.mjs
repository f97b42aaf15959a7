// A mail server by smtp-server, that does what a test tells it to do wrong. As first argument JSON: {security: "none"|"tls"|"starttls", key, cert
// (PEM), auth: [mechanisms], size, hide: [what EHLO does not say]}. It is told in lines of JSON on standard input, each the whole list of
// faults from then on (`{}`: none), and answers with what came since the last one: {connections, logins, messages}. What was found by
// trying 3.21.6:
//   - A refused XOAUTH2 token is told as 334 with JSON inside, and as 535 after the next line, whatever that is (as Google does it).
//   - `onData` is called when DATA is said, before the 354 goes out; a connection destroyed there never gets one.
//   - With hideSTARTTLS the command still works: it is only not offered, as when somebody on the way takes it out of the reply to EHLO.
//   - It checks no address of an envelope against who signed in, delivers nothing, and knows no 4xx of its own.
import { SMTPServer } from 'smtp-server';
import { freePort, serve } from './people.mjs';

const wanted = JSON.parse(process.argv[2] ?? '{}');
const hides = (what) => (wanted.hide ?? []).includes(what);
const PASSWORD = 'canary-password-of-ada';

let faults = {};
let seen = { connections: 0, logins: [], messages: [] };

const refused = ({ code, said = 'told to say so' }) => Object.assign(new Error(said), { responseCode: code });
const drop = (session) => [...server.connections].find(({ id }) => id === session.id)?._socket.destroy();

const server = new SMTPServer({
  secure: wanted.security === 'tls',
  key: wanted.key,
  cert: wanted.cert,
  authMethods: wanted.auth ?? ['PLAIN', 'LOGIN', 'XOAUTH2'],
  allowInsecureAuth: true, // or a password said too early would be refused before it is counted
  disabledCommands: wanted.security === 'none' ? ['STARTTLS'] : [],
  hideSTARTTLS: hides('STARTTLS'),
  hideSMTPUTF8: hides('SMTPUTF8'),
  hide8BITMIME: hides('8BITMIME'),
  hideENHANCEDSTATUSCODES: true,
  size: wanted.size,
  disableReverseLookup: true,

  onConnect(_session, done) {
    seen.connections += 1;
    done(faults.connect && refused(faults.connect));
  },
  onAuth({ method, username, password, accessToken }, session, done) {
    seen.logins.push({ method, username, secure: session.secure, token: accessToken });
    if (faults.auth) return done(refused(faults.auth));
    if (method === 'XOAUTH2' && faults.refuse_tokens > 0) {
      faults.refuse_tokens -= 1;
      return done(null, { data: { status: '400', schemes: 'Bearer', scope: 'mail' } });
    }
    if (method !== 'XOAUTH2' && password !== PASSWORD) return done(null, {});
    done(null, { user: username });
  },
  onMailFrom(_address, session, done) {
    if (!session.user) return done(refused({ code: 530, said: '5.7.0 Authentication required' }));
    if (faults.drop === 'mail') return drop(session);
    done(faults.mail && refused(faults.mail));
  },
  onRcptTo({ address }, _session, done) {
    const { rcpt } = faults;
    done(rcpt && (rcpt.to ?? address) === address ? refused(rcpt) : undefined);
  },
  onData(stream, session, done) {
    if (faults.drop === 'data') return drop(session);
    const pieces = [];
    let length = 0;
    stream.on('data', (piece) => {
      pieces.push(piece);
      length += piece.length;
      if (faults.drop === 'body' && length > 1000) drop(session);
      if (faults.stall === 'body') stream.pause();
    });
    stream.on('end', () => {
      if (stream.sizeExceeded) return done(refused({ code: 552, said: '5.3.4 too large' }));
      if (faults.data) return done(refused(faults.data));
      const { mailFrom, rcptTo } = session.envelope;
      const { secure, user } = session;
      const envelope = { from: mailFrom.address, to: rcptTo.map(({ address }) => address), args: mailFrom.args };
      seen.messages.push({ ...envelope, secure, user, hello: session.clientHostname, raw: Buffer.concat(pieces).toString('base64') });
      if (faults.drop === 'end') return drop(session);
      if (faults.stall === 'end') return;
      done();
    });
  },
});
server.on('error', () => {}); // a client that goes away in the midst of it is what is tried here

const port = await freePort();
server.listen(port, '127.0.0.1', () => {
  void serve({ port, password: PASSWORD }, (order) => {
    const counted = seen;
    if (!order.only_count) faults = order;
    seen = { connections: 0, logins: [], messages: [] };
    return counted;
  });
});
