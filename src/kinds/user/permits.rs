//! What making, changing and reading users must be permitted.
//!
//! Whoever moved a user to another path by hand has moved it out of reach: its ARN is another one.

use std::collections::BTreeMap;

use crate::kind::{Depth, Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, GroupName, IamPath, UserName};

use super::super::membership::Peer;
use super::super::principal::{Holder, permits as held};
use super::super::tagging;
use super::steps::Leftover;
use super::{Action, Credential, Evidence, KeyStatus, Keys, State, User, steps};

pub(super) fn of(id: &UserName, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let own = Permit::new(steps::facts(id, arn, action, home).call, arn);
    match action {
        Action::Create(state) => created(own, arn, state),
        Action::Hold(hold) => held::of(hold, Holder::User, arn),
        // Of the two ends AWS asks for the group alone (service authorization reference, `AddUserToGroup`).
        Action::Join(group) => vec![Permit::new("iam:AddUserToGroup", group)],
        Action::Leave(group, _) => vec![Permit::new("iam:RemoveUserFromGroup", group)],
        Action::Clear(Leftover::VirtualMfaDevice(serial)) => vec![Permit::new("iam:DeleteVirtualMFADevice", serial)],
        Action::SetPath(_)
        | Action::Login(_)
        | Action::Key(_)
        | Action::Clear(_)
        | Action::Tag(_)
        | Action::Delete(_) => vec![own],
    }
}

fn created(own: Permit, arn: &Arn, state: &State) -> Vec<Permit> {
    let own = match &state.permissions_boundary {
        Some(boundary) => own.with("iam:PermissionsBoundary", boundary),
        None => own,
    };
    let tags = (!state.tags.is_empty()).then(|| Permit::new("iam:TagUser", arn));
    std::iter::once(own).chain(tags).collect()
}

pub(super) fn reads(object: &Object<User>, home: &Home) -> Vec<Permit> {
    let state = object.wanted.as_ref().map(|wanted| &wanted.state);
    let mut actions = vec![
        "iam:GetLoginProfile",
        "iam:GetUser",
        "iam:GetUserPolicy",
        "iam:ListAccessKeys",
        "iam:ListAttachedUserPolicies",
        "iam:ListGroupsForUser",
        "iam:ListUserPolicies",
    ];
    if object.depth == Depth::Remove {
        actions.extend([
            "iam:ListMFADevices",
            "iam:ListSSHPublicKeys",
            "iam:ListServiceSpecificCredentials",
            "iam:ListSigningCertificates",
        ]);
    }
    Permit::all(&actions, User::arn(&object.id, state, home))
}

pub(super) fn otherwise(id: &UserName, wanted: Option<&State>, home: &Home) -> Vec<Observed<User>> {
    let foreign = held::foreign(home.partition);
    let group = GroupName::parse("otherwise").ok();
    let group = group.map(|name| Arn::group(home.partition, &home.account, &IamPath::default(), &name));
    let keys = |status: KeyStatus| BTreeMap::from([("AKIAOTHERWISE2222222".to_owned(), status)]);
    let state = State {
        path: wanted.map(|wanted| wanted.path.clone()).unwrap_or_default(),
        groups: group.into_iter().map(Peer::new).collect(),
        permissions_boundary: foreign.first().cloned(),
        policies: foreign,
        inline_policies: held::foreign_inline(),
        console_access: Credential::There,
        access_key: Credential::There,
        access_keys: Keys::Known(keys(KeyStatus::Active)),
        tags: tagging::otherwise(&wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default()),
    };
    let bare = State {
        permissions_boundary: None,
        console_access: Credential::Absent,
        access_key: Credential::Absent,
        access_keys: Keys::Known(BTreeMap::new()),
        ..state.clone()
    };
    [state, bare].map(|state| observed(id, state, home)).into()
}

fn observed(id: &UserName, state: State, home: &Home) -> Observed<User> {
    let device = format!("arn:{}:iam::{}:mfa/{id}", home.partition, home.account);
    Observed {
        state,
        evidence: Evidence {
            id: "AIDAOTHERWISE22222222".to_owned(),
            login: Some(0),
            keys: [("AKIAOTHERWISE2222222".to_owned(), 0)].into(),
            mfa_devices: Some(vec![device]),
            certificates: vec!["otherwise".to_owned()],
            ssh_keys: vec!["otherwise".to_owned()],
            service_credentials: vec!["otherwise".to_owned()],
        },
        unknown: BTreeMap::new(),
    }
}
