//! The mutations of a bucket: which, in which order, to what effect.
//!
//! Invariant: the steps of one bucket run one after another, since S3 refuses calls that collide (`OperationAborted`); at no
//! moment does a policy count that is public and was not public before.

use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Home, Kind as _, Loss, Observed, Pair, Rank};
use crate::names::{Arn, BucketName};
use crate::policy_doc::Policy as Document;

use super::super::partial::Partial;
use super::super::tagging::{self, KeyCase, TagChange};
use super::seed::Seed;
use super::setting::Setting;
use super::values::{Block, Blocks, Ownership};
use super::{Bucket, State, access, own_principals, retries};

/// S3 tells tag keys apart by case.
const TAG_CASE: KeyCase = KeyCase::Exact;

/// One mutation of a bucket.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateBucket with region, ownership and tags.
    Create(Partial<State>),
    /// One call that writes a setting, or removes it where the wanted value is none.
    Set {
        /// Which.
        setting: Setting,
        /// Its fields as they shall be.
        to: Partial<State>,
        /// When, and what it does to access.
        how: How,
        /// Marks of invocations that a notification no longer needs.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        frees: Vec<Arn>,
    },
    /// PutObject.
    PutObject {
        /// Its key.
        key: String,
        /// Its content.
        seed: Seed,
    },
    /// PutBucketTagging with everything that is there and shall stay.
    Tag(TagChange),
    /// Deletes every object, version and delete marker: as many calls as it takes.
    Empty {
        /// What is lost, as the plan saw it.
        contents: String,
    },
    /// DeleteBucket.
    Delete {
        /// Whether it had to be emptied first.
        was_full: Filling,
    },
}

/// Whether there was something in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filling {
    /// Objects, versions or markers.
    Some,
    /// Nothing.
    None,
}

/// When a setting is written, and what that does to access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It has nothing to do with access.
    Plainly,
    /// A guard goes on.
    Guarding,
    /// A guard is looked at, and put on where it isn't.
    Ensuring,
    /// A guard goes off at the end.
    Unguarding,
    /// A guard goes off before the policy that needs it off.
    Opening,
    /// What lets in goes, before anything is opened.
    Closing,
    /// It says who may do what.
    Granting,
}

pub(super) fn diff(id: &BucketName, pair: Pair<'_, Bucket>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => create(id, wanted, cx),
        Pair::Change { wanted, live } => change(id, wanted, &live.state, cx),
        Pair::Delete(live) => delete(live),
    }
}

/// What S3 makes of a bucket when told no more than CreateBucket is told here.
fn fresh(wanted: &State) -> State {
    State {
        ownership: wanted.ownership,
        tags: wanted.tags.clone(),
        ..State::new(wanted.region.clone())
    }
}

/// The block and the tags are looked at again after the creation: not every endpoint gives a new bucket the one or takes
/// the other with it.
fn create(id: &BucketName, wanted: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = vec![Action::Create(Partial::new(&["region", "ownership", "tags"], wanted))];
    if !wanted.tags.is_empty() {
        actions.push(Action::Tag(TagChange::Set(wanted.tags.clone())));
    }
    let fresh = fresh(wanted);
    if wanted.public_access_block == fresh.public_access_block {
        actions.push(set(Setting::Block, wanted, How::Ensuring));
    }
    actions.extend(change(id, wanted, &fresh, cx));
    actions
}

fn change(id: &BucketName, wanted: &State, live: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions: Vec<Action> = ownership(wanted, live).into_iter().collect();
    actions.extend(guards(id, wanted, live, cx));
    for setting in Setting::PLAIN {
        if setting.differs(wanted, live) {
            actions.push(plain(id, *setting, wanted, live, cx));
        }
    }
    let objects = wanted.apart(live).into_iter().filter(|path| path.field == "objects");
    let seeds = objects.filter_map(|path| {
        let key = path.key?;
        let seed = wanted.objects.get(&key)?.clone();
        Some(Action::PutObject { key, seed })
    });
    actions.extend(seeds);
    let tags = tagging::changes(&wanted.tags, &live.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

fn set(setting: Setting, wanted: &State, how: How) -> Action {
    Action::Set {
        setting,
        to: Partial::new(setting.fields(), wanted),
        how,
        frees: Vec::new(),
    }
}

fn plain(id: &BucketName, setting: Setting, wanted: &State, live: &State, cx: &DiffCx<'_>) -> Action {
    let arn = Bucket::arn(id, Some(live), cx.home);
    let (before, after) = (super::invocations(live, &arn), super::invocations(wanted, &arn));
    Action::Set {
        setting,
        to: Partial::new(setting.fields(), wanted),
        how: How::Plainly,
        frees: match setting {
            Setting::Notifications => before.into_iter().filter(|mark| !after.contains(mark)).collect(),
            _ => Vec::new(),
        },
    }
}

fn ownership(wanted: &State, live: &State) -> Option<Action> {
    let how = match wanted.ownership {
        Ownership::BucketOwnerEnforced => How::Guarding,
        Ownership::BucketOwnerPreferred | Ownership::ObjectWriter => How::Unguarding,
    };
    (wanted.ownership != live.ownership).then(|| set(Setting::Ownership, wanted, how))
}

/// The public access block and the policy, which bear on each other.
fn guards(id: &BucketName, wanted: &State, live: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let both = wanted.public_access_block.or(&live.public_access_block);
    if both != live.public_access_block {
        let tight = State {
            public_access_block: both.clone(),
            ..wanted.clone()
        };
        actions.push(set(Setting::Block, &tight, How::Guarding));
    }
    let loosens = both != wanted.public_access_block;
    let is_public = |policy: Option<&Document>| !access::exposed(id, policy, &Blocks::default()).is_empty();
    let policy = policy(wanted, live, cx);
    // A public policy can only be put where the block lets it; any other is put before the block goes.
    let must_open = is_public(wanted.policy.get()) && live.public_access_block.has(Block::BlockPublicPolicy);
    let takes_away = wanted.policy.is_none() && live.policy.denies(None);
    if loosens && (must_open || takes_away) && policy.is_some() && is_public(live.policy.get()) {
        // The old policy is public and counted for nothing so far: what it lets in must be gone before the block is.
        let closed = State {
            policy: live.policy.only_denials(),
            ..wanted.clone()
        };
        actions.push(set(Setting::Policy, &closed, How::Closing));
    }
    if loosens {
        let how = if must_open { How::Opening } else { How::Unguarding };
        actions.push(set(Setting::Block, wanted, how));
    }
    actions.extend(policy);
    actions
}

/// A policy that names what is made anew is written again: S3 keeps principals by their unique ids.
fn policy(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Option<Action> {
    let names = |policy: &Document| own_principals(policy, cx.home);
    let renewed = wanted
        .policy
        .iter()
        .flat_map(names)
        .any(|arn| cx.replaced.contains(&arn));
    if !Setting::Policy.differs(wanted, live) && !renewed {
        return None;
    }
    let how = match wanted.policy.get() {
        Some(_) => How::Granting,
        None if live.policy.denies(None) => How::Unguarding,
        None => How::Closing,
    };
    Some(set(Setting::Policy, wanted, how))
}

fn delete(live: &Observed<Bucket>) -> Vec<Action> {
    let contents = Bucket::contents(live);
    let was_full = if contents.is_some() {
        Filling::Some
    } else {
        Filling::None
    };
    let empty = contents.map(|contents| Action::Empty { contents });
    empty.into_iter().chain([Action::Delete { was_full }]).collect()
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(to) = action {
        return Some(fresh(to.whole()));
    }
    let mut state = state?;
    match action {
        Action::Create(_) | Action::Empty { .. } => {}
        Action::Set { to, .. } => to.apply(&mut state),
        Action::PutObject { key, seed } => drop(state.objects.insert(key.clone(), seed.clone())),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete { .. } => return None,
    }
    Some(state)
}

pub(super) fn facts(id: &BucketName, arn: &Arn, action: &Action, home: &Home) -> Facts {
    match action {
        Action::Create(to) => Facts {
            makes: vec![arn.clone()],
            fields: created(to),
            retry: retries::CREATING,
            ..Facts::new("s3:CreateBucket", Rank::Create, format!("create bucket {id}"))
        },
        Action::Set {
            setting,
            to,
            how,
            frees,
        } => setting_facts(arn, *setting, to, *how, frees, home),
        Action::PutObject { key, seed: _ } => Facts {
            fields: vec![FieldPath::entry("objects", key)],
            retry: retries::PUTTING,
            ..Facts::new("s3:PutObject", Rank::Add, format!("put object {key}"))
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            retry: retries::SETTING,
            ..Facts::new("s3:PutBucketTagging", change.rank(), change.summary())
        },
        Action::Empty { contents } => Facts {
            loss: Loss::Store,
            retry: retries::SETTING,
            ..Facts::new("s3:DeleteObjectVersion", Rank::Unlink, format!("delete {contents}"))
        },
        Action::Delete { was_full } => Facts {
            deletes: vec![arn.clone()],
            loss: Loss::Store,
            retry: match was_full {
                Filling::Some => retries::DELETING_EMPTIED,
                Filling::None => retries::SETTING,
            },
            ..Facts::new("s3:DeleteBucket", Rank::Delete, format!("delete bucket {id}"))
        },
    }
}

fn created(to: &Partial<State>) -> Vec<FieldPath> {
    let tags = to.whole().tags.keys().map(|key| FieldPath::entry("tags", key));
    let set = ["region", "ownership"].map(FieldPath::whole);
    set.into_iter().chain(tags).collect()
}

fn setting_facts(arn: &Arn, setting: Setting, to: &Partial<State>, how: How, frees: &[Arn], home: &Home) -> Facts {
    let wanted = to.whole();
    let removes = setting.is_none(wanted);
    let summary = if removes {
        format!("remove {}", setting.words())
    } else {
        format!("write {}", setting.words())
    };
    let (rank, access) = match how {
        How::Plainly => (Rank::Set, Access::Neutral),
        How::Guarding | How::Ensuring => (Rank::GuardOn, Access::Restricts),
        How::Unguarding => (Rank::GuardOff, Access::Widens),
        How::Opening => (Rank::Set, Access::Widens),
        How::Closing => (Rank::Remove, Access::Restricts),
        How::Granting => (Rank::Add, Access::Either),
    };
    Facts {
        access,
        needs: match setting {
            Setting::Policy => {
                let named = wanted.policy.iter().flat_map(|policy| own_principals(policy, home));
                named.chain(opened_mark(arn)).collect()
            }
            Setting::Notifications => {
                let marks = super::invocations(wanted, arn);
                marks.into_iter().chain(super::functions(wanted).cloned()).collect()
            }
            // The log bucket's policy lets the logging service in.
            Setting::Logging => super::log_bucket(wanted, home)
                .into_iter()
                .flat_map(|target| policy_mark(&target).into_iter().chain([target]))
                .collect(),
            _ => Vec::new(),
        },
        makes: match how {
            How::Opening => opened_mark(arn),
            _ if setting == Setting::Policy && !removes => policy_mark(arn),
            _ => None,
        }
        .into_iter()
        .collect(),
        frees: frees.to_vec(),
        loss: if removes && setting == Setting::Policy {
            Loss::Link
        } else {
            Loss::None
        },
        fields: setting.fields().iter().map(|field| FieldPath::whole(field)).collect(),
        retry: setting.retries(),
        readings: setting.readings(),
        ..Facts::new(setting.call(removes), rank, summary)
    }
}

/// Not a thing of AWS: what tells whoever stands on a bucket's policy that it is written.
fn policy_mark(bucket: &Arn) -> Option<Arn> {
    Arn::parse(&format!("{bucket}:policy")).ok()
}

/// Not a thing of AWS: what tells a policy that this run has opened the way for it, so that a refusal may heal.
fn opened_mark(bucket: &Arn) -> Option<Arn> {
    Arn::parse(&format!("{bucket}:opened")).ok()
}
