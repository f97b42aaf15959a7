//! What crosses a door about accounts: who is here, signing in, what was granted, and the clients that sign people in. No token and
//! no client secret is in any of it.

use super::{EmailAddress, UnixMillis};
use crate::error::ErrorCode;
use crate::ids::AccountId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Who vouches for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum IdentityProvider {
    Google,
    Microsoft,
    Github,
}

impl IdentityProvider {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::Google, Self::Microsoft, Self::Github];

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::Github => "GitHub",
        }
    }
}

/// An account: the boundary no mail, memory, cache, limit or key crosses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// Who vouches for it; `None`: a local account, with no provider at all.
    pub provider: Option<IdentityProvider>,
    /// What the person calls it; empty: by its address, or “On this machine”.
    pub label: String,
    /// Its colour in lists.
    pub colour: Colour,
    /// Whether it is the one Epistle opens with.
    pub default: bool,
    /// Whether it is signed in.
    pub state: AccountState,
    /// What the provider was asked for and gave.
    pub granted: Vec<Grant>,
    /// Who it is, as last told.
    pub profile: Profile,
    /// When it was added.
    pub added: UnixMillis,
}

/// Colours an account can have; the page's tokens say what each looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Colour {
    #[default]
    Wax,
    Moss,
    Slate,
    Plum,
    Amber,
    Teal,
}

impl Colour {
    /// All of them, in the order they are given out.
    pub const ALL: [Self; 6] = [Self::Wax, Self::Moss, Self::Slate, Self::Plum, Self::Amber, Self::Teal];
}

/// Whether an account's provider still knows us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum AccountState {
    /// A local account: there is nothing to sign in to.
    Local,
    /// Signed in.
    SignedIn,
    /// The person signed out. Its mail and drafts are here.
    SignedOut {
        /// Whether the provider was told. Where not, access can be taken back on its own page.
        revoked: bool,
    },
    /// The provider no longer accepts what it gave. Its mail and drafts are here, and what waits goes on waiting.
    SignInAgain {
        /// Why, as far as can be told.
        reason: SignInAgainReason,
        /// Since when.
        since: UnixMillis,
    },
}

/// Why a provider stops accepting a refresh token. Providers say only `invalid_grant` (RFC 6749 §5.2); the reason is told from what
/// they add and from the token's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SignInAgainReason {
    /// Access was taken back, the password was changed, or it was unused for long.
    Revoked,
    /// It ended about seven days after sign-in: a Google consent screen in Testing mode.
    TestingMode,
    /// The provider wants the person to prove again who they are (a second factor, a policy).
    ProveAgain,
    /// The token is no longer in the keyring.
    TokenLost,
}

/// What a feature needs of a provider. Each is asked for when it is first needed, and not before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Who they are: name, address, picture.
    Profile,
    /// Read their mail.
    ReadMail,
    /// Write drafts and send what they approve.
    SendMail,
    /// Archive, delete, star and label their mail.
    OrganiseMail,
}

/// Who an account is, as its provider last said. Kept, so that it is there at once; asked again in the background.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Profile {
    /// The display name.
    pub name: Option<String>,
    /// The address.
    pub address: Option<EmailAddress>,
    /// The picture, as a `data:` address that needs no network; at most 64 KiB of image.
    pub picture: Option<String>,
    /// What stands under a letter.
    pub signature: Option<String>,
    /// The locale (BCP 47).
    pub locale: Option<String>,
    /// The time zone (IANA).
    pub time_zone: Option<String>,
    /// When the provider last said so; `None`: never, or a local account.
    pub as_of: Option<UnixMillis>,
}

/// What a person changed of an account. Fields left `None` stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct AccountEdit {
    /// What it is called.
    pub label: Option<String>,
    /// Its colour.
    pub colour: Option<Colour>,
    /// What stands under a letter; empty: nothing.
    pub signature: Option<String>,
}

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SignInWay {
    /// In the system's browser, answered to a port on this machine (RFC 8252).
    Browser,
    /// With a short code typed on any device (RFC 8628).
    Device,
}

/// A sign-in that is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SignInRequest {
    /// With whom.
    pub provider: IdentityProvider,
    /// How.
    pub way: SignInWay,
    /// What it is for, besides the profile.
    pub grants: Vec<Grant>,
    /// The account to sign in again, or to ask more for; `None`: whoever signs in, an account of theirs is made or found.
    pub account: Option<AccountId>,
}

/// What a sign-in tells while it waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SignInEvent {
    /// The address to open in the browser. The door opens it; the person can open it again.
    Address {
        /// The provider's page.
        address: String,
        /// What is asked for.
        grants: Vec<Grant>,
        /// When the waiting ends.
        until: UnixMillis,
    },
    /// The code to type at the provider's page.
    Code {
        /// The code.
        code: String,
        /// Where to type it.
        address: String,
        /// When it ends.
        until: UnixMillis,
    },
    /// Something came to the port that was not this sign-in's answer. It was refused; the waiting goes on.
    Refused {
        /// Why.
        code: ErrorCode,
    },
    /// The person said yes; the provider is being asked for the tokens.
    Finishing,
}

/// The client that signs people in with a provider, as registered with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OauthClient {
    /// With whom.
    pub provider: IdentityProvider,
    /// Its id there; empty: none yet.
    pub client_id: String,
    /// Whether a secret is known. It never comes back.
    pub has_secret: bool,
    /// Where the id comes from.
    pub from: OauthClientFrom,
    /// Whether a browser sign-in can begin with it.
    pub browser: bool,
    /// Whether a sign-in by code can begin with it.
    pub device: bool,
    /// What the provider has to give.
    pub grants: Vec<Grant>,
}

/// Where a client's id comes from, the first that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OauthClientFrom {
    /// `GOOGLE_CLIENT_ID` and its like.
    Environment,
    /// Kept here: typed, or dropped as a file.
    Settings,
    /// `config/oauth_config.json` in the data folder.
    OauthConfig,
    /// `gmail_credentials.json` in the data folder or its `config`.
    GmailCredentials,
    /// Nowhere.
    Nowhere,
}

/// Where a provider is reached, and how. Each address is https, or http on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct IdentityProviderSettings {
    /// The client's id, where it was typed here; the secret is in the keyring, or sealed in the store.
    pub client_id: String,
    /// The port of the redirect address; `None`: any free one. A “web” client registered for one port needs it.
    pub redirect_port: Option<u16>,
    /// The issuer (`iss`); `{tenantid}` stands for the token's own tenant. Empty: the provider gives no id_token.
    pub issuer: String,
    /// The authorization endpoint.
    pub authorization: String,
    /// The token endpoint.
    pub token: String,
    /// The keys that sign id_tokens; empty: none.
    pub jwks: String,
    /// Where the profile is.
    pub userinfo: String,
    /// The device authorization endpoint; empty: none.
    pub device: String,
    /// The revocation endpoint; empty: none.
    pub revocation: String,
}

/// The identity providers, as reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct IdentitySettings {
    pub google: IdentityProviderSettings,
    pub microsoft: IdentityProviderSettings,
    pub github: IdentityProviderSettings,
}

/// What stands at the door: whether people can sign in at all, and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignInState {
    /// Whether `DISABLE_OAUTH` hides it all.
    pub off: bool,
    /// The clients, in the order of [`IdentityProvider`].
    pub clients: Vec<OauthClient>,
}
