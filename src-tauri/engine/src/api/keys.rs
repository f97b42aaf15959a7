//! The window's keys for mail, as a person may change them. The page knows what each does; here is only what may stand there.

use serde::{Deserialize, Serialize};
use specta::Type;

/// For each action the keys that do it, each a sequence of one to three strokes with spaces between: `e`, `#`, `Shift+i`, `g i`, `Enter`.
/// None at all: only by the mouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // each is called what it does
pub struct KeyBindings {
    pub compose: Vec<String>,
    pub reply: Vec<String>,
    pub reply_all: Vec<String>,
    pub forward: Vec<String>,
    pub archive: Vec<String>,
    pub delete: Vec<String>,
    pub star: Vec<String>,
    pub labels: Vec<String>,
    pub mark_read: Vec<String>,
    pub mark_unread: Vec<String>,
    pub undo: Vec<String>,
    pub next: Vec<String>,
    pub previous: Vec<String>,
    pub open: Vec<String>,
    pub back: Vec<String>,
    pub next_message: Vec<String>,
    pub previous_message: Vec<String>,
    pub search: Vec<String>,
    pub go_inbox: Vec<String>,
    pub go_starred: Vec<String>,
    pub go_sent: Vec<String>,
    pub go_all: Vec<String>,
    pub go_drafts: Vec<String>,
    pub go_outbox: Vec<String>,
    pub help: Vec<String>,
}
