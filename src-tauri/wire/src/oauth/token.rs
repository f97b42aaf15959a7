//! Secrets of a sign-in: one type that cannot be serialised, printed or logged, and is wiped when dropped. The copies that HTTP and
//! JSON make on their way are not ours to wipe; nothing here makes more of them.

use std::fmt;
use std::time::Duration;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A text that opens something: a token, a code, a verifier, a client's secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token(String);

impl Token {
    /// Takes a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is this text, in a time that tells nothing but the length.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What a provider gives for a code, a device code or a refresh token.
#[derive(Debug)]
pub struct Tokens {
    /// Opens the provider's APIs.
    pub access: Token,
    /// Gives the next tokens. After a refresh: the one that takes the old one's place, where the provider rotates them.
    pub refresh: Option<Token>,
    /// How long the access token lives, where the provider says so.
    pub expires_in: Option<Duration>,
    /// The scopes as granted; those asked for, where the provider says nothing.
    pub scopes: Vec<String>,
    /// Who signed in, as the provider states it. Unchecked: `id_token::verify`.
    pub id_token: Option<Token>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_itself_to_no_log() {
        let tokens = Tokens {
            access: Token::new("opens-mail"),
            refresh: Some(Token::new("opens-more")),
            expires_in: None,
            scopes: vec!["openid".into()],
            id_token: None,
        };
        let shown = format!("{tokens:?}");
        assert!(!shown.contains("opens"), "{shown}");
        assert!(shown.contains("openid"), "{shown}");
    }

    #[test]
    fn a_token_is_only_itself() {
        let token = Token::new("abc");
        for (text, same) in [("abc", true), ("abd", false), ("ab", false), ("abcd", false), ("", false)] {
            assert_eq!(token.is(text), same, "{text}");
        }
    }
}
