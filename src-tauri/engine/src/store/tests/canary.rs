//! No word of a person is in the clear in any file of the data folder; and with sealing off, this very test finds it.

use crate::api::{DraftEdit, Person, Provider};
use crate::secrets::Secret;
use crate::store::MasterKey;
use crate::{Engine, Open, Store};
use std::path::Path;

const CANARIES: [&str; 7] = [
    "canary-subject-quarterly",
    "canary-body-words-of-a-letter",
    "canary.address@example.com",
    "canary-key-of-an-api",
    "Canary Person Name",
    "canary-intent-line",
    "canary-mail-body-line",
];

fn fill(engine: &Engine) {
    let person = Person { name: Some(CANARIES[4].into()), address: CANARIES[2].parse().unwrap() };
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person.clone()];
    engine.set_settings(settings).unwrap();
    engine.set_key(Provider::Gemini, Secret::new(CANARIES[3].into())).unwrap();
    let edit = DraftEdit {
        id: None,
        version: None,
        to: Some(vec![person]),
        cc: None,
        bcc: None,
        subject: Some(CANARIES[0].into()),
        body: Some(format!("{} {}", CANARIES[1], "and more of it, long enough to be compressed ".repeat(20))),
        intent: Some(CANARIES[5].into()),
        answers: None,
        from: None,
        quote: None,
    };
    let saved = engine.save_draft(&edit).unwrap();
    engine.keep_revision(saved.id).unwrap();
    let mail = format!(
        "From: {name} <{address}>\r\nTo: you@example.com\r\nSubject: {subject}\r\nMessage-ID: <{address}>\r\n\r\n{body}\r\n",
        name = CANARIES[4],
        address = CANARIES[2],
        subject = CANARIES[0],
        body = CANARIES[6],
    );
    engine.import_eml(mail.as_bytes()).unwrap();
}

/// The canaries that stand in clear in any file of the folder, in UTF-8 or UTF-16, in any case.
fn found_in(folder: &Path) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap().to_ascii_lowercase();
        files += 1;
        for canary in CANARIES {
            let text = canary.to_lowercase();
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            if (holds(text.as_bytes()) || holds(&wide)) && !found.contains(&canary) {
                found.push(canary);
            }
        }
    }
    assert!(files > 0, "there are files to look in");
    found
}

#[test]
fn nothing_a_person_wrote_is_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = Some(Secret::new("canary-passphrase".into()));
    let engine =
        Engine::open(&Open { home: folder.path().to_owned(), passphrase, use_keyring: false, ..Open::default() })
            .unwrap();
    fill(&engine);
    assert_eq!(found_in(folder.path()), [""; 0], "while it is open");
    drop(engine);
    assert_eq!(found_in(folder.path()), [""; 0], "after it was closed");
}

#[test]
fn with_sealing_off_every_canary_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("epistle.redb"), MasterKey::sealing_off()).unwrap();
    let engine = Engine::over(folder.path().to_owned(), store, crate::account::Vault::in_store()).unwrap();
    fill(&engine);
    drop(engine);
    let mut found = found_in(folder.path());
    found.sort_unstable();
    let mut all = CANARIES.to_vec();
    all.sort_unstable();
    assert_eq!(found, all);
}
