//! Changes of access with everything that can be said of one.

use std::collections::BTreeMap;

use crate::access::delta::{Actions, Delta, Escalation, Level, Right, Shift, Sort, Source, Way, When, Who};

const SORTS: &[Sort] = &[
    Sort::Anyone,
    Sort::Account,
    Sort::Elsewhere,
    Sort::Federated,
    Sort::Canonical,
    Sort::Service,
    Sort::Local,
];

const LEVELS: &[Level] = &[
    Level::Permissions,
    Level::Write,
    Level::Tagging,
    Level::Read,
    Level::List,
    Level::Unknown,
];

/// Every sort of principal, each with every way and condition.
pub(super) fn access(text: &str) -> Delta {
    let shifts = SORTS
        .iter()
        .zip([None, Some(Way::Gains), Some(Way::Loses)].into_iter().cycle());
    Delta {
        shifts: shifts.map(|(sort, admin)| shift(*sort, admin, text)).collect(),
    }
}

fn shift(sort: Sort, admin: Option<Way>, text: &str) -> Shift {
    let all = || text.to_owned();
    let whens = [
        When::Always,
        When::If(all()),
        When::Unless(all()),
        When::Other {
            before: all(),
            after: all(),
        },
    ];
    let ways = [Way::Gains, Way::Loses, Way::Loses, Way::Changes];
    let rights = ways.into_iter().zip(whens).map(|(way, when)| Right {
        way,
        actions: vec![Actions {
            pattern: all(),
            except: vec![all()],
            levels: LEVELS.iter().map(|level| (*level, 2)).collect::<BTreeMap<_, _>>(),
            is_escalation: way == Way::Gains,
        }],
        resources: vec![all(), "arn:aws:s3:::rmi-360/*".into()],
        except: vec![all()],
        when,
        from: vec![
            Source {
                policy: all(),
                statement: Some(all()),
            },
            Source {
                policy: all(),
                statement: None,
            },
        ],
    });
    Shift {
        who: Who {
            sort,
            id: all(),
            shown: all(),
        },
        rights: rights.collect(),
        escalations: vec![Escalation {
            id: all(),
            actions: vec![all()],
            how: all(),
        }],
        admin,
        unknown: vec![(Way::Gains, all()), (Way::Changes, all()), (Way::Loses, all())],
    }
}
