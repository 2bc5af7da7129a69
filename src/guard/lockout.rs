//! Lock-out: whoever runs the tool must not take from themselves what they need to run it again.
//!
//! It errs on the safe side: any step that narrows, or may narrow, the caller's own user or role, its groups, boundary,
//! trust or policies is refused. What exactly the caller needs is not worked out here.

use std::collections::BTreeSet;

use crate::kind::{Access, Object, Rank, Seen};
use crate::kinds::{Member, Visit};
use crate::names::Arn;
use crate::plan::consent::Danger;
use crate::plan::{Refusal, Step};

use super::{GuardCx, Rule};

pub(super) struct Lockout;

impl Rule for Lockout {
    fn judge(&self, cx: &GuardCx<'_>) -> Vec<Refusal> {
        let own = own_arns(cx);
        let narrowing = cx
            .plan
            .steps
            .iter()
            .filter(|step| narrows(step) && own.contains(step.action.arn()));
        narrowing
            .filter(|step| !cx.consents.allows(Danger::Lockout, Some(&step.address)))
            .map(refusal)
            .collect()
    }
}

fn refusal(step: &Step) -> Refusal {
    Refusal {
        guard: Danger::Lockout.word(),
        address: Some(step.address.clone()),
        message: format!(
            "{} ({}) may take access from the identity that runs this",
            step.address, step.summary
        ),
        place: step.origin.clone(),
        hint: format!("to go on: --allow lockout:{}", step.address),
    }
}

fn narrows(step: &Step) -> bool {
    match step.access {
        Access::Restricts => true,
        // A new thing has nothing that could be narrowed.
        Access::Either => step.rank != Rank::Create,
        Access::Neutral => step.rank == Rank::Delete,
        Access::Widens => false,
    }
}

/// The caller and everything that its access hangs on.
fn own_arns(cx: &GuardCx<'_>) -> BTreeSet<Arn> {
    let mut own = BTreeSet::new();
    let mut todo: Vec<Arn> = cx
        .objects
        .iter()
        .filter_map(|object| object.visit(IsCaller(cx)))
        .collect();
    while let Some(arn) = todo.pop() {
        if own.insert(arn.clone()) {
            todo.extend(
                cx.objects
                    .iter()
                    .filter_map(|object| object.visit(Refs(cx, &arn)))
                    .flatten(),
            );
        }
    }
    own
}

struct IsCaller<'a>(&'a GuardCx<'a>);

impl Visit for IsCaller<'_> {
    type Out = Option<Arn>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Arn> {
        let arn = live_arn(object, self.0)?;
        arn.names_same_principal(self.0.caller).then_some(arn)
    }
}

/// What a resource with this ARN names: its groups, policies, boundary.
struct Refs<'a>(&'a GuardCx<'a>, &'a Arn);

impl Visit for Refs<'_> {
    type Out = Option<Vec<Arn>>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Vec<Arn>> {
        let Seen::There(live) = &object.seen else { return None };
        (live_arn(object, self.0)? == *self.1).then(|| K::refs(&object.id, &live.state, self.0.home))
    }
}

fn live_arn<K: Member>(object: &Object<K>, cx: &GuardCx<'_>) -> Option<Arn> {
    match &object.seen {
        Seen::There(live) => Some(K::arn(&object.id, Some(&live.state), cx.home)),
        Seen::Absent | Seen::Unread | Seen::Unknown(_) => None,
    }
}
