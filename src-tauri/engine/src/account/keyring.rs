//! The operating system's keyring: Secret Service, macOS Keychain, Windows Credential Manager. Every call has a time limit,
//! because a dead daemon can hang for most of a minute; every trouble is told apart by its kind, never by its text.

use crate::secrets::Secret;
use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error as Platform};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use zeroize::Zeroizing;

const SERVICE: &str = "epistle";
/// How long finding the keyring may take: no person is asked anything in it.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a call may take: the system may be asking the person to unlock it.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// Windows keeps 2,560 bytes an entry; one byte here says how many entries there are.
const CHUNK: usize = 2_048;

/// Why the keyring did not serve.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is none on this machine.
    Absent(String),
    /// It is there and locked, and nobody unlocked it.
    Locked,
    /// It is there and gave no answer within this time.
    Stalled(Duration),
    /// It is there and fails.
    Failing(String),
}

/// The keyring, and this folder's place in it.
#[derive(Clone)]
pub(super) struct Keyring {
    store: Arc<CredentialStore>,
    folder: String,
}

type Outcome<T> = Result<T, Trouble>;

impl Keyring {
    /// Finds the platform's keyring.
    pub(super) fn find(folder: &str) -> Outcome<Self> {
        let folder = folder.to_owned();
        let store = within(CONNECT_LIMIT, platform_store)?.map_err(|e| match e {
            Platform::NoStorageAccess(_) => Trouble::Locked,
            other => Trouble::Absent(other.to_string()),
        })?;
        Ok(Self { store, folder })
    }

    /// Keeps a secret under a name, and reads it back before saying so. The empty name is the master key's.
    pub(super) fn set(&self, name: &str, bytes: &[u8]) -> Outcome<()> {
        let secret = Zeroizing::new(bytes.to_vec());
        self.call(name, move |place| place.set(&secret))?;
        match self.get(name)? {
            Some(back) if back.as_slice() == bytes => Ok(()),
            _ => Err(Trouble::Failing("it did not give back what was put in".into())),
        }
    }

    /// The secret under a name.
    pub(super) fn get(&self, name: &str) -> Outcome<Option<Zeroizing<Vec<u8>>>> {
        self.call(name, |place| place.get())
    }

    /// Takes a secret away; nothing there is no error.
    pub(super) fn forget(&self, name: &str) -> Outcome<()> {
        self.call(name, |place| place.forget())
    }

    /// The secret under a name, as text.
    pub(super) fn get_text(&self, name: &str) -> Outcome<Option<Secret>> {
        let Some(bytes) = self.get(name)? else { return Ok(None) };
        let text =
            String::from_utf8(bytes.to_vec()).map_err(|_| Trouble::Failing("it holds what is no text".into()))?;
        Ok(Some(Secret::new(text)))
    }

    fn call<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Place) -> Result<T, Platform> + Send + 'static,
    ) -> Outcome<T> {
        let place = Place { store: self.store.clone(), user: user(&self.folder, name) };
        within(CALL_LIMIT, move || work(&place))?.map_err(|e| match e {
            Platform::NoStorageAccess(_) => Trouble::Locked,
            other => Trouble::Failing(other.to_string()),
        })
    }
}

fn user(folder: &str, name: &str) -> String {
    if name.is_empty() { folder.to_owned() } else { format!("{folder}/{name}") }
}

/// Where one secret is: a first entry that says how many more there are, and those.
struct Place {
    store: Arc<CredentialStore>,
    user: String,
}

impl Place {
    fn entry(&self, number: usize) -> Result<Entry, Platform> {
        let user = if number == 0 { self.user.clone() } else { format!("{}#{number}", self.user) };
        self.store.build(SERVICE, &user, None)
    }

    /// The later entries first, so that the first one never promises what is not there.
    fn set(&self, bytes: &[u8]) -> Result<(), Platform> {
        let chunks: Vec<&[u8]> = bytes.chunks(CHUNK).collect();
        let later = u8::try_from(chunks.len().saturating_sub(1))
            .map_err(|_| Platform::TooLong("secret".into(), (CHUNK * 256) as u32))?;
        for (number, chunk) in chunks.iter().enumerate().skip(1).rev() {
            self.entry(number)?.set_secret(chunk)?;
        }
        let first = Zeroizing::new([&[later], chunks.first().copied().unwrap_or_default()].concat());
        self.entry(0)?.set_secret(&first)
    }

    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Platform> {
        let first = match self.entry(0)?.get_secret() {
            Ok(first) => Zeroizing::new(first),
            Err(Platform::NoEntry) => return Ok(None),
            Err(e) => return Err(e),
        };
        let Some((later, begin)) = first.split_first() else { return Ok(None) };
        let mut whole = Zeroizing::new(begin.to_vec());
        for number in 1..=usize::from(*later) {
            whole.extend_from_slice(&Zeroizing::new(self.entry(number)?.get_secret()?));
        }
        Ok(Some(whole))
    }

    fn forget(&self) -> Result<(), Platform> {
        let later = match self.entry(0)?.get_secret() {
            Ok(first) => first.first().copied().unwrap_or(0),
            Err(Platform::NoEntry) => return Ok(()),
            Err(e) => return Err(e),
        };
        for number in (0..=usize::from(later)).rev() {
            match self.entry(number)?.delete_credential() {
                Ok(()) | Err(Platform::NoEntry) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// Runs a platform call on a thread of its own and stops waiting at the limit; a hung call's thread is left behind.
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("keyring".into())
        .spawn(move || drop(send.send(work())))
        .map_err(|e| Trouble::Failing(e.to_string()))?;
    receive.recv_timeout(limit).map_err(|_| Trouble::Stalled(limit))
}

#[cfg(target_os = "linux")]
fn platform_store() -> Result<Arc<CredentialStore>, Platform> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform_store() -> Result<Arc<CredentialStore>, Platform> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn platform_store() -> Result<Arc<CredentialStore>, Platform> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn platform_store() -> Result<Arc<CredentialStore>, Platform> {
    Err(Platform::NoDefaultStore)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_hangs_is_given_up() {
        let hung = within(Duration::from_millis(20), || std::thread::sleep(Duration::from_secs(2)));
        assert!(matches!(hung, Err(Trouble::Stalled(_))));
    }

    #[test]
    fn a_secret_longer_than_an_entry_comes_back_whole_and_goes_whole() {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        let keyring = Keyring { store, folder: "f".into() };
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let secret: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            keyring.set("k", &secret).unwrap();
            assert_eq!(*keyring.get("k").unwrap().unwrap(), secret, "{length}");
            keyring.forget("k").unwrap();
            assert!(keyring.get("k").unwrap().is_none());
            keyring.forget("k").unwrap();
        }
    }
}
