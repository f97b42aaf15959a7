//! Where a refresh token lies: in one of two slots, each with a number and a sum, so that a kill in the middle of writing one leaves the
//! other. Providers that rotate tokens take the old one back as they give the new one: what was given last is never overwritten in place.

use crate::Engine;
use crate::error::Result;
use crate::ids::AccountId;
use crate::secrets::Secret;

/// The names an account's two slots are kept under.
pub(super) const SLOTS: [&str; 2] = ["token/a", "token/b"];
/// Digits of the sum that are kept.
const SUM: usize = 16;

/// A refresh token, and which slot it was read from.
pub(super) struct Kept {
    pub(super) token: Secret,
    slot: usize,
    number: u64,
}

impl Engine {
    /// The refresh tokens there are, the one given last first.
    pub(super) fn refresh_tokens(&self, account: AccountId) -> Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for (slot, name) in SLOTS.into_iter().enumerate() {
            let text = self.house.vault.find(self.store(), account, name)?;
            if let Some((number, token)) = text.as_ref().and_then(read) {
                kept.push(Kept { token, slot, number });
            }
        }
        kept.sort_by_key(|one| std::cmp::Reverse(one.number));
        Ok(kept)
    }

    /// Keeps the token given last, in the slot that does not hold the one before; that one is forgotten when this one is safe.
    pub(super) fn keep_refresh_token(&self, account: AccountId, token: &Secret) -> Result<()> {
        let newest = self.refresh_tokens(account)?.into_iter().next();
        let (number, slot) = newest.map_or((1, 0), |last| (last.number + 1, 1 - last.slot));
        self.house.vault.keep(self.store(), account, SLOTS[slot], &written(number, token))?;
        self.house.vault.forget(self.store(), account, SLOTS[1 - slot])
    }

    /// Forgets both.
    pub(super) fn forget_refresh_tokens(&self, account: AccountId) -> Result<()> {
        SLOTS.into_iter().try_for_each(|name| self.house.vault.forget(self.store(), account, name))
    }
}

pub(super) fn written(number: u64, token: &Secret) -> Secret {
    Secret::new(format!("{number}:{}:{}", sum(number, token.expose()), token.expose()))
}

/// The number and the token, when all of it is there.
fn read(text: &Secret) -> Option<(u64, Secret)> {
    let mut parts = text.expose().splitn(3, ':');
    let (number, summed, token) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    (sum(number, token) == summed).then(|| (number, Secret::new(token.to_owned())))
}

fn sum(number: u64, token: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&number.to_le_bytes()).update(token.as_bytes());
    hasher.finalize().to_hex()[..SUM].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_token_cut_in_the_middle_of_its_writing_leaves_the_one_before() {
        let engine = Engine::in_memory().unwrap();
        let account = engine.account();
        engine.keep_refresh_token(account, &secret("first")).unwrap();
        let whole = written(2, &secret("second:with a colon"));
        for length in 0..whole.expose().len() {
            let cut = secret(&whole.expose()[..length]);
            engine.house.vault.keep(engine.store(), account, SLOTS[1], &cut).unwrap();
            let kept = engine.refresh_tokens(account).unwrap();
            assert_eq!(kept.iter().map(|one| one.token.expose()).collect::<Vec<_>>(), ["first"], "{length}");
        }
        engine.house.vault.keep(engine.store(), account, SLOTS[1], &whole).unwrap();
        let kept = engine.refresh_tokens(account).unwrap();
        let tokens: Vec<_> = kept.iter().map(|one| one.token.expose()).collect();
        assert_eq!(
            tokens,
            ["second:with a colon", "first"],
            "killed before the older one was forgotten: the newer one first"
        );
    }

    #[test]
    fn tokens_take_turns_and_are_forgotten_together() {
        let engine = Engine::in_memory().unwrap();
        let account = engine.account();
        for round in 0..5 {
            engine.keep_refresh_token(account, &secret(&format!("token {round}"))).unwrap();
            let kept = engine.refresh_tokens(account).unwrap();
            assert_eq!(kept.len(), 1);
            assert_eq!(kept[0].token.expose(), format!("token {round}"));
        }
        engine.forget_refresh_tokens(account).unwrap();
        assert!(engine.refresh_tokens(account).unwrap().is_empty());
    }
}
