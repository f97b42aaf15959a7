//! Would you send this? What the offline composer makes of people's lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::api::{ComposeRequest, Voice};
use crate::compose::templates::{fill, shipped};

fn person(name: &str, address: &str) -> Person {
    Person { name: Some(name.into()), address: address.parse().unwrap() }
}

fn brief(intent: &str, language: &str) -> Brief {
    let voice = Voice::default();
    Brief {
        request: ComposeRequest {
            intent: intent.into(),
            to: vec![person("Dana Whitfield", "dana@example.org")],
            ..ComposeRequest::default()
        },
        me: Some(person("Mara Lindqvist", "mara@example.com")),
        answers: None,
        thread: vec![],
        voice,
        lessons: crate::memory::lessons::Lessons::default(),
        template: None,
        text_to_revise: None,
        language: language.into(),
        length: Length::Medium,
        sources: vec![],
        now: 1_795_392_000_000,
    }
}

/// The body without greeting and sign-off.
fn middle(brief: &Brief) -> String {
    let letter = write(brief).body;
    let parts: Vec<&str> = letter.split("\n\n").collect();
    parts[1..parts.len() - 1].join("\n\n")
}

#[test]
#[allow(clippy::too_many_lines)] // most of it is a table
fn a_line_becomes_a_letter_in_the_writers_words() {
    let table = [
        ("tell dana tuesday works, ask for the agenda", "Tuesday works for me. Could you send me the agenda?"),
        ("ask whether she can come on friday", "Could you tell me whether you can come on Friday?"),
        ("thank her for the report", "Thank you for the report."),
        (
            "thank dana for the report and ask when the next one is due",
            "Thank you for the report. Could you tell me when the next one is due?",
        ),
        ("decline politely", "Thank you for asking, but I'm afraid I have to decline."),
        ("say yes", "Yes, that works for me."),
        (
            "decline the invitation because i'm travelling",
            "Unfortunately I have to decline the invitation, because I'm travelling.",
        ),
        ("tell her i'll be 10 minutes late", "I'll be 10 minutes late."),
        (
            "i can't make it on thursday, propose monday at 3pm instead",
            "I can't make it on Thursday. Would Monday at 3pm work instead?",
        ),
        ("ask her to send me her slides before friday", "Could you send me your slides before Friday?"),
        ("remind her about the invoice", "A quick reminder about the invoice."),
        ("remind dana to sign the contract", "A quick reminder to sign the contract."),
        (
            "apologise for the delay and promise to send the report by monday",
            "I'm sorry for the delay. I will send the report by Monday.",
        ),
        ("congratulate her on the promotion!", "Congratulations on the promotion!"),
        ("follow up on the proposal", "I wanted to follow up on the proposal."),
        ("cancel the meeting tomorrow", "I'm afraid I have to cancel the meeting tomorrow."),
        ("move our call to wednesday", "Could we move our call to Wednesday?"),
        ("can we meet on tuesday", "Can we meet on Tuesday?"),
        ("Invite dana to dinner on saturday", "I'd like to invite you to dinner on Saturday."),
        (
            "tell her the build is broken and ask whether she has seen the log",
            "The build is broken. Could you tell me whether you have seen the log?",
        ),
        ("ask if he still wants the old desk", "Could you tell me whether you still want the old desk?"),
        ("ask about the report he promised", "Could you tell me more about the report you promised?"),
        ("ask whether the client said when he arrives", "Could you tell me whether the client said when he arrives?"),
        ("tell her that tom is late and that he will call", "Tom is late and that he will call."),
        ("let her know that we will deliver on 27 november", "We will deliver on 27 November."),
        ("running late, be there at 10", "Running late, be there at 10."),
        ("The server is down. Please restart it.", "The server is down. Please restart it."),
        ("confirm the meeting on tuesday at 10", "I'd like to confirm the meeting on Tuesday at 10."),
        ("wish her a happy birthday", "I wish you a happy birthday."),
        ("ask for a refund", "Could I ask you for a refund?"),
        ("ask for help with the migration", "I'd like to ask you for help with the migration."),
        ("suggest lunch on friday", "How about lunch on Friday?"),
        ("say sorry that i missed the call", "I'm sorry that I missed the call."),
        ("tell her not to wait for me", "Please don't wait for me."),
        ("warn her that the site will be down on sunday", "Please be aware that the site will be down on Sunday."),
        ("accept the offer", "I'm happy to accept the offer."),
        ("i agree with the plan but the budget is too small", "I agree with the plan but the budget is too small."),
        ("tell her i'll call the bank and ask for a refund", "I'll call the bank and ask for a refund."),
        ("tell him thanks for the gift", "Thank you for the gift."),
        ("thanks for the quick fix", "Thank you for the quick fix."),
        ("update her on the launch", "Here is a short update on the launch."),
        ("explain why we are late", "I wanted to explain why we are late."),
        ("send her the draft", "I'm sending you the draft."),
        ("ask how her trip was", "Could you tell me how your trip was?"),
        ("where is the key?", "Where is the key?"),
        ("introduce myself as the new designer", "Let me introduce myself: I'm the new designer."),
        ("tell her to call me", "Please call me."),
        (
            "turn down the offer, thank her for her time",
            "Thank you, but unfortunately I have to decline the offer. Thank you for your time.",
        ),
        ("xyzzy plugh", "Xyzzy plugh."),
        ("sounds good", "Yes, that works for me."),
        ("say yes, i can start in july", "Yes, that works for me. I can start in July."),
        (
            "thank her, i would be glad to draw it. ask who holds the photographs",
            "Thank you very much! I would be glad to draw it. Could you tell me who holds the photographs?",
        ),
        (
            "Thank you, that works for me; I will send the details tomorrow",
            "Thank you! That works for me. I will send the details tomorrow.",
        ),
        ("thanks, the patch builds here", "Thank you very much! The patch builds here."),
        (
            "ask whether the text is ready, i need it by 4 september",
            "Could you tell me whether the text is ready? I need it by 4 September.",
        ),
        ("introduce myself, i draw maps for museums", "Let me introduce myself. I draw maps for museums."),
        (
            "decline kindly, i'm too busy in june",
            "Thank you for asking, but I'm afraid I have to decline. I'm too busy in June.",
        ),
        ("no, i can't come on friday", "No, I can't come on Friday."),
    ];
    check(&table, "en");
}

fn check(table: &[(&str, &str)], language: &str) {
    let mut wrong = String::new();
    for (intent, expected) in table {
        let got = middle(&brief(intent, language));
        if got != *expected {
            wrong.push_str(&format!("{intent}\n  got  {got}\n  not  {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_german_line_becomes_a_german_letter() {
    let table = [
        (
            "sag dana dass dienstag passt, frag nach der agenda",
            "Dienstag passt mir gut. Darf ich nach der Agenda fragen?",
        ),
        ("höflich absagen", "vielen Dank, aber leider muss ich absagen."),
        ("frag ob sie am freitag kommen kann", "könnten Sie mir sagen, ob Sie am Freitag kommen können?"),
        ("bedanke dich für den bericht", "vielen Dank für den Bericht."),
        ("sag ihr, dass ich am freitag nicht kommen kann", "ich kann am Freitag nicht kommen."),
        ("sag ihr dass die lieferung morgen kommt", "ich wollte kurz Bescheid geben, dass die Lieferung morgen kommt."),
        ("erinnere sie an die rechnung", "ich möchte Sie kurz an die Rechnung erinnern."),
        ("können wir uns am mittwoch treffen", "können wir uns am Mittwoch treffen?"),
        ("den termin auf donnerstag verschieben", "könnten wir den Termin auf Donnerstag verschieben?"),
        ("bitte um die folien", "könnten Sie mir bitte die Folien schicken?"),
        ("zusagen", "ja, das passt mir gut."),
        ("bestätige den termin am 27.11. um 10 uhr", "hiermit bestätige ich den Termin am 27.11. um 10 Uhr."),
    ];
    check(&table, "de");
    let mut friendly = brief("frag ob er kommt", "de");
    friendly.request.tone = Tone::Friendly;
    assert_eq!(middle(&friendly), "könntest du mir sagen, ob du kommst?");
}

#[test]
fn the_frame_and_the_subject_are_the_writers() {
    let letter = write(&brief("thank her for the report", "en"));
    assert_eq!(
        (letter.subject.as_str(), letter.body.as_str()),
        ("Thank you for the report", "Hi Dana,\n\nThank you for the report.\n\nBest,\nMara")
    );
    let mut formal = brief("i can't come on friday", "en");
    formal.request.tone = Tone::Formal;
    assert_eq!(
        write(&formal).body,
        "Dear Dana Whitfield,\n\nI cannot come on Friday.\n\nKind regards,\nMara Lindqvist"
    );
    let mut given = brief("yes", "en");
    given.request.subject = Some("Lunch".into());
    assert_eq!(write(&given).subject, "Lunch");
}

#[test]
fn a_template_is_framed_and_the_line_added_once() {
    let template = shipped().iter().find(|t| t.slug == "thank-you").unwrap();
    let values = [("for_what".to_owned(), "the report".to_owned())].into();
    let mut with = brief("thank her for the report", "en");
    with.template = Some(fill(template, &values).unwrap());
    assert_eq!(middle(&with), "Thank you for the report.\n\nI really appreciate it.");
    with.request.intent = "ask for the slides".into();
    assert_eq!(middle(&with), "Thank you for the report.\n\nI really appreciate it.\n\nCould you send me the slides?");
}

#[test]
fn a_text_is_revised_as_far_as_that_needs_no_model() {
    let text = "Hi Dana,\n\nI hope you are well. I can't come on Friday. The train is late, and the next one is full. It rains too. Could we say Monday?\n\nBest,\nMara";
    let revised = |intent: &str| {
        let mut brief = brief(intent, "en");
        brief.text_to_revise = Some(text.into());
        write(&brief).body
    };
    assert_eq!(revised("shorter"), "Hi Dana,\n\nI can't come on Friday. Could we say Monday?\n\nBest,\nMara");
    assert!(revised("more formal").starts_with("Dear Dana Whitfield,\n\nI hope you are well. I cannot come"));
    assert!(
        revised("add that i will bring the contract")
            .ends_with("Could we say Monday?\n\nI will bring the contract.\n\nBest,\nMara")
    );
    assert!(!revised("remove the sentence about the train").contains("train"));
    assert!(revised("replace Monday with Tuesday").contains("Could we say Tuesday?"));
    assert_eq!(revised("make it funny"), text);
    assert!(revised("warmer").ends_with("Warm regards,\nMara"));
}

#[test]
fn a_name_stands_for_whoever_is_written_to_while_no_recipient_is_named() {
    let to_nobody = |intent: &str| {
        let mut brief = brief(intent, "en");
        brief.request.to.clear();
        middle(&brief)
    };
    assert_eq!(to_nobody("ask Tom for the signed contract"), "Could you send me the signed contract?");
    assert_eq!(to_nobody("tell Dana that the maps are printed"), "The maps are printed.");
    assert_eq!(to_nobody("tell dana that the maps are printed"), "The maps are printed.");
    assert_eq!(to_nobody("ask for the signed contract"), "Could you send me the signed contract?");
}
