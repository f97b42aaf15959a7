//! Gmail's client against servers on loopback: each method's request and answer, each refusal, and every point at which an answer can
//! be lost. Nothing here mocks a part of the client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod drafts;
mod lost;
mod reading;
mod refusals;
mod settle;
mod sizes;
mod support;
