//! A service's base address, parsed once: https anywhere, plain http only on this machine.

use std::fmt;
use url::{Host, Url};

/// A base address that calls may go to: scheme, host, port and path, nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Base(Url);

/// Why an address cannot be a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// Not an address with a host.
    #[error("an address, as in https://example.com")]
    NoAddress,
    /// It carries a user, a password, a query or a fragment.
    #[error("without user, password, ? or #")]
    NotPlain,
    /// http to another machine.
    #[error("http only on this machine (127.0.0.1, localhost); elsewhere https")]
    PlainHttp,
    /// Another scheme.
    #[error("begins with https://")]
    OtherScheme,
}

impl Base {
    /// Parses an address; a slash at its end does not matter.
    ///
    /// # Errors
    /// Says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let url = Url::parse(text.trim().trim_end_matches('/')).map_err(|_| BaseError::NoAddress)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseError::NotPlain);
        }
        reachable(&url)?;
        Ok(Self(url))
    }

    /// Whether the host is this machine by its address or as `localhost`.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        is_this_machine(&self.0)
    }

    /// The address itself.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Host and, where it is not the scheme's own, port.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The address of something under the base. Each segment is escaped, so that a model's name cannot leave its place in the path.
    #[must_use]
    pub fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

/// The rule for every address that is called or opened, whole addresses from other people's answers too.
pub(crate) fn reachable(url: &Url) -> Result<(), BaseError> {
    match url.scheme() {
        "http" | "https" => {}
        _ => return Err(BaseError::OtherScheme),
    }
    if url.host().is_none() {
        return Err(BaseError::NoAddress);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BaseError::NotPlain);
    }
    if url.scheme() == "http" && !is_this_machine(url) {
        return Err(BaseError::PlainHttp);
    }
    Ok(())
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_goes_nowhere_but_this_machine() {
        for good in [
            "https://example.com",
            "https://example.com/v1/",
            "http://127.0.0.1:4010",
            "http://localhost:11434/v1",
            "http://[::1]:80",
        ] {
            assert!(Base::parse(good).is_ok(), "{good}");
        }
        let bad = [
            ("http://example.com", BaseError::PlainHttp),
            ("http://127.0.0.1.example.com", BaseError::PlainHttp),
            ("https://user@example.com", BaseError::NotPlain),
            ("https://example.com?key=1", BaseError::NotPlain),
            ("ftp://127.0.0.1", BaseError::OtherScheme),
            ("nothing", BaseError::NoAddress),
            ("", BaseError::NoAddress),
        ];
        for (text, why) in bad {
            assert_eq!(Base::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let base = Base::parse("https://example.com/api/").unwrap();
        assert_eq!(
            base.join(&["v1beta", "models", "m:generate"]).as_str(),
            "https://example.com/api/v1beta/models/m:generate"
        );
        assert_eq!(base.join(&["a/../b?c"]).as_str(), "https://example.com/api/a%2F..%2Fb%3Fc");
    }
}
