//! The known word that someone probably meant.
//!
//! Invariant: a suggestion is near enough to be plausible, and the same input always gives the same suggestion.

/// The word of `known` nearest to `text`, if one is near: case is ignored, and about a third of the letters may differ.
///
/// Of equally near words the first wins.
#[must_use]
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = text.to_lowercase();
    let reach = (lower.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The end of a message: "; did you mean `x`", or nothing.
pub(super) fn did_you_mean<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, known).map_or_else(String::new, |word| format!("; did you mean `{word}`"))
}
