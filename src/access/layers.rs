//! From a principal and a resource to the layers of an evaluation, and what of them is not known.
//!
//! Invariant: what could not be read is in no layer and always among the gaps.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::evaluate::{Context, Layer, Layers, Named};
use crate::kind::Home;
use crate::names::Arn;
use crate::policy_doc::{Document, Policy, Statement};

use super::model::{Attached, Part, Principal, Resource, Text, World};

/// A part of the layers that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub part: Part,
    /// What it is: "policy elsewhere".
    pub what: String,
    /// Why it is not known.
    pub why: String,
    /// What it may do.
    pub may: May,
}

/// What a part that is not known may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Anything.
    AllowOrDeny,
    /// It is what others may have added, of which only a grant is reckoned with.
    Allow,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl Part {
    /// The evaluator's word for it.
    #[must_use]
    pub const fn layer(self) -> Layer {
        match self {
            Self::Identity => Layer::Identity,
            Self::Boundary => Layer::Boundary,
            Self::Resource => Layer::Resource,
        }
    }
}

/// The layers of a question and what is not known of them.
#[derive(Debug, Clone)]
pub struct Held<'w> {
    /// What is known.
    pub layers: Layers<'w>,
    /// What is not.
    pub gaps: Vec<Gap>,
    /// The documents, for who wants to look at them one by one.
    pub known: Vec<Piece<'w>>,
}

/// One known document of the layers.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'w> {
    /// Where it is.
    pub part: Part,
    /// The policy of a principal, or none for a resource's.
    pub attached: Option<&'w Attached>,
    /// The document.
    pub document: &'w Document,
}

impl World {
    /// What decides about a principal's access to a resource, identity and resource side; the resource by its own ARN,
    /// not by that of something in it.
    #[must_use]
    pub fn layers<'w>(&'w self, principal: &'w Principal, resource: Option<&Arn>) -> Held<'w> {
        let mut held = Held {
            layers: Layers::default(),
            gaps: Vec::new(),
            known: Vec::new(),
        };
        held.take_identity(principal);
        held.take_resource(resource.and_then(|arn| self.resource(arn)));
        held
    }
}

impl<'w> Held<'w> {
    /// The layers of somebody of whom only resource policies speak.
    #[must_use]
    pub(super) fn outside(resource: Option<&'w Resource>) -> Self {
        let mut held = Self {
            layers: Layers::default(),
            gaps: Vec::new(),
            known: Vec::new(),
        };
        held.take_resource(resource);
        held
    }

    fn take_identity(&mut self, principal: &'w Principal) {
        for one in &principal.identity {
            match &one.text {
                Text::Known(document) => {
                    self.layers.identity.push(Named {
                        name: one.title(),
                        document,
                    });
                    self.known.push(Piece {
                        part: Part::Identity,
                        attached: Some(one),
                        document,
                    });
                }
                Text::Unread(why) => self.gap(Part::Identity, one.title(), why, May::AllowOrDeny),
                Text::Open(why) => self.gap(Part::Identity, one.title(), why, May::Allow),
            }
        }
        let Some(boundary) = &principal.boundary else { return };
        match &boundary.text {
            Text::Known(document) => {
                self.layers.boundary = Some(vec![Named {
                    name: boundary.title(),
                    document,
                }]);
                self.known.push(Piece {
                    part: Part::Boundary,
                    attached: Some(boundary),
                    document,
                });
            }
            Text::Unread(why) | Text::Open(why) => self.gap(Part::Boundary, boundary.title(), why, May::AllowOrDeny),
        }
    }

    pub(super) fn take_resource(&mut self, resource: Option<&'w Resource>) {
        let Some(resource) = resource else { return };
        match &resource.text {
            Text::Known(document) => {
                self.layers.resource = Some(Named {
                    name: resource.title(),
                    document,
                });
                self.known.push(Piece {
                    part: Part::Resource,
                    attached: None,
                    document,
                });
            }
            Text::Unread(why) => self.gap(Part::Resource, resource.title(), why, May::AllowOrDeny),
            Text::Open(why) => self.gap(Part::Resource, resource.title(), why, May::Allow),
        }
    }

    pub(super) fn gap(&mut self, part: Part, what: String, why: &str, may: May) {
        if may == May::AllowOrDeny {
            self.layers.unread.insert(part.layer());
        }
        self.gaps.push(Gap {
            part,
            what,
            why: why.to_owned(),
            may,
        });
    }

    /// The layers as if what others may have added allowed everything; the same layers where nobody may have.
    #[must_use]
    pub(super) fn at_best(&self) -> Option<Layers<'w>> {
        let open: Vec<&Gap> = self.gaps.iter().filter(|gap| gap.may == May::Allow).collect();
        if open.is_empty() {
            return None;
        }
        let mut layers = self.layers.clone();
        for gap in open {
            match gap.part {
                Part::Identity | Part::Boundary => layers.identity.push(Named {
                    name: gap.what.clone(),
                    document: &ANYTHING,
                }),
                Part::Resource => {
                    layers.resource = Some(Named {
                        name: gap.what.clone(),
                        document: &TO_ANYBODY,
                    });
                }
            }
        }
        Some(layers)
    }

    /// Every statement of the known documents, with whose it is.
    pub(super) fn statements(&self) -> impl Iterator<Item = (Piece<'w>, &'w Statement)> + '_ {
        let each = |piece: &Piece<'w>| {
            let piece = *piece;
            piece.document.statements.iter().map(move |one| (piece, one))
        };
        self.known.iter().flat_map(each)
    }

    /// The names behind a prefix that conditions and variables of the documents use, in lower case: of
    /// `aws:PrincipalTag/` the tags.
    pub(super) fn mentions(&self, prefix: &str) -> BTreeSet<String> {
        let words = self.statements().flat_map(|(_, one)| words(one));
        let mut found = BTreeSet::new();
        for word in words {
            let lower = word.to_ascii_lowercase();
            for (at, _) in lower.match_indices(prefix) {
                let rest = lower.get(at + prefix.len()..).unwrap_or_default();
                let end = rest.find(['}', ',', ' ']).unwrap_or(rest.len());
                found.insert(rest.get(..end).unwrap_or_default().to_owned());
            }
        }
        found
    }
}

fn words(statement: &Statement) -> Vec<&str> {
    let resources = statement.resource.iter().flat_map(|clause| &clause.items);
    let conditions = statement.conditions.iter();
    let keyed = conditions.flat_map(|one| std::iter::once(&one.key).chain(&one.values));
    resources.chain(keyed).map(|word| word.text.as_str()).collect()
}

impl Resource {
    /// As answers call it: "bucket policy of bucket/data".
    #[must_use]
    pub fn title(&self) -> String {
        match self.what.starts_with("policy of ") {
            true => self.what.clone(),
            false => format!("{} of {}", self.what, self.address),
        }
    }
}

/// Gives a context what is known of tags: those that documents speak of and that a thing does not have are absent.
pub(super) fn set_tags(
    context: &mut Context,
    held: &Held<'_>,
    prefix: &str,
    tags: &std::collections::BTreeMap<String, String>,
) {
    for name in held.mentions(prefix) {
        let key = format!("{prefix}{name}");
        if context.get(&key).is_none() {
            let values = tags.iter().filter(|(own, _)| own.to_ascii_lowercase() == name);
            context.set(&key, values.map(|(_, value)| value.clone()));
        }
    }
}

static ANYTHING: LazyLock<Document> = LazyLock::new(|| {
    parsed(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
});

static TO_ANYBODY: LazyLock<Document> = LazyLock::new(|| {
    parsed(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#)
});

/// An empty document, which allows nothing, where a text of our own could not be read.
fn parsed(text: &str) -> Document {
    let read = Policy::from_live(text)
        .ok()
        .and_then(|policy| policy.document().cloned());
    read.unwrap_or(Document {
        version: crate::policy_doc::Version::V2012,
        id: None,
        statements: Vec::new(),
        at: crate::policy_doc::At(None),
    })
}

/// What everybody holds who decides for themselves what they hold: identities of other accounts.
pub(super) fn anything() -> Named<'static> {
    Named {
        name: "their own account's policies".to_owned(),
        document: &ANYTHING,
    }
}

/// What a resource says that leaves everything to the policies of its account.
pub(super) fn delegation(home: &Home) -> Document {
    let root = format!("arn:{}:iam::{}:root", home.partition, home.account);
    let statement = format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{root}"}},"Action":"*","Resource":"*"}}"#);
    parsed(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#))
}
