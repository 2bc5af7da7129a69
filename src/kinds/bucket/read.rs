//! Buckets as S3 shows them: one call for each setting, at once.
//!
//! Quirks: what was never set is told by an error, a different one for each setting and none of them in the SDK's types; a
//! bucket of another account answers 403 like one that we may not read; only the bucket's own region answers at all.

use std::collections::BTreeMap;

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::aws::{Intent, Service, View, failed};
use crate::fields::FieldPath;
use crate::kind::{Depth, Object, Observed, Seen};
use crate::names::{BucketName, Region};

use super::super::statements::Statements;
use super::ask::{Asked, Blocked, Miss, Read};
use super::notifications::Told;
use super::values::{Ownership, Versioning};
use super::{Bucket, Evidence, State};

/// Pages of a thousand, beyond which it is enough to know that there are more.
const MOST_PAGES: usize = 100;

/// Where a bucket is, if it is ours.
pub(super) enum Found {
    Absent,
    At(Region),
    Unknown(String),
}

pub(super) async fn read(view: &View<'_>, object: &Object<Bucket>) -> Seen<Bucket> {
    let declared = object.wanted.as_ref().map(|wanted| &wanted.state.region);
    let region = match find(view, &object.id, declared).await {
        Found::Absent => return Seen::Absent,
        Found::Unknown(why) => return Seen::Unknown(why),
        Found::At(region) => region,
    };
    let asked = Asked {
        aws: view.aws,
        client: view.aws.s3(&region, Intent::Read),
        name: object.id.as_str(),
    };
    match observe(&asked, region, object).await {
        Some(observed) => Seen::There(Box::new(observed)),
        // Neither there nor absent: S3's answers about buckets that were just made or deleted differ for a while.
        None => {
            Seen::Unknown("S3 shows the bucket but not its settings; it was made or deleted a moment ago".to_owned())
        }
    }
}

/// HeadBucket, which tells the region in a header whatever else it answers.
pub(super) async fn find(view: &View<'_>, bucket: &BucketName, declared: Option<&Region>) -> Found {
    let Some(home) = declared.or(view.aws.connection.region.as_ref()) else {
        return Found::Unknown("no region is configured".to_owned());
    };
    if let Some(region) = view.s3.region(view, bucket).await {
        view.aws.learn_bucket_region(bucket, region.clone());
        return Found::At(region);
    }
    let _slot = view.aws.read_slot(Service::S3).await;
    let client = view.aws.s3_of(bucket, home, Intent::Read);
    let request = client
        .head_bucket()
        .bucket(bucket.as_str())
        .expected_bucket_owner(view.aws.connection.home.account.as_str());
    let (region, status, error) = match request.send().await {
        Ok(answer) => (answer.bucket_region().map(str::to_owned), 200, None),
        Err(error) => {
            let (region, status) = told(&error);
            (region, status, Some(failed("s3:ListBucket")(error)))
        }
    };
    let region = region.and_then(|region| Region::parse(&region).ok());
    match (status, region, error) {
        (404, _, _) => Found::Absent,
        (200, region, _) => {
            let region = region.unwrap_or_else(|| home.clone());
            view.aws.learn_bucket_region(bucket, region.clone());
            Found::At(region)
        }
        (301 | 307 | 400, Some(region), _) if region != *home => {
            // Another region's endpoint has told where it is; whether it is ours, that one tells.
            view.aws.learn_bucket_region(bucket, region.clone());
            Found::At(region)
        }
        (403, _, _) => Found::Unknown(format!(
            "S3 forbids to look at it: `{bucket}` belongs to another account, or you lack s3:ListBucket on it"
        )),
        (_, _, Some(error)) => Found::Unknown(error.to_string()),
        (status, _, None) => Found::Unknown(format!("S3 answered {status}")),
    }
}

/// The region and status of a refusal.
fn told(error: &SdkError<HeadBucketError, HttpResponse>) -> (Option<String>, u16) {
    let Some(raw) = error.raw_response() else {
        return (None, 0);
    };
    let region = raw.headers().get("x-amz-bucket-region").map(str::to_owned);
    (region, raw.status().as_u16())
}

/// What could not be read, by field, and whether the bucket has gone meanwhile.
#[derive(Default)]
struct Gaps {
    unknown: BTreeMap<FieldPath, String>,
    gone: bool,
}

impl Gaps {
    fn keep<T>(&mut self, read: Read<T>, field: &'static str, otherwise: T) -> T {
        match read {
            Ok(value) => return value,
            Err(Miss::Gone) => self.gone = true,
            Err(Miss::Because(why)) => drop(self.unknown.insert(FieldPath::whole(field), why)),
        }
        otherwise
    }
}

/// The answers about one bucket; nothing where it has gone meanwhile.
async fn observe(asked: &Asked<'_>, region: Region, object: &Object<Bucket>) -> Option<Observed<Bucket>> {
    let mut gaps = Gaps::default();
    let fresh = State::new(region);
    let ((versioning, encryption, blocks, ownership, policy), (website, lifecycle, cors, logging, notifications), tags) =
        futures_util::future::join3(
            futures_util::future::join5(
                asked.versioning(),
                asked.encryption(),
                asked.blocks(),
                asked.ownership(),
                asked.policy(),
            ),
            futures_util::future::join5(
                asked.website(),
                asked.lifecycle(),
                asked.cors(),
                asked.logging(),
                asked.notifications(),
            ),
            asked.tags(),
        )
        .await;
    let (encryption, blocked) = gaps.keep(encryption, "encryption", (fresh.encryption.clone(), Blocked::default()));
    let Told {
        notifications,
        eventbridge,
    } = gaps.keep(notifications, "notifications", Told::default());
    // S3 has one configuration of both: a write of the one would take away what could not be read of the other.
    if let Some(why) = gaps.unknown.get(&FieldPath::whole("notifications")).cloned() {
        gaps.unknown.insert(FieldPath::whole("eventbridge"), why);
    }
    let (lifecycle, _) = gaps.keep(lifecycle, "lifecycle", Default::default());
    let state = State {
        versioning: gaps.keep(versioning, "versioning", fresh.versioning),
        encryption,
        public_access_block: gaps.keep(blocks, "public_access_block", fresh.public_access_block),
        ownership: gaps.keep(ownership, "ownership", fresh.ownership),
        policy: Statements(gaps.keep(policy, "policy", None)),
        website: gaps.keep(website, "website", None),
        lifecycle,
        cors: gaps.keep(cors, "cors", Vec::new()),
        logging: gaps.keep(logging, "logging", None),
        notifications,
        eventbridge,
        objects: seeds(asked, object, &mut gaps).await,
        tags: gaps.keep(tags, "tags", BTreeMap::new()),
        region: fresh.region,
    };
    if gaps.gone {
        return None;
    }
    let evidence = evidence(asked, object, &state, blocked, &mut gaps).await;
    Some(Observed {
        state,
        evidence,
        unknown: gaps.unknown,
    })
}

/// The seeded objects that are there. One that may hold anything is as the file says; one that the file would overwrite is
/// compared by its hash.
async fn seeds(asked: &Asked<'_>, object: &Object<Bucket>, gaps: &mut Gaps) -> BTreeMap<String, super::seed::Seed> {
    let wanted = object.wanted.iter().flat_map(|wanted| &wanted.state.objects);
    let reads = wanted.map(async |(key, seed)| (key, asked.seed(key, seed).await));
    let mut found = BTreeMap::new();
    for (key, read) in futures_util::future::join_all(reads).await {
        match read {
            Ok(seed) => found.extend(seed.map(|seed| (key.clone(), seed))),
            Err(Miss::Gone) => gaps.gone = true,
            Err(Miss::Because(why)) => drop(gaps.unknown.insert(FieldPath::entry("objects", key), why)),
        }
    }
    found
}

/// Whether it has every tag that the file gives it, the mark of ownership among them.
fn is_marked(object: &Object<Bucket>, state: &State) -> bool {
    let wanted = object.wanted.iter().flat_map(|wanted| &wanted.state.tags);
    wanted
        .into_iter()
        .all(|(key, value)| state.tags.get(key) == Some(value))
}

/// What only matters sometimes is only asked then: what is in it, where it may be deleted or might be nobody's; copies and
/// locks, which need versions, where it is taken over or deleted; ACLs, where they count.
async fn evidence(
    asked: &Asked<'_>,
    object: &Object<Bucket>,
    state: &State,
    blocked: Blocked,
    gaps: &mut Gaps,
) -> Evidence {
    let mut evidence = Evidence {
        unmodelled: blocked.unusual().into_iter().collect(),
        ..Evidence::default()
    };
    if object.depth == Depth::Remove || state.tags.is_empty() {
        let pages = if object.depth == Depth::Remove { MOST_PAGES } else { 1 };
        evidence.contents = asked.contents(pages).await;
    }
    let mut note = |read: Read<Option<&'static str>>| match read {
        Ok(found) => evidence.unmodelled.extend(found.map(str::to_owned)),
        Err(Miss::Gone) => gaps.gone = true,
        Err(Miss::Because(why)) => evidence.unmodelled.push(format!("what could not be read: {why}")),
    };
    if state.versioning != Versioning::Off && (object.depth == Depth::Remove || !is_marked(object, state)) {
        let (replication, lock) = futures_util::future::join(asked.replication(), asked.object_lock()).await;
        note(replication);
        note(lock);
    }
    if state.ownership != Ownership::BucketOwnerEnforced {
        note(asked.acl().await);
    }
    evidence
}
