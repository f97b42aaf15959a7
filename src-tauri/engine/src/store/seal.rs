//! Sealing: XChaCha20-Poly1305 with the table and the key as associated data, after zstd where that pays. It never sees a door.
//! A value is `form | expiry, where it has one (8 bytes, clear, authenticated) | nonce (24) | sealed`.

use super::zstd_contexts;
use crate::api::UnixMillis;
use crate::error::{Error, Result};
use crate::ids::AccountId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop};

const PLAIN: u8 = 1;
const ZSTD: u8 = 2;
/// Set in the form where an expiry follows.
const EXPIRES: u8 = 0x80;
const NONCE: usize = 24;
/// Below this many bytes zstd seldom pays.
const WORTH_COMPRESSING: usize = 256;

/// The data folder's master key: 32 random bytes. Every other key comes from it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A fresh key.
    ///
    /// # Errors
    /// `internal` when the operating system gives no randomness.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| Error::internal("no randomness", e))?;
        Ok(Self(bytes))
    }

    /// The key itself, for its keeper.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The key from its keeper; `None` when it is none.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// No key: what is written under it is in clear.
    #[cfg(test)]
    pub(crate) fn sealing_off() -> Self {
        Self([0; 32])
    }

    /// The key of what belongs to no account: the accounts' salts, the proof. Also every account's key in schema 1.
    pub(super) fn unsalted_key(&self, account: AccountId) -> AccountKey {
        #[cfg(test)]
        if self.0 == [0; 32] {
            return AccountKey([0; 32]);
        }
        let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 account key v1");
        hasher.update(&self.0).update(account.as_bytes());
        AccountKey(*hasher.finalize().as_bytes())
    }

    /// An account's key. Without its salt it cannot be had again.
    pub(super) fn account_key(&self, account: AccountId, salt: &[u8]) -> AccountKey {
        #[cfg(test)]
        if self.0 == [0; 32] {
            return AccountKey([0; 32]);
        }
        let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 account key v2");
        hasher.update(&self.0).update(account.as_bytes()).update(salt);
        AccountKey(*hasher.finalize().as_bytes())
    }
}

/// One account's key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct AccountKey([u8; 32]);

impl AccountKey {
    pub(super) fn keyed_hash(&self, purpose: &str, bytes: &[u8]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose.as_bytes()).update(&[0]).update(bytes);
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        short
    }

    pub(super) fn seal<T: Serialize>(
        &self,
        table: &str,
        key: &[u8],
        until: Option<UnixMillis>,
        row: &T,
    ) -> Result<Vec<u8>> {
        let plain = rmp_serde::to_vec_named(row).map_err(|e| Error::internal("encoding a row", e))?;
        let (form, body) = if self.is_off() { (PLAIN, plain) } else { squeeze(plain) };
        self.lock(table, key, &head(form, until), &body)
    }

    pub(super) fn unseal<T: DeserializeOwned>(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<T> {
        let broken = |why: &str| Error::StoreBroken { what: format!("a row of {table}: {why}") };
        let (form, body) = self.unlock(table, key, sealed)?;
        let plain = match form & !EXPIRES {
            PLAIN => body,
            ZSTD => zstd_contexts::unpack(&body).map_err(|_| broken("it does not decompress"))?,
            _ => return Err(broken("its form is unknown")),
        };
        rmp_serde::from_slice(&plain).map_err(|_| broken("its fields do not fit"))
    }

    /// Whether a value is what was sealed there, as far as can be told without knowing its type.
    pub(super) fn holds(&self, table: &str, key: &[u8], sealed: &[u8]) -> bool {
        match self.unlock(table, key, sealed) {
            Ok((form, body)) if form & !EXPIRES == ZSTD => zstd_contexts::unpack(&body).is_ok(),
            Ok((form, _)) => form & !EXPIRES == PLAIN,
            Err(_) => false,
        }
    }

    /// The same value under another key, as a migration needs it.
    pub(super) fn reseal(&self, to: &AccountKey, table: &str, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let (_, body) = self.unlock(table, key, sealed)?;
        to.lock(table, key, split_head(sealed).0, &body)
    }

    fn lock(&self, table: &str, key: &[u8], head: &[u8], body: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE];
        if self.is_off() {
            return Ok([head, &nonce, body].concat());
        }
        getrandom::fill(&mut nonce).map_err(|e| Error::internal("no randomness", e))?;
        let aad = associated(table, key, head);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| Error::Internal { what: "sealing a row", source: None })?;
        Ok([head, &nonce, &sealed].concat())
    }

    fn unlock(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<(u8, Vec<u8>)> {
        let broken = |why: &str| Error::StoreBroken { what: format!("a row of {table}: {why}") };
        let (head, rest) = split_head(sealed);
        let form = *head.first().ok_or_else(|| broken("it is empty"))?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or_else(|| broken("it is cut short"))?;
        if self.is_off() {
            return Ok((form, body.to_vec()));
        }
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| broken("it is cut short"))?;
        let aad = associated(table, key, head);
        let body = self
            .cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| broken("its seal does not hold"))?;
        Ok((form, body))
    }

    /// Never, but in the test that proves that a canary would be found if nothing were sealed.
    #[cfg(not(test))]
    fn is_off(&self) -> bool {
        false
    }

    #[cfg(test)]
    fn is_off(&self) -> bool {
        self.0 == [0; 32]
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

fn squeeze(plain: Vec<u8>) -> (u8, Vec<u8>) {
    if plain.len() < WORTH_COMPRESSING {
        return (PLAIN, plain);
    }
    match zstd_contexts::pack(&plain) {
        Ok(small) if small.len() < plain.len() => (ZSTD, small),
        _ => (PLAIN, plain),
    }
}

fn associated(table: &str, key: &[u8], head: &[u8]) -> Vec<u8> {
    [head, table.as_bytes(), &[0], key].concat()
}

fn head(form: u8, until: Option<UnixMillis>) -> Vec<u8> {
    match until {
        None => vec![form],
        Some(until) => [&[form | EXPIRES], until.to_be_bytes().as_slice()].concat(),
    }
}

/// The clear beginning, and what follows it.
fn split_head(sealed: &[u8]) -> (&[u8], &[u8]) {
    let length = if sealed.first().is_some_and(|form| form & EXPIRES != 0) { 9 } else { 1 };
    sealed.split_at(length.min(sealed.len()))
}

/// When a sealed value expires, as it says in clear; believed only where unsealing proves it.
pub(super) fn expiry(sealed: &[u8]) -> Option<UnixMillis> {
    let (_, bytes) = split_head(sealed).0.split_first()?;
    bytes.try_into().ok().map(UnixMillis::from_be_bytes)
}
