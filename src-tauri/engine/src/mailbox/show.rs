//! Shows a message as HTML. Pictures from elsewhere are fetched when the person asks, for one message or for a sender; never by the page,
//! and never because of anything a message says.

use super::blocks;
use super::render::{Loaded, Rendered, data_address, link, render};
use crate::Engine;
use crate::account::blocking;
use crate::api::{EmailAddress, Images, ImagesAsk, MessageHtml};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::store::Keep;
use crate::store::tables::{IMAGE_SENDERS, MESSAGES};
use epistle_wire::{Pictures, Reach};
use url::Url;

/// With it set, pictures may come from this machine: for tests, whose servers are here.
const HERE: &str = "EPISTLE_PICTURES_FROM_HERE";

impl Engine {
    /// A message as HTML that can run and load nothing; `None` where it has none. Its pictures from elsewhere are in it only where they are
    /// asked for, or its sender's always are.
    ///
    /// # Errors
    /// `not_found`, `store_broken`. A picture that cannot be had is left empty.
    pub async fn message_html(&self, id: MessageId, ask: ImagesAsk) -> Result<Option<MessageHtml>> {
        let reach = if std::env::var_os(HERE).is_some() { Reach::WorldAndHere } else { Reach::World };
        self.message_html_within(id, ask, reach).await
    }

    pub(super) async fn message_html_within(
        &self,
        id: MessageId,
        ask: ImagesAsk,
        reach: Reach,
    ) -> Result<Option<MessageHtml>> {
        let engine = self.clone();
        let bare = blocking(move || engine.rendered(id, Loaded::new())).await?;
        let (sender, Some(bare)) = bare else { return Ok(None) };
        let images = self.images(ask, sender.as_ref())?;
        if images == Images::Withheld || bare.wanted.is_empty() {
            return Ok(Some(told(bare, images, sender)));
        }
        let loaded = fetched(&bare.wanted, reach).await?;
        let engine = self.clone();
        let (sender, with) = blocking(move || engine.rendered(id, loaded)).await?;
        Ok(with.map(|with| told(with, images, sender)))
    }

    /// From now on this sender's pictures are shown. Who a message is from is what it says itself.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn allow_images(&self, sender: &EmailAddress) -> Result<()> {
        let key = self.sender_key(sender)?;
        self.store().write(self.account(), Keep::Made, |write| write.put(IMAGE_SENDERS, &key, sender))
    }

    /// From now on this sender's pictures are shown only when asked for.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn forget_images(&self, sender: &EmailAddress) -> Result<()> {
        let key = self.sender_key(sender)?;
        self.store().write(self.account(), Keep::Made, |write| write.delete(IMAGE_SENDERS, &key).map(drop))
    }

    /// Whose pictures are always shown.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn image_senders(&self) -> Result<Vec<EmailAddress>> {
        let mut senders = Vec::new();
        self.store().read(self.account())?.each(IMAGE_SENDERS, &[], |_, sender| {
            senders.push(sender);
            Ok(true)
        })?;
        senders.sort();
        Ok(senders)
    }

    fn images(&self, ask: ImagesAsk, sender: Option<&EmailAddress>) -> Result<Images> {
        let always = match sender {
            Some(sender) => {
                let key = self.sender_key(sender)?;
                self.store().read(self.account())?.get(IMAGE_SENDERS, &key)?.is_some()
            }
            None => false,
        };
        Ok(match ask {
            _ if always => Images::Always,
            ImagesAsk::Once => Images::Once,
            ImagesAsk::Usual => Images::Withheld,
        })
    }

    fn sender_key(&self, sender: &EmailAddress) -> Result<[u8; 16]> {
        self.store().keyed_hash(self.account(), "image_sender", sender.folded().as_bytes())
    }

    fn rendered(&self, id: MessageId, loaded: Loaded) -> Result<(Option<EmailAddress>, Option<Rendered>)> {
        let read = self.store().read(self.account())?;
        let row = read.get(MESSAGES, id.as_bytes())?.ok_or_else(|| Error::not_found("message", id))?;
        let raw = blocks::raw(&read, id)?;
        Ok((row.from.map(|from| from.address), raw.and_then(|raw| render(&raw.0, &loaded))))
    }
}

async fn fetched(wanted: &[String], reach: Reach) -> Result<Loaded> {
    let addresses: Vec<Url> = wanted.iter().filter_map(|address| Url::parse(address).ok()).collect();
    let pictures = Pictures::new(reach).map_err(|e| Error::internal("making the client for pictures", e))?;
    let had = pictures.fetch(&addresses).await;
    Ok(had.into_iter().filter_map(|(at, bytes)| Some((at.into(), data_address(&bytes)?))).collect())
}

/// A link's address as it may be handed to the system to open: the web's, or somebody's mailbox.
///
/// # Errors
/// `bad_input` for any other.
pub fn link_to_open(address: &str) -> Result<String> {
    let why = || "an address that begins with https://, http:// or mailto:".to_owned();
    link(address).map(String::from).ok_or_else(|| Error::BadInput { field: "address", why: why() })
}

fn told(rendered: Rendered, images: Images, sender: Option<EmailAddress>) -> MessageHtml {
    MessageHtml {
        html: rendered.document,
        remote_images: rendered.withheld,
        shown_images: rendered.shown,
        trackers: rendered.trackers,
        images,
        cut: rendered.cut,
        plain: rendered.plain,
        sender,
    }
}
