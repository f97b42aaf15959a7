//! Tables as a browser would make them: each cell in a row, each row in a part, and what a browser would move out of a table put into a cell, so
//! that whoever parses the result moves nothing.

use super::walk::{Open, Walker};
use html5ever::{LocalName, local_name};

impl Walker<'_, '_> {
    pub(super) fn top_written(&self) -> Option<&str> {
        self.open.iter().rev().find_map(|open| open.written.as_deref())
    }

    pub(super) fn table_at(&self) -> Option<usize> {
        self.open.iter().rposition(|open| &*open.name == "table")
    }

    pub(super) fn between_cells(&self) -> bool {
        matches!(self.top_written(), Some("table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup"))
    }

    /// Closes what a part of a table ends by beginning.
    pub(super) fn leave_cells(&mut self, name: &str) {
        let ended: &[&str] = match name {
            "caption" | "colgroup" | "tbody" | "thead" | "tfoot" => {
                &["caption", "colgroup", "tbody", "thead", "tfoot", "tr", "td", "th"]
            }
            "tr" => &["caption", "colgroup", "tr", "td", "th"],
            "td" | "th" => &["caption", "colgroup", "td", "th"],
            _ => return,
        };
        let Some(table) = self.table_at() else { return };
        let within = &self.open[table + 1..];
        if let Some(at) = within.iter().position(|open| ended.contains(&&*open.name)) {
            self.close_at(table + 1 + at);
        }
    }

    /// Opens what must stand around an element that is going to be written.
    pub(super) fn make_place(&mut self, name: &str) {
        match name {
            "caption" | "colgroup" | "tbody" | "thead" | "tfoot" => {}
            "tr" => self.make(&["table"], local_name!("tbody")),
            "td" | "th" => {
                self.make(&["table"], local_name!("tbody"));
                self.make(&["tbody", "thead", "tfoot"], local_name!("tr"));
            }
            _ => self.make_cell(),
        }
    }

    pub(super) fn make_cell(&mut self) {
        if !self.between_cells() {
            return;
        }
        if self.top_written() == Some("colgroup") {
            self.leave_cells("td");
        }
        self.make(&["table"], local_name!("tbody"));
        self.make(&["tbody", "thead", "tfoot"], local_name!("tr"));
        self.make(&["tr"], local_name!("td"));
    }

    fn make(&mut self, within: &[&str], name: LocalName) {
        if self.top_written().is_some_and(|top| within.contains(&top)) {
            self.out.push('<');
            self.out.push_str(&name);
            self.out.push('>');
            let around = self.open.last();
            let look = around.map(|open| open.look.clone()).unwrap_or_default();
            let shown = around.map(|open| open.shown.clone()).unwrap_or_default();
            self.open.push(Open { written: Some(name.clone()), name, look, shown, dropped: false, folded: false });
        }
    }
}
