//! Edits and what is learned of them: a table.

use super::*;

fn person(name: &str, address: &str) -> Person {
    Person { name: Some(name.into()), address: address.parse().unwrap() }
}

/// What is learned where Epistle wrote `before` to Dana and Mara left `after`, in words.
fn learned(before: &str, after: &str) -> Vec<String> {
    let (dana, mara) = (person("Dana Levi", "dana@example.org"), person("Mara Voss", "mara@example.com"));
    let edit = Edit {
        before,
        after,
        others: &[],
        to: std::slice::from_ref(&dana),
        people: std::slice::from_ref(&dana),
        me: Some(&mara),
    };
    draw(&edit).observed.iter().map(|seen| super::super::say::words(&seen.rule)).collect()
}

/// The letter with this text in its usual frame.
fn framed(text: &str) -> String {
    format!("Dear Dana,\n\n{text}\n\nBest regards,\nMara")
}

const LONG: &str = "The sketch is ready and I have put it on the shelf next to the door for you. It shows the river as it was. \
    Please have a look at the colours of the banks. Could you send me the old map as well?";

#[test]
#[allow(clippy::too_many_lines)] // all of it is a table
fn an_edit_teaches_what_it_says_and_no_more() {
    let text = "the Northwind 2 leaves the harbour, and we utilise the large pier.";
    let table: [(&str, String, String, &[&str]); 24] = [
        ("nothing changed", framed(text), framed(text), &[]),
        ("a greeting", framed(text), framed(text).replace("Dear Dana,", "Hi Dana,"), &["Greet with “Hi Dana,”"]),
        ("its mark", framed(text), framed(text).replace("Dear Dana,", "Dear Dana!"), &["Greet with “Dear Dana!”"]),
        ("a nickname", framed(text), framed(text).replace("Dear Dana,", "Hey Dani,"), &["Greet with “Hey Dani,”"]),
        ("no greeting", framed(text), framed(text).replace("Dear Dana,\n\n", ""), &["Begin without a greeting"]),
        ("a sign-off", framed(text), framed(text).replace("Best regards,", "Cheers,"), &["Sign off with “Cheers,”"]),
        (
            "a sign-off of one's own",
            framed(text),
            framed(text).replace("Best regards,", "So long,"),
            &["Sign off with “So long,”"],
        ),
        ("a short name", framed(text), framed(text).replace("\nMara", "\nM."), &["Sign as “M.”"]),
        (
            "a product's number",
            framed(text),
            framed(&text.replace("Northwind 2", "Northwind Two")),
            &["Write “Northwind Two”, not “Northwind 2”"],
        ),
        (
            "a product's name",
            framed(text),
            framed(&text.replace("Northwind 2", "Southwind")),
            &["Write “Southwind”, not “Northwind 2”"],
        ),
        ("a word", framed(text), framed(&text.replace("utilise", "use")), &["Write “use”, not “utilise”"]),
        (
            "a telephone number",
            framed("my number is +49 30 1234567, as you know."),
            framed("my number is +49 30 7654321, as you know."),
            &["Write “7654321”, not “1234567”"],
        ),
        ("a little word", framed("we go to the pier"), framed("we go to a pier"), &[]),
        ("a day", framed("it is ready on Friday, as agreed."), framed("it is ready on Monday, as agreed."), &[]),
        ("a date", framed("it is ready on 3 March, as agreed."), framed("it is ready on 4 March, as agreed."), &[]),
        ("an amount", framed("it costs 400 euros, as agreed."), framed("it costs 450 euros, as agreed."), &[]),
        ("a price", framed("it costs $400 as agreed."), framed("it costs $450 as agreed."), &[]),
        ("a person", framed("Dana knows the way to it"), framed("Mara knows the way to it"), &[]),
        (
            "a word in one place of two",
            framed("a large pier and a large boat for it"),
            framed("a wide pier and a large boat for it"),
            &[],
        ),
        (
            "exclamation marks",
            framed("It is ready! Thank you for it."),
            framed("It is ready. Thank you for it."),
            &["Use no exclamation marks"],
        ),
        ("half of it", framed(LONG), framed(&LONG[LONG.find("Please").unwrap()..]), &["Keep it shorter"]),
        (
            "the question first",
            framed("The sketch is ready for you. Could you send me the old map?"),
            framed("Could you send me the old map? The sketch is ready for you."),
            &["Put what is asked first"],
        ),
        (
            "a line",
            framed(text),
            framed(&format!("{text}\n\nMy calendar: https://cal.example.com/mara")),
            &["Add the line “My calendar: https://cal.example.com/mara”"],
        ),
        ("another letter altogether", framed(text), framed("Something else came between: I shall call."), &[]),
    ];
    for (what, before, after, lessons) in table {
        assert_eq!(learned(&before, &after), lessons, "{what}");
    }
}

#[test]
fn what_epistle_wrote_itself_was_not_typed() {
    let dana = person("Dana Levi", "dana@example.org");
    let (before, after) = ("Dear Dana,\n\nyes.\n\nBest,\nMara", "Hi Dana,\n\nyes.\n\nBest,\nMara");
    let to = std::slice::from_ref(&dana);
    let edit = Edit { before, after, others: &["Hi Dana,\n\nyes, gladly."], to, people: to, me: None };
    assert!(draw(&edit).observed.is_empty());
}

#[test]
fn a_letter_to_several_says_nothing_of_how_one_is_greeted() {
    let to = [person("Dana Levi", "dana@example.org"), person("Lee Wong", "lee@example.net")];
    let (before, after) = ("Dear all,\n\nyes.", "Hi Dana,\n\nyes.");
    let edit = Edit { before, after, others: &[], to: &to, people: &to, me: None };
    assert!(draw(&edit).observed.is_empty());
}

#[test]
fn what_is_put_back_speaks_against_its_lesson() {
    let dana = person("Dana Levi", "dana@example.org");
    let to = std::slice::from_ref(&dana);
    let drawn = |before, after| draw(&Edit { before, after, others: &[], to, people: to, me: None }).contrary;
    assert_eq!(drawn("yes.\nMy line here", "yes."), [Contrary::Line("My line here".into())]);
    assert!(drawn("yes it is ready for you", "yes it is ready for you!").contains(&Contrary::Exclaims));
}
