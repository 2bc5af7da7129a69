//! P201 to P205, P209, P211 and P212: how much is given.
//!
//! Invariant: only documents that give something are judged, and of them only what they allow.

use super::arns::Parts;
use super::judge::{Judge, Judged, is_every_action, is_star, listed, whole_service};
use crate::catalogue::{self, Action, ActionSet, Level};
use crate::policy_doc::{Flavour, Sense, Word};

const PASS_ROLE: &str = "iam:PassRole";

/// Actions whose answers are credentials, secrets or stored data.
const READS_SECRETS: &[&str] = &[
    "appsync:ListApiKeys",
    "codeartifact:GetAuthorizationToken",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ec2:GetPasswordData",
    "gamelift:RequestUploadCredentials",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
    "kms:Decrypt",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:AssumeRole",
];

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    if !judged.allows() {
        return;
    }
    if judge.gives() || judge.flavour() == Flavour::Trust {
        all_but(judge, judged);
    }
    if !judge.gives() {
        return;
    }
    everything(judge, judged);
    services(judge, judged);
    star_resource(judge, judged);
    passing(judge, judged);
    secrets(judge, judged);
    management(judge, judged);
}

fn everything(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let Some(resource) = judged.everything() else { return };
    for (item, _) in judged.actions.iter().filter(|(item, _)| is_every_action(&item.text)) {
        let message = match judged.statement.conditions.is_empty() {
            true => "this allows everything on everything",
            false => "this allows everything on everything, on a condition",
        };
        let finding = judge.cx.finding("P201", item.at, message).label("name what is needed");
        judge.findings.push(match resource.at.0 {
            Some(span) => finding.related(span, "on everything"),
            None => finding,
        });
    }
}

fn services(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    for (item, meant) in &judged.actions {
        if let Some(service) = whole_service(&item.text) {
            let known = catalogue::service(service).map_or(service, |known| known.name);
            let message = match meant.len() {
                0 => format!("`{}` is every action of {known}", item.text),
                count => format!("`{}` is every action of {known}, {count} of them", item.text),
            };
            judge.tell("P202", item.at, message, "name what is needed");
        } else if is_every_action(&item.text) && judged.everything().is_none() {
            judge.tell(
                "P202",
                item.at,
                "this is every action of every service",
                "name what is needed",
            );
        }
    }
}

/// All resources, where each line could name its own.
fn star_resource(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let Some(resource) = judged.everything() else { return };
    let narrowing = [
        "resourcetag",
        "resourceaccount",
        "resourceorg",
        "viaservice",
        "calledvia",
    ];
    if judge.flavour() != Flavour::Identity
        || judged.actions.is_empty()
        || judged.actions.iter().any(|(item, _)| is_every_action(&item.text))
        || judged.has_key(|key| narrowing.iter().any(|part| key.contains(part)))
    {
        return;
    }
    let takes_some = |meant: &ActionSet| meant.iter().any(|action| !action.is_wildcard_only());
    let only_lists = |meant: &ActionSet| meant.iter().all(|action| action.level == Level::List);
    let each_takes = judged.actions.iter().all(|(_, meant)| takes_some(meant));
    if each_takes && !judged.actions.iter().all(|(_, meant)| only_lists(meant)) {
        let first = judged.actions.first().map_or("", |(item, _)| item.text.as_str());
        let message = match judged.actions.len() {
            1 => format!("`{first}` is allowed on all resources and can name its own"),
            count => format!("all {count} actions are allowed on all resources and can name their own"),
        };
        judge.tell("P203", resource.at, message, "name the resources that are meant");
    }
}

fn passing(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let Some(pass_role) = catalogue::action(PASS_ROLE) else {
        return;
    };
    let passing = judged
        .actions
        .iter()
        .find(|(item, meant)| meant.contains(pass_role) && !is_every_action(&item.text));
    let Some((item, _)) = passing else { return };
    let is_any_role = |resource: &&Word| is_star(&resource.text) || is_whole(&resource.text, "iam", &["role/"]);
    let names_service = judged.has_key(|key| key == "iam:passedtoservice");
    match judged.resources().iter().find(is_any_role) {
        Some(resource) => {
            let finding = judge.cx.finding(
                "P204",
                item.at,
                format!("`{}` lets any role be passed to a service", item.text),
            );
            let finding = finding.label("name the roles in `Resource`");
            judge.findings.push(match resource.at.0 {
                Some(span) => finding.related(span, "any role"),
                None => finding,
            });
        }
        None if !names_service && whole_service(&item.text).is_none() => {
            let message = "the role can be passed to any service that it trusts";
            judge.tell("P205", item.at, message, "add a condition on `iam:PassedToService`");
        }
        None => {}
    }
}

/// Whether an ARN pattern is all of a service, or all of one of its types.
fn is_whole(text: &str, service: &str, types: &[&str]) -> bool {
    let Some(parts) = Parts::of(text) else { return false };
    let is_it = parts.service == service || is_star(parts.service);
    let rest = types.iter().find_map(|kind| parts.resource.strip_prefix(kind));
    is_it && (is_star(parts.resource) || rest.is_some_and(is_star))
}

fn all_but(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let statement = judged.statement;
    let mut clauses = vec![("NotAction", "Action", statement.action.sense, statement.action.at)];
    clauses.extend(
        statement
            .resource
            .iter()
            .map(|clause| ("NotResource", "Resource", clause.sense, clause.at)),
    );
    clauses.extend(
        statement
            .principal
            .iter()
            .map(|clause| ("NotPrincipal", "Principal", clause.sense, clause.at)),
    );
    for (element, instead, sense, at) in clauses {
        if sense == Sense::AllBut {
            let message = format!("an Allow with `{element}` gives everything that is not named");
            judge.tell("P209", at, message, format!("name what is meant with `{instead}`"));
        }
    }
}

fn secrets(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    if judge.flavour() != Flavour::Identity
        || judged.has_key(|key| key.contains("resourcetag") || key.contains("viaservice"))
    {
        return;
    }
    for (item, meant) in &judged.actions {
        if is_every_action(&item.text) || whole_service(&item.text).is_some() {
            continue;
        }
        let found: Vec<&Action> = READS_SECRETS
            .iter()
            .filter_map(|name| catalogue::action(name))
            .filter(|action| meant.contains(action))
            .collect();
        let wide = found
            .first()
            .and_then(|action| judged.resources().iter().find(|one| is_unbounded(&one.text, action)));
        if let Some(resource) = wide {
            let message = match item.text.contains('*') {
                true => format!("`{}` ({}) {}", item.text, listed(&found), reaches(&found)),
                false => format!("`{}` {}", item.text, reaches(&found)),
            };
            let finding = judge
                .cx
                .finding("P211", item.at, message)
                .label("name what may be read in `Resource`");
            judge.findings.push(match resource.at.0 {
                Some(span) => finding.related(span, "everything"),
                None => finding,
            });
        }
    }
}

/// What is reached where no resource bounds it.
fn reaches(found: &[&Action]) -> &'static str {
    match found.first().map(|action| (action.service, action.level)) {
        Some(("iam", _)) => "makes credentials for anybody",
        Some(("sts", _)) => "takes on every role that lets this account in",
        _ => "reads everything there is",
    }
}

/// Whether a resource is all that an action could be about: stars wherever a name would stand.
fn is_unbounded(text: &str, action: &Action) -> bool {
    if is_star(text) {
        return true;
    }
    let Some(parts) = Parts::of(text) else { return false };
    if parts.service != action.service && !is_star(parts.service) {
        return false;
    }
    // What stands before the slash of an object is its bucket; elsewhere it is the type.
    let typed = parts.resource.split_once(['/', ':']).filter(|_| parts.service != "s3");
    let name = typed
        .filter(|(kind, _)| !kind.contains('*'))
        .map_or(parts.resource, |(_, name)| name);
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'*' | b'/' | b':'))
}

/// One finding a statement: a list of such actions is one decision.
fn management(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let mut first = None;
    let mut rights: Vec<&Action> = Vec::new();
    for (item, meant) in judged.actions.iter().filter(|(item, _)| !is_every_action(&item.text)) {
        let before = rights.len();
        let managing = meant
            .iter()
            .filter(|action| action.level == Level::PermissionsManagement);
        rights.extend(managing);
        if rights.len() > before && first.is_none() {
            first = Some(*item);
        }
    }
    if let Some(item) = first {
        let message = format!("this statement can change who may do what: {}", listed(&rights));
        judge.tell("P212", item.at, message, "meant so?");
    }
}
