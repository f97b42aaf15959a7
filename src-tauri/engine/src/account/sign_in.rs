//! Signing in: the page in the person's own browser or a code to type, the answer, the tokens, who it is, and their account. Nothing is kept
//! before all of it is proved, and it never opens a browser: the door does.

use super::party::Party;
use super::registry::{AccountRow, Identity, blocking};
use super::{clients, scopes, tokens};
use crate::Engine;
use crate::api::{
    Account, AccountState, EmailAddress, Grant, IdentityProvider, Person, Profile, SignInEvent, SignInRequest,
    SignInWay, UnixMillis,
};
use crate::error::{Error, Result, SignInKind, SignInTrouble};
use crate::ids::AccountId;
use epistle_wire::Base;
use epistle_wire::oauth::authorize::{self, Wish};
use epistle_wire::oauth::{
    self, Claims, Ending, Listening, Pending, Receiver, Seed, Token, Tokens, device, exchange, id_token, pkce,
};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long a sign-in waits for the person. Long enough for a forgotten password, short enough that no port stands open all day.
const PATIENCE: Duration = Duration::from_secs(600);

/// Who hears of a sign-in's steps.
pub type Tell<'a> = &'a (dyn Fn(SignInEvent) + Send + Sync);

/// What a provider calls itself in a redirect's path: each has its own, against mix-up (RFC 9700 §4.4).
fn slug(provider: IdentityProvider) -> &'static str {
    match provider {
        IdentityProvider::Google => "google",
        IdentityProvider::Microsoft => "microsoft",
        IdentityProvider::Github => "github",
    }
}

/// The path of a provider's redirect address.
pub(super) fn path_of(provider: IdentityProvider) -> String {
    format!("/callback/{}", slug(provider))
}

/// What came of it at the provider, proved.
struct Proved {
    identity: Identity,
    profile: Profile,
    picture: Option<url::Url>,
    tokens: Tokens,
    granted: Vec<Grant>,
}

impl Engine {
    /// Signs somebody in, and gives their account: the one asked for, the one they have here, or a new one. Waits up to ten minutes.
    ///
    /// # Errors
    /// `sign_in_off`, `client_missing`; a `sign_in_…` code for what came instead of an account, and then nothing was kept; `cancelled`;
    /// the keyring's; `not_found` for an account that is not there.
    pub async fn sign_in(&self, request: &SignInRequest, tell: Tell<'_>, stop: &CancellationToken) -> Result<Account> {
        if clients::turned_off() {
            return Err(Error::SignInOff);
        }
        let engine = self.clone();
        let provider = request.provider;
        let party = blocking(move || engine.party(provider)).await?;
        let grants = self.wanted(request)?;
        let attempt = Attempt { engine: self, party: &party, request, grants: &grants, tell, stop };
        match request.way {
            SignInWay::Browser => attempt.by_browser().await,
            SignInWay::Device => attempt.by_device().await,
        }
    }

    /// What is asked for: what the request names, and what the account was granted before, or a provider might take it back.
    fn wanted(&self, request: &SignInRequest) -> Result<Vec<Grant>> {
        let mut grants = match request.account {
            Some(account) => self.account_row(account)?.granted,
            None => Vec::new(),
        };
        grants.push(Grant::Profile);
        grants.extend(&request.grants);
        grants.sort_unstable();
        grants.dedup();
        Ok(grants)
    }

    /// The address the person is expected to sign in with, where an account of theirs is signed in again.
    fn hint(&self, request: &SignInRequest) -> Result<Option<String>> {
        let Some(account) = request.account else { return Ok(None) };
        Ok(self.account_row(account)?.profile.address.map(String::from))
    }

    /// Keeps what was proved: the tokens first, then the account they open.
    async fn settle(&self, wanted: Option<AccountId>, proved: Proved, party: &Party) -> Result<Account> {
        let engine = self.clone();
        let picture = proved.picture.clone();
        let account = blocking(move || engine.settle_now(wanted, proved)).await?;
        let Some(picture) = picture else { return Ok(account) };
        match super::profile::picture(&party.http, &picture).await {
            Some(shown) => {
                self.change_account(account.id, |row| row.profile.picture = Some(shown))?;
                self.account_of(account.id)
            }
            None => Ok(account),
        }
    }

    fn settle_now(&self, wanted: Option<AccountId>, proved: Proved) -> Result<Account> {
        let theirs = self.account_by_identity(&proved.identity)?;
        let account = match wanted {
            Some(wanted) => Some(self.belongs(wanted, &proved.identity, theirs)?),
            None => theirs,
        };
        match account {
            Some(account) => {
                let row = joined(self.account_row(account)?, &proved);
                self.keep_tokens(account, &proved.tokens, crate::now())?;
                self.change_account(account, |kept| *kept = row)?;
                let signed_in = self.account_of(account)?;
                self.write_as(account, &signed_in.profile)?;
                Ok(signed_in)
            }
            None => {
                let account = AccountId::random()?;
                self.store().make_account(account, |_| Ok(()))?;
                self.keep_tokens(account, &proved.tokens, crate::now())?;
                let made = self.list_account(account, joined(AccountRow::default(), &proved))?;
                self.write_as(account, &made.profile)?;
                Ok(made)
            }
        }
    }

    /// Whether somebody may be signed in to this account: it is theirs, or a local one that nobody vouches for yet.
    fn belongs(&self, wanted: AccountId, identity: &Identity, theirs: Option<AccountId>) -> Result<AccountId> {
        let vouched = self.account_row(wanted)?.identity;
        let theirs_elsewhere = theirs.is_some_and(|theirs| theirs != wanted);
        if theirs_elsewhere || vouched.is_some_and(|other| other != *identity) {
            return Err(SignInTrouble { provider: identity.provider, kind: SignInKind::OtherPerson }.into());
        }
        Ok(wanted)
    }

    /// An account writes as who signed in, and as whoever else it wrote as before.
    fn write_as(&self, account: AccountId, profile: &Profile) -> Result<()> {
        let Some(address) = profile.address.clone() else { return Ok(()) };
        let engine = self.in_account(account)?;
        let mut settings = engine.settings()?;
        if settings.me.iter().any(|known| known.address.folded() == address.folded()) {
            return Ok(());
        }
        settings.me.push(Person { name: profile.name.clone(), address });
        engine.set_settings(settings).map(drop)
    }
}

/// What came to the port and was not the answer.
type Refusals = mpsc::UnboundedReceiver<oauth::Kind>;

/// One sign-in on its way.
struct Attempt<'a> {
    engine: &'a Engine,
    party: &'a Party,
    request: &'a SignInRequest,
    grants: &'a [Grant],
    tell: Tell<'a>,
    stop: &'a CancellationToken,
}

impl Attempt<'_> {
    async fn by_browser(&self) -> Result<Account> {
        let party = self.party;
        keeps_the_challenge(party).await?;
        let receiver = Receiver::bind(slug(party.provider), party.redirect_port).await;
        let receiver = receiver.map_err(|e| party.trouble(e.kind()))?;
        let hint = self.engine.hint(self.request)?;
        let wish = Wish {
            redirect: receiver.redirect(),
            scopes: &scopes::scopes(party.provider, self.grants)?,
            extra: &scopes::parameters(party.provider)?,
            login_hint: hint.as_deref(),
        };
        let (address, pending) = authorize::begin(&party.endpoints, &party.credentials, &wish, &seed()?);
        let (refused, mut refusals) = mpsc::unbounded_channel();
        let mut listening = receiver.listen(&pending, move |kind| {
            let _ = refused.send(kind); // nobody listens any more: it is over
        });
        let until = crate::now() + millis(PATIENCE);
        (self.tell)(SignInEvent::Address { address: address.into(), grants: self.grants.to_vec(), until });
        let ended = self.through(&mut listening, &mut refusals, &pending).await;
        listening.close().await;
        ended
    }

    /// From the answer to the account, with the port open all the while: a second answer is told what it is.
    async fn through(&self, listening: &mut Listening, refusals: &mut Refusals, pending: &Pending) -> Result<Account> {
        let party = self.party;
        let answer = self.answer(listening, refusals).await?;
        (self.tell)(SignInEvent::Finishing);
        let code = answer.code().clone();
        let finishing = async {
            let tokens = exchange::code(&party.http, &party.endpoints, &party.credentials, pending, &code).await;
            self.finish(tokens, Some(pending.nonce())).await
        };
        tokio::pin!(finishing);
        let ended = loop {
            tokio::select! {
                ended = &mut finishing => break ended,
                Some(kind) = refusals.recv() => self.refused(kind),
            }
        };
        answer.tell(match &ended {
            Ok(_) => Ending::SignedIn,
            Err(error) => Ending::Failed(party.kind_of(error)),
        });
        ended
    }

    fn refused(&self, kind: oauth::Kind) {
        (self.tell)(SignInEvent::Refused { code: self.party.trouble(kind).code() });
    }

    /// Waits for the browser to come back, past whatever else comes to the port.
    async fn answer(&self, listening: &mut Listening, refusals: &mut Refusals) -> Result<oauth::Answer> {
        let patience = tokio::time::sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            tokio::select! {
                answer = listening.answer() => return answer.map_err(|e| self.party.trouble(e.kind())),
                Some(kind) = refusals.recv() => self.refused(kind),
                () = self.stop.cancelled() => return Err(Error::Cancelled),
                () = &mut patience => return Err(self.party.trouble(oauth::Kind::TimedOut)),
            }
        }
    }

    async fn by_device(&self) -> Result<Account> {
        let party = self.party;
        let asked = scopes::scopes(party.provider, self.grants)?;
        let begun = device::begin(&party.http, &party.endpoints, &party.credentials, &asked).await;
        let grant = begun.map_err(|e| party.trouble(e.kind()))?;
        (self.tell)(SignInEvent::Code {
            code: grant.user_code.expose().to_owned(),
            address: grant.verification.to_string(),
            until: crate::now() + millis(grant.expires_in),
        });
        let tokens = tokio::select! {
            tokens = device::poll(&party.http, &party.endpoints, &party.credentials, &grant) => tokens,
            () = self.stop.cancelled() => return Err(Error::Cancelled),
        };
        (self.tell)(SignInEvent::Finishing);
        self.finish(tokens, None).await
    }

    async fn finish(&self, tokens: Result<Tokens, oauth::Fault>, nonce: Option<&Token>) -> Result<Account> {
        let tokens = tokens.map_err(|e| self.party.trouble(e.kind()))?;
        let proved = prove(self.party, tokens, nonce).await?;
        self.engine.settle(self.request.account, proved, self.party).await
    }
}

/// A provider whose metadata says that it does not keep an S256 challenge is not signed in with. One that says nothing, or has no such page,
/// makes no statement (RFC 8414 §2; Microsoft publishes none, and keeps it).
async fn keeps_the_challenge(party: &Party) -> Result<()> {
    let Some(issuer) = party.endpoints.issuer.as_deref().filter(|issuer| !issuer.contains('{')) else { return Ok(()) };
    let Ok(base) = Base::parse(issuer) else { return Ok(()) };
    let Ok(metadata) = Base::parse(base.join(&[".well-known", "openid-configuration"]).as_str()) else { return Ok(()) };
    match pkce::stated(&party.http, &metadata, issuer).await {
        Err(fault) if matches!(fault.kind(), oauth::Kind::PkceDropped | oauth::Kind::OtherIssuer) => {
            Err(party.trouble(fault.kind()))
        }
        _ => Ok(()),
    }
}

/// Who signed in, proved by the id_token where the provider gives one. What the profile says of somebody else is not used
/// (OpenID Connect Core §5.3.2).
async fn prove(party: &Party, tokens: Tokens, nonce: Option<&Token>) -> Result<Proved> {
    let claims = match party.keys() {
        Some(keys) => {
            let token = tokens.id_token.as_ref().ok_or_else(|| party.trouble(oauth::Kind::TokenUnreadable))?;
            let expected = id_token::Expected {
                issuer: party.endpoints.issuer.as_deref().unwrap_or_default(),
                client_id: &party.credentials.id,
                nonce,
                now: crate::now() / 1_000,
            };
            let claims = id_token::verify(&party.http, &keys, token, &expected).await;
            Some(claims.map_err(|e| party.trouble(e.kind()))?)
        }
        None => None,
    };
    let told = oauth::profile::fetch_profile(&party.http, &party.endpoints.userinfo, &tokens.access).await;
    let granted = scopes::grants(party.provider, &tokens.scopes)?;
    let (subject, issuer, told) = match (claims, told) {
        (Some(claims), told) => {
            let told = told.ok().filter(|told| told.subject == claims.subject).unwrap_or_else(|| of_claims(&claims));
            (claims.subject, claims.issuer, told)
        }
        (None, Ok(told)) => (told.subject.clone(), String::new(), told),
        (None, Err(fault)) => return Err(party.trouble(fault.kind())),
    };
    let picture = told.picture.as_deref().and_then(|text| url::Url::parse(text).ok());
    let profile = super::profile::of(party.provider, &told, crate::now());
    Ok(Proved { identity: Identity { provider: party.provider, issuer, subject }, profile, picture, tokens, granted })
}

fn of_claims(claims: &Claims) -> oauth::Profile {
    oauth::Profile {
        subject: claims.subject.clone(),
        email: claims.email.clone(),
        email_verified: claims.email_verified,
        name: claims.name.clone(),
        picture: claims.picture.clone(),
        locale: claims.locale.clone(),
    }
}

/// An account's row after its person signed in. What they set themselves stays.
fn joined(row: AccountRow, proved: &Proved) -> AccountRow {
    AccountRow {
        identity: Some(proved.identity.clone()),
        state: AccountState::SignedIn,
        granted: proved.granted.clone(),
        profile: super::profile::renewed(&row.profile, proved.profile.clone()),
        signed_in: crate::now(),
        lasting: tokens::lasts(&proved.tokens),
        scopes: proved.tokens.scopes.clone(),
        ..row
    }
}

fn seed() -> Result<Seed> {
    let mut bytes = [[0; 32]; 3];
    for part in &mut bytes {
        getrandom::fill(part).map_err(|e| Error::internal("no randomness", e))?;
    }
    Ok(Seed::new(bytes))
}

fn millis(time: Duration) -> UnixMillis {
    UnixMillis::try_from(time.as_millis()).unwrap_or(UnixMillis::MAX)
}

/// The address to show and to write as. One that the provider did not prove could be anybody's; Microsoft proves none and says of none
/// whether it did, and there its word is taken. No account is ever found by an address.
pub(super) fn address(provider: IdentityProvider, told: &oauth::Profile) -> Option<EmailAddress> {
    let believed = told.email_verified || provider == IdentityProvider::Microsoft;
    told.email.as_deref().filter(|_| believed)?.parse().ok()
}
