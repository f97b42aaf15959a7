//! Bodies as mail programs write them.

use super::*;
use proptest::prelude::*;

#[test]
#[allow(clippy::too_many_lines)] // most of it is a table
fn own_words_quotes_and_signatures_are_told_apart() {
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        ("plain", "Hi,\n\nyes.\n", "Hi,\n\nyes.", "", ""),
        ("bottom post", "On Mon, Ann wrote:\n> a?\n\nYes.\n", "Yes.", "On Mon, Ann wrote:\n> a?", ""),
        (
            "top post",
            "Yes.\n\nOn Mon, 3 Feb 2026 at 09:14, Ann\n<a@b.example> wrote:\n\n> a?\n> b?\n",
            "Yes.",
            "On Mon, 3 Feb 2026 at 09:14, Ann\n<a@b.example> wrote:\n\n> a?\n> b?",
            "",
        ),
        ("between", "> a?\nYes.\n> b?\nNo.\n", "Yes.\n\nNo.", "> a?\n\n> b?", ""),
        (
            "German",
            "Ja.\n\nAm 03.02.2026 um 09:14 schrieb Ann:\n> a?\n",
            "Ja.",
            "Am 03.02.2026 um 09:14 schrieb Ann:\n> a?",
            "",
        ),
        ("signature", "Yes.\n\n-- \nAnn\nTel. 1\n", "Yes.", "", "-- \nAnn\nTel. 1"),
        (
            "signature above a quote",
            "Yes.\n-- \nAnn\n\nOn Mon, Bob wrote:\n> a?\n",
            "Yes.",
            "On Mon, Bob wrote:\n> a?",
            "-- \nAnn",
        ),
        (
            "Outlook",
            "Yes.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bob\n\na?\n",
            "Yes.",
            "-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bob\n\na?",
            "",
        ),
        (
            "a header block",
            "Ja.\n\n________________________________\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: x\n\na?\n",
            "Ja.",
            "________________________________\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: x\n\na?",
            "",
        ),
        (
            "no marks",
            "Yes.\n\nOn Tue, 4 Feb 2026 10:00, Ann <a@b.example> wrote:\n\na?\n",
            "Yes.",
            "On Tue, 4 Feb 2026 10:00, Ann <a@b.example> wrote:\n\na?",
            "",
        ),
        (
            "a list's footer",
            "Yes.\n\n_______________________________________________\nX mailing list\nhttps://x.example/listinfo\n",
            "Yes.",
            "",
            "_______________________________________________\nX mailing list\nhttps://x.example/listinfo",
        ),
        ("initials", "JH> a?\nYes.\n", "Yes.", "JH> a?", ""),
        (
            "bars",
            "On Mon, 2 Feb 2026, Ann wrote:\n| Could you look\n| at it?\n|\n| Ann\n\nYes.\n",
            "Yes.",
            "On Mon, 2 Feb 2026, Ann wrote:\n| Could you look\n| at it?\n|\n| Ann",
            "",
        ),
        (
            "bars below the quoted header",
            "    Date:        Mon, 02 Feb 2026 10:00:00 -0500\n    From:        Ann <ann@example.com>\n    Message-ID:  <1@example.com>\n\n  | Could you look at it?\n\nYes.\n\n  | And a | b\n  | as well, all of\n  | them together,\n  | one by one?\n\nNo.\n",
            "Yes.\n\nNo.",
            "    Date:        Mon, 02 Feb 2026 10:00:00 -0500\n    From:        Ann <ann@example.com>\n    Message-ID:  <1@example.com>\n\n  | Could you look at it?\n\n  | And a | b\n  | as well, all of\n  | them together,\n  | one by one?",
            "",
        ),
        (
            "bars quoted by marks too",
            "Bob wrote:\n| Ann wrote:\n|\n|> is it there?\n|\n| it is not\n\nIt is.\n",
            "It is.",
            "Bob wrote:\n| Ann wrote:\n|\n|> is it there?\n|\n| it is not",
            "",
        ),
        (
            "a mark of one's own",
            "On Mon, 2 Feb 2026, Ann wrote:\n--]\"Could you look\n--]at it?\n\nYes.\n\n--]And there?\n\nNo.\n",
            "Yes.\n\nNo.",
            "On Mon, 2 Feb 2026, Ann wrote:\n--]\"Could you look\n--]at it?\n\n--]And there?",
            "",
        ),
        ("a smile", "As Ann wrote:\n:-) yes\n\nand so it was.\n", "As Ann wrote:\n:-) yes\n\nand so it was.", "", ""),
        (
            "Outlook above marks",
            "\n----- Original Message -----\nFrom: \"Ann\" <ann@example.com>\nTo: <bob@example.com>\nSent: Monday, February 02, 2026 6:51 AM\nSubject: x\n\n\n> a?\n> b?\n\nYes.\n",
            "Yes.",
            "----- Original Message -----\nFrom: \"Ann\" <ann@example.com>\nTo: <bob@example.com>\nSent: Monday, February 02, 2026 6:51 AM\nSubject: x\n\n\n> a?\n> b?",
            "",
        ),
        (
            "Outlook below one's words, above marks",
            "Yes.\n\n----- Original Message -----\nFrom: Ann\nSubject: x\n\n> a?\n\nThat was Bob.\n",
            "Yes.",
            "----- Original Message -----\nFrom: Ann\nSubject: x\n\n> a?\n\nThat was Bob.",
            "",
        ),
        (
            "two blank lines below the attribution",
            "At 3:25 PM -0400 on 2/2/26, Ann wrote:\n\n\n> a?\n\nYes.\n",
            "Yes.",
            "At 3:25 PM -0400 on 2/2/26, Ann wrote:\n\n\n> a?",
            "",
        ),
        ("a table", "+----+\n| a row of words |\n| b |\n+----+\n", "+----+\n| a row of words |\n| b |\n+----+", "", ""),
        (
            "a table without a frame",
            "| one row | of it |\n| another | row |\n",
            "| one row | of it |\n| another | row |",
            "",
            "",
        ),
        ("a tree", ".\n|-- a\n|   one two three\n`-- b\n", ".\n|-- a\n|   one two three\n`-- b", "", ""),
        ("a command", "cat file \\\n  | sort\n", "cat file \\\n  | sort", "", ""),
        ("a device", "Yes.\n\nSent from my iPhone\n", "Yes.", "", "Sent from my iPhone"),
        ("a letter about writing", "She wrote:\n\nnothing at all.\n", "She wrote:\n\nnothing at all.", "", ""),
        (
            "dashes in prose",
            "a\n--\nb\n".repeat(20).leak(),
            "a\n--\nb\n".repeat(20).trim_end().strip_suffix("\n--\nb").unwrap_or_default().to_owned().leak(),
            "",
            "--\nb",
        ),
        ("empty", "", "", "", ""),
    ];
    for (name, body, text, quoted, signature) in cases {
        let expected = Split { text: (*text).into(), quoted: (*quoted).into(), signature: (*signature).into() };
        assert_eq!(split(body), expected, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_line_is_lost_or_doubled(body in "((> |\\| |-- |On 1 Jan 2026 10:00 |Am |____________________|From: a|Sent: b|To: c|wrote:|[a-z]{1,5}| )*\n){0,15}") {
        let count = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
        let split = split(&body);
        prop_assert_eq!(count(&split.text) + count(&split.quoted) + count(&split.signature), count(&body));
    }

    #[test]
    fn no_text_makes_it_fail(body in any::<String>()) {
        let _ = split(&body);
    }
}
