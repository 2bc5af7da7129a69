//! What a kind's `lower` works with: the account, what else is declared, and where to put mistakes.
//!
//! Invariant: lowering never touches AWS and never stops at the first mistake.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::catalogue;
use crate::fields::FieldPath;
use crate::kind::{Home, Kind};
use crate::kinds::policy::Policy as PolicyKind;
use crate::kinds::{AnyPart, KindName, Member, VisitKind};
use crate::names::limits::{Adjustable, Quota, Standing};
use crate::names::{Arn, IamPath, InlinePolicyName, NameError, Region, TagKey, TagValue, nearest};
use crate::policy_doc::{self, Flavour, Policy, codes, of_node};

use super::files::{self, Files};
use super::finding::Finding;
use super::interpolate::{self, Names};
use super::json;
use super::node::{Node, Value};
use super::resources::Site;
use super::source::{Place, Sources, Span};
use super::table::{self, Reading, Table};

/// What the file says of one resource, before contributions.
#[derive(Debug, Clone)]
pub struct Lowered<K: Kind> {
    /// The normal form.
    pub state: K::State,
    /// Fields that can't be told now, with the reason.
    pub unknown: BTreeMap<FieldPath, String>,
    /// What it asks of other resources.
    pub contributions: Vec<Contribution>,
    /// Where entries of keyed fields are written; whole fields are located by the loader.
    pub spans: BTreeMap<FieldPath, Span>,
    /// Fields that it says something about by another key, to be treated as if they were written.
    pub implied: BTreeSet<&'static str>,
    /// What is kept as it is, as if it stood under `ignore:`.
    pub ignore: Vec<String>,
    /// What a reader of a plan that changes it should know, such as what somebody else has to do.
    pub notes: Vec<String>,
    /// What of [`Kind::exposes`] the file consents to.
    pub public: BTreeSet<String>,
}

impl<K: Kind> Lowered<K> {
    /// A state that asks nothing of others.
    #[must_use]
    pub fn new(state: K::State) -> Self {
        Self {
            state,
            unknown: BTreeMap::new(),
            contributions: Vec::new(),
            spans: BTreeMap::new(),
            implied: BTreeSet::new(),
            ignore: Vec::new(),
            notes: Vec::new(),
            public: BTreeSet::new(),
        }
    }
}

/// Something that one resource adds to the wanted state of another.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The owner of the link.
    pub to: Address,
    /// What is added.
    pub part: AnyPart,
}

/// One declared resource, before it is lowered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// The AWS name, after interpolation.
    pub name: String,
    /// The written path, for IAM things.
    pub path: Option<String>,
    /// The written region or the default one.
    pub region: Region,
    /// The written bus, for rules.
    pub bus: Option<String>,
    /// The key.
    pub span: Span,
}

impl Declared {
    /// A thing of which only the name is known.
    #[must_use]
    pub fn bare(name: &str, region: &Region, span: Span) -> Self {
        Self {
            name: name.to_owned(),
            path: None,
            region: region.clone(),
            bus: None,
            span,
        }
    }
}

/// Everything that is declared, by kind and id.
pub type Index = BTreeMap<KindName, BTreeMap<String, Declared>>;

/// What was learned from AWS and lowering needs: paths of IAM things that the file leaves open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// By kind and AWS name.
    pub paths: BTreeMap<(KindName, String), IamPath>,
}

/// A thing that the file uses and somebody else owns: `{ existing: NAME }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Existing {
    /// Its kind.
    pub kind: KindName,
    /// What the file says of it.
    pub declared: Declared,
    /// Where it is named.
    pub place: Place,
}

/// The context of one resource's lowering.
pub struct Lowering<'a> {
    /// The account.
    pub home: &'a Home,
    /// The environment's name.
    pub environment: &'a str,
    /// The region of this resource.
    pub region: &'a Region,
    /// The tags that every taggable resource gets: the header's, and the marks of ownership and protection.
    pub common_tags: &'a BTreeMap<String, String>,
    /// Everything that is declared.
    pub index: &'a Index,
    /// What AWS told.
    pub learned: &'a Learned,
    /// What `$(…)` stands for.
    pub names: &'a dyn Names,
    /// Access to `file:` and `code:`, below the folder of the file that names them.
    pub files: &'a dyn Files,
    /// Environment variables for `from_env`; `None` for one that isn't set.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The texts, for places.
    pub sources: &'a mut Sources,
    /// Mistakes and warnings.
    pub findings: &'a mut Vec<Finding>,
    /// Things that must exist outside the file.
    pub existing: &'a mut BTreeSet<Existing>,
    /// The documents that were read, for the rules about them.
    pub documents: &'a mut Vec<Site>,
    /// The ARNs of managed policies that were read, with their places.
    pub attached: &'a mut Vec<(String, Span)>,
    /// What only one thing of a file can have, with where it was claimed first.
    pub claims: &'a mut BTreeMap<String, Span>,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referent {
    /// A resource of this file, by its id.
    Declared {
        /// Its id in the file.
        id: String,
        /// Its ARN.
        arn: Arn,
    },
    /// Something outside of the file.
    Foreign(Arn),
}

impl Referent {
    /// The ARN, wherever it leads.
    #[must_use]
    pub fn arn(&self) -> &Arn {
        match self {
            Self::Declared { id: _, arn } | Self::Foreign(arn) => arn,
        }
    }
}

impl Lowering<'_> {
    /// Reports a mistake.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Claims what only one thing of a file can have, such as the place of a credential; `what` is equal for equal
    /// places.
    pub fn claim(&mut self, what: String, span: Span) {
        match self.claims.get(&what) {
            Some(first) => {
                let finding = Finding::error("E0507", span, format!("`{}` is used twice", self.sources.text(span)))
                    .label("what is stored is never overwritten: name another place")
                    .related(*first, "used here first");
                self.report(finding);
            }
            None => drop(self.claims.insert(what, span)),
        }
    }

    /// Holds a number of things against a quota: beyond what AWS grants to anybody is an error, beyond the default a
    /// warning.
    pub fn within(&mut self, node: Option<&Node>, count: usize, quota: Quota, what: &str) {
        let Some(node) = node else { return };
        let most = match quota.adjustable {
            Adjustable::No | Adjustable::Yes => quota.value,
            Adjustable::UpTo(most) => most,
        };
        match quota.standing(u64::try_from(count).unwrap_or(u64::MAX)) {
            Standing::Within => {}
            Standing::BeyondDefault => {
                let message = format!("{count} {what}; AWS takes {} unless the quota was raised", quota.value);
                self.report(Finding::warning("E0415", node.span, message));
            }
            Standing::Beyond => {
                let message = format!("{count} {what}, and AWS takes at most {most}");
                self.report(Finding::error("E0413", node.span, message));
            }
        }
    }

    /// What the decoders of [`super::table`] read with.
    pub fn reading(&mut self) -> Reading<'_> {
        Reading {
            sources: self.sources,
            findings: self.findings,
        }
    }

    /// The fields of a resource's mapping; unknown ones are reported.
    pub fn table<'n, K: Member>(&mut self, node: &'n Node) -> Option<Table<'n>> {
        Table::new(node, K::NAME, K::KIND.known_keys(), &mut self.reading())
    }

    /// Where something is written.
    #[must_use]
    pub fn place(&self, node: &Node) -> Place {
        self.sources.place(node.span)
    }

    /// A value that AWS constrains.
    pub fn parse<T>(&mut self, node: &Node, what: &str, parse: impl FnOnce(&str) -> Result<T, NameError>) -> Option<T> {
        let text = table::text(node, what, &mut self.reading())?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(name_finding(node.span, what, &error));
                None
            }
        }
    }

    /// The tags of a resource: the common ones and its own, which win.
    pub fn tags(&mut self, own: Option<&Node>) -> BTreeMap<String, String> {
        let mut tags = self.common_tags.clone();
        let entries = own
            .and_then(|node| table::entries(node, "tags", "names to text", &mut self.reading()))
            .unwrap_or_default();
        for (key, value) in entries {
            let key_node = Node {
                span: key.span,
                value: Value::Text(key.text.clone()),
            };
            let value = table::text(value, &key.text, &mut self.reading()).map(|_| value);
            let parsed = (
                self.parse(&key_node, "tag key", TagKey::parse),
                value.and_then(|value| self.parse(value, "tag value", TagValue::parse)),
            );
            if let (Some(key), Some(value)) = parsed {
                tags.insert(key.to_string(), value.to_string());
            }
        }
        if tags.len() > MOST_TAGS {
            let span = own.map(|node| node.span);
            let message = format!("{} tags, and AWS takes at most {MOST_TAGS} on one resource", tags.len());
            self.findings
                .extend(span.map(|span| Finding::error("E0413", span, message)));
        }
        tags
    }

    /// A policy document: in AWS's keys, a list of statements, JSON text, or `{ file: path }`.
    pub fn document(&mut self, node: &Node, flavour: Flavour) -> Option<Policy> {
        let policy = self.read_document(node, flavour)?;
        Some(self.keep(policy, flavour, node.span))
    }

    /// A document that was read, in its partition and known to the rules.
    pub fn keep(&mut self, policy: Policy, flavour: Flavour, span: Span) -> Policy {
        let policy = policy.in_partition(self.home.partition.as_str());
        self.documents.push(Site {
            flavour,
            policy: policy.clone(),
            span,
        });
        policy
    }

    fn read_document(&mut self, node: &Node, flavour: Flavour) -> Option<Policy> {
        match node.get("file") {
            Some(path) => {
                for (key, _) in node.entries().iter().filter(|(key, _)| key.text != "file") {
                    let message = format!("`{}` stands beside `file`", key.text);
                    let label = "a document in a file of its own stands there whole: remove this";
                    self.report(Finding::error("E0303", key.span, message).label(label));
                }
                let before = self.findings.len();
                let read = self.json_file(path);
                // One fault has one name, wherever the document stands.
                for finding in self.findings.iter_mut().skip(before) {
                    if ["E0204", "E0211"].contains(&finding.code) {
                        finding.code = codes::NOT_JSON;
                    }
                }
                self.policy_of(&read?, flavour)
            }
            _ => self.policy_of(node, flavour),
        }
    }

    /// A document that has to be mended is judged all the same, as far as it can be read: all is told at once.
    fn policy_of(&mut self, node: &Node, flavour: Flavour) -> Option<Policy> {
        let policy = Policy::from_node(node, flavour, self.findings);
        if policy.is_none()
            && let Ok(policy) = of_node(node, policy_doc::Reading::Asked(flavour))
        {
            let span = node.span;
            self.documents.push(Site { flavour, policy, span });
        }
        policy
    }

    /// The tree of a strict JSON file that a node names, interpolated.
    pub fn json_file(&mut self, path: &Node) -> Option<Node> {
        let file = files::text_beside(self.files, path, self.sources, self.findings)?;
        match json::parse_json(self.sources, file) {
            Ok(tree) => {
                let (tree, findings) = interpolate::interpolate(&tree, self.names, self.sources);
                self.findings.extend(findings);
                Some(tree)
            }
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }

    /// Named documents, `inline_policies:`; the sum of their sizes is held against the quota of their holder.
    pub fn inline_policies(&mut self, node: Option<&Node>, most: usize, holder: &str) -> BTreeMap<String, Policy> {
        let Some(node) = node else { return BTreeMap::new() };
        let entries =
            table::entries(node, "inline_policies", "names to documents", &mut self.reading()).unwrap_or_default();
        let mut policies = BTreeMap::new();
        for (key, document) in entries {
            let key_node = Node {
                span: key.span,
                value: Value::Text(key.text.clone()),
            };
            let name = self.parse(&key_node, "inline policy", InlinePolicyName::parse);
            let policy = self.document(document, Flavour::Identity);
            if let (Some(name), Some(policy)) = (name, policy) {
                policies.insert(name.to_string(), policy);
            }
        }
        let size: usize = policies.values().map(Policy::size).sum();
        if size > most {
            let message =
                format!("the inline policies of this {holder} are {size} characters long, and AWS takes {most} in sum");
            self.report(Finding::error("P008", node.span, message).label("make one of them a managed policy"));
        }
        policies
    }

    /// A list of managed policies, `policies:`; how many they may be depends on their holder, see [`Lowering::within`].
    pub fn policies(&mut self, node: Option<&Node>) -> BTreeSet<Arn> {
        let Some(node) = node else { return BTreeSet::new() };
        let items = table::list(node, "policies", "policies", &mut self.reading()).unwrap_or_default();
        let mut arns = BTreeSet::new();
        for item in items {
            let Some(arn) = self.managed_policy(item) else { continue };
            self.attached.push((arn.to_string(), item.span));
            if !arns.insert(arn) {
                self.report(
                    Finding::error("E0414", item.span, "this policy is listed twice").label("remove one of them"),
                );
            }
        }
        arns
    }

    /// A managed policy: a declared one by id, an AWS-managed one by name, an ARN, or `{ existing: NAME }`.
    pub fn managed_policy(&mut self, node: &Node) -> Option<Arn> {
        if let Value::Map(_) = node.value {
            return self
                .reference(node, PolicyKind::KIND, &[])
                .map(|referent| referent.arn().clone());
        }
        let name = table::text(node, "policy", &mut self.reading())?.to_owned();
        if self.declared_arn(PolicyKind::KIND, &name).is_none() && !name.starts_with("arn:") {
            if let Some(managed) = catalogue::managed_policy(&name) {
                return self.aws_managed(node, managed);
            }
            let near: Vec<&str> = catalogue::suggest(&name).into_iter().collect();
            return self
                .reference(node, PolicyKind::KIND, &near)
                .map(|referent| referent.arn().clone());
        }
        let arn = self.reference(node, PolicyKind::KIND, &[])?.arn().clone();
        self.check_managed_arn(node, &arn);
        Some(arn)
    }

    fn aws_managed(&mut self, node: &Node, managed: &catalogue::Managed) -> Option<Arn> {
        self.attachable(node, managed);
        Arn::parse(&managed.arn(self.home.partition.as_str())).ok()
    }

    /// Says what keeps a policy from being attached; a file may allow what is attached already.
    fn attachable(&mut self, node: &Node, managed: &catalogue::Managed) {
        let name = managed.name;
        let finding = match (managed.status, managed.attachment()) {
            (catalogue::Status::Deprecated { replacement }, _) => {
                let label = replacement.map_or("no replacement is known".to_owned(), |new| format!("use `{new}`"));
                Finding::error(
                    "P105",
                    node.span,
                    format!("`{name}` can't be attached any more: AWS has withdrawn it"),
                )
                .label(label)
            }
            (catalogue::Status::Current, catalogue::Attachment::Principals) => return,
            (catalogue::Status::Current, _) => Finding::error(
                "E0503",
                node.span,
                format!("`{name}` can't be attached: AWS keeps it for its own roles"),
            )
            .label("name another policy"),
        };
        self.report(finding);
    }

    /// An ARN of AWS's own must have the path that AWS gave it, else IAM answers NoSuchEntity.
    fn check_managed_arn(&mut self, node: &Node, arn: &Arn) {
        if !arn.is_aws_managed_policy() {
            return;
        }
        let tail = arn.resource().strip_prefix("policy").unwrap_or_default();
        let known = arn
            .policy_name()
            .and_then(|name| catalogue::managed_policy(name.as_str()));
        match known {
            Some(managed) if catalogue::by_arn_tail(tail).is_none() => {
                let right = managed.arn(self.home.partition.as_str());
                let message = format!("`{arn}` does not exist: the policy has another path");
                self.report(Finding::error("P106", node.span, message).label(format!("it is `{right}`")));
            }
            Some(managed) => self.attachable(node, managed),
            // AWS adds policies every week; one that the table doesn't know may well exist.
            None => {
                let message = format!("`{arn}` is no AWS-managed policy that was known when this version was made");
                let near = arn.policy_name().and_then(|name| catalogue::suggest(name.as_str()));
                let finding = Finding::warning("P105", node.span, message);
                self.report(match near {
                    Some(near) => finding.label(format!("did you mean `{near}`?")),
                    None => finding,
                });
            }
        }
    }

    /// A reference to a thing of a kind: a declared id, an ARN, or `{ existing: NAME }`. `also` are further names that a
    /// suggestion may come from.
    pub fn reference(&mut self, node: &Node, kind: KindName, also: &[&str]) -> Option<Referent> {
        if let Value::Map(_) = node.value {
            return self.existing(node, kind).map(Referent::Foreign);
        }
        let text = table::text(node, kind.name(), &mut self.reading())?.to_owned();
        if let Some(arn) = self.declared_arn(kind, &text) {
            return Some(Referent::Declared { id: text, arn });
        }
        if text.starts_with("arn:") {
            let arn = self.parse(node, kind.name(), Arn::parse)?;
            return self.is_arn_of(node, kind, &arn).then(|| self.settle_arn(kind, arn));
        }
        let section = kind.section().key;
        let declared = self
            .index
            .get(&kind)
            .into_iter()
            .flat_map(|ids| ids.keys().map(String::as_str));
        let near = nearest(&text, declared.chain(also.iter().copied())).map(str::to_owned);
        let label = near.map_or(
            format!("declare it under `{section}:`, or write `{{ existing: {text} }}`"),
            |near| format!("did you mean `{near}`?"),
        );
        self.report(
            Finding::error("E0501", node.span, format!("there is no {kind} `{text}` in this file")).label(label),
        );
        None
    }

    /// IAM writes its kinds into its ARNs, so that another kind's is a slip; elsewhere the service can be told.
    fn is_arn_of(&mut self, node: &Node, kind: KindName, arn: &Arn) -> bool {
        let prefix = format!("{}/", kind.name());
        let fits = arn.service() == kind.section().service && (!kind.is_iam() || arn.resource().starts_with(&prefix));
        if !fits {
            let message = format!("`{arn}` is not the ARN of a {kind}");
            let label = if kind.is_iam() {
                format!("such an ARN has `:iam::` and `:{prefix}` in it")
            } else {
                format!("such an ARN has `:{}:` in it", kind.section().service)
            };
            self.report(Finding::error("E0501", node.span, message).label(label));
        }
        fits
    }

    /// The ARN of a declared thing leads to it.
    fn settle_arn(&self, kind: KindName, arn: Arn) -> Referent {
        let ids = self.index.get(&kind).into_iter().flatten();
        let declared = ids.map(|(id, declared)| (id, self.arn_of(kind, declared)));
        match declared.into_iter().find(|(_, known)| known.as_ref() == Some(&arn)) {
            Some((id, _)) => Referent::Declared { id: id.clone(), arn },
            None => Referent::Foreign(arn),
        }
    }

    fn existing(&mut self, node: &Node, kind: KindName) -> Option<Arn> {
        let mut table = Table::new(node, "reference", &["existing"], &mut self.reading())?;
        let name_node = table.required("existing", &mut self.reading())?;
        let name = table::written_text(name_node, "existing", &mut self.reading())?.to_owned();
        let declared = Declared::bare(&name, self.region, name_node.span);
        let arn = self.arn_of(kind, &declared);
        if let Some(error) = kind.visit(Refusal(&declared)) {
            self.report(name_finding(name_node.span, kind.name(), &error));
            return None;
        }
        if let Some((id, first)) = self.declared_as(kind, &name) {
            let message = format!("{kind} `{name}` is declared in this file");
            let finding = Finding::error("E0501", node.span, message).label(format!("write `{id}`"));
            self.report(finding.related(first, "declared here"));
            return None;
        }
        self.existing.insert(Existing {
            kind,
            declared,
            place: self.sources.place(name_node.span),
        });
        arn
    }

    /// The id under which something of this AWS name is declared.
    fn declared_as(&self, kind: KindName, name: &str) -> Option<(String, Span)> {
        let same = |known: &str| known == name || kind.is_iam() && known.eq_ignore_ascii_case(name);
        let mut ids = self.index.get(&kind).into_iter().flatten();
        ids.find(|(_, known)| same(&known.name))
            .map(|(id, known)| (id.clone(), known.span))
    }

    /// The ARN of a declared thing, by its id in the file.
    #[must_use]
    pub fn declared_arn(&self, kind: KindName, id: &str) -> Option<Arn> {
        self.arn_of(kind, self.index.get(&kind)?.get(id)?)
    }

    fn arn_of(&self, kind: KindName, declared: &Declared) -> Option<Arn> {
        arn_of(kind, declared, self.learned, self.home)
    }
}

/// Why AWS would refuse a name.
struct Refusal<'a>(&'a Declared);

impl VisitKind for Refusal<'_> {
    type Out = Option<NameError>;

    fn visit<K: Member>(self) -> Option<NameError> {
        K::identify(self.0).err()
    }
}

/// The ARN of a thing by what the file says of it and, for paths that the file leaves open, by what AWS told.
#[must_use]
pub fn arn_of(kind: KindName, declared: &Declared, learned: &Learned, home: &Home) -> Option<Arn> {
    struct Named<'a>(&'a Declared, IamPath, &'a Home);
    impl VisitKind for Named<'_> {
        type Out = Option<Arn>;
        fn visit<K: Member>(self) -> Option<Arn> {
            K::arn_named(self.0, &self.1, self.2)
        }
    }
    let written = declared
        .path
        .as_deref()
        .map(|path| IamPath::parse(path).unwrap_or_default());
    let known = learned.paths.get(&(kind, declared.name.to_lowercase()));
    let path = written.or_else(|| known.cloned()).unwrap_or_default();
    kind.visit(Named(declared, path, home))
}

/// Tags on one resource, at most (IAM quotas; the same for Lambda, S3 and EventBridge).
pub const MOST_TAGS: usize = 50;

/// A mistake of a name as a finding, with what would be right under the carets.
#[must_use]
pub fn name_finding(span: Span, what: &str, error: &NameError) -> Finding {
    let finding = Finding::error("E0411", span, format!("{what}: {error}"));
    match error.right() {
        Some(right) => finding.label(format!("write `{right}`")),
        None => finding,
    }
}

impl Lowering<'_> {
    /// A permissions boundary: a policy, or `none` in words; the outer `None` is a mistake.
    pub fn boundary(&mut self, node: Option<&Node>) -> Option<Option<Arn>> {
        match node {
            None => Some(None),
            Some(node) if node.text() == Some("none") => Some(None),
            Some(node) => self.managed_policy(node).map(Some),
        }
    }

    /// The ids of the declared roles and users.
    pub fn principal_ids(&self) -> impl Iterator<Item = &str> {
        let kinds = self.index.iter().filter(|(kind, _)| kind.section().principal);
        kinds.flat_map(|(_, ids)| ids.keys().map(String::as_str))
    }

    /// The ARN of a declared role or user by its id.
    #[must_use]
    pub fn principal_arn(&self, id: &str) -> Option<Arn> {
        let kinds = KindName::ALL.iter().filter(|kind| kind.section().principal);
        kinds.filter_map(|kind| self.declared_arn(*kind, id)).next()
    }

    /// The path of an IAM thing whose file does not write one: as it is in AWS, `/` for a new one.
    #[must_use]
    pub fn known_path<K: Member>(&self, name: &str) -> IamPath {
        self.learned
            .paths
            .get(&(K::KIND, name.to_lowercase()))
            .cloned()
            .unwrap_or_default()
    }

    /// A description: IAM takes no characters beyond Latin-1 and at most `most` of them.
    pub fn description(&mut self, node: &Node, most: usize) -> Option<String> {
        let text = table::text(node, "description", &mut self.reading())?.to_owned();
        let length = text.chars().count();
        if length > most {
            let message = format!("this description has {length} characters, and AWS takes {most}");
            self.report(Finding::error("E0412", node.span, message));
            return None;
        }
        let odd = text
            .chars()
            .find(|c| !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}'));
        if let Some(odd) = odd {
            let message = format!("IAM takes no `{}` in a description", odd.escape_debug());
            let label = "write plain Latin letters, digits and punctuation";
            self.report(Finding::error("E0411", node.span, message).label(label));
            return None;
        }
        Some(text)
    }
}
