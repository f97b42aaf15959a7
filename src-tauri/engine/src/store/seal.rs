//! Sealing: XChaCha20-Poly1305 with the table and the key as associated data, after zstd where that pays. It never sees a door.

use crate::error::{Error, Result};
use crate::ids::AccountId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop};

const PLAIN: u8 = 1;
const ZSTD: u8 = 2;
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

    pub(super) fn account_key(&self, account: AccountId) -> AccountKey {
        let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 account key v1");
        hasher.update(&self.0).update(account.as_bytes());
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

    pub(super) fn seal<T: Serialize>(&self, table: &str, key: &[u8], row: &T) -> Result<Vec<u8>> {
        let plain = rmp_serde::to_vec_named(row).map_err(|e| Error::internal("encoding a row", e))?;
        let (form, body) = squeeze(plain);
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|e| Error::internal("no randomness", e))?;
        let aad = associated(table, key, form);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: &body, aad: &aad })
            .map_err(|_| Error::Internal { what: "sealing a row", source: None })?;
        Ok([[form].as_slice(), &nonce, &sealed].concat())
    }

    pub(super) fn unseal<T: DeserializeOwned>(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<T> {
        let broken = |why: &str| Error::StoreBroken { what: format!("a row of {table}: {why}") };
        let (form, rest) = sealed.split_first().ok_or_else(|| broken("it is empty"))?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or_else(|| broken("it is cut short"))?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| broken("it is cut short"))?;
        let aad = associated(table, key, *form);
        let plain = self
            .cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| broken("its seal does not hold"))?;
        let plain = match *form {
            PLAIN => plain,
            ZSTD => zstd::decode_all(plain.as_slice()).map_err(|_| broken("it does not decompress"))?,
            _ => return Err(broken("its form is unknown")),
        };
        rmp_serde::from_slice(&plain).map_err(|_| broken("its fields do not fit"))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

fn squeeze(plain: Vec<u8>) -> (u8, Vec<u8>) {
    if plain.len() < WORTH_COMPRESSING {
        return (PLAIN, plain);
    }
    match zstd::encode_all(plain.as_slice(), 3) {
        Ok(small) if small.len() < plain.len() => (ZSTD, small),
        _ => (PLAIN, plain),
    }
}

fn associated(table: &str, key: &[u8], form: u8) -> Vec<u8> {
    [&[form], table.as_bytes(), &[0], key].concat()
}
