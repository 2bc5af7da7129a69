//! P215 and P306: roles of services, what is attached to them and who may assume them.
//!
//! Invariant: a role whose trust policy is not in the file is not judged.

use super::holdings::{self, Holdings};
use super::{Thing, told};
use crate::catalogue;
use crate::lint::Told;
use crate::policy_doc::{Document, Effect, Flavour, PrincipalType, Sense};
use crate::spec::source::Span;

/// Managed policies that are made for the roles of one service (their descriptions in the AWS Managed Policy Reference
/// Guide), with the principals that assume such a role.
const MADE_FOR: &[(&str, &[&str])] = &[
    ("AWSBatchServiceRole", &["batch"]),
    ("AWSCodeDeployRole", &["codedeploy"]),
    ("AWSGlueServiceRole", &["glue"]),
    ("AWSLambdaBasicExecutionRole", &["lambda", "edgelambda"]),
    ("AWSLambdaDynamoDBExecutionRole", &["lambda"]),
    ("AWSLambdaKinesisExecutionRole", &["lambda"]),
    ("AWSLambdaSQSQueueExecutionRole", &["lambda"]),
    ("AWSLambdaVPCAccessExecutionRole", &["lambda"]),
    ("AmazonEC2SpotFleetTaggingRole", &["spotfleet"]),
    (
        "AmazonECSTaskExecutionRolePolicy",
        &["ecs-tasks", "events", "scheduler"],
    ),
    ("AmazonEKSClusterPolicy", &["eks"]),
    ("AmazonSSMManagedInstanceCore", &["ec2", "ssm"]),
];

/// P215.
pub(super) fn full_access(things: &[Thing<'_>], found: &mut Vec<Told>) {
    for thing in things.iter().filter(|thing| thing.kind == "role") {
        let Some(service) = trust(thing).map(services).and_then(|all| all.into_iter().next()) else {
            continue;
        };
        for (arn, span) in &thing.managed {
            let name = holdings::aws_managed_name(arn).filter(|name| is_full(name));
            found.extend(name.map(|name| {
                Told {
                    address: Some(thing.address.clone()),
                    finding: told(
                        "P215",
                        span.or(thing.span),
                        format!("`{name}` gives all of a service to what runs as {}", thing.address),
                    )
                    .label(format!("the role of {service}"))
                    .help(narrower(name)),
                }
            }));
        }
    }
}

fn is_full(name: &str) -> bool {
    name.contains("FullAccess") || matches!(name, "AdministratorAccess" | "PowerUserAccess")
}

fn narrower(name: &str) -> String {
    let write = "write a policy with the actions and resources that it needs";
    let reading = name
        .replace("_FullAccess", "_ReadOnlyAccess")
        .replace("FullAccess", "ReadOnlyAccess");
    let known =
        catalogue::managed_policy(&reading).filter(|one| one.name != name && one.status == catalogue::Status::Current);
    match known {
        Some(policy) => format!("{write}; `{}` is enough for reading", policy.name),
        None => write.to_owned(),
    }
}

/// P306.
pub(super) fn trusts(holdings: &Holdings<'_>, found: &mut Vec<Told>) {
    for thing in &holdings.whole.things {
        let service = match thing.kind {
            "lambda" => "lambda",
            "rule" => "events",
            _ => continue,
        };
        for role in thing
            .names
            .iter()
            .filter_map(|arn| holdings.thing(arn))
            .filter(|one| one.kind == "role")
        {
            found.extend(unusable(thing, role, service));
        }
    }
    for role in holdings.whole.things.iter().filter(|thing| thing.kind == "role") {
        found.extend(role.managed.iter().filter_map(|(arn, span)| unlike(role, arn, *span)));
    }
}

fn unusable(user: &Thing<'_>, role: &Thing<'_>, service: &str) -> Option<Told> {
    let trust = trust(role)?;
    if may_assume(trust, &[service]) {
        return None;
    }
    let principal = format!("{service}.amazonaws.com");
    let message = format!(
        "{} can't use {}: the role does not trust `{principal}`",
        user.address, role.address
    );
    let finding = told("P306", user.span.or(role.span), message)
        .label(format!("{} can't be assumed", role.address))
        .help(format!("name `{principal}` in the role's `trust`{}", instead(trust)));
    let place = trust
        .statements
        .first()
        .and_then(|one| one.principal.as_ref())
        .and_then(|clause| clause.at.0);
    Some(Told {
        address: Some(user.address.clone()),
        finding: match place.or(role.span) {
            Some(span) => finding.related(span, "the trust"),
            None => finding,
        },
    })
}

fn unlike(role: &Thing<'_>, arn: &str, span: Option<Span>) -> Option<Told> {
    let name = holdings::aws_managed_name(arn)?;
    let (_, wanted) = MADE_FOR.iter().find(|(policy, _)| *policy == name)?;
    let trust = trust(role)?;
    if services(trust).is_empty() || may_assume(trust, wanted) {
        return None;
    }
    let principals: Vec<String> = wanted
        .iter()
        .map(|service| format!("`{service}.amazonaws.com`"))
        .collect();
    let message = format!(
        "`{name}` is for roles that trust {}, which {} does not",
        principals.join(" or "),
        role.address
    );
    Some(Told {
        address: Some(role.address.clone()),
        finding: told("P306", span.or(role.span), message)
            .label("made for another service than the role's")
            .help(format!(
                "name {} in the role's `trust`, or take the policy away",
                principals.join(" or ")
            )),
    })
}

fn instead(trust: &Document) -> String {
    match services(trust).as_slice() {
        [] => String::new(),
        some => format!(" (it names {})", some.join(", ")),
    }
}

fn trust<'a>(thing: &Thing<'a>) -> Option<&'a Document> {
    let written = thing.documents.iter().find(|written| written.flavour == Flavour::Trust);
    written.map(|written| written.document)
}

/// The services that a trust policy lets in.
fn services(trust: &Document) -> Vec<&str> {
    let clauses = trust
        .statements
        .iter()
        .filter(|one| one.effect == Effect::Allow)
        .filter_map(|one| one.principal.as_ref())
        .filter(|clause| clause.sense == Sense::Only);
    let entries = clauses.flat_map(|clause| clause.entries());
    let mut names: Vec<&str> = entries
        .filter(|entry| entry.kind == PrincipalType::Service)
        .map(|entry| entry.name.text.as_str())
        .collect();
    names.dedup();
    names
}

/// Whether one of the services may assume a role; whoever lets everybody in is told elsewhere.
fn may_assume(trust: &Document, wanted: &[&str]) -> bool {
    let open = trust.statements.iter().filter(|one| one.effect == Effect::Allow);
    let mut clauses = open.filter_map(|one| one.principal.as_ref());
    let everyone = clauses.any(|clause| clause.includes_everyone());
    let is_wanted = |name: &&str| {
        let label = name.split('.').next().unwrap_or("");
        wanted.contains(&label) || name.contains("${")
    };
    everyone || services(trust).iter().any(is_wanted)
}
