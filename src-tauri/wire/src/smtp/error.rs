//! What a mail server, or the way to it, can do to a message: told apart by where the talk ended and by reply codes, never by words.
//! What matters most is whether the message may have arrived: RFC 5321 §4.5.5, §6.1; codes: RFC 3463, RFC 4954 §6.

/// No server's words are kept beyond this many characters.
const LONGEST_WORDS: usize = 400;

/// A talk that did not end well. What `Display` says holds no address, no secret and no word of the server's; [`Error::said`] is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}{}", .code.map(|code| format!(" ({code})")).unwrap_or_default(), .enhanced.map(|code| format!(" {code}")).unwrap_or_default())]
pub struct Error {
    kind: Kind,
    code: Option<u16>,
    enhanced: Option<Enhanced>,
    said: Option<String>,
}

/// The kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Kind {
    /// No connection stood: name, network, or a port nobody listens on.
    #[error("the server cannot be reached")]
    Unreachable,
    /// A connection broke, or stood still, before the message's end was written: it has not arrived.
    #[error("the connection was cut before the message was handed over")]
    Cut,
    /// The connection could not be made private: another name's certificate, one nobody vouches for, or no TLS at all.
    #[error("the connection could not be made private")]
    TlsFailed,
    /// The server offers no STARTTLS, or somebody on the way took the offer out.
    #[error("the server offers no STARTTLS")]
    NoStartTls,
    /// Without TLS only this machine is spoken with.
    #[error("without TLS only this machine is spoken with")]
    PlainElsewhere,
    /// The password or the token was refused.
    #[error("the sign-in was refused")]
    AuthRefused,
    /// The server takes none of the ways to sign in that are known here.
    #[error("the server takes no sign-in of this kind")]
    NoMechanism,
    /// Not now (4xx).
    #[error("the server said not now")]
    NotNow,
    /// No, for good (5xx).
    #[error("the server refused it")]
    Refused,
    /// An address outside ASCII, and a server that has no SMTPUTF8.
    #[error("the server takes no address outside ASCII")]
    NoSmtpUtf8,
    /// Text outside ASCII, and a server that has no 8BITMIME.
    #[error("the server takes nothing but ASCII")]
    No8Bit,
    /// Larger than the server takes (its SIZE, or a 552).
    #[error("it is too large for the server")]
    TooLarge,
    /// An address that no command can carry.
    #[error("an address cannot be written to a mail server")]
    BadAddress,
    /// Something answered that does not speak SMTP. Nothing was handed over.
    #[error("what answers does not speak SMTP")]
    Unreadable,
    /// The message was handed over whole, and no answer came: it may have arrived.
    #[error("the answer was lost")]
    AnswerLost,
}

/// An enhanced status code (RFC 3463), as in 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl std::fmt::Display for Enhanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Error {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The reply's code, where one was read.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// The reply's enhanced code.
    #[must_use]
    pub fn enhanced(&self) -> Option<Enhanced> {
        self.enhanced
    }

    /// The server's own words, for a person: one line, no control characters, not too long. They may hold addresses.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// Whether the server may have taken the message, for all that is known here. False is a promise: it did not.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.kind == Kind::AnswerLost
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self { kind, code: None, enhanced: None, said: None }
    }
}

/// In which part of the talk a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// Greeting, EHLO, STARTTLS.
    Hello,
    /// AUTH.
    Auth,
    /// MAIL, RCPT, DATA, and the message's end.
    Message,
}

/// What a reply that is no success means.
pub(super) fn refusal(at: At, code: u16, words: &str) -> Error {
    let enhanced = enhanced(words);
    let kind = match (code, at) {
        (400..=499, _) => Kind::NotNow,
        (502 | 504, At::Auth) => Kind::NoMechanism,
        (500..=599, At::Auth) | (530 | 534 | 535, _) => Kind::AuthRefused,
        (552, At::Message) if enhanced.is_none_or(|Enhanced(_, subject, detail)| (subject, detail) == (3, 4)) => {
            Kind::TooLarge
        }
        (500..=599, At::Hello | At::Message) => Kind::Refused,
        _ => Kind::Unreadable,
    };
    Error { kind, code: Some(code), enhanced, said: said(words) }
}

/// The enhanced code that a reply's words begin with.
fn enhanced(words: &str) -> Option<Enhanced> {
    let mut parts = words.split_whitespace().next()?.split('.');
    let code = Enhanced(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
}

fn said(words: &str) -> Option<String> {
    let clean: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(LONGEST_WORDS).collect();
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reply_is_told_by_its_code_and_by_where_it_came() {
        use At::{Auth, Hello, Message};
        let table = [
            (Hello, 421, "4.3.2 closing", Kind::NotNow),
            (Hello, 554, "no service", Kind::Refused),
            (Auth, 535, "5.7.8 bad credentials", Kind::AuthRefused),
            (Auth, 534, "5.7.9 application-specific password required", Kind::AuthRefused),
            (Auth, 454, "4.7.0 later", Kind::NotNow),
            (Auth, 504, "unknown mechanism", Kind::NoMechanism),
            (Message, 530, "5.7.0 authentication required", Kind::AuthRefused),
            (Message, 550, "5.1.1 no such user", Kind::Refused),
            (Message, 552, "5.3.4 too large", Kind::TooLarge),
            (Message, 552, "too large", Kind::TooLarge),
            (Message, 552, "5.2.2 mailbox full", Kind::Refused),
            (Message, 451, "4.3.0 later", Kind::NotNow),
            (Message, 250, "where none was due", Kind::Unreadable),
        ];
        for (at, code, words, kind) in table {
            let error = refusal(at, code, words);
            assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{at:?} {code} {words}");
            assert!(!error.may_have_arrived());
        }
    }

    #[test]
    fn an_enhanced_code_is_read_where_there_is_one() {
        for (words, expected) in [
            ("5.7.139 no", Some(Enhanced(5, 7, 139))),
            ("4.2.1", Some(Enhanced(4, 2, 1))),
            ("10.0.0.1 refused", None),
            ("5.7 no", None),
            ("5.7.1.1", None),
            ("no", None),
            ("", None),
        ] {
            assert_eq!(enhanced(words), expected, "{words}");
        }
    }

    proptest! {
        #[test]
        fn what_a_server_says_reaches_people_as_one_short_line_and_no_log(words in any::<String>()) {
            let error = refusal(At::Message, 550, &words);
            if let Some(said) = error.said() {
                prop_assert!(said.chars().count() <= LONGEST_WORDS && !said.chars().any(char::is_control));
            }
            let shown = error.to_string();
            prop_assert!(shown.starts_with("the server refused it (550)") && shown.len() < 48, "{}", shown);
        }
    }
}
