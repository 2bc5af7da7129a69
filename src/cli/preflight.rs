//! `plan --preflight`: what is known of the identity that runs, and what its policies will refuse.
//!
//! Invariant: only what the identity may read of itself is read, and nothing is changed; what could not be read makes
//! answers unknown.

use clap::Args;

use crate::access::{Principal, Text, World};
use crate::aws::AwsBackend;
use crate::engine::Backend as _;
use crate::kinds::{AnyObject, KindName};
use crate::permissions::preflight::{Foreseen, Question, Runner, Verdict};
use crate::plan::Refusal;
use crate::policy_doc::Policy;
use crate::render::{Doc, Label};

use super::AccountArgs;
use super::account::{Planned, Planner};
use super::failure::Failure;

/// Whether the steps are held against the policies of who runs them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PreflightArgs {
    /// Also say which steps AWS would refuse the identity that runs this; exits with 4 if one surely would be.
    #[arg(long)]
    preflight: bool,
}

/// What was foreseen of each step.
#[derive(Debug, Default)]
pub(crate) struct Preflight(Option<Vec<Foreseen>>);

impl PreflightArgs {
    /// Reads the policies of who runs this, and judges.
    pub(crate) async fn look(
        &self,
        account: &AccountArgs,
        planner: &Planner,
        planned: &Planned,
    ) -> Result<Preflight, Failure> {
        if !self.preflight {
            return Ok(Preflight::default());
        }
        let home = &planner.aws.connection.home;
        let given = given(account)?;
        let objects = with_own(planner, planned).await;
        let world = World::live(&objects, home);
        let known = planner.bare_of(planner.aws.caller());
        let known = known.and_then(|object| world.called(object.address()));
        let runner = match &known {
            _ if !given.is_empty() => Runner::With(&given),
            _ if is_unbound(planner) => Runner::Unbound,
            Some(principal) => Runner::Known(principal),
            None => Runner::Unread("the policies of the identity that runs this could not be read".to_owned()),
        };
        let question = Question {
            plan: &planned.plan,
            caller: planner.aws.caller(),
            runner,
            world: &world,
            home,
        };
        Ok(Preflight(Some(question.judge())))
    }
}

/// What `--sandbox-policy` gives.
fn given(account: &AccountArgs) -> Result<Vec<(String, Policy)>, Failure> {
    let policies = super::sandbox::policies(&account.sandbox_policy)?;
    let read = policies.into_iter().map(|(name, text)| {
        let policy = Policy::from_live(&text).map_err(|error| Failure::new(error.to_string()))?;
        Ok((name, policy))
    });
    read.collect()
}

/// The root user, and whoever acts in a sandbox without being named.
fn is_unbound(planner: &Planner) -> bool {
    let caller = planner.aws.caller().as_str();
    caller.ends_with(":root") || (planner.aws.connection.simulated && caller.ends_with(":user/sandbox-admin"))
}

/// What was read for the plan, with the groups and the policies of who runs it.
async fn with_own(planner: &Planner, planned: &Planned) -> Vec<AnyObject> {
    let home = &planner.aws.connection.home;
    let mut objects = planned.objects.clone();
    // A group is known only after its member, and a group's policies only after the group.
    for _ in 0..2 {
        let world = World::live(&objects, home);
        let own = planner.bare_of(planner.aws.caller());
        let Some(principal) = own.and_then(|object| world.called(object.address())) else {
            return objects;
        };
        let mut more = lacking(planner, &principal);
        more.retain(|new| !objects.iter().any(|known| known.address() == new.address()));
        if more.is_empty() {
            return objects;
        }
        objects.extend(AwsBackend(&planner.aws).observe(more).await);
    }
    objects
}

fn lacking(planner: &Planner, principal: &Principal) -> Vec<AnyObject> {
    let groups = principal.groups.iter().filter_map(|group| planner.bare_of(group));
    let policies = principal.identity.iter().chain(&principal.boundary);
    let unread = policies.filter(|one| !matches!(one.text, Text::Known(_)));
    let managed = unread.filter_map(|one| one.managed.as_ref()?.policy_name());
    let policies = managed.filter_map(|name| planner.bare_named(KindName::Policy, name.as_str()));
    groups.chain(policies).collect()
}

impl Preflight {
    /// What stands in the way, as any guard's refusals.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        let refused = self.0.iter().flatten().filter_map(|foreseen| match &foreseen.verdict {
            Verdict::Refused(why) => Some((foreseen, why)),
            Verdict::Permitted | Verdict::Unknown(_) => None,
        });
        let refusal = |(foreseen, why): (&Foreseen, &String)| Refusal {
            guard: "preflight",
            address: Some(foreseen.address.clone()),
            message: format!(
                "AWS will refuse to {}: {} on {}: {why}",
                foreseen.summary, foreseen.action, foreseen.on
            ),
            place: foreseen.place.clone(),
            hint: "give the identity that runs this what `evenkeel permissions --for apply` prints".to_owned(),
        };
        refused.map(refusal).collect()
    }

    /// One line that sums it up; nothing where nobody asked.
    pub(crate) fn remark(&self) -> Option<String> {
        let foreseen = self.0.as_ref()?;
        let count = |is: fn(&Verdict) -> bool| foreseen.iter().filter(|one| is(&one.verdict)).count();
        let permitted = count(|verdict| matches!(verdict, Verdict::Permitted));
        let refused = count(|verdict| matches!(verdict, Verdict::Refused(_)));
        let unknown = count(|verdict| matches!(verdict, Verdict::Unknown(_)));
        Some(format!(
            "preflight: {permitted} steps permitted, {refused} refused, {unknown} can't be told; what an organisation or a \
             session's own policies take away is not looked at"
        ))
    }

    /// The steps that are not permitted, one a line.
    pub(crate) fn tell(&self, doc: &mut Doc) {
        let Some(foreseen) = &self.0 else { return };
        let told: Vec<&Foreseen> = foreseen
            .iter()
            .filter(|one| one.verdict != Verdict::Permitted)
            .collect();
        if !told.is_empty() {
            doc.text(Label::Plain, "");
            doc.text(Label::Heading, "Preflight");
        }
        for one in told {
            let (label, word) = match one.verdict {
                Verdict::Refused(_) => (Label::Alarm, "refused"),
                Verdict::Unknown(_) | Verdict::Permitted => (Label::Dim, "unknown"),
            };
            doc.line([
                (label, format!("  {word}  ")),
                (
                    Label::Plain,
                    format!("{} on {}  ({}: {})", one.action, one.on, one.address, one.summary),
                ),
            ]);
        }
    }
}
