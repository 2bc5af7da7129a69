//! What AWS would refuse although the grammar is right.
//!
//! Invariant: every finding here is an error for certain; what is only doubtful belongs to a linter.

use super::document::{
    At, Clause, Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Version,
    Who, Word,
};
use super::flavour::{Flavour, Part};
use super::queries::{is_account_id, is_unique_id};
use super::{codes, placeholder};
use crate::spec::finding::Finding;

/// For whom a document is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// Somebody writes it.
    Written,
    /// AWS may hold it: dead principals, variables in a document of 2008, and placeholders are taken.
    Held,
}

/// Adds a finding for everything that AWS would refuse.
pub(super) fn document(document: &Document, flavour: Flavour, findings: &mut Vec<Finding>) {
    judge(document, flavour, Strictness::Written, findings);
}

/// The same of what AWS may hold already although nobody should write it.
pub(super) fn held(document: &Document, flavour: Flavour, findings: &mut Vec<Finding>) {
    judge(document, flavour, Strictness::Held, findings);
}

fn judge(document: &Document, flavour: Flavour, strictness: Strictness, findings: &mut Vec<Finding>) {
    let mut checker = Checker {
        flavour,
        strictness,
        version: document.version,
        findings,
    };
    checker.version(document);
    checker.sids(&document.statements);
    document.id.iter().for_each(|id| checker.characters(id));
    for statement in &document.statements {
        checker.statement(statement);
    }
}

struct Checker<'a> {
    flavour: Flavour,
    strictness: Strictness,
    version: Version,
    findings: &'a mut Vec<Finding>,
}

impl Checker<'_> {
    fn error(&mut self, code: &'static str, at: At, message: String, label: impl Into<String>) {
        self.findings.push(match at.0 {
            Some(span) => Finding::error(code, span, message).label(label),
            None => Finding::placeless(code, message).label(label),
        });
    }

    /// Whether another service than IAM holds the document, with rules of its own for names and characters.
    const fn is_of_a_service(&self) -> bool {
        matches!(self.flavour, Flavour::Resource | Flavour::Endpoint)
    }

    /// Organizations takes version 2012-10-17 alone (`MalformedPolicyDocumentException`).
    fn version(&mut self, document: &Document) {
        if self.flavour.is_of_organisation() && document.version == Version::V2008 {
            let message = format!("{} must have the `Version` 2012-10-17", self.flavour.as_str());
            self.error(
                codes::BAD_VERSION,
                document.at,
                message,
                "write `\"Version\": \"2012-10-17\"`",
            );
        }
    }

    /// `Allow` is for the policy that AWS attaches itself, `RCPFullAWSAccess` (Organizations, "RCP syntax").
    fn resource_control(&mut self, statement: &Statement) {
        if statement.effect == Effect::Allow && !is_full_access(statement) {
            let message = "a resource control policy can only deny".to_owned();
            self.error(codes::ELEMENT_NOT_ALLOWED, statement.effect_at, message, "write `Deny`");
        }
        if let Some(clause) = &statement.principal
            && clause.entries().iter().any(|entry| entry.name.text != "*")
        {
            let message = "a resource control policy takes no principal but `*`".to_owned();
            let label = "write `\"*\"` and a condition on `aws:PrincipalArn`";
            self.error(codes::BAD_PRINCIPAL, clause.at, message, label);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        if self.flavour == Flavour::Rcp {
            self.resource_control(statement);
        }
        statement.sid.iter().for_each(|sid| self.characters(sid));
        statement.principal.iter().for_each(|clause| self.principals(clause));
        for action in &statement.action.items {
            self.action(action);
        }
        statement.resource.iter().for_each(|clause| self.resources(clause));
        self.conditions(&statement.conditions);
    }

    fn sids(&mut self, statements: &[Statement]) {
        let mut seen: Vec<&Word> = Vec::new();
        for sid in statements.iter().filter_map(|statement| statement.sid.as_ref()) {
            self.sid(sid);
            match seen.iter().find(|earlier| earlier.text == sid.text) {
                Some(earlier) => self.sid_twice(sid, earlier),
                None => seen.push(sid),
            }
        }
    }

    fn sid_twice(&mut self, sid: &Word, earlier: &Word) {
        let message = format!("the `Sid` `{}` stands twice", sid.text);
        self.error(
            codes::SID_TWICE,
            sid.at,
            message,
            "give this statement another one, or none",
        );
        if let (Some(finding), Some(span)) = (self.findings.last_mut(), earlier.at.0) {
            finding.related.push((span, "first used here".to_owned()));
        }
    }

    /// IAM takes ASCII letters and digits only (`MalformedPolicyDocument`); resource policies of some services take more.
    fn sid(&mut self, sid: &Word) {
        if self.is_of_a_service() || sid.text.chars().all(|c| c.is_ascii_alphanumeric()) {
            return;
        }
        let kept: String = sid.text.chars().filter(char::is_ascii_alphanumeric).collect();
        let label = match kept.is_empty() {
            true => "only letters and digits are allowed".to_owned(),
            false => format!("only letters and digits are allowed: `{kept}`"),
        };
        self.error(
            codes::BAD_SID,
            sid.at,
            format!("the `Sid` `{}` has characters that IAM refuses", sid.text),
            label,
        );
    }

    fn action(&mut self, action: &Word) {
        self.characters(action);
        let label = match action_fault(&action.text, self.flavour) {
            None => return,
            Some(label) => label,
        };
        self.error(
            codes::BAD_ACTION,
            action.at,
            format!("`{}` is no action", action.text),
            label,
        );
    }

    fn resources(&mut self, clause: &Clause) {
        for resource in &clause.items {
            self.characters(resource);
            self.variables(resource);
            if !self.placeholder(resource) {
                self.resource(resource);
            }
        }
    }

    /// Only policies of identities are judged: API Gateway's resource policies hold `execute-api:/stage/…`.
    fn resource(&mut self, resource: &Word) {
        let judged = self.flavour.principal() == Part::Forbidden;
        // IAM: "Resource … must be in ARN format or \"*\"" (`MalformedPolicyDocument`).
        let begins_right = ["arn:", "*", "${"].iter().any(|start| resource.text.starts_with(start));
        if judged && !resource.text.is_empty() && !begins_right {
            let message = format!("`{}` is neither `*` nor an ARN", resource.text);
            self.error(codes::BAD_RESOURCE, resource.at, message, "expected `*` or `arn:…`");
        }
    }

    fn principals(&mut self, clause: &PrincipalClause) {
        let entries = match &clause.who {
            Who::Everyone => return,
            Who::Named(entries) => entries,
        };
        for entry in entries {
            self.characters(&entry.name);
            if !self.placeholder(&entry.name) {
                self.principal(entry);
            }
        }
    }

    fn principal(&mut self, PrincipalEntry { kind, name }: &PrincipalEntry) {
        let text = name.text.as_str();
        match kind {
            PrincipalType::Aws if is_unique_id(text) && self.strictness == Strictness::Held => {}
            PrincipalType::Aws if is_unique_id(text) => {
                let message = format!("the principal `{text}` is a unique id, which AWS refuses to store");
                let label = "name the user or role by its ARN; this id is of one that has been deleted";
                self.error(codes::UNIQUE_ID, name.at, message, label);
            }
            PrincipalType::Aws if !is_aws_principal(text) => {
                let message = format!("`{text}` is no `AWS` principal");
                let label = match text.contains(".amazonaws.com") {
                    true => format!("write `Service: {text}`"),
                    false => "expected the ARN of a user, role or account, a 12-digit account id or `*`".to_owned(),
                };
                self.error(codes::BAD_PRINCIPAL, name.at, message, label);
            }
            PrincipalType::Service if !text.is_empty() && text != "*" && !text.contains('.') => {
                let message = format!("`{text}` is no service principal");
                self.error(
                    codes::BAD_PRINCIPAL,
                    name.at,
                    message,
                    format!("write `{text}.amazonaws.com`"),
                );
            }
            PrincipalType::Aws | PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {}
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for (index, condition) in conditions.iter().enumerate() {
            self.characters(&condition.key);
            for value in &condition.values {
                self.characters(value);
                self.variables(value);
                self.placeholder(value);
            }
            let twice = |other: &&Condition| {
                other.operator == condition.operator && other.key.text.eq_ignore_ascii_case(&condition.key.text)
            };
            if conditions.iter().take(index).any(|other| twice(&other)) {
                let message = format!(
                    "`{}` stands twice under `{}`",
                    condition.key.text, condition.spelled.text
                );
                self.error(
                    codes::CONDITION_TWICE,
                    condition.key.at,
                    message,
                    "condition keys have no case: join the values",
                );
            }
        }
    }

    fn placeholder(&mut self, word: &Word) -> bool {
        let Some(part) = placeholder::find(&word.text) else {
            return false;
        };
        if self.strictness == Strictness::Held {
            return true;
        }
        let message = format!("the placeholder `{part}` was left in `{}`", word.text);
        self.error(
            codes::PLACEHOLDER,
            word.at,
            message,
            format!("put the real value for `{part}`"),
        );
        true
    }

    fn variables(&mut self, word: &Word) {
        if self.strictness == Strictness::Written && self.version == Version::V2008 && word.text.contains("${") {
            let message = format!(
                "`{}` has a policy variable, which version 2008-10-17 takes as literal text",
                word.text
            );
            self.error(
                codes::VARIABLE_IN_2008,
                word.at,
                message,
                "write `Version: \"2012-10-17\"`",
            );
        }
    }

    /// IAM takes tab, line feed, carriage return and U+0020 to U+00FF (`MalformedPolicyDocument`).
    fn characters(&mut self, word: &Word) {
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
        if self.is_of_a_service() {
            return;
        }
        if let Some(bad) = word.text.chars().find(|c| !allowed(*c)) {
            let message = format!(
                "`{}` has the character {} that IAM does not allow",
                word.text.escape_debug(),
                named(bad)
            );
            self.error(
                codes::BAD_CHARACTER,
                word.at,
                message,
                "allowed are tab, line ends and U+0020 to U+00FF",
            );
        }
    }
}

fn is_full_access(statement: &Statement) -> bool {
    let is_all = |clause: &Clause| clause.sense == Sense::Only && clause.items.iter().all(|item| item.text == "*");
    statement.conditions.is_empty() && is_all(&statement.action) && statement.resource.as_ref().is_some_and(is_all)
}

fn named(character: char) -> String {
    format!("`{}` (U+{:04X})", character.escape_debug(), u32::from(character))
}

fn action_fault(text: &str, flavour: Flavour) -> Option<String> {
    if text.is_empty() || text == "*" {
        return None;
    }
    let Some((service, name)) = text.split_once(':') else {
        // What begins with a capital is the name of an action; anything else is perhaps a service.
        let name = Some(text).filter(|text| text.starts_with(|c: char| c.is_ascii_uppercase()));
        let example = match flavour {
            Flavour::Trust => format!("sts:{}", name.unwrap_or("AssumeRole")),
            Flavour::Identity
            | Flavour::Boundary
            | Flavour::Session
            | Flavour::Resource
            | Flavour::Scp
            | Flavour::Rcp
            | Flavour::Endpoint => format!("s3:{}", name.unwrap_or("GetObject")),
        };
        return Some(format!("expected `*` or `service:name`, such as `{example}`"));
    };
    if text.contains(char::is_whitespace) {
        return Some("an action has no white space".to_owned());
    }
    if service.is_empty() || name.is_empty() {
        return Some("expected `service:name`, such as `s3:GetObject`".to_owned());
    }
    if service.contains(['*', '?']) && text != "*:*" {
        return Some("the service before the colon cannot have wildcards".to_owned());
    }
    let plain = service.chars().all(|c| c.is_ascii_alphanumeric() || "-*".contains(c));
    (!plain).then(|| format!("`{service}` is no service prefix"))
}

fn is_aws_principal(text: &str) -> bool {
    text.is_empty() || text == "*" || is_principal_arn(text) || is_account_id(text)
}

/// IAM refuses other ARNs as principals (`MalformedPolicyDocument`, "Invalid principal in policy"); `cloudfront` is the
/// account of its origin access identities.
fn is_principal_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam" | "sts", "", account, _] => is_account_id(account) || *account == "cloudfront",
        _ => false,
    }
}
