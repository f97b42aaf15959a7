//! The window, driven as a person drives it.

use support::window::Desk;

#[tokio::test]
async fn it_opens() {
    let desk = Desk::new(1280, 900);
    let page = desk.open().await;
    page.reads("Epistle").await;
    page.shot("first").await;
    page.close().await;
}
