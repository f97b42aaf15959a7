//! What is written is what is read: by another parser whole, and by the mailbox's own split back into text, signature and quote.

use super::*;
use crate::Engine;
use crate::api::DraftFile;
use crate::compose::quote::Quote;
use crate::compose::samples::{letter_for_tests, person, stored_for_tests};
use crate::ids::FileId;
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

const HEAD: Head<'_> = Head { message_id: "m1@example.com", date: 1_800_000_000_000, unsent: false };

fn letter() -> Leaving {
    let mut letter =
        letter_for_tests("mara@example.com", &[], "Grüße & more?", "Hi Dana,\n\nfünf €: that's it.\n\nBest,\nMara");
    letter.to = vec![person("Dana Özil", "dana@example.org")];
    letter.bcc = vec![person("", "archive@example.net")];
    letter.thread.parent = Some("b@example.org".into());
    letter.thread.references = vec!["a@example.org".into(), "b@example.org".into()];
    letter
}

fn file(number: u8, name: &str, media_type: &str, inline: bool) -> Stored {
    stored_for_tests(DraftFile {
        id: FileId([number; 16]),
        name: name.into(),
        media_type: media_type.into(),
        size: 0,
        inline,
    })
}

fn built(letter: &Leaving, contents: &[&[u8]]) -> Vec<u8> {
    message(letter, contents.iter().map(|content| content.to_vec()).collect(), HEAD).unwrap()
}

/// The types of the parts as they stand in one another.
fn shape(message: &mail_parser::Message<'_>, part: u32) -> String {
    let part = message.part(part).unwrap();
    let kind = part
        .content_type()
        .map_or_else(String::new, |ct| format!("{}/{}", ct.ctype(), ct.subtype().unwrap_or_default()));
    match &part.body {
        PartType::Multipart(parts) => {
            let inner: Vec<_> = parts.iter().map(|part| shape(message, *part)).collect();
            format!("{}({})", kind.trim_start_matches("multipart/"), inner.join(" "))
        }
        _ => kind,
    }
}

#[test]
fn a_message_reads_back_as_it_was_written() {
    let raw = built(&letter(), &[]);
    let read = MessageParser::new().parse(&raw).unwrap();
    assert_eq!(read.subject(), Some("Grüße & more?"));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), letter().body);
    assert_eq!(read.from().unwrap().first().unwrap().address(), Some("mara@example.com"));
    assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Dana Özil"));
    assert_eq!(read.bcc().unwrap().first().unwrap().address(), Some("archive@example.net"));
    assert_eq!(read.in_reply_to().as_text(), Some("b@example.org"));
    assert_eq!(read.references().as_text_list().unwrap(), ["a@example.org", "b@example.org"]);
    assert_eq!(read.message_id(), Some("m1@example.com"));
    assert_eq!(read.date().unwrap().to_timestamp(), 1_800_000_000);
    assert_eq!(shape(&read, 0), "alternative(text/plain text/html)");
    assert!(read.header("X-Unsent").is_none());
    assert!(raw.is_ascii());
    let unsent = message(&letter(), vec![], Head { unsent: true, ..HEAD }).unwrap();
    assert!(MessageParser::new().parse(&unsent).unwrap().header("X-Unsent").is_some());
}

#[test]
fn a_typed_line_break_begins_no_header_anywhere() {
    let mut letter = letter();
    letter.subject = "Hi\r\nX-Injected: yes".into();
    letter.from.name = Some("Marä \r\nX-Injected: yes".into());
    letter.to[0].name = Some("Dana\r\nX-Injected: yes".into());
    letter.thread.parent = Some("a@b\r\nX-Injected: yes".into());
    letter.thread.references.push("c>\r\nX-Injected: yes".into());
    letter.files.push(file(1, "a\r\nX-Injected: yes", "text/plain", false));
    let raw = built(&letter, &[b"x"]);
    let read = MessageParser::new().parse(&raw).unwrap();
    assert!(read.parts.iter().all(|part| part.headers.iter().all(|header| !header.name().starts_with("X-"))));
    assert!(read.header("In-Reply-To").is_none(), "what is no Message-ID is none");
    assert_eq!(read.references().as_text_list().unwrap().len(), 2);
}

#[test]
fn parts_stand_in_one_another_as_readers_expect() {
    let mut letter = letter();
    letter.body.push_str("\n\n[image: plan.png]\nas drawn");
    letter.files = vec![
        file(1, "plan.png", "image/png", true),
        file(2, "Größe (1).pdf", "application/pdf", false),
        file(3, "unused.png", "image/png", true),
    ];
    let raw = built(&letter, &[b"\x89PNG", b"%PDF-1.7\nx\r\ny", b"\x89PNG2"]);
    let read = MessageParser::new().parse(&raw).unwrap();
    assert_eq!(
        shape(&read, 0),
        "mixed(related(alternative(text/plain text/html) image/png) application/pdf image/png)"
    );
    let html = read.body_html(0).unwrap();
    let cid = format!("{}@example.com", FileId([1; 16]));
    assert!(html.contains(&format!("<div><img src=\"cid:{cid}\" alt=\"plan.png\"></div>")), "{html}");
    let image = read.parts.iter().find(|part| part.content_id() == Some(&cid)).unwrap();
    assert_eq!((image.contents(), image.attachment_name()), (b"\x89PNG".as_slice(), Some("plan.png")));
    assert!(read.body_text(0).unwrap().contains("[image: plan.png]"));
    let pdf = read.parts.iter().find(|part| part.attachment_name() == Some("Größe (1).pdf")).unwrap();
    assert_eq!(pdf.contents(), b"%PDF-1.7\nx\r\ny");
}

#[test]
fn the_html_part_has_gmail_s_elements_in_their_order() {
    let mut letter = letter();
    letter.signature = Some("Mara Lind\nhttps://example.com".into());
    letter.quote =
        Some(Quote { attribution: "On Tue, Dana <dana@example.org> wrote:".into(), text: "Shall we?\n> yes".into() });
    let raw = built(&letter, &[]);
    let html = MessageParser::new().parse(&raw).unwrap().body_html(0).unwrap().replace("\r\n", "\n");
    let order = [
        "<div>Hi Dana,</div>",
        "<div><br></div>",
        "-- </span><br><div dir=\"auto\" class=\"gmail_signature\"",
        "<div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Tue, Dana &lt;",
        "wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">",
        "<div>Shall we?</div>\n<blockquote class=\"gmail_quote\"",
        "<div>yes</div>\n</blockquote></blockquote></div>",
    ];
    let places: Vec<_> =
        order.iter().map(|piece| html.find(piece).unwrap_or_else(|| panic!("{piece} in {html}"))).collect();
    assert!(places.is_sorted());
}

/// Takes the bytes into a mailbox, and gives what it reads in them.
fn imported(raw: &[u8]) -> crate::api::Message {
    let engine = Engine::in_memory().unwrap();
    let id = engine.import_eml(raw).unwrap();
    engine.message(id).unwrap()
}

#[test]
fn our_own_reader_takes_text_signature_and_quote_apart_again() {
    for language in ["en", "de", "fr", "es", "it", "nl", "pt"] {
        for name in ["Dana Özil", "Dana Whitfield-Özil of the Example Works, Ltd"] {
            let mut letter = letter();
            letter.signature = Some("Mara Lind\nExample Works".into());
            let quoted = crate::compose::quote::Quoted {
                from: Some(person(name, "dana@example.org")),
                date: Some(1_795_514_580_000),
                text: "Shall we?\n\n> yes\n\n-- \nDana".into(),
            };
            let quote = Quote::of(&quoted, Some(language), &jiff::tz::TimeZone::UTC).unwrap();
            letter.quote = Some(quote.clone());
            let read = imported(&built(&letter, &[]));
            assert_eq!(read.text, letter.body, "{language}");
            assert_eq!(read.signature, "-- \nMara Lind\nExample Works", "{language}");
            assert_eq!(read.quoted, quote.plain(), "{language}");
        }
    }
}

/// Any text a person can type, whatever it is written in.
fn typed() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            "[ -~]{0,100}",
            "[\\PC\t]{0,60}",
            "[äöüßé€日本語אבג😀 ]{0,30}",
            Just(String::new()),
            Just("From here".to_owned()),
            Just(".".to_owned()),
            Just("x".repeat(1200)),
            Just("=?utf-8?q?x?= =3D trailing  ".to_owned()),
        ],
        0..8,
    )
    .prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn our_own_reader_finds_what_a_person_wrote_and_nothing_else(
        body in "[A-Z][a-zäöü,]{2,12}( [a-z日本é€]{1,9}){2,12}[.]?(\n{1,2}[A-Z][a-z]{2,8}( [a-zß]{1,9}){1,9}[.]?){0,4}",
        signed in proptest::option::of("[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}(\nExample Works)?"),
        quoted in proptest::option::of("[A-Z][a-z]{2,8}( [a-z]{1,9}){0,9}(\n\n?> [a-z ]{1,20}[a-z])?"),
    ) {
        let mut letter = letter();
        letter.body = body;
        letter.signature = signed;
        letter.quote = quoted.map(|text| Quote { attribution: "On Tue, Nov 24, 2026 at 10:03 AM <dana@example.org> wrote:".into(), text });
        let raw = built(&letter, &[]);
        let read = crate::mailbox::read_for_tests(&raw);
        prop_assert_eq!(&read.0, &letter.body);
        prop_assert_eq!(read.1, letter.signature.map_or_else(String::new, |signature| format!("-- \n{signature}")));
        prop_assert_eq!(read.2, letter.quote.map_or_else(String::new, |quote| quote.plain()));
    }

    #[test]
    fn spaces_side_by_side_do_not_swallow_each_other(subject in "[ äក𘠀a]{0,30}") {
        let mut letter = letter();
        letter.subject = one_line(&subject);
        let raw = built(&letter, &[]);
        let read = MessageParser::new().parse(&raw).unwrap();
        prop_assert_eq!(read.subject().unwrap_or_default(), one_line(&subject));
    }

    #[test]
    fn whatever_is_written_is_read(
        body in typed(), signature in proptest::option::of(typed()), quoted in proptest::option::of(typed()),
        subject in "\\PC{0,120}", name in "\\PC{0,60}", files in proptest::collection::vec(("\\PC{1,60}", any::<Vec<u8>>()), 0..3),
    ) {
        let mut letter = letter();
        letter.body = super::super::leaving::tidied(&body);
        letter.signature = super::super::leaving::unsigned(&letter.body, signature.as_deref());
        letter.quote = quoted.map(|text| Quote { attribution: "Dana <d@example.org> wrote:".into(), text: super::super::leaving::tidied(&text) });
        letter.subject = one_line(&subject);
        letter.to[0].name = Some(one_line(&name)).filter(|name| !name.is_empty());
        letter.files = (1..).zip(&files).map(|(n, (name, _))| file(n, &crate::compose::media::name(name), "application/octet-stream", false)).collect();
        let contents: Vec<&[u8]> = files.iter().map(|(_, content)| content.as_slice()).collect();
        let raw = built(&letter, &contents);
        prop_assert!(raw.is_ascii());
        prop_assert!(raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
        let read = MessageParser::new().parse(&raw).unwrap();
        let plain = read.part(read.text_body[0]).unwrap();
        let text = String::from_utf8(plain.contents().to_vec()).unwrap().replace("\r\n", "\n");
        let expected = letter.text();
        prop_assert_eq!(text.trim_end_matches('\n'), expected.trim_end_matches('\n'));
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(squeezed(read.subject().unwrap_or_default()), squeezed(&letter.subject));
        let to = read.to().unwrap().first().unwrap();
        prop_assert_eq!(to.address(), Some("dana@example.org"));
        prop_assert_eq!(squeezed(to.name().unwrap_or_default()), squeezed(letter.to[0].name.as_deref().unwrap_or_default()));
        let attached: Vec<_> = read.attachments().collect();
        prop_assert_eq!(attached.len(), files.len());
        for (part, (stored, content)) in attached.iter().zip(letter.files.iter().zip(contents)) {
            prop_assert_eq!(part.attachment_name(), Some(stored.file.name.as_str()));
            prop_assert_eq!(part.contents(), content);
        }
    }
}
