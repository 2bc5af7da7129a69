//! What making and reading service-linked roles must be permitted.

use std::collections::BTreeMap;

use crate::kind::{Home, Object, Observed, Permit};
use crate::names::Arn;

use super::{Action, Evidence, Id, Once, ServiceLinkedRole, State};

/// The service chooses the name, so that what is known of the ARN is the path.
pub(super) fn of(id: &Id, _: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let Action::Create(_) = action;
    let below = format!("arn:{}:iam::{}:role{}*", home.partition, home.account, id.path());
    vec![Permit::new("iam:CreateServiceLinkedRole", below).with("iam:AWSServiceName", &id.service)]
}

pub(super) fn reads(_: &Object<ServiceLinkedRole>, _: &Home) -> Vec<Permit> {
    vec![Permit::everywhere("iam:ListRoles")]
}

/// AWS changes nothing of one that is there.
pub(super) fn otherwise(_: &Id, wanted: Option<&State>, _: &Home) -> Vec<Observed<ServiceLinkedRole>> {
    vec![Observed {
        state: wanted.cloned().unwrap_or(State {
            description: Once::default(),
        }),
        evidence: Evidence {
            name: "AWSServiceRoleForOtherwise".to_owned(),
        },
        unknown: BTreeMap::new(),
    }]
}
