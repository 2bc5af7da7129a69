//! The caller's policies and those of what it acts on, weighed by the evaluator.
//!
//! Invariant: nothing is judged unless the account was opened so. A policy that can't be read allows nothing; what can't be
//! decided is refused.

use super::asked::{self, Asked};
use super::refusal::denied;
use crate::evaluate::{self, Decision, Layer, Layers, Named, Principal, Request};
use crate::policy_doc::Policy;
use crate::sandbox::{Call, Fault, Leave, Persona, Standing, World, s3, sts};

/// Why something is refused, with the policy as AWS calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// "an identity-based policy".
    Explicitly(&'static str),
    /// "identity-based policy".
    Implicitly(&'static str),
}

/// A policy by name and text.
type Held = (String, String);

/// Everything that is weighed for one caller and resource.
struct Papers {
    identity: Vec<Held>,
    boundary: Option<Vec<Held>>,
    session: Option<Vec<Held>>,
    resource: Option<Held>,
}

/// Whether the account holds this caller to its policies.
fn is_judged(world: &World, call: &Call) -> bool {
    let is_asked = world.options.leave == Leave::Judged || world.options.persona.is_some();
    let is_bound = matches!(
        call.caller.standing,
        Standing::User | Standing::Role | Standing::Session | Standing::Federated
    );
    is_asked && is_bound
}

/// Refuses what the caller's policies don't allow.
pub(super) fn permits(world: &World, call: &Call) -> Result<(), Fault> {
    if !is_judged(world, call) {
        return Ok(());
    }
    for asked in asked::of(world, call) {
        if let Some(refused) = refused(world, call, &asked) {
            return Err(denied(call, &asked, refused));
        }
    }
    Ok(())
}

/// Whether the caller may do one more thing, for answers that tell more to some than to others.
pub(in crate::sandbox) fn may(world: &World, call: &Call, asked: &Asked) -> bool {
    !is_judged(world, call) || refused(world, call, asked).is_none()
}

fn refused(world: &World, call: &Call, asked: &Asked) -> Option<Refused> {
    let papers = papers(world, call, asked);
    decide(world, call, asked, &papers)
}

/// The ARN of the user or role whose policies count.
fn holder(world: &World, call: &Call) -> String {
    let id = call.caller.user_id.split(':').next().unwrap_or_default();
    let of_federated = || {
        let key = call.access_key.as_deref()?;
        world.sts.session(key)?.federated_by()
    };
    world
        .iam
        .principal_arn(id)
        .or_else(of_federated)
        .unwrap_or_else(|| call.caller.arn.clone())
}

fn papers(world: &World, call: &Call, asked: &Asked) -> Papers {
    let holder = holder(world, call);
    let identity = match &world.options.persona {
        Some(Persona::With(policies)) if is_stranger(call) => policies.clone(),
        _ => world.iam.identity_policies(&holder),
    };
    let boundary = world.iam.boundary_of(&holder);
    let boundary = boundary.map(|arn| world.iam.managed_document(&arn).into_iter().collect());
    let session = call.access_key.as_deref().and_then(|key| world.sts.session(key));
    let session = session.and_then(sts::Session::limits).map(|(text, arns)| {
        let inline = text.map(|text| ("session policy".to_owned(), text.to_owned()));
        let managed = arns.iter().filter_map(|arn| world.iam.managed_document(arn));
        inline.into_iter().chain(managed).collect()
    });
    Papers {
        identity,
        boundary,
        session,
        resource: resource_policy(world, &asked.resource),
    }
}

fn is_stranger(call: &Call) -> bool {
    call.caller.arn.split('/').nth(1) == Some(super::persona::STRANGER)
}

/// The policy of what is acted on. A role's trust policy is weighed by STS itself.
fn resource_policy(world: &World, resource: &str) -> Option<Held> {
    let text = match resource.split(':').nth(2)? {
        "s3" => {
            let path = resource.rsplit(":::").next()?;
            s3::policy_of(world, path.split('/').next()?)
        }
        "lambda" => world.lambda.policy_of(resource, |id| world.iam.principal_arn(id)),
        "events" => world.events.policy_of(resource),
        _ => None,
    };
    text.map(|text| (format!("the policy of {resource}"), text))
}

/// What the evaluator says; `None` where it allows.
fn decide(world: &World, call: &Call, asked: &Asked, papers: &Papers) -> Option<Refused> {
    let principal = Principal::parse(&call.caller.arn).ok();
    let Some(principal) = principal.map(|principal| with_path(world, call, principal)) else {
        return Some(Refused::Implicitly("identity-based policy"));
    };
    let request = Request {
        principal,
        action: asked.action.clone(),
        resource: asked.resource.clone(),
        resource_account: Some(world.account.clone()),
        context: context(world, call, asked),
    };
    let read = Read::of(papers);
    let answer = evaluate::decide(&request, &read.layers());
    match answer.decision {
        Decision::Allowed => None,
        Decision::ExplicitlyDenied => Some(Refused::Explicitly(deny(answer.layer))),
        Decision::ImplicitlyDenied | Decision::Unknown => Some(Refused::Implicitly(silence(answer.layer))),
    }
}

/// A session's ARN lacks the path of its role, which policies may name.
fn with_path(world: &World, call: &Call, principal: Principal) -> Principal {
    match principal {
        Principal::Session {
            arn,
            account,
            role,
            role_arn: _,
        } => {
            let id = call.caller.user_id.split(':').next().unwrap_or_default();
            let role_arn = Some(
                world
                    .iam
                    .principal_arn(id)
                    .unwrap_or_else(|| world.iam.arn_of("role", &role)),
            );
            Principal::Session {
                arn,
                account,
                role,
                role_arn,
            }
        }
        other => other,
    }
}

fn context(world: &World, call: &Call, asked: &Asked) -> evaluate::Context {
    let mut context = evaluate::Context::complete();
    for (key, values) in sts::context_of(world, call).iter() {
        context.set(key, values.iter().cloned());
    }
    context.set("aws:ResourceAccount", [world.account.clone()]);
    for (key, values) in &asked.context {
        context.set(key, values.iter().cloned());
    }
    context
}

/// As AWS calls a policy that denies (IAM user guide, "Troubleshoot access denied error messages").
fn deny(layer: Option<Layer>) -> &'static str {
    match layer {
        Some(Layer::Boundary) => "a permissions boundary",
        Some(Layer::Session) => "a session policy",
        Some(Layer::Resource) => "a resource-based policy",
        Some(Layer::Scp) => "a service control policy",
        Some(Layer::Rcp) => "a resource control policy",
        Some(Layer::Endpoint) => "a VPC endpoint policy",
        Some(Layer::Identity) | None => "an identity-based policy",
    }
}

/// As AWS calls a sort of policy of which none allows.
fn silence(layer: Option<Layer>) -> &'static str {
    match layer {
        Some(Layer::Boundary) => "permissions boundary",
        Some(Layer::Session) => "session policy",
        Some(Layer::Scp) => "service control policy",
        Some(Layer::Rcp) => "resource control policy",
        Some(Layer::Endpoint) => "VPC endpoint policy",
        Some(Layer::Identity | Layer::Resource) | None => "identity-based policy",
    }
}

/// The policies as documents. One that can't be read allows and denies nothing.
struct Read {
    identity: Vec<(String, Policy)>,
    boundary: Option<Vec<(String, Policy)>>,
    session: Option<Vec<(String, Policy)>>,
    resource: Option<(String, Policy)>,
}

impl Read {
    fn of(papers: &Papers) -> Self {
        let one = |(name, text): &Held| Some((name.clone(), Policy::from_live(text).ok()?));
        let all = |held: &Vec<Held>| held.iter().filter_map(one).collect();
        Self {
            identity: all(&papers.identity),
            boundary: papers.boundary.as_ref().map(all),
            session: papers.session.as_ref().map(all),
            resource: papers.resource.as_ref().and_then(one),
        }
    }

    fn layers(&self) -> Layers<'_> {
        Layers {
            identity: all_named(&self.identity),
            boundary: self.boundary.as_deref().map(all_named),
            session: self.session.as_deref().map(all_named),
            resource: self.resource.as_ref().and_then(named),
            ..Layers::default()
        }
    }
}

fn named((name, policy): &(String, Policy)) -> Option<Named<'_>> {
    Some(Named {
        name: name.clone(),
        document: policy.document()?,
    })
}

fn all_named(held: &[(String, Policy)]) -> Vec<Named<'_>> {
    held.iter().filter_map(named).collect()
}
