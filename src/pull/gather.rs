//! What there is: every list of the account, then everything on the lists, read once.
//!
//! Invariant: a list or a thing that could not be read is told and never silently missing.

use futures_util::future::join_all;

use crate::address::glob_match;
use crate::aws::{Aws, View};
use crate::kind::{Object, Scope, Seen};
use crate::kinds::{AnyListed, AnyObject, KindName, Member, Visit};
use crate::names::{IamPath, Region};

/// Who has made what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makers {
    /// The account's own people.
    People,
    /// AWS and its services as well.
    Everybody,
}

/// What of an account is asked for.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The kinds.
    pub kinds: Vec<KindName>,
    /// Where regional things are looked for; the first one is also asked for what is in no region.
    pub regions: Vec<Region>,
    /// Patterns of names in AWS; none for any name.
    pub names: Vec<String>,
    /// Tags that a thing must have.
    pub tags: Vec<(String, String)>,
    /// The path below which an IAM thing must be.
    pub path: Option<IamPath>,
    /// Who has made it.
    pub makers: Makers,
}

impl Selection {
    /// Everything that people have made.
    #[must_use]
    pub fn everything(regions: Vec<Region>) -> Self {
        Self {
            kinds: KindName::ALL.to_vec(),
            regions,
            names: Vec::new(),
            tags: Vec::new(),
            path: None,
            makers: Makers::People,
        }
    }
}

/// What there is.
#[derive(Debug)]
pub struct Gathered {
    /// The things, with their states.
    pub objects: Vec<AnyObject>,
    /// What could not be listed or read, as sentence fragments.
    pub unread: Vec<String>,
    /// How many things of AWS's own making are not among them.
    pub hidden: usize,
    /// The account's alias.
    pub alias: Option<String>,
}

/// Lists and reads.
pub async fn gather(aws: &Aws, selection: &Selection) -> Gathered {
    let view = View::new(aws);
    let mut unread = Vec::new();
    let mut found = list(&view, selection, &mut unread).await;
    let before = found.len();
    found.retain(|listed| selection.makers == Makers::Everybody || listed.made_by.is_none());
    let hidden = before - found.len();
    let mut objects = Vec::new();
    for listed in found {
        match listed.object {
            Ok(object) if selection.is_named(&object) => objects.push(object),
            Ok(_) => {}
            Err(name) => unread.push(format!("`{name}` is no name that this program can work with")),
        }
    }
    let objects = view.read_all(objects).await;
    let alias = objects.iter().find_map(alias);
    let mut gathered = Gathered {
        objects: Vec::new(),
        unread,
        hidden,
        alias,
    };
    for object in objects {
        match object.visit(Standing(selection)) {
            Stands::Wanted => gathered.objects.push(object),
            Stands::Aside => {}
            Stands::Unread(why) => gathered
                .unread
                .push(format!("{} could not be read: {why}", object.address())),
        }
    }
    gathered.objects.sort_by(|a, b| a.address().cmp(b.address()));
    gathered
}

async fn list(view: &View<'_>, selection: &Selection, unread: &mut Vec<String>) -> Vec<AnyListed> {
    // The alias is the account's own name, whatever else is asked for.
    let kinds = KindName::ALL
        .iter()
        .filter(|kind| selection.kinds.contains(kind) || matches!(kind.section().form, crate::kind::Form::Settings));
    let places = kinds.flat_map(|kind| {
        let regions = selection.regions.iter();
        let most = match kind.section().scope {
            Scope::Global => 1,
            Scope::Regional => usize::MAX,
        };
        regions.take(most).map(move |region| (*kind, region))
    });
    let lists = places.map(async |(kind, region)| (kind, region, kind.list(view, region).await));
    let mut found = Vec::new();
    for (kind, region, listed) in join_all(lists).await {
        match listed {
            Ok(listed) => found.extend(listed),
            Err(error) => unread.push(format!(
                "{} in {region} could not be listed: {error}",
                kind.section().key
            )),
        }
    }
    found
}

impl Selection {
    fn is_named(&self, object: &AnyObject) -> bool {
        let address = object.address();
        if matches!(address.kind.section().form, crate::kind::Form::Settings) {
            return true;
        }
        self.names.is_empty() || self.names.iter().any(|pattern| glob_match(pattern, &address.name))
    }
}

/// The account's own name, from the setting that is it.
fn alias(object: &AnyObject) -> Option<String> {
    let settings = matches!(object.address().kind.section().form, crate::kind::Form::Settings);
    let spelled = crate::author::spelled(object).filter(|_| settings && object.address().name == "alias")?;
    spelled.as_str().filter(|alias| *alias != "none").map(str::to_owned)
}

/// Whether a thing that was read is asked for.
enum Stands {
    Wanted,
    Aside,
    Unread(String),
}

struct Standing<'a>(&'a Selection);

impl Visit for Standing<'_> {
    type Out = Stands;

    fn visit<K: Member>(self, object: &Object<K>) -> Stands {
        let selection = self.0;
        let live = match &object.seen {
            Seen::There(live) => live,
            // It went between the list and the reading.
            Seen::Absent => return Stands::Aside,
            Seen::Unknown(why) if selection.kinds.contains(&K::KIND) => return Stands::Unread(why.clone()),
            Seen::Unknown(_) | Seen::Unread => return Stands::Aside,
        };
        let tags = K::tags(&live.state);
        let has = |(key, value): &(String, String)| tags.is_some_and(|tags| tags.get(key) == Some(value));
        let below =
            |path: &IamPath| K::path(&live.state).is_some_and(|own| own.to_string().starts_with(&path.to_string()));
        let is_setting = matches!(K::SECTION.form, crate::kind::Form::Settings);
        let narrowed =
            is_setting && !(selection.names.is_empty() && selection.tags.is_empty() && selection.path.is_none());
        let asked_for = selection.kinds.contains(&K::KIND)
            && !narrowed
            && selection.tags.iter().all(has)
            && selection.path.as_ref().is_none_or(below);
        // What every account or region has by itself is worth a line only when somebody has said something of it.
        let spelled = K::spell(&object.id, &live.state);
        let says_nothing =
            spelled.as_object().is_some_and(serde_json::Map::is_empty) || spelled.as_str() == Some("none");
        let is_given = K::undeletable(&object.id).is_some() && says_nothing;
        if asked_for && !is_given {
            Stands::Wanted
        } else {
            Stands::Aside
        }
    }
}
