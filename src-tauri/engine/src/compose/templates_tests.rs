//! Templates are whole as they ship, checked as they are saved, and say what is missing as they are filled.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::compose::values;
use crate::error::ErrorCode;
use std::collections::BTreeMap;

fn slug(slug: &str) -> &'static Template {
    shipped().iter().find(|t| t.slug == slug).unwrap()
}

fn values_of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// 2026-11-23, a Monday.
const NOW: i64 = 1_795_392_000_000;

#[test]
fn every_template_that_ships_is_whole_and_has_a_german_twin() {
    let english: Vec<&Template> = shipped().iter().filter(|t| t.language == "en").collect();
    assert!(english.len() >= 12);
    for template in shipped() {
        check(template).unwrap_or_else(|e| panic!("{}: {e}", template.slug));
    }
    for template in english {
        let twin = slug(&format!("{}.de", template.slug));
        let names = |t: &Template| t.variables.iter().map(|v| (v.name.clone(), v.required)).collect::<Vec<_>>();
        assert_eq!((twin.language.as_str(), names(twin)), ("de", names(template)), "{}", template.slug);
    }
}

#[test]
fn a_letter_is_filled_as_its_language_writes() {
    let given = values_of(&[("invoice", "2026-114"), ("amount", "1.240,00 EUR"), ("due", "2026-11-06")]);
    let filled = fill(slug("payment-reminder.de"), &given).unwrap();
    assert!(
        filled.body.contains("über 1.240,00 EUR erinnern. Sie war am Freitag, 6. November fällig"),
        "{}",
        filled.body
    );
    assert!(!filled.body.contains("überweisen"), "an optional paragraph without its value vanishes");
    let given =
        values_of(&[("invoice", "2026-114"), ("amount", "$1,240"), ("due", "2026-11-06"), ("pay_by", "2026-11-27")]);
    let filled = fill(slug("payment-reminder"), &given).unwrap();
    assert_eq!(filled.subject, "Reminder: invoice 2026-114");
    assert!(filled.body.contains("Could you arrange it by Friday, 27 November?"), "{}", filled.body);
}

#[test]
fn every_missing_value_is_named() {
    let error = fill(slug("proposal"), &values_of(&[("project", " ")])).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TemplateValueMissing);
    assert_eq!(error.facts().fields, ["project", "scope", "price"]);
}

#[test]
fn a_value_must_fit_its_blank() {
    for (kind, good, wrong) in [
        (VariableKind::Date, vec!["2026-11-27"], vec!["27.11.2026", "friday", "2026-13-01"]),
        (
            VariableKind::Amount,
            vec!["12,400 EUR", "€ 12.400", "$5", "CHF 1'200.50", "5 €"],
            vec!["12400", "EUR", "a lot", "12 4x EUR", "-"],
        ),
        (VariableKind::Number, vec!["3", "1,200", "-4.5", "20%"], vec!["three", "", "-"]),
        (
            VariableKind::Choice { options: vec!["On track".into(), "Late".into()] },
            vec!["on track", "Late"],
            vec!["later"],
        ),
    ] {
        good.iter().for_each(|v| assert!(values::written(&kind, v, "en").is_ok(), "{v}"));
        wrong.iter().for_each(|v| assert!(values::written(&kind, v, "en").is_err(), "{v}"));
    }
}

#[test]
fn an_empty_optional_blank_leaves_no_trace() {
    let body = fill(slug("thank-you"), &values_of(&[("for_what", "the quick help.")])).unwrap().body;
    assert_eq!(body, "Thank you for the quick help.\n\nI really appreciate it.");
    let body = fill(slug("thank-you"), &values_of(&[("for_what", "the help"), ("effect", "we shipped on time")]))
        .unwrap()
        .body;
    assert_eq!(body, "Thank you for the help.\n\nWe shipped on time.\n\nI really appreciate it.");
}

#[test]
fn what_the_users_line_says_fills_blanks_and_nothing_is_guessed() {
    let given = BTreeMap::new();
    let filled = fill_with_intent(slug("meeting-request"), &given, "meet on friday about the budget", NOW).unwrap();
    assert!(filled.body.starts_with("Could we meet to talk about the budget? Half an hour should be enough.\n\nWould Friday, 27 November suit you?"), "{}", filled.body);
    let filled = fill_with_intent(slug("follow-up"), &given, "the proposal I sent", NOW).unwrap();
    assert_eq!(filled.subject, "Following up on the proposal I sent");
    let error = fill_with_intent(slug("payment-reminder"), &given, "invoice over 300 EUR due 6.11.", NOW).unwrap_err();
    assert_eq!(error.facts().fields, ["invoice"]);
}

#[test]
fn days_are_found_as_people_write_them() {
    for (text, day) in [
        ("by friday please", "2026-11-27"),
        ("on monday", "2026-11-30"),
        ("morgen", "2026-11-24"),
        ("am 27.11.", "2026-11-27"),
        ("27 November", "2026-11-27"),
        ("Nov 27th", "2026-11-27"),
        ("3. Januar", "2027-01-03"),
        ("2026-12-24.", "2026-12-24"),
    ] {
        assert_eq!(values::day_in(text, NOW).map(|d| d.to_string()).as_deref(), Some(day), "{text}");
    }
    assert_eq!(values::day_in("no day at all", NOW), None);
}

fn own(body: &str, variables: &[&str]) -> Template {
    let variables = variables
        .iter()
        .map(|name| Variable {
            name: (*name).into(),
            label: (*name).into(),
            kind: VariableKind::Text,
            required: true,
            default: None,
        })
        .collect();
    Template {
        id: TemplateId([7; 16]),
        slug: String::new(),
        name: "My Letter".into(),
        purpose: String::new(),
        language: "en".into(),
        subject: "Hello".into(),
        body: body.into(),
        variables,
        builtin: false,
    }
}

#[test]
fn a_template_of_ones_own_is_kept_changed_and_deleted() {
    let engine = Engine::in_memory().unwrap();
    let saved = engine.save_template(own("About {{ topic }}.", &["topic"])).unwrap();
    assert_eq!(saved.slug, "my-letter");
    let changed = engine.save_template(Template { purpose: "mine".into(), ..saved.clone() }).unwrap();
    assert_eq!((changed.id, engine.templates().unwrap()[0].purpose.as_str()), (saved.id, "mine"));
    assert_eq!(engine.find_template("my-letter", Some("de")).unwrap().id, saved.id);
    assert_eq!(engine.find_template("decline", Some("de-AT")).unwrap().slug, "decline.de");
    engine.delete_template(saved.id).unwrap();
    assert_eq!(engine.delete_template(saved.id).unwrap_err().code(), ErrorCode::NotFound);
}

#[test]
fn what_is_wrong_with_a_template_is_said() {
    let engine = Engine::in_memory().unwrap();
    for (template, field, why) in [
        (own("About {{topic}}.", &[]), "body", "“topic” is used and not declared"),
        (own("About.", &["topic"]), "variables", "“topic” is declared and used nowhere"),
        (own("One\ntwo {{topic", &["topic"]), "body", "line 2"),
        (own("One }} two", &[]), "body", "closes nothing"),
        (own("{{a}}", &["a", "a"]), "variables", "declared twice"),
        (Template { slug: "decline".into(), ..own("Text", &[]) }, "slug", "taken"),
        (Template { name: " ".into(), ..own("Text", &[]) }, "name", "empty"),
        (slug("decline").clone(), "id", "ships"),
    ] {
        let error = engine.save_template(template).unwrap_err();
        assert_eq!((error.code(), error.facts().fields), (ErrorCode::BadInput, vec![field.to_owned()]));
        assert!(error.to_string().contains(why), "{error}");
    }
}
