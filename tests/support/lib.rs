//! What the end-to-end tests share: real parts, started and stopped here. Nothing in it stands in for a part of Epistle.

pub mod tray;
pub mod window;
