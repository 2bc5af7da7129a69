//! A case: one request and the policies that have a say in it.
//!
//! Invariant: whatever is wrong is reported with its place, and then there is no case. A key that is near a known one is
//! an error, so that no misspelt limit is overlooked.

use crate::evaluate::{Context, Layers, Named, Principal, Request};
use crate::policy_doc::{Document, Flavour, Reading, Word, codes, of_node};
use crate::spec::finding::Finding;
use crate::spec::node::{Key, Node, Value};

/// A request and its policies.
pub(super) struct Case {
    pub(super) request: Request,
    identity: Vec<Owned>,
    boundary: Option<Vec<Owned>>,
    session: Option<Vec<Owned>>,
    resource: Option<Owned>,
    scps: Vec<Vec<Owned>>,
    rcps: Vec<Vec<Owned>>,
    endpoints: Option<Vec<Owned>>,
}

/// A document and its name.
struct Owned {
    name: String,
    document: Document,
}

impl Owned {
    fn named(&self) -> Named<'_> {
        Named {
            name: self.name.clone(),
            document: &self.document,
        }
    }
}

fn named(policies: &[Owned]) -> Vec<Named<'_>> {
    policies.iter().map(Owned::named).collect()
}

const CASE: &[&str] = &[
    "request",
    "identityPolicies",
    "resourcePolicy",
    "permissionBoundaries",
    "sessionPolicy",
    "serviceControlPolicies",
    "resourceControlPolicies",
    "endpointPolicies",
    "contextComplete",
];
const REQUEST: &[&str] = &["action", "resource", "principal", "context", "contextComplete"];
const RESOURCE: &[&str] = &["resource", "accountId"];
const LEVEL: &[&str] = &["orgIdentifier", "policies"];
const NAMED: &[&str] = &["name", "policy"];

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader { findings: Vec::new() };
        let case = reader.case(node);
        match case {
            Some(case) if reader.findings.is_empty() => Ok(case),
            _ => Err(reader.findings),
        }
    }

    pub(super) fn layers(&self) -> Layers<'_> {
        Layers {
            identity: named(&self.identity),
            boundary: self.boundary.as_deref().map(named),
            session: self.session.as_deref().map(named),
            resource: self.resource.as_ref().map(Owned::named),
            scps: self.scps.iter().map(|level| named(level)).collect(),
            rcps: self.rcps.iter().map(|level| named(level)).collect(),
            endpoints: self.endpoints.as_deref().map(named),
            ..Layers::default()
        }
    }
}

struct Reader {
    findings: Vec<Finding>,
}

/// What is there: `null` is the same as nothing.
fn given<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|value| value.value != Value::Null)
}

impl Reader {
    fn case(&mut self, node: &Node) -> Option<Case> {
        self.keys(node, "a case", CASE)?;
        let is_complete = self.completeness(node);
        let request = self.required(node, "request", "the case")?;
        let request = self.request(request, is_complete);
        let case = Case {
            identity: self
                .policies(node, "identityPolicies", Flavour::Identity)
                .unwrap_or_default(),
            boundary: self.policies(node, "permissionBoundaries", Flavour::Boundary),
            session: self.policies(node, "sessionPolicy", Flavour::Session),
            resource: given(node, "resourcePolicy").and_then(|policy| {
                let flavour = of_resource(document_of(policy));
                self.policy(policy, "resourcePolicy", flavour)
            }),
            // AWS takes no SCP or RCP of 2008; here one is asked all the same, by the grammar of its nearest kin.
            scps: self.levels(node, "serviceControlPolicies", Flavour::Identity),
            rcps: self.levels(node, "resourceControlPolicies", Flavour::Endpoint),
            endpoints: self.policies(node, "endpointPolicies", Flavour::Endpoint),
            request: request?,
        };
        Some(case)
    }

    fn error(&mut self, code: &'static str, node: &Node, message: String, label: &str) {
        self.findings
            .push(Finding::error(code, node.span, message).label(label));
    }

    /// Reports keys that are near a known one; others are notes of the author.
    fn keys(&mut self, node: &Node, what: &str, known: &[&'static str]) -> Option<()> {
        let Value::Map(entries) = &node.value else {
            let message = format!("expected {what}, found {}", node.type_name());
            self.error(codes::WRONG_TYPE, node, message, "an object");
            return None;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            self.unknown(key, what, known);
        }
        Some(())
    }

    fn unknown(&mut self, key: &Key, what: &str, known: &[&'static str]) {
        let lower = key.text.to_ascii_lowercase();
        let is_limit = ["polic", "boundar", "context", "session"]
            .iter()
            .any(|part| lower.contains(part));
        let near = crate::names::nearest(&key.text, known.iter().copied());
        if near.is_none() && !is_limit {
            return;
        }
        let message = format!("{what} has no key `{}`", key.text);
        let finding = Finding::error(codes::UNKNOWN_ELEMENT, key.span, message);
        self.findings.push(match near {
            Some(near) => finding.label(format!("write `{near}`")),
            None => finding.label(format!("the keys are {}", known.join(", "))),
        });
    }

    fn required<'a>(&mut self, node: &'a Node, key: &str, what: &str) -> Option<&'a Node> {
        let found = given(node, key);
        if found.is_none() {
            let message = format!("{what} has no `{key}`");
            self.error(codes::MISSING_ELEMENT, node, message, "it is needed to answer");
        }
        found
    }

    fn text(&mut self, node: &Node, key: &str, what: &str) -> Option<String> {
        let found = self.required(node, key, what)?;
        self.words(found, key)
    }

    fn words(&mut self, node: &Node, key: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => {
                let message = format!("`{key}` must be a text that is not empty");
                self.error(codes::WRONG_TYPE, node, message, "a text");
                None
            }
        }
    }

    fn completeness(&mut self, node: &Node) -> Option<bool> {
        let found = given(node, "contextComplete")?;
        match found.value {
            Value::Bool(is_complete) => Some(is_complete),
            _ => {
                self.error(
                    codes::WRONG_TYPE,
                    found,
                    "`contextComplete` must be true or false".to_owned(),
                    "true or false",
                );
                None
            }
        }
    }

    fn request(&mut self, node: &Node, is_complete: Option<bool>) -> Option<Request> {
        self.keys(node, "a request", REQUEST)?;
        let is_complete = self.completeness(node).or(is_complete).unwrap_or(true);
        let action = self.text(node, "action", "the request");
        let action = action.filter(|action| self.is_action(action, node));
        let principal = self.principal(node);
        let resource = self.resource(node);
        let context = self.context(node, is_complete);
        let (resource, resource_account) = resource?;
        Some(Request {
            principal: principal?,
            action: action?,
            resource,
            resource_account,
            context: context?,
        })
    }

    fn is_action(&mut self, action: &str, node: &Node) -> bool {
        let is_action = action
            .split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
            && !action.contains(['*', '?'])
            && !action.contains(char::is_whitespace);
        if !is_action {
            let at = node.get("action").unwrap_or(node);
            let message = format!("`{action}` is no action");
            self.error(codes::BAD_ACTION, at, message, "one action, such as `s3:GetObject`");
        }
        is_action
    }

    fn principal(&mut self, node: &Node) -> Option<Principal> {
        let found = self.required(node, "principal", "the request")?;
        let text = self.words(found, "principal")?;
        match Principal::parse(&text) {
            Ok(principal) => Some(principal),
            Err(error) => {
                let label = "the ARN of a user, role or session, an account id, a service principal, or `*`";
                self.error(codes::BAD_PRINCIPAL, found, error.to_string(), label);
                None
            }
        }
    }

    /// The resource and who owns it; a bare text has no owner but its ARN's.
    fn resource(&mut self, node: &Node) -> Option<(String, Option<String>)> {
        let found = self.required(node, "resource", "the request")?;
        if let Value::Text(_) = &found.value {
            return Some((self.words(found, "resource")?, None));
        }
        self.keys(found, "a resource", RESOURCE)?;
        let resource = self.text(found, "resource", "the resource");
        let account = given(found, "accountId");
        let account = match account.map(|account| (account, &account.value)) {
            None => None,
            // An id without quotes keeps its digits.
            Some((_, Value::Text(id) | Value::Number(id))) if is_account(id) => Some(id.clone()),
            Some((account, _)) => {
                let message = "`accountId` must be twelve digits".to_owned();
                self.error(codes::WRONG_TYPE, account, message, "such as \"111122223333\"");
                return None;
            }
        };
        Some((resource?, account))
    }

    fn context(&mut self, node: &Node, is_complete: bool) -> Option<Context> {
        let mut context = match is_complete {
            true => Context::complete(),
            false => Context::incomplete(),
        };
        let Some(found) = given(node, "context") else {
            return Some(context);
        };
        let Value::Map(entries) = &found.value else {
            let message = format!("`context` must be an object, found {}", found.type_name());
            self.error(codes::WRONG_TYPE, found, message, "keys and their values");
            return None;
        };
        for (key, value) in entries {
            if context.get(&key.text).is_some() {
                let message = format!("the key `{}` stands twice: keys have no case", key.text);
                self.findings
                    .push(Finding::error(codes::CONDITION_TWICE, key.span, message).label("take one out"));
            }
            context.set(&key.text, self.values(&key.text, value)?);
        }
        Some(context)
    }

    fn values(&mut self, key: &str, node: &Node) -> Option<Vec<String>> {
        match &node.value {
            Value::Null => Some(Vec::new()),
            Value::List(items) => items.iter().map(|item| self.value(key, item)).collect(),
            _ => Some(vec![self.value(key, node)?]),
        }
    }

    fn value(&mut self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => {
                let message = format!(
                    "`{key}` must be a value or a list of values, found {}",
                    node.type_name()
                );
                self.error(codes::WRONG_TYPE, node, message, "a text, a number, true or false");
                None
            }
        }
    }

    /// A list of policies, or one by itself.
    fn policies(&mut self, node: &Node, key: &str, flavour: Flavour) -> Option<Vec<Owned>> {
        let found = given(node, key)?;
        Some(match &found.value {
            Value::List(items) => self.items(items, key, flavour),
            _ => self.policy(found, key, flavour).into_iter().collect(),
        })
    }

    fn items(&mut self, items: &[Node], path: &str, flavour: Flavour) -> Vec<Owned> {
        let numbered = items.iter().enumerate();
        numbered
            .filter_map(|(index, item)| self.policy(item, &format!("{path}[{index}]"), flavour))
            .collect()
    }

    fn levels(&mut self, node: &Node, key: &str, flavour: Flavour) -> Vec<Vec<Owned>> {
        let Some(found) = given(node, key) else {
            return Vec::new();
        };
        let Value::List(levels) = &found.value else {
            let message = format!("`{key}` must be a list, found {}", found.type_name());
            self.error(
                codes::WRONG_TYPE,
                found,
                message,
                "one object for each level, from the root to the account",
            );
            return Vec::new();
        };
        let numbered = levels.iter().enumerate();
        numbered
            .filter_map(|(index, level)| self.level(level, &format!("{key}[{index}]"), flavour))
            .collect()
    }

    fn level(&mut self, node: &Node, path: &str, flavour: Flavour) -> Option<Vec<Owned>> {
        self.keys(node, "a level", LEVEL)?;
        let policies = self.required(node, "policies", "the level")?;
        let Value::List(items) = &policies.value else {
            let message = format!("`policies` must be a list, found {}", policies.type_name());
            self.error(codes::WRONG_TYPE, policies, message, "a list of policies");
            return None;
        };
        let path = match given(node, "orgIdentifier").and_then(Node::text) {
            Some(identifier) => identifier.to_owned(),
            None => format!("{path}.policies"),
        };
        Some(self.items(items, &path, flavour))
    }

    /// A bare document, or one with its name.
    fn policy(&mut self, node: &Node, path: &str, flavour: Flavour) -> Option<Owned> {
        let document = document_of(node);
        let mut name = path.to_owned();
        if node.get("policy").is_some() {
            self.keys(node, "a named policy", NAMED)?;
            if let Some(given) = given(node, "name") {
                name = self.words(given, "name")?;
            }
        }
        match read(document, flavour) {
            Ok(document) => Some(Owned { name, document }),
            Err(findings) => {
                if findings.is_empty() {
                    self.error(
                        codes::NOT_A_DOCUMENT,
                        document,
                        "this is no policy".to_owned(),
                        "a policy document",
                    );
                }
                self.findings.extend(findings);
                None
            }
        }
    }
}

/// Reads a document. What its statements are called decides nothing, so names that IAM would refuse are only names here.
fn read(node: &Node, flavour: Flavour) -> Result<Document, Vec<Finding>> {
    let of = |node: &Node| {
        let policy = of_node(node, Reading::Asked(flavour))?;
        policy.document().cloned().ok_or_else(Vec::new)
    };
    let findings = match of(node) {
        Ok(document) => return Ok(document),
        Err(findings) => findings,
    };
    let is_name = |finding: &Finding| [codes::BAD_SID, codes::SID_TWICE].contains(&finding.code);
    if findings.is_empty() || !findings.iter().all(is_name) {
        return Err(findings.into_iter().filter(|finding| !is_name(finding)).collect());
    }
    let mut nameless = node.clone();
    let names = take_names(&mut nameless);
    let mut document = of(&nameless)?;
    for (statement, name) in document.statements.iter_mut().zip(names) {
        statement.sid = name;
    }
    Ok(document)
}

/// Takes the names of all statements out.
fn take_names(node: &mut Node) -> Vec<Option<Word>> {
    let Value::Map(entries) = &mut node.value else {
        return Vec::new();
    };
    let statements = entries.iter_mut().find(|(key, _)| key.text == "Statement");
    match statements.map(|(_, node)| node) {
        None => Vec::new(),
        Some(node) => match &mut node.value {
            Value::List(items) => items.iter_mut().map(take_name).collect(),
            _ => vec![take_name(node)],
        },
    }
}

fn take_name(statement: &mut Node) -> Option<Word> {
    let Value::Map(entries) = &mut statement.value else {
        return None;
    };
    let at = entries.iter().position(|(key, _)| key.text == "Sid")?;
    let (_, node) = entries.remove(at);
    let text = node.text().filter(|text| !text.is_empty())?;
    Some(Word::new(text, node.span))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn document_of(node: &Node) -> &Node {
    node.get("policy").unwrap_or(node)
}

/// Trust policies name no resource.
fn of_resource(document: &Node) -> Flavour {
    let Some(statements) = document.get("Statement") else {
        return Flavour::Resource;
    };
    let names = |statement: &Node| statement.get("Resource").is_some() || statement.get("NotResource").is_some();
    let is_trust = match &statements.value {
        Value::List(items) => !items.is_empty() && !items.iter().any(names),
        _ => !names(statements),
    };
    match is_trust {
        true => Flavour::Trust,
        false => Flavour::Resource,
    }
}

#[cfg(test)]
mod tests {
    use super::Case;
    use crate::evaluate::{Answer, decide};
    use crate::policy_doc::tree;
    use crate::spec::finding::Finding;
    use crate::spec::source::Sources;

    const REQUEST: &str = r#""request":{"action":"s3:GetObject","resource":{"resource":"arn:aws:s3:::b/x","accountId":"111122223333"},"principal":"arn:aws:iam::111122223333:user/ana","context":{"k:flag":true,"k:number":7,"k:none":null,"k:list":["a",1]}}"#;
    const OPEN: &str =
        r#"{"Version":"2012-10-17","Statement":{"Sid":"no-plain name","Effect":"Allow","Action":"*","Resource":"*"}}"#;

    fn read(text: &str) -> Result<Answer, Vec<(String, String)>> {
        let mut sources = Sources::default();
        let file = sources.add("case.json", text);
        let node = tree(text, file).unwrap();
        let told = |finding: Finding| {
            (
                finding
                    .span
                    .map(|span| sources.text(span).to_owned())
                    .unwrap_or_default(),
                finding.message,
            )
        };
        match Case::read(&node) {
            Ok(case) => Ok(decide(&case.request, &case.layers())),
            Err(findings) => Err(findings.into_iter().map(told).collect()),
        }
    }

    fn case(policies: &str) -> String {
        format!("{{{REQUEST},{policies}}}")
    }

    #[test]
    fn policies_have_names() {
        for (policies, policy) in [
            (format!(r#""identityPolicies":[{OPEN}]"#), "identityPolicies[0]"),
            (
                format!(r#""identityPolicies":[{{"name":"open","policy":{OPEN}}}]"#),
                "open",
            ),
        ] {
            let answer = read(&case(&policies)).unwrap();
            assert_eq!(answer.policy.as_deref(), Some(policy));
            let statement = answer.statement.unwrap();
            assert_eq!(statement.sid.as_deref(), Some("no-plain name"));
        }
    }

    #[test]
    fn nothing_and_null_are_no_layer_and_an_empty_list_is_one() {
        for (more, expected) in [
            ("", "Allowed"),
            (
                r#","permissionBoundaries":null,"sessionPolicy":null,"resourcePolicy":null,"endpointPolicies":null"#,
                "Allowed",
            ),
            (r#","permissionBoundaries":[]"#, "ImplicitlyDenied"),
            (r#","endpointPolicies":[]"#, "ImplicitlyDenied"),
            (r#","serviceControlPolicies":[]"#, "Allowed"),
            (
                r#","serviceControlPolicies":[{"orgIdentifier":"r","policies":[]}]"#,
                "ImplicitlyDenied",
            ),
            (r#","name":"a note of the author","expected":1"#, "Allowed"),
        ] {
            let answer = read(&case(&format!(r#""identityPolicies":[{OPEN}]{more}"#))).unwrap();
            assert_eq!(answer.decision.as_str(), expected, "{more}");
        }
    }

    #[test]
    fn values_of_every_type_are_texts() {
        for condition in [
            r#"{"Bool":{"k:flag":"true"}}"#,
            r#"{"NumericEquals":{"k:number":"7"}}"#,
            r#"{"Null":{"k:none":"true"}}"#,
            r#"{"ForAllValues:StringEquals":{"k:list":["a","1"]}}"#,
        ] {
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}]}}"#
            );
            let answer = read(&case(&format!(r#""identityPolicies":[{policy}]"#))).unwrap();
            assert_eq!(answer.decision.as_str(), "Allowed", "{condition}");
        }
    }

    #[test]
    fn everything_wrong_is_told_with_its_place() {
        let wrong = r#"{"request":{"action":"s3:*","resource":"arn:aws:s3:::b","principal":"ana","context":{"a:b":{},"A:B":"x"}},
            "sessionPolicies":[],"identityPolicies":[{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}]}"#;
        let findings = read(wrong).unwrap_err();
        for (place, message) in [
            ("\"s3:*\"", "is no action"),
            ("\"ana\"", "is no principal"),
            ("{}", "must be a value"),
            ("\"sessionPolicies\"", "no key"),
            ("\"allow\"", "is no effect"),
        ] {
            let is_told = |(at, told): &(String, String)| at == place && told.contains(message);
            assert!(findings.iter().any(is_told), "{place} {message}: {findings:?}");
        }
        for text in ["[]", "{}", r#"{"request":{}}"#, r#"{"request":1}"#] {
            assert!(!read(text).unwrap_err().is_empty(), "{text}");
        }
    }
}
