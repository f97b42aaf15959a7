//! Pictures of every screen, for people to look at: in two sizes, light and dark, with the sample mailbox and with an archive. The window
//! is driven as its tests drive it. It judges nothing; looking is the reader's part.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod accounts;
mod desk;
mod scenes;
mod sending;

use desk::Look;
use epistle_engine::api::Theme;
use std::path::PathBuf;

const USE: &str = "epistle-look FOLDER [SIZE-THEME…] [SCENE…]: pictures of every screen, or as in: 1280-light accounts\nepistle-look --picture FILE.png: the one in the README";

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let mut words = std::env::args().skip(1);
    match (words.next().as_deref(), words.collect::<Vec<_>>()) {
        (Some("--picture"), rest) if rest.len() == 1 => {
            let look = Look { folder: PathBuf::new(), width: 1280, height: 800, theme: Theme::Light };
            let picture = scenes::readme(&look).await;
            std::fs::write(&rest[0], picture).unwrap();
        }
        (Some(folder), only) if !folder.starts_with('-') => all(PathBuf::from(folder), &only).await,
        _ => println!("{USE}"),
    }
}

/// The scenes, by name.
const SCENES: &[&str] =
    &["newcomer", "sample", "models", "quick", "connecting", "accounts", "locking", "keyring", "sending", "archive"];

async fn scene(name: &str, look: &Look) {
    match name {
        "newcomer" => scenes::newcomer(look).await,
        "sample" => scenes::sample(look).await,
        "models" => scenes::models(look).await,
        "quick" => scenes::quick(look).await,
        "connecting" => accounts::connecting(look).await,
        "accounts" => accounts::accounts(look).await,
        "locking" => accounts::locking(look).await,
        "keyring" => accounts::keyring(look).await,
        "sending" => {
            sending::sending(look).await;
            sending::no_way_out(look).await;
        }
        _ if look.theme == Theme::Light => scenes::archive(look).await,
        _ => {}
    }
}

async fn all(folder: PathBuf, only: &[String]) {
    let (named, sizes): (Vec<&str>, Vec<&str>) =
        only.iter().map(String::as_str).partition(|name| SCENES.contains(name));
    for (width, height) in [(1280, 800), (900, 600)] {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let name = format!("{width}-{name}");
            if !sizes.is_empty() && !sizes.contains(&name.as_str()) {
                continue;
            }
            let look = Look { folder: folder.join(&name), width, height, theme };
            std::fs::create_dir_all(&look.folder).unwrap();
            println!("── {}", look.folder.display());
            for name in SCENES.iter().filter(|name| named.is_empty() || named.contains(name)) {
                scene(name, &look).await;
            }
        }
    }
}
