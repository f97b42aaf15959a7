//! A template's blanks: found, checked, filled. Pure, and it invents nothing: what is not given is left out or asked for.

use super::brief::FilledTemplate;
use super::values::{self, Misfit};
use crate::api::{Template, UnixMillis, Variable, VariableKind};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

fn bad(field: &'static str, why: impl std::fmt::Display) -> Error {
    Error::BadInput { field, why: why.to_string() }
}

/// A piece of a template's text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Blank(&'a str),
}

/// Takes a text apart at its blanks. What does not fit is told with its line.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Misfit> {
    let mut found = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    let stray = |part: &str| match part.find("}}") {
        Some(at) => Err(Misfit(format!("line {}: “}}}}” closes nothing", line(&part[at..])))),
        None => Ok(()),
    };
    while let Some(open) = rest.find("{{") {
        let (before, after) = rest.split_at(open);
        if before.contains("}}") {
            stray(rest)?;
        }
        let inside = after[2..].split_once("}}").filter(|(name, _)| !name.contains(['{', '\n']));
        let (name, after) =
            inside.ok_or_else(|| Misfit(format!("line {}: “{{{{” is not closed by “}}}}”", line(after))))?;
        found.push(Piece::Text(before));
        found.push(Piece::Blank(name.trim()));
        rest = after;
    }
    stray(rest)?;
    found.push(Piece::Text(rest));
    Ok(found)
}

/// Checks a template whole.
///
/// # Errors
/// `bad_input` naming the field, the blank and what is wrong with it.
pub fn check(template: &Template) -> Result<()> {
    for (field, text) in [
        ("name", &template.name),
        ("language", &template.language),
        ("subject", &template.subject),
        ("body", &template.body),
    ] {
        if text.trim().is_empty() {
            return Err(bad(field, "it must not be empty"));
        }
    }
    if template.slug.is_empty() || !template.slug.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err(bad("slug", "letters, digits, “-”, “_” and “.” only"));
    }
    let mut declared = BTreeSet::new();
    for variable in &template.variables {
        check_variable(variable, &template.language)?;
        if !declared.insert(variable.name.as_str()) {
            return Err(bad("variables", format!("“{}” is declared twice", variable.name)));
        }
    }
    let mut used = BTreeSet::new();
    for (field, text) in [("subject", &template.subject), ("body", &template.body)] {
        for piece in pieces(text).map_err(|why| bad(field, why))? {
            let Piece::Blank(name) = piece else { continue };
            if !declared.contains(name) {
                return Err(bad(field, format!("the blank “{name}” is used and not declared")));
            }
            used.insert(name);
        }
    }
    match declared.difference(&used).next() {
        Some(name) => Err(bad("variables", format!("“{name}” is declared and used nowhere"))),
        None => Ok(()),
    }
}

fn check_variable(variable: &Variable, language: &str) -> Result<()> {
    let name = &variable.name;
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(bad("variables", format!("“{name}” is no name for a blank: letters, digits and “_” only")));
    }
    if matches!(&variable.kind, VariableKind::Choice { options } if options.is_empty()) {
        return Err(bad("variables", format!("“{name}” is a choice among nothing")));
    }
    if let Some(default) = &variable.default {
        values::written(&variable.kind, default, language)
            .map_err(|why| bad("variables", format!("the default of “{name}”: {why}")))?;
    }
    Ok(())
}

/// Fills the blanks.
///
/// # Errors
/// `template_value_missing` naming every required blank without a value; `bad_input` for a value that does not fit its blank.
pub fn fill(template: &Template, given: &BTreeMap<String, String>) -> Result<FilledTemplate> {
    let mut written = BTreeMap::new();
    let mut missing = Vec::new();
    for variable in &template.variables {
        let value =
            given.get(&variable.name).map(|v| v.trim()).filter(|v| !v.is_empty()).or(variable.default.as_deref());
        match value {
            Some(value) => {
                let value = values::written(&variable.kind, value, &template.language);
                written.insert(
                    variable.name.as_str(),
                    value.map_err(|why| bad("values", format!("{}: {why}", variable.name)))?,
                );
            }
            None if variable.required => missing.push(variable.name.clone()),
            None => {}
        }
    }
    if !missing.is_empty() {
        return Err(Error::TemplateValueMissing { names: missing });
    }
    let broken = |why: Misfit| bad("template", why);
    let subject = fill_paragraph(&template.subject, &written, false).map_err(broken)?.unwrap_or_default();
    let paragraphs: Result<Vec<_>, _> =
        template.body.split("\n\n").map(|p| fill_paragraph(p.trim(), &written, true)).collect();
    let body = paragraphs.map_err(broken)?.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    Ok(FilledTemplate { template: template.clone(), subject, body })
}

/// One paragraph; nothing where all its blanks are empty.
fn fill_paragraph(text: &str, written: &BTreeMap<&str, String>, may_vanish: bool) -> Result<Option<String>, Misfit> {
    let pieces = pieces(text)?;
    let blanks = pieces.iter().filter(|p| matches!(p, Piece::Blank(_))).count();
    let empty = pieces.iter().filter(|p| matches!(p, Piece::Blank(name) if !written.contains_key(name))).count();
    if text.is_empty() || (may_vanish && blanks > 0 && blanks == empty) {
        return Ok(None);
    }
    let alone = blanks == 1 && pieces.iter().all(|p| !matches!(p, Piece::Text(t) if !t.trim().is_empty()));
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let next =
            pieces.get(at + 1).and_then(|next| if let Piece::Text(text) = next { text.chars().next() } else { None });
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Blank(name) => {
                let value = written.get(name).map(String::as_str).unwrap_or_default();
                out.push_str(&values::in_place(value, &out, next, alone && may_vanish));
            }
        }
    }
    Ok(Some(values::tidy(&out)))
}

/// Fills the blanks from the values given and, where required ones are missing, from the user's own line: a day, a sum, a number or a choice
/// that stands in it, and what it says it is about. Nothing is guessed: what the line does not say stays missing.
///
/// # Errors
/// As [`fill`].
pub fn fill_with_intent(
    template: &Template,
    given: &BTreeMap<String, String>,
    intent: &str,
    now: UnixMillis,
) -> Result<FilledTemplate> {
    let missing = match fill(template, given) {
        Err(Error::TemplateValueMissing { names }) if !intent.trim().is_empty() => names,
        done => return done,
    };
    let mut values = given.clone();
    let wanted: Vec<&Variable> = template.variables.iter().filter(|v| missing.contains(&v.name)).collect();
    let texts = wanted.iter().filter(|v| v.kind == VariableKind::Text).count();
    for variable in wanted {
        if variable.kind == VariableKind::Text && texts > 1 {
            continue;
        }
        if let Some(found) = values::found_in(&variable.kind, intent, &template.language, now) {
            values.insert(variable.name.clone(), found);
        }
    }
    fill(template, &values)
}
