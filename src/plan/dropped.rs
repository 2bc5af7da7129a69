//! What a file declared before: found again in the file of today, or no longer declared.
//!
//! Invariant: things are the same by kind and AWS name, never by their ids in the file, so that a renamed id drops nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::{Depth, Doom, DoomedBy, Naming, Object, Seen, Wanted};
use crate::kinds::{AnyObject, KindName, Member, Visit, VisitMut};

/// What a thing is, whatever a file calls it. IAM's names have no case.
type Identity = (KindName, String);

fn identity(object: &AnyObject) -> Identity {
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

fn identities(objects: &[AnyObject]) -> BTreeMap<Identity, &AnyObject> {
    objects.iter().map(|object| (identity(object), object)).collect()
}

/// The things that a file declares or names under `absent:`, to be looked up by what they are.
#[derive(Debug)]
pub struct Known(BTreeSet<Identity>);

impl Known {
    /// Of everything but what was read for its context.
    #[must_use]
    pub fn of(objects: &[AnyObject]) -> Self {
        struct IsNamed;
        impl Visit for IsNamed {
            type Out = bool;
            fn visit<K: Member>(self, object: &Object<K>) -> bool {
                object.wanted.is_some() || object.doom.is_some()
            }
        }
        let named = objects.iter().filter(|object| object.visit(IsNamed));
        Self(named.map(identity).collect())
    }

    /// Whether a thing is among them.
    #[must_use]
    pub fn has(&self, object: &AnyObject) -> bool {
        self.0.contains(&identity(object))
    }
}

/// The things of a base under the addresses that they have in the file of today, with what was read of them. What the
/// file of today does not name keeps its address, or has one of its AWS name where that is taken.
#[must_use]
pub fn aligned(base: &[AnyObject], today: &[AnyObject]) -> Vec<AnyObject> {
    let known = identities(today);
    let taken: BTreeSet<&Address> = today.iter().map(AnyObject::address).collect();
    let mut aligned: Vec<AnyObject> = base.to_vec();
    for object in &mut aligned {
        let identity = identity(object);
        match known.get(&identity) {
            Some(now) => {
                object.visit_mut(Rename(now.address().clone()));
                *object = object.clone().seen_as(now);
            }
            None if taken.contains(object.address()) => {
                object.visit_mut(Rename(Address::new(identity.0, identity.1)));
            }
            None => {}
        }
    }
    aligned
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
    let mut known: BTreeSet<Identity> = today.iter().map(identity).collect();
    let mut dropped = Vec::new();
    for (base, objects) in bases {
        for object in aligned(objects, today) {
            if let Some(doomed) = object.visit(Dooming(base))
                && known.insert(identity(&object))
            {
                dropped.push(doomed);
            }
        }
    }
    dropped
}

struct Dooming<'a>(&'a str);

impl Visit for Dooming<'_> {
    type Out = Option<AnyObject>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<AnyObject> {
        let wanted: &Wanted<K> = object.wanted.as_ref().filter(|wanted| !wanted.shared)?;
        if K::undeletable(&object.id).is_some() {
            return None;
        }
        let mut origin = wanted.origin.clone();
        origin.file = format!("{}:{}", self.0, origin.file);
        Some(K::object(Object {
            address: object.address.clone(),
            id: object.id.clone(),
            wanted: None,
            doom: Some(Doom {
                by: DoomedBy::Dropped,
                origin,
                detach: false,
                empty: false,
            }),
            seen: Seen::Unread,
            depth: Depth::Remove,
        }))
    }
}

/// The addresses of today of everything that bases declared.
#[must_use]
pub fn known<'a>(bases: impl IntoIterator<Item = &'a [AnyObject]>, today: &[AnyObject]) -> BTreeSet<Address> {
    struct IsWanted;
    impl Visit for IsWanted {
        type Out = bool;
        fn visit<K: Member>(self, object: &Object<K>) -> bool {
            object.wanted.is_some()
        }
    }
    let objects = bases.into_iter().flat_map(|base| aligned(base, today));
    let declared = objects.filter(|object| object.visit(IsWanted));
    declared.map(|object| object.address().clone()).collect()
}
