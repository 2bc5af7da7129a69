//! The unpacked table of services, and reading one service out of it.
//!
//! Invariant: the table is unpacked when something is asked for the first time, and each service is read when it is
//! asked for the first time. A line that can't be read is left out: the tests compare all counts with the stamp's.

use std::io::Read;
use std::sync::{LazyLock, OnceLock};

use super::service::{Action, ConditionKey, KeyType, Level, ResourceType, Service, Target};

static PACKED: &[u8] = include_bytes!("actions.tsv.gz");

static TEXT: LazyLock<String> = LazyLock::new(|| unpack(PACKED));

static TABLE: LazyLock<Table> = LazyLock::new(|| index(&TEXT));

struct Table {
    slots: Vec<Slot>,
    names: Vec<&'static str>,
    principals: Vec<&'static str>,
    keys: Vec<ConditionKey>,
}

/// A service's part of the table, read when it is needed.
pub(super) struct Slot {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    body: &'static str,
    /// The index of its first action.
    pub(super) first: usize,
    /// How many actions it has.
    pub(super) count: usize,
    read: OnceLock<Service>,
}

impl Slot {
    /// The service, read at most once.
    pub(super) fn service(&self) -> &Service {
        self.read.get_or_init(|| read_service(self))
    }

    /// The names of its actions, in order.
    pub(super) fn names(&self) -> &'static [&'static str] {
        names().get(self.first..self.first + self.count).unwrap_or_default()
    }
}

/// A gzip header without a name, as the script writes it.
const HEADER_BYTES: usize = 10;

/// Gzip to text; what can't be unpacked is empty. Its check sum is not looked at, which would take most of the time: the
/// tests hold the tables to their digests.
pub(super) fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    let deflated = packed.get(HEADER_BYTES..).unwrap_or_default();
    match flate2::read::DeflateDecoder::new(deflated).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

/// The unpacked text, for its digest.
#[cfg(test)]
pub(super) fn text() -> &'static str {
    &TEXT
}

/// Every service, in the order of prefixes.
pub(super) fn slots() -> &'static [Slot] {
    &TABLE.slots
}

/// The names of all actions by index, without their services.
pub(super) fn names() -> &'static [&'static str] {
    &TABLE.names
}

/// Service principals that AWS's own policies mention.
pub(super) fn principals() -> &'static [&'static str] {
    &TABLE.principals
}

/// The condition keys that services list, with repetitions.
pub(super) fn keys() -> &'static [ConditionKey] {
    &TABLE.keys
}

/// The part of one service.
pub(super) fn slot(prefix: &str) -> Option<&'static Slot> {
    let lower = prefix.to_ascii_lowercase();
    let found = slots().binary_search_by(|slot| slot.prefix.cmp(lower.as_str()));
    slots().get(found.ok()?)
}

/// The service of an action's index.
pub(super) fn slot_of(index: usize) -> Option<&'static Slot> {
    let after = slots().partition_point(|slot| slot.first <= index);
    slots().get(after.checked_sub(1)?)
}

fn index(text: &'static str) -> Table {
    let (services, principals) = text.split_once("\n&").unwrap_or((text, ""));
    let mut table = Table {
        slots: Vec::new(),
        names: Vec::new(),
        principals: principals.lines().map(|line| line.trim_start_matches('&')).collect(),
        keys: Vec::new(),
    };
    for part in services.split("\n@") {
        add_slot(&mut table, part.trim_start_matches('@'));
    }
    table
}

fn add_slot(table: &mut Table, part: &'static str) {
    let (head, body) = part.split_once('\n').unwrap_or((part, ""));
    let Some((prefix, name)) = head.split_once('\t') else {
        return;
    };
    let first = table.names.len();
    for line in body.lines() {
        if let Some(key) = line.strip_prefix('%') {
            table.keys.extend(read_key(key));
        } else if let Some(rest) = action_line(line) {
            table.names.push(rest.split('\t').next().unwrap_or(rest));
        }
    }
    table.slots.push(Slot {
        prefix,
        name,
        body,
        first,
        count: table.names.len() - first,
        read: OnceLock::new(),
    });
}

fn action_line(line: &'static str) -> Option<&'static str> {
    line.strip_prefix(['L', 'R', 'W', 'T', 'P'])
}

fn read_service(slot: &Slot) -> Service {
    let keys: Vec<ConditionKey> = tagged(slot.body, '%').filter_map(read_key).collect();
    let resources: Vec<ResourceType> = tagged(slot.body, '#')
        .filter_map(|line| read_type(line, &keys))
        .collect();
    let actions = slot
        .body
        .lines()
        .filter_map(|line| Some((read_level(line)?, action_line(line)?)))
        .enumerate()
        .map(|(number, (level, line))| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or("");
            let name = next();
            Action {
                service: slot.prefix,
                name,
                level,
                resources: list(next()).filter_map(|each| read_target(each, &resources)).collect(),
                keys: key_names(next(), &keys),
                dependents: list(next()).chain(super::dependents::of(slot.prefix, name)).collect(),
                index: slot.first + number,
            }
        })
        .collect();
    Service {
        prefix: slot.prefix,
        name: slot.name,
        actions,
        resources,
        keys,
    }
}

fn tagged(body: &'static str, tag: char) -> impl Iterator<Item = &'static str> {
    body.lines().filter_map(move |line| line.strip_prefix(tag))
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').filter(|each| !each.is_empty())
}

fn read_level(line: &str) -> Option<Level> {
    Some(match line.chars().next()? {
        'L' => Level::List,
        'R' => Level::Read,
        'W' => Level::Write,
        'T' => Level::Tagging,
        'P' => Level::PermissionsManagement,
        _ => return None,
    })
}

/// A letter for the type, in upper case if a request may hold several values, and the key.
fn read_key(line: &'static str) -> Option<ConditionKey> {
    let letter = line.chars().next()?;
    let kind = match letter.to_ascii_lowercase() {
        's' => KeyType::String,
        'a' => KeyType::Arn,
        'b' => KeyType::Bool,
        'n' => KeyType::Numeric,
        'd' => KeyType::Date,
        'i' => KeyType::Ip,
        _ => return None,
    };
    Some(ConditionKey {
        name: line.get(1..)?,
        kind,
        is_multivalued: letter.is_ascii_uppercase(),
    })
}

fn read_type(line: &'static str, keys: &[ConditionKey]) -> Option<ResourceType> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let arns: Vec<&'static str> = list(columns.next()?).collect();
    Some(ResourceType {
        name,
        arn: arns.first().copied()?,
        arns,
        keys: key_names(columns.next().unwrap_or(""), keys),
    })
}

fn read_target(text: &str, resources: &[ResourceType]) -> Option<Target> {
    let number: usize = text.trim_end_matches('*').parse().ok()?;
    Some(Target {
        name: resources.get(number)?.name,
        required: text.ends_with('*'),
    })
}

fn key_names(text: &'static str, keys: &[ConditionKey]) -> Vec<&'static str> {
    list(text)
        .filter_map(|number| keys.get(number.parse::<usize>().ok()?).map(|key| key.name))
        .collect()
}
