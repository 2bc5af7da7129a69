//! Which steps of a plan the identity that runs would be refused, told before the first one is tried.
//!
//! Invariant: a step is only called refused where nothing that was not read could allow it. What an organisation or the
//! policies of a session take away is not known, so that what is permitted here may be refused all the same.

use std::collections::BTreeSet;

use crate::access::{Principal, Text, World};
use crate::address::Address;
use crate::evaluate::{self, Context, Decision, Layer, Layers, Named, Request};
use crate::kind::{Home, Permit, Rank};
use crate::names::Arn;
use crate::plan::{Plan, Step};
use crate::policy_doc::Policy;
use crate::spec::source::Place;

/// Who runs, with what is known of its policies.
#[derive(Debug)]
pub enum Runner<'a> {
    /// Somebody whom no policy holds: the root user, the sandbox's administrator.
    Unbound,
    /// A user or a role of the account.
    Known(&'a Principal),
    /// Somebody with these policies and no others.
    With(&'a [(String, Policy)]),
    /// Somebody whose policies could not be read, and why.
    Unread(String),
}

/// What will become of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that it takes is permitted.
    Permitted,
    /// AWS will refuse it.
    Refused(String),
    /// It can't be told.
    Unknown(String),
}

/// A step with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// The resource.
    pub address: Address,
    /// What the step does.
    pub summary: String,
    /// Where the file says so.
    pub place: Option<Place>,
    /// The action that decides.
    pub action: &'static str,
    /// What it acts on.
    pub on: String,
    /// What will become of it.
    pub verdict: Verdict,
}

/// Everything that is looked at.
#[derive(Debug)]
pub struct Question<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Who runs, as STS calls it.
    pub caller: &'a Arn,
    /// Its policies.
    pub runner: Runner<'a>,
    /// The account as it was read.
    pub world: &'a World,
    /// Which account.
    pub home: &'a Home,
}

impl Question<'_> {
    /// Judges every step, in the plan's order.
    #[must_use]
    pub fn judge(&self) -> Vec<Foreseen> {
        let made = self.plan.steps.iter().filter(|step| step.rank == Rank::Create);
        let made: BTreeSet<&Address> = made.map(|step| &step.address).collect();
        self.plan.steps.iter().map(|step| self.step(step, &made)).collect()
    }

    /// A step is refused if one thing that it takes is, and unknown if one is and none is refused.
    fn step(&self, step: &Step, made: &BTreeSet<&Address>) -> Foreseen {
        let is_new = made.contains(&step.address);
        let judged = step
            .action
            .permits(self.home)
            .into_iter()
            .map(super::where_aws_takes_it);
        let judged = judged.map(|permit| (self.permit(&permit, is_new), permit));
        let worst = judged.max_by_key(|(verdict, _)| match verdict {
            Verdict::Permitted => 0,
            Verdict::Unknown(_) => 1,
            Verdict::Refused(_) => 2,
        });
        let (verdict, action, on) = match worst {
            Some((verdict, permit)) => (verdict, permit.action, permit.on),
            None => (Verdict::Permitted, step.call, String::new()),
        };
        Foreseen {
            address: step.address.clone(),
            summary: step.summary.clone(),
            place: step.origin.clone(),
            action,
            on,
            verdict,
        }
    }

    fn permit(&self, permit: &Permit, is_new: bool) -> Verdict {
        let mut layers = Layers::default();
        match &self.runner {
            Runner::Unbound => return Verdict::Permitted,
            Runner::Unread(why) => return Verdict::Unknown(why.clone()),
            Runner::With(policies) => layers.identity = policies.iter().filter_map(named).collect(),
            Runner::Known(principal) => hold(principal, &mut layers),
        }
        if !is_new {
            self.side_of_resource(permit, &mut layers);
        }
        let Some(principal) = self.principal() else {
            return Verdict::Unknown(format!("`{}` can't be understood", self.caller));
        };
        let request = Request {
            principal,
            action: permit.action.to_owned(),
            resource: permit.on.clone(),
            resource_account: Some(self.home.account.to_string()),
            context: self.context(permit),
        };
        let answer = evaluate::decide(&request, &layers);
        let is_pattern = permit.on.contains('*') && permit.on != "*";
        match answer.decision {
            Decision::Allowed => Verdict::Permitted,
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied if !is_pattern => Verdict::Refused(answer.because),
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied | Decision::Unknown => {
                Verdict::Unknown(answer.because)
            }
        }
    }

    fn principal(&self) -> Option<evaluate::Principal> {
        match (&self.runner, self.caller.session_role_name()) {
            (Runner::Known(known), Some(_)) => {
                let session = self.caller.as_str().rsplit('/').next()?;
                evaluate::Principal::session_of(known.arn.as_str(), session)
            }
            _ => evaluate::Principal::parse(self.caller.as_str()).ok(),
        }
    }

    /// What is known of the calls to come; tags of requests, times and addresses are not.
    fn context(&self, permit: &Permit) -> Context {
        let mut context = Context::incomplete().with("aws:SecureTransport", ["true"]);
        context.set("aws:PrincipalAccount", [self.home.account.to_string()]);
        context.set("aws:ResourceAccount", [self.home.account.to_string()]);
        for (key, value) in &permit.with {
            context.set(key, [value.clone()]);
        }
        if let Runner::Known(Principal { tags: Some(tags), .. }) = &self.runner {
            for (key, value) in tags {
                context.set(&format!("aws:PrincipalTag/{key}"), [value.clone()]);
            }
        }
        context
    }

    /// A policy of the resource may allow what no own policy does, and deny what one allows. IAM's resources have none
    /// that counts here.
    fn side_of_resource<'l>(&'l self, permit: &Permit, layers: &mut Layers<'l>) {
        let service = permit.on.split(':').nth(2).unwrap_or_default();
        if service == "iam" || permit.on == "*" {
            return;
        }
        let whole = match service {
            "s3" => permit.on.split('/').next().unwrap_or_default(),
            _ => permit.on.as_str(),
        };
        let Ok(arn) = Arn::parse(whole) else { return };
        match self.world.resource(&arn).map(|resource| (&resource.text, resource)) {
            Some((Text::Known(document), resource)) => {
                let name = resource.what.clone();
                layers.resource = Some(Named { name, document });
            }
            Some(_) => drop(layers.unread.insert(Layer::Resource)),
            None if service == "s3" && self.world.has_bucket(&arn) => {}
            None if service == "s3" || service == "kms" => drop(layers.unread.insert(Layer::Resource)),
            None => {}
        }
    }
}

fn named((name, policy): &(String, Policy)) -> Option<Named<'_>> {
    Some(Named {
        name: name.clone(),
        document: policy.document()?,
    })
}

/// The policies of a principal; what was not read is unread, and never taken for empty.
fn hold<'a>(principal: &'a Principal, layers: &mut Layers<'a>) {
    for one in &principal.identity {
        match &one.text {
            Text::Known(document) => layers.identity.push(Named {
                name: one.title(),
                document,
            }),
            Text::Unread(_) | Text::Open(_) => drop(layers.unread.insert(Layer::Identity)),
        }
    }
    let Some(boundary) = &principal.boundary else { return };
    match &boundary.text {
        Text::Known(document) => {
            layers.boundary = Some(vec![Named {
                name: boundary.title(),
                document,
            }]);
        }
        Text::Unread(_) | Text::Open(_) => drop(layers.unread.insert(Layer::Boundary)),
    }
}
