//! What a server says it can (EHLO). Pure.

/// What is offered, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) utf8: bool,
    pub(super) eight_bit: bool,
    /// The largest message; `None`: not said, or no limit.
    pub(super) largest: Option<u64>,
    /// Whether MAIL may name the size.
    pub(super) size: bool,
    pub(super) plain: bool,
    pub(super) login: bool,
    pub(super) xoauth2: bool,
}

impl Offers {
    /// From the lines of a reply to EHLO, the first of which is a greeting.
    pub(super) fn of<'r>(lines: impl Iterator<Item = &'r str>) -> Self {
        let mut offers = Self::default();
        for line in lines.skip(1) {
            // Old servers say AUTH=LOGIN for what is AUTH LOGIN.
            let line = line.replace('=', " ").to_ascii_uppercase();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SIZE") => {
                    offers.size = true;
                    offers.largest = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0);
                }
                Some("AUTH") => {
                    for mechanism in words {
                        offers.plain |= mechanism == "PLAIN";
                        offers.login |= mechanism == "LOGIN";
                        offers.xoauth2 |= mechanism == "XOAUTH2";
                    }
                }
                _ => {}
            }
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_offers_is_read_in_any_case_and_in_the_old_way() {
        let offered = |lines: &[&str]| Offers::of(lines.iter().copied());
        let modern = offered(&["mail.example hello", "size 35882577", "8BitMime", "SMTPUTF8", "AUTH PLAIN XOAUTH2"]);
        assert_eq!(
            modern,
            Offers {
                utf8: true,
                eight_bit: true,
                largest: Some(35_882_577),
                size: true,
                plain: true,
                xoauth2: true,
                login: false
            }
        );
        assert!(offered(&["old.example", "AUTH=LOGIN"]).login);
        for (lines, largest) in [(["x", "SIZE"], None), (["x", "SIZE 0"], None), (["x", "SIZE x"], None)] {
            let offers = offered(&lines);
            assert!(offers.size && offers.largest == largest);
        }
        assert_eq!(offered(&["SMTPUTF8 is this server's name"]), Offers::default());
        assert_eq!(offered(&[]), Offers::default());
    }
}
