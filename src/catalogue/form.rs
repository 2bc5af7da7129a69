//! Forms with placeholders, such as `arn:${Partition}:s3:::${BucketName}`.
//!
//! Invariant: a placeholder that is not closed takes the rest of the form.

/// A form with something in the place of each placeholder, by its name.
#[must_use]
pub fn filled<'a>(form: &str, stand_in: impl Fn(&str) -> &'a str) -> String {
    let mut text = String::with_capacity(form.len());
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(stand_in(name));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A form for people: `arn:aws:s3:::BucketName`.
#[must_use]
pub fn readable(form: &str) -> String {
    form.replace("${Partition}", "aws").replace("${", "").replace('}', "")
}
