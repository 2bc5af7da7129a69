//! "Did you mean": the known word nearest to one that is not known.
//!
//! Invariant: a suggestion is near enough that a slip of the finger explains it; the same input gives the same answer.

/// The nearest of the known words, if one is near; the first of equally near ones.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A longer text is no misspelt word, and comparing costs its length times the other's.
    if word.len() > 128 {
        return None;
    }
    let plain = folded(word);
    let limit = (plain.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&plain, &folded(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `maxSessionDuration`, `max-session-duration` and `max_session_duration` are the same slip.
fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The end of a message: "; did you mean `x`", or nothing.
pub(super) fn did_you_mean<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, known).map_or_else(String::new, |word| format!("; did you mean `{word}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["path", "policies", "policy", "max_session_duration", "trust"];

    #[test]
    fn slips_find_their_word() {
        let near = |word| nearest(word, KNOWN);
        assert_eq!(near("polices"), Some("policies"));
        assert_eq!(near("plicy"), Some("policy"));
        assert_eq!(near("maxSessionDuration"), Some("max_session_duration"));
        assert_eq!(near("turst"), Some("trust"));
        assert_eq!(near("PATH"), Some("path"));
    }

    #[test]
    fn strangers_find_nothing() {
        assert_eq!(nearest("runtime", KNOWN), None);
        assert_eq!(nearest("x", KNOWN), None);
        assert_eq!(nearest(&"p".repeat(100_000), KNOWN), None);
    }
}
