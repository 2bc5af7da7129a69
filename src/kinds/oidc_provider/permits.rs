//! What making, changing and reading providers must be permitted.

use std::collections::BTreeMap;

use crate::kind::{Depth, Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, ClientId, OidcUrl, Thumbprint};

use super::super::tagging;
use super::{Action, Evidence, OidcProvider, State, steps};

pub(super) fn of(id: &OidcUrl, arn: &Arn, action: &Action, _: &Home) -> Vec<Permit> {
    let own = Permit::new(steps::facts(id, arn, action).call, arn);
    let tags = match action {
        Action::Create(state) if !state.tags.is_empty() => Some(Permit::new("iam:TagOpenIDConnectProvider", arn)),
        _ => None,
    };
    std::iter::once(own).chain(tags).collect()
}

pub(super) fn reads(object: &Object<OidcProvider>, home: &Home) -> Vec<Permit> {
    let arn = OidcProvider::arn(&object.id, None, home);
    let mut permits = vec![Permit::new("iam:GetOpenIDConnectProvider", arn)];
    if object.depth == Depth::Remove {
        // Who trusts it stands in the roles alone.
        permits.push(Permit::everywhere("iam:ListRoles"));
    }
    permits
}

pub(super) fn otherwise(_: &OidcUrl, wanted: Option<&State>, _: &Home) -> Vec<Observed<OidcProvider>> {
    let state = State {
        audiences: ClientId::parse("otherwise").into_iter().collect(),
        thumbprints: Thumbprint::parse(&"0".repeat(40)).into_iter().collect(),
        tags: tagging::otherwise(&wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default()),
    };
    vec![Observed {
        state,
        evidence: Evidence {
            created: 0,
            trusted_by: Vec::new(),
        },
        unknown: BTreeMap::new(),
    }]
}
