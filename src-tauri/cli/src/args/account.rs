//! What can be typed about accounts.

use super::one_of;
use clap::{Subcommand, ValueEnum};
use epistle_engine::api::{Colour, Grant, IdentityProvider, SmtpAuth, SmtpSecurity};

/// What can be asked for besides who somebody is.
const GRANTS: &[Grant] = &[Grant::ReadMail, Grant::SendMail, Grant::OrganiseMail];

#[derive(Debug, clap::Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    pub(crate) action: AccountAction,
}

/// ACCOUNT is an id, an address, a name, or PROVIDER/ADDRESS where an address stands at several.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountAction {
    /// Sign in with a provider, or add an account that is on this machine only.
    Add(Add),
    /// List the accounts.
    List {
        /// Ask each provider again who it is.
        #[arg(long)]
        refresh: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Open with this account from now on.
    Default {
        /// Which.
        account: String,
    },
    /// Delete an account and everything of it from this machine.
    Remove {
        /// Which.
        account: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Hand back what the provider gave, and keep the mail and drafts.
    SignOut {
        /// Which.
        account: String,
    },
    /// Change what an account is called, its colour, or what stands under its letters.
    Edit(Edit),
    /// Put the accounts in this order; those not named come after.
    Order {
        /// Which, the first first.
        #[arg(required = true, value_name = "ACCOUNT")]
        accounts: Vec<String>,
    },
    /// Show or set the client that signs people in with a provider.
    #[command(override_usage = "epistle account client\n       \
                                epistle account client PROVIDER set ID     (the secret is read from standard input)\n       \
                                epistle account client PROVIDER forget\n       \
                                epistle account client FILE.json")]
    Client(Client),
    /// Show or set the mail server an account's mail leaves by, where it leaves by SMTP.
    #[command(override_usage = "epistle account smtp [ACCOUNT]\n       \
                                epistle account smtp [ACCOUNT] --on [--host HOST] [--port PORT] [--security HOW] [--user NAME] [--auth WITH]\n       \
                                epistle account smtp [ACCOUNT] --password     (the password is read from standard input)\n       \
                                epistle account smtp [ACCOUNT] --check | --off | --forget-password")]
    Smtp(Smtp),
    /// Close Epistle to everybody until somebody unlocks it.
    Lock,
    /// Open it again.
    Unlock {
        /// With the recovery code, read from standard input or asked for.
        #[arg(long)]
        recovery_code: bool,
    },
    /// Make a recovery code, in place of an older one. It is shown this once.
    RecoveryCode,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// With whom.
    pub(crate) with: With,
    /// Print the address to open, and open no browser.
    #[arg(long, conflicts_with = "device")]
    pub(crate) no_browser: bool,
    /// Sign in with a short code typed on any device.
    #[arg(long)]
    pub(crate) device: bool,
    /// What else to ask for besides who you are.
    #[arg(long = "for", value_parser = one_of(GRANTS), value_delimiter = ',', value_name = "WHAT")]
    pub(crate) what_for: Vec<Grant>,
    /// The account to sign in again, or to ask more for.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) again: Option<String>,
    /// What a local account is called.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) label: String,
    /// One JSON object a line: the address or the code, what happens, the account.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Edit {
    /// Which.
    pub(crate) account: String,
    /// What it is called; empty: by its address.
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Its colour.
    #[arg(long, value_parser = one_of(&Colour::ALL))]
    pub(crate) colour: Option<Colour>,
    /// What stands under its letters; empty: nothing.
    #[arg(long)]
    pub(crate) signature: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Client {
    /// A provider, or a file as Google's console gives it.
    #[arg(value_name = "PROVIDER|FILE")]
    pub(crate) what: Option<String>,
    /// What to do with the provider's client.
    #[arg(value_enum, requires = "what")]
    pub(crate) action: Option<ClientAction>,
    /// The client's id.
    pub(crate) id: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Smtp {
    /// Which account; the one at work, where none is named.
    #[arg(value_name = "ACCOUNT")]
    pub(crate) which: Option<String>,
    /// Send by it from now on. What is not said is proposed by the account's address, where its provider is known.
    #[arg(long, conflicts_with = "off")]
    pub(crate) on: bool,
    /// Send by it no more. The settings and the password stay.
    #[arg(long)]
    pub(crate) off: bool,
    /// The server's name.
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Its port.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// How the connection is made private; none is for this machine only.
    #[arg(long, value_parser = one_of(&[SmtpSecurity::Tls, SmtpSecurity::Starttls, SmtpSecurity::None]))]
    pub(crate) security: Option<SmtpSecurity>,
    /// The name to sign in with; empty: the account's address.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// What to sign in with; oauth: the token of the account's sign-in.
    #[arg(long, value_parser = one_of(&[SmtpAuth::Password, SmtpAuth::Oauth]))]
    pub(crate) auth: Option<SmtpAuth>,
    /// Keep a password for it, read from standard input or asked for.
    #[arg(long, conflicts_with = "forget_password")]
    pub(crate) password: bool,
    /// Forget the password.
    #[arg(long)]
    pub(crate) forget_password: bool,
    /// Connect and sign in, and send nothing.
    #[arg(long)]
    pub(crate) check: bool,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientAction {
    Set,
    Forget,
}

/// Who vouches for a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum With {
    Google,
    Github,
    Microsoft,
    /// Nobody: an account on this machine only.
    Local,
}

impl With {
    /// The provider, where there is one.
    pub(crate) fn provider(self) -> Option<IdentityProvider> {
        match self {
            Self::Google => Some(IdentityProvider::Google),
            Self::Github => Some(IdentityProvider::Github),
            Self::Microsoft => Some(IdentityProvider::Microsoft),
            Self::Local => None,
        }
    }
}
