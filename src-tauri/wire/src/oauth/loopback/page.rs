//! The pages a browser's tab shows when a sign-in comes back. Whole in themselves: no script, nothing fetched, and no word of the
//! request in them, so that no request can write one.

use super::super::fault::Kind;
use hyper::header::{self, HeaderName};

/// What a tab can be told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Page {
    /// It went well.
    SignedIn,
    /// Epistle has the answer and is not through with it.
    Unknown,
    /// Epistle does not wait any more, or was stopped before it was through.
    Stopped,
    /// This request was refused; the sign-in still waits, or has long had its answer.
    Refused(Kind),
    /// The sign-in is over, and not well.
    Failed(Kind),
    /// There is nothing here.
    Nothing,
}

/// What goes with every page.
pub(super) const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The page, as HTML.
pub(super) fn html(page: Page) -> String {
    let (heading, happened, next) = words(page);
    let code = match page {
        Page::Refused(kind) | Page::Failed(kind) => format!("<p class=\"code\">{}</p>", kind.code()),
        _ => String::new(),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{heading} · Epistle</title><style>{STYLE}</style></head>\
         <body><main><p class=\"mark\">Epistle</p><h1>{heading}</h1><p>{happened}</p><p>{next}</p>{code}</main></body></html>\n"
    )
}

/// Heading, what happened, what to do.
fn words(page: Page) -> (&'static str, &'static str, &'static str) {
    match page {
        Page::SignedIn => {
            ("You are signed in", "Epistle has what it needs.", "Go back to Epistle. You can close this tab.")
        }
        Page::Unknown => (
            "Epistle has the answer",
            "It is still talking with your provider.",
            "Go back to Epistle to see how it ends. You can close this tab.",
        ),
        Page::Stopped => (
            "This sign-in was stopped",
            "Epistle does not wait for it any more, and no account was connected.",
            "If you still want to sign in, begin again in Epistle. You can close this tab.",
        ),
        Page::Refused(Kind::Replayed) => (
            "This answer was already used",
            "Each answer counts once, and this sign-in has had its own. Nothing was done with this one.",
            "Go back to Epistle. You can close this tab.",
        ),
        Page::Refused(_) => (
            "This is not the answer Epistle waits for",
            "It does not belong to the sign-in you began, so nothing was taken from it and no account was connected.",
            "If you are signing in, finish it in the tab that Epistle opened. If you are not, close this tab: you are safe.",
        ),
        Page::Failed(Kind::Denied) => (
            "Nothing was connected",
            "The sign-in was declined. Epistle has no access to your account, and nothing in it was changed.",
            "You can close this tab. If you change your mind, begin again in Epistle.",
        ),
        Page::Failed(Kind::Unreachable) => (
            "Your provider did not answer",
            "The sign-in could not be finished, and no account was connected.",
            "Go back to Epistle and try again in a moment. You can close this tab.",
        ),
        Page::Failed(_) => (
            "Signing in did not work",
            "Epistle could not be sure of the answer, so it kept nothing of it and connected no account.",
            "Go back to Epistle and begin again. You can close this tab.",
        ),
        Page::Nothing => (
            "There is nothing here",
            "Epistle waits here for a sign-in, and for nothing else.",
            "You can close this tab.",
        ),
    }
}

/// One sheet on warm paper, as in the app.
const STYLE: &str = "\
:root{--paper:#faf8f3;--sheet:#fffefb;--ink:#2a2622;--faint:#6b635a;--edge:#e6dfd3;--wax:#9b2c22}\
@media(prefers-color-scheme:dark){:root{--paper:#1c1a18;--sheet:#262320;--ink:#ece6dc;--faint:#a39a8e;--edge:#3a352f;--wax:#e0776b}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);\
font:1rem/1.6 system-ui,sans-serif}\
main{width:100%;max-width:30rem;padding:2.5rem;background:var(--sheet);border:1px solid var(--edge);border-top:3px solid var(--wax);\
border-radius:3px}\
h1{margin:0 0 1rem;font:500 1.75rem/1.25 Georgia,'Times New Roman',serif;text-wrap:balance}\
p{margin:0 0 .75rem}\
.mark{margin:0 0 1.5rem;color:var(--wax);font:italic 1rem Georgia,'Times New Roman',serif}\
.code{margin:1.5rem 0 0;color:var(--faint);font:.8125rem ui-monospace,monospace}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_whole_in_itself() {
        let pages = [
            Page::SignedIn,
            Page::Unknown,
            Page::Stopped,
            Page::Refused(Kind::StateWrong),
            Page::Refused(Kind::Replayed),
            Page::Failed(Kind::Denied),
            Page::Failed(Kind::Unreachable),
            Page::Failed(Kind::NonceWrong),
            Page::Nothing,
        ];
        for page in pages {
            let html = html(page);
            for never in ["<script", "http:", "https:", "src=", "href=", "url(", "@import", "<form"] {
                assert!(!html.contains(never), "{page:?} has {never}");
            }
            assert!(html.contains("close this tab"), "{page:?}");
        }
    }

    #[test]
    fn only_success_claims_success_and_a_refusal_shows_its_code() {
        for page in [Page::Unknown, Page::Failed(Kind::NonceWrong), Page::Refused(Kind::StateWrong), Page::Nothing] {
            assert!(!html(page).contains("You are signed in"), "{page:?}");
        }
        assert!(html(Page::Failed(Kind::NonceWrong)).contains("nonce_wrong"));
        assert!(html(Page::Refused(Kind::StateMissing)).contains("state_missing"));
    }
}
