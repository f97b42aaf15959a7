//! Pictures that a letter names, fetched as asked: over TLS, from public addresses only, with nothing that says who asks or from where, each
//! bounded in size and time and all of them together too. A letter must not be able to reach into the network this machine stands in, so
//! that each address is checked where it is connected to, after its name was looked up and after each redirect; for the same reason it goes
//! through no proxy.

use crate::error::{Error, Kind};
use crate::image_kind::image_kind;
use futures_util::stream::{self, StreamExt};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, LOCATION};
use reqwest::redirect::Policy;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::{Host, Url};

/// A larger picture is not taken.
pub const LARGEST: usize = 2 << 20;
/// All of a letter's pictures together are no larger.
const LARGEST_OF_ALL: usize = 16 << 20;
/// No more pictures of one letter are fetched.
const MOST: usize = 40;
/// So many at a time.
const AT_ONCE: usize = 6;
/// So often is a redirect followed.
const MOST_REDIRECTS: usize = 3;
/// How long a connection, one picture, and all of them may take.
const CONNECT: Duration = Duration::from_secs(5);
const ONE: Duration = Duration::from_secs(10);
const ALL: Duration = Duration::from_secs(25);

/// Where pictures may be fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet, over TLS.
    World,
    /// That, and this machine by its number, for tests.
    WorldAndHere,
}

/// A client for pictures alone.
#[derive(Clone)]
pub struct Pictures {
    http: reqwest::Client,
    reach: Reach,
}

impl Pictures {
    /// Makes it.
    ///
    /// # Errors
    /// `Unreachable` when the platform offers no TLS that works.
    pub fn new(reach: Reach) -> Result<Self, Error> {
        let _ = rustls::crypto::ring::default_provider().install_default(); // a second install is as good as the first
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ONE)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly))
            .user_agent("Mozilla/5.0 (compatible)") // which names neither the program nor the person's system
            .build()
            .map_err(|_| Error::new(Kind::Unreachable))?;
        Ok(Self { http, reach })
    }

    /// Fetches pictures, each at its address; those that could not be had are left out. What was had when the time is over is given.
    pub async fn fetch(&self, addresses: &[Url]) -> Vec<(Url, Vec<u8>)> {
        let taken = Arc::new(AtomicUsize::new(0));
        let fetches: Vec<_> =
            addresses.iter().take(MOST).map(|at| self.clone().one_of(at.clone(), taken.clone())).collect();
        let mut had = Vec::new();
        let mut fetches = stream::iter(fetches).buffer_unordered(AT_ONCE);
        let all = async {
            while let Some(fetched) = fetches.next().await {
                had.extend(fetched);
            }
        };
        let _ = tokio::time::timeout(ALL, all).await; // those that came are as good as they are
        had
    }

    async fn one_of(self, at: Url, taken: Arc<AtomicUsize>) -> Option<(Url, Vec<u8>)> {
        let bytes = tokio::time::timeout(ONE, self.one(at.clone(), &taken)).await.ok()?.ok()?;
        Some((at, bytes))
    }

    async fn one(&self, mut at: Url, taken: &AtomicUsize) -> Result<Vec<u8>, Error> {
        for _ in 0..=MOST_REDIRECTS {
            if !may_be_asked(&at, self.reach) {
                return Err(Error::new(Kind::Refused));
            }
            let accepted = "image/png, image/jpeg, image/gif, image/webp";
            let answer = self.http.get(at.clone()).header(ACCEPT, accepted).send().await?;
            if answer.status().is_redirection() {
                let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                at = to.and_then(|to| at.join(to).ok()).ok_or_else(|| Error::new(Kind::Refused))?;
                continue;
            }
            return body(answer, taken).await;
        }
        Err(Error::new(Kind::Refused))
    }
}

async fn body(mut answer: reqwest::Response, taken: &AtomicUsize) -> Result<Vec<u8>, Error> {
    if answer.status().as_u16() != 200 {
        return Err(Error::status(Kind::Refused, answer.status().as_u16(), None));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        let all = taken.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST || all > LARGEST_OF_ALL {
            return Err(Error::new(Kind::TooLong));
        }
    }
    image_kind(&bytes).map(|_| bytes).ok_or_else(|| Error::new(Kind::Unreadable))
}

/// Whether an address may be asked at all, as far as it can be told before its name is looked up.
fn may_be_asked(at: &Url, reach: Reach) -> bool {
    if !at.username().is_empty() || at.password().is_some() {
        return false;
    }
    let number = match at.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Domain(_)) => None,
        None => return false,
    };
    match at.scheme() {
        "https" => number.is_none_or(is_public),
        "http" => reach == Reach::WorldAndHere && number.is_some_and(|ip| ip.is_loopback()),
        _ => false,
    }
}

/// Looks names up, and knows no address that is not public: what is checked is what is connected to.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(std::io::Error::from(std::io::ErrorKind::AddrNotAvailable).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet's, by IANA's registries of special addresses.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => is_public_6(ip),
    }
}

fn is_public_4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carriers' own, RFC 6598
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)); // for measuring, RFC 2544
    !special
}

fn is_public_6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let inner = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_4(inner(high, low)), // NAT64, RFC 6052
        [0x2002, high, low, ..] => is_public_4(inner(high, low)),               // 6to4, RFC 3056
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,     // Teredo and others; documentation
        [0x3fff, second, ..] if second < 0x1000 => false,                       // documentation, RFC 9637
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for ip in ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001:0::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_is_asked_over_tls_and_never_in_the_network_around() {
        for (at, world, here) in [
            ("https://example.com/a.png", true, true),
            ("https://example.com:8443/a.png", true, true),
            ("http://example.com/a.png", false, false),
            ("http://127.0.0.1:8080/a.png", false, true),
            ("https://127.0.0.1/a.png", false, false),
            ("https://[::1]/a.png", false, false),
            ("https://192.168.1.1/a.png", false, false),
            ("https://0x7f.1/a.png", false, false),
            ("https://2130706433/a.png", false, false),
            ("http://localhost/a.png", false, false),
            ("https://user@example.com/a.png", false, false),
            ("file:///etc/passwd", false, false),
            ("data:image/png;base64,x", false, false),
            ("ftp://example.com/a.png", false, false),
        ] {
            let at_url = Url::parse(at).unwrap();
            assert_eq!(may_be_asked(&at_url, Reach::World), world, "{at}");
            assert_eq!(may_be_asked(&at_url, Reach::WorldAndHere), here, "{at}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_found_nowhere() {
        let resolved = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_err());
    }
}
