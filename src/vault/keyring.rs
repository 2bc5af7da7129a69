//! The keyring of the desktop or system: Secret Service, Keychain, Credential Manager.
//!
//! Invariant: an entry that exists is never set again, and a credential of which one part can't be set leaves none.

use super::{Content, Field, StoreError};

/// What is needed of a keyring: entries of one service.
pub(super) trait Keyring {
    fn look(&self, entry: &str) -> Result<Presence, String>;
    fn set(&self, entry: &str, value: &str) -> Result<(), String>;
    fn remove(&self, entry: &str) -> Result<(), String>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    There,
    #[cfg_attr(
        not(any(test, feature = "keyring")),
        expect(dead_code, reason = "only a real keyring tells")
    )]
    Absent,
}

/// Set and removed to see whether the keyring is unlocked and takes something.
const PROOF: &str = "EVENKEEL_PROOF";

/// Shows that the entries are free and that the keyring takes new ones.
pub(super) fn prove(ring: &dyn Keyring, service: &str, content: Content) -> Result<(), StoreError> {
    must_be_free(ring, service, content)?;
    ring.set(PROOF, "evenkeel")
        .and_then(|()| ring.remove(PROOF))
        .map_err(refused(service))
}

/// Sets one entry for each field.
pub(super) fn put(ring: &dyn Keyring, service: &str, content: Content, fields: &[Field<'_>]) -> Result<(), StoreError> {
    must_be_free(ring, service, content)?;
    for (done, field) in fields.iter().enumerate() {
        if let Err(reason) = ring.set(field.entry, field.value) {
            // They were free a moment ago, so these are our own.
            let undone = fields
                .iter()
                .take(done)
                .filter(|set| ring.remove(set.entry).is_err())
                .count();
            let rest = if undone == 0 {
                ""
            } else {
                " (and some of the entries just made could not be removed)"
            };
            return Err(refused(service)(format!("{reason}{rest}")));
        }
    }
    Ok(())
}

fn must_be_free(ring: &dyn Keyring, service: &str, content: Content) -> Result<(), StoreError> {
    for entry in content.entries() {
        if ring.look(entry).map_err(refused(service))? == Presence::There {
            let what = format!("the entry {entry} of the keyring's service {service}");
            return Err(StoreError::Occupied { what });
        }
    }
    Ok(())
}

fn refused(service: &str) -> impl Fn(String) -> StoreError {
    let service = service.to_owned();
    move |reason| StoreError::Keyring {
        service: service.clone(),
        reason,
    }
}

/// The keyring of this machine.
#[cfg(feature = "keyring")]
pub(super) fn system(service: &str) -> Result<Box<dyn Keyring>, StoreError> {
    Ok(Box::new(system::System::open(service).map_err(refused(service))?))
}

/// A program that was built without the keyring says so as soon as one is named.
#[cfg(not(feature = "keyring"))]
pub(super) fn system(service: &str) -> Result<Box<dyn Keyring>, StoreError> {
    Err(refused(service)(
        "this evenkeel was built without the feature `keyring`".to_owned(),
    ))
}

#[cfg(feature = "keyring")]
mod system {
    use keyring::{Entry, Error};
    use zeroize::Zeroizing;

    use super::{Keyring, Presence};

    pub(super) struct System {
        service: String,
    }

    impl System {
        pub(super) fn open(service: &str) -> Result<Self, String> {
            match Entry::store_status() {
                Ok(()) => Ok(Self {
                    service: service.to_owned(),
                }),
                Err(error) => Err(format!(
                    "this machine has no keyring that can be reached: {}",
                    said(error)
                )),
            }
        }

        fn entry(&self, name: &str) -> Result<Entry, String> {
            Entry::new(&self.service, name).map_err(|error| said(&error))
        }
    }

    impl Keyring for System {
        fn look(&self, entry: &str) -> Result<Presence, String> {
            match self.entry(entry)?.get_secret().map(Zeroizing::new) {
                Ok(_) | Err(Error::Ambiguous(_) | Error::BadEncoding(_) | Error::BadDataFormat(..)) => {
                    Ok(Presence::There)
                }
                Err(Error::NoEntry) => Ok(Presence::Absent),
                Err(error) => Err(said(&error)),
            }
        }

        fn set(&self, entry: &str, value: &str) -> Result<(), String> {
            self.entry(entry)?.set_password(value).map_err(|error| said(&error))
        }

        fn remove(&self, entry: &str) -> Result<(), String> {
            self.entry(entry)?.delete_credential().map_err(|error| said(&error))
        }
    }

    /// The library's text, but for the errors that carry what was stored.
    fn said(error: &Error) -> String {
        match error {
            Error::BadEncoding(_) | Error::BadDataFormat(..) => "an entry holds something unreadable".to_owned(),
            Error::Ambiguous(_) => "an entry is there several times".to_owned(),
            other => other.to_string(),
        }
    }
}
