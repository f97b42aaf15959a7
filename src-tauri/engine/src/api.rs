//! The operations' request and response types: all that crosses a door, written once, for every door. Plain data, no behaviour
//! beyond parsing. Times are Unix milliseconds; text offsets are UTF-16 code units, because the window counts so.

mod accounts;
mod backup;
mod html;
mod keys;
mod labels;
mod lessons;
mod memory;
mod outbox;
mod outgoing;
mod smtp;
mod suggest;
mod sync;
mod voice;

use crate::error::{Error, Result};
use crate::ids::{AccountId, DraftId, LessonId, MessageId, RevisionId, TemplateId, ThreadId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub use accounts::*;
pub use backup::*;
pub use html::*;
pub use keys::*;
pub use labels::*;
pub use lessons::*;
pub use memory::*;
pub use outbox::*;
pub use outgoing::*;
pub use smtp::*;
pub use suggest::*;
pub use sync::*;
pub use voice::*;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type UnixMillis = i64;

/// An address that was checked once: `local@domain`, domain in lower case. RFC 5321 §4.1.2 without quoted local parts' exotica.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comparisons use: all in lower case, as every large provider treats it.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part after the last `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = || Error::BadAddress { given: text.chars().take(80).collect() };
        let (local, domain) = text.rsplit_once('@').ok_or_else(refuse)?;
        let clean = |part: &str| {
            !part.is_empty()
                && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\\\"@[]".contains(c))
        };
        let labels =
            domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if text.len() > 254 || local.len() > 64 || !clean(local) || !clean(domain) || !labels {
            return Err(refuse());
        }
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)") // addresses do not reach logs
    }
}

/// A person as mail headers name them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Person {
    /// The display name, where there is one.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

// ---------------------------------------------------------------- the state of the house

/// What the foot of the window tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Status {
    /// The account at work.
    pub account: AccountId,
    /// What holds the master key.
    pub key_holder: KeyHolder,
    /// Whether a recovery code was made for the master key.
    pub recovery_code: bool,
    /// Messages in the mailbox.
    pub messages: u64,
    /// Conversations in the mailbox.
    pub threads: u64,
    /// Drafts.
    pub drafts: u64,
    /// Which addresses are "me"; empty until the person said.
    pub me: Vec<Person>,
    /// The model a request with `ModelChoice::Auto` would go to now; `None` means the offline composer.
    pub model: Option<ModelRef>,
    /// Cost of this calendar month's calls in millionths of a US dollar, as far as prices are known.
    pub spent_micros: u64,
}

/// What holds the master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyHolder {
    /// The operating system's keyring.
    Keyring,
    /// A key file sealed with a passphrase (Argon2id).
    Passphrase,
}

/// What is set up, what is missing, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DoctorReport {
    /// The data folder.
    pub home: PathBuf,
    /// One row a part.
    pub items: Vec<DoctorItem>,
}

/// One part of the house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DoctorItem {
    /// The part: `store`, `key`, `me`, `mail`, `templates`, `gemini`, `local_model`, …
    pub part: String,
    /// How it is.
    pub state: DoctorState,
    /// What was found, in a few words without mail content.
    pub found: String,
    /// What to do, where something should be done.
    pub todo: Option<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DoctorState {
    /// It works.
    Ok,
    /// Not set up; everything else works without it.
    Missing,
    /// Set up and not working.
    Broken,
}

// ---------------------------------------------------------------- settings

/// Everything the user can set. The defaults, with what each means, are in `defaults.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which addresses are "me", the first being the one to write from.
    pub me: Vec<Person>,
    /// When to show what would leave the machine.
    pub preview: PreviewPolicy,
    /// What kinds of private data are withheld from models.
    pub withhold: Vec<RedactionKind>,
    /// Which model writes unless a request names one.
    pub model: ModelChoice,
    /// Google's Gemini.
    pub gemini: GeminiSettings,
    /// An OpenAI-style server on the user's own machine.
    pub local_model: LocalModelSettings,
    /// Whether an answer quotes what it answers.
    pub quote: bool,
    /// The server mail leaves by, where it leaves by SMTP.
    pub smtp: SmtpSettings,
    /// The most to spend a calendar month, in millionths of a US dollar; `None`: no limit.
    pub budget_micros: Option<u64>,
    /// How many calls to a model a minute at most.
    pub calls_per_minute: u32,
    /// How long a model may take to begin an answer, in seconds; in its midst it may pause half as long.
    pub answer_seconds: u32,
    /// Light, dark or as the system.
    pub theme: Theme,
    /// Whether the window uses the system's fonts instead of its own.
    pub system_font: bool,
    /// The global shortcut for quick compose, as in `CmdOrCtrl+Shift+E`; empty: none.
    pub quick_shortcut: String,
    /// Whether the person was told that closing the last window leaves the tray.
    pub told_about_tray: bool,
    /// After how many minutes without a sign of life Epistle locks, 1 to 1,440; `None`: never.
    pub lock_minutes: Option<u32>,
    /// How identity providers are reached.
    pub identity: IdentitySettings,
    /// Gmail.
    pub gmail: GmailSettings,
    /// How long a message can be taken back after it was sent, in seconds: 0, 5, 10, 20 or 30.
    pub undo_seconds: u32,
    /// How mail is found by meaning.
    pub embedding: EmbeddingSettings,
    /// What the memory learns and keeps.
    pub memory: MemorySettings,
    /// The window's keys for mail.
    pub keys: KeyBindings,
}

/// How Gmail is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GmailSettings {
    /// Whether it may be used at all.
    pub enabled: bool,
    /// The service's base address; `http` only on loopback.
    pub base: String,
    /// Quota units a minute; `None`: as Google's page says.
    pub units_per_minute: Option<u32>,
    /// A draft goes to Gmail when nobody has changed it for so many seconds: 0 to 3600.
    pub draft_rest_seconds: u32,
}

/// When to show what would leave the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PreviewPolicy {
    /// Before every call to a model that is not on this machine.
    Always,
    /// When the person asks.
    OnRequest,
    /// Not even a button.
    Never,
}

/// Light, dark or as the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// How to reach Gemini. The key is not here: it is in the keyring, or sealed in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GeminiSettings {
    /// Whether it may be used at all.
    pub enabled: bool,
    /// The service's base address; `http` only on loopback.
    pub base: String,
    /// The path's version, as in `v1beta`.
    pub version: String,
    /// The model for short and simple mail.
    pub cheap: String,
    /// The model for long or delicate mail.
    pub strong: String,
}

/// How to reach a model on the user's own machine (Ollama, llama.cpp, LM Studio).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LocalModelSettings {
    /// Whether it may be used at all.
    pub enabled: bool,
    /// The server's base address, as in `http://127.0.0.1:11434/v1`; `http` only on loopback.
    pub base: String,
    /// The model's name there.
    pub model: String,
}

/// Who offers a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Google's Gemini API.
    Gemini,
    /// An OpenAI-style server on the user's own machine.
    Local,
    /// No model: templates and the user's own habits.
    Offline,
}

/// A model, by provider and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct ModelRef {
    /// Who offers it.
    pub provider: Provider,
    /// Its name there; `offline` for the offline composer.
    pub name: String,
}

/// Which model is to write.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ModelChoice {
    /// Epistle chooses: cheap for short and simple, strong for long or delicate, offline where nothing is set up.
    Auto,
    /// The offline composer.
    Offline,
    /// This one.
    Named {
        /// The model.
        model: ModelRef,
    },
}

/// A model as its service lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ModelInfo {
    /// Which one.
    pub model: ModelRef,
    /// The name for people.
    pub title: String,
    /// How many tokens it takes in, where the service says so.
    pub input_tokens: Option<u64>,
    /// Its price, where the price list knows it.
    pub price: Option<Price>,
}

/// A dated price, in millionths of a US dollar a million tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Price {
    /// A million tokens in.
    pub input_micros: u64,
    /// A million tokens out.
    pub output_micros: u64,
    /// The day the price was read.
    pub as_of: String,
    /// Where it was read.
    pub source: String,
}

/// Whether a provider's key is set. The key itself never comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyState {
    /// Whose key.
    pub provider: Provider,
    /// Whether one is set.
    pub set: bool,
    /// Whether it comes from the environment (and so cannot be removed here).
    pub from_environment: bool,
}

// ---------------------------------------------------------------- mailbox

/// What to take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ImportSource {
    /// Files and folders: .mbox, .mbox.gz, .eml, Maildir, folders of these.
    Paths {
        /// Which.
        paths: Vec<PathBuf>,
    },
    /// The sample mailbox that ships with Epistle.
    Sample,
}

/// How far an import is. `seen = imported + already + failed` at all times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportProgress {
    /// Messages met so far.
    pub seen: u64,
    /// New ones taken in.
    pub imported: u64,
    /// Ones that were here before.
    pub already: u64,
    /// Ones that could not be taken in.
    pub failed: u64,
    /// Bytes read of `bytes_total`, as on the disk.
    pub bytes_done: u64,
    /// Bytes on the disk of all files found.
    pub bytes_total: u64,
    /// The file being read (its name, not its path).
    pub file: String,
}

/// How an import ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportReport {
    /// Messages met.
    pub seen: u64,
    /// New ones taken in.
    pub imported: u64,
    /// Ones that were here before.
    pub already: u64,
    /// What could not be taken in, one row a message or file; each is counted in `seen`.
    pub failed: Vec<ImportNote>,
    /// Files met in a folder that are no mail and do not claim to be. They are not counted in `seen`.
    pub ignored: Vec<ImportNote>,
    /// What was taken in as far as it could be read.
    pub damaged: Vec<ImportNote>,
    /// Whether it was stopped before the end; the next run goes on from there.
    pub stopped: bool,
}

/// A place in a source, and what was wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportNote {
    /// File, and message number (from 1) or byte offset in it.
    #[serde(rename = "where")]
    pub place: String,
    /// What was wrong.
    pub why: String,
}

/// An address that may be the user's, with what speaks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct MeCandidate {
    /// Who.
    pub person: Person,
    /// Messages written by this address.
    pub wrote: u64,
    /// Messages addressed to it.
    pub received: u64,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ThreadSummary {
    /// Which.
    pub id: ThreadId,
    /// The subject, without Re: and the like.
    pub subject: String,
    /// Who took part, the latest first.
    pub people: Vec<Person>,
    /// The newest message's time; 0 where no message is dated.
    pub latest: UnixMillis,
    /// How many messages.
    pub messages: u32,
    /// The newest message's first words.
    pub snippet: String,
    /// Whether the newest message is from somebody else, so that an answer may be due.
    pub awaits_me: bool,
    /// The labels of its messages, each once; UNREAD is said by `unread`.
    pub labels: Vec<LabelId>,
    /// Whether something in it is not read yet.
    pub unread: bool,
    /// Whether one of its messages has a star.
    pub starred: bool,
    /// Whether one of its messages has attachments.
    pub has_files: bool,
}

/// One page of a list, and where the next begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ThreadPage {
    /// Newest first.
    pub threads: Vec<ThreadSummary>,
    /// Pass it on to get the next page.
    pub next: Option<u32>,
    /// How many there are in all.
    pub total: u32,
}

/// A conversation with its messages, the oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Thread {
    /// Which.
    pub id: ThreadId,
    /// The subject, without Re: and the like.
    pub subject: String,
    /// The messages.
    pub messages: Vec<Message>,
}

/// A message as it can be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Message {
    /// Its id here.
    pub id: MessageId,
    /// Its Message-ID header, without the angle brackets.
    pub message_id: Option<String>,
    /// Its conversation.
    pub thread: ThreadId,
    /// Who wrote it.
    pub from: Option<Person>,
    /// To whom.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Where answers are wanted, if elsewhere.
    pub reply_to: Vec<Person>,
    /// When, if the message says so.
    pub date: Option<UnixMillis>,
    /// The subject as written.
    pub subject: String,
    /// The text the writer wrote here: quotes and signature taken off, hidden HTML text dropped.
    pub text: String,
    /// The quoted text under or between, as it stood.
    pub quoted: String,
    /// The signature, as it stood.
    pub signature: String,
    /// The language it is written in (BCP 47), where the text is long enough to tell.
    pub language: Option<String>,
    /// Attachments by name.
    pub attachments: Vec<Attachment>,
    /// Remote images that were not loaded.
    pub remote_images: u32,
    /// Whether one of "me" wrote it.
    pub mine: bool,
    /// Its labels, UNREAD among them.
    pub labels: Vec<LabelId>,
    /// Whether it is not read yet.
    pub unread: bool,
}

/// An attachment of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Attachment {
    /// The file's name as the message gives it.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// Bytes, decoded.
    pub size: u64,
}

// ---------------------------------------------------------------- memory

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SearchRequest {
    /// Words, names, "exact phrases", and operators as in Gmail: `from:dana before:2024/06/01 has:attachment -draft`.
    pub query: String,
    /// How many hits at most.
    pub limit: u32,
    /// By what.
    #[serde(default)]
    pub by: SearchBy,
}

/// By what mail is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchBy {
    /// Words and meaning, each as far as the question is for it.
    #[default]
    Both,
    /// Words alone: quicker, for the time until the answer by both is there.
    Words,
    /// Meaning alone, to measure it by.
    Meaning,
}

/// A message found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SearchHit {
    /// Its id here.
    pub id: MessageId,
    /// Its Message-ID header, without the angle brackets.
    pub message_id: Option<String>,
    /// Its conversation.
    pub thread: ThreadId,
    /// The subject as written.
    pub subject: String,
    /// Who wrote it.
    pub from: Option<Person>,
    /// When.
    pub date: Option<UnixMillis>,
    /// The higher the better; comparable within one answer only.
    pub score: f64,
    /// The passage that matches best.
    pub snippet: String,
    /// Why it matched: the words found and where, as in `subject: proposal; text: friday`.
    pub why: String,
}

/// Something mostly done, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Habit {
    /// What.
    pub value: String,
    /// In how many.
    pub times: u32,
    /// Of how many.
    pub of: u32,
}

/// The quartiles of a count of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[allow(missing_docs)]
pub struct WordBand {
    pub low: u32,
    pub median: u32,
    pub high: u32,
}

// ---------------------------------------------------------------- templates

/// A letter with blanks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Template {
    /// Which.
    pub id: TemplateId,
    /// A short name for the command line, as in `follow-up`.
    pub slug: String,
    /// The name.
    pub name: String,
    /// When to use it, in one line.
    pub purpose: String,
    /// Language (BCP 47).
    pub language: String,
    /// The subject; blanks are `{{name}}`.
    pub subject: String,
    /// The body, without greeting and sign-off; blanks are `{{name}}`. A paragraph whose only blanks are optional and empty is left out.
    pub body: String,
    /// The blanks.
    pub variables: Vec<Variable>,
    /// Whether it ships with Epistle (and is not to be changed; save a copy).
    pub builtin: bool,
}

/// A blank in a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Variable {
    /// The name between the braces: letters, digits and `_`.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// What may stand there.
    pub kind: VariableKind,
    /// Whether it must be given.
    pub required: bool,
    /// What stands there if nothing is given.
    pub default: Option<String>,
}

/// What may stand in a blank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum VariableKind {
    /// Any text.
    Text,
    /// A day, given as `YYYY-MM-DD` and written out in the letter's language.
    Date,
    /// A sum with its currency, as in `12,400 EUR`.
    Amount,
    /// A number.
    Number,
    /// One of these.
    Choice {
        /// The choices.
        options: Vec<String>,
    },
}

// ---------------------------------------------------------------- compose

/// What to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct ComposeRequest {
    /// What to say, in the user's own words.
    pub intent: String,
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Blind copies.
    pub bcc: Vec<Person>,
    /// The subject, if the user gave one.
    pub subject: Option<String>,
    /// The tone.
    pub tone: Tone,
    /// The length; `None`: in proportion.
    pub length: Option<Length>,
    /// The language (BCP 47); `None`: as what is answered, else as the intent.
    pub language: Option<String>,
    /// A template to start from.
    pub template: Option<TemplateId>,
    /// Values for its blanks.
    pub values: BTreeMap<String, String>,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// Which model writes; `None`: as in the settings.
    pub model: Option<ModelChoice>,
    /// The draft to write into; `None`: a new one.
    pub draft: Option<DraftId>,
    /// Whether `intent` asks to change the draft's text instead of writing it anew.
    pub revise: bool,
    /// The digest of a preview the person has seen and approved.
    pub approved: Option<String>,
}

impl Default for ComposeRequest {
    fn default() -> Self {
        Self {
            intent: String::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: None,
            tone: Tone::AsIWrite,
            length: None,
            language: None,
            template: None,
            values: BTreeMap::new(),
            answers: None,
            model: None,
            draft: None,
            revise: false,
            approved: None,
        }
    }
}

/// The tone of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// As this user writes to these people.
    AsIWrite,
    /// Plain and brief.
    Direct,
    /// Relaxed, first names.
    Friendly,
    /// Full sentences, no contractions.
    Formal,
    /// Kind, with thanks.
    Warm,
}

/// The length of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Up to about 60 words.
    Short,
    /// Up to about 150 words.
    Medium,
    /// Up to about 350 words.
    Long,
}

/// What a compose tells while it runs, in this order; `Delta` many times, `Retrying` now and then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ComposeEvent {
    /// The draft's row exists from here on.
    Began {
        /// The draft.
        draft: DraftId,
    },
    /// What was gathered.
    Gathered {
        /// The sources.
        sources: Vec<Source>,
        /// How the user writes to these people.
        voice: Option<Box<Voice>>,
    },
    /// Which model writes.
    Chosen {
        /// The model.
        model: ModelRef,
        /// Why, in a few words.
        why: String,
    },
    /// More text.
    Delta {
        /// The text to append.
        text: String,
    },
    /// The text so far is void: the answer begins anew.
    Restarted,
    /// The service asked to wait, or failed in a way that passes.
    Retrying {
        /// After how many milliseconds.
        after_ms: u64,
        /// Which attempt comes then, from 2.
        attempt: u32,
    },
}

/// A letter being written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Draft {
    /// Which.
    pub id: DraftId,
    /// Counts every change; an edit names the one it began from.
    pub version: u32,
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Blind copies.
    pub bcc: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// Which address it leaves from; `None`: the first of the person's.
    pub from: Option<EmailAddress>,
    /// Whether an answer quotes what it answers; `None`: as in the settings.
    pub quote: Option<bool>,
    /// What goes with it, in order.
    pub files: Vec<DraftFile>,
    /// What was asked for last.
    pub request: Option<ComposeRequest>,
    /// Its states kept, the oldest first.
    pub revisions: Vec<Revision>,
    /// What the provider has in its place, where it was changed on both sides and nobody chose yet.
    pub elsewhere: Option<DraftElsewhere>,
    /// Files the provider has with it that are not here, and would not go with it.
    pub missing: Vec<MissingFile>,
    /// When it was heard that the provider has it no more, where that is so and it was not changed here since: it is in no list, and goes for
    /// good a day later. Saving it, with or without a change, keeps it.
    pub gone: Option<UnixMillis>,
    /// What it drew on.
    pub sources: Vec<Source>,
    /// What its text claims, in the order of the text.
    pub claims: Vec<Claim>,
    /// What the check found.
    pub checks: Vec<Check>,
    /// How the text came to be, where a model or the offline composer wrote it.
    pub receipt: Option<Receipt>,
    /// When it was begun.
    pub created: UnixMillis,
    /// When it was last changed.
    pub updated: UnixMillis,
}

/// A draft as it was changed elsewhere, while it was changed here too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftElsewhere {
    /// When it was heard of.
    pub at: UnixMillis,
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Blind copies.
    pub bcc: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The names of the files with it. Those of both versions are with the draft.
    #[serde(default)] // rows from before files came with a draft
    pub files: Vec<String>,
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftSummary {
    /// Which.
    pub id: DraftId,
    /// To whom.
    pub to: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// The first words.
    pub snippet: String,
    /// When it was last changed.
    pub updated: UnixMillis,
    /// Whether its last text was cut off or stopped before its end.
    pub unfinished: bool,
}

/// What a person changed in a draft. Fields left `None` stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftEdit {
    /// The draft; `None`: a new one.
    pub id: Option<DraftId>,
    /// The version the edit began from; `None`: whatever is there.
    pub version: Option<u32>,
    /// Recipients.
    pub to: Option<Vec<Person>>,
    /// Copies.
    pub cc: Option<Vec<Person>>,
    /// Blind copies.
    pub bcc: Option<Vec<Person>>,
    /// The subject.
    pub subject: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The instruction line as it stands, so that it survives a crash too.
    pub intent: Option<String>,
    /// What it answers, for a draft begun from a message.
    pub answers: Option<MessageId>,
    /// Which address it leaves from.
    #[serde(default)]
    pub from: Option<EmailAddress>,
    /// Whether it quotes what it answers.
    #[serde(default)]
    pub quote: Option<bool>,
}

/// The answer to an edit: enough to go on typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Saved {
    /// The draft.
    pub id: DraftId,
    /// Its version now.
    pub version: u32,
    /// When it was committed.
    pub at: UnixMillis,
}

/// A kept state of a draft's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Revision {
    /// Which.
    pub id: RevisionId,
    /// When.
    pub at: UnixMillis,
    /// Who wrote it.
    pub by: Author,
    /// What was asked.
    pub instruction: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Whether it is whole.
    pub finish: Finish,
}

/// Who wrote a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Author {
    /// The person.
    Person,
    /// A model, or the offline composer.
    Model {
        /// Which.
        model: ModelRef,
    },
    /// Whoever changed the draft at the provider: the person, in another program.
    Elsewhere,
}

/// How a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It is whole.
    Complete,
    /// The person stopped it.
    Stopped,
    /// It was cut off: by the service, the network, a limit or a rule.
    Cut,
}

/// Two texts compared: the pieces in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DiffPiece {
    /// In both.
    Same {
        /// The text.
        text: String,
    },
    /// A change: `old` becomes `new`; either may be empty.
    Change {
        /// What stood there.
        old: String,
        /// What would stand there.
        new: String,
    },
}

/// Something a draft drew on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Source {
    /// Short and stable within one draft, as in `s3`; claims name it.
    pub id: String,
    /// What kind.
    pub kind: SourceKind,
    /// The message, where it is one.
    pub message: Option<MessageId>,
    /// The lesson, where it is one.
    #[serde(default)] // drafts from before there were any
    pub lesson: Option<LessonId>,
    /// A title, as in a subject.
    pub title: String,
    /// Who wrote it.
    pub who: Option<Person>,
    /// When.
    pub date: Option<UnixMillis>,
    /// The passage used.
    pub excerpt: String,
    /// What it costs in a prompt, in tokens (estimated).
    pub tokens: u32,
}

/// What kind of thing a draft drew on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// What the user asked for.
    Request,
    /// A message of the conversation being answered.
    Thread,
    /// A message of another conversation with these people.
    Story,
    /// Something this user wrote to this person.
    ToThisPerson,
    /// Something this user wrote to somebody else.
    ToOthers,
    /// A template.
    Template,
    /// The user's own earlier text of this draft.
    Draft,
    /// What the user changed in earlier drafts.
    Lesson,
}

/// A date, amount, link or commitment in a draft's text, and what supports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Claim {
    /// The words.
    pub text: String,
    /// Where they begin, in UTF-16 code units.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// What is claimed.
    pub kind: ClaimKind,
    /// The source that says so (`Source::id`); `None`: found nowhere.
    pub source: Option<String>,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ClaimKind {
    Date,
    Amount,
    Link,
    Address,
    Commitment,
}

/// Something the check found that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// The words it is about, where there are any.
    pub about: String,
}

/// What a check can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Not in the language asked for.
    OtherLanguage,
    /// Longer than asked for.
    TooLong,
    /// Shorter than asked for.
    TooShort,
    /// A blank was left, as in `[date]` or `{{name}}`.
    PlaceholderLeft,
    /// Greets or names somebody who is not among the recipients.
    OtherName,
    /// An address that belongs to nobody in the sources.
    OtherAddress,
    /// A link that was in no source.
    UnknownLink,
    /// A date, amount or commitment found nowhere.
    UnsupportedClaim,
    /// Words before or after the letter itself ("Here is…", "Subject:").
    NotLetter,
    /// More than one sign-off.
    SecondSignOff,
    /// The text ended before its end.
    Unfinished,
    /// Written by the offline composer: a template and the user's habits, no model.
    WrittenOffline,
    /// More than twelve words in a row from a letter to somebody else.
    CopiedFromOthers,
}

/// How a text came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Receipt {
    /// Who wrote it.
    pub model: ModelRef,
    /// Why this one.
    pub why: String,
    /// The host the request went to; `None`: nothing left the machine.
    pub sent_to: Option<String>,
    /// Whether it came from the exact cache, so that nothing was sent this time.
    pub from_cache: bool,
    /// Tokens in, as the service counted (or estimated, where it does not say).
    pub input_tokens: u64,
    /// Tokens out.
    pub output_tokens: u64,
    /// The cost in millionths of a US dollar; `None`: the price list does not know the model.
    pub cost_micros: Option<u64>,
    /// The price used.
    pub price: Option<Price>,
    /// What was withheld from the model.
    pub withheld: Vec<Withheld>,
    /// The digest of what was sent: the same as its preview's.
    pub digest: String,
    /// From request to end, in milliseconds.
    pub took_ms: u64,
    /// How it ended.
    pub finish: Finish,
}

/// How many pieces of one kind were withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Withheld {
    /// The kind.
    pub kind: RedactionKind,
    /// How many different ones.
    pub count: u32,
}

/// Kinds of private data that can be withheld from a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum RedactionKind {
    Phone,
    Iban,
    Card,
    Secret,
    Address,
}

/// Exactly what would leave the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Preview {
    /// Pass it on as `ComposeRequest::approved`; it is void as soon as a byte differs.
    pub digest: String,
    /// The model.
    pub model: ModelRef,
    /// Why this one.
    pub why: String,
    /// The host it would go to; `None`: it stays on this machine.
    pub sent_to: Option<String>,
    /// The instructions, whole.
    pub system: String,
    /// The parts of the prompt, whole, in order.
    pub parts: Vec<PreviewPart>,
    /// What is withheld.
    pub withheld: Vec<Withheld>,
    /// Tokens in, estimated.
    pub input_tokens: u64,
    /// The most it can cost, in millionths of a US dollar; `None`: the price list does not know the model.
    pub cost_micros: Option<u64>,
}

/// A part of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PreviewPart {
    /// Whose words: the user's (`true`) or somebody else's, marked as data.
    pub mine: bool,
    /// The source (`Source::id`), where it comes from one.
    pub source: Option<String>,
    /// The text as it would be sent.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_once() {
        for good in
            ["a@b.co", "  first.last+tag@Sub.Example.COM ", "o'neil@example.com", "üñí@example.com", "root@localhost"]
        {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in ["", "a", "@b.co", "a@", "a b@c.de", "a@b..c", "a@-b.c", "a@b.c>", "a@b@c.de ,", "a\n@b.c"] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
        assert_eq!("Mara@Example.COM".parse::<EmailAddress>().unwrap().as_str(), "Mara@example.com");
    }
}
