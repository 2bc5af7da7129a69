//! What a value may look like in the file: the one source of the decoders' known keys, the reference and the JSON Schema.
//!
//! Invariant: a shape never refuses what a decoder takes; decoders know more than shapes can say. Nothing is read here.

use std::fmt;

use crate::policy_doc::Flavour;

#[cfg(test)]
mod tests;

/// What a value may look like. `$(…)` may stand for every scalar, so that no shape needs to say so.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text of some sort.
    Text(Text),
    /// `true` or `false`.
    Boolean,
    /// `true` alone, where `false` has no meaning.
    True,
    /// A whole number.
    Number(Number),
    /// `30s`, `15m`, `1h`; the limits are in seconds.
    Duration {
        /// The shortest.
        least: u32,
        /// The longest.
        most: u32,
    },
    /// One of some words.
    Words(&'static [&'static str]),
    /// A list.
    List(&'static Items),
    /// A list of text; one text may stand for a list of it.
    Texts(&'static Items),
    /// A mapping whose keys are free.
    Map(&'static Items),
    /// A mapping whose keys are known.
    Table(Table),
    /// A policy document.
    Document(Flavour),
    /// Statements of a policy: a list of them, or one alone.
    Statements(Flavour),
    /// The conditions of a statement.
    Conditions,
    /// A thing of a kind, by the word in addresses: a declared one by id, an ARN, or `{ existing: NAME }`.
    Reference(&'static str),
    /// One of several shapes.
    AnyOf(&'static [Self]),
    /// A shape that has a name of its own for people.
    Called(&'static str, &'static Self),
    /// Text, a number, `true` or `false`.
    Scalar,
    /// Nothing at all, where a key may stand alone.
    Nothing,
    /// Anything.
    Anything,
}

/// Text with what it is called and a pattern that it must have; the pattern is one of ECMA-262, empty for any text.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// What it is: "text", "region".
    pub what: &'static str,
    /// What it must look like.
    pub pattern: &'static str,
}

/// A whole number in a range.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// What is counted: "MiB"; empty for nothing.
    pub unit: &'static str,
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// What a list or a free mapping holds.
#[derive(Debug, Clone, Copy)]
pub struct Items {
    /// What they are, in the plural: "policies".
    pub of: &'static str,
    /// What each looks like.
    pub shape: Shape,
    /// How many there must be at least.
    pub least: usize,
}

/// A mapping with known keys.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The keys.
    pub parts: &'static [Part],
    /// Which of them go together.
    pub choices: &'static [Choice],
}

/// A key of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The key.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Whether it must be there.
    pub need: Need,
    /// One sentence.
    pub doc: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
}

/// Keys of one mapping that exclude or need each other.
#[derive(Debug, Clone, Copy)]
pub enum Choice {
    /// Exactly one of them stands there.
    One(&'static [&'static str]),
    /// At most one of them.
    AtMostOne(&'static [&'static str]),
    /// At least one of them.
    Some(&'static [&'static str]),
}

/// A key that may be there.
#[must_use]
pub const fn part(name: &'static str, shape: Shape, doc: &'static str) -> Part {
    Part {
        name,
        shape,
        need: Need::Optional,
        doc,
    }
}

/// A key that must be there.
#[must_use]
pub const fn needed(name: &'static str, shape: Shape, doc: &'static str) -> Part {
    Part {
        name,
        shape,
        need: Need::Required,
        doc,
    }
}

/// The keys of a mapping, for its decoder.
#[must_use]
pub const fn names<const N: usize>(parts: &[Part; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = parts[at].name;
        at += 1;
    }
    names
}

/// The words of a decoder's table.
#[must_use]
pub const fn words<T, const N: usize>(table: &[(&'static str, T)]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = table[at].0;
        at += 1;
    }
    words
}

/// The shape of a decoder's table of words.
#[macro_export]
macro_rules! words_of {
    ($table:expr) => {
        $crate::shape::Shape::Words(const { &$crate::shape::words::<_, { $table.len() }>($table) })
    };
}

/// A mapping with these keys.
#[must_use]
pub const fn table(parts: &'static [Part], choices: &'static [Choice]) -> Shape {
    Shape::Table(Table { parts, choices })
}

/// A text by what it is called and its pattern.
#[must_use]
pub const fn text(what: &'static str, pattern: &'static str) -> Shape {
    Shape::Text(Text { what, pattern })
}

/// A whole number in a range.
#[must_use]
pub const fn number(unit: &'static str, least: u64, most: u64) -> Shape {
    Shape::Number(Number { unit, least, most })
}

/// Any number of things of a shape.
#[must_use]
pub const fn items(of: &'static str, shape: Shape) -> Items {
    Items { of, shape, least: 0 }
}

/// One thing of a shape at least.
#[must_use]
pub const fn some_items(of: &'static str, shape: Shape) -> Items {
    Items { of, shape, least: 1 }
}

/// Any text.
pub const TEXT: Shape = text("text", "");
/// Text that is more than white space.
pub const WRITTEN: Shape = text("text", r"\S");
/// The word that takes something away.
pub const NONE: Shape = Shape::Words(&["none"]);
/// A path of IAM.
pub const PATH: Shape = text("text", "^/(.*/)?$");
/// A region.
pub const REGION: Shape = text("region", "^[a-z]+(-[a-z]+)+-[0-9]+$");
/// An ARN.
pub const ARN: Shape = text("ARN", "^arn:");
/// A path of a file or folder.
pub const FILE: Shape = text("path", r"\S");
/// Tags.
pub const TAGS: Shape = Shape::Map(&items("text", TEXT));
/// Managed policies.
pub const POLICIES: Shape = Shape::List(&items("policies", Shape::Reference("policy")));
/// Inline policies.
pub const INLINE_POLICIES: Shape = Shape::Map(&items("documents", Shape::Document(Flavour::Identity)));
/// A permissions boundary.
pub const BOUNDARY: Shape = Shape::AnyOf(&[Shape::Reference("policy"), NONE]);
/// An ARN or `none`.
pub const ARN_OR_NONE: Shape = Shape::AnyOf(&[ARN, NONE]);

impl fmt::Display for Shape {
    /// As people read it: "list of policies".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text.what),
            Self::Boolean => f.write_str("true or false"),
            Self::True => f.write_str("true"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Duration { least, most } => write!(f, "duration from {} to {}", length(*least), length(*most)),
            Self::Words(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                f.write_str(&either(&quoted))
            }
            Self::List(items) | Self::Texts(items) => write!(f, "list of {}", items.of),
            Self::Map(items) => write!(f, "map of {}", items.of),
            Self::Table(table) => {
                let names: Vec<&str> = table.parts.iter().map(|part| part.name).collect();
                write!(f, "{{ {} }}", names.join(", "))
            }
            Self::Conditions => f.write_str("conditions"),
            Self::Document(_) => f.write_str("document"),
            Self::Statements(_) => f.write_str("list of statements"),
            Self::Reference(kind) => f.write_str(kind),
            Self::AnyOf(shapes) => {
                let said: Vec<String> = shapes.iter().map(ToString::to_string).collect();
                f.write_str(&either(&said))
            }
            Self::Called(name, _) => f.write_str(name),
            Self::Scalar => f.write_str("text, a number, true or false"),
            Self::Nothing => f.write_str("nothing"),
            Self::Anything => f.write_str("anything"),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, least, most } = self;
        match (unit.is_empty(), *most) {
            (true, u64::MAX) => f.write_str("number"),
            (true, most) => write!(f, "{least} to {most}"),
            (false, u64::MAX) => write!(f, "number of {unit}"),
            (false, most) => write!(f, "{unit} from {least} to {most}"),
        }
    }
}

/// "a", "a or b", "a, b or c".
fn either(said: &[String]) -> String {
    match said.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

fn length(seconds: u32) -> String {
    match seconds {
        hours if hours >= 3600 && hours % 3600 == 0 => format!("{}h", hours / 3600),
        minutes if minutes >= 60 && minutes % 60 == 0 => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}
