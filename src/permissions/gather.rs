//! What the things of a file must be permitted: their readers' calls, and the calls of every change that may come.
//!
//! Invariant: the changes are those of [`Kind::diff`] between what is wanted and what others may have left; nothing is
//! known here of any kind.

use std::collections::BTreeSet;

use super::Extras;
use crate::address::Address;
use crate::kind::{Depth, DiffCx, Home, Object, Pair, Permit, STRANGER};
use crate::kinds::{AnyObject, KindName, Member, Visit, VisitKind};
use crate::names::{Arn, Region};
use crate::plan::level::{TagRules, level};
use crate::spec::lower::{Declared, Existing};
use crate::spec::resources::Environment;
use crate::spec::source::{Sources, Span};

/// What reading takes: what the file names, what it refers to outside, and whoever runs it.
pub(super) fn reads(environment: &Environment, extras: &Extras, home: &Home, region: &Region) -> BTreeSet<Permit> {
    let depth = if extras.prune { Depth::Remove } else { Depth::Compare };
    let own = environment
        .objects
        .iter()
        .map(|object| object.visit(Reading { home, depth }));
    let outside = environment
        .existing
        .iter()
        .map(|existing: &Existing| bare(existing.kind, &existing.declared, home));
    let mut permits: BTreeSet<Permit> = own.chain(outside).flatten().collect();
    if let Some(runner) = &extras.runner {
        permits.extend(of_runner(runner, home, region));
    }
    if extras.bulk && environment.objects.iter().any(|object| object.address().kind.is_iam()) {
        let bulk = [
            "iam:GetAccountAuthorizationDetails",
            "iam:GetAccountSummary",
            "iam:ListRoles",
        ];
        permits.extend(bulk.map(Permit::everywhere));
    }
    permits
}

/// What changing takes.
pub(super) fn writes(environment: &Environment, extras: &Extras, home: &Home) -> BTreeSet<Permit> {
    let writing = |object: &AnyObject| {
        object.visit(Writing {
            home,
            tags: &environment.tags,
            goes: if extras.prune { Goes::Perhaps } else { Goes::IfDoomed },
        })
    };
    environment.objects.iter().flat_map(writing).collect()
}

/// What the options of `drift` add.
pub(super) fn around(extras: &Extras, home: &Home, region: &Region) -> BTreeSet<Permit> {
    let mut permits = BTreeSet::new();
    for kind in &extras.unmanaged {
        permits.extend(kind.lists().iter().copied().map(Permit::everywhere));
        permits.extend(kind.visit(Anywhere { home, region }));
    }
    if extras.who {
        permits.insert(Permit::everywhere("cloudtrail:LookupEvents"));
    }
    if let Some(bus) = &extras.notify {
        permits.extend(Permit::all(&["events:DescribeEventBus", "events:PutEvents"], bus));
    }
    permits
}

struct Reading<'a> {
    home: &'a Home,
    depth: Depth,
}

impl Visit for Reading<'_> {
    type Out = Vec<Permit>;

    fn visit<K: Member>(self, object: &Object<K>) -> Vec<Permit> {
        let mut object = object.clone();
        if self.depth == Depth::Remove {
            object.depth = Depth::Remove;
        }
        let permits = K::reads(&object, self.home);
        match object.wanted {
            Some(_) => permits,
            None => anywhere_below(permits),
        }
    }
}

/// Where only the name of an IAM thing is known, its path may be any.
fn anywhere_below(permits: Vec<Permit>) -> Vec<Permit> {
    let below = |permit: &Permit| {
        let (start, rest) = permit.on.rsplit_once(':')?;
        let (kind, name) = rest.split_once('/')?;
        let has_path = start.contains(":iam:") && ["user", "group", "role", "policy"].contains(&kind);
        (has_path && !name.contains('/')).then(|| Permit {
            on: format!("{start}:{kind}/*/{name}"),
            ..permit.clone()
        })
    };
    let more: Vec<Permit> = permits.iter().filter_map(below).collect();
    permits.into_iter().chain(more).collect()
}

/// Whether things may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// Those that the file says so of.
    IfDoomed,
    /// All: what is declared today may be dropped tomorrow.
    Perhaps,
}

struct Writing<'a> {
    home: &'a Home,
    tags: &'a TagRules,
    goes: Goes,
}

impl Visit for Writing<'_> {
    type Out = Vec<Permit>;

    fn visit<K: Member>(self, object: &Object<K>) -> Vec<Permit> {
        let nothing = BTreeSet::new();
        let cx = DiffCx {
            home: self.home,
            replaced: &nothing,
            entangled: &nothing,
            owner_key: &self.tags.owner_key,
        };
        let wanted = object.wanted.as_ref().map(|wanted| &wanted.state);
        let others = K::otherwise(&object.id, wanted, self.home);
        let mut permits = Vec::new();
        let mut add = |state: Option<&K::State>, actions: Vec<K::Action>| {
            let arn = K::arn(&object.id, state, self.home);
            let permitted = |action: &K::Action| K::permits(&object.id, &arn, action, self.home);
            permits.extend(actions.iter().flat_map(permitted).map(of_any_stranger));
        };
        if let Some(wanted) = &object.wanted {
            add(
                Some(&wanted.state),
                K::diff(&object.id, Pair::Create(&wanted.state), &cx),
            );
            for live in &others {
                let levelled = level(wanted, live, self.tags, &nothing);
                let pair = Pair::Change {
                    wanted: &levelled.state,
                    live,
                };
                add(Some(&wanted.state), K::diff(&object.id, pair, &cx));
            }
        }
        let deletable = K::undeletable(&object.id).is_none();
        let goes = object.doom.is_some() || (self.goes == Goes::Perhaps && deletable && object.wanted.is_some());
        let empties = object.doom.as_ref().is_some_and(|doom| doom.empty);
        for live in others.iter().filter(|_| goes) {
            // What people have put there is deleted on their word alone.
            if K::contents(live).is_none() || empties {
                add(wanted, K::diff(&object.id, Pair::Delete(live), &cx));
            }
        }
        match object.wanted {
            Some(_) => permits,
            None => anywhere_below(permits),
        }
    }
}

/// What others may have linked to a thing can be called anything.
fn of_any_stranger(permit: Permit) -> Permit {
    match permit.on.strip_suffix(STRANGER) {
        Some(start) if start.ends_with('/') => Permit {
            on: format!("{start}*"),
            ..permit
        },
        Some(_) | None => permit,
    }
}

/// A thing of which only the name is known.
fn bare(kind: KindName, declared: &Declared, home: &Home) -> Vec<Permit> {
    struct Bare<'a>(&'a Declared, &'a Home);
    impl VisitKind for Bare<'_> {
        type Out = Vec<Permit>;
        fn visit<K: Member>(self) -> Vec<Permit> {
            let Ok(id) = K::identify(self.0) else { return Vec::new() };
            let object = Object::<K>::bare(Address::new(K::KIND, self.0.name.clone()), id);
            anywhere_below(K::reads(&object, self.1))
        }
    }
    kind.visit(Bare(declared, home))
}

fn of_runner(runner: &Arn, home: &Home, region: &Region) -> Vec<Permit> {
    let named = |kind: KindName, name: &str| bare(kind, &declared(name, region), home);
    match (runner.user_name(), runner.role_name()) {
        (Some(user), _) => named(KindName::User, user.as_str()),
        (None, Some(role)) => named(KindName::Role, role.as_str()),
        (None, None) => Vec::new(),
    }
}

pub(super) fn declared(name: &str, region: &Region) -> Declared {
    let file = Sources::default().add("", "");
    Declared::bare(name, region, Span { file, start: 0, end: 0 })
}

/// The readers of a kind on whatever there is of it.
struct Anywhere<'a> {
    home: &'a Home,
    region: &'a Region,
}

impl VisitKind for Anywhere<'_> {
    type Out = Vec<Permit>;

    fn visit<K: Member>(self) -> Vec<Permit> {
        let declared = declared(K::STAND_IN, self.region);
        let Ok(id) = K::identify(&declared) else {
            return Vec::new();
        };
        let object = Object::<K>::bare(Address::new(K::KIND, K::STAND_IN), id);
        let permits = K::reads(&object, self.home).into_iter();
        let any = |permit: Permit| Permit {
            on: permit.on.replace(K::STAND_IN, "*"),
            ..permit
        };
        permits.map(any).collect()
    }
}
