//! What is said of access, from the model to version 1 of the format.
//!
//! Invariant: every part of the model is taken apart whole.

use crate::access::delta;

use super::{all, v1};

impl From<&delta::Delta> for v1::AccessChange {
    fn from(delta: &delta::Delta) -> Self {
        let verdict = delta.verdict();
        let summary = verdict.to_string();
        let delta::Verdict {
            widens,
            widened,
            narrowed,
            admins,
            escalating,
            public,
            unknown: _,
        } = verdict;
        let delta::Delta { shifts } = delta;
        Self {
            widens: match widens {
                delta::Widens::No => v1::Widens::No,
                delta::Widens::Unknown => v1::Widens::Unknown,
                delta::Widens::Yes => v1::Widens::Yes,
            },
            widened,
            narrowed,
            admins,
            escalating,
            public,
            summary,
            principals: all(shifts),
        }
    }
}

impl From<&delta::Shift> for v1::AccessOf {
    fn from(shift: &delta::Shift) -> Self {
        let delta::Shift {
            who: delta::Who { sort, id, shown },
            rights,
            escalations,
            admin,
            unknown,
        } = shift;
        let unknown = unknown.iter().map(|(way, reason)| v1::UnknownAccess {
            way: (*way).into(),
            reason: reason.clone(),
        });
        Self {
            sort: (*sort).into(),
            principal: id.clone(),
            name: shown.clone(),
            rights: all(rights),
            escalations: all(escalations),
            admin: admin.map(v1::Way::from),
            unknown: unknown.collect(),
        }
    }
}

impl From<delta::Sort> for v1::PrincipalSort {
    fn from(sort: delta::Sort) -> Self {
        match sort {
            delta::Sort::Anyone => Self::Anyone,
            delta::Sort::Account => Self::Account,
            delta::Sort::Elsewhere => Self::Elsewhere,
            delta::Sort::Federated => Self::Federated,
            delta::Sort::Canonical => Self::Canonical,
            delta::Sort::Service => Self::Service,
            delta::Sort::Local => Self::Local,
        }
    }
}

impl From<delta::Way> for v1::Way {
    fn from(way: delta::Way) -> Self {
        match way {
            delta::Way::Gains => Self::Gains,
            delta::Way::Changes => Self::Changes,
            delta::Way::Loses => Self::Loses,
        }
    }
}

impl From<&delta::Right> for v1::Right {
    fn from(right: &delta::Right) -> Self {
        let delta::Right {
            way,
            actions,
            resources,
            except,
            when,
            from,
        } = right;
        let (only_if, unless, was_if) = match when.clone() {
            delta::When::Always => (None, None, None),
            delta::When::If(condition) => (Some(condition), None, None),
            delta::When::Unless(condition) => (None, Some(condition), None),
            delta::When::Other { before, after } => (Some(after), None, Some(before)),
        };
        Self {
            way: (*way).into(),
            actions: all(actions),
            resources: resources.clone(),
            except: except.clone(),
            only_if,
            unless,
            was_if,
            from: all(from),
        }
    }
}

impl From<&delta::Actions> for v1::Actions {
    fn from(actions: &delta::Actions) -> Self {
        let delta::Actions {
            pattern,
            except,
            levels,
            is_escalation,
        } = actions;
        let levels = levels.iter().map(|(level, count)| (level.word().to_owned(), *count));
        Self {
            pattern: pattern.clone(),
            except: except.clone(),
            levels: levels.collect(),
            escalation: *is_escalation,
        }
    }
}

impl From<&delta::Source> for v1::AccessSource {
    fn from(source: &delta::Source) -> Self {
        let delta::Source { policy, statement } = source;
        Self {
            policy: policy.clone(),
            statement: statement.clone(),
        }
    }
}

impl From<&delta::Escalation> for v1::Escalation {
    fn from(escalation: &delta::Escalation) -> Self {
        let delta::Escalation { id, actions, how } = escalation;
        Self {
            id: id.clone(),
            actions: actions.clone(),
            how: how.clone(),
        }
    }
}
