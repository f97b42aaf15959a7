//! Templates: letters with typed blanks. Those that ship are data (`data/templates.yaml`); the user's own are rows. Filling is in `blanks.rs`.

pub use super::blanks::{check, fill, fill_with_intent};

use crate::Engine;
use crate::api::{Template, Variable, VariableKind};
use crate::error::{Error, Result};
use crate::ids::TemplateId;
use crate::memory::{manners::primary, words::folded_words};
use crate::store::Keep;
use crate::store::tables::TEMPLATES;
use serde::Deserialize;
use std::sync::OnceLock;

impl Engine {
    /// Every template, the user's own first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn templates(&self) -> Result<Vec<Template>> {
        let mut all: Vec<Template> = Vec::new();
        self.store().read(self.account())?.each(TEMPLATES, &[], |_, row| {
            all.push(row);
            Ok(true)
        })?;
        all.sort_by_key(|t| t.name.to_lowercase());
        all.extend(shipped().iter().cloned());
        Ok(all)
    }

    /// The template with this id or slug. A slug finds its twin in `language` where there is one: `decline` in German is `decline.de`.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn find_template(&self, id_or_slug: &str, language: Option<&str>) -> Result<Template> {
        let all = self.templates()?;
        let by_slug = |slug: &str| all.iter().find(|t| t.slug == slug);
        let twin = language.map(|l| format!("{id_or_slug}.{}", primary(l)));
        let found = twin.as_deref().and_then(by_slug).or_else(|| by_slug(id_or_slug));
        let found = found.or_else(|| all.iter().find(|t| t.id.to_string() == id_or_slug));
        found.cloned().ok_or_else(|| Error::not_found("template", id_or_slug))
    }

    /// Saves a template of the user's own; a new one where its id is not known.
    ///
    /// # Errors
    /// `bad_input` naming the field, as when a blank is used and not declared.
    pub fn save_template(&self, mut template: Template) -> Result<Template> {
        if ships(template.id) {
            return Err(bad(
                "id",
                "this one ships with Epistle and is not to be changed: save a copy under an id of its own",
            ));
        }
        template.builtin = false;
        if template.slug.trim().is_empty() {
            template.slug = slug_of(&template.name);
        }
        check(&template)?;
        let others = self.templates()?;
        if others.iter().any(|t| t.id != template.id && t.slug == template.slug) {
            return Err(bad("slug", &format!("“{}” is taken by another template", template.slug)));
        }
        if !others.iter().any(|t| t.id == template.id) {
            template.id = TemplateId::random()?;
        }
        self.store().write(self.account(), Keep::Made, |tx| tx.put(TEMPLATES, template.id.as_bytes(), &template))?;
        Ok(template)
    }

    /// Deletes a template of the user's own.
    ///
    /// # Errors
    /// `not_found`; `bad_input` for one that ships.
    pub fn delete_template(&self, id: TemplateId) -> Result<()> {
        if ships(id) {
            return Err(bad("id", "this one ships with Epistle and cannot be deleted"));
        }
        let was = self.store().write(self.account(), Keep::Made, |tx| tx.delete(TEMPLATES, id.as_bytes()))?;
        if was { Ok(()) } else { Err(Error::not_found("template", id)) }
    }
}

fn bad(field: &'static str, why: &str) -> Error {
    Error::BadInput { field, why: why.to_owned() }
}

fn ships(id: TemplateId) -> bool {
    shipped().iter().any(|t| t.id == id)
}

fn slug_of(name: &str) -> String {
    let words =
        folded_words(name).into_iter().map(|w| w.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

#[derive(Deserialize)]
struct Shipped {
    slug: String,
    name: String,
    purpose: String,
    language: String,
    subject: String,
    body: String,
    variables: Vec<ShippedVariable>,
}

#[derive(Deserialize)]
struct ShippedVariable {
    name: String,
    label: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    required: bool,
    default: Option<String>,
}

/// The templates that ship.
pub fn shipped() -> &'static [Template] {
    static SHIPPED: OnceLock<Vec<Template>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let read: Vec<Shipped> = serde_norway::from_str(include_str!("../../data/templates.yaml")).unwrap_or_default();
        read.into_iter().map(Template::from).collect()
    })
}

impl From<Shipped> for Template {
    fn from(row: Shipped) -> Self {
        let hash = blake3::hash(format!("template that ships: {}", row.slug).as_bytes());
        let id = TemplateId(std::array::from_fn(|i| hash.as_bytes()[i]));
        let Shipped { slug, name, purpose, language, subject, body, variables } = row;
        let body = body.trim().to_owned();
        let variables = variables.into_iter().map(Variable::from).collect();
        Self { id, slug, name, purpose, language, subject, body, variables, builtin: true }
    }
}

impl From<ShippedVariable> for Variable {
    fn from(row: ShippedVariable) -> Self {
        let kind = match row.kind.as_str() {
            "date" => VariableKind::Date,
            "amount" => VariableKind::Amount,
            "number" => VariableKind::Number,
            "choice" => VariableKind::Choice { options: row.options },
            _ => VariableKind::Text,
        };
        Self { name: row.name, label: row.label, kind, required: row.required, default: row.default }
    }
}

#[cfg(test)]
#[path = "templates_tests.rs"]
mod tests;
