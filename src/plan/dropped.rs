//! What a file declared before: found again in the file of today, or no longer declared.
//!
//! Invariant: things are the same by kind and AWS name, never by their ids in the file, so that a renamed id drops nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::{Depth, Doom, DoomedBy, Naming, Object, Wanted};
use crate::kinds::{AnyObject, KindName, Member, Visit, VisitMut};

/// What a thing is, whatever a file calls it. IAM's names have no case.
pub(crate) type Identity = (KindName, String);

/// What a thing of a file is in AWS.
pub(crate) fn identity(object: &AnyObject) -> Identity {
    struct Id;
    impl Visit for Id {
        type Out = String;
        fn visit<K: Member>(self, object: &Object<K>) -> String {
            object.id.to_string()
        }
    }
    let (kind, id) = (object.address().kind, object.visit(Id));
    (kind, if kind.is_iam() { id.to_lowercase() } else { id })
}

/// The things that a file declares or names under `absent:`, to be looked up by what they are.
#[derive(Debug)]
pub struct Known(BTreeSet<Identity>);

impl Known {
    /// Of everything but what was read for its context.
    #[must_use]
    pub fn of(objects: &[AnyObject]) -> Self {
        let named = objects.iter().filter(|object| object.is_named());
        Self(named.map(identity).collect())
    }

    /// Whether a thing is among them.
    #[must_use]
    pub fn has(&self, object: &AnyObject) -> bool {
        self.0.contains(&identity(object))
    }
}

/// What the file of today calls things.
struct Today<'a> {
    known: BTreeMap<Identity, &'a AnyObject>,
    taken: BTreeSet<&'a Address>,
}

impl<'a> Today<'a> {
    fn new(objects: &'a [AnyObject]) -> Self {
        Self {
            known: objects.iter().map(|object| (identity(object), object)).collect(),
            taken: objects.iter().map(AnyObject::address).collect(),
        }
    }

    /// The same thing in the file of today.
    fn twin(&self, object: &AnyObject) -> Option<&'a AnyObject> {
        self.known.get(&identity(object)).copied()
    }

    /// The address that a base's thing has today. What the file of today does not name keeps its own, or has one of its
    /// AWS name where that is taken.
    fn address(&self, object: &AnyObject) -> Address {
        match self.twin(object) {
            Some(twin) => twin.address().clone(),
            None if self.taken.contains(object.address()) => {
                let (kind, id) = identity(object);
                Address::new(kind, id)
            }
            None => object.address().clone(),
        }
    }
}

/// The things of a base under the addresses that they have in the file of today, with what was read of them.
#[must_use]
pub fn aligned(base: &[AnyObject], today: &[AnyObject]) -> Vec<AnyObject> {
    let today = Today::new(today);
    let align = |object: &AnyObject| {
        let mut own = object.clone();
        own.visit_mut(Rename(today.address(object)));
        match today.twin(object) {
            Some(twin) => own.seen_as(twin),
            None => own,
        }
    };
    base.iter().map(align).collect()
}

/// Names a thing that no file declares by more than its name, where others of that name may be there: `rule/BUS/NAME`.
pub fn distinguish(object: &mut AnyObject) {
    struct OnBus;
    impl Visit for OnBus {
        type Out = Option<Address>;
        fn visit<K: Member>(self, object: &Object<K>) -> Option<Address> {
            let Naming { name, region: _, bus } = K::naming(&object.id);
            bus.map(|bus| Address::new(K::KIND, format!("{bus}/{name}")))
        }
    }
    if let Some(address) = object.visit(OnBus) {
        object.visit_mut(Rename(address));
    }
}

struct Rename(Address);

impl VisitMut for Rename {
    type Out = ();

    fn visit<K: Member>(self, object: &mut Object<K>) {
        object.address = self.0;
    }
}

/// What bases declared whole and the file of today neither declares nor names under `absent:`, each once and doomed. What
/// can't be deleted is not among it. `base` is how the user named each base.
#[must_use]
pub fn dropped<'a>(bases: impl IntoIterator<Item = (&'a str, &'a [AnyObject])>, today: &[AnyObject]) -> Vec<AnyObject> {
    let named = Today::new(today);
    let mut known: BTreeSet<Identity> = named.known.keys().cloned().collect();
    let mut dropped = Vec::new();
    for (base, objects) in bases {
        for object in objects {
            let doomed = object.visit(Dooming {
                base,
                address: named.address(object),
            });
            if let Some(doomed) = doomed
                && known.insert(identity(object))
            {
                dropped.push(doomed);
            }
        }
    }
    dropped
}

struct Dooming<'a> {
    base: &'a str,
    address: Address,
}

impl Visit for Dooming<'_> {
    type Out = Option<AnyObject>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<AnyObject> {
        let wanted: &Wanted<K> = object.wanted.as_ref().filter(|wanted| !wanted.shared)?;
        if K::undeletable(&object.id).is_some() {
            return None;
        }
        let mut origin = wanted.origin.clone();
        origin.file = format!("{}:{}", self.base, origin.file);
        Some(K::object(Object {
            doom: Some(Doom {
                by: DoomedBy::Dropped,
                origin,
                detach: false,
                empty: false,
            }),
            depth: Depth::Remove,
            ..Object::bare(self.address, object.id.clone())
        }))
    }
}

/// The addresses of today of everything that bases declared.
#[must_use]
pub fn known<'a>(bases: impl IntoIterator<Item = &'a [AnyObject]>, today: &[AnyObject]) -> BTreeSet<Address> {
    let today = Today::new(today);
    let objects = bases.into_iter().flatten().filter(|object| object.is_wanted());
    objects.map(|object| today.address(object)).collect()
}
