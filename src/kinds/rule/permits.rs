//! What making, changing and reading rules must be permitted.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::{Home, Kind as _, Object, Observed, Permit};
use crate::names::Arn;

use super::super::tagging;
use super::target::{Feed, Retry, Target};
use super::values::Switch;
use super::{Action, Evidence, Id, Rule, State, steps};

const SERVICE: &str = "events.amazonaws.com";

pub(super) fn of(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let mut permits = vec![Permit::new(steps::facts(id, arn, action, home).call, arn)];
    match action {
        Action::Create(state) => {
            permits.extend((!state.tags.is_empty()).then(|| Permit::new("events:TagResource", arn)));
            permits.extend(pass(state.role.as_ref()));
        }
        Action::Put { to, fields: _ } => permits.extend(pass(to.whole().role.as_ref())),
        Action::PutTargets { targets, before: _ } => {
            let roles: BTreeSet<&Arn> = targets.values().filter_map(|target| target.role.as_ref()).collect();
            permits.extend(roles.into_iter().flat_map(|role| pass(Some(role))));
        }
        Action::RemoveTargets { .. } | Action::Tag(_) | Action::Delete => {}
    }
    permits
}

fn pass(role: Option<&Arn>) -> Option<Permit> {
    role.map(|role| Permit::pass_role(role, SERVICE))
}

pub(super) fn reads(object: &Object<Rule>, home: &Home) -> Vec<Permit> {
    let actions = [
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
    ];
    Permit::all(&actions, Rule::arn(&object.id, None, home))
}

pub(super) fn otherwise(id: &Id, wanted: Option<&State>, home: &Home) -> Vec<Observed<Rule>> {
    let tags = wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default();
    let bus = Arn::parse(&format!(
        "arn:{}:events:{}:{}:event-bus/default",
        home.partition, id.region, home.account
    ));
    let target = bus.ok().map(|arn| Target {
        arn,
        role: None,
        feed: Feed::Event,
        retry: Retry::default(),
        dead_letter: None,
    });
    let targets: BTreeMap<String, Target> = target
        .map(|target| ("otherwise".to_owned(), target))
        .into_iter()
        .collect();
    let state = State {
        schedule: wanted.and_then(|wanted| wanted.schedule.clone()),
        pattern: wanted.and_then(|wanted| wanted.pattern.clone()),
        description: "otherwise".to_owned(),
        state: match wanted.map(|wanted| wanted.state) {
            Some(Switch::Disabled) => Switch::Enabled,
            Some(Switch::Enabled | Switch::EnabledWithAllCloudtrailManagementEvents) | None => Switch::Disabled,
        },
        role: None,
        targets,
        tags: tagging::otherwise(&tags),
    };
    vec![Observed {
        evidence: Evidence {
            target_ids: state.targets.keys().cloned().collect(),
            unmodelled: Vec::new(),
        },
        state,
        unknown: BTreeMap::new(),
    }]
}
