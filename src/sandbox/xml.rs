//! Writing XML answers.
//!
//! Invariant: what is written is well formed; every text is escaped. Reading XML is not done here.

use std::fmt::Display;

use quick_xml::escape::escape;

/// A piece of XML that grows by elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Xml(String);

impl Xml {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole document: the declaration and one root element with a namespace.
    pub fn document(root: &str, namespace: &str, inside: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned());
        xml.element_with(root, &[("xmlns", namespace)], inside);
        xml.0
    }

    /// An element with elements inside.
    pub fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.element_with(name, &[], inside)
    }

    /// An element with attributes and elements inside.
    pub fn element_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push_str(&format!(" {key}=\"{}\"", escape(*value)));
        }
        self.0.push('>');
        inside(self);
        self.0.push_str(&format!("</{name}>"));
        self
    }

    /// An element with text inside.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        let value = value.to_string();
        // A raw carriage return would be read back as a line feed.
        let escaped = escape(value.as_str()).replace('\r', "&#13;").replace("&apos;", "'");
        self.0.push_str(&format!("<{name}>{escaped}</{name}>"));
        self
    }

    /// An element with text inside, or none.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// What was written elsewhere, after what is here.
    pub fn append(&mut self, other: Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// What has been written.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Display for Xml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let text = Xml::document("A", "urn:\"x\"", |xml| {
            xml.text("B", "a<b&c\r\n").optional("C", None::<String>);
        });
        assert!(
            text.ends_with("<A xmlns=\"urn:&quot;x&quot;\"><B>a&lt;b&amp;c&#13;\n</B></A>"),
            "{text}"
        );
    }
}
