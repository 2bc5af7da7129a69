//! Memberships: the link between a user and a group.
//!
//! Invariant: the link belongs to the user. Only the user's steps make it; a group's steps only ever break it, and two
//! steps that break the same one say so by the same pair of ARNs.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::fields::{FieldKey, FieldPath};
use crate::kind::{Access, Facts, Loss, Rank};
use crate::names::{Arn, limits};

use super::principal::{self, SPREADING, Timing};

/// The other end of a membership. Equal for one name whatever its case and path, because IAM's names are unique
/// without either, and a path may change while the link stays.
#[derive(Debug, Clone)]
pub struct Peer(Arn);

impl Peer {
    /// The user or group of an ARN.
    #[must_use]
    pub fn new(arn: Arn) -> Self {
        Self(arn)
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &Arn {
        &self.0
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        let resource = self.0.resource();
        resource.rsplit('/').next().unwrap_or(resource)
    }

    fn identity(&self) -> impl Iterator<Item = u8> {
        self.name().bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Peer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Peer {}

impl PartialOrd for Peer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Peer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(other.identity())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Peer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FieldKey for Peer {}

/// Which end a step belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The user's `groups`.
    User,
    /// The group's `members`.
    Group,
}

/// The groups to join and to leave, and when to leave them: after joining, unless there is no room for both.
#[must_use]
pub fn moves(wanted: &BTreeSet<Peer>, live: &BTreeSet<Peer>) -> (Vec<Arn>, Vec<Arn>, Timing) {
    let arns =
        |peers: std::collections::btree_set::Difference<'_, Peer>| peers.map(|peer| peer.arn().clone()).collect();
    let (join, leave): (Vec<Arn>, Vec<Arn>) = (arns(wanted.difference(live)), arns(live.difference(wanted)));
    let most = usize::try_from(limits::GROUPS_PER_USER.value).unwrap_or(usize::MAX);
    let timing = if join.is_empty() || live.len() + join.len() > most {
        Timing::First
    } else {
        Timing::Replaced
    };
    (join, leave, timing)
}

/// What is known of AddUserToGroup.
#[must_use]
pub fn joining(user: &Arn, group: &Arn) -> Facts {
    let peer = Peer::new(group.clone());
    Facts {
        access: Access::Widens,
        needs: vec![user.clone(), group.clone()],
        fields: vec![FieldPath::entry("groups", peer.to_string())],
        retry: SPREADING,
        ..Facts::new("iam:AddUserToGroup", Rank::Add, format!("join group {peer}"))
    }
}

/// What is known of RemoveUserFromGroup, as a step of either end.
#[must_use]
pub fn leaving(user: &Arn, group: &Arn, timing: Timing, side: Side) -> Facts {
    let (member, of) = (Peer::new(user.clone()), Peer::new(group.clone()));
    let (field, summary) = match side {
        Side::User => (FieldPath::entry("groups", of.to_string()), format!("leave group {of}")),
        Side::Group => (
            FieldPath::entry("members", member.to_string()),
            format!("remove member {member}"),
        ),
    };
    Facts {
        access: Access::Restricts,
        frees: vec![user.clone(), group.clone()],
        unlinks: Some((user.clone(), group.clone())),
        loss: Loss::Link,
        fields: vec![field],
        retry: SPREADING,
        ..Facts::new("iam:RemoveUserFromGroup", principal::rank(timing), summary)
    }
}

#[cfg(feature = "aws")]
pub(crate) mod live {
    //! The two calls. Both succeed when there is nothing to do.

    use crate::aws::{Aws, Intent, failed, is_absent, request_id};
    use crate::engine::{CallError, Receipt};

    /// AddUserToGroup.
    pub(crate) async fn join(aws: &Aws, user: &str, group: &str) -> Result<Receipt, CallError> {
        let request = aws
            .iam(Intent::Write)
            .add_user_to_group()
            .user_name(user)
            .group_name(group);
        Ok(Receipt::of(request_id(
            &request.send().await.map_err(failed("iam:AddUserToGroup"))?,
        )))
    }

    /// RemoveUserFromGroup; where either end is gone, so is the link.
    pub(crate) async fn leave(aws: &Aws, user: &str, group: &str) -> Result<Receipt, CallError> {
        let request = aws
            .iam(Intent::Write)
            .remove_user_from_group()
            .user_name(user)
            .group_name(group);
        match request.send().await {
            Ok(answer) => Ok(Receipt::of(request_id(&answer))),
            Err(error) => {
                let error = failed("iam:RemoveUserFromGroup")(error);
                if is_absent(&error) {
                    Ok(Receipt::already())
                } else {
                    Err(error)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(path: &str, name: &str) -> Peer {
        Peer::new(Arn::parse(&format!("arn:aws:iam::123456789012:group{path}{name}")).unwrap())
    }

    fn groups(names: &[&str]) -> BTreeSet<Peer> {
        names.iter().map(|name| group("/", name)).collect()
    }

    #[test]
    fn a_peer_is_its_name_without_case_or_path() {
        assert_eq!(group("/", "Ops"), group("/x/", "ops"));
        assert_ne!(group("/", "ops"), group("/", "ops2"));
        assert_eq!(BTreeSet::from([group("/", "Ops"), group("/x/", "ops")]).len(), 1);
        assert_eq!(group("/x/", "Ops").to_string(), "Ops");
    }

    #[test]
    fn what_replaces_is_joined_before_what_is_left() {
        let (join, leave, timing) = moves(&groups(&["a", "b"]), &groups(&["b", "c"]));
        assert_eq!((join, leave), (vec![group("/", "a").0], vec![group("/", "c").0]));
        assert_eq!(timing, Timing::Replaced);
        assert_eq!(moves(&groups(&["b"]), &groups(&["b", "c"])).2, Timing::First);
    }

    #[test]
    fn where_ten_groups_leave_no_room_leaving_comes_first() {
        let full: Vec<String> = (0..10).map(|nth| format!("g{nth}")).collect();
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        let mut wanted = groups(&full[1..9]);
        wanted.insert(group("/", "new"));
        assert_eq!(moves(&wanted, &groups(&full)).2, Timing::First);
        assert_eq!(moves(&wanted, &groups(&full[..9])).2, Timing::Replaced);
    }

    #[test]
    fn both_ends_break_the_same_link() {
        let user = Arn::parse("arn:aws:iam::123456789012:user/erika").unwrap();
        let of = group("/", "ops").0;
        let (one, other) = (
            leaving(&user, &of, Timing::First, Side::User),
            leaving(&user, &of, Timing::Unlink, Side::Group),
        );
        assert_eq!(one.unlinks, other.unlinks);
        assert_eq!(
            (one.summary.as_str(), other.summary.as_str()),
            ("leave group ops", "remove member erika")
        );
        assert_eq!((one.rank, other.rank), (Rank::Remove, Rank::Unlink));
        assert_eq!(one.frees, [user.clone(), of.clone()]);
        assert_eq!(joining(&user, &of).needs, [user, of]);
    }
}
