//! Signing in with somebody's account elsewhere: OAuth 2 for native apps (RFC 8252, 7636, 8628, 9207, 9700) and OpenID Connect.
//! It knows no provider by name but GitHub, which speaks dialects, keeps nothing, and never shows or logs a secret.
//!
//! In the order of a sign-in: `endpoints` and `credentials`, `loopback` (the port the answer comes to), `authorize` (the address to
//! open), `redirect` (is this our answer?), `exchange` (code for tokens), `id_token` (who says so?), `profile` (who is it?). Beside
//! it: `device`, the way in without a browser here; `refresh` and `revoke`, the tokens' later life; `pkce`, what can be known of it.

pub mod authorize;
pub mod device;
mod dialogue;
mod endpoints;
pub mod exchange;
mod fault;
mod http;
pub mod id_token;
mod issuer;
mod jwks;
pub mod loopback;
pub mod picture;
pub mod pkce;
pub mod profile;
pub mod redirect;
pub mod refresh;
pub mod revoke;
mod signature;
mod token;

pub use authorize::{Pending, Seed};
pub use endpoints::{ClientCredentials, Endpoints, Revocation, UserInfo};
pub use fault::{Fault, GrantEnd, Kind};
pub use id_token::Claims;
pub use jwks::KeySet;
pub use loopback::{Answer, Ending, Listening, Receiver};
pub use profile::Profile;
pub use token::{Token, Tokens};
