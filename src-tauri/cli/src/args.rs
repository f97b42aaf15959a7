//! What can be typed. Only shapes and help; nothing is looked up here.

mod account;
mod choice;
mod keep;
mod labels;
mod lessons;
mod memory;
mod sending;
mod voice;

pub(crate) use account::*;
pub(crate) use choice::*;
use clap::{Parser, Subcommand};
use epistle_engine::api::{Length, Provider, Tone};
pub(crate) use keep::*;
pub(crate) use labels::*;
pub(crate) use lessons::*;
pub(crate) use memory::*;
pub(crate) use sending::*;
use std::path::PathBuf;
pub(crate) use voice::*;

/// Writes email with you: your intent in, a letter in your voice out.
#[derive(Debug, Parser)]
#[command(name = "epistle", version, arg_required_else_help = true, after_help = AFTER)]
pub(crate) struct Args {
    /// Work in this account: its id, address or name.
    #[arg(long, global = true, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const TONES: &[Tone] = &[Tone::AsIWrite, Tone::Direct, Tone::Friendly, Tone::Formal, Tone::Warm];

const AFTER: &str = "\
EPISTLE_HOME        moves the data folder
EPISTLE_PASSPHRASE  opens the store where there is no keyring
EPISTLE_NO_KEYRING  set to 1: use a passphrase even where there is a keyring
EPISTLE_BACKUP_PASSPHRASE  opens a backup, or is given to one that is made
EPISTLE_ACCOUNT     the account to work in, as --account names it
EPISTLE_LOG         logs to stderr, as in epistle=debug

Exit status: 0 done, 1 error, 2 usage, 3 the data folder is in use or locked, 130 stopped by Ctrl-C.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a letter; it streams to the terminal and is saved as a draft.
    Write(Box<Write>),
    /// Take mail in: .mbox, .mbox.gz, .eml, Maildir, or folders of these.
    Import(Import),
    /// Bring Gmail's mail in, and tell Gmail what changed here.
    Sync(Sync),
    /// Search the mailbox, best first.
    Search(Search),
    /// What was learned of how you write, and setting it right.
    Voice(Voice),
    /// List the drafts, the last changed first.
    Drafts {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show a draft as it would leave.
    Draft(DraftGroup),
    /// Send a draft: it is shown and you are asked, or `--approve` names what you have seen.
    Send(Send),
    /// What waits to be sent, what was sent, and what needs a word of yours.
    Outbox(Outbox),
    /// List the templates.
    Templates {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// List the conversations, newest first.
    Threads(Threads),
    /// List the labels, and how much is under each.
    Labels {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Add and remove labels of conversations.
    Label(Relabel),
    #[command(flatten)]
    Move(Move),
    /// What was learned from your changes to drafts: list, change, forget.
    Lessons(Lessons),
    /// Show a draft, a message or a conversation.
    Show(Show),
    /// Write an attachment of a message to standard output, or to a file.
    Attachment(Attachment),
    /// Keep or forget a provider's API key.
    Key(Key),
    /// Show or change the settings.
    Settings(Settings),
    /// Sign in and out, and say which account is which.
    Account(Account),
    /// Finding mail by what it means: how far it is, and the model that reads the mail.
    Memory(Memory),
    /// Make a backup of all accounts, in one file.
    Backup(Backup),
    /// Restore a backup, proved row by row; nothing that is there is lost.
    Restore(Restore),
    /// Show or change how long mail is kept on this machine, and take away what is older.
    Retention(Retention),
    /// What is set up, what is missing, what to do.
    Doctor {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Write {
    /// A recipient: an address, "Name <address>", or a name from your mail. May be repeated.
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: Vec<String>,
    /// A copy to.
    #[arg(long, value_name = "PERSON")]
    pub(crate) cc: Vec<String>,
    /// A blind copy to.
    #[arg(long, value_name = "PERSON")]
    pub(crate) bcc: Vec<String>,
    /// The subject; left out, Epistle finds one.
    #[arg(long)]
    pub(crate) subject: Option<String>,
    /// What to say, in your own words.
    #[arg(long, required_unless_present = "template", default_value = "", hide_default_value = true)]
    pub(crate) intent: String,
    /// The tone.
    #[arg(long, value_parser = one_of(TONES), default_value = "as-i-write")]
    pub(crate) tone: Tone,
    /// The length; left out, in proportion.
    #[arg(long, value_parser = one_of(&[Length::Short, Length::Medium, Length::Long]))]
    pub(crate) length: Option<Length>,
    /// The language, as in en or pt-BR; left out, that of what is answered.
    #[arg(long)]
    pub(crate) language: Option<String>,
    /// A template, by id or short name (see `epistle templates`).
    #[arg(long, value_name = "ID")]
    pub(crate) template: Option<String>,
    /// A value for one of the template's blanks. May be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// The message to answer: its Message-ID, its id here, or an .eml file.
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) reply_to: Option<String>,
    /// Answer all it went to, not its author alone.
    #[arg(long, requires = "reply_to")]
    pub(crate) all: bool,
    /// A file to go with it. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) attach: Vec<PathBuf>,
    /// Which model writes: auto, offline, gemini/NAME or local/NAME.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Show exactly what would leave the machine, and write nothing.
    #[arg(long)]
    pub(crate) preview: bool,
    /// The digest of a preview you have seen and approve.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) approve: Option<String>,
    /// One JSON object at the end instead of the text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files and folders.
    #[arg(value_name = "PATH", required_unless_present_any = ["me", "sample"])]
    pub(crate) paths: Vec<PathBuf>,
    /// Which address is you; the first is the one to write from. May be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) me: Vec<String>,
    /// Take the sample mailbox in.
    #[arg(long, conflicts_with = "paths")]
    pub(crate) sample: bool,
    /// End with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sync {
    /// Go over all of the mailbox; what is here is not fetched again.
    #[arg(long)]
    pub(crate) full: bool,
    /// Go on looking until Ctrl-C.
    #[arg(long)]
    pub(crate) watch: bool,
    /// End with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// Words, names, "exact phrases", and operators as in Gmail: from:dana before:2024/06/01 has:attachment.
    #[arg(required = true, value_name = "WORDS")]
    pub(crate) query: Vec<String>,
    /// How many at most.
    #[arg(long, default_value_t = 10)]
    pub(crate) limit: u32,
    /// Search at Gmail, in the words of its own search box.
    #[arg(long)]
    pub(crate) server: bool,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// A draft's, message's or conversation's id, or a Message-ID.
    pub(crate) id: String,
    /// A draft as an RFC 5322 message.
    #[arg(long, conflicts_with = "json")]
    pub(crate) eml: bool,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Attachment {
    /// The message, by its id or Message-ID.
    pub(crate) message: String,
    /// Which of its attachments, from 1, as `epistle show` lists them.
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) number: u32,
    /// A file, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) action: KeyAction,
}

/// Who has a key.
const WITH_KEYS: &[Provider] = &[Provider::Gemini, Provider::Local];

#[derive(Debug, Subcommand)]
pub(crate) enum KeyAction {
    /// Keep a key; it is read from standard input, or asked for.
    Set {
        /// Whose.
        #[arg(value_parser = one_of(WITH_KEYS))]
        provider: Provider,
    },
    /// Forget a key.
    Forget {
        /// Whose.
        #[arg(value_parser = one_of(WITH_KEYS))]
        provider: Provider,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[command(subcommand)]
    pub(crate) action: Option<SettingsAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsAction {
    /// Show one setting, as in gemini.base; without a name, all.
    Get {
        /// Which.
        key: Option<String>,
    },
    /// Change one setting; the value is JSON, or plain text.
    Set {
        /// Which.
        key: String,
        /// The value.
        value: String,
    },
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("give it as NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}
