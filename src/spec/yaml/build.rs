//! From parser events to the tree: anchors, merge keys, duplicate keys, and the budgets.
//!
//! Invariant: the stack, the tree and what aliases add to it stay within the limits of [`super`]; keys are unique.

use std::collections::BTreeMap;

use saphyr_parser::{Event, ScalarStyle, Tag};

use super::merge::{self, Merged, merge};
use super::offsets::Offsets;
use super::scalar;
use super::weight::Weight;
use super::{MAX_DEPTH, MAX_NODES, MAX_TEXT};
use crate::spec::finding::Finding;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

/// Nothing more is read: the text goes beyond a limit, and that has been reported.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) struct Builder<'a> {
    text: &'a str,
    offsets: &'a Offsets<'a>,
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: BTreeMap<usize, Anchor>,
    spent: Weight,
    findings: Vec<Finding>,
}

/// A collection that is still open.
struct Frame {
    start: Span,
    /// One past the last byte of what was read of it.
    end: u32,
    anchor: usize,
    shape: Shape,
}

enum Shape {
    List(Vec<Node>),
    Map(Entries),
}

#[derive(Default)]
struct Entries {
    entries: Vec<(Key, Node)>,
    merged: Vec<Merged>,
    seen: BTreeMap<String, Span>,
    pending: Pending,
}

/// What the next value of a mapping belongs to.
#[derive(Default)]
enum Pending {
    /// The next event is a key.
    #[default]
    None,
    Key(Key),
    Merge,
    /// The key was refused, its value goes with it.
    Refused,
}

enum Anchor {
    /// Its value is still being read: an alias to it would never end.
    Open,
    Done(Node, Weight),
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, offsets: &'a Offsets<'a>) -> Self {
        Self {
            text,
            offsets,
            stack: Vec::new(),
            root: None,
            anchors: BTreeMap::new(),
            spent: Weight::default(),
            findings: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// The tree, as far as it was read, and what is wrong with it.
    pub(super) fn finish(self) -> (Option<Node>, Vec<Finding>) {
        (self.root, self.findings)
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(span, 1, text.len())?;
                self.scalar(text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(span, anchor, tag.as_deref(), "seq", Shape::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.open(span, anchor, tag.as_deref(), "map", Shape::Map(Entries::default()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn scalar(
        &mut self,
        text: std::borrow::Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        written: Span,
    ) -> Result<(), Stop> {
        let span = self.value_span(written, anchor > 0 || tag.is_some());
        if self.wants_key() && anchor == 0 && tag.is_none() {
            self.key(text.into_owned(), style, span);
            return Ok(());
        }
        let key_text = self.wants_key().then(|| text.to_string());
        let value = scalar::resolve(text, style, tag).unwrap_or_else(|why| {
            self.findings.push(tag_finding(self.value_span(written, false), why));
            Value::Null
        });
        let node = Node { span, value };
        if anchor > 0 {
            self.remember(anchor, &node)?;
        }
        match key_text {
            Some(text) => self.key(text, style, span),
            None => self.attach(node, span.end),
        }
        Ok(())
    }

    fn open(&mut self, span: Span, anchor: usize, tag: Option<&Tag>, own_tag: &str, shape: Shape) -> Result<(), Stop> {
        self.spend(span, 1, 0)?;
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        let start = self.value_span(span, anchor > 0 || tag.is_some());
        if let Some(why) = tag.and_then(|tag| scalar::refuse_collection(tag, own_tag)) {
            self.findings.push(tag_finding(span, why));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        self.stack.push(Frame {
            start,
            end: start.end,
            anchor,
            shape,
        });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        // The end of a block collection is marked at whatever comes next; only a bracket or brace has a width here.
        let bracket = matches!(self.written(span), "]" | "}");
        let end = if bracket { span.end } else { frame.end };
        let value = match frame.shape {
            Shape::List(items) => Value::List(items),
            Shape::Map(entries) => Value::Map(merge(entries.entries, entries.merged, entries.seen)),
        };
        let span = Span { end, ..frame.start };
        let node = Node { span, value };
        if frame.anchor > 0 {
            self.remember(frame.anchor, &node)?;
        }
        if self.wants_key() {
            self.refuse_key(span, &node);
        } else {
            self.attach(node, end);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let (node, weight) = match self.anchors.get(&anchor) {
            Some(Anchor::Done(node, weight)) => (node, *weight),
            Some(Anchor::Open) | None => {
                let message = format!("the alias `{}` stands inside what it names", self.written(span));
                self.findings
                    .push(Finding::error("E0207", span, message).label("this would never end"));
                return Err(Stop);
            }
        };
        let within = weight.nodes <= MAX_NODES - self.spent.nodes && weight.text <= MAX_TEXT - self.spent.text;
        let node = if within { node.clone() } else { empty(span) };
        self.spend(span, weight.nodes, weight.text)?;
        if self.stack.len() + weight.height > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        match (self.wants_key(), node.value) {
            (true, Value::Text(text) | Value::Number(text)) => self.key(text, ScalarStyle::DoubleQuoted, span),
            (true, value) => self.refuse_key(span, &Node { span, value }),
            (false, value) => self.attach(Node { span: node.span, value }, span.end),
        }
        Ok(())
    }

    /// Remembers a value for aliases. What is kept counts as if it were written twice, so that nested anchors stay cheap.
    fn remember(&mut self, anchor: usize, node: &Node) -> Result<(), Stop> {
        let weight = Weight::of(node);
        self.spend(node.span, weight.nodes, weight.text)?;
        self.anchors.insert(anchor, Anchor::Done(node.clone(), weight));
        Ok(())
    }

    fn wants_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                shape: Shape::Map(Entries {
                    pending: Pending::None,
                    ..
                }),
                ..
            })
        )
    }

    fn key(&mut self, text: String, style: ScalarStyle, span: Span) {
        let Some(Frame {
            shape: Shape::Map(map),
            end,
            ..
        }) = self.stack.last_mut()
        else {
            return;
        };
        *end = (*end).max(span.end);
        if text.is_empty() && style == ScalarStyle::Plain {
            map.pending = Pending::Refused;
            self.findings
                .push(Finding::error("E0205", span, "a key is missing").label("write one before the `:`"));
            return;
        }
        let merge = style == ScalarStyle::Plain && text == "<<";
        if let Some(first) = map.seen.get(&text) {
            self.findings.push(duplicate(&text, *first, span));
            map.pending = Pending::Refused;
            return;
        }
        map.seen.insert(text.clone(), span);
        map.pending = if merge {
            Pending::Merge
        } else {
            Pending::Key(Key { span, text })
        };
    }

    fn refuse_key(&mut self, span: Span, node: &Node) {
        if let Some(Frame {
            shape: Shape::Map(map), ..
        }) = self.stack.last_mut()
        {
            map.pending = Pending::Refused;
        }
        let finding = Finding::error("E0205", span, format!("a key must be text, not {}", node.type_name()))
            .label("quote it if it is meant as text");
        let finding = if self.written(span).starts_with('{') {
            finding.help("text that begins with `{` needs quotes; variables are written `$(name)`")
        } else {
            finding
        };
        self.findings.push(finding);
    }

    /// Puts a finished value where it belongs; `end` is where it ends at this place, which for an alias is not its span's end.
    fn attach(&mut self, node: Node, end: u32) {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.end = frame.end.max(end);
        let map = match &mut frame.shape {
            Shape::List(items) => return items.push(node),
            Shape::Map(map) => map,
        };
        match std::mem::take(&mut map.pending) {
            Pending::Key(key) => map.entries.push((key, node)),
            Pending::Merge => match merge::sources(node) {
                Ok(sources) => map.merged.push((map.entries.len(), sources)),
                Err(finding) => self.findings.push(*finding),
            },
            Pending::None | Pending::Refused => {}
        }
    }

    fn spend(&mut self, span: Span, nodes: usize, text: usize) -> Result<(), Stop> {
        self.spent.nodes = self.spent.nodes.saturating_add(nodes);
        self.spent.text = self.spent.text.saturating_add(text);
        if self.spent.nodes <= MAX_NODES && self.spent.text <= MAX_TEXT {
            return Ok(());
        }
        let (message, limit) = if self.spent.nodes > MAX_NODES {
            ("this text holds too many values", "1,000,000 values")
        } else {
            ("this text is too large", "64 MiB of text")
        };
        self.findings.push(
            Finding::error("E0208", span, message)
                .label("here the limit is reached")
                .help(format!(
                    "the limit is {limit}, with every alias (`*name`) counted as what it stands for"
                )),
        );
        Err(Stop)
    }

    fn too_deep(&mut self, span: Span) -> Stop {
        self.findings.push(
            Finding::error("E0209", span, "lists and mappings stand too deep in one another")
                .label(format!("at most {MAX_DEPTH} levels")),
        );
        Stop
    }

    fn written(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// A value's own place, without the anchor and tag before it and the line breaks after it.
    fn value_span(&self, span: Span, has_properties: bool) -> Span {
        let mut start = span.start as usize;
        let end = (span.end as usize).max(start);
        if has_properties {
            start += properties(self.text.get(start..).unwrap_or(""));
        }
        let Some(inner) = self.text.get(start..end) else {
            return span;
        };
        let trimmed = inner.trim_end().len();
        let end = if trimmed == 0 { end } else { start + trimmed };
        self.offsets.at(start, end)
    }
}

/// The length of the anchor and tag, and the white space after them, with which a text begins.
fn properties(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if !rest.starts_with(['&', '!']) {
            return text.len() - rest.len();
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or("");
    }
}

fn empty(span: Span) -> Node {
    Node {
        span,
        value: Value::Null,
    }
}

fn tag_finding(span: Span, why: String) -> Finding {
    let finding = Finding::error("E0210", span, why).label("remove the tag");
    if ["`!Ref`", "`!Sub`", "`!GetAtt`", "`!Join`"]
        .iter()
        .any(|tag| finding.message.contains(tag))
    {
        return finding.help("this is no CloudFormation template: write `$(name)` for a variable or an attribute");
    }
    finding
}

/// The code of [`duplicate`].
pub(super) const TWICE: &str = "E0204";

/// The finding for a key that stands twice in a mapping.
pub(in crate::spec) fn duplicate(text: &str, first: Span, again: Span) -> Finding {
    Finding::error(TWICE, again, format!("the key `{text}` stands twice in this mapping"))
        .label("remove one of the two")
        .related(first, "first written here")
}
