//! The SMTP client against smtp-server, a real one, over TLS, STARTTLS and neither, and against one that breaks the rules: where a talk
//! ends, and what is known then. Nothing here mocks a part of the client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod faults;
mod privacy;
mod sending;
mod support;
