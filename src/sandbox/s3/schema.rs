//! Which elements S3's request bodies may hold, as its service model says (`MalformedXML`).
//!
//! Each line of the table is one structure: its elements with `!` (once), `?` (at most once), `+` (at least once) or `*`,
//! and what they hold: `@` another structure, `#` a sort of value, else any text. What values mean together is not judged
//! here, nor those for whose refusal S3 has a code of its own: such elements stand in the table as plain text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::xml::Element;

/// From the service model of S3, 2006-03-01.
static TABLE: LazyLock<BTreeMap<&'static str, Structure>> = LazyLock::new(|| read(include_str!("schema.txt")));

enum Structure {
    /// A root element that goes by the name of another structure.
    Like(&'static str),
    Members(Vec<Member>),
}

struct Member {
    name: &'static str,
    count: Count,
    holds: Holds,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    Once,
    AtMostOnce,
    AtLeastOnce,
    Any,
}

enum Holds {
    Text,
    Flag,
    Number,
    Time,
    OneOf(Vec<&'static str>),
    Structure(&'static str),
}

fn read(table: &'static str) -> BTreeMap<&'static str, Structure> {
    let line = |line: &'static str| match line.split_once(" = ") {
        // A structure of the root's own name describes it.
        Some((name, like)) if name == like => None,
        Some((name, like)) => Some((name, Structure::Like(like))),
        None => {
            let (name, members) = line.split_once(':')?;
            let members = members.split_whitespace().filter_map(member).collect();
            Some((name, Structure::Members(members)))
        }
    };
    table.lines().filter_map(line).collect()
}

fn member(text: &'static str) -> Option<Member> {
    let at = text.find(['!', '?', '+', '*'])?;
    let (name, rest) = text.split_at(at);
    let (count, holds) = rest.split_at(1);
    Some(Member {
        name,
        count: match count {
            "!" => Count::Once,
            "?" => Count::AtMostOnce,
            "+" => Count::AtLeastOnce,
            _ => Count::Any,
        },
        holds: match (holds, holds.strip_prefix('@'), holds.strip_prefix('#')) {
            (_, Some(structure), _) => Holds::Structure(structure),
            ("#bool", ..) => Holds::Flag,
            ("#int", ..) => Holds::Number,
            ("#time", ..) => Holds::Time,
            (_, _, Some(values)) => Holds::OneOf(values.split('|').collect()),
            _ => Holds::Text,
        },
    })
}

/// Whether a body is one that the model knows; a root that is not in the table is.
pub(super) fn admits(root: &Element) -> bool {
    fits(root, &root.name)
}

fn fits(element: &Element, structure: &str) -> bool {
    match TABLE.get(structure) {
        None => true,
        Some(Structure::Like(other)) => fits(element, other),
        Some(Structure::Members(members)) => {
            let is_known = |child: &Element| members.iter().any(|member| member.name == child.name);
            element.children.iter().all(is_known) && members.iter().all(|member| member.admits(element))
        }
    }
}

impl Member {
    fn admits(&self, parent: &Element) -> bool {
        let count = parent.all(self.name).count();
        let is_enough = match self.count {
            Count::Once => count == 1,
            Count::AtMostOnce => count <= 1,
            Count::AtLeastOnce => count >= 1,
            Count::Any => true,
        };
        is_enough && parent.all(self.name).all(|child| self.holds.admits(child))
    }
}

impl Holds {
    fn admits(&self, element: &Element) -> bool {
        let text = element.text.as_str();
        match self {
            Self::Structure(name) => fits(element, name),
            _ if !element.children.is_empty() => false,
            Self::Text => true,
            Self::Flag => ["true", "false", "TRUE", "FALSE", "True", "False", "1", "0"].contains(&text),
            Self::Number => text.parse::<i64>().is_ok(),
            Self::Time => text.get(..10).is_some_and(is_date),
            Self::OneOf(values) => values.contains(&text),
        }
    }
}

fn is_date(text: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('-').map(str::len).eq([4, 2, 2]) && text.split('-').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::super::xml;
    use super::*;

    #[test]
    fn every_structure_of_the_table_that_is_named_is_there() {
        for structure in TABLE.values() {
            match structure {
                Structure::Like(name) => assert!(TABLE.contains_key(name), "{name}"),
                Structure::Members(members) => {
                    for member in members {
                        if let Holds::Structure(name) = &member.holds {
                            assert!(TABLE.contains_key(name), "{name}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn bodies_are_held_against_the_model() {
        for (text, wanted) in [
            ("<Tagging><TagSet/></Tagging>", true),
            ("<Tagging/>", false),
            ("<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>", false),
            (
                "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
                true,
            ),
            (
                "<RequestPaymentConfiguration><Payer>Me</Payer></RequestPaymentConfiguration>",
                false,
            ),
            (
                "<PublicAccessBlockConfiguration><BlockPublicAcls>yes</BlockPublicAcls></PublicAccessBlockConfiguration>",
                false,
            ),
            (
                "<PublicAccessBlockConfiguration><Block>true</Block></PublicAccessBlockConfiguration>",
                false,
            ),
            ("<Unknown><A/></Unknown>", true),
        ] {
            assert_eq!(admits(&xml::parse(text.as_bytes()).unwrap()), wanted, "{text}");
        }
    }
}
