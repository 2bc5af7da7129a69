//! Guards: what a plan must not do without the user's word.
//!
//! Invariant: a guard only looks; it changes nothing of the plan, and every refusal says what would allow it.

mod brake;
mod lockout;

use crate::access::World;
use crate::kind::Home;
use crate::kinds::AnyObject;
use crate::names::Arn;
use crate::plan::consent::Consents;
use crate::plan::{Plan, Refusal};

/// What a guard may look at.
#[derive(Debug)]
pub struct GuardCx<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The resources behind it.
    pub objects: &'a [AnyObject],
    /// The account.
    pub home: &'a Home,
    /// Who runs the tool.
    pub caller: &'a Arn,
    /// Who may do what, as it is and as it will be; nothing where the plan does nothing.
    pub worlds: Option<(&'a World, &'a World)>,
    /// The user's word.
    pub consents: &'a Consents,
}

/// A guard.
trait Rule: Sync {
    /// What stands in the way.
    fn judge(&self, cx: &GuardCx<'_>) -> Vec<Refusal>;
}

static RULES: &[&dyn Rule] = &[&brake::Brake, &lockout::Lockout];

/// Everything that stands in the way of a plan.
#[must_use]
pub fn judge(cx: &GuardCx<'_>) -> Vec<Refusal> {
    RULES.iter().flat_map(|rule| rule.judge(cx)).collect()
}
