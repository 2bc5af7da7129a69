//! The mutations of a user: which, in which order, to what effect.

use std::collections::BTreeMap;

use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Home, Loss, Observed, Once, Pair, Rank, Retry, When};
use crate::names::{Arn, IamPath, UserName};

use super::super::membership::{self, Peer, Side};
use super::super::principal::{self, HoldAction, Holder, SPREADING, Timing};
use super::super::tagging::{self, TagChange};
use super::{Credential, FirstKey, FirstPassword, KeyStatus, Keys, State, TAG_CASE, User};

/// One mutation of a user.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateUser with path, boundary and tags; the rest of the state comes later.
    Create(Box<State>),
    /// UpdateUser: another path, and with it another ARN.
    SetPath(IamPath),
    /// Policies and boundary.
    Hold(HoldAction),
    /// AddUserToGroup.
    Join(Arn),
    /// RemoveUserFromGroup.
    Leave(Arn, Timing),
    /// A console password.
    Login(LoginChange),
    /// An access key.
    Key(KeyChange),
    /// Removes what else lets the user in, because the user is to be deleted.
    Clear(Leftover),
    /// TagUser or UntagUser.
    Tag(TagChange),
    /// DeleteUser; the boundary that it had.
    Delete(Option<Arn>),
}

/// One mutation of the console password.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginChange {
    /// CreateLoginProfile with a generated password.
    Create(FirstPassword),
    /// DeleteLoginProfile.
    Delete(Timing),
}

/// One mutation of an access key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyChange {
    /// CreateAccessKey.
    Create(FirstKey),
    /// UpdateAccessKey to inactive.
    Deactivate(String, Timing),
    /// DeleteAccessKey.
    Delete(String, Timing),
}

/// What AWS wants gone before a user, and nobody can declare.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftover {
    /// DeleteSigningCertificate.
    Certificate(String),
    /// DeleteSSHPublicKey.
    SshKey(String),
    /// DeleteServiceSpecificCredential.
    ServiceCredential(String),
    /// DeactivateMFADevice.
    MfaDevice(String),
    /// DeleteVirtualMFADevice, for what is nothing but a secret in AWS.
    VirtualMfaDevice(String),
}

pub(super) fn diff(pair: Pair<'_, User>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => create(wanted, cx),
        Pair::Change { wanted, live } => change(wanted, &live.state, cx),
        Pair::Delete(live) => delete(live),
    }
}

fn create(wanted: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = vec![Action::Create(Box::new(wanted.clone()))];
    let bare = made(wanted);
    actions.extend(
        principal::diff(principal::Holder::User, wanted.holdings(), bare.holdings(), cx)
            .into_iter()
            .map(Action::Hold),
    );
    actions.extend(wanted.groups.iter().map(|group| Action::Join(group.arn().clone())));
    actions.extend(credentials(wanted, &bare));
    actions
}

fn change(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    if wanted.path != live.path {
        actions.push(Action::SetPath(wanted.path.clone()));
    }
    actions.extend(
        principal::diff(principal::Holder::User, wanted.holdings(), live.holdings(), cx)
            .into_iter()
            .map(Action::Hold),
    );
    let (join, leave, timing) = membership::moves(&wanted.groups, &live.groups);
    actions.extend(join.into_iter().map(Action::Join));
    actions.extend(leave.into_iter().map(|group| Action::Leave(group, timing)));
    actions.extend(credentials(wanted, live));
    let tags = tagging::changes(&wanted.tags, &live.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

/// Credentials to make where there is none, and to remove where the file says so in words.
fn credentials(wanted: &State, live: &State) -> Vec<Action> {
    let mut actions = Vec::new();
    match (&wanted.console_access, &live.console_access) {
        (Credential::Wished(wish), Credential::Absent) => {
            actions.push(Action::Login(LoginChange::Create(wish.clone())))
        }
        (Credential::Absent, Credential::Wished(_) | Credential::There) => {
            actions.push(Action::Login(LoginChange::Delete(Timing::First)));
        }
        (Credential::Unasked | Credential::Wished(_) | Credential::There, _)
        | (Credential::Absent, Credential::Absent | Credential::Unasked) => {}
    }
    if let (Credential::Wished(wish), Credential::Absent) = (&wanted.access_key, &live.access_key) {
        actions.push(Action::Key(KeyChange::Create(wish.clone())));
    }
    if let (Keys::Known(wanted), Keys::Known(live)) = (&wanted.access_keys, &live.access_keys) {
        let gone = live.iter().filter(|(id, _)| !wanted.contains_key(*id));
        actions.extend(gone.flat_map(|(id, status)| drop_key(id, *status, Timing::First)));
    }
    actions
}

/// A key that is in use shows it while it is inactive; deleting comes second.
fn drop_key(id: &str, status: KeyStatus, timing: Timing) -> Vec<Action> {
    let delete = Action::Key(KeyChange::Delete(id.to_owned(), timing));
    match status {
        KeyStatus::Active => vec![Action::Key(KeyChange::Deactivate(id.to_owned(), timing)), delete],
        KeyStatus::Inactive => vec![delete],
    }
}

fn delete(live: &Observed<User>) -> Vec<Action> {
    let Observed {
        state,
        evidence,
        unknown: _,
    } = live;
    let mut actions = Vec::new();
    if evidence.login.is_some() {
        actions.push(Action::Login(LoginChange::Delete(Timing::Unlink)));
    }
    let keys = state.access_keys.known().into_iter().flatten();
    actions.extend(keys.flat_map(|(id, status)| drop_key(id, *status, Timing::Unlink)));
    let plain = |ids: &[String], of: fn(String) -> Leftover| ids.iter().cloned().map(of).collect::<Vec<_>>();
    let mut leftovers = plain(&evidence.certificates, Leftover::Certificate);
    leftovers.extend(plain(&evidence.ssh_keys, Leftover::SshKey));
    leftovers.extend(plain(&evidence.service_credentials, Leftover::ServiceCredential));
    leftovers.extend(evidence.mfa_devices.iter().flatten().flat_map(|serial| mfa(serial)));
    actions.extend(leftovers.into_iter().map(Action::Clear));
    actions.extend(principal::release(state.holdings()).into_iter().map(Action::Hold));
    actions.extend(
        state
            .groups
            .iter()
            .map(|group| Action::Leave(group.arn().clone(), Timing::Unlink)),
    );
    actions.push(Action::Delete(state.permissions_boundary.clone()));
    actions
}

/// The serial number of a virtual device is an ARN of `mfa/`; a hardware one only leaves the user.
fn mfa(serial: &str) -> Vec<Leftover> {
    let deactivate = Leftover::MfaDevice(serial.to_owned());
    let is_virtual = Arn::parse(serial).is_ok_and(|arn| arn.resource().starts_with("mfa/"));
    if is_virtual {
        vec![deactivate, Leftover::VirtualMfaDevice(serial.to_owned())]
    } else {
        vec![deactivate]
    }
}

/// A user as CreateUser makes it.
fn made(wanted: &State) -> State {
    State {
        path: wanted.path.clone(),
        groups: Default::default(),
        policies: Default::default(),
        inline_policies: Default::default(),
        permissions_boundary: wanted.permissions_boundary.clone(),
        console_access: Credential::Absent,
        access_key: Credential::Absent,
        access_keys: Keys::Known(BTreeMap::new()),
        tags: wanted.tags.clone(),
    }
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(wanted) = action {
        return Some(made(wanted));
    }
    let mut state = state?;
    match action {
        Action::Create(_) | Action::Clear(_) => {}
        Action::SetPath(path) => state.path = path.clone(),
        Action::Hold(hold) => principal::after(
            hold,
            &mut state.policies,
            &mut state.inline_policies,
            &mut state.permissions_boundary,
        ),
        Action::Join(group) => drop(state.groups.insert(Peer::new(group.clone()))),
        Action::Leave(group, _) => drop(state.groups.remove(&Peer::new(group.clone()))),
        Action::Login(LoginChange::Create(_)) => state.console_access = Credential::There,
        Action::Login(LoginChange::Delete(_)) => state.console_access = Credential::Absent,
        Action::Key(change) => after_key(&mut state, change),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete(_) => return None,
    }
    Some(state)
}

fn after_key(state: &mut State, change: &KeyChange) {
    if let KeyChange::Create(_) = change {
        state.access_key = Credential::There;
        // Its id is AWS's to choose.
        state.access_keys = Keys::Any;
    }
    let Keys::Known(keys) = &mut state.access_keys else {
        return;
    };
    match change {
        KeyChange::Create(_) => {}
        KeyChange::Deactivate(id, _) => drop(keys.insert(id.clone(), KeyStatus::Inactive)),
        KeyChange::Delete(id, _) => drop(keys.remove(id)),
    }
    if keys.is_empty() {
        state.access_key = Credential::Absent;
    }
}

/// A user whose login profile was just made or removed can't be changed for a while.
const UNSETTLED: Retry = Retry {
    code: "EntityTemporarilyUnmodifiable",
    fragment: "",
    within_s: 120,
    waiting_for: "IAM to finish another change of this user",
    when: When::Always,
};

const SETTLING: &[Retry] = &[SPREADING[0], SPREADING[1], UNSETTLED];

/// DeleteUser may be refused for a while after its own last removal.
const DELETING: &[Retry] = &[
    Retry {
        code: "DeleteConflict",
        fragment: "",
        within_s: 120,
        waiting_for: "IAM to see that the user has nothing left",
        when: When::Always,
    },
    SPREADING[1],
    UNSETTLED,
];

pub(super) fn facts(id: &UserName, arn: &Arn, action: &Action, home: &Home) -> Facts {
    match action {
        Action::Create(state) => created(id, arn, state),
        Action::SetPath(path) => Facts {
            // Other people's policies may name the user by its path.
            access: Access::Either,
            makes: vec![Arn::user(home.partition, &home.account, path, id)],
            fields: vec![FieldPath::whole("path")],
            ..settling("iam:UpdateUser", Rank::Set, format!("move to path {path}"))
        },
        Action::Hold(hold) => principal::facts(hold, Holder::User, arn),
        Action::Join(group) => membership::joining(arn, group),
        Action::Leave(group, timing) => membership::leaving(arn, group, *timing, Side::User),
        Action::Login(change) => login(change),
        Action::Key(change) => key(change),
        Action::Clear(leftover) => cleared(leftover),
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..settling(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete(boundary) => Facts {
            deletes: vec![arn.clone()],
            frees: boundary.iter().cloned().collect(),
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("iam:DeleteUser", Rank::Delete, format!("delete user {id}"))
        },
    }
}

fn settling(call: &'static str, rank: Rank, summary: String) -> Facts {
    Facts {
        retry: SETTLING,
        ..Facts::new(call, rank, summary)
    }
}

fn created(id: &UserName, arn: &Arn, state: &State) -> Facts {
    Facts {
        makes: vec![arn.clone()],
        needs: state.permissions_boundary.iter().cloned().collect(),
        fields: made(state).present(),
        retry: SPREADING,
        ..Facts::new("iam:CreateUser", Rank::Create, format!("create user {id}"))
    }
}

fn login(change: &LoginChange) -> Facts {
    let fields = vec![FieldPath::whole("console_access")];
    match change {
        LoginChange::Create(wish) => Facts {
            access: Access::Widens,
            once: Once::OnlyOnce,
            fields,
            ..settling(
                "iam:CreateLoginProfile",
                Rank::Add,
                format!("make a console password for {}", wish.store),
            )
        },
        LoginChange::Delete(timing) => Facts {
            access: Access::Restricts,
            loss: Loss::Object,
            fields,
            ..settling(
                "iam:DeleteLoginProfile",
                principal::rank(*timing),
                "remove the console password".into(),
            )
        },
    }
}

fn key(change: &KeyChange) -> Facts {
    match change {
        KeyChange::Create(wish) => Facts {
            access: Access::Widens,
            once: Once::OnlyOnce,
            fields: vec![FieldPath::whole("access_key")],
            ..settling(
                "iam:CreateAccessKey",
                Rank::Add,
                format!("make an access key for {}", wish.store),
            )
        },
        KeyChange::Deactivate(id, timing) => Facts {
            access: Access::Restricts,
            fields: vec![FieldPath::entry("access_keys", id)],
            ..settling(
                "iam:UpdateAccessKey",
                principal::rank(*timing),
                format!("deactivate access key {id}"),
            )
        },
        KeyChange::Delete(id, timing) => Facts {
            access: Access::Restricts,
            loss: Loss::Object,
            fields: vec![FieldPath::entry("access_keys", id)],
            ..settling(
                "iam:DeleteAccessKey",
                principal::rank(*timing),
                format!("delete access key {id}"),
            )
        },
    }
}

fn cleared(leftover: &Leftover) -> Facts {
    let (call, what, id) = match leftover {
        Leftover::Certificate(id) => ("iam:DeleteSigningCertificate", "delete signing certificate", id),
        Leftover::SshKey(id) => ("iam:DeleteSSHPublicKey", "delete SSH key", id),
        Leftover::ServiceCredential(id) => ("iam:DeleteServiceSpecificCredential", "delete service credential", id),
        Leftover::MfaDevice(id) => ("iam:DeactivateMFADevice", "deactivate MFA device", id),
        Leftover::VirtualMfaDevice(id) => ("iam:DeleteVirtualMFADevice", "delete virtual MFA device", id),
    };
    Facts {
        access: Access::Restricts,
        loss: Loss::Object,
        ..settling(call, Rank::Unlink, format!("{what} {id}"))
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "iam:TagUser",
        TagChange::Remove(_) | TagChange::Release(_) => "iam:UntagUser",
    }
}
