//! Whom a bucket's policy lets in: what is public, what of it the file consents to, and what S3 would refuse.
//!
//! Invariant: a public access block that restricts a public policy makes it open nothing; in doubt something is public.

use std::collections::BTreeSet;

use crate::kind::Kind as _;
use crate::names::{BucketName, limits};
use crate::policy_doc::{self, Clause, Flavour, Policy as Document, Sense, Statement, Word};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::table;

use super::Bucket;
use super::values::{Block, Blocks};

/// What `public:` may consent to: reading objects, by everybody.
const READING: [&str; 2] = ["s3:getobject", "s3:getobjectversion"];

/// The whole bucket policy.
pub(super) fn lower(bucket: &BucketName, node: &Node, cx: &mut Lowering<'_>) -> Option<Document> {
    let policy = cx.document(node, Flavour::Resource)?;
    let size = policy.size();
    if size as u64 > limits::BUCKET_POLICY_BYTES.value {
        let message = format!("this bucket policy is {size} bytes long, and AWS takes at most 20,480");
        cx.report(Finding::error("P008", node.span, message).label("say less, or give access from the roles' side"));
        return None;
    }
    let strangers: Vec<Finding> = policy
        .document()
        .map(|document| document.statements.iter())
        .into_iter()
        .flatten()
        .filter_map(|statement| statement.resource.as_ref())
        .flat_map(|clause| &clause.items)
        // A bucket without a name of its own has said so already.
        .filter(|word| bucket.as_str() != Bucket::STAND_IN && !is_within(bucket, &word.text))
        .map(|word| stranger(bucket, word, node))
        .collect();
    let is_sound = strangers.is_empty();
    cx.findings.extend(strangers);
    is_sound.then_some(policy)
}

/// S3 refuses a policy about another bucket: `MalformedPolicy` "Policy has invalid resource".
fn is_within(bucket: &BucketName, resource: &str) -> bool {
    let Some(name) = resource.split(":::").nth(1) else {
        return resource.starts_with('*');
    };
    let name = name.split('/').next().unwrap_or(name);
    policy_doc::matches(name, bucket.as_str())
}

fn stranger(bucket: &BucketName, word: &Word, node: &Node) -> Finding {
    let message = format!(
        "`{}` is not about this bucket, which is all its policy may name",
        word.text
    );
    let label = format!("write `arn:aws:s3:::{bucket}` for the bucket, `arn:aws:s3:::{bucket}/*` for its objects");
    let span = word.at.0.unwrap_or(node.span);
    Finding::error("E0411", span, message).label(label)
}

/// What of each exposed piece a statement says: its phrase, and whether it only reads objects.
struct Piece {
    phrase: String,
    /// The pattern of the objects, where nothing but reading them is allowed.
    read: Option<String>,
}

fn pieces(bucket: &BucketName, policy: &Document) -> Vec<Piece> {
    let Some(document) = policy.document() else {
        // What can't be read may say anything.
        return vec![Piece {
            phrase: "whatever a policy says that can't be read".to_owned(),
            read: None,
        }];
    };
    let public = document.public_statements().into_iter();
    public.flat_map(|statement| of_statement(bucket, statement)).collect()
}

fn of_statement(bucket: &BucketName, statement: &Statement) -> Vec<Piece> {
    let actions = listed(&statement.action);
    let Some(resource) = &statement.resource else {
        return Vec::new();
    };
    let only = statement.action.sense == Sense::Only && resource.sense == Sense::Only;
    let narrowed: String = statement.conditions.iter().map(policy_doc::Condition::brief).collect();
    let reads = |word: &Word| READING.contains(&word.text.to_ascii_lowercase().as_str());
    let is_reading = only && statement.action.items.iter().all(reads);
    let piece = |word: &Word| {
        let objects = word
            .text
            .split(":::")
            .nth(1)
            .and_then(|name| name.strip_prefix(bucket.as_str()));
        let objects = objects.and_then(|rest| rest.strip_prefix('/'));
        let place = objects.unwrap_or(&word.text);
        let place = if resource.sense == Sense::Only {
            place.to_owned()
        } else {
            format!("all but {place}")
        };
        Piece {
            phrase: format!("{actions} on {place}{narrowed}"),
            read: objects.filter(|_| is_reading).map(str::to_owned),
        }
    };
    resource.items.iter().map(piece).collect()
}

fn listed(clause: &Clause) -> String {
    let items: Vec<&str> = clause.items.iter().map(|word| word.text.as_str()).collect();
    match clause.sense {
        Sense::Only => items.join(", "),
        Sense::AllBut => format!("all but {}", items.join(", ")),
    }
}

/// What everybody may do, each as a phrase.
pub(super) fn exposed(bucket: &BucketName, policy: Option<&Document>, blocks: &Blocks) -> BTreeSet<String> {
    let Some(policy) = policy.filter(|_| !blocks.has(Block::RestrictPublicBuckets)) else {
        return BTreeSet::new();
    };
    pieces(bucket, policy).into_iter().map(|piece| piece.phrase).collect()
}

/// A bucket with a public policy and this block lets in its own account and services alone, not even the other accounts
/// that the policy names (S3 user guide, "Blocking public access", `RestrictPublicBuckets`).
pub(super) fn shut(policy: Option<&Document>, blocks: &Blocks) -> Option<&'static str> {
    let is_public = policy.is_some_and(|policy| !policy.opened().is_empty());
    let is_shut = is_public && blocks.has(Block::RestrictPublicBuckets);
    is_shut.then_some(
        "restrict_public_buckets keeps everybody outside of the account out of a bucket with a public policy",
    )
}

/// What of it the patterns of `public:` consent to.
pub(super) fn consented(bucket: &BucketName, policy: Option<&Document>, public: &[String]) -> BTreeSet<String> {
    let pieces = policy.map(|policy| pieces(bucket, policy)).unwrap_or_default();
    let consents = |piece: &Piece| {
        let read = piece.read.as_deref();
        read.is_some_and(|read| public.iter().any(|pattern| policy_doc::matches(pattern, read)))
    };
    pieces.into_iter().filter(consents).map(|piece| piece.phrase).collect()
}

/// The word for what is public now, as far as `public:` can say it.
pub(super) fn spell_consents(bucket: &BucketName, policy: Option<&Document>) -> serde_json::Value {
    let pieces = policy.map(|policy| pieces(bucket, policy)).unwrap_or_default();
    let patterns: BTreeSet<String> = pieces.into_iter().filter_map(|piece| piece.read).collect();
    serde_json::json!(patterns)
}

/// The patterns of `public:`.
pub(super) fn consents(node: Option<&Node>, cx: &mut Lowering<'_>) -> Vec<String> {
    let Some(node) = node.filter(|node| node.text() != Some("none")) else {
        return Vec::new();
    };
    let texts = table::texts(node, "public", &mut cx.reading()).unwrap_or_default();
    let mut patterns = Vec::new();
    for (text, span) in texts {
        let slip = if text.starts_with("arn:") {
            Some("write the objects' keys alone, such as `status/*`")
        } else if text.contains('?') {
            Some("`?` has no meaning here; `*` is the only wildcard")
        } else if text.is_empty() {
            Some("write `*` for every object")
        } else {
            None
        };
        match slip {
            Some(label) => {
                let message = format!("`{text}` is no pattern of objects");
                cx.report(Finding::error("E0411", span, message).label(label));
            }
            None => patterns.push(text.to_owned()),
        }
    }
    patterns
}

/// A public policy that the bucket's own block refuses: `AccessDenied` "… BlockPublicPolicy".
pub(super) fn blocked(bucket: &BucketName, policy: Option<&Document>, blocks: &Blocks, node: &Node) -> Option<Finding> {
    let pieces = pieces(bucket, policy?);
    let first = pieces.first().filter(|_| blocks.has(Block::BlockPublicPolicy))?;
    let message = format!(
        "this policy is public ({}), and the bucket's public access block refuses it",
        first.phrase
    );
    let label = "write `public_access_block: { block_public_policy: false, restrict_public_buckets: false }`";
    Some(Finding::error("E0432", node.span, message).label(label))
}
