//! What making, changing and reading functions must be permitted.
//!
//! Quirks: GetFunction tells the tags only to who may list them; whoever puts a function into a network, runs an image or
//! uses a key of KMS needs permissions of those services as well (Lambda developer guide, "Identity-based IAM policies for
//! Lambda", and the pages on each).

use std::collections::BTreeMap;

use crate::kind::{Home, Kind as _, Object, Observed, Permit};
use crate::names::{Architecture, Arn, EphemeralStorage, LogGroupName, Memory, Timeout};

use super::super::tagging;
use super::code::Source;
use super::values::{LogFormat, Logging, PackageType, Tracing};
use super::{Action, Code, Evidence, Id, Lambda, Permission, State, steps};

const SERVICE: &str = "lambda.amazonaws.com";

pub(super) fn of(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let mut permits = vec![Permit::new(steps::facts(id, arn, action, home).call, arn)];
    match action {
        Action::Create(state) => {
            permits.push(Permit::pass_role(&state.role, SERVICE));
            permits.extend((!state.tags.is_empty()).then(|| Permit::new("lambda:TagResource", arn)));
            permits.extend(code(&state.code, home));
            permits.extend(layers(state));
            permits.extend(around(state));
        }
        Action::Update { to, leaves: _ } => {
            let state = to.whole();
            permits.extend(to.has("role").then(|| Permit::pass_role(&state.role, SERVICE)));
            permits.extend(to.of("layers", layers).into_iter().flatten());
            permits.extend(to.of("vpc", network).into_iter().flatten());
            permits.extend(to.of("kms_key", keys).into_iter().flatten());
        }
        Action::UpdateCode { code: new, .. } => permits.extend(code(new, home)),
        Action::SaveCode { .. }
        | Action::Reserve(_)
        | Action::Unreserve
        | Action::Permit { .. }
        | Action::Revoke { .. }
        | Action::Tag(_)
        | Action::Delete { .. } => {}
    }
    permits
}

/// Code that lies elsewhere in AWS is fetched as the caller.
fn code(code: &Code, home: &Home) -> Vec<Permit> {
    match code.source() {
        Source::Object { bucket, key, version } => {
            let action = match version {
                Some(_) => "s3:GetObjectVersion",
                None => "s3:GetObject",
            };
            vec![Permit::new(
                action,
                format!("arn:{}:s3:::{bucket}/{key}", home.partition),
            )]
        }
        Source::Image(_) => {
            let actions = [
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
                "ecr:GetRepositoryPolicy",
            ];
            Permit::all(&actions, "*")
        }
        Source::Archive { .. } | Source::Live | Source::Elsewhere(_) => Vec::new(),
    }
}

fn layers(state: &State) -> Vec<Permit> {
    let layers = state.layers.iter();
    layers
        .map(|layer| Permit::new("lambda:GetLayerVersion", layer))
        .collect()
}

fn around(state: &State) -> Vec<Permit> {
    network(state).into_iter().chain(keys(state)).collect()
}

/// Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC", "Required IAM permissions".
fn network(state: &State) -> Vec<Permit> {
    let actions = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
    state
        .vpc
        .as_ref()
        .map(|_| Permit::all(&actions, "*"))
        .unwrap_or_default()
}

/// Lambda developer guide, "Securing Lambda environment variables", "Required permissions".
fn keys(state: &State) -> Vec<Permit> {
    let actions = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"];
    let permits = |key| Permit::all(&actions, key);
    state.kms_key.as_ref().map(permits).unwrap_or_default()
}

pub(super) fn reads(object: &Object<Lambda>, home: &Home) -> Vec<Permit> {
    let actions = ["lambda:GetFunction", "lambda:GetPolicy", "lambda:ListTags"];
    let arn = Lambda::arn(&object.id, None, home);
    let wanted = object.wanted.as_ref().map(|wanted| &wanted.state);
    let key = wanted.and_then(|state| state.kms_key.clone());
    // Without it GetFunction withholds the environment.
    let decrypt = key.map(|key| Permit::new("kms:Decrypt", key));
    Permit::all(&actions, arn).into_iter().chain(decrypt).collect()
}

pub(super) fn otherwise(id: &Id, wanted: Option<&State>, home: &Home) -> Vec<Observed<Lambda>> {
    let (Some(state), Ok(timeout)) = (wanted.cloned().or_else(|| least(id, home)), Timeout::of_seconds(899)) else {
        return Vec::new();
    };
    let rule = Arn::parse(&format!(
        "arn:{}:events:{}:{}:rule/otherwise",
        home.partition, id.region, home.account
    ));
    let foreign = rule.map(|rule| {
        (
            "otherwise".to_owned(),
            Permission::of_service("events.amazonaws.com", &rule),
        )
    });
    let role = Arn::parse(&format!("arn:{}:iam::{}:role/otherwise", home.partition, home.account));
    let is_zip = state.package_type == PackageType::Zip;
    let image = match state.code.source() {
        Source::Image(uri) => Some(uri.clone()),
        _ => None,
    };
    let sha256 = format!("{}=", "0".repeat(43));
    let changed = State {
        role: role.unwrap_or_else(|_| state.role.clone()),
        code: if is_zip {
            Code::live(PackageType::Zip, &sha256, None)
        } else {
            Code::live(PackageType::Image, &sha256, image)
        },
        timeout,
        description: "otherwise".to_owned(),
        layers: Vec::new(),
        vpc: None,
        kms_key: None,
        reserved_concurrency: match state.reserved_concurrency {
            Some(_) => None,
            None => Some(1),
        },
        permissions: foreign.into_iter().collect(),
        tags: tagging::otherwise(&state.tags),
        ..state
    };
    vec![Observed {
        state: changed,
        evidence: Evidence {
            revision: String::new(),
            last_modified: String::new(),
            status: "Active".to_owned(),
            unmodelled: Vec::new(),
        },
        unknown: BTreeMap::new(),
    }]
}

/// A function of which nothing is known but that it is there.
fn least(id: &Id, home: &Home) -> Option<State> {
    let role = Arn::parse(&format!("arn:{}:iam::{}:role/otherwise", home.partition, home.account)).ok()?;
    Some(State {
        package_type: PackageType::Zip,
        runtime: None,
        handler: None,
        role,
        code: Code::live(PackageType::Zip, &format!("{}=", "1".repeat(43)), None),
        architectures: Architecture::default(),
        memory: Memory::of_mib(128).ok()?,
        timeout: Timeout::of_seconds(3).ok()?,
        storage: EphemeralStorage::of_mib(512).ok()?,
        environment: BTreeMap::new(),
        kms_key: None,
        layers: Vec::new(),
        description: String::new(),
        tracing: Tracing::PassThrough,
        dead_letter: None,
        vpc: None,
        logging: Logging::new(LogFormat::Text, LogGroupName::of_function(&id.name)),
        reserved_concurrency: None,
        permissions: BTreeMap::new(),
        tags: BTreeMap::new(),
    })
}
