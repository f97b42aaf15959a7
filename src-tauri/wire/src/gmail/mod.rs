//! Gmail's API: one folder a resource, one file a method, named as in <https://developers.google.com/workspace/gmail/api/reference/rest>.
//! It maps JSON to plain structs and back: it parses no mail, keeps nothing, retries nothing, and decides nothing about a send.
//!
//! `ids` and `message`: what is spoken of. `drafts`, `messages`, `threads`, `history`, `labels`, `settings`, `get_profile`: the methods.
//! `transport`: how a call goes out, and whether it may have arrived. `error`: what can come back. `settle`: the questions that a send
//! whose answer was lost is settled by. `quota`: what calls cost.

mod base64url;
pub mod drafts;
mod error;
mod get_profile;
pub mod history;
mod ids;
pub mod labels;
mod list;
mod message;
pub mod messages;
pub mod quota;
pub mod settings;
pub mod settle;
pub mod threads;
mod transport;
mod upload;

pub use error::{Error, Kind};
pub use get_profile::{Profile, get_profile};
pub use ids::{AttachmentId, DraftId, HistoryId, LabelId, MessageId, PageToken, Rfc822Id, ThreadId};
pub use list::Search;
pub use message::{Body, Format, Header, Message, MessageRef, Part};
pub use upload::LARGEST_UPLOAD;

use crate::oauth::Token;
use crate::{Base, Client};

/// Where and as whom to call. Cheap to make: one for each access token.
#[derive(Clone)]
pub struct Gmail {
    /// The client.
    pub client: Client,
    /// The base address, as in `https://gmail.googleapis.com`.
    pub base: Base,
    /// The access token.
    pub access: Token,
}
