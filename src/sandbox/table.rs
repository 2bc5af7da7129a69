//! Objects of one sort by key, with what the present call has changed.
//!
//! Invariant: until [`Stored::commit`] the table can return to where it was, so a call that fails changes nothing.
//! This module must not touch files; it only says what the store shall write.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::PathBuf;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Clock, Due};

/// What a table is ordered and found by; its text names the object's file.
pub trait Key: Ord + Clone {
    /// The whole key as text.
    fn text(&self) -> &str;
    /// The key back from [`Key::text`].
    fn from_text(text: String) -> Self;
}

impl Key for String {
    fn text(&self) -> &str {
        self
    }

    fn from_text(text: String) -> Self {
        text
    }
}

/// What a table can hold: anything with `serde` as pretty JSON, or a [`Blob`] as it is.
pub trait Record: Clone {
    /// The file name's ending, with the dot.
    const ENDING: &'static str;
    /// The file's content.
    ///
    /// # Errors
    /// When the value has no such form; the text says why.
    fn encode(&self) -> Result<Vec<u8>, String>;
    /// The value from a file's content.
    ///
    /// # Errors
    /// When the content is not of this sort; the text says why.
    fn decode(content: &[u8]) -> Result<Self, String>;
}

impl<T: Serialize + DeserializeOwned + Clone> Record for T {
    const ENDING: &'static str = ".json";

    fn encode(&self) -> Result<Vec<u8>, String> {
        let mut content = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        content.push(b'\n');
        Ok(content)
    }

    fn decode(content: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(content).map_err(|error| error.to_string())
    }
}

/// Bytes that a table keeps as a file of their own: an object's content, a function's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob(pub Bytes);

impl Record for Blob {
    const ENDING: &'static str = ".bin";

    fn encode(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.to_vec())
    }

    fn decode(content: &[u8]) -> Result<Self, String> {
        Ok(Self(Bytes::copy_from_slice(content)))
    }
}

/// One file that a call changed: its path below the account's folder, its new content, or nothing once it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Relative path.
    pub path: PathBuf,
    /// New content; `None` removes the file.
    pub content: Option<Vec<u8>>,
}

/// What the core asks of each table when a call ends.
pub trait Stored {
    /// The folder of this table's files, relative to the account's.
    fn folder(&self) -> &'static str;
    /// Takes up the object of one file, at opening.
    ///
    /// # Errors
    /// When name or content can't be read; the text says why.
    fn load(&mut self, name: &str, content: &[u8]) -> Result<(), String>;
    /// What the present call changed.
    ///
    /// # Errors
    /// When an object has no file form; the text says why.
    fn changes(&self) -> Result<Vec<Change>, String>;
    /// Makes the present call's changes final. Until `echo` has come, [`Table::seen`] shows what was before them.
    fn commit(&mut self, echo: Option<Due>);
    /// Takes the present call's changes back.
    fn rollback(&mut self);
}

/// Objects by key. Reading is free; what a call changes is remembered with the value before it.
#[derive(Debug, Clone)]
pub struct Table<T, K: Ord = String> {
    folder: &'static str,
    rows: BTreeMap<K, T>,
    before: BTreeMap<K, Option<T>>,
    /// What readers still see of a change, in memory only: who opens the account anew finds it settled.
    echoes: BTreeMap<K, Echo<T>>,
    is_slow: IsSlow,
    revision: Revision,
}

/// What tells whether something that was worked out from a table still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revision {
    /// Goes up when an object comes or goes.
    pub keys: u64,
    /// Goes up with every change.
    pub rows: u64,
}

impl Revision {
    fn next(&mut self) {
        self.keys += 1;
        self.rows += 1;
    }
}

/// What was before a change, and until when readers are shown it.
#[derive(Debug, Clone)]
struct Echo<T> {
    until: Due,
    shown: Option<T>,
}

/// Whether reads of a table lag behind its writes where the account has lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IsSlow {
    No,
    Yes,
}

impl<T: Record, K: Key> Table<T, K> {
    /// An empty table whose files lie in `folder`.
    #[must_use]
    pub fn new(folder: &'static str) -> Self {
        Self {
            folder,
            rows: BTreeMap::new(),
            before: BTreeMap::new(),
            echoes: BTreeMap::new(),
            is_slow: IsSlow::No,
            revision: Revision::default(),
        }
    }

    /// How often it was changed since it was opened.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether readers find everything as it is.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.echoes.is_empty()
    }

    /// The same, but with lag its readers are behind its writers.
    #[must_use]
    pub fn slow(mut self) -> Self {
        self.is_slow = IsSlow::Yes;
        self
    }

    /// What a reader finds under this key now: with lag perhaps an earlier state, or what was deleted, or nothing yet.
    #[must_use]
    pub fn seen(&self, key: &K, clock: &Clock) -> Option<&T> {
        match self.echoes.get(key).filter(|echo| !echo.until.has_come(clock)) {
            Some(echo) => echo.shown.as_ref(),
            None => self.rows.get(key),
        }
    }

    /// All objects that a reader finds now, in the order of their keys.
    pub fn all_seen<'a>(&'a self, clock: &'a Clock) -> impl Iterator<Item = (&'a K, &'a T)> + use<'a, T, K> {
        self.seen_after(None, clock)
    }

    /// Those of them whose keys come after this one: a late page costs no more than the first.
    pub fn seen_after<'a>(
        &'a self,
        key: Option<&K>,
        clock: &'a Clock,
    ) -> impl Iterator<Item = (&'a K, &'a T)> + use<'a, T, K> {
        let range = (key.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let rows = self.rows.range::<K, _>(range);
        let (settled, rows) = if self.is_settled() {
            (Some(rows), None)
        } else {
            (None, Some(rows))
        };
        // Deleted objects that still answer stand among the echoes alone.
        let echoes = self.echoes.range::<K, _>(range);
        let keys = rows.map(|rows| merged(rows.map(|(key, _)| key), echoes.map(|(key, _)| key)));
        let seen = keys.into_iter().flatten();
        let seen = seen.filter_map(|key| self.seen(key, clock).map(|row| (key, row)));
        settled.into_iter().flatten().chain(seen)
    }

    /// The object with this key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&T> {
        self.rows.get(key)
    }

    /// The object with this key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut T> {
        // The kept key may be spelled otherwise than the asked one, and it names the file.
        let (kept, row) = self.rows.get_key_value(key)?;
        self.before.entry(kept.clone()).or_insert_with(|| Some(row.clone()));
        self.revision.rows += 1;
        self.rows.get_mut(key)
    }

    /// Whether there is an object with this key.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Puts an object in, in the place of one with the same key.
    pub fn insert(&mut self, key: K, row: T) {
        self.revision.next();
        match self.rows.remove_entry(&key) {
            Some((kept, old)) => self.before.entry(kept).or_insert(Some(old)),
            None => self.before.entry(key.clone()).or_insert(None),
        };
        self.rows.insert(key, row);
    }

    /// Takes an object out.
    pub fn remove(&mut self, key: &K) -> Option<T> {
        let (key, old) = self.rows.remove_entry(key)?;
        self.revision.next();
        self.before.entry(key).or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    /// All objects in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &T)> {
        self.rows.iter()
    }

    /// The objects from this key on, in order.
    pub fn from<'a>(&'a self, first: &K) -> impl DoubleEndedIterator<Item = (&'a K, &'a T)> + use<'a, T, K> {
        self.rows.range(first.clone()..)
    }

    /// All objects in the order of their keys; the keys themselves are left out.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<T: Record, K: Key> Stored for Table<T, K> {
    fn folder(&self) -> &'static str {
        self.folder
    }

    fn load(&mut self, name: &str, content: &[u8]) -> Result<(), String> {
        let Some(name) = name.strip_suffix(T::ENDING) else {
            return Err(format!("the name does not end in {}", T::ENDING));
        };
        let key = percent_decode_str(name)
            .decode_utf8()
            .map_err(|error| error.to_string())?;
        self.revision.next();
        self.rows.insert(K::from_text(key.into_owned()), T::decode(content)?);
        Ok(())
    }

    fn changes(&self) -> Result<Vec<Change>, String> {
        let (mut written, mut removed) = (Vec::new(), Vec::new());
        for key in self.before.keys() {
            match self.rows.get_key_value(key) {
                Some((now, row)) => {
                    // A rename that only changes case keeps the key but not the file.
                    if now.text() != key.text() {
                        removed.push(Change {
                            path: self.path(key),
                            content: None,
                        });
                    }
                    written.push(Change {
                        path: self.path(now),
                        content: Some(row.encode()?),
                    });
                }
                None => removed.push(Change {
                    path: self.path(key),
                    content: None,
                }),
            }
        }
        removed.append(&mut written);
        Ok(removed)
    }

    fn commit(&mut self, echo: Option<Due>) {
        let before = std::mem::take(&mut self.before);
        let Some(until) = echo.filter(|_| self.is_slow == IsSlow::Yes) else {
            self.echoes.retain(|key, _| !before.contains_key(key));
            return;
        };
        for (key, shown) in before {
            self.echoes.remove(&key);
            self.echoes.insert(key, Echo { until, shown });
        }
    }

    fn rollback(&mut self) {
        for (key, row) in std::mem::take(&mut self.before) {
            self.revision.next();
            self.rows.remove(&key);
            if let Some(row) = row {
                self.rows.insert(key, row);
            }
        }
    }
}

/// Two sorted lists of keys as one, each key once.
fn merged<'a, K: Key + 'a>(
    rows: impl Iterator<Item = &'a K>,
    echoes: impl Iterator<Item = &'a K>,
) -> impl Iterator<Item = &'a K> {
    let (mut rows, mut echoes) = (rows.peekable(), echoes.peekable());
    std::iter::from_fn(move || {
        let order = match (rows.peek(), echoes.peek()) {
            (Some(row), Some(echo)) => row.cmp(echo),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        if order == Ordering::Equal {
            echoes.next();
        }
        if order == Ordering::Greater {
            echoes.next()
        } else {
            rows.next()
        }
    })
}

impl<T: Record, K: Key> Table<T, K> {
    fn path(&self, key: &K) -> PathBuf {
        PathBuf::from(self.folder).join(file_name(key.text(), T::ENDING))
    }
}

/// What stands in file names as it is; `~` is left to the store, which ends the names of inner folders with it.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b',')
    .remove(b'=')
    .remove(b'@')
    .remove(b'+');

/// File systems take names up to 255 bytes; a longer one is cut into folders ending in `~`.
const LONGEST: usize = 200;

fn file_name(key: &str, ending: &str) -> PathBuf {
    let mut name = utf8_percent_encode(key, PLAIN).to_string();
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    let mut path = PathBuf::new();
    while name.len() > LONGEST {
        let rest = name.split_off(LONGEST);
        path.push(format!("{name}~"));
        name = rest;
    }
    path.push(name + ending);
    path
}

#[cfg(test)]
mod tests {
    use super::super::clock::Counts;
    use super::super::{Tempo, Time};
    use super::*;

    fn table() -> Table<u32> {
        let mut table = Table::new("numbers");
        table.insert("one".to_owned(), 1);
        table.commit(None);
        table
    }

    #[test]
    fn a_rollback_restores_what_was_changed_added_and_removed() {
        let mut table = table();
        *table.get_mut(&"one".to_owned()).unwrap() = 7;
        table.insert("two".to_owned(), 2);
        table.remove(&"one".to_owned());
        table.rollback();
        assert_eq!(
            table.iter().map(|(key, row)| (key.as_str(), *row)).collect::<Vec<_>>(),
            [("one", 1)]
        );
        assert_eq!(table.changes().unwrap(), []);
    }

    #[test]
    fn readers_of_a_slow_table_see_the_state_before_a_change_until_its_time_has_come() {
        let mut clock = Clock::new(Time::Real, Counts::default());
        let mut table = Table::new("numbers").slow();
        let key = |name: &str| name.to_owned();
        for (name, number) in [("changed", 1), ("gone", 2)] {
            table.insert(key(name), number);
        }
        table.commit(None);
        table.insert(key("changed"), 7);
        table.insert(key("new"), 3);
        table.remove(&key("gone"));
        table.commit(Some(clock.after(Tempo::Calls, 1)));

        let seen = |table: &Table<u32>, clock: &Clock| -> Vec<(String, u32)> {
            table.all_seen(clock).map(|(key, row)| (key.clone(), *row)).collect()
        };
        clock.tick(Tempo::Calls);
        assert_eq!(seen(&table, &clock), [(key("changed"), 1), (key("gone"), 2)]);
        assert_eq!(table.seen(&key("new"), &clock), None);
        clock.tick(Tempo::Calls);
        assert_eq!(seen(&table, &clock), [(key("changed"), 7), (key("new"), 3)]);
        assert_eq!(table.seen(&key("gone"), &clock), None);
    }

    #[test]
    fn changes_name_one_file_for_each_touched_object() {
        let mut table = table();
        table.insert("a/b ~".to_owned(), 2);
        table.remove(&"one".to_owned());
        let changes = table.changes().unwrap();
        assert_eq!(changes.len(), 2);
        assert!(changes.contains(&Change {
            path: "numbers/one.json".into(),
            content: None
        }));
        assert!(changes.contains(&Change {
            path: "numbers/a%2Fb%20%7E.json".into(),
            content: Some(b"2\n".to_vec())
        }));
    }

    #[test]
    fn file_names_hide_nothing_and_stay_short() {
        assert_eq!(file_name("..", ".json"), PathBuf::from("%2E..json"));
        let long = file_name(&"k".repeat(450), ".json");
        assert_eq!(long.components().count(), 3);
        assert!(long.components().all(|part| part.as_os_str().len() < 255));
    }
}
