//! Lists of objects and versions, page by page, with prefixes and delimiters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::object::{Body, Content, Object, Version};
use super::xml::Element;
use super::{bucket, document, fault};
use crate::sandbox::{Call, Fault, Reply, World};

const PAGE: usize = 1000;

/// What `encoding-type=url` leaves as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b'/');

/// What a listing asks for, whichever of the three it is.
struct Query<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    size: usize,
    encodes: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    fn text(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Url => utf8_percent_encode(text, PLAIN).to_string(),
        }
    }
}

impl<'a> Query<'a> {
    fn read(call: &'a Call) -> Result<Self, Fault> {
        let size = match call.query.get("max-keys") {
            Some(text) => {
                // The old name of the argument is the one in the refusals.
                let size: i64 = text.parse().map_err(|_| {
                    fault::argument(
                        "max-keys",
                        text,
                        "Provided max-keys not an integer or within integer range",
                    )
                })?;
                let message = "Argument maxKeys must be an integer between 0 and 2147483647";
                usize::try_from(size)
                    .ok()
                    .filter(|size| *size <= 2_147_483_647)
                    .ok_or_else(|| fault::argument("maxKeys", text, message))?
            }
            None => PAGE,
        };
        let encodes = match call.query.get("encoding-type") {
            None => Encoding::Plain,
            Some("url") => Encoding::Url,
            Some(other) => {
                let message = "Invalid Encoding Method specified in Request";
                return Err(fault::argument("encoding-type", other, message));
            }
        };
        Ok(Self {
            prefix: call.query.get("prefix").unwrap_or_default(),
            delimiter: call.query.get("delimiter").filter(|text| !text.is_empty()),
            size: size.min(PAGE),
            encodes,
        })
    }

    /// The part of a key up to the delimiter that stands for all keys that share it.
    fn group<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter?;
        let rest = key.get(self.prefix.len()..)?;
        let end = self.prefix.len() + rest.find(delimiter)? + delimiter.len();
        key.get(..end)
    }

    fn head(&self, root: &str, name: &str) -> Element {
        let head = Element::new(root)
            .with_leaf("Name", name)
            .with_leaf("Prefix", self.encodes.text(self.prefix))
            .with_leaf("MaxKeys", self.size);
        let head = match self.delimiter {
            Some(delimiter) => head.with_leaf("Delimiter", self.encodes.text(delimiter)),
            None => head,
        };
        if self.encodes == Encoding::Url {
            head.with_leaf("EncodingType", "url")
        } else {
            head
        }
    }
}

/// One entry of a page, with the place after which the next page begins.
struct Entry<'a> {
    key: &'a str,
    version: &'a str,
    item: Item<'a>,
}

enum Item<'a> {
    Group,
    Version(&'a Version, Latest),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Latest {
    Yes,
    No,
}

/// Entries of a page and whether more follow.
struct Page<'a> {
    entries: Vec<Entry<'a>>,
    rest: Rest,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    None,
    Some,
}

/// Folds candidates that share a group and cuts the page.
fn cut<'a>(query: &Query<'_>, after: &str, candidates: impl Iterator<Item = Entry<'a>>) -> Page<'a> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    if query.size == 0 {
        return Page {
            entries,
            rest: Rest::None,
        };
    }
    for candidate in candidates {
        let entry = match query.group(candidate.key) {
            // A page that ended with a group goes on behind all of its keys.
            Some(group) if group == after => continue,
            Some(group)
                if entries
                    .last()
                    .is_some_and(|last| matches!(last.item, Item::Group) && last.key == group) =>
            {
                continue;
            }
            Some(group) => Entry {
                key: group,
                version: "",
                item: Item::Group,
            },
            None => candidate,
        };
        if entries.len() >= query.size {
            return Page {
                entries,
                rest: Rest::Some,
            };
        }
        entries.push(entry);
    }
    Page {
        entries,
        rest: Rest::None,
    }
}

fn current<'a>((key, object): (&'a str, &'a Object)) -> Option<Entry<'a>> {
    let version = object.version(None)?;
    version.content()?;
    Some(Entry {
        key,
        version: &version.id,
        item: Item::Version(version, Latest::Yes),
    })
}

fn describe_groups<'a>(query: &Query<'_>, entries: &[Entry<'a>]) -> Vec<Element> {
    let groups = entries.iter().filter(|entry| matches!(entry.item, Item::Group));
    groups
        .map(|entry| Element::new("CommonPrefixes").with_leaf("Prefix", query.encodes.text(entry.key)))
        .collect()
}

fn with_content(element: Element, content: &Content) -> Element {
    let checksum = content.checksum.as_ref().map(|(header, value)| {
        let algorithm = header.trim_start_matches("x-amz-checksum-").to_ascii_uppercase();
        let kind = if value.contains('-') {
            "COMPOSITE"
        } else {
            "FULL_OBJECT"
        };
        [
            Element::leaf("ChecksumAlgorithm", algorithm),
            Element::leaf("ChecksumType", kind),
        ]
    });
    element
        .with_leaf("ETag", format!("\"{}\"", content.etag))
        .with_all(checksum.into_iter().flatten())
        .with_leaf("Size", content.size)
        .with_leaf("StorageClass", content.class())
}

/// ListObjectsV2, and ListObjects where `list-type` isn't given.
pub(super) fn objects(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    bucket::find(world, call, name)?;
    let query = Query::read(call)?;
    let is_second = call.query.get("list-type") == Some("2");
    let token = call.query.get("continuation-token");
    let after = match token {
        Some(token) if is_second => unfold(token)?,
        _ => call
            .query
            .get(if is_second { "start-after" } else { "marker" })
            .unwrap_or_default()
            .to_owned(),
    };
    let keys = world
        .s3
        .in_bucket_from(name, query.prefix.max(after.as_str()))
        .take_while(|(key, _)| key.starts_with(query.prefix))
        .filter(|(key, _)| *key > after.as_str());
    let page = cut(&query, &after, keys.filter_map(current));
    let contents = page.entries.iter().filter_map(|entry| match entry.item {
        Item::Version(version, _) => {
            let shown = Element::new("Contents")
                .with_leaf("Key", query.encodes.text(entry.key))
                .with_leaf("LastModified", version.modified.whole_seconds());
            let shown = with_content(shown, version.content()?);
            let shows_owner = !is_second || call.query.get("fetch-owner") == Some("true");
            Some(if shows_owner {
                shown.with(bucket::owner(&world.account, "Owner"))
            } else {
                shown
            })
        }
        Item::Group => None,
    });
    let mut answer = query
        .head("ListBucketResult", name)
        .with_leaf("IsTruncated", page.rest == Rest::Some)
        .with_all(contents)
        .with_all(describe_groups(&query, &page.entries));
    let last = page
        .entries
        .last()
        .filter(|_| page.rest == Rest::Some)
        .map(|entry| entry.key);
    if is_second {
        answer = answer.with_leaf("KeyCount", page.entries.len());
        answer = answer.with_all(token.map(|token| Element::leaf("ContinuationToken", token)));
        answer = answer.with_all(
            call.query
                .get("start-after")
                .map(|key| Element::leaf("StartAfter", query.encodes.text(key))),
        );
        answer = answer.with_all(last.map(|key| Element::leaf("NextContinuationToken", URL_SAFE_NO_PAD.encode(key))));
    } else {
        answer = answer.with_leaf("Marker", query.encodes.text(&after));
        // The first version of the call names the next marker only with a delimiter.
        let next = last.filter(|_| query.delimiter.is_some());
        answer = answer.with_all(next.map(|key| Element::leaf("NextMarker", query.encodes.text(key))));
    }
    Ok(document(&answer))
}

fn unfold(token: &str) -> Result<String, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| fault::invalid_argument("continuation-token", "The continuation token provided is incorrect"))
}

/// ListObjectVersions.
pub(super) fn versions(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    bucket::find(world, call, name)?;
    let query = Query::read(call)?;
    let after = call.query.get("key-marker").unwrap_or_default();
    let after_version = call.query.get("version-id-marker").filter(|id| !id.is_empty());
    if after_version.is_some() && after.is_empty() {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(fault::argument(
            "version-id-marker",
            after_version.unwrap_or_default(),
            message,
        ));
    }
    let keys = world
        .s3
        .in_bucket_from(name, query.prefix.max(after))
        .take_while(|(key, _)| key.starts_with(query.prefix));
    let candidates = keys.flat_map(|(key, object)| {
        let seen = match (key == after && !after.is_empty(), after_version) {
            (false, _) => 0,
            (true, None) => object.versions.len(),
            // The marker names the last version that was shown.
            (true, Some(id)) => object
                .versions
                .iter()
                .position(|version| version.id == id)
                .map_or(0, |at| at + 1),
        };
        object
            .versions
            .iter()
            .enumerate()
            .skip(seen)
            .map(move |(at, version)| Entry {
                key,
                version: &version.id,
                item: Item::Version(version, if at == 0 { Latest::Yes } else { Latest::No }),
            })
    });
    let page = cut(&query, after, candidates);
    let shown = page.entries.iter().filter_map(|entry| match entry.item {
        Item::Version(version, latest) => Some(describe_version(world, &query, entry.key, version, latest)),
        Item::Group => None,
    });
    let mut answer = query
        .head("ListVersionsResult", name)
        .with_leaf("KeyMarker", query.encodes.text(after))
        .with_leaf("VersionIdMarker", after_version.unwrap_or_default())
        .with_leaf("IsTruncated", page.rest == Rest::Some)
        .with_all(shown)
        .with_all(describe_groups(&query, &page.entries));
    if let (Some(last), Rest::Some) = (page.entries.last(), page.rest) {
        answer = answer
            .with_leaf("NextKeyMarker", query.encodes.text(last.key))
            .with_leaf("NextVersionIdMarker", last.version);
    }
    Ok(document(&answer))
}

fn describe_version(world: &World, query: &Query<'_>, key: &str, version: &Version, latest: Latest) -> Element {
    let head = |name: &str| {
        Element::new(name)
            .with_leaf("Key", query.encodes.text(key))
            .with_leaf("VersionId", &version.id)
            .with_leaf("IsLatest", latest == Latest::Yes)
            .with_leaf("LastModified", version.modified.whole_seconds())
            .with(bucket::owner(&world.account, "Owner"))
    };
    match &version.body {
        Body::Content(content) => with_content(head("Version"), content),
        Body::DeleteMarker => head("DeleteMarker"),
    }
}
