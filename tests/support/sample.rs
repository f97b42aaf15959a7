//! A desk whose owner is known: the sample mailbox is in, and Epistle was told whose it is.

use crate::window::Desk;
use epistle_engine::api::{ImportSource, Person};
use tokio_util::sync::CancellationToken;

impl Desk {
    /// A desk with the sample mailbox, whose owner is known.
    #[must_use]
    pub fn with_sample() -> Self {
        let desk = Self::new(1280, 800);
        let engine = desk.engine();
        engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).expect("the sample comes in");
        let mut settings = engine.settings().expect("the settings");
        let address = "mara@example.com".parse().expect("one");
        settings.me = vec![Person { name: Some("Mara Lind".into()), address }];
        engine.set_settings(settings).expect("they are kept");
        desk
    }
}
