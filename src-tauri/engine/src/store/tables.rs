//! Every table there is, with its row type and its key. Nothing else names a table.

use super::{Expiring, Table};
use crate::mailbox::labels::{LabelChangeRow, LabelName, RemoteMessage};
use crate::mailbox::row::{MessageRow, NodeRow, RawMessage, SameSubject, ThreadRow};

/// Small things, by a fixed name. The house's own: `proof`, `rewrite_due`; `local_account` in files from before there could be several.
pub const META: Table<String> = Table::new("meta");
/// The house's: each account's salt, by account id. Without it the account's rows cannot be read again.
pub(super) const ACCOUNT_KEYS: Table<Vec<u8>> = Table::new("account_keys");

/// The house's: which accounts there are, in the person's order. One row, `accounts`.
pub const ACCOUNTS: Table<crate::account::AccountList> = Table::new("accounts");
/// What is known of an account: one row of its own, `account`.
pub const ACCOUNT: Table<crate::account::AccountRow> = Table::new("account");
/// The access token at hand, sealed with its expiry: one row, `access`.
pub const ACCESS: Expiring<crate::account::AccessRow> = Expiring::new("access");
/// The house's: whether Epistle is locked, and when somebody was last seen. One row, `session`.
pub const SESSION: Table<crate::account::SessionRow> = Table::new("session");

/// Drafts, by draft id: the small row a keystroke rewrites.
pub const DRAFTS: Table<crate::compose::rows::DraftRow> = Table::new("drafts");
/// What a draft's text was made from, by draft id.
pub const DRAFT_GROUNDS: Table<crate::compose::rows::DraftGround> = Table::new("draft_grounds");
/// The files that go with a draft, by draft and file id.
pub const DRAFT_FILES: Table<crate::compose::files::FileRow> = Table::new("draft_files");
/// Their bytes in pieces, by draft id, file id and number (big endian).
pub const DRAFT_BYTES: Table<RawMessage> = Table::new("draft_bytes");
/// The addresses a provider lets this account send as: one row, `aliases`.
pub const ALIASES: Table<Vec<crate::compose::senders::Alias>> = Table::new("aliases");
/// A draft's kept states, by draft id and number (big endian).
pub const REVISIONS: Table<crate::api::Revision> = Table::new("revisions");
/// The outbox, by outbox id: when it was queued, and chance. The small row that every step rewrites.
pub const OUTBOX: Table<crate::outbox::rows::OutboxRow> = Table::new("outbox");
/// The bytes that are sent, by outbox id; gone once they were, or are not going to be.
pub const OUTBOX_RAW: Table<RawMessage> = Table::new("outbox_raw");
/// The user's own templates, by template id.
pub const TEMPLATES: Table<crate::api::Template> = Table::new("templates");
/// What was learned from the person's changes to drafts, by lesson id.
pub const LESSONS: Table<crate::memory::lessons::LessonRow> = Table::new("lessons");
/// The changes that led to it, by lesson and draft id; they expire.
pub const LESSON_EVIDENCE: Expiring<crate::api::LessonEvidence> = Expiring::new("lesson_evidence");
/// Which version of a draft was learned from, by draft id; they expire.
pub const LESSONS_DRAWN: Expiring<u32> = Expiring::new("lessons_drawn");
/// What the user says of their own voice, by a keyed hash of whom it is to and the trait.
pub const VOICE_CORRECTIONS: Table<crate::memory::voice::corrections::CorrectionRow> = Table::new("voice_corrections");
/// Whole answers of models, by a keyed hash of the call, its recipients and its conversation; they expire.
pub const LLM_CACHE: Expiring<crate::llm::cache::CachedAnswer> = Expiring::new("llm_cache");
/// One row a call to a model, by year, month, time and chance.
pub const LEDGER: Table<crate::llm::ledger::LedgerRow> = Table::new("ledger");
/// Messages as read, by message id.
pub const MESSAGES: Table<MessageRow> = Table::new("messages");

/// What messages mean: their passages' vectors, by message id and the model's tag.
pub const VECTORS: Table<crate::memory::meaning::VectorRow> = Table::new("vectors");

/// The same messages byte for byte (RFC 5322), by message id, so that nothing is lost in reading.
pub const RAW: Table<RawMessage> = Table::new("raw");

/// Older messages byte for byte, some dozens together, by block id.
pub const BLOCKS: Table<crate::mailbox::blocks::Block> = Table::new("blocks");
/// In which block a message is that has no row in `raw`, by message id.
pub const IN_BLOCK: Table<crate::ids::BlockId> = Table::new("in_block");

/// Senders whose pictures are always shown, by the keyed hash of their address.
pub const IMAGE_SENDERS: Table<crate::api::EmailAddress> = Table::new("image_senders");

/// Conversations, by thread id.
pub const THREADS: Table<ThreadRow> = Table::new("threads");

/// Where each Message-ID's node is now, by node.
pub const NODES: Table<NodeRow> = Table::new("nodes");

/// Messages of one base subject in one 30-day window, by the keyed hash of both.
pub const SUBJECTS: Table<Vec<SameSubject>> = Table::new("subjects");

/// The labels of messages, by message id. A message without a row is read, and in the Inbox or, where it is the person's own, sent.
pub const MESSAGE_LABELS: Table<Vec<crate::api::LabelId>> = Table::new("message_labels");
/// What the person's own labels are called: one row, `labels`.
pub const LABELS: Table<Vec<LabelName>> = Table::new("labels");
/// Under which ids the provider knows a message, by message id.
pub const REMOTE_MESSAGES: Table<RemoteMessage> = Table::new("remote_messages");
/// What the person changed of labels and the provider does not know yet, by time and chance.
pub const LABEL_CHANGES: Table<LabelChangeRow> = Table::new("label_changes");
/// How far the sync with Gmail is: one row, `sync`.
pub const GMAIL_SYNC: Table<crate::mailbox::gmail::SyncRow> = Table::new("gmail_sync");
/// Gmail's messages as they are known here, by a keyed hash of Gmail's id.
pub const GMAIL_MESSAGES: Table<crate::mailbox::gmail::GmailMessage> = Table::new("gmail_messages");
/// Where the attachments of a message that came from Gmail are in it there, by message id.
pub const GMAIL_PARTS: Table<Vec<crate::mailbox::gmail::PartRow>> = Table::new("gmail_parts");
/// Drafts that Gmail has too, by a keyed hash of Gmail's draft id.
pub const GMAIL_DRAFTS: Table<crate::mailbox::gmail::GmailDraft> = Table::new("gmail_drafts");
/// What is known of a draft's way to Gmail, by draft id: its Message-ID there, kept before it is made, and what was written to it last.
pub const GMAIL_PUSHES: Table<crate::mailbox::gmail::PushRow> = Table::new("gmail_pushes");
/// The index of words in pieces, by number (big endian), and whose it is under the empty key. It can be made again from the mail.
pub const WORDS: Table<RawMessage> = Table::new("words");
/// Attachments that were fetched, by message id and number; they expire.
pub const ATTACHMENTS: Expiring<RawMessage> = Expiring::new("attachments");
/// What of the settings differs from the defaults: one row an account, `settings`, and one of the house's for what all accounts share.
pub const SETTINGS: Table<serde_json::Map<String, serde_json::Value>> = Table::new("settings");
/// Which passages are neighbours in meaning, in pieces, by number (big endian); made anew where it is lost.
pub const VECTOR_SNAPSHOT: Table<RawMessage> = Table::new("vector_snapshot");
/// API keys, tokens and client secrets by name, where no keyring holds them.
pub const KEYS: Table<String> = Table::new("keys");
/// Rows that expire, for tests of what becomes of them.
#[cfg(test)]
pub(super) const EXPIRING_FOR_TESTS: Expiring<String> = Expiring::new("test_expiring");
