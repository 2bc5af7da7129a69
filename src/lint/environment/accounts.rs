//! P214: numbers of accounts that are neither this one nor declared.
//!
//! Invariant: told only where the file pins its own account: otherwise every number may be the right one.

use std::collections::BTreeSet;

use super::{Thing, Whole, told};
use crate::lint::Told;
use crate::policy_doc::{Document, PrincipalType, Statement, Word};
use crate::spec::source::Span;

/// Accounts of AWS itself that its guides tell people to name: Elastic Load Balancing's writers of access logs
/// (Application Load Balancers, "Enable access logs"), and the registries of EKS and of the deep learning containers.
const OF_AWS: &[&str] = &[
    "009996457667",
    "027434742980",
    "033677994240",
    "048591011584",
    "054676820928",
    "076674570225",
    "098369216593",
    "114774131450",
    "127311923021",
    "156460612806",
    "190560391635",
    "582318560864",
    "383597477331",
    "507241528517",
    "600734575887",
    "602401143452",
    "635631232127",
    "638102146993",
    "652711504416",
    "718504428378",
    "754344448648",
    "763104351884",
    "783225319266",
    "797873946194",
    "897822967062",
    "985666609251",
];

/// Whose numbers are expected.
struct Known<'a> {
    own: &'a str,
    others: &'a BTreeSet<String>,
}

impl Known<'_> {
    fn has(&self, id: &str) -> bool {
        self.own == id || self.others.contains(id) || OF_AWS.contains(&id)
    }
}

pub(super) fn check(whole: &Whole<'_>, told: &mut Vec<Told>) {
    let Some(own) = whole.account.as_deref() else {
        return;
    };
    let known = Known {
        own,
        others: &whole.accounts,
    };
    for thing in &whole.things {
        let mut said = BTreeSet::new();
        for (id, place) in numbers(thing) {
            if !known.has(&id) && said.insert(id.clone()) {
                told.push(tell(thing, &id, place, own));
            }
        }
    }
}

fn tell(thing: &Thing<'_>, id: &str, place: Option<Span>, own: &str) -> Told {
    let finding = told("P214", place.or(thing.span), format!("account {id} is neither this one ({own}) nor declared"))
        .label("whose account is this?")
        .help(format!("write `{own}` or `$(account)`, or declare the other account in the file's head: `lint: {{ accounts: [\"{id}\"] }}`"));
    Told {
        address: Some(thing.address.clone()),
        finding,
    }
}

/// The account numbers of a resource, each with its place.
fn numbers(thing: &Thing<'_>) -> Vec<(String, Option<Span>)> {
    let mut found = Vec::new();
    for written in &thing.documents {
        let words = words(written.document).into_iter();
        found.extend(words.filter_map(|word| Some((number(word)?, word.at.0.or(Some(written.span))))));
    }
    for (arn, span) in &thing.managed {
        found.extend(in_arn(arn).map(|id| (id.to_owned(), *span)));
    }
    found
}

/// Texts that may name an account: principals, resources, and condition values that are ARNs or accounts.
fn words(document: &Document) -> Vec<&Word> {
    document.statements.iter().flat_map(of_statement).collect()
}

fn of_statement(statement: &Statement) -> Vec<&Word> {
    let principals = statement.principal.iter().flat_map(|clause| clause.entries());
    let mut words: Vec<&Word> = principals
        .filter(|entry| matches!(entry.kind, PrincipalType::Aws | PrincipalType::Federated))
        .map(|entry| &entry.name)
        .collect();
    words.extend(statement.resource.iter().flat_map(|clause| &clause.items));
    for condition in &statement.conditions {
        let is_account = condition.key.text.to_ascii_lowercase().ends_with("account");
        words.extend(
            condition
                .values
                .iter()
                .filter(|value| is_account || value.text.starts_with("arn:")),
        );
    }
    words
}

fn number(word: &Word) -> Option<String> {
    let text = word.text.as_str();
    let id = if is_id(text) { Some(text) } else { in_arn(text) };
    id.map(str::to_owned)
}

fn in_arn(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    rest.split(':').nth(3).filter(|account| is_id(account))
}

fn is_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
