//! Judges an answer that came back by the browser: is it this sign-in's, whole, and from whom it was asked? Pure; it trusts nothing
//! before the state has matched, and ignores what it does not know (RFC 6749 §4.1.2).

use super::dialogue;
use super::fault::Kind;
use super::issuer;
use super::token::Token;
use std::borrow::Cow;
use url::form_urlencoded;

/// What an answer must match.
#[derive(Debug, Clone)]
pub struct Expected {
    /// This sign-in's state.
    pub state: Token,
    /// The path it comes to: each provider has its own.
    pub path: String,
    /// The issuer, where the provider has one.
    pub issuer: Option<String>,
}

/// What no code answer carries: what other flows answer, and what only we may send. Their presence is somebody's attempt.
const NEVER: [&str; 14] = [
    "access_token",
    "refresh_token",
    "id_token",
    "token_type",
    "expires_in",
    "redirect_uri",
    "client_id",
    "client_secret",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "grant_type",
    "response_type",
    "nonce",
];

type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Checks an answer and gives its code.
///
/// # Errors
/// `StateMissing` and `StateWrong` for what is not this sign-in's; for what is, whatever is wrong with it.
pub fn check(expected: &Expected, path: &str, query: &str) -> Result<Token, Kind> {
    let pairs: Pairs<'_> = form_urlencoded::parse(query.as_bytes()).collect();
    is_ours(&expected.state, &pairs)?;
    if path != expected.path {
        return Err(Kind::OtherProvider);
    }
    if !is_plain(&pairs) {
        return Err(Kind::RedirectMalformed);
    }
    if let (Some(expected), Some(given)) = (&expected.issuer, value(&pairs, "iss"))
        && !issuer::matches(expected, given)
    {
        return Err(Kind::OtherIssuer);
    }
    match (value(&pairs, "code"), value(&pairs, "error")) {
        (Some(code), None) if is_visible(code) => Ok(Token::new(code)),
        (None, Some(error)) => Err(dialogue::means(error)),
        _ => Err(Kind::RedirectMalformed),
    }
}

/// A state that stands twice is ours if one of the two is: only the provider knows it, and `is_plain` refuses it then.
fn is_ours(state: &Token, pairs: &Pairs<'_>) -> Result<(), Kind> {
    let mut states = pairs.iter().filter(|(name, value)| name == "state" && !value.is_empty()).peekable();
    if states.peek().is_none() {
        return Err(Kind::StateMissing);
    }
    if states.any(|(_, value)| state.is(value)) { Ok(()) } else { Err(Kind::StateWrong) }
}

fn is_plain(pairs: &Pairs<'_>) -> bool {
    let twice = |name: &str| pairs.iter().filter(|(other, _)| other == name).count() > 1;
    !pairs.iter().any(|(name, _)| NEVER.contains(&name.as_ref()) || twice(name))
}

fn value<'a>(pairs: &'a Pairs<'_>, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_ref())
}

/// A code is visible ASCII: RFC 6749, appendix A.11.
fn is_visible(code: &str) -> bool {
    !code.is_empty() && code.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// Lets one answer through, and no second one.
#[derive(Debug)]
pub struct Gate {
    expected: Expected,
    over: bool,
}

/// What the gate says of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// The answer: here is its code.
    Code(Token),
    /// It was this sign-in's answer, and it is over.
    Ended(Kind),
    /// Somebody else's, or a second one: nothing changed.
    TurnedAway(Kind),
}

impl Gate {
    /// Opens it for one answer.
    #[must_use]
    pub fn new(expected: Expected) -> Self {
        Self { expected, over: false }
    }

    /// Judges an answer. A stranger's cannot end the sign-in: any web page can send one.
    pub fn admit(&mut self, path: &str, query: &str) -> Verdict {
        match check(&self.expected, path, query) {
            Err(kind @ (Kind::StateMissing | Kind::StateWrong)) => Verdict::TurnedAway(kind),
            _ if std::mem::replace(&mut self.over, true) => Verdict::TurnedAway(Kind::Replayed),
            Ok(code) => Verdict::Code(code),
            Err(kind) => Verdict::Ended(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATH: &str = "/callback/google";

    fn expected() -> Expected {
        Expected { state: Token::new("s3cret"), path: PATH.into(), issuer: Some("https://id.example".into()) }
    }

    #[test]
    fn only_this_sign_ins_whole_answer_is_taken() {
        let (good, other) = (PATH, "/callback/github");
        let cases = [
            (good, "state=s3cret&code=4%2F0A", Ok("4/0A")),
            (good, "code=c&state=s3cret&scope=a+b&authuser=0&prompt=consent&hd=x.org&session_state=1", Ok("c")),
            (good, "state=s3cret&code=c&iss=https%3A%2F%2Fid.example", Ok("c")),
            (good, "", Err(Kind::StateMissing)),
            (good, "code=c", Err(Kind::StateMissing)),
            (good, "state=&code=c", Err(Kind::StateMissing)),
            (good, "state=other&code=c", Err(Kind::StateWrong)),
            (good, "state=s3cret2&code=c", Err(Kind::StateWrong)),
            (good, "state=S3CRET&code=c", Err(Kind::StateWrong)),
            (good, "error=access_denied", Err(Kind::StateMissing)),
            (other, "state=other&code=c", Err(Kind::StateWrong)),
            (other, "state=s3cret&code=c", Err(Kind::OtherProvider)),
            ("/callback/google/", "state=s3cret&code=c", Err(Kind::OtherProvider)),
            (good, "state=s3cret&code=c&iss=https%3A%2F%2Fevil.example", Err(Kind::OtherIssuer)),
            (good, "state=s3cret&error=access_denied&iss=https%3A%2F%2Fevil.example", Err(Kind::OtherIssuer)),
            (good, "state=s3cret&code=c&iss=", Err(Kind::OtherIssuer)),
            (good, "state=s3cret&state=s3cret&code=c", Err(Kind::RedirectMalformed)),
            (good, "state=evil&state=s3cret&code=c", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&code=c&code=d", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&code=c&hd=a&hd=b", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&code=c&error=access_denied", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&code=", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&code=a%0d%0ab", Err(Kind::RedirectMalformed)),
            (good, "state=s3cret&error=access_denied", Err(Kind::Denied)),
            (good, "state=s3cret&error=access_denied&error_description=no", Err(Kind::Denied)),
            (good, "state=s3cret&error=temporarily_unavailable", Err(Kind::Unreachable)),
            (good, "state=s3cret&error=unauthorized_client", Err(Kind::ClientRefused)),
            (good, "state=s3cret&error=what_is_this", Err(Kind::Unreadable)),
        ];
        for (path, query, outcome) in cases {
            let code = check(&expected(), path, query);
            assert_eq!(code.as_ref().map(Token::expose), outcome.as_ref().map(|code| *code), "{path}?{query}");
        }
        for name in NEVER {
            let query = format!("state=s3cret&code=c&{name}=x");
            assert_eq!(check(&expected(), PATH, &query).unwrap_err(), Kind::RedirectMalformed, "{name}");
        }
    }

    #[test]
    fn a_provider_without_an_issuer_may_name_one() {
        let expected = Expected { issuer: None, ..expected() };
        assert!(check(&expected, PATH, "state=s3cret&code=c&iss=https%3A%2F%2Fid.example").is_ok());
    }

    #[test]
    fn strangers_do_not_end_a_sign_in_and_nothing_is_taken_twice() {
        let mut gate = Gate::new(expected());
        assert!(matches!(gate.admit(PATH, "code=c"), Verdict::TurnedAway(Kind::StateMissing)));
        assert!(matches!(gate.admit(PATH, "state=x&code=c"), Verdict::TurnedAway(Kind::StateWrong)));
        assert!(matches!(gate.admit(PATH, "state=s3cret&code=c"), Verdict::Code(_)));
        for again in ["state=s3cret&code=c", "state=s3cret&code=d", "state=s3cret&error=access_denied"] {
            assert!(matches!(gate.admit(PATH, again), Verdict::TurnedAway(Kind::Replayed)), "{again}");
        }
        assert!(matches!(gate.admit(PATH, "state=x"), Verdict::TurnedAway(Kind::StateWrong)));
        let mut gate = Gate::new(expected());
        assert!(matches!(gate.admit("/callback/github", "state=s3cret&code=c"), Verdict::Ended(Kind::OtherProvider)));
        assert!(matches!(gate.admit(PATH, "state=s3cret&code=c"), Verdict::TurnedAway(Kind::Replayed)));
    }

    proptest! {
        #[test]
        fn no_query_makes_it_fall(query in ".*", path in ".*") {
            prop_assert!(check(&expected(), &path, &query).is_err());
        }

        #[test]
        fn no_other_state_is_taken(state in "[a-zA-Z0-9_-]{0,12}", rest in "(&[a-z]{1,6}=[a-z0-9%]{0,6}){0,4}") {
            let outcome = check(&expected(), PATH, &format!("code=c&state={state}{rest}"));
            prop_assert!(state == "s3cret" || outcome.is_err());
        }

        #[test]
        fn whatever_is_not_known_is_ignored(name in "x_[a-z]{1,8}", value in "[a-zA-Z0-9 /&=%+]{0,20}") {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("state", "s3cret").append_pair("code", "c").append_pair(&name, &value);
            let code = check(&expected(), PATH, &query.finish());
            prop_assert_eq!(code.as_ref().map(Token::expose), Ok("c"));
        }
    }
}
