//! The keys of a lifecycle rule.
//!
//! Invariant: what stands here is what the decoder beside it knows.

use crate::shape::{self, Choice, Part, Shape, items, needed, number, part};

use super::super::items::MOST_DAYS;
use super::{Status, StorageClass};

const CLASS: Shape = crate::words_of!(StorageClass::WORDS);

const DATE: Shape = shape::text("date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}");

const fn days(least: u64) -> Shape {
    number("days", least, MOST_DAYS as u64)
}

const SIZE: Shape = number("bytes", 0, super::lower::MOST_BYTES);

pub(super) const FILTER: [Part; 4] = [
    part("prefix", shape::TEXT, "What keys begin with."),
    part("tags", shape::TAGS, "The tags that objects have."),
    part("object_size_greater_than", SIZE, "Larger than so many bytes."),
    part("object_size_less_than", SIZE, "Smaller than so many bytes."),
];

pub(super) const EXPIRATION: [Part; 3] = [
    part("days", days(1), "So many days after it was made."),
    part("date", DATE, "On that day, at midnight UTC."),
    part(
        "expired_object_delete_marker",
        Shape::True,
        "Delete markers with nothing behind them go.",
    ),
];

pub(super) const TRANSITION: [Part; 3] = [
    part("days", days(0), "So many days after it was made."),
    part("date", DATE, "On that day, at midnight UTC."),
    needed("storage_class", CLASS, "Where to."),
];

const NEWER: Part = part(
    "newer_noncurrent_versions",
    number("versions", 1, 100),
    "How many of them stay all the same.",
);

pub(super) const NONCURRENT: [Part; 2] = [
    needed("noncurrent_days", days(1), "So many days after a newer one was made."),
    NEWER,
];

pub(super) const NONCURRENT_TRANSITION: [Part; 3] = [
    needed("noncurrent_days", days(0), "So many days after a newer one was made."),
    NEWER,
    needed("storage_class", CLASS, "Where to."),
];

pub(super) const ABORT: [Part; 1] = [needed(
    "days_after_initiation",
    days(1),
    "So many days after it was begun.",
)];

pub(super) const RULE: [Part; 9] = [
    needed("id", shape::WRITTEN, "What it is known by."),
    part("status", crate::words_of!(Status::WORDS), "Whether it counts."),
    part(
        "filter",
        shape::table(&FILTER, &[]),
        "Which objects; all unless it is written.",
    ),
    part("prefix", shape::TEXT, "Short for a filter by prefix alone."),
    part(
        "expiration",
        shape::table(
            &EXPIRATION,
            &[Choice::One(&["days", "date", "expired_object_delete_marker"])],
        ),
        "When objects go.",
    ),
    part(
        "transitions",
        Shape::List(&items(
            "transitions",
            shape::table(&TRANSITION, &[Choice::One(&["days", "date"])]),
        )),
        "When objects go to another storage class.",
    ),
    part(
        "noncurrent_version_expiration",
        shape::table(&NONCURRENT, &[]),
        "When old versions go.",
    ),
    part(
        "noncurrent_version_transitions",
        Shape::List(&items("transitions", shape::table(&NONCURRENT_TRANSITION, &[]))),
        "When old versions go to another storage class.",
    ),
    part(
        "abort_incomplete_multipart_upload",
        shape::table(&ABORT, &[]),
        "When uploads that were never finished go.",
    ),
];

pub(in super::super) const SHAPE: Shape = Shape::Called(
    "list of rules, or `none`",
    &Shape::AnyOf(&[
        Shape::List(&items(
            "rules",
            shape::table(
                &RULE,
                &[
                    Choice::AtMostOne(&["filter", "prefix"]),
                    Choice::Some(&[
                        "expiration",
                        "transitions",
                        "noncurrent_version_expiration",
                        "noncurrent_version_transitions",
                        "abort_incomplete_multipart_upload",
                    ]),
                ],
            ),
        )),
        shape::NONE,
    ]),
);
