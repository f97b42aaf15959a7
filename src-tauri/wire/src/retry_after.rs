//! How long a service asks to wait, in the header and in Google's body. Pure: the time is passed in.

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Retry-After in both its forms (RFC 9110 §10.2.3). A date is read against the answer's own Date, so that a clock that is wrong here
/// does not matter; one that is over asks for no wait.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now = text(headers, &DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// google.rpc.RetryInfo: `retryDelay` is a protobuf Duration in JSON, as in `"34.074824224s"`.
pub(crate) fn retry_delay(detail: &Value) -> Option<Duration> {
    let seconds: f64 = detail["retryDelay"].as_str()?.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    /// 1994-11-06 08:49:37 UTC.
    const NOW: u64 = 784_111_777;

    #[test]
    fn seconds_and_dates_are_understood() {
        let cases = [
            (vec![("retry-after", "120")], Some(120)),
            (vec![("retry-after", " 0 ")], Some(0)),
            (vec![("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], Some(10)),
            (vec![("retry-after", "Sunday, 06-Nov-94 08:50:37 GMT")], Some(60)),
            (vec![("retry-after", "Sun Nov  6 08:49:38 1994")], Some(1)),
            (vec![("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0)),
            (
                vec![("retry-after", "Sun, 06 Nov 2044 08:49:47 GMT"), ("date", "Sun, 06 Nov 2044 08:49:37 GMT")],
                Some(10),
            ),
            (vec![("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), ("date", "yesterday")], Some(10)),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "-1")], None),
            (vec![("retry-after", "1.5")], None),
            (vec![], None),
        ];
        for (headers, seconds) in cases {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.insert(*name, HeaderValue::from_static(value));
            }
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
            assert_eq!(retry_after(&map, now), seconds.map(Duration::from_secs), "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(asked in ".{0,60}", date in ".{0,60}") {
            let mut map = HeaderMap::new();
            for (name, value) in [(RETRY_AFTER, asked), (DATE, date)] {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    map.insert(name, value);
                }
            }
            let _ = retry_after(&map, SystemTime::now());
        }
    }
}
