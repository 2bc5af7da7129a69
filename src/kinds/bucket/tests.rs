//! Buckets without an account: what the file says, what follows from it, and what heals.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::fields::Fields as _;
use crate::kind::{Kind as _, Observed};
use crate::kinds::testing::{Desk, converges, heals, home};
use crate::kinds::{AnyObject, testing};
use crate::names::{BucketName, Region};

use super::values::{Block, Blocks, Encryption, Ownership, Versioning};
use super::{Action, Bucket, Evidence, Setting, State};

fn wanted(fields: &str) -> State {
    let object = Desk::new().object(&format!("buckets: {{ b-1: {{ {fields} }} }}"), "bucket/b-1");
    let AnyObject::Bucket(object) = object else {
        panic!("no bucket")
    };
    object.wanted.unwrap().state
}

fn id() -> BucketName {
    BucketName::parse("b-1").unwrap()
}

fn live(state: State) -> Observed<Bucket> {
    Observed {
        state,
        evidence: Evidence::default(),
        unknown: BTreeMap::new(),
    }
}

const POLICY: &str = "policy: { Statement: [{ Sid: A, Effect: Deny, Principal: '*', Action: 's3:*', Resource: \
                      'arn:aws:s3:::b-1/*' }] }";

#[test]
fn nothing_said_is_what_s3_makes() {
    let state = State {
        tags: wanted("").tags,
        ..State::new(Region::parse(testing::REGION).unwrap())
    };
    assert_eq!(wanted("").apart(&state), []);
}

#[test]
fn words_of_every_small_setting() {
    assert_eq!(wanted("versioning: true").versioning, Versioning::Enabled);
    assert_eq!(wanted("versioning: suspended").versioning, Versioning::Suspended);
    let plain = Encryption::Kms {
        key: None,
        bucket_key: false,
        dual: false,
    };
    assert_eq!(wanted("encryption: aws:kms").encryption, plain);
    assert_eq!(wanted("encryption: { kms_key: aws/s3 }").encryption, plain);
    assert_eq!(
        wanted("public_access_block: none").public_access_block,
        Blocks::default()
    );
    let three = wanted("public_access_block: { block_public_policy: false }").public_access_block;
    assert!(!three.has(Block::BlockPublicPolicy) && three.has(Block::BlockPublicAcls));
    assert_eq!(
        three.or(&[Block::BlockPublicPolicy].into_iter().collect()),
        Blocks::all()
    );
    assert_eq!(wanted("ownership: ObjectWriter").ownership, Ownership::ObjectWriter);
}

fn states() -> impl Strategy<Value = State> {
    let any = |words: &'static [&'static str]| proptest::sample::select(words);
    let versioning = any(&["versioning: true, ", "versioning: suspended, ", ""]);
    let encryption = any(&[
        "encryption: aws:kms, ",
        "encryption: { kms_key: k, bucket_key: true }, ",
        "",
    ]);
    let block = any(&[
        "public_access_block: none, ",
        "public_access_block: { block_public_acls: false }, ",
        "",
    ]);
    let ownership = any(&["ownership: ObjectWriter, ", ""]);
    let rest = any(&["tags: { a: b }, ", "eventbridge: true, ", "objects: { k: v }, ", ""]);
    let policy = proptest::bool::ANY.prop_map(|is_there| if is_there { format!("{POLICY}, ") } else { String::new() });
    (versioning, encryption, block, ownership, rest, policy)
        .prop_map(|(a, b, c, d, e, f)| wanted(&format!("{a}{b}{c}{d}{e}{f}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bucket_becomes_any_other(wanted in states(), from in states()) {
        // What is off can't come back from suspended, and seeds are never taken away.
        let mut from = from;
        from.objects.clear();
        if wanted.versioning == Versioning::Off {
            from.versioning = Versioning::Off;
        }
        converges::<Bucket>(&id(), &wanted, &live(from));
    }

    #[test]
    fn what_is_spelled_says_the_same(state in states()) {
        let spelled = format!("buckets: {}", serde_json::json!({ "b-1": Bucket::spell(&id(), &state) }));
        let object = Desk::new().object(&spelled, "bucket/b-1");
        let AnyObject::Bucket(object) = object else { panic!("no bucket") };
        let mut state = state;
        state.objects.clear();
        prop_assert_eq!(state.apart(&object.wanted.unwrap().state), []);
    }
}

#[test]
fn only_what_heals_is_tried_again() {
    let home = home();
    let arn = Bucket::arn(&id(), None, &home);
    let set = |fields: &str, setting: Setting| {
        let actions = converges::<Bucket>(&id(), &wanted(fields), &live(wanted("")));
        let action = actions
            .into_iter()
            .find(|one| matches!(one, Action::Set { setting: it, .. } if *it == setting));
        Bucket::facts(&id(), &arn, &action.unwrap(), &home)
    };
    let policy = set(POLICY, Setting::Policy);
    assert!(heals(&policy, "MalformedPolicy", "Invalid principal in policy"));
    assert!(!heals(&policy, "MalformedPolicy", "Policy has invalid resource"));
    assert!(heals(
        &policy,
        "AccessDenied",
        "… by the BlockPublicPolicy block public access setting"
    ));
    assert!(!heals(&policy, "AccessDenied", "Access Denied"));
    let versioning = set("versioning: true", Setting::Versioning);
    assert!(heals(
        &versioning,
        "OperationAborted",
        "A conflicting conditional operation is in progress"
    ));
    assert!(!heals(&versioning, "AccessDenied", "… BlockPublicPolicy"));
}

#[test]
fn a_policy_is_about_its_own_bucket() {
    let other = POLICY.replace("b-1/*", "b-2/*");
    let found = Desk::new().findings(&format!("buckets: {{ b-1: {{ {other} }} }}"));
    assert!(
        found[0].starts_with("E0411 `arn:aws:s3:::b-2/*` is not about this bucket"),
        "{found:?}"
    );
}
