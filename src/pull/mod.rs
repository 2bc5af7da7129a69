//! From an account to a file: what there is, what of it a file shall declare, and the proof that it does.
//!
//! Invariant: what was asked for and is not in the file is told. The proof is the program's own plan of the file that was
//! written, made from what was read and not from what was meant.

mod gather;
mod spot;
#[cfg(test)]
mod tests;
mod trial;

use std::collections::BTreeMap;

use crate::address::Address;
use crate::author::{Authored, Heading, Stance, Style, Unsaid, Written};
use crate::aws::Aws;
use crate::engine::CallError;
use crate::kind::{Home, Object, Seen};
use crate::kinds::{AnyObject, Member, Visit};
use crate::names::{AccountId, Arn, Region};
use crate::plan::level::TagRules;
use crate::plan::{Plan, Verb};

pub use gather::{Gathered, Makers, Selection, gather};
pub use trial::TrialError;

/// What the file is called that the account's own name can't be given to.
const NAMELESS: &str = "pulled";

/// One thing that was read, and how it is to be written.
#[derive(Debug, Clone)]
struct Thing {
    object: AnyObject,
    instead: BTreeMap<&'static str, serde_json::Value>,
    ignore: Vec<String>,
    remarks: Vec<String>,
    /// Why the file does not declare it.
    left_out: Option<String>,
}

/// What a pull is told besides what was read.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// The environment's name, if the user has one in mind.
    pub environment: Option<String>,
    /// The default region.
    pub region: Region,
    /// How the file looks.
    pub style: Style,
    /// Where the code of functions goes.
    pub code: Code,
}

/// What becomes of what a file can only name, the code of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It stays where it is.
    Live,
    /// It is written beside the file.
    Beside,
}

/// A file with its proof.
#[derive(Debug)]
pub struct Pulled {
    /// The environment's name.
    pub environment: String,
    /// The files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What it declares could not be said of.
    pub unsaid: Vec<Unsaid>,
    /// What it does not declare, and why.
    pub left_out: Vec<(Address, String)>,
    /// The next plan.
    pub plan: Plan,
}

impl Pulled {
    /// What the next plan would do other than mark things as owned.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let is_different = |verb: Verb| !matches!(verb, Verb::Keep | Verb::Adopt | Verb::Unknown);
        let changed = self.plan.changes.iter().filter(|change| is_different(change.verb));
        let changed = changed.map(|change| {
            let fields: Vec<String> = change.fields.iter().map(|field| field.path.brief()).collect();
            format!("{}: {}", change.address, fields.join(", "))
        });
        let refused = self.plan.refusals.iter().map(|refusal| refusal.message.clone());
        changed.chain(refused).collect()
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// AWS did not hand out what a file can only name.
    #[error("{address}: {error}")]
    Bytes {
        /// Of which thing.
        address: Address,
        /// What AWS answered.
        error: CallError,
    },
    /// What was written is no environment.
    #[error(transparent)]
    Trial(#[from] TrialError),
}

/// Writes what was gathered, and proves it.
///
/// # Errors
/// See [`PullError`].
pub async fn pull(aws: &Aws, gathered: Gathered, wishes: &Wishes) -> Result<Pulled, PullError> {
    let Gathered { objects, alias, .. } = gathered;
    let tags = TagRules::new(Vec::new());
    let environment = wishes
        .environment
        .clone()
        .or_else(|| owner_of_all(&objects, &tags))
        .or(alias)
        .unwrap_or_else(|| NAMELESS.to_owned());
    let mut things: Vec<Thing> = objects
        .into_iter()
        .map(|object| thing(object, &environment, &tags))
        .collect();
    let mut beside = BTreeMap::new();
    if wishes.code == Code::Beside {
        for thing in things.iter_mut().filter(|thing| thing.left_out.is_none()) {
            carry(aws, thing, &wishes.region, &mut beside).await?;
        }
    }
    let connection = &aws.connection;
    let heading = heading(environment, &connection.home, &wishes.region, tags);
    let proven = trial::prove(heading, things, wishes, beside, &connection.caller)?;
    Ok(proven)
}

fn heading(environment: String, home: &Home, region: &Region, tags: TagRules) -> Heading {
    Heading {
        environment,
        account: Some(home.account.clone()).filter(|account: &AccountId| !account.is_unknown()),
        region: region.clone(),
        home: home.clone(),
        tags,
        remarks: Vec::new(),
    }
}

/// The environment that all marked things belong to, where it is one.
fn owner_of_all(objects: &[AnyObject], tags: &TagRules) -> Option<String> {
    let mut owners: Vec<String> = objects
        .iter()
        .filter_map(|object| object.visit(Owner(&tags.owner_key)))
        .collect();
    owners.sort();
    owners.dedup();
    match owners.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

struct Owner<'a>(&'a str);

impl Visit for Owner<'_> {
    type Out = Option<String>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<String> {
        match &object.seen {
            Seen::There(live) => K::tags(&live.state)?.get(self.0).cloned(),
            Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
        }
    }
}

/// A thing with what is said of it by nature: whose it is, and that its code stays where it is.
fn thing(object: AnyObject, environment: &str, tags: &TagRules) -> Thing {
    struct Nature<'a>(&'a str, &'a TagRules);
    impl Visit for Nature<'_> {
        type Out = (Option<String>, Option<&'static str>);
        fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
            let live = match &object.seen {
                Seen::There(live) => K::tags(&live.state),
                Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
            };
            (live.and_then(|live| self.1.other_owner(live, self.0)), K::CARRIES)
        }
    }
    let (owner, carries) = object.visit(Nature(environment, tags));
    let spelled = crate::author::spelled(&object).unwrap_or_default();
    let kept = carries.filter(|field| spelled.get(field).is_some_and(|value| value.get("zip").is_some()));
    Thing {
        object,
        instead: kept
            .map(|field| (field, serde_json::json!({ "live": true })))
            .into_iter()
            .collect(),
        ignore: Vec::new(),
        remarks: Vec::new(),
        left_out: owner.map(|owner| format!("it belongs to {owner}")),
    }
}

/// Puts what a thing carries into a file of its own.
async fn carry(
    aws: &Aws,
    thing: &mut Thing,
    home: &Region,
    beside: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), PullError> {
    let address = thing.object.address().clone();
    let bytes = thing.object.bytes(aws).await;
    let bytes = bytes.map_err(|error| PullError::Bytes {
        address: address.clone(),
        error,
    })?;
    let Some(crate::kind::Bytes { field, form, bytes }) = bytes else {
        return Ok(());
    };
    struct RegionOf;
    impl Visit for RegionOf {
        type Out = Option<Region>;
        fn visit<K: Member>(self, object: &Object<K>) -> Option<Region> {
            K::naming(&object.id).region
        }
    }
    let abroad = thing.object.visit(RegionOf).filter(|region| region != home);
    let place = abroad.map_or(String::new(), |region| format!("-{region}"));
    let path = format!("{field}/{}{place}.{form}", address.name);
    thing.instead.insert(field, serde_json::json!({ form: path }));
    beside.insert(path, bytes);
    Ok(())
}

impl Thing {
    fn written(&self) -> Written<'_> {
        Written {
            instead: self.instead.clone(),
            ignore: self.ignore.clone(),
            remarks: self.remarks.clone(),
            ..Written::new(&self.object, Stance::Declared)
        }
    }

    fn leave_out(&mut self, why: String) {
        self.left_out.get_or_insert(why);
    }
}

/// The file as it stands now, and which thing each of its addresses is.
fn write(heading: &Heading, things: &[Thing], style: &Style) -> (Authored, Vec<usize>) {
    let kept = things.iter().enumerate().filter(|(_, thing)| thing.left_out.is_none());
    let (at, written): (Vec<usize>, Vec<Written<'_>>) = kept.map(|(at, thing)| (at, thing.written())).unzip();
    (crate::author::environment(heading, &written, style), at)
}

/// The identity that runs a plan, for [`trial`].
type Caller = Arn;
