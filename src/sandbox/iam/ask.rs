//! Reading an IAM request's parameters, and cutting its answer into pages.
//!
//! Invariant: what comes out of here has the shape that IAM demands (`ValidationError` otherwise); whether the named
//! thing exists is not asked here.

use std::cmp::Ordering;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use super::super::{Fault, Key, Params, Xml};
use super::refusal::{constraint, missing, validation};

/// The name of an IAM thing. IAM compares names without regard to case and keeps the case that was given first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The name as it was written.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn letters(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.letters().cmp(other.letters())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Key for Name {
    fn text(&self) -> &str {
        &self.0
    }

    fn from_text(text: String) -> Self {
        Self(text)
    }
}

/// The parameters of one request.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a>(pub(super) &'a Params);

impl<'a> Ask<'a> {
    /// A parameter that may be absent.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name)
    }

    /// A parameter that must be there, if only empty.
    pub(super) fn present(self, name: &str) -> Result<&'a str, Fault> {
        self.0.get(name).ok_or_else(|| missing(&camel(name)))
    }

    /// A parameter that must be there and not empty.
    pub(super) fn required(self, name: &str) -> Result<&'a str, Fault> {
        match self.present(name)? {
            "" => Err(constraint("", &camel(name), "have length greater than or equal to 1")),
            text => Ok(text),
        }
    }

    /// A text that may be absent, with bounds for its length.
    pub(super) fn sized(self, name: &str, least: usize, most: usize) -> Result<Option<&'a str>, Fault> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let found = text.chars().count();
        let rule = if found < least {
            format!("have length greater than or equal to {least}")
        } else if found > most {
            format!("have length less than or equal to {most}")
        } else {
            return Ok(Some(text));
        };
        Err(constraint(text, &camel(name), &rule))
    }

    /// An id of word characters that must be there, with bounds for its length.
    pub(super) fn id(self, name: &str, least: usize, most: usize) -> Result<&'a str, Fault> {
        let text = self.present(name)?;
        self.sized(name, least, most)?;
        if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Ok(text);
        }
        Err(constraint(
            text,
            &camel(name),
            r"satisfy regular expression pattern: [\w]+",
        ))
    }

    /// A name of up to `longest` characters.
    pub(super) fn name(self, parameter: &str, longest: usize) -> Result<Name, Fault> {
        let text = self.required(parameter)?;
        check_name(text, parameter, longest)?;
        Ok(Name::new(text))
    }

    /// The path, `/` if absent.
    pub(super) fn path(self) -> Result<String, Fault> {
        self.new_path("Path").map(|path| path.unwrap_or_else(|| "/".to_owned()))
    }

    /// A path that may be absent.
    pub(super) fn new_path(self, parameter: &str) -> Result<Option<String>, Fault> {
        let Some(path) = self.text(parameter) else {
            return Ok(None);
        };
        self.sized(parameter, 1, 512)?;
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || !path.starts_with('/') || !path.ends_with('/') {
            return Err(validation(format!(
                "The specified value for {} is invalid. It must begin and end with / and contain only alphanumeric \
                 characters and/or / characters.",
                camel(parameter)
            )));
        }
        Ok(Some(path.to_owned()))
    }

    /// The beginning that listed paths must have.
    pub(super) fn path_prefix(self) -> Result<&'a str, Fault> {
        let prefix = self.sized("PathPrefix", 1, 512)?.unwrap_or("/");
        if prefix.starts_with('/') && prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(prefix);
        }
        Err(validation(
            "The specified value for pathPrefix is invalid. It must begin with the / character.",
        ))
    }

    /// `true` or `false`.
    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Fault> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(constraint(other, &camel(name), "be a boolean")),
        }
    }

    /// A number within bounds.
    pub(super) fn number(self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Fault> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number: u32 = text
            .parse()
            .map_err(|_| constraint(text, &camel(name), "be a number"))?;
        if number < least {
            return Err(constraint(
                text,
                &camel(name),
                &format!("have value greater than or equal to {least}"),
            ));
        }
        if number > most {
            return Err(constraint(
                text,
                &camel(name),
                &format!("have value less than or equal to {most}"),
            ));
        }
        Ok(Some(number))
    }

    /// One of the values that the parameter can have.
    pub(super) fn choice(self, name: &str, values: &[&str]) -> Result<Option<&'a str>, Fault> {
        match self.text(name) {
            Some(text) if !values.contains(&text) => {
                let rule = format!("satisfy enum value set: [{}]", values.join(", "));
                Err(constraint(text, &camel(name), &rule))
            }
            other => Ok(other),
        }
    }

    /// `Name.member.1`, `Name.member.2` and so on.
    pub(super) fn list(self, name: &str) -> Vec<&'a str> {
        (1usize..)
            .map_while(|nth| self.0.get(&format!("{name}.member.{nth}")))
            .collect()
    }

    /// `Tags.member.1.Key`, `Tags.member.1.Value` and so on.
    pub(super) fn tag_pairs(self) -> Vec<(&'a str, &'a str)> {
        let part = |nth: usize, part: &str| self.0.get(&format!("Tags.member.{nth}.{part}"));
        (1usize..)
            .map_while(|nth| Some((part(nth, "Key")?, part(nth, "Value").unwrap_or_default())))
            .collect()
    }

    /// A description within IAM's character set.
    pub(super) fn description(self) -> Result<Option<String>, Fault> {
        let Some(text) = self.text("Description") else {
            return Ok(None);
        };
        if text.chars().count() > 1000 {
            return Err(constraint(
                text,
                "description",
                "have length less than or equal to 1000",
            ));
        }
        let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
        if !text.chars().all(fits) {
            let rule = r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*";
            return Err(constraint(text, "description", rule));
        }
        Ok(Some(text.to_owned()))
    }

    /// The name after which the asked page begins, in a list of names.
    pub(super) fn after(self) -> Result<Option<Name>, Fault> {
        Ok(self.text("Marker").map(read_marker).transpose()?.map(Name))
    }

    /// Cuts a list that is in the order of its keys into the asked page.
    pub(super) fn page<T, O: PageOrder>(self, items: impl IntoIterator<Item = (O, T)>) -> Result<Page<T>, Fault> {
        let most = self.number("MaxItems", 1, 1000)?.unwrap_or(100);
        let after = self.text("Marker").map(read_marker).transpose()?;
        let mut rest = items
            .into_iter()
            .skip_while(|(key, _)| after.as_ref().is_some_and(|after| !key.is_after(after)));
        let mut page = Page {
            items: Vec::new(),
            marker: None,
        };
        let mut last = None;
        for (key, item) in rest.by_ref().take(usize::try_from(most).unwrap_or(100)) {
            page.items.push(item);
            last = Some(key);
        }
        if rest.next().is_some() {
            page.marker = last.map(|key| BASE64.encode(key.text()));
        }
        Ok(page)
    }
}

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    marker: Option<String>,
}

impl<T> Page<T> {
    /// The list element with one `member` for each item, then `IsTruncated` and `Marker`.
    pub(super) fn write(self, list: &str, mut each: impl FnMut(&mut Xml, T)) -> Xml {
        let mut xml = Xml::new();
        let Self { items, marker } = self;
        xml.element(list, |xml| {
            for item in items {
                xml.element("member", |xml| each(xml, item));
            }
        });
        write_end(&mut xml, marker);
        xml
    }

    /// The same for a list of plain texts.
    pub(super) fn write_texts(self, list: &str) -> Xml
    where
        T: fmt::Display,
    {
        let mut xml = Xml::new();
        let Self { items, marker } = self;
        xml.element(list, |xml| {
            for item in items {
                xml.text("member", item);
            }
        });
        write_end(&mut xml, marker);
        xml
    }

    /// Only the end; the caller has written the items.
    pub(super) fn write_end(&self, xml: &mut Xml) {
        write_end(xml, self.marker.clone());
    }
}

fn write_end(xml: &mut Xml, marker: Option<String>) {
    xml.text("IsTruncated", marker.is_some()).optional("Marker", marker);
}

fn read_marker(marker: &str) -> Result<String, Fault> {
    let bytes = BASE64.decode(marker).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| validation("Invalid Marker."))
}

/// What a list is ordered by; a marker is the text of one.
pub(super) trait PageOrder {
    /// Whether it comes after the one that the text is of.
    fn is_after(&self, text: &str) -> bool;
    /// Its text.
    fn text(&self) -> String;
}

impl PageOrder for String {
    fn is_after(&self, text: &str) -> bool {
        self.as_str() > text
    }

    fn text(&self) -> String {
        self.clone()
    }
}

/// A name in the order of names: without regard to case. Lists skip thousands of them, so nothing is copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameOrder<'a>(&'a Name);

impl PageOrder for NameOrder<'_> {
    fn is_after(&self, text: &str) -> bool {
        self.0.letters().gt(text.bytes())
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for NameOrder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_str().to_ascii_lowercase())
    }
}

/// What a page is ordered by for a thing with this name.
pub(super) fn order(name: &Name) -> NameOrder<'_> {
    NameOrder(name)
}

pub(super) fn check_name(text: &str, parameter: &str, longest: usize) -> Result<(), Fault> {
    if text.chars().count() > longest {
        return Err(constraint(
            text,
            &camel(parameter),
            &format!("have length less than or equal to {longest}"),
        ));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if text.bytes().all(fits) {
        return Ok(());
    }
    Err(validation(format!(
        "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the following: \
         +=,.@_-",
        camel(parameter)
    )))
}

/// AWS's validator spells parameters with a small first letter.
pub(super) fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_lowercase().to_string() + letters.as_str()
    })
}
