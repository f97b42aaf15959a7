//! Sign-in against a real provider and a real browser's requests, both on loopback: the whole way, and every attack on it, each in
//! its own kind. Nothing here mocks a part of the client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod code_flow;
mod device_flow;
mod id_token;
mod loopback;
mod pkce;
mod profile;
mod refresh;
mod revoke;
mod support;
