//! Templates: letters with typed blanks. Those that ship are data (`data/templates.yaml`); the user's own are rows.

use crate::Engine;
use crate::api::Template;
use crate::error::Result;
use crate::ids::TemplateId;

impl Engine {
    /// Every template, the user's own first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn templates(&self) -> Result<Vec<Template>> {
        todo!()
    }

    /// Saves a template of the user's own; a new one where its id is not known.
    ///
    /// # Errors
    /// `bad_input` naming the field, as when a blank is used and not declared.
    pub fn save_template(&self, _template: Template) -> Result<Template> {
        todo!()
    }

    /// Deletes a template of the user's own.
    ///
    /// # Errors
    /// `not_found`; `bad_input` for one that ships.
    pub fn delete_template(&self, _id: TemplateId) -> Result<()> {
        todo!()
    }
}
