//! What is asked before a letter leaves: tables of letters and questions.

use super::*;
use crate::api::DraftFile;
use crate::compose::letter_for_tests;

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

/// A letter about which there is nothing to ask.
fn letter() -> Leaving {
    letter_for_tests("mara@example.com", &["dana@example.org"], "Plan", "Hi Dana,\n\nall is well.\n\nMara")
}

fn known() -> Known {
    Known { domains: ["example.org", "example-works.com"].map(str::to_owned).into(), received_at: None }
}

fn asked(letter: &Leaving, checks: &[Check]) -> Vec<(QuestionKind, String)> {
    of(letter, checks, &known()).unwrap().into_iter().map(|question| (question.kind, question.about)).collect()
}

#[test]
fn about_an_ordinary_letter_nothing_is_asked() {
    assert!(asked(&letter(), &[]).is_empty());
}

#[test]
fn what_is_missing_is_asked_about() {
    let empty = Leaving { subject: " ".into(), body: "\n ".into(), signature: Some("Mara".into()), ..letter() };
    assert_eq!(
        asked(&empty, &[]),
        [(QuestionKind::EmptyBody, String::new()), (QuestionKind::NoSubject, String::new())]
    );
}

#[test]
fn an_attachment_that_is_spoken_of_and_not_there_is_missed_in_each_language() {
    for (body, about) in [
        ("Please find the plan attached.", Some("attached")),
        ("See the ATTACHMENT for the details", Some("attachment")),
        ("Anbei die Zahlen, wie besprochen, für das nächste Treffen mit den Kollegen.", Some("anbei")),
        ("ich habe dir die Rechnung angehängt und freue mich auf die Antwort", Some("angehängt")),
        ("Vous trouverez ci-jointe la facture pour le mois de novembre.", Some("ci-jointe")),
        ("Adjunto el informe para la reunión del lunes con los clientes.", Some("adjunto")),
        ("In allegato trovi il documento che mi hai chiesto ieri mattina.", Some("allegato")),
        ("In de bijlage vind je het verslag van de vergadering van gisteren.", Some("bijlage")),
        ("Segue em anexo o relatório que você pediu na semana passada.", Some("anexo")),
        ("I am reattaching nothing, and detached from it all.", None),
        ("Die Anlage wird am Montag von den Technikern gewartet, und ich bin dabei.", None),
        ("> the plan is attached\n\nThank you, we have it.", None),
        ("For you:\n\n---------- Forwarded message ---------\nFrom: Dana\n\nThe plan is attached.", None),
    ] {
        let letter = Leaving { body: body.into(), ..letter() };
        let expected: Vec<_> =
            about.map(|about| (QuestionKind::NothingAttached, about.to_owned())).into_iter().collect();
        assert_eq!(asked(&letter, &[]), expected, "{body}");
    }
}

#[test]
fn with_an_attachment_none_is_missed_and_the_quote_speaks_of_its_own() {
    let mut with = Leaving { body: "The plan is attached.".into(), ..letter() };
    with.files.push(crate::compose::stored_for_tests(DraftFile {
        id: crate::ids::FileId([1; 16]),
        name: "plan.pdf".into(),
        media_type: "application/pdf".into(),
        size: 3,
        inline: false,
    }));
    assert!(asked(&with, &[]).is_empty());
    let signed = Leaving { signature: Some("My card is attached".into()), ..letter() };
    assert!(asked(&signed, &[]).is_empty());
}

#[test]
fn files_that_stay_at_the_provider_are_asked_about_by_name_and_not_missed_twice() {
    let missing = vec!["plan.pdf".to_owned(), "map.png".to_owned()];
    let letter = Leaving { body: "The plan is attached.".into(), missing, ..letter() };
    assert_eq!(asked(&letter, &[]), [(QuestionKind::FilesMissing, "plan.pdf, map.png".to_owned())]);
}

#[test]
fn what_may_have_been_sent_elsewhere_is_asked_about() {
    let letter = Leaving { gone: true, ..letter() };
    assert_eq!(asked(&letter, &[]), [(QuestionKind::GoneElsewhere, String::new())]);
}

#[test]
fn a_domain_one_slip_from_a_known_one_is_odd() {
    for (address, odd) in [
        ("a@gmial.com", true),
        ("a@gmai.com", true),
        ("a@gmaill.com", true),
        ("a@gnail.com", true),
        ("a@gmail.con", true),
        ("a@gmail.com", false),
        ("a@ymail.com", false),
        ("a@mail.com", false),
        ("a@hotmial.com", true),
        ("a@localhost", true),
        ("a@exmaple.org", true),      // written to: example.org
        ("a@example-work.com", true), // written to: example-works.com
        ("a@exampl.com", true),       // one's own: example.com
        ("a@example.org", false),
        ("a@company.example", false),
        ("a@gmx.de", false),
        ("a@gmx.dk", false), // too short to tell
    ] {
        let letter = Leaving { cc: vec![person(address)], ..letter() };
        let expected: Vec<_> = odd.then(|| (QuestionKind::OddDomain, address.to_owned())).into_iter().collect();
        assert_eq!(asked(&letter, &[]), expected, "{address}");
    }
}

#[test]
fn many_people_are_asked_about_sooner_in_an_answer() {
    let crowd = |many: usize| (0..many).map(|n| person(&format!("p{n}@example.org"))).collect::<Vec<_>>();
    for (many, answers, expected) in [(8, true, 0), (9, true, 1), (9, false, 0), (20, false, 0), (21, false, 1)] {
        let answers = answers.then_some(crate::ids::MessageId([1; 16]));
        let half = many / 2;
        let letter = Leaving {
            to: crowd(many)[..half].to_vec(),
            cc: crowd(many)[half..].to_vec(),
            bcc: crowd(1), // named twice, written to once
            answers,
            ..letter()
        };
        let found = asked(&letter, &[]);
        assert_eq!(found.len(), expected, "{many} {answers:?}");
        assert!(found.iter().all(|(kind, about)| *kind == QuestionKind::ManyRecipients && *about == many.to_string()));
    }
}

#[test]
fn what_the_check_found_is_asked_once() {
    let check = |kind, about: &str| Check { kind, about: about.into() };
    let checks = [
        check(CheckKind::PlaceholderLeft, "[date]"),
        check(CheckKind::PlaceholderLeft, "[date]"),
        check(CheckKind::OtherName, "Lee"),
        check(CheckKind::UnsupportedClaim, "Friday"),
        check(CheckKind::UnknownLink, "https://example.org"),
        check(CheckKind::TooLong, "400"),
        check(CheckKind::WrittenOffline, ""),
    ];
    let kinds: Vec<_> = asked(&letter(), &checks).into_iter().map(|(kind, _)| kind).collect();
    let expected =
        [QuestionKind::PlaceholderLeft, QuestionKind::OtherName, QuestionKind::Unsupported, QuestionKind::Unsupported];
    assert_eq!(kinds, expected);
}

#[test]
fn an_answer_from_another_address_than_it_came_to_is_asked_about() {
    for (at, asked) in [(None, false), (Some("Mara@example.com"), false), (Some("desk@example.net"), true)] {
        let known = Known { received_at: at.map(|at| at.parse().unwrap()), ..known() };
        let found = of(&letter(), &[], &known).unwrap();
        assert_eq!(found.iter().any(|question| question.kind == QuestionKind::FromOther), asked, "{at:?}");
    }
}

#[test]
fn one_slip_is_one_edit_and_no_more() {
    for (one, other, slip) in [
        ("gmail.com", "gmial.com", true),
        ("gmail.com", "gmail.com", false),
        ("gmail.com", "gmal.com", true),
        ("gmail.com", "gmmail.com", true),
        ("gmail.com", "gmakl.com", true),
        ("gmail.com", "gmila.com", false),
        ("gmail.com", "hotmail.com", false),
        ("ab", "ba", true),
        ("", "a", true),
        ("", "", false),
    ] {
        assert_eq!((one_slip(one, other), one_slip(other, one)), (slip, slip), "{one} {other}");
    }
}
