// A certified OpenID provider (panva's oidc-provider) for what neither emulate nor oauth2-mock-server does: a page with a consent one can
// decline, the device flow, `iss` in the redirect (RFC 9207), PKCE that is demanded, codes good for one use whose second use ends what the
// first one gave, refresh tokens that rotate and whose second use ends the grant, revocation that is final. As first argument JSON:
// {client, secret?, redirects: [paths], access_seconds?, github?}. What was found by trying 8.8.1:
//   - A native client's loopback redirect may have any port; the path must be registered.
//   - Login takes any name and password; the name is the account's id: here, the address.
//   - Declining answers error=access_denied&error_description=End-User+aborted+interaction with state and iss.
//   - Without the scope `openid` there is no id_token, and userinfo refuses the token; `offline_access` needs prompt=consent.
//   - With `github`, the token endpoint answers errors as HTTP 200, and /user and /user/emails tell who it is, as GitHub does. That is the only thing here
//     that is not the provider's own.
import { Provider } from 'oidc-provider';
import { freePort, people, serve } from './people.mjs';

const wanted = JSON.parse(process.argv[2] ?? '{}');
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const find = (id) => people.find(({ email, login }) => id === email || id === login);
const claims = ({ email, name, sub }) => ({ sub, email, email_verified: true, name, locale: 'en-GB' });

console.info = console.warn = () => {}; // it warns, on standard output too, that it must not be used like this in life
const provider = new Provider(base, {
  clients: [
    {
      client_id: wanted.client,
      client_secret: wanted.secret,
      token_endpoint_auth_method: wanted.secret ? 'client_secret_post' : 'none',
      application_type: 'native',
      redirect_uris: (wanted.redirects ?? ['/']).map((path) => `http://127.0.0.1${path}`),
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
  ],
  scopes: ['openid', 'offline_access', 'profile', 'email', 'read:user', 'user:email'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
  conformIdTokenClaims: false,
  features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true, methods: ['S256'] },
  rotateRefreshToken: true,
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token') && !wanted.github,
  ttl: { AccessToken: wanted.access_seconds ?? 3600, DeviceCode: wanted.device_seconds ?? 600 },
  cookies: { keys: ['only for tests'] },
  findAccount: (_, id) => {
    const person = find(id);
    return person && { accountId: id, claims: () => claims(person) };
  },
});

provider.use(async (context, next) => {
  if (wanted.github && ['/user', '/user/emails'].includes(context.path)) {
    const token = await provider.AccessToken.find((context.get('authorization') ?? '').replace(/^Bearer /, ''));
    const person = token && find(token.accountId);
    const { sub, login, name, email } = person ?? {};
    const user = { id: Number(sub), login, name, email: null };
    context.status = person ? 200 : 401;
    context.body = context.path === '/user' ? user : [{ email, primary: true, verified: true }];
    return;
  }
  await next();
  if (wanted.github && context.path === '/token' && context.status === 400) context.status = 200;
});

provider.listen(port, '127.0.0.1', () =>
  serve({
    issuer: wanted.github ? '' : base,
    authorization: `${base}/auth`,
    token: `${base}/token`,
    jwks: wanted.github ? '' : `${base}/jwks`,
    userinfo: wanted.github ? `${base}/user` : `${base}/me`,
    device: `${base}/device/auth`,
    revocation: `${base}/token/revocation`,
  }),
);
