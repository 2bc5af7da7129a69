//! What is gained and lost, held to the evaluator: an answer for a class of actions and a cell of resources must be the
//! evaluator's answer for each of their members, before and after.

use proptest::prelude::*;

use super::super::book::Book;
use super::super::compare::{Pair, Piece, pieces};
use super::super::rules::of_holder;
use super::super::scene::{Held, Holder, HolderKind, Scene};
use super::*;
use crate::catalogue;
use crate::evaluate::{self, Context, Decision, Layers, Named, Principal, Request};
use crate::policy_doc::{Document, Glob, Policy};

const USER: &str = "arn:aws:iam::123456789012:user/erika";

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "iam:PassRole",
    "zz:Unheard",
];

const PATTERNS: &[&str] = &[
    "s3:GetObject",
    "s3:Get*",
    "s3:*Object",
    "s3:*",
    "iam:*",
    "*",
    "zz:Unheard",
];

const RESOURCES: &[&str] = &[
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::b/x/y",
    "arn:aws:s3:::b/z",
    "arn:aws:s3:::c/x",
    "arn:aws:iam::123456789012:role/x",
];

const PLACES: &[&str] = &[
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/x*",
    "arn:aws:s3:::*/x",
    "arn:aws:s3:::b/x/y",
    "arn:aws:s3:::?/z",
];

fn statement() -> impl Strategy<Value = serde_json::Value> {
    let some = |of: &'static [&'static str]| prop::collection::vec(prop::sample::select(of), 1..3);
    let condition = prop::option::weighted(
        0.3,
        prop::collection::vec(prop::sample::select(&["vpc-1", "vpc-2"][..]), 1..3),
    );
    let sides = (
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.85),
        prop::bool::weighted(0.85),
    );
    (some(PATTERNS), some(PLACES), sides, condition).prop_map(
        |(actions, places, (allows, action, place), condition)| {
            let mut statement = serde_json::json!({ "Effect": if allows { "Allow" } else { "Deny" } });
            statement[if action { "Action" } else { "NotAction" }] = serde_json::json!(actions);
            statement[if place { "Resource" } else { "NotResource" }] = serde_json::json!(places);
            if let Some(values) = condition {
                statement["Condition"] = serde_json::json!({ "StringEquals": { "aws:SourceVpc": values } });
            }
            statement
        },
    )
}

fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(statement(), 0..4).prop_map(|statements| {
        let text = serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        Policy::from_live(&text).unwrap().document().unwrap().clone()
    })
}

/// Identity policy and boundary.
type Side = (Document, Option<Document>);

fn side() -> impl Strategy<Value = Side> {
    (document(), prop::option::weighted(0.3, document()))
}

fn allowed(side: &Side, action: &str, resource: &str, vpc: &str) -> bool {
    let named = |document| Named {
        name: String::new(),
        document,
    };
    let layers = Layers {
        identity: vec![named(&side.0)],
        boundary: side.1.as_ref().map(|boundary| vec![named(boundary)]),
        ..Layers::default()
    };
    let request = Request {
        principal: Principal::parse(USER).unwrap(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: Some("123456789012".to_owned()),
        context: Context::complete().with("aws:SourceVpc", [vpc]),
    };
    let answer = evaluate::decide(&request, &layers);
    answer.decision == Decision::Allowed
}

fn found(before: &Side, after: &Side) -> Vec<Piece> {
    let rules = |(identity, boundary): &Side| {
        let held = |document| Held {
            name: String::new(),
            document: Ok(document),
        };
        let holder = Holder {
            shown: "user/erika".to_owned(),
            kind: HolderKind::User,
            identity: vec![held(identity)],
            boundary: boundary.as_ref().map(held),
        };
        let scene = Scene {
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
            holders: Default::default(),
            resources: Default::default(),
        };
        of_holder(&scene, USER, &holder)
    };
    let (before, after) = (rules(before), rules(after));
    let pair = Pair {
        before: &before,
        after: &after,
    };
    pieces(pair, &mut Book::default())
}

fn is_about(piece: &Piece, action: &str, resource: &str) -> bool {
    let is_it = match catalogue::action(action) {
        Some(known) => piece.actions.contains(known),
        None => piece.strange.iter().any(|name| name == action),
    };
    let is_in = piece.region.within.iter().any(|pattern| pattern.glob.matches(resource));
    let is_out = piece.region.except.iter().any(|text| Glob::arn(text).matches(resource));
    is_it && is_in && !is_out
}

fn is_vague(piece: &Piece) -> bool {
    piece.region.except.iter().any(|text| text.starts_with("parts of"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "iam:PassRole on an ARN of S3 is judged otherwise by the evaluator; to be cleared up"]
    fn nothing_that_moves_is_left_out_and_nothing_that_stays_is_told(before in side(), after in side()) {
        let found = found(&before, &after);
        let texts = format!("{before:?}{after:?}");
        for action in ACTIONS {
            // What the catalogue does not know and nobody names is only meant by wildcards, which are told as such.
            if catalogue::action(action).is_none() && !texts.contains(action) {
                continue;
            }
            for resource in RESOURCES {
                let about: Vec<&Piece> = found.iter().filter(|piece| is_about(piece, action, resource)).collect();
                let moves = ["vpc-1", "vpc-2", "vpc-3"].map(|vpc| {
                    (allowed(&before, action, resource, vpc), allowed(&after, action, resource, vpc))
                });
                let gained = moves.contains(&(false, true));
                let lost = moves.contains(&(true, false));
                let ways: Vec<Way> = about.iter().map(|piece| piece.way).collect();
                prop_assert!(!gained || ways.iter().any(|way| *way != Way::Loses), "{action} on {resource} is gained: {found:#?}");
                prop_assert!(!lost || ways.iter().any(|way| *way != Way::Gains), "{action} on {resource} is lost: {found:#?}");
                for piece in about.iter().filter(|piece| !is_vague(piece)) {
                    let all = |pair: (bool, bool)| moves.iter().all(|one| *one == pair);
                    match (piece.way, &piece.when) {
                        (Way::Gains, When::Always) => prop_assert!(all((false, true)), "{action} on {resource}: {piece:#?}"),
                        (Way::Loses, When::Always) => prop_assert!(all((true, false)), "{action} on {resource}: {piece:#?}"),
                        (Way::Gains, _) => prop_assert!(!lost, "{action} on {resource}: {piece:#?}"),
                        (Way::Loses, _) => prop_assert!(!gained, "{action} on {resource}: {piece:#?}"),
                        (Way::Changes, _) => {}
                    }
                }
            }
        }
    }

    #[test]
    fn the_way_back_is_the_way_there_turned_round(before in side(), after in side()) {
        let count = |pieces: &[Piece], way: Way| {
            let of_it = pieces.iter().filter(|piece| piece.way == way);
            let sizes = of_it.map(|piece| piece.actions.len() + piece.strange.len());
            sizes.sum::<usize>()
        };
        let (there, back) = (found(&before, &after), found(&after, &before));
        prop_assert_eq!(count(&there, Way::Gains), count(&back, Way::Loses));
        prop_assert_eq!(count(&there, Way::Loses), count(&back, Way::Gains));
        prop_assert_eq!(count(&there, Way::Changes), count(&back, Way::Changes));
        prop_assert!(found(&before, &before).is_empty());
    }
}
