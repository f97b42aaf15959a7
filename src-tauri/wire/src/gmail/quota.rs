//! What calls cost, in Gmail's quota units, and how many there are: dated rows in `data/gmail_quota.yaml`. It counts nothing itself.

use serde::Deserialize;
use std::sync::LazyLock;

/// A method of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[allow(missing_docs)] // the names are the reference's
pub enum Method {
    #[serde(rename = "drafts.create")]
    DraftsCreate,
    #[serde(rename = "drafts.delete")]
    DraftsDelete,
    #[serde(rename = "drafts.get")]
    DraftsGet,
    #[serde(rename = "drafts.list")]
    DraftsList,
    #[serde(rename = "drafts.send")]
    DraftsSend,
    #[serde(rename = "drafts.update")]
    DraftsUpdate,
    #[serde(rename = "getProfile")]
    GetProfile,
    #[serde(rename = "history.list")]
    HistoryList,
    #[serde(rename = "labels.list")]
    LabelsList,
    #[serde(rename = "messages.attachments.get")]
    MessagesAttachmentsGet,
    #[serde(rename = "messages.get")]
    MessagesGet,
    #[serde(rename = "messages.list")]
    MessagesList,
    #[serde(rename = "messages.modify")]
    MessagesModify,
    #[serde(rename = "settings.sendAs.list")]
    SettingsSendAsList,
    #[serde(rename = "threads.get")]
    ThreadsGet,
    #[serde(rename = "threads.list")]
    ThreadsList,
}

/// How many units there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// In a minute, of one person in one project.
    pub per_user_per_minute: u32,
    /// In a minute, of everybody in one project.
    pub per_project_per_minute: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    limits: Limits,
    units: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    method: Method,
    units: u32,
}

static TABLE: LazyLock<Option<Table>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/gmail_quota.yaml")).ok());

/// What the dearest call costs: nothing costs less than it does for want of a row.
const DEAREST: u32 = 100;

/// The units a call costs, whatever the format asked for.
#[must_use]
pub fn quota_units(method: Method) -> u32 {
    let row = TABLE.iter().flat_map(|table| &table.units).find(|row| row.method == method);
    row.map_or(DEAREST, |row| row.units)
}

/// How many units there are for a project that Google's limits of today hold for.
#[must_use]
pub fn limits() -> Limits {
    let none = Limits { per_user_per_minute: DEAREST, per_project_per_minute: DEAREST };
    TABLE.as_ref().map_or(none, |table| table.limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_one_row() {
        let table: Table = serde_norway::from_str(include_str!("../../data/gmail_quota.yaml")).unwrap();
        // The match makes a new method fail to compile here until it is counted.
        let number = |method| match method {
            Method::DraftsCreate => 0,
            Method::DraftsDelete => 1,
            Method::DraftsGet => 2,
            Method::DraftsList => 3,
            Method::DraftsSend => 4,
            Method::DraftsUpdate => 5,
            Method::GetProfile => 6,
            Method::HistoryList => 7,
            Method::LabelsList => 8,
            Method::MessagesAttachmentsGet => 9,
            Method::MessagesGet => 10,
            Method::MessagesList => 11,
            Method::MessagesModify => 12,
            Method::SettingsSendAsList => 13,
            Method::ThreadsGet => 14,
            Method::ThreadsList => 15,
        };
        let mut rows: Vec<usize> = table.units.iter().map(|row| number(row.method)).collect();
        rows.sort_unstable();
        assert_eq!(rows, (0..16).collect::<Vec<_>>());
        assert!(table.units.iter().all(|row| (1..=DEAREST).contains(&row.units)));
    }

    #[test]
    fn the_table_says_what_the_reference_said() {
        assert_eq!((quota_units(Method::MessagesGet), quota_units(Method::DraftsSend)), (20, 100));
        assert_eq!((quota_units(Method::ThreadsGet), quota_units(Method::HistoryList)), (40, 2));
        assert_eq!(limits().per_user_per_minute, 6_000);
    }
}
