// Google, Microsoft and GitHub as emulate plays them, each on a port of 127.0.0.1 (emulate binds nothing else by itself).
// What was found by trying 0.12.2, where tests depend on it:
//   - The authorization page is HTML: a button for each seeded user, which also names users of its own (testuser@gmail.com, octocat's kin).
//     There is no consent page and nothing to decline with. The redirect carries code and state, and no `iss`.
//   - With no client seeded, any client id, secret and redirect address will do. PKCE: Google and Microsoft check the verifier where the
//     request had a challenge (missing or wrong: invalid_grant, and the code stays good); GitHub takes no notice of it.
//   - A code is good once. Google and Microsoft then say 400 invalid_grant; GitHub says 200 {"error":"bad_verification_code"}.
//   - Google's token endpoint takes any redirect address; Microsoft's wants that of the request, if one is sent.
//   - Refresh: Google keeps the refresh token and gives no id_token; Microsoft gives new ones of both and the old token is dead at once;
//     GitHub has no refresh tokens. Access tokens say 3600 s and never end.
//   - id_tokens are RS256 under a key in the JWKS; Microsoft's issuer is <base>/<tid>/v2.0. Google's has no at_hash.
//   - Revocation works for refresh tokens at Google and Microsoft (which has none in life). GitHub has neither revocation nor a device flow.
//   - An access token that was revoked, or never was, is taken for the first seeded user's: see people.mjs.
import { createEmulator } from 'emulate';
import { freePort, people, serve } from './people.mjs';

const users = people.map(({ email, login, name }) => ({ email, login, name }));

async function start(service) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  await createEmulator({ service, port, baseUrl: base, seed: { [service]: { users } } });
  return base;
}

const [google, microsoft, github] = [await start('google'), await start('microsoft'), await start('github')];
await serve({
  google: {
    issuer: google,
    authorization: `${google}/o/oauth2/v2/auth`,
    token: `${google}/oauth2/token`,
    jwks: `${google}/oauth2/v3/certs`,
    userinfo: `${google}/oauth2/v2/userinfo`,
    device: '',
    revocation: `${google}/oauth2/revoke`,
  },
  microsoft: {
    issuer: `${microsoft}/{tenantid}/v2.0`,
    authorization: `${microsoft}/oauth2/v2.0/authorize`,
    token: `${microsoft}/oauth2/v2.0/token`,
    jwks: `${microsoft}/discovery/v2.0/keys`,
    userinfo: `${microsoft}/oidc/userinfo`,
    device: '',
    revocation: `${microsoft}/oauth2/v2.0/revoke`,
  },
  github: {
    issuer: '',
    authorization: `${github}/login/oauth/authorize`,
    token: `${github}/login/oauth/access_token`,
    jwks: '',
    userinfo: `${github}/user`,
    device: '',
    revocation: '',
  },
});
