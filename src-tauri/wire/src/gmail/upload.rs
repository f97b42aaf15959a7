//! How a whole message goes up: small ones inside the JSON, larger ones as media, so that they need no base64.
//! <https://developers.google.com/workspace/gmail/api/guides/uploads>.

use super::base64url::encode;
use super::error::{Error, Kind};
use super::ids::{DraftId, ThreadId};
use super::transport::Call;
use super::{Gmail, drafts::Draft};
use reqwest::Method;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// Gmail takes no larger message (the reference's `maxSize` for media: 35 MB).
pub const LARGEST_UPLOAD: usize = 36_700_160;

/// The guide's bound for a simple upload is 5 MB; JSON is no better at more.
const LARGEST_IN_JSON: usize = 5_000_000;

/// Writes a message into a draft: a new one, or one that is there.
pub(super) async fn draft(
    gmail: &Gmail,
    draft: Option<&DraftId>,
    raw: &[u8],
    thread: Option<&ThreadId>,
) -> Result<Draft, Error> {
    if raw.len() > LARGEST_UPLOAD {
        return Err(Kind::TooLarge.into());
    }
    let (method, segments) = match draft {
        Some(id) => (Method::PUT, vec!["drafts", id.as_str()]),
        None => (Method::POST, vec!["drafts"]),
    };
    call(gmail, method, &segments, raw, thread).read().await
}

fn call<'g>(gmail: &'g Gmail, method: Method, segments: &[&str], raw: &[u8], thread: Option<&ThreadId>) -> Call<'g> {
    let mut said = thread.map_or_else(|| json!({ "message": {} }), |id| json!({ "message": { "threadId": id } }));
    if raw.len() <= LARGEST_IN_JSON {
        said["message"]["raw"] = encode(raw).into();
        return gmail.call(method, segments).json(&said);
    }
    let call = gmail.upload(method, segments);
    if thread.is_none() {
        return call.query([("uploadType", "media")]).body("message/rfc822".into(), raw.to_vec());
    }
    let (content_type, body) = related(&said, raw);
    call.query([("uploadType", "multipart")]).body(content_type, body)
}

/// Two parts: what is said of the message, and the message (RFC 2387). The boundary is made of the message's own hash, so that the
/// message cannot hold it.
fn related(said: &Value, raw: &[u8]) -> (String, Vec<u8>) {
    let hash: String = digest(&SHA256, raw).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let boundary = &hash[..60];
    let head = format!(
        "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{said}\r\n\
         --{boundary}\r\nContent-Type: message/rfc822\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), raw, tail.as_bytes()].concat();
    (format!("multipart/related; boundary={boundary}"), body)
}
