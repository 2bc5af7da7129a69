//! The XML that S3 speaks: small trees, read strictly and written with S3's namespace.
//!
//! Order of elements is kept; comments and processing instructions are dropped; nothing here knows what a tree means.

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesRef, Event};
use serde::{Deserialize, Serialize};

use super::super::xml::escape_into;

pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const MAX_DEPTH: usize = 16;

/// A body that isn't well-formed (`MalformedXML`).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the XML is not well-formed")]
pub(super) struct Malformed;

/// One element with its text or its children.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Element {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) children: Vec<Self>,
}

impl Element {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    pub(super) fn leaf(name: &str, text: impl ToString) -> Self {
        Self {
            text: text.to_string(),
            ..Self::new(name)
        }
    }

    pub(super) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn with_leaf(self, name: &str, text: impl ToString) -> Self {
        self.with(Self::leaf(name, text))
    }

    pub(super) fn with_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    pub(super) fn with_attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The whole document, with declaration and namespace.
    pub(super) fn document(&self) -> String {
        self.document_in(NAMESPACE)
    }

    /// The same in another namespace.
    pub(super) fn document_in(&self, namespace: &str) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let named = ("xmlns".to_owned(), namespace.to_owned());
        self.write(&mut out, Some(&named));
        out
    }

    fn write(&self, out: &mut String, extra: Option<&(String, String)>) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in extra.into_iter().chain(&self.attributes) {
            out.push_str(&format!(" {name}=\"{}\"", escape(value.as_str())));
        }
        if self.text.is_empty() && self.children.is_empty() {
            return out.push_str("/>");
        }
        out.push('>');
        escape_into(out, &self.text);
        self.children.iter().for_each(|child| child.write(out, None));
        for part in ["</", &self.name, ">"] {
            out.push_str(part);
        }
    }
}

/// Reads a document; namespaces are dropped.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed)?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| Malformed)? {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Malformed);
                }
                open.push(Element::new(&local_name(start.local_name().as_ref())?));
            }
            Event::Empty(start) => {
                let element = Element::new(&local_name(start.local_name().as_ref())?);
                if let Some(root) = close(&mut open, element) {
                    return Ok(root);
                }
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Malformed)?;
                if let Some(root) = close(&mut open, element) {
                    return Ok(root);
                }
            }
            Event::Text(text) => append(&mut open, &text.decode().map_err(|_| Malformed)?),
            Event::CData(text) => append(&mut open, &text.decode().map_err(|_| Malformed)?),
            Event::GeneralRef(entity) => append(&mut open, &resolved(&entity)?),
            Event::Eof => return Err(Malformed),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
}

fn local_name(bytes: &[u8]) -> Result<String, Malformed> {
    std::str::from_utf8(bytes).map(String::from).map_err(|_| Malformed)
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolved(entity: &BytesRef<'_>) -> Result<String, Malformed> {
    if let Some(character) = entity.resolve_char_ref().map_err(|_| Malformed)? {
        return Ok(character.to_string());
    }
    let name = entity.decode().map_err(|_| Malformed)?;
    resolve_predefined_entity(&name).map(String::from).ok_or(Malformed)
}

/// Puts a finished element where it belongs; the outermost one comes back.
fn close(open: &mut [Element], mut element: Element) -> Option<Element> {
    if !element.children.is_empty() {
        // White space between elements is layout.
        element.text.clear();
    }
    match open.last_mut() {
        Some(parent) => {
            parent.children.push(element);
            None
        }
        None => Some(element),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let tree = Element::new("Tagging").with(
            Element::new("Tag")
                .with_leaf("Key", "a<b&\"c\"")
                .with_leaf("Value", " spaced \r\n"),
        );
        assert_eq!(parse(tree.document().as_bytes()), Ok(tree));
    }

    #[test]
    fn drops_namespaces_comments_and_layout() {
        let text = b"<?xml version=\"1.0\"?>\n<a:X xmlns:a=\"u\">\n  <!-- c --><a:Y>1&#50;</a:Y>\n</a:X>";
        assert_eq!(parse(text), Ok(Element::new("X").with_leaf("Y", "12")));
    }

    #[test]
    fn refuses_what_is_not_well_formed() {
        for text in ["", "<a>", "<a></b>", "text", "<a>&unknown;</a>"] {
            assert_eq!(parse(text.as_bytes()), Err(Malformed), "{text}");
        }
    }

    fn tree() -> impl proptest::strategy::Strategy<Value = Element> {
        use proptest::strategy::Strategy as _;
        let leaf = ("[A-Z][a-z]{0,5}", "[ -~\r\n\u{e9}]{0,12}").prop_map(|(name, text)| Element::leaf(&name, text));
        leaf.prop_recursive(4, 24, 4, |inner| {
            ("[A-Z][a-z]{0,5}", proptest::collection::vec(inner, 1..4))
                .prop_map(|(name, children)| Element::new(&name).with_all(children))
        })
    }

    proptest::proptest! {
        #[test]
        fn every_tree_comes_back(tree in tree()) {
            proptest::prop_assert_eq!(parse(tree.document().as_bytes()), Ok(tree));
        }

        #[test]
        fn any_text_is_judged(text in "[<>/&;a-c\"= !?\\[\\]-]{0,40}") {
            let _ = parse(text.as_bytes());
        }
    }
}
