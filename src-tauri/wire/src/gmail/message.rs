//! Messages as the API gives them, as far as they are used:
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages>. Fields not known here are ignored.

use super::base64url;
use super::ids::{AttachmentId, HistoryId, LabelId, MessageId, ThreadId};
use serde::{Deserialize, Deserializer};

/// A message's ids, which is all that lists give.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageRef {
    /// The message.
    pub id: MessageId,
    /// Its thread.
    pub thread_id: ThreadId,
}

/// A message. What is there beside the ids depends on the method and the format asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// Its thread.
    pub thread_id: ThreadId,
    /// Its labels.
    #[serde(default)]
    pub label_ids: Vec<LabelId>,
    /// The first words of it, with HTML's characters escaped.
    #[serde(default)]
    pub snippet: String,
    /// The last change of it.
    pub history_id: Option<HistoryId>,
    /// When Gmail took it, in milliseconds since 1970.
    #[serde(default, deserialize_with = "millis")]
    pub internal_date: Option<i64>,
    /// About how many bytes it has.
    pub size_estimate: Option<u64>,
    /// Its parts, in the formats `Full` and `Metadata`.
    pub payload: Option<Part>,
    /// The whole of it (RFC 5322), in the format `Raw`.
    #[serde(default, deserialize_with = "base64url::field")]
    pub raw: Option<Vec<u8>>,
}

impl Message {
    /// The first header of a name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.payload.as_ref()?.headers;
        headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }

    /// Whether it carries one of Gmail's own labels.
    #[must_use]
    pub fn is_labelled(&self, label: &str) -> bool {
        self.label_ids.iter().any(|id| id.as_str() == label)
    }
}

/// A part, with the parts in it. JSON's own limit on depth holds for them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Part {
    /// Its place, as in `1.2`; empty for the whole.
    pub part_id: String,
    /// As in `text/plain`.
    pub mime_type: String,
    /// The attachment's name; empty for what is none.
    pub filename: String,
    /// Its headers; of the whole, those of the message.
    pub headers: Vec<Header>,
    /// Its content.
    pub body: Body,
    /// The parts in it.
    pub parts: Vec<Part>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Header {
    /// As in `Subject`.
    pub name: String,
    /// Its value, unfolded.
    pub value: String,
}

/// A part's content: here, or under an id of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Body {
    /// Where to fetch it, if it is not here.
    pub attachment_id: Option<AttachmentId>,
    /// How many bytes it has.
    pub size: u64,
    /// It, without its transfer encoding.
    #[serde(deserialize_with = "base64url::field")]
    pub data: Option<Vec<u8>>,
}

/// How much of a message to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format<'a> {
    /// Ids, labels, snippet, size.
    Minimal,
    /// And the parts.
    Full,
    /// And the message as it came. Threads do not have it.
    Raw,
    /// And these headers; all of them if none is named.
    Metadata(&'a [&'a str]),
}

impl Format<'_> {
    /// As it stands in a query.
    pub(super) fn query(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Minimal => vec![("format", "minimal")],
            Self::Full => vec![("format", "full")],
            Self::Raw => vec![("format", "raw")],
            Self::Metadata(headers) => {
                let headers = headers.iter().map(|header| ("metadataHeaders", *header));
                std::iter::once(("format", "metadata")).chain(headers).collect()
            }
        }
    }
}

/// An int64, which JSON's numbers do not hold, comes as a text. A date that is none is no reason to lose a message.
fn millis<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let date = serde_json::Value::deserialize(from)?;
    Ok(date.as_i64().or_else(|| date.as_str()?.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_message_is_mapped_as_it_stands() {
        let said = json!({"id": "m", "threadId": "t", "labelIds": ["INBOX", "UNREAD"], "snippet": "Hi &amp; bye",
            "historyId": "18446744073709551616", "internalDate": "1700000000000", "sizeEstimate": 1234, "new": [1],
            "payload": {"partId": "", "mimeType": "multipart/mixed", "filename": "",
                "headers": [{"name": "Subject", "value": "Grüße"}, {"name": "message-id", "value": "<a@b>"}],
                "body": {"size": 0}, "parts": [
                    {"partId": "0", "mimeType": "text/plain", "body": {"size": 2, "data": "SGk"}},
                    {"partId": "1", "filename": "a.pdf", "body": {"size": 9, "attachmentId": "ANG"}}]}});
        let message: Message = serde_json::from_value(said).unwrap();
        assert_eq!(message.history_id.as_ref().unwrap().as_str(), "18446744073709551616");
        assert_eq!((message.internal_date, message.size_estimate), (Some(1_700_000_000_000), Some(1234)));
        assert_eq!((message.header("Message-ID"), message.header("To")), (Some("<a@b>"), None));
        assert!(message.is_labelled("UNREAD") && !message.is_labelled("SENT"));
        let parts = &message.payload.unwrap().parts;
        assert_eq!(parts[0].body.data.as_deref(), Some(b"Hi".as_slice()));
        assert_eq!((parts[1].filename.as_str(), parts[1].body.data.as_ref()), ("a.pdf", None));
        assert_eq!(parts[1].body.attachment_id.as_ref().unwrap().as_str(), "ANG");
    }

    #[test]
    fn a_message_without_ids_is_none() {
        for said in [json!({}), json!({"id": "m"}), json!({"id": "", "threadId": "t"}), json!([]), json!(null)] {
            assert!(serde_json::from_value::<Message>(said.clone()).is_err(), "{said}");
        }
        for date in [json!("soon"), json!(null), json!(1.5), json!({})] {
            let message = serde_json::from_value::<Message>(json!({"id": "m", "threadId": "t", "internalDate": date}));
            assert_eq!(message.unwrap().internal_date, None);
        }
        assert!(serde_json::from_value::<Message>(json!({"id": "m", "threadId": "t", "raw": "!"})).is_err());
    }

    #[test]
    fn parts_without_end_are_refused_and_not_followed() {
        let deep = format!("{}{}", r#"{"parts":["#.repeat(100_000), "]}".repeat(100_000));
        assert!(serde_json::from_str::<Part>(&deep).is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(|b| json!(b)),
            any::<i64>().prop_map(|n| json!(n)),
            "[A-Za-z0-9_=!-]{0,12}".prop_map(|text| json!(text)),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let name = prop_oneof![
                Just("id"),
                Just("threadId"),
                Just("labelIds"),
                Just("payload"),
                Just("parts"),
                Just("headers"),
                Just("body"),
                Just("data"),
                Just("raw"),
                Just("internalDate"),
                Just("size"),
                Just("name"),
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
                proptest::collection::btree_map(name.prop_map(str::to_owned), inner, 0..6).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(said in any_json()) {
            if let Ok(message) = serde_json::from_value::<Message>(said) {
                let _ = message.header("Subject");
            }
        }
    }
}
