//! What making, changing and reading buses must be permitted.

use std::collections::BTreeMap;

use crate::kind::{Depth, Home, Kind as _, Object, Observed, Permit};
use crate::names::Arn;
use crate::policy_doc::Policy as Document;

use super::super::tagging;
use super::{Action, EventBus, Evidence, Id, State, Statements, steps};

pub(super) fn of(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let own = Permit::new(steps::facts(id, arn, action, home).call, arn);
    let tags = match action {
        Action::Create(state) if !state.tags.is_empty() => Some(Permit::new("events:TagResource", arn)),
        _ => None,
    };
    std::iter::once(own).chain(tags).collect()
}

pub(super) fn reads(object: &Object<EventBus>, home: &Home) -> Vec<Permit> {
    let arn = EventBus::arn(&object.id, None, home);
    let mut permits = Permit::all(&["events:DescribeEventBus", "events:ListTagsForResource"], &arn);
    if object.depth == Depth::Remove {
        permits.push(Permit::everywhere("events:ListRules"));
    }
    permits
}

pub(super) fn otherwise(id: &Id, wanted: Option<&State>, home: &Home) -> Vec<Observed<EventBus>> {
    let tags = wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default();
    let state = State {
        description: "otherwise".to_owned(),
        policy: Statements(policy(id, home)),
        tags: tagging::otherwise(&tags),
    };
    vec![Observed {
        state,
        evidence: Evidence {
            rules: Vec::new(),
            unmodelled: Vec::new(),
        },
        unknown: BTreeMap::new(),
    }]
}

/// A policy that lets in nobody but the account itself.
fn policy(id: &Id, home: &Home) -> Option<Document> {
    let bus = EventBus::arn(id, None, home);
    let account = &home.account;
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Sid":"Otherwise","Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"events:PutEvents","Resource":"{bus}"}}}}"#
    );
    Document::from_live(&text).ok()
}
