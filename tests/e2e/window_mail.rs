//! Mail in the window by real keys of a real keyboard: walking, archiving, deleting and taking back, lists, search, and keys of one's own.
//! And never a thing done by a key while somebody types.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{ImportSource, LabelChange, LabelId, ThreadsView};
use epistle_engine::ids::ThreadId;
use serde_json::json;
use std::time::Duration;
use support::gmail::Mailbox;
use support::window::{Desk, Page, soon};
use tokio_util::sync::CancellationToken;

const LINE: &str = "What you want to say";

fn inbox() -> ThreadsView {
    ThreadsView { label: Some(LabelId::known(LabelId::INBOX)), unread: false }
}

/// The conversations of a list, as the engine has them.
fn listed(desk: &Desk, shown: &ThreadsView) -> Vec<ThreadId> {
    let page = desk.engine().threads(shown, 0, 100).expect("the list");
    page.threads.into_iter().map(|thread| thread.id).collect()
}

/// A desk whose three newest conversations are unread, and all of its inbox.
fn with_unread() -> (Desk, Vec<ThreadId>) {
    let desk = Desk::with_sample();
    let all = listed(&desk, &inbox());
    let unread = LabelChange { add: vec![LabelId::known(LabelId::UNREAD)], remove: vec![] };
    desk.engine().change_labels(&all[..3], &unread).expect("they are unread");
    (desk, all)
}

/// Opens the mail, with the keyboard in the window.
async fn mail(desk: &Desk) -> Page {
    let page = desk.open().await;
    page.click("button", "~Mail").await;
    page.see("button", "Answer").await;
    let window = desk.visible("Epistle").pop().expect("the window is shown");
    desk.xdotool(&["windowfocus", "--sync", &window]);
    page
}

fn press(desk: &Desk, keys: &[&str]) {
    for key in keys {
        desk.xdotool(&["key", "--delay", "40", key]);
    }
}

/// Waits until this conversation is the one chosen.
async fn on(page: &Page, thread: ThreadId) {
    let chosen = "return document.querySelector('[aria-label^=Conversations] [aria-current=true]')?.id ?? '';";
    let wanted = format!("thread-{thread}");
    soon(&format!("{wanted} chosen"), async || (page.script(chosen, vec![]).await == wanted.as_str()).then_some(()))
        .await;
}

/// How many conversations of the list are marked unread, by the sign and its words.
async fn unread(page: &Page) -> i64 {
    let count = "return document.querySelectorAll('[aria-label^=Conversations] .new').length;";
    page.script(count, vec![]).await.as_i64().unwrap_or(-1)
}

async fn unread_are(page: &Page, wanted: i64) {
    soon(&format!("{wanted} unread"), async || (unread(page).await == wanted).then_some(())).await;
}

#[tokio::test]
async fn keys_walk_archive_delete_and_take_back() {
    let (desk, all) = with_unread();
    let page = mail(&desk).await;
    on(&page, all[0]).await;
    press(&desk, &["j", "j", "k"]);
    on(&page, all[1]).await;
    press(&desk, &["e"]);
    page.reads("Archived.").await;
    on(&page, all[2]).await;
    press(&desk, &["numbersign"]);
    page.reads("Moved to Trash.").await;
    on(&page, all[3]).await;
    press(&desk, &["z"]);
    page.reads("Taken back.").await;
    on(&page, all[2]).await;
    press(&desk, &["s"]);
    page.reads("Starred.").await;
    press(&desk, &["o"]);
    soon("the message in focus", async || {
        (page.script("return document.activeElement.tagName;", vec![]).await == "ARTICLE").then_some(())
    })
    .await;
    press(&desk, &["u"]);
    page.shot("mail-keys").await;
    page.close().await;

    let mut left = all.clone();
    left.remove(1);
    assert_eq!(listed(&desk, &inbox()), left, "archived, and what was deleted is back where it was");
    assert!(listed(&desk, &ThreadsView { label: Some(LabelId::known(LabelId::TRASH)), unread: false }).is_empty());
    assert!(listed(&desk, &ThreadsView::default()).contains(&all[1]));
    let starred = ThreadsView { label: Some(LabelId::known(LabelId::STARRED)), unread: false };
    assert_eq!(listed(&desk, &starred), [all[2]]);
}

#[tokio::test]
async fn what_is_unread_has_a_sign_until_it_was_looked_at() {
    let (desk, all) = with_unread();
    let page = mail(&desk).await;
    unread_are(&page, 3).await;
    page.see("button", "~Inbox 3 unread").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(unread(&page).await, 3, "the first in the list was not chosen by anybody");
    press(&desk, &["j"]);
    unread_are(&page, 2).await;
    page.see("button", "~Inbox 2 unread").await;
    press(&desk, &["k", "shift+i"]);
    page.reads("Marked as read.").await;
    unread_are(&page, 1).await;
    press(&desk, &["shift+u"]);
    page.reads("Marked as unread.").await;
    unread_are(&page, 2).await;
    page.click("checkbox", "Unread only").await;
    soon("only these", async || {
        let rows = "return document.querySelectorAll('[aria-label^=Conversations] > li').length;";
        (page.script(rows, vec![]).await == 2).then_some(())
    })
    .await;
    page.shot("mail-unread").await;
    page.close().await;
    let shown = ThreadsView { unread: true, ..inbox() };
    assert_eq!(listed(&desk, &shown), [all[0], all[2]]);
}

#[tokio::test]
async fn nothing_is_done_by_keys_while_somebody_types() {
    let (desk, all) = with_unread();
    let page = mail(&desk).await;
    press(&desk, &["slash"]);
    soon("the caret in the search", async || {
        (page.script("return document.activeElement.id;", vec![]).await == "mail-search").then_some(())
    })
    .await;
    desk.xdotool(&["type", "--delay", "20", "ezjk#c gi?"]);
    soon("all of it in the field", async || (page.text("combobox", "Search mail").await == "ezjk#c gi?").then_some(()))
        .await;
    press(&desk, &["ctrl+a"]);
    desk.xdotool(&["type", "--delay", "20", "river map"]);
    page.see("option", "~river").await;
    page.shot("mail-search").await;
    press(&desk, &["Down", "Up", "Return"]);
    soon("the message found", async || {
        (page.script("return document.activeElement.tagName;", vec![]).await == "ARTICLE").then_some(())
    })
    .await;
    press(&desk, &["slash", "Escape"]);
    page.see("heading", "Inbox").await;
    press(&desk, &["r"]); // answers the message that was found
    page.see("button", "~Answers").await;
    desk.xdotool(&["type", "--delay", "20", "e # z g i"]);
    soon("the line as it was typed", async || (page.text("textbox", LINE).await == "e # z g i").then_some(())).await;
    press(&desk, &["ctrl+e", "alt+e"]);
    page.close().await;
    assert_eq!(listed(&desk, &inbox()), all);
}

#[tokio::test]
async fn two_keys_go_to_lists_and_a_key_of_ones_own_outlives_the_window() {
    let (desk, all) = with_unread();
    let page = mail(&desk).await;
    press(&desk, &["g", "d"]);
    page.see("heading", "Drafts").await;
    press(&desk, &["g", "t"]);
    page.see("heading", "Sent").await;
    press(&desk, &["g"]);
    tokio::time::sleep(Duration::from_millis(1300)).await;
    press(&desk, &["i"]); // a second too late: no key of anything
    press(&desk, &["g", "i"]);
    page.see("heading", "Inbox").await;
    on(&page, all[0]).await;
    press(&desk, &["question"]);
    page.see("dialog", "Keys").await;
    page.shot("keys").await;
    page.click("button", "E Archive").await;
    press(&desk, &["y"]);
    page.see("button", "Y Archive").await;
    page.click("button", "Close").await;
    page.close().await;

    let page = mail(&desk).await;
    on(&page, all[0]).await;
    press(&desk, &["e"]);
    tokio::time::sleep(Duration::from_millis(500)).await;
    press(&desk, &["y"]);
    page.reads("Archived.").await;
    on(&page, all[1]).await;
    press(&desk, &["c"]);
    page.see("textbox", LINE).await;
    page.close().await;
    assert_eq!(listed(&desk, &inbox()), all[1..]);
}

/// Ada's desk, with a mailbox of so many plain messages besides the seeded ones.
async fn adas(plain: u32) -> (Mailbox, Desk) {
    let begin = move || {
        let mailbox = Mailbox::with(&json!({ "plain": plain })); // a peer has threads of its own
        let desk = Desk::of_ada(&mailbox);
        (mailbox, desk)
    };
    tokio::task::spawn_blocking(begin).await.expect("a mailbox")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_here_is_found_at_gmail_and_opens() {
    let (_mailbox, desk) = adas(3).await;
    let engine = desk.engine();
    engine.pause_sync(true).expect("nothing is brought in by itself");
    engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).expect("the sample comes in");
    drop(engine);
    let page = mail(&desk).await;
    press(&desk, &["slash"]);
    desk.xdotool(&["type", "--delay", "20", "number 2"]);
    page.see("option", "~Search all of Gmail for “number 2”").await;
    press(&desk, &["Up", "Return"]);
    page.see("option", "~Grace Hopper").await;
    page.shot("mail-found-at-gmail").await;
    press(&desk, &["Return"]);
    page.see("heading", "Plain 2").await;
    page.reads("This is number 2.").await;
    page.close().await;
    let all = listed(&desk, &ThreadsView::default());
    let engine = desk.engine();
    let brought = all.iter().filter(|id| engine.thread(**id).is_ok_and(|thread| thread.subject.starts_with("Plain")));
    assert_eq!(brought.count(), 1, "what was found, and nothing else, is here now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_of_ones_own_is_put_on_by_keys_and_taken_back() {
    let (_mailbox, desk) = adas(0).await;
    let page = mail(&desk).await;
    page.click("button", "~The lecture").await;
    press(&desk, &["l"]);
    page.see("combobox", "Labels of this conversation").await;
    desk.xdotool(&["type", "--delay", "20", "fig"]);
    press(&desk, &["Return"]);
    page.reads("Labelled “Work/Figures”.").await;
    page.shot("mail-labels").await;
    press(&desk, &["Escape", "g", "a"]);
    page.see("heading", "All mail").await;
    page.close().await;
    let work = ThreadsView { label: Some("Label_1".parse().expect("a label")), unread: false };
    assert_eq!(listed(&desk, &work).len(), 2, "the one that had it, and this one");

    let page = mail(&desk).await;
    page.click("button", "~The lecture").await;
    press(&desk, &["l"]);
    page.see("combobox", "Labels of this conversation").await;
    press(&desk, &["Return"]);
    page.reads("“Work/Figures” is off.").await;
    press(&desk, &["Escape", "z"]);
    page.reads("Taken back.").await;
    page.close().await;
    assert_eq!(listed(&desk, &work).len(), 2);
}
