//! Every code of the front-end with what it means.
//!
//! Invariant: a code never changes its meaning, and none is used twice; the test below keeps table and code together.

/// Code and meaning, in order. 01 files, 02 YAML, JSON and variables, 03 shape, 04 values, 05 references, 07 access.
pub const CODES: &[(&str, &str)] = &[
    ("E0101", "a file or folder is not there"),
    ("E0102", "the system refuses to read a file"),
    ("E0103", "a folder stands where a file is expected"),
    ("E0104", "a file stands where a folder is expected"),
    ("E0105", "a file is too large"),
    ("E0106", "a file is not UTF-8"),
    ("E0107", "a file holds NUL bytes"),
    ("E0108", "a folder holds no YAML"),
    ("E0109", "a path leads out of the folder of the YAML file that names it"),
    ("E0201", "a text is not YAML"),
    ("E0202", "a file holds nothing"),
    ("E0203", "a file holds several YAML documents"),
    ("E0204", "a key stands twice in one mapping"),
    ("E0205", "a key is not text"),
    ("E0206", "a merge key names something else than mappings"),
    ("E0207", "an alias stands inside what it names"),
    ("E0208", "a text holds too much, aliases expanded"),
    ("E0209", "lists and mappings stand too deep in one another"),
    ("E0210", "a tag has no meaning, or does not fit its value"),
    ("E0211", "a text is not JSON"),
    ("E0221", "an interpolated name is not known"),
    ("E0222", "an interpolated name is not closed"),
    ("E0223", "what the variables stand for is too large"),
    ("E0224", "a declared variable has no value"),
    ("E0225", "a variable has a name that can't be used"),
    ("E0301", "a value has the wrong type"),
    ("E0302", "a number stands where text is expected, or text needs quotes"),
    ("E0303", "a key is not known here"),
    ("E0304", "a required key is missing"),
    ("E0305", "header keys of several files disagree"),
    ("E0306", "a resource is declared twice"),
    ("E0401", "a value is empty"),
    ("E0402", "a value is out of its range"),
    ("E0403", "a word is none of the allowed ones"),
    ("E0404", "a value is not a duration"),
    ("E0405", "a value is not a size"),
    ("E0411", "a name or value that AWS refuses"),
    ("E0412", "a size beyond a quota of AWS"),
    ("E0413", "more of something than AWS takes"),
    ("E0414", "the same thing is listed twice"),
    ("E0415", "beyond a default quota that AWS raises on request"),
    ("E0416", "a region that was not known when this version was made"),
    ("E0431", "what `code:` names can't be packed, or not as it was meant"),
    ("E0432", "fields that exclude or need each other"),
    (
        "E0433",
        "a runtime that AWS doesn't know, no longer maintains, or refuses",
    ),
    ("E0434", "an event pattern that matches no event"),
    ("E0501", "a reference leads nowhere"),
    ("E0503", "a managed policy that only AWS attaches"),
    ("E0505", "`ignore:` names a field that there is not"),
    ("E0506", "a thing is declared and absent at once"),
    ("E0507", "two things claim what only one can have"),
    ("E0508", "`absent:` names what can't be deleted"),
    ("E0509", "an action that was not known when this version was made"),
    ("E0701", "an expectation does not hold"),
    ("E0702", "an expectation can be neither proved nor refuted"),
];

/// What a code means.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The codes that stand in quotes in the code of a folder, tests and this table left out.
    fn used(folder: &Path, codes: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                used(&path, codes);
            } else if is_code_file(&path) {
                let text = std::fs::read_to_string(&path).expect("a text");
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                codes.extend(text.split('"').filter(|part| is_code(part)).map(str::to_owned));
            }
        }
    }

    fn is_code_file(path: &Path) -> bool {
        let rust = path.extension().is_some_and(|extension| extension == "rs");
        rust && !path.ends_with("tests.rs") && !path.ends_with("spec/codes.rs")
    }

    fn is_code(text: &str) -> bool {
        let rooms = ["E01", "E02", "E03", "E04", "E05", "E07"];
        text.len() == 5 && rooms.contains(&&text[..3]) && text[3..].bytes().all(|byte| byte.is_ascii_digit())
    }

    #[test]
    fn the_table_and_the_code_agree() {
        let mut codes = BTreeSet::new();
        used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut codes);
        let listed: BTreeSet<_> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(codes, listed);
    }

    #[test]
    fn the_table_is_in_order_and_has_no_code_twice() {
        assert!(CODES.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(meaning("E0204"), Some("a key stands twice in one mapping"));
        assert_eq!(meaning("E9999"), None);
    }
}
