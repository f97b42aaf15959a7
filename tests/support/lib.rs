//! What the end-to-end tests share: real parts, started and stopped here. Nothing in it stands in for a part of Epistle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // all of it is for tests

pub mod archive;
pub mod browser;
pub mod cli;
pub mod desk_accounts;
pub mod drop;
pub mod gmail;
pub mod hostile;
pub mod identity;
pub mod keyring;
pub mod known_items;
pub mod listener;
pub mod peers;
mod process;
pub mod proxy;
mod sample;
pub mod sign_in;
pub mod smtp;
pub mod talker;
pub mod tray;
pub mod window;
