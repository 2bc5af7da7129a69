//! The mutations of a role: which, in which order, to what effect.

use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Home, Kind as _, Loss, Observed, Pair, Rank, Retry, When};
use crate::names::{Arn, IamPath, InstanceProfileName, RoleName, SessionLength};
use crate::policy_doc::{Policy as Document, same};

use super::super::principal::{self, HoldAction, Holder, SPREADING};
use super::super::tagging::{self, KeyCase, TagChange};
use super::{Role, State, trust};

/// Users and roles take `Team` and `team` for one tag (IAM user guide, "Tags for IAM resources").
const TAG_CASE: KeyCase = KeyCase::Ignored;

/// One mutation of a role.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateRole with path, description, trust, session length, boundary and tags; the rest of the state comes later.
    Create {
        /// The role as it shall be.
        state: Box<State>,
        /// The trust to begin with; another one where the wanted one names what is not there yet.
        trust: Box<Document>,
    },
    /// UpdateAssumeRolePolicy.
    PutTrust(Box<Document>),
    /// UpdateRole: always both, since leaving one out is not documented to keep it.
    Update {
        /// Description.
        description: String,
        /// The longest session.
        max_session_duration: SessionLength,
        /// Which of the two differ.
        fields: Vec<&'static str>,
    },
    /// Policies and boundary.
    Hold(HoldAction),
    /// CreateInstanceProfile.
    CreateProfile(String),
    /// AddRoleToInstanceProfile.
    AddToProfile(String),
    /// RemoveRoleFromInstanceProfile.
    RemoveFromProfile(String, principal::Timing),
    /// DeleteInstanceProfile, for one of the role's own name.
    DeleteProfile(String, principal::Timing),
    /// TagRole or UntagRole.
    Tag(TagChange),
    /// DeleteRole.
    Delete,
}

pub(super) fn diff(id: &RoleName, pair: Pair<'_, Role>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => create(id, wanted, cx),
        Pair::Change { wanted, live } => change(id, wanted, live, cx),
        Pair::Delete(live) => delete(id, live),
    }
}

fn create(id: &RoleName, wanted: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let arn = Role::arn(id, Some(wanted), cx.home);
    let late = cx.entangled.contains(&arn).then(closed_trust).flatten();
    let trust = Box::new(late.clone().unwrap_or_else(|| wanted.trust.clone()));
    let mut actions = vec![Action::Create {
        state: Box::new(wanted.clone()),
        trust,
    }];
    if late.is_some() {
        actions.push(Action::PutTrust(Box::new(wanted.trust.clone())));
    }
    let mut bare = wanted.clone();
    bare.policies.clear();
    bare.inline_policies.clear();
    actions.extend(
        principal::diff(Holder::Role, wanted.holdings(), bare.holdings(), cx)
            .into_iter()
            .map(Action::Hold),
    );
    actions.extend(wanted.instance_profile.iter().flat_map(|name| profile(name)));
    actions
}

/// A trust that lets nobody in, for a role whose own trust names roles that are made at the same time.
pub(super) fn closed_trust() -> Option<Document> {
    Document::from_live(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#,
    )
    .ok()
}

fn profile(name: &str) -> [Action; 2] {
    [
        Action::CreateProfile(name.to_owned()),
        Action::AddToProfile(name.to_owned()),
    ]
}

fn change(id: &RoleName, wanted: &State, live: &Observed<Role>, cx: &DiffCx<'_>) -> Vec<Action> {
    let state = &live.state;
    let mut actions = Vec::new();
    let renewed = trust::own_principals(&wanted.trust, cx.home)
        .iter()
        .any(|arn| cx.replaced.contains(arn));
    let other = !same(&wanted.trust, &state.trust);
    if renewed || other {
        actions.push(Action::PutTrust(Box::new(wanted.trust.clone())));
    }
    actions.extend(update(wanted, state));
    let holds = principal::diff(Holder::Role, wanted.holdings(), state.holdings(), cx).into_iter();
    // Who is newly trusted must not have what goes, and who no longer is must not have what comes.
    let holds = holds.map(|hold| if other { hold.before_additions() } else { hold });
    actions.extend(holds.map(Action::Hold));
    actions.extend(
        wanted
            .instance_profile
            .difference(&state.instance_profile)
            .flat_map(|name| profile(name)),
    );
    let gone = state.instance_profile.difference(&wanted.instance_profile);
    actions.extend(gone.flat_map(|name| drop_profile(id, name, principal::Timing::First)));
    let tags = tagging::changes(&wanted.tags, &state.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

fn update(wanted: &State, live: &State) -> Option<Action> {
    let fields: Vec<&'static str> = wanted
        .apart(live)
        .into_iter()
        .map(|path| path.field)
        .filter(|field| ["description", "max_session_duration"].contains(field))
        .collect();
    (!fields.is_empty()).then(|| Action::Update {
        description: wanted.description.clone(),
        max_session_duration: wanted.max_session_duration.clone(),
        fields,
    })
}

/// A profile of the role's own name was made for it and goes with it; others only lose the role.
fn drop_profile(id: &RoleName, name: &str, timing: principal::Timing) -> Vec<Action> {
    let remove = Action::RemoveFromProfile(name.to_owned(), timing);
    if name == id.as_str() {
        vec![remove, Action::DeleteProfile(name.to_owned(), timing)]
    } else {
        vec![remove]
    }
}

fn delete(id: &RoleName, live: &Observed<Role>) -> Vec<Action> {
    let profiles = live.state.instance_profile.iter();
    let mut actions: Vec<Action> = profiles
        .flat_map(|name| drop_profile(id, name, principal::Timing::Unlink))
        .collect();
    actions.extend(principal::release(live.state.holdings()).into_iter().map(Action::Hold));
    actions.push(Action::Delete);
    actions
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create { state, trust } = action {
        let mut made = (**state).clone();
        made.trust = (**trust).clone();
        made.policies.clear();
        made.inline_policies.clear();
        made.instance_profile.clear();
        return Some(made);
    }
    let mut state = state?;
    match action {
        Action::Create { .. } | Action::CreateProfile(_) | Action::DeleteProfile(..) => {}
        Action::PutTrust(trust) => state.trust = (**trust).clone(),
        Action::Update {
            description,
            max_session_duration,
            fields: _,
        } => {
            state.description.clone_from(description);
            state.max_session_duration = max_session_duration.clone();
        }
        Action::Hold(hold) => principal::after(
            hold,
            &mut state.policies,
            &mut state.inline_policies,
            &mut state.permissions_boundary,
        ),
        Action::AddToProfile(name) => drop(state.instance_profile.insert(name.clone())),
        Action::RemoveFromProfile(name, _) => drop(state.instance_profile.remove(name)),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete => return None,
    }
    Some(state)
}

/// A principal that was just made can't be named in a trust policy for a while.
const TRUSTING: &[Retry] = &[
    Retry {
        code: "MalformedPolicyDocument",
        fragment: "Invalid principal in policy",
        within_s: 120,
        waiting_for: "IAM to know the principals that the trust policy names",
        when: When::Always,
    },
    SPREADING[0],
    SPREADING[1],
    SPREADING[2],
];

/// `AddRoleToInstanceProfile` of a fresh role or profile, in IAM's and in EC2's words.
const PROFILING: &[Retry] = &[
    SPREADING[0],
    SPREADING[1],
    Retry {
        code: "InvalidParameterValue",
        fragment: "Invalid IAM Instance Profile name",
        within_s: 120,
        waiting_for: "the new instance profile to be known",
        when: When::Always,
    },
];

/// DeleteRole is refused for a while after its own last detachment, although the lists are empty.
const DELETING: &[Retry] = &[
    Retry {
        code: "DeleteConflict",
        fragment: "",
        within_s: 120,
        waiting_for: "IAM to see that nothing is attached any more",
        when: When::Always,
    },
    SPREADING[1],
];

/// DeleteInstanceProfile is refused for a while after its role was taken out.
const DROPPING: &[Retry] = &[
    SPREADING[0],
    SPREADING[1],
    Retry {
        code: "DeleteConflict",
        fragment: "must remove roles from instance profile",
        within_s: 120,
        waiting_for: "IAM to see that the instance profile is empty",
        when: When::Always,
    },
];

/// The profile as a thing of its own: a step that needs one which this run makes may find it late.
fn profile_arn(name: &str, home: &Home) -> Option<Arn> {
    let name = InstanceProfileName::parse(name).ok()?;
    Some(Arn::instance_profile(
        home.partition,
        &home.account,
        &IamPath::default(),
        &name,
    ))
}

pub(super) fn facts(id: &RoleName, arn: &Arn, action: &Action, home: &Home) -> Facts {
    let base = |call, rank, summary: String| Facts {
        retry: SPREADING,
        ..Facts::new(call, rank, summary)
    };
    match action {
        Action::Create { state, trust } => created(id, arn, state, trust, home),
        Action::PutTrust(trust) => Facts {
            access: Access::Either,
            needs: trust::own_principals(trust, home),
            fields: vec![FieldPath::whole("trust")],
            retry: TRUSTING,
            ..Facts::new("iam:UpdateAssumeRolePolicy", Rank::Add, "write trust policy")
        },
        Action::Update { fields, .. } => Facts {
            fields: fields.iter().map(|field| FieldPath::whole(field)).collect(),
            ..base("iam:UpdateRole", Rank::Set, format!("set {}", fields.join(", ")))
        },
        Action::Hold(hold) => principal::facts(hold, Holder::Role, arn),
        Action::CreateProfile(name) => Facts {
            makes: profile_arn(name, home).into_iter().collect(),
            ..base(
                "iam:CreateInstanceProfile",
                Rank::Set,
                format!("make instance profile {name}"),
            )
        },
        Action::AddToProfile(name) => Facts {
            access: Access::Widens,
            needs: profile_arn(name, home).into_iter().collect(),
            fields: vec![FieldPath::entry("instance_profile", name)],
            retry: PROFILING,
            ..Facts::new(
                "iam:AddRoleToInstanceProfile",
                Rank::Add,
                format!("put into instance profile {name}"),
            )
        },
        Action::RemoveFromProfile(name, timing) => Facts {
            access: Access::Restricts,
            loss: Loss::Link,
            fields: vec![FieldPath::entry("instance_profile", name)],
            ..base(
                "iam:RemoveRoleFromInstanceProfile",
                rank(*timing),
                format!("take out of instance profile {name}"),
            )
        },
        Action::DeleteProfile(name, timing) => Facts {
            retry: DROPPING,
            ..Facts::new(
                "iam:DeleteInstanceProfile",
                rank(*timing),
                format!("delete instance profile {name}"),
            )
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..base(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete => Facts {
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("iam:DeleteRole", Rank::Delete, format!("delete role {id}"))
        },
    }
}

fn created(id: &RoleName, arn: &Arn, state: &State, trust: &Document, home: &Home) -> Facts {
    let mut needs = trust::own_principals(trust, home);
    needs.extend(state.permissions_boundary.clone());
    let later = ["policies", "inline_policies", "instance_profile"];
    Facts {
        makes: vec![arn.clone()],
        needs,
        fields: state
            .present()
            .into_iter()
            .filter(|path| !later.contains(&path.field))
            .collect(),
        retry: TRUSTING,
        ..Facts::new("iam:CreateRole", Rank::Create, format!("create role {id}"))
    }
}

fn rank(timing: principal::Timing) -> Rank {
    match timing {
        principal::Timing::First => Rank::Remove,
        principal::Timing::Replaced => Rank::RemoveReplaced,
        principal::Timing::Unlink => Rank::Unlink,
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "iam:TagRole",
        TagChange::Remove(_) | TagChange::Release(_) => "iam:UntagRole",
    }
}
