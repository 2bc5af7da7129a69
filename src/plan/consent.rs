//! The user's word: `--adopt`, `--replace`, `--allow`.
//!
//! Invariant: a consent is only ever given by the user; nothing in the program makes one up.

use crate::address::Address;

/// What an `--allow` may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Opening something to everyone.
    Public,
    /// Taking access from the identity that runs the tool.
    Lockout,
    /// Deleting or detaching many things at once.
    MassChange,
    /// Losing data.
    DataLoss,
    /// Deleting what can't carry a mark of ownership.
    Delete,
}

impl Danger {
    const ALL: [Self; 5] = [Self::Public, Self::Lockout, Self::MassChange, Self::DataLoss, Self::Delete];

    /// The word after `--allow`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Lockout => "lockout",
            Self::MassChange => "mass-change",
            Self::DataLoss => "data-loss",
            Self::Delete => "delete",
        }
    }
}

/// Everything that the user has consented to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents {
    adopt: Vec<String>,
    replace: Vec<String>,
    allow: Vec<String>,
}

impl Consents {
    /// From the values of the three options.
    ///
    /// # Errors
    /// An `--allow` that names no known danger; the message lists them.
    pub fn parse(adopt: Vec<String>, replace: Vec<String>, allow: Vec<String>) -> Result<Self, String> {
        for word in &allow {
            let danger = word.split(':').next().unwrap_or(word);
            if !Danger::ALL.iter().any(|known| known.word() == danger) {
                let known: Vec<&str> = Danger::ALL.iter().map(|known| known.word()).collect();
                return Err(format!("`--allow {word}` is not known; it takes {}", known.join(", ")));
            }
        }
        Ok(Self { adopt, replace, allow })
    }

    /// Whether this resource may be taken over.
    #[must_use]
    pub fn adopts(&self, address: &Address) -> bool {
        self.adopt.iter().any(|pattern| address.matches(pattern))
    }

    /// Whether this resource may be deleted and made anew.
    #[must_use]
    pub fn replaces(&self, address: &Address) -> bool {
        self.replace.iter().any(|pattern| address.matches(pattern))
    }

    /// Whether a danger was allowed, for everything or for this resource.
    #[must_use]
    pub fn allows(&self, danger: Danger, address: Option<&Address>) -> bool {
        self.allow.iter().any(|word| match word.split_once(':') {
            Some((kind, pattern)) => kind == danger.word() && address.is_some_and(|address| address.matches(pattern)),
            None => word == danger.word(),
        })
    }

    /// The options as a user would type them again.
    #[must_use]
    pub fn spelled(&self) -> Vec<String> {
        let words = |option: &str, values: &[String]| values.iter().map(|v| format!("--{option} {v}")).collect::<Vec<_>>();
        [words("adopt", &self.adopt), words("replace", &self.replace), words("allow", &self.allow)].concat()
    }
}
