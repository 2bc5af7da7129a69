//! `drift --who`: asks CloudTrail about what moved in the account.
//!
//! Invariant: only what the account did is asked about, never what the file did; nothing of the comparison changes.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::address::Address;
use crate::aws::Aws;
use crate::aws::trail::who;
use crate::drift::{Class, Drift, Standing, Thing};
use crate::fields::FieldPath;
use crate::kind::{Home, Object, Seen};
use crate::kinds::{AnyObject, Member, Visit};
use crate::names::{Arn, BucketName, Region};
use crate::trail::{Differs, Suspect};

/// Writes into the report who made what moved, as told at a moment.
pub(super) async fn tell(drift: &mut Drift, objects: &[AnyObject], aws: &Aws, region: &Region, now: OffsetDateTime) {
    let arns: BTreeMap<&Address, &AnyObject> = objects.iter().map(|object| (object.address(), object)).collect();
    let suspect = |thing: &Thing| {
        let differs = differs(thing)?;
        let arn = arns.get(&thing.address)?.visit(Named(&aws.connection.home));
        Some(Suspect {
            address: thing.address.clone(),
            region: place(&arn, aws, region),
            arn,
            differs,
        })
    };
    let suspects: Vec<Suspect> = drift.things.iter().filter_map(suspect).collect();
    let mut told = who(aws, &suspects, now).await;
    for thing in &mut drift.things {
        thing.by = told.deeds.remove(&thing.address).unwrap_or_default();
    }
    drift.notes.extend(told.notes);
}

/// What of a thing somebody did in the account; nothing where only the file moved.
fn differs(thing: &Thing) -> Option<Differs> {
    let is_ours = |class: Class| class == Class::Pending;
    match thing.standing {
        Standing::Missing if !thing.class.is_some_and(is_ours) => Some(Differs::Gone),
        Standing::Extra if !thing.class.is_some_and(is_ours) => Some(Differs::Made),
        Standing::Missing | Standing::Extra => None,
        Standing::AsWritten | Standing::Differs | Standing::Unknown => {
            let moved = thing.differences.iter().filter(|one| !is_ours(one.class));
            let paths: Vec<FieldPath> = moved.map(|one| one.path.clone()).collect();
            (!paths.is_empty()).then_some(Differs::Fields(paths))
        }
    }
}

/// A bucket's ARN has no region.
fn place(arn: &Arn, aws: &Aws, otherwise: &Region) -> Region {
    let bucket = || BucketName::parse(arn.as_str().rsplit(':').next().unwrap_or_default()).ok();
    let of_bucket = || aws.bucket_region(&bucket()?);
    arn.region().or_else(of_bucket).unwrap_or_else(|| otherwise.clone())
}

/// The ARN, with the path that AWS knows, or else the file.
struct Named<'a>(&'a Home);

impl Visit for Named<'_> {
    type Out = Arn;

    fn visit<K: Member>(self, object: &Object<K>) -> Arn {
        let state = match &object.seen {
            Seen::There(live) => Some(&live.state),
            Seen::Unread | Seen::Absent | Seen::Unknown(_) => object.wanted.as_ref().map(|wanted| &wanted.state),
        };
        K::arn(&object.id, state, self.0)
    }
}
