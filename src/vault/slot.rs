//! From a store's name to the very place on this machine, and what is done there.
//!
//! Invariant: a slot's path is absolute and its folders' links are resolved, so that equal slots are equal places.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Content, Context, Field, Form, Store, StoreError, file, git, keyring, profile};

/// A place for one credential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(Place);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    File { path: PathBuf, git: GitRule },
    Profile { path: PathBuf, profile: String },
    Keyring { service: String, content: Content },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum GitRule {
    MustIgnore,
    NotAsked,
}

impl Slot {
    pub(super) fn resolve(store: &Store, content: Content, context: &Context) -> Result<Self, StoreError> {
        store.takes(content)?;
        if let Some(folder) = &context.redirect {
            let path = settle(&folder.join(redirected(store, content)))?;
            return Ok(Self(Place::File {
                path,
                git: GitRule::NotAsked,
            }));
        }
        Ok(Self(match &store.0 {
            Form::Keyring(service) => Place::Keyring {
                service: service.clone(),
                content,
            },
            Form::CredentialsFile(profile) => Place::Profile {
                path: credentials_file(store, context)?,
                profile: profile.clone(),
            },
            Form::File(text) => {
                let path = context.base.join(expand(Path::new(text), store, context)?);
                Place::File {
                    path: settle(&path)?,
                    git: GitRule::MustIgnore,
                }
            }
        }))
    }

    pub(super) fn prove(&self) -> Result<(), StoreError> {
        match &self.0 {
            Place::File { path, git } => {
                ask_git(path, *git)?;
                file::prove(path)
            }
            Place::Profile { path, profile } => profile::prove(path, profile),
            Place::Keyring { service, content } => keyring::prove(&*keyring::system(service)?, service, *content),
        }
    }

    pub(super) fn put(&self, fields: &[Field<'_>]) -> Result<(), StoreError> {
        match &self.0 {
            Place::File { path, git } => {
                ask_git(path, *git)?;
                file::put(path, &heading(fields), fields)
            }
            Place::Profile { path, profile } => profile::put(path, profile, fields),
            Place::Keyring { service, content } => keyring::put(&*keyring::system(service)?, service, *content, fields),
        }
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Place::File { path, git: _ } => write!(f, "the file {}", path.display()),
            Place::Profile { path, profile } => write!(f, "the profile {profile} in {}", path.display()),
            Place::Keyring { service, content } => {
                write!(
                    f,
                    "the keyring's service {service}, entries {}",
                    content.entries().join(", ")
                )
            }
        }
    }
}

/// A file with an access key can be used as a credentials file as it is; one with a password is for people.
fn heading(fields: &[Field<'_>]) -> String {
    let access_key = fields.iter().any(|field| field.key == "aws_access_key_id");
    if access_key {
        "[default]\n".to_owned()
    } else {
        String::new()
    }
}

fn ask_git(path: &Path, rule: GitRule) -> Result<(), StoreError> {
    match rule {
        GitRule::MustIgnore => git::must_ignore(path),
        GitRule::NotAsked => Ok(()),
    }
}

/// Below the sandbox's folder every store has a name of its own, whatever characters it has.
fn redirected(store: &Store, content: Content) -> PathBuf {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    let (folder, name, ending) = match (&store.0, content) {
        (Form::Keyring(service), Content::AccessKey) => ("keyring", service, ".access-key"),
        (Form::Keyring(service), Content::Password) => ("keyring", service, ".password"),
        (Form::CredentialsFile(profile), _) => ("credentials-file", profile, ""),
        (Form::File(path), _) => ("file", path, ""),
    };
    Path::new(folder).join(format!("{}{ending}", utf8_percent_encode(name, KEPT)))
}

fn credentials_file(store: &Store, context: &Context) -> Result<PathBuf, StoreError> {
    let path = match &context.credentials_file {
        Some(path) => context.base.join(expand(path, store, context)?),
        None => home(store, context)?.join(".aws").join("credentials"),
    };
    // A link (dotfiles kept elsewhere) stays a link: what it points to is rewritten.
    match path.canonicalize() {
        Ok(real) => Ok(real),
        Err(_) => settle(&path),
    }
}

fn expand(path: &Path, store: &Store, context: &Context) -> Result<PathBuf, StoreError> {
    match path.strip_prefix("~") {
        Ok(rest) => Ok(home(store, context)?.join(rest)),
        Err(_) => Ok(path.to_owned()),
    }
}

fn home<'a>(store: &Store, context: &'a Context) -> Result<&'a Path, StoreError> {
    context.home.as_deref().ok_or_else(|| StoreError::NoHome {
        store: store.to_string(),
    })
}

/// Makes a path absolute and resolves the links of those of its folders that exist.
fn settle(path: &Path) -> Result<PathBuf, StoreError> {
    let refused = |source| StoreError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let absolute = std::path::absolute(path).map_err(refused)?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(refused(std::io::ErrorKind::IsADirectory.into()));
    };
    for folder in parent.ancestors() {
        let real = match folder.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(refused(error)),
        };
        let rest = parent.strip_prefix(folder).unwrap_or(Path::new(""));
        if rest.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(refused(std::io::Error::other(
                "it goes up from a folder that does not exist",
            )));
        }
        return Ok(real.join(rest).join(name));
    }
    Err(refused(std::io::ErrorKind::NotFound.into()))
}
