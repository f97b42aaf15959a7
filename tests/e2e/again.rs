//! A start that meets another Epistle on the session bus just as that one ends. (One that stays is in `tray.rs`.)
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use std::process::Child;
use support::window::{Desk, binary, soon};
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::{Connection, interface};

/// A running app, ended with the test.
struct App(Child);

impl App {
    fn start(desk: &Desk) -> Self {
        Self(desk.command(binary()).spawn().expect("the app starts"))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Epistle's place on the bus, held by one who leaves without an answer when asked.
struct Leaving;

#[interface(name = "org.SingleInstance.DBus")]
impl Leaving {
    async fn execute_callback(&self, _arguments: Vec<String>, _folder: String, #[zbus(connection)] bus: &Connection) {
        let _ = bus.clone().close().await;
    }
}

/// The name the running Epistle has on the bus; it is made of the data folder.
async fn name_on(bus: &Connection) -> Option<String> {
    let names = DBusProxy::new(bus).await.ok()?.list_names().await.ok()?;
    names.iter().map(ToString::to_string).find(|name| name.ends_with(".SingleInstance"))
}

#[tokio::test]
async fn a_start_that_meets_an_epistle_just_as_it_ends_opens_its_own_window() {
    let desk = Desk::new(1280, 800);
    let watching = Builder::address(desk.bus_address()).expect("an address").build().await.expect("the bus");
    let name = {
        let _app = App::start(&desk);
        soon("the app's name on the bus", async || name_on(&watching).await).await
    };
    soon("the name to be free", async || name_on(&watching).await.is_none().then_some(())).await;
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let leaving = Builder::address(desk.bus_address()).expect("an address").name(name.as_str()).expect("a name");
    let _leaving = leaving.serve_at(path, Leaving).expect("a place").build().await.expect("the bus");

    let _app = App::start(&desk);
    desk.shows("Epistle").await;
}
