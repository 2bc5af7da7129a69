//! What a list of the account shows of a resource.
//!
//! Invariant: what AWS or one of its services made says so, whatever its name.

use super::Kind;

/// A resource that the account has, as a list shows it.
#[derive(Debug, Clone)]
pub struct Listed<K: Kind> {
    /// What AWS knows it by; or its name, where that is none that this program can work with.
    pub id: Result<K::Id, String>,
    /// Who made it, where that was AWS or one of its services: "AWS", "autoscaling.amazonaws.com".
    pub made_by: Option<String>,
}

impl<K: Kind> Listed<K> {
    /// Something that the account's people have made.
    #[must_use]
    pub fn own(name: &str, id: Option<K::Id>) -> Self {
        Self {
            id: id.ok_or_else(|| name.to_owned()),
            made_by: None,
        }
    }

    /// The same, unless its path says that AWS made it.
    #[must_use]
    pub fn below(self, path: &str) -> Self {
        let reserved = ["/aws-service-role/", "/aws-reserved/"];
        let is_made_by_aws = reserved.iter().any(|start| path.starts_with(start));
        Self {
            made_by: is_made_by_aws.then(|| "AWS".to_owned()),
            ..self
        }
    }
}
