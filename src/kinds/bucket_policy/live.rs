//! Bucket policies in AWS.
//!
//! Quirks: S3 answers about a bucket only in its own region, which HeadBucket tells from anywhere; GetBucketPolicy
//! collapses lists of one and shows dead principals by their ids; there is no precondition, so what somebody else writes
//! between our reading and our writing is lost to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{Aws, Intent, Service, View, failed, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::fields::FieldPath;
use crate::kind::{Listed, Live, Object, Observed, Seen};
use crate::names::{Arn, BucketName, Region};

use super::{Action, Bucket, BucketPolicy, Evidence, State, Unwanted, document};

impl Live for BucketPolicy {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let _slot = view.aws.read_slot(Service::S3).await;
        match read(view.aws, object).await {
            Ok(live) => Seen::There(Box::new(live)),
            Err(why) => Seen::Unknown(why),
        }
    }

    /// Whose a statement is can't be told.
    /// What stands in the policies of the account's buckets is the buckets' own.
    async fn list(_: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        Ok(Vec::new())
    }

    async fn run(aws: &Aws, id: &BucketName, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        write(aws, id, action).await
    }

    async fn settled(_: &Aws, _: &BucketName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

async fn read(aws: &Aws, object: &Object<BucketPolicy>) -> Result<Observed<BucketPolicy>, String> {
    let wanted = object.wanted.as_ref().map(|wanted| &wanted.state);
    let absent = wanted.map(|state| state.absent.clone()).unwrap_or_default();
    let sids = wanted.map(State::sids).unwrap_or_default();
    if find(aws, &object.id).await.map_err(|error| error.to_string())? == Bucket::Missing {
        return Ok(missing(absent));
    }
    let text = match policy(aws, &object.id).await {
        Ok(text) => text,
        Err(error) if error.is("NoSuchBucket") => return Ok(missing(absent)),
        Err(error) => return Err(error.to_string()),
    };
    let partition = aws.connection.home.partition.as_str();
    let parts = text.map(|text| document::parts(&text, &sids, partition));
    let document::Parts { own, dangling } = parts.transpose()?.unwrap_or_default();
    let mut unknown = BTreeMap::new();
    let bucket_tags = tags(aws, &object.id).await.unwrap_or_else(|why| {
        unknown.insert(FieldPath::whole("tags"), why);
        BTreeMap::new()
    });
    Ok(Observed {
        state: State { Statement: own, absent },
        evidence: Evidence {
            bucket: Bucket::There,
            dangling,
            bucket_tags,
        },
        unknown,
    })
}

fn missing(absent: Unwanted) -> Observed<BucketPolicy> {
    Observed {
        state: State {
            Statement: BTreeMap::new(),
            absent,
        },
        evidence: Evidence {
            bucket: Bucket::Missing,
            dangling: Vec::new(),
            bucket_tags: BTreeMap::new(),
        },
        unknown: BTreeMap::new(),
    }
}

/// Where to ask about a bucket of which nothing is known yet.
fn anywhere(aws: &Aws) -> Region {
    let region = aws.connection.region.clone();
    region.unwrap_or_else(|| aws.connection.home.partition.iam_region())
}

/// Finds a bucket and notes its region, which HeadBucket tells whatever else it answers (301, 403). A 403 says nothing
/// about the policy, which may still be told.
async fn find(aws: &Aws, id: &BucketName) -> Result<Bucket, CallError> {
    let request = aws.s3_of(id, &anywhere(aws), Intent::Read).head_bucket();
    let answer = request.bucket(id.as_str()).send().await;
    let region = match &answer {
        Ok(head) => head.bucket_region(),
        Err(error) => error
            .raw_response()
            .and_then(|raw| raw.headers().get("x-amz-bucket-region")),
    };
    let region = region.and_then(|text| Region::parse(text).ok());
    let is_known = region.is_some();
    region
        .into_iter()
        .for_each(|region| aws.learn_bucket_region(id, region));
    match answer.map_err(failed("s3:HeadBucket")) {
        Err(error) if is_absent(&error) || error.is("HTTP 404") => Ok(Bucket::Missing),
        Err(error) if !is_known => Err(error),
        Ok(_) | Err(_) => Ok(Bucket::There),
    }
}

/// The bucket's tags, which tell whose it is.
async fn tags(aws: &Aws, id: &BucketName) -> Result<BTreeMap<String, String>, String> {
    let request = aws.s3_of(id, &anywhere(aws), Intent::Read).get_bucket_tagging();
    let request = request
        .bucket(id.as_str())
        .expected_bucket_owner(aws.connection.home.account.as_str());
    let tags = match request.send().await.map_err(failed("s3:GetBucketTagging")) {
        Ok(answer) => answer.tag_set,
        Err(error) if error.is("NoSuchTagSet") || error.is("NoSuchTagSetError") => Vec::new(),
        Err(error) => return Err(error.to_string()),
    };
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// The text of a bucket's policy, if it has one.
async fn policy(aws: &Aws, id: &BucketName) -> Result<Option<String>, CallError> {
    let request = aws.s3_of(id, &anywhere(aws), Intent::Read).get_bucket_policy();
    let request = request
        .bucket(id.as_str())
        .expected_bucket_owner(aws.connection.home.account.as_str());
    match request.send().await.map_err(failed("s3:GetBucketPolicy")) {
        Ok(answer) => Ok(answer.policy),
        Err(error) if error.is("NoSuchBucketPolicy") => Ok(None),
        Err(error) => Err(error),
    }
}

async fn write(aws: &Aws, id: &BucketName, action: &Action) -> Result<Receipt, CallError> {
    const CALL: &str = "s3:PutBucketPolicy";
    let live = policy(aws, id).await?;
    let (put, dropped) = (action.put(), action.dropped());
    let merged = document::merged(live.as_deref(), &put, &dropped).map_err(|why| CallError::local(CALL, why))?;
    let client = aws.s3_of(id, &anywhere(aws), Intent::Write);
    let owner = aws.connection.home.account.as_str();
    let Some(text) = merged else {
        let request = client.delete_bucket_policy().bucket(id.as_str());
        let answer = request.expected_bucket_owner(owner).send().await;
        return Ok(Receipt::of(request_id(
            &answer.map_err(failed("s3:DeleteBucketPolicy"))?,
        )));
    };
    let request = client.put_bucket_policy().bucket(id.as_str()).policy(text);
    match request.expected_bucket_owner(owner).send().await.map_err(failed(CALL)) {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => Err(told(error, live.as_deref(), &put.into_keys().chain(dropped).collect())),
    }
}

/// A dead principal in somebody else's statement never heals, unlike a new one in ours (MalformedPolicy).
fn told(error: CallError, live: Option<&str>, sids: &BTreeSet<&str>) -> CallError {
    let dangling = document::dangling_beside(live, sids);
    if dangling.is_empty() || !error.says("MalformedPolicy", "Invalid principal in policy") {
        return error;
    }
    CallError {
        message: format!(
            "other people's statements name principals that no longer exist, and S3 refuses the whole policy: {}",
            dangling.join(", ")
        ),
        ..error
    }
}
