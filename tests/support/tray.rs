//! A tray for one test, as a desktop's panel is one: it owns the StatusNotifierWatcher's name, waits for an item to register, and
//! reads and clicks the item's menu over dbusmenu. It draws nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, connection, interface};

/// The panel's side of the protocol.
struct Watcher {
    items: Arc<Mutex<Vec<(String, String)>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// An item registers by its object path on the sender's own connection, or by a bus name.
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().expect("the list").push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().expect("the list").iter().map(|(bus, path)| format!("{bus}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A panel with a tray in it.
pub struct Tray {
    bus: Connection,
    items: Arc<Mutex<Vec<(String, String)>>>,
}

/// A menu as dbusmenu gives it: id, properties, children.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Tray {
    /// Puts a panel with a tray on the bus at this address.
    pub async fn new(bus_address: &str) -> Self {
        let items = Arc::new(Mutex::new(Vec::new()));
        let watcher = Watcher { items: items.clone() };
        let builder = connection::Builder::address(bus_address).expect("an address");
        let builder = builder.name("org.kde.StatusNotifierWatcher").expect("a name");
        let builder = builder.serve_at("/StatusNotifierWatcher", watcher).expect("a place");
        Self { bus: builder.build().await.expect("the session bus"), items }
    }

    /// Whether an item is in the tray.
    #[must_use]
    pub fn has_item(&self) -> bool {
        !self.items.lock().expect("the list").is_empty()
    }

    /// The labels of the item's menu, in order, with their ids.
    pub async fn menu(&self) -> Option<Vec<(i32, String)>> {
        let (bus, path) = self.menu_place().await?;
        let asked = (0i32, -1i32, Vec::<&str>::new());
        let reply =
            self.bus.call_method(Some(bus.as_str()), path.as_str(), Some(MENU), "GetLayout", &asked).await.ok()?;
        let (_revision, (_, _, children)): (u32, Layout) = reply.body().deserialize().ok()?;
        Some(children.into_iter().filter_map(entry).collect())
    }

    /// Clicks the entry with this label.
    pub async fn click(&self, label: &str) {
        let menu = self.menu().await.expect("the item has a menu");
        let (id, _) = menu.iter().find(|(_, text)| text == label).unwrap_or_else(|| panic!("no “{label}” in {menu:?}"));
        let (bus, path) = self.menu_place().await.expect("the item has a menu");
        let event = (*id, "clicked", Value::from(0i32), 0u32);
        let sent = self.bus.call_method(Some(bus.as_str()), path.as_str(), Some(MENU), "Event", &event).await;
        sent.expect("the menu takes a click");
    }

    async fn menu_place(&self) -> Option<(String, String)> {
        let (bus, path) = self.items.lock().expect("the list").last().cloned()?;
        let asked = ("org.kde.StatusNotifierItem", "Menu");
        let properties = Some("org.freedesktop.DBus.Properties");
        let reply = self.bus.call_method(Some(bus.as_str()), path.as_str(), properties, "Get", &asked).await.ok()?;
        let value: OwnedValue = reply.body().deserialize().ok()?;
        let menu = zbus::zvariant::OwnedObjectPath::try_from(value).ok()?;
        Some((bus, menu.to_string()))
    }
}

const MENU: &str = "com.canonical.dbusmenu";

fn entry(child: OwnedValue) -> Option<(i32, String)> {
    let (id, properties, _): Layout = child.try_into().ok()?;
    let label = properties.get("label")?.downcast_ref::<&str>().ok()?.replace('_', "");
    Some((id, label))
}
