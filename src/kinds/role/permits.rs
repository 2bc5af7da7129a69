//! What making, changing and reading roles must be permitted.

use std::collections::BTreeMap;

use crate::kind::{Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, IamPath, InstanceProfileName, RoleName, SessionLength};

use super::super::principal::{Holder, permits as held};
use super::super::tagging;
use super::{Action, Evidence, Role, State, steps};

pub(super) fn of(id: &RoleName, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let own = Permit::new(steps::facts(id, arn, action, home).call, arn);
    match action {
        Action::Create { state, trust: _ } => created(own, arn, state),
        Action::Hold(hold) => held::of(hold, Holder::Role, arn),
        Action::CreateProfile(name) => profile("iam:CreateInstanceProfile", name, home),
        Action::AddToProfile(name) => {
            let mut permits = profile("iam:AddRoleToInstanceProfile", name, home);
            permits.push(Permit::pass_role(arn, "ec2.amazonaws.com"));
            permits
        }
        Action::RemoveFromProfile(name, _) => profile("iam:RemoveRoleFromInstanceProfile", name, home),
        Action::DeleteProfile(name, _) => profile("iam:DeleteInstanceProfile", name, home),
        Action::PutTrust(_) | Action::Update { .. } | Action::Tag(_) | Action::Delete => vec![own],
    }
}

/// Tags at creation take a permission of their own.
fn created(own: Permit, arn: &Arn, state: &State) -> Vec<Permit> {
    let own = match &state.permissions_boundary {
        Some(boundary) => own.with("iam:PermissionsBoundary", boundary),
        None => own,
    };
    let tags = (!state.tags.is_empty()).then(|| Permit::new("iam:TagRole", arn));
    std::iter::once(own).chain(tags).collect()
}

fn profile(action: &'static str, name: &str, home: &Home) -> Vec<Permit> {
    let name = InstanceProfileName::parse(name).ok();
    let arn = name.map(|name| Arn::instance_profile(home.partition, &home.account, &IamPath::default(), &name));
    arn.map(|arn| Permit::new(action, arn)).into_iter().collect()
}

pub(super) fn reads(object: &Object<Role>, home: &Home) -> Vec<Permit> {
    let state = object.wanted.as_ref().map(|wanted| &wanted.state);
    let actions = [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
    ];
    Permit::all(&actions, Role::arn(&object.id, state, home))
}

pub(super) fn otherwise(id: &RoleName, wanted: Option<&State>, home: &Home) -> Vec<Observed<Role>> {
    let Some(trust) = steps::closed_trust() else {
        return Vec::new();
    };
    let longer = SessionLength::of_seconds(7200).ok();
    let usual = SessionLength::of_seconds(3600).ok();
    let session = longer.filter(|longer| wanted.is_none_or(|wanted| wanted.max_session_duration != *longer));
    let Some(max_session_duration) = session.or(usual) else {
        return Vec::new();
    };
    let foreign = held::foreign(home.partition);
    let state = State {
        path: wanted.map(|wanted| wanted.path.clone()).unwrap_or_default(),
        description: "otherwise".to_owned(),
        trust,
        max_session_duration,
        permissions_boundary: foreign.first().cloned(),
        policies: foreign,
        inline_policies: held::foreign_inline(),
        instance_profile: [id.to_string()].into(),
        tags: tagging::otherwise(&wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default()),
    };
    // A profile that is wanted has to be missing once, and one that is not has to be there.
    let bare = State {
        instance_profile: Default::default(),
        permissions_boundary: None,
        ..state.clone()
    };
    [state, bare].map(observed).into()
}

fn observed(state: State) -> Observed<Role> {
    Observed {
        state,
        evidence: Evidence {
            id: "AROAOTHERWISE22222222".to_owned(),
        },
        unknown: BTreeMap::new(),
    }
}
