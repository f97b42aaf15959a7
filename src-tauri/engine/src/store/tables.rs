//! Every table there is, with its row type and its key. Nothing else names a table.

use super::Table;

/// Small things, by a fixed name: the settings, the schema's notes.
pub const META: Table<String> = Table::new("meta");
