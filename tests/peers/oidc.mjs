// One issuer by oauth2-mock-server, Google-like or Microsoft-like (first argument), that does what a test tells it to do wrong. It is told
// in lines of JSON on standard input, each the whole list of faults from then on (`{}`: none), and answers with what it has counted since
// the last one. What was found by trying 8.2.3:
//   - `/authorize` asks nobody: it redirects at once. Who signed in is what `who` says.
//   - PKCE is checked only where a verifier is sent; a second use of a code is refused only then, as 400 invalid_request. So is a wrong
//     verifier. A token request without one gets its tokens.
//   - Any refresh token is taken. That it rotates, and that an old one is refused, is done here; `keeps` makes it stay good instead.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { OAuth2Server } from 'oauth2-mock-server';
import { freePort, people, serve } from './people.mjs';

const microsoft = process.argv[2] === 'microsoft';
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
server.issuer.url = microsoft ? `${base}/${tenant}/v2.0` : base;

let faults = {};
let seen = {};
const refreshTokens = new Map(); // the good ones, and whose each is
const signedIn = new Map(); // an access token's person
const someone = () => people.find(({ email }) => email === (faults.who ?? 'ada@example.com'));
const claims = ({ email, name, sub }) =>
  microsoft
    ? { sub, oid: sub, tid: tenant, email, name, preferred_username: email, ver: '2.0' }
    : { sub, email, email_verified: true, name, locale: 'en-GB' };

// ------------------------------------------------------------------------------------------ id_tokens, good and bad

const now = () => Math.floor(Date.now() / 1000);
const wrongClaims = {
  wrong_nonce: (claims) => ({ ...claims, nonce: 'of-another-sign-in' }),
  no_nonce: ({ nonce: _, ...claims }) => claims,
  wrong_audience: (claims) => ({ ...claims, aud: 'another-client' }),
  many_audiences: (claims) => ({ ...claims, aud: [claims.aud, 'another-client'] }), // and no azp
  other_issuer: (claims) => ({ ...claims, iss: 'https://accounts.other.example' }),
  expired: (claims) => ({ ...claims, iat: now() - 7200, nbf: now() - 7200, exp: now() - 3600 }),
  not_yet: (claims) => ({ ...claims, iat: now() + 7200, nbf: now() + 7200, exp: now() + 9000 }),
};

server.service.on('beforeTokenSigning', (token) => {
  Object.assign(token.payload, claims(someone()));
  token.payload = (wrongClaims[faults.id_token] ?? ((same) => same))(token.payload);
});

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const ours = () => server.issuer.keys.toJSON(true)[0];
const rs256 = (signed, key) => sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url');
const stranger = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const wrongSignatures = {
  unsigned: (_, payload) => `${b64({ alg: 'none', typ: 'JWT' })}.${payload}.`,
  stripped: (header, payload) => `${header}.${payload}.`,
  unknown_key: (_, payload) => {
    const signed = `${b64({ alg: 'RS256', typ: 'JWT', kid: 'of-nobody' })}.${payload}`;
    return `${signed}.${rs256(signed, stranger())}`;
  },
  stranger_under_our_kid: (header, payload) => `${header}.${payload}.${rs256(`${header}.${payload}`, stranger())}`,
  altered: (header, payload, signature) => {
    const claims = JSON.parse(Buffer.from(payload, 'base64url'));
    return `${header}.${b64({ ...claims, sub: '666' })}.${signature}`;
  },
  // The public key taken for a shared secret (RFC 8725 §2.1).
  hmac_of_public_key: (_, payload) => {
    const pem = createPublicKey(createPrivateKey({ key: ours(), format: 'jwk' })).export({ type: 'spki', format: 'pem' });
    const signed = `${b64({ alg: 'HS256', typ: 'JWT', kid: ours().kid })}.${payload}`;
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  },
  unreadable: () => 'not-a-token',
};

// ------------------------------------------------------------------------------------------ the token endpoint

server.service.on('beforeResponse', (answer, { body: asked }) => {
  const refresh = asked.grant_type === 'refresh_token';
  note(refresh ? 'refresh' : 'code');
  if (faults.token) {
    Object.assign(answer, { statusCode: faults.token.status, body: faults.token.body });
    return;
  }
  if (refresh && !refreshTokens.has(asked.refresh_token)) {
    note('refused');
    Object.assign(answer, { statusCode: 400, body: { error: 'invalid_grant', error_description: 'Token is not active' } });
    return;
  }
  const who = refresh ? refreshTokens.get(asked.refresh_token) : someone();
  if (refresh && faults.keeps) {
    delete answer.body.refresh_token; // as Google: the one there is stays good
  } else {
    if (refresh) refreshTokens.delete(asked.refresh_token);
    refreshTokens.set(answer.body.refresh_token, who);
  }
  signedIn.set(answer.body.access_token, who);
  answer.body.scope = asked.scope ?? scopes.get(asked.code) ?? answer.body.scope;
  answer.body.expires_in = faults.expires_in ?? answer.body.expires_in;
  const forge = wrongSignatures[faults.id_token];
  if (forge) answer.body.id_token = forge(...answer.body.id_token.split('.'));
  if (faults.id_token === 'missing') delete answer.body.id_token;
});

server.service.on('beforeRevoke', (answer, { form }) => {
  note('revoke');
  if (faults.revoke) answer.statusCode = faults.revoke;
  else if (!refreshTokens.delete(form.get('token'))) note('unknown_revoked');
});

server.service.on('beforeUserinfo', (answer, { headers }) => {
  note('userinfo');
  const who = signedIn.get((headers.authorization ?? '').replace(/^Bearer /, ''));
  if (who) answer.body = { ...claims(who), ...faults.userinfo };
  else Object.assign(answer, { statusCode: 401, body: { error: 'invalid_token' } });
});

// ------------------------------------------------------------------------------------------ the redirect

const scopes = new Map();
server.service.on('beforeAuthorizeRedirect', ({ url }, { query }) => {
  note('authorize');
  scopes.set(url.searchParams.get('code'), query.scope);
  const { set = {}, drop = [], twice = [] } = faults.redirect ?? {};
  for (const [name, value] of Object.entries(set)) url.searchParams.set(name, value);
  for (const name of drop) url.searchParams.delete(name);
  for (const name of twice) url.searchParams.append(name, url.searchParams.get(name));
});

// ------------------------------------------------------------------------------------------ serving

function note(what) {
  seen[what] = (seen[what] ?? 0) + 1;
}

const app = server.service.requestHandler;
createServer(async (request, response) => {
  if (request.url === '/jwks') note('jwks');
  if (request.url === '/.well-known/openid-configuration' && faults.metadata) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ issuer: server.issuer.url, ...faults.metadata }));
    return;
  }
  if (request.url === '/token' && faults.delay_ms) await new Promise((go) => setTimeout(go, faults.delay_ms));
  if (request.url === '/revoke') request.form = new URLSearchParams(await text(request)); // which the server itself does not read
  app(request, response);
}).listen(port, '127.0.0.1', () => {
  const endpoints = {
    issuer: microsoft ? `${base}/{tenantid}/v2.0` : base,
    authorization: `${base}/authorize`,
    token: `${base}/token`,
    jwks: `${base}/jwks`,
    userinfo: `${base}/userinfo`,
    device: '',
    revocation: `${base}/revoke`,
  };
  void serve(endpoints, (order) => {
    const counted = seen;
    if (!order.only_count) [faults, seen] = [order, {}];
    return counted;
  });
});
