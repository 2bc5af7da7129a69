//! Where a generated password or access key goes, once.
//!
//! Invariant: nothing that exists is overwritten, and nothing of a secret is in an error, a `Debug` or a `Display`.
//! Before AWS is asked to make a credential its store is proved writable: a key whose secret can't be kept is lost.
//! This room blocks (files, `git`, the keyring): call it outside of an async executor.

mod file;
mod git;
mod keyring;
mod password;
mod profile;
mod secret;
mod slot;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use password::{PasswordRules, generate_password};
pub use secret::Secret;
pub use slot::Slot;

/// The forms of a store, for messages.
const FORMS: &str = "`keyring:SERVICE`, `credentials-file:PROFILE` or `file:PATH`";

/// A store as the environment file names it; which file or entry that is tells [`Store::slot`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Store(Form);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Keyring(String),
    CredentialsFile(String),
    File(String),
}

/// What is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// An access key: its id and its secret.
    AccessKey,
    /// A console password with its user and the address to sign in at.
    Password,
}

/// What of the machine decides where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The folder that relative paths of `file:` start from.
    pub base: PathBuf,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `AWS_SHARED_CREDENTIALS_FILE`, when set.
    pub credentials_file: Option<PathBuf>,
    /// The sandbox's folder: every store then is a file below it, and git is not asked, since the secrets open nothing.
    pub redirect: Option<PathBuf>,
}

impl Context {
    /// The context of this process, without a redirect.
    #[must_use]
    pub fn of_process(base: PathBuf) -> Self {
        let credentials_file = std::env::var_os("AWS_SHARED_CREDENTIALS_FILE").filter(|path| !path.is_empty());
        Self {
            base,
            home: std::env::home_dir(),
            credentials_file: credentials_file.map(PathBuf::from),
            redirect: None,
        }
    }
}

/// Why a store can't be used. None holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not a store at all.
    #[error("`{text}` is not a store; write {FORMS}")]
    UnknownForm {
        /// The text as it was written.
        text: String,
    },
    /// A form with something after the colon that it can't have.
    #[error("`{text}` is not a store: {reason}; write {FORMS}")]
    BadName {
        /// The text as it was written.
        text: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// The AWS credentials file has no place for console passwords.
    #[error("`{store}` can't hold a console password, only an access key; use `keyring:SERVICE` or `file:PATH`")]
    NotForPasswords {
        /// The store.
        store: String,
    },
    /// `~` or the credentials file without a home folder.
    #[error("`{store}` needs a home folder and none is known; set HOME")]
    NoHome {
        /// The store.
        store: String,
    },
    /// Something is there already.
    #[error("{what} exists already and is never overwritten; name another store, or remove it if it is of no use")]
    Occupied {
        /// What: a file, a profile or a keyring entry.
        what: String,
    },
    /// The system refused.
    #[error("{path} can't be written: {source}", path = path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file would stand ready to be committed.
    #[error("{path} lies in the git work tree {tree}, which does not ignore it; add it to .gitignore or name a path outside", path = path.display(), tree = tree.display())]
    NotIgnored {
        /// The file.
        path: PathBuf,
        /// The work tree's root.
        tree: PathBuf,
    },
    /// Whether git ignores the file can't be found out, which counts as no.
    #[error("{path} lies in the git work tree {tree}, and git can't tell whether it is ignored ({reason}); name a path outside", path = path.display(), tree = tree.display())]
    GitSilent {
        /// The file.
        path: PathBuf,
        /// The work tree's root.
        tree: PathBuf,
        /// What git said, or why it could not be run.
        reason: String,
    },
    /// No keyring, a locked one, or one that refuses.
    #[error(
        "the keyring can't be used for `{service}`: {reason}; use `file:PATH` or `credentials-file:PROFILE` instead"
    )]
    Keyring {
        /// The service.
        service: String,
        /// What the keyring said.
        reason: String,
    },
    /// A value that the store's format could not give back.
    #[error("the {field} is empty or has a control character and can't be stored")]
    Unstorable {
        /// Which value, never the value.
        field: &'static str,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(getrandom::Error),
}

impl Store {
    /// Reads `keyring:SERVICE`, `credentials-file:PROFILE` or `file:PATH`.
    ///
    /// # Errors
    ///
    /// When it is none of these, or when the name can't be one: the message lists the forms.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let form = match text.split_once(':') {
            Some(("keyring", service)) => Form::Keyring(checked(text, service, |_| None)?),
            Some(("credentials-file", profile)) => Form::CredentialsFile(checked(text, profile, profile_flaw)?),
            Some(("file", path)) => Form::File(checked(text, path, path_flaw)?),
            _ => return Err(StoreError::UnknownForm { text: text.to_owned() }),
        };
        Ok(Self(form))
    }

    /// The same store, where a relative path of `file:` starts below a folder: that of the file that names it.
    #[must_use]
    pub fn below(self, folder: &str) -> Self {
        let folder = folder.trim_end_matches('/');
        match self.0 {
            Form::File(path) if !folder.is_empty() && !path.starts_with(['/', '~']) => {
                Self(Form::File(format!("{folder}/{path}")))
            }
            form => Self(form),
        }
    }

    /// Whether a store of this form can hold such a thing.
    ///
    /// # Errors
    ///
    /// When it can't, wherever it is.
    pub fn takes(&self, content: Content) -> Result<(), StoreError> {
        match (&self.0, content) {
            (Form::CredentialsFile(_), Content::Password) => Err(StoreError::NotForPasswords {
                store: self.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// A text that is equal for stores that are one place on every machine; [`Store::slot`] knows more on this one.
    #[must_use]
    pub fn claim(&self, content: Content) -> String {
        match &self.0 {
            Form::Keyring(service) => format!("keyring:{service} {}", content.entries().join(",")),
            Form::CredentialsFile(profile) => format!("credentials-file:{profile}"),
            Form::File(path) => {
                let steps = path.split('/').enumerate();
                let kept: Vec<&str> = steps
                    .filter(|(at, step)| *step != "." && (*at == 0 || !step.is_empty()))
                    .map(|(_, step)| step)
                    .collect();
                format!("file:{}", kept.join("/"))
            }
        }
    }

    /// The very file, profile or keyring entries that the store means here.
    ///
    /// Two credentials whose slots are equal can't both be kept: compare them before anything is made, since both
    /// would pass [`Store::prove_writable`].
    ///
    /// # Errors
    ///
    /// When the store can't hold such a thing, or a folder on the way can't be looked at.
    pub fn slot(&self, content: Content, context: &Context) -> Result<Slot, StoreError> {
        Slot::resolve(self, content, context)
    }

    /// Shows by writing and removing that the credential can be put here, and that nothing is in its place.
    ///
    /// Makes missing parent folders (0700) and leaves nothing else behind.
    ///
    /// # Errors
    ///
    /// When something is there, git does not ignore the file, or the system or the keyring refuses.
    pub fn prove_writable(&self, content: Content, context: &Context) -> Result<(), StoreError> {
        self.slot(content, context)?.prove()
    }

    /// Stores an access key and tells where.
    ///
    /// # Errors
    ///
    /// As [`Store::prove_writable`]. The caller still has the key, and deletes it in AWS when it can't be kept.
    pub fn put_access_key(&self, key_id: &str, secret: &Secret, context: &Context) -> Result<Slot, StoreError> {
        let fields = [
            Field {
                name: "access key id",
                entry: "AWS_ACCESS_KEY_ID",
                key: "aws_access_key_id",
                value: key_id,
            },
            Field {
                name: "secret access key",
                entry: "AWS_SECRET_ACCESS_KEY",
                key: "aws_secret_access_key",
                value: secret.reveal(),
            },
        ];
        self.put(Content::AccessKey, &fields, context)
    }

    /// Stores a console password with what is needed to use it, and tells where.
    ///
    /// # Errors
    ///
    /// As [`Store::put_access_key`].
    pub fn put_password(
        &self,
        user: &str,
        password: &Secret,
        sign_in_url: &str,
        context: &Context,
    ) -> Result<Slot, StoreError> {
        let fields = [
            Field {
                name: "user name",
                entry: "AWS_CONSOLE_USER",
                key: "user",
                value: user,
            },
            Field {
                name: "password",
                entry: "AWS_CONSOLE_PASSWORD",
                key: "password",
                value: password.reveal(),
            },
            Field {
                name: "sign-in URL",
                entry: "AWS_SIGN_IN_URL",
                key: "sign_in_url",
                value: sign_in_url,
            },
        ];
        self.put(Content::Password, &fields, context)
    }

    fn put(&self, content: Content, fields: &[Field<'_>], context: &Context) -> Result<Slot, StoreError> {
        if let Some(field) = fields.iter().find(|field| !is_storable(field.value)) {
            return Err(StoreError::Unstorable { field: field.name });
        }
        let slot = self.slot(content, context)?;
        slot.put(fields)?;
        Ok(slot)
    }
}

/// One value of a credential and its names: for people, in a keyring, in a file.
struct Field<'a> {
    name: &'static str,
    entry: &'static str,
    key: &'static str,
    value: &'a str,
}

impl Content {
    /// The keyring entries that hold it.
    fn entries(self) -> &'static [&'static str] {
        match self {
            Self::AccessKey => &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            Self::Password => &["AWS_CONSOLE_USER", "AWS_CONSOLE_PASSWORD", "AWS_SIGN_IN_URL"],
        }
    }
}

impl std::fmt::Display for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Form::Keyring(service) => write!(f, "keyring:{service}"),
            Form::CredentialsFile(profile) => write!(f, "credentials-file:{profile}"),
            Form::File(path) => write!(f, "file:{path}"),
        }
    }
}

impl serde::Serialize for Store {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn checked(text: &str, name: &str, flaw: fn(&str) -> Option<&'static str>) -> Result<String, StoreError> {
    let blank = name.trim().is_empty().then_some("nothing stands after the colon");
    let padded = (name.trim() != name).then_some("it begins or ends with a space");
    let control = name
        .chars()
        .any(char::is_control)
        .then_some("it has a control character");
    match blank.or(control).or(padded).or_else(|| flaw(name)) {
        Some(reason) => Err(StoreError::BadName {
            text: text.to_owned(),
            reason,
        }),
        None => Ok(name.to_owned()),
    }
}

/// The characters that the AWS SDKs take in a profile's name; a section with others is skipped by them.
fn profile_flaw(profile: &str) -> Option<&'static str> {
    let fits = profile
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c));
    (!fits).then_some("a profile's name has only letters, digits and `_-/.%@:+`")
}

fn path_flaw(path: &str) -> Option<&'static str> {
    let last = path.rsplit('/').next().unwrap_or(path);
    matches!(last, "" | "." | ".." | "~").then_some("it names a folder, not a file")
}

/// Files hold one value a line, so that a line break would forge another.
fn is_storable(value: &str) -> bool {
    !value.trim().is_empty() && value.trim() == value && !value.chars().any(char::is_control)
}
