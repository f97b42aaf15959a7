//! What is embedded is the writer's own words, whole sentences of them, and nothing twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn mail(subject: &str, text: &str) -> Message {
    crate::memory::lexical::tests::mail(1, subject, "Tom tom@example.net", text)
}

fn said(subject: &str, text: &str) -> Vec<String> {
    passages(&mail(subject, text)).into_iter().map(|passage| passage.text).collect()
}

#[test]
fn a_short_mail_is_one_passage_under_its_subject() {
    assert_eq!(
        said("Re: [ILUG] The meeting", "It moved to\nThursday.\n\nSee you there."),
        ["The meeting\nIt moved to Thursday. See you there."]
    );
    assert_eq!(said("", "Yes."), ["Yes."]);
    assert_eq!(said("Are you there?", ""), ["Are you there?"]);
    assert!(said("", "  \n\n").is_empty());
}

#[test]
fn a_long_mail_is_cut_between_sentences() {
    let sentence = "The table of options stands in a file of its own, as the next release adds four more of them. ";
    let text = sentence.repeat(40);
    let found = passages(&mail("Options", &text));
    assert!(found.len() >= 4);
    for passage in &found {
        assert!(text[passage.at.clone()].starts_with("The table") && text[passage.at.clone()].ends_with("of them."));
    }
    let whole: usize = found.iter().map(|passage| passage.text.matches("The table").count()).sum();
    assert_eq!(whole, 40);
}

#[test]
fn footers_keys_and_long_logs_are_left_out() {
    let legal = "This message is for Tom.\n\nThis e-mail and any attachments are confidential. If you are not the intended recipient,\nplease delete it.";
    assert_eq!(said("", legal), ["This message is for Tom."]);
    let list = "I agree.\n\n_______________________________________________\nTo unsubscribe send mail to the list\n";
    assert_eq!(said("", list), ["I agree."]);
    let key =
        "My key:\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQGiBDw0\n\nxyz\n-----END PGP PUBLIC KEY BLOCK-----\nGreetings";
    assert_eq!(said("", key), ["My key: Greetings"]);
    let lines: String = (0..200).map(|n| format!("0x{n:08x} 00 00 {n}\n")).collect();
    let log = format!("It stops like this:\n\n{lines}\nWhat can I do?");
    let found = said("", &log);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("It stops like this:") && found[0].ends_with("What can I do?"));
    assert!(found[0].matches("0x").count() == OF_A_LOG, "{}", found[0]);
}

#[test]
fn of_the_archive_every_mail_with_words_has_passages_of_a_readable_size() {
    let packed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mail/lists-2002.mbox.gz");
    let engine = crate::Engine::in_memory().unwrap();
    let source = match packed.exists() {
        true => crate::api::ImportSource::Paths { paths: vec![packed] },
        false => crate::api::ImportSource::Sample,
    };
    engine.import(&source, &mut |_| {}, &tokio_util::sync::CancellationToken::new()).unwrap();
    let (mut mails, mut found, mut empty) = (0, 0, 0);
    engine
        .each_message(&mut |message| {
            let passages = passages(&message);
            mails += 1;
            found += passages.len();
            empty += usize::from(passages.is_empty());
            for passage in passages {
                assert!(passage.text.len() <= LONGEST + SUBJECT + 2, "{}", passage.text.len());
                let left = ["unsubscribe:", "BEGIN PGP"].into_iter().find(|mark| passage.text.contains(mark));
                assert_eq!(left, None, "{}", passage.text);
            }
            Ok(())
        })
        .unwrap();
    println!("{mails} mails, {found} passages, {empty} without");
    assert!(mails > 10 && found >= mails - empty && empty * 100 <= mails);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn passages_stand_in_the_text_in_its_order(text in "(\\PC{0,40}[ \n.]{0,3}|[a-zé ]{0,300}\\. |\n\n|-{1,9}\n){0,40}", subject in "\\PC{0,300}") {
        let mail = mail(&subject, &text);
        let found = passages(&mail);
        prop_assert!(found.len() <= MOST);
        let mut last = 0;
        for passage in found {
            prop_assert!(passage.at.start >= last && text.get(passage.at.clone()).is_some());
            prop_assert!(passage.text.len() <= LONGEST + SUBJECT + 2);
            last = passage.at.end;
        }
    }
}
