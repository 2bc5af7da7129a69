//! Conditional requests: what must be so for an object to be read, written, copied or deleted.

use http::StatusCode;

use super::fault;
use super::object::{Content, Version};
use crate::sandbox::{Call, Fault, Reply};

/// Whether an entity tag is among those of a header; `*` names every one.
fn names(header: &str, etag: &str) -> bool {
    let mut tags = header
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'));
    header == "*" || tags.any(|tag| tag == etag)
}

fn date(text: &str) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::parse(
        &text.replace(" GMT", " +0000"),
        &time::format_description::well_known::Rfc2822,
    )
    .ok()
}

/// Whether something was changed after the moment of a header, to the second; a header that is no date says nothing.
fn is_later(version: &Version, header: &str) -> Option<bool> {
    let limit = date(header)?.unix_timestamp();
    Some(version.modified.epoch() > limit)
}

/// For GetObject and HeadObject: the answer without the object, where a condition does not hold.
pub(super) fn of_read(call: &Call, version: &Version, content: &Content) -> Result<Option<Reply>, Fault> {
    let matched = call.header("if-match").map(|tags| names(tags, &content.etag));
    if matched == Some(false) {
        return Err(fault::precondition("If-Match"));
    }
    let later = call
        .header("if-unmodified-since")
        .and_then(|date| is_later(version, date));
    if matched.is_none() && later == Some(true) {
        return Err(fault::precondition("If-Unmodified-Since"));
    }
    let unwanted = call.header("if-none-match").map(|tags| names(tags, &content.etag));
    let unchanged = call
        .header("if-modified-since")
        .and_then(|date| is_later(version, date))
        == Some(false);
    let is_known = unwanted == Some(true) || (unwanted.is_none() && unchanged);
    let reply = Reply::empty(StatusCode::NOT_MODIFIED)
        .header("etag", &format!("\"{}\"", content.etag))
        .header("last-modified", &version.modified.http());
    Ok(is_known.then_some(reply))
}

/// For PutObject, CompleteMultipartUpload and DeleteObject, about what is there now.
pub(super) fn of_write(call: &Call, key: &str, current: Option<&Content>) -> Result<(), Fault> {
    if let Some(unwanted) = call.header("if-none-match") {
        if unwanted != "*" {
            let message = "A header you provided implies functionality that is not implemented";
            return Err(
                Fault::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message).with("Header", "If-None-Match")
            );
        }
        if current.is_some() {
            return Err(fault::precondition("If-None-Match"));
        }
    }
    match (call.header("if-match"), current) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(fault::no_key(key)),
        (Some(tags), Some(content)) if names(tags, &content.etag) => Ok(()),
        (Some(_), Some(_)) => Err(fault::precondition("If-Match")),
    }
}

/// For CopyObject and UploadPartCopy, about the source.
pub(super) fn of_copy(call: &Call, version: &Version, content: &Content) -> Result<(), Fault> {
    let header = |name: &str| call.header(&format!("x-amz-copy-source-{name}")).map(str::to_owned);
    let matched = header("if-match").map(|tags| names(&tags, &content.etag));
    let later = |name: &str| header(name).and_then(|date| is_later(version, &date));
    for (is_broken, name) in [
        (matched == Some(false), "if-match"),
        (
            matched.is_none() && later("if-unmodified-since") == Some(true),
            "if-unmodified-since",
        ),
        (
            header("if-none-match").is_some_and(|tags| names(&tags, &content.etag)),
            "if-none-match",
        ),
        (later("if-modified-since") == Some(false), "if-modified-since"),
    ] {
        if is_broken {
            return Err(fault::precondition(&format!("x-amz-copy-source-{name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_compared_without_their_dress() {
        for (header, wanted) in [
            ("\"abc\"", true),
            ("abc", true),
            ("W/\"abc\"", true),
            ("\"x\", \"abc\"", true),
            ("*", true),
            ("\"abcd\"", false),
            ("", false),
        ] {
            assert_eq!(names(header, "abc"), wanted, "{header}");
        }
    }

    #[test]
    fn dates_of_headers_are_read() {
        assert_eq!(
            date("Thu, 01 Jan 1970 00:01:00 GMT").map(|date| date.unix_timestamp()),
            Some(60)
        );
        assert_eq!(date("yesterday"), None);
    }
}
