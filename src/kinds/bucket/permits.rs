//! What making, changing and reading buckets must be permitted.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::{Depth, Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, BucketName, Region};

use super::super::statements::Statements;
use super::super::tagging;
use super::cors::{CorsRule, Method};
use super::lifecycle::{Filter, LifecycleRule, Status};
use super::logging::{KeyFormat, Logging};
use super::values::{Blocks, Encryption, Ownership, Versioning};
use super::website::{Pages, Website};
use super::{Action, Bucket, Contents, Evidence, State, steps};

pub(super) fn of(id: &BucketName, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let call = steps::facts(id, arn, action, home).call;
    match action {
        Action::Create(to) => created(arn, to.whole()),
        Action::PutObject { key, seed: _ } => vec![Permit::new(call, format!("{arn}/{key}"))],
        Action::Empty { contents: _ } => vec![
            Permit::new("s3:ListBucketVersions", arn),
            Permit::new("s3:DeleteObjectVersion", format!("{arn}/*")),
        ],
        Action::Set { .. } | Action::Tag(_) | Action::Delete { .. } => vec![Permit::new(call, arn)],
    }
}

/// Ownership and tags at creation take permissions of their own (API reference, `CreateBucket`, "Permissions").
fn created(arn: &Arn, state: &State) -> Vec<Permit> {
    let mut permits = Permit::all(&["s3:CreateBucket", "s3:PutBucketOwnershipControls"], arn);
    if !state.tags.is_empty() {
        permits.push(Permit::new("s3:TagResource", arn));
    }
    permits
}

/// HeadBucket and one call for each setting.
const READS: [&str; 12] = [
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketNotification",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListBucket",
];

pub(super) fn reads(object: &Object<Bucket>, home: &Home) -> Vec<Permit> {
    let arn = Bucket::arn(&object.id, None, home);
    let mut permits = Permit::all(&READS, &arn);
    if object.depth == Depth::Remove {
        permits.push(Permit::new("s3:ListBucketVersions", &arn));
    }
    let Some(wanted) = &object.wanted else { return permits };
    let seeds = wanted.state.objects.keys();
    permits.extend(seeds.map(|key| Permit::new("s3:GetObject", format!("{arn}/{key}"))));
    if wanted.state.versioning != Versioning::Off {
        let both = ["s3:GetBucketObjectLockConfiguration", "s3:GetReplicationConfiguration"];
        permits.extend(Permit::all(&both, &arn));
    }
    if wanted.state.ownership != Ownership::BucketOwnerEnforced {
        permits.push(Permit::new("s3:GetBucketAcl", &arn));
    }
    permits
}

/// One that has nothing of what is wanted, and one that has of everything something else.
pub(super) fn otherwise(id: &BucketName, wanted: Option<&State>, _: &Home) -> Vec<Observed<Bucket>> {
    let region = wanted.map(|wanted| wanted.region.clone());
    let Some(region) = region.or_else(|| Region::parse("us-east-1").ok()) else {
        return Vec::new();
    };
    let tags = tagging::otherwise(&wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default());
    let bare = State {
        tags: tags.clone(),
        public_access_block: Blocks::default(),
        ownership: Ownership::ObjectWriter,
        ..State::new(region.clone())
    };
    let is_enforced = wanted.is_some_and(|wanted| wanted.ownership == Ownership::ObjectWriter);
    let full = State {
        tags,
        versioning: match wanted.map(|wanted| wanted.versioning) {
            Some(Versioning::Enabled) => Versioning::Suspended,
            Some(Versioning::Off | Versioning::Suspended) | None => Versioning::Enabled,
        },
        encryption: Encryption::Kms {
            key: None,
            bucket_key: false,
            dual: false,
        },
        ownership: if is_enforced {
            Ownership::BucketOwnerEnforced
        } else {
            Ownership::ObjectWriter
        },
        policy: Statements(policy(id)),
        eventbridge: !wanted.is_some_and(|wanted| wanted.eventbridge),
        ..settings(id, wanted, region)
    };
    vec![observed(bare, Contents::Nothing), observed(full, Contents::Counted(1))]
}

/// What only has to be there to be taken away.
fn settings(id: &BucketName, wanted: Option<&State>, region: Region) -> State {
    let logging = Logging {
        target_bucket: id.clone(),
        target_prefix: "otherwise/".to_owned(),
        target_object_key_format: KeyFormat::SimplePrefix,
    };
    let rule = LifecycleRule {
        status: Status::Enabled,
        filter: Filter::default(),
        expiration: None,
        transitions: BTreeMap::new(),
        noncurrent_version_expiration: None,
        noncurrent_version_transitions: BTreeMap::new(),
        abort_incomplete_multipart_upload: Some(99),
    };
    let cors = CorsRule {
        id: None,
        allowed_methods: [Method::Get].into(),
        allowed_origins: ["https://otherwise.example.com".to_owned()].into(),
        allowed_headers: BTreeSet::new(),
        expose_headers: BTreeSet::new(),
        max_age_seconds: None,
    };
    State {
        website: Some(Website::Pages(Pages {
            index: "otherwise.html".to_owned(),
            error: None,
            routing_rules: Vec::new(),
        })),
        lifecycle: [("otherwise".to_owned(), rule)].into(),
        cors: vec![cors],
        logging: wanted.is_none_or(|wanted| wanted.logging.is_none()).then_some(logging),
        ..State::new(region)
    }
}

/// A policy that lets nobody in who is not let in anyway.
fn policy(id: &BucketName) -> Option<crate::policy_doc::Policy> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{id}/otherwise"}}}}"#
    );
    crate::policy_doc::Policy::from_live(&text).ok()
}

fn observed(state: State, contents: Contents) -> Observed<Bucket> {
    Observed {
        state,
        evidence: Evidence {
            contents,
            unmodelled: Vec::new(),
        },
        unknown: BTreeMap::new(),
    }
}
