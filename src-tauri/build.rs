//! Build script: embeds the Tauri configuration and the capabilities.
fn main() {}
