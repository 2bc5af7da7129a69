//! What holds for all policies and requests, over small alphabets.

use proptest::prelude::*;
use proptest::sample::select;

use super::{SESSION, USER, document, named, request};
use crate::evaluate::{Asked, Compiled, Context, Decision, Layers, Prepared, Request, Truth, decide};
use crate::policy_doc::Document;

const PRINCIPALS: &[&str] = &[
    USER,
    SESSION,
    "arn:aws:iam::111122223333:root",
    "arn:aws:sts::111122223333:federated-user/bob",
    "cloudtrail.amazonaws.com",
    "*",
];
const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole"];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::bucket/bob/x",
    "arn:aws:kms:eu-west-1:111122223333:key/k",
    "arn:aws:iam::111122223333:role/target",
];
const ACTION_PATTERNS: &[&str] = &["*", "s3:*", "s3:Get*", "kms:Decrypt", "sts:*"];
const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:s3:::bucket/${k:a, 'bob'}/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:iam::*:role/*",
];
const CLAUSES: &[&str] = &[
    r#""Principal":"*""#,
    r#""Principal":{"AWS":"111122223333"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/app"}"#,
    r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/run"}"#,
    r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#,
    r#""NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/bob","111122223333"]}"#,
];
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotEquals",
    "StringEqualsIfExists",
];
const KEYS: &[&str] = &["k:a", "k:b"];
const VALUES: &[&str] = &["bob", "eve", "${k:b}", "b*"];

#[derive(Debug, Clone)]
struct Paper {
    text: String,
}

fn condition() -> impl Strategy<Value = String> {
    let test = (
        select(OPERATORS),
        select(KEYS),
        proptest::collection::vec(select(VALUES), 1..3),
    );
    let one = test.prop_map(|(operator, key, values)| {
        let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
        format!(r#""{operator}":{{"{key}":[{}]}}"#, values.join(","))
    });
    let null = (select(KEYS), any::<bool>()).prop_map(|(key, is_null)| format!(r#""Null":{{"{key}":"{is_null}"}}"#));
    prop_oneof![3 => Just(String::new()), 3 => one, 1 => null]
}

fn statement(clauses: &'static [&'static str]) -> impl Strategy<Value = String> {
    let clause = match clauses {
        [] => Just(String::new()).boxed(),
        some => select(some).prop_map(|clause| format!("{clause},")).boxed(),
    };
    let parts = (
        prop_oneof![4 => Just("Allow"), 1 => Just("Deny")],
        clause,
        prop_oneof![5 => Just(""), 1 => Just("Not")],
        select(ACTION_PATTERNS),
        prop_oneof![5 => Just(""), 1 => Just("Not")],
        select(RESOURCE_PATTERNS),
        condition(),
    );
    parts.prop_map(|(effect, clause, not_action, action, not_resource, resource, condition)| {
        format!(
            r#"{{"Effect":"{effect}",{clause}"{not_action}Action":"{action}","{not_resource}Resource":"{resource}","Condition":{{{condition}}}}}"#
        )
    })
}

fn paper(clauses: &'static [&'static str]) -> impl Strategy<Value = Paper> {
    proptest::collection::vec(statement(clauses), 1..4).prop_map(|statements| Paper {
        text: statements.join(","),
    })
}

/// Every layer, most of them open more often than not.
#[derive(Debug, Clone)]
struct World {
    identity: Option<Paper>,
    boundary: Option<Paper>,
    session: Option<Paper>,
    resource: Option<Paper>,
    scp: Option<Paper>,
    rcp: Option<Paper>,
    endpoint: Option<Paper>,
}

fn world() -> impl Strategy<Value = World> {
    let sometimes = |paper| proptest::option::weighted(0.3, paper);
    let parts = (
        proptest::option::weighted(0.8, paper(&[])),
        proptest::option::weighted(0.3, paper(&[])),
        proptest::option::weighted(0.3, paper(&[])),
        proptest::option::weighted(0.7, paper(CLAUSES)),
        proptest::option::weighted(0.2, paper(&[])),
        sometimes(paper(CLAUSES)),
        proptest::option::weighted(0.2, paper(CLAUSES)),
    );
    parts.prop_map(|(identity, boundary, session, resource, scp, rcp, endpoint)| World {
        identity,
        boundary,
        session,
        resource,
        scp,
        rcp,
        endpoint,
    })
}

/// Its documents, read.
struct Read {
    documents: [Option<Document>; 7],
}

impl World {
    fn read(&self) -> Read {
        let read = |paper: &Option<Paper>| paper.as_ref().map(|paper| document(&paper.text));
        Read {
            documents: [
                read(&self.identity),
                read(&self.boundary),
                read(&self.session),
                read(&self.resource),
                read(&self.scp),
                read(&self.rcp),
                read(&self.endpoint),
            ],
        }
    }
}

impl Read {
    fn layers(&self) -> Layers<'_> {
        let [identity, boundary, session, resource, scp, rcp, endpoint] = &self.documents;
        Layers {
            identity: identity.iter().map(|one| named("identity", one)).collect(),
            boundary: boundary.as_ref().map(|one| vec![named("boundary", one)]),
            session: session.as_ref().map(|one| vec![named("session", one)]),
            resource: resource.as_ref().map(|one| named("resource", one)),
            scps: scp.iter().map(|one| vec![named("scp", one)]).collect(),
            rcps: rcp.iter().map(|one| vec![named("rcp", one)]).collect(),
            endpoints: endpoint.as_ref().map(|one| vec![named("endpoint", one)]),
            ..Layers::default()
        }
    }
}

fn asked() -> impl Strategy<Value = Request> {
    let parts = (select(PRINCIPALS), select(ACTIONS), select(RESOURCES), any::<bool>());
    parts.prop_map(|(principal, action, resource, is_foreign)| {
        let mut request = request(principal, action, resource);
        request.resource_account = is_foreign.then(|| "999999999999".to_owned());
        request
    })
}

/// All that the keys may be.
fn contexts() -> impl Iterator<Item = Context> {
    const POSSIBLE: &[&[&str]] = &[&[], &["bob"], &["eve"], &["bill"]];
    POSSIBLE.iter().flat_map(|a| {
        POSSIBLE.iter().map(|b| {
            let context = Context::complete().with("k:a", a.iter().copied());
            context.with("k:b", b.iter().copied())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_definite_answer_holds_in_every_full_context(world in world(), mut asked in asked(), given in proptest::option::of(select(&["bob", "eve"][..]))) {
        let read = world.read();
        let prepared = Prepared::new(&read.layers());
        asked.context = Context::incomplete();
        if let Some(value) = given {
            asked.context.set("k:a", [value]);
        }
        let answer = prepared.decide(&asked).decision;
        prop_assert_eq!(answer, prepared.decision(&asked));
        for full in contexts().filter(|full| given.is_none_or(|value| full.get("k:a") == Some(&[value.to_owned()][..]))) {
            let resolved = prepared.decision(&Request { context: full.clone(), ..asked.clone() });
            let agrees = match answer {
                Decision::Unknown => true,
                Decision::ImplicitlyDenied => resolved != Decision::Allowed,
                Decision::Allowed | Decision::ExplicitlyDenied => resolved == answer,
            };
            // What is unknown in itself, such as whose a federated session is, stays unknown.
            prop_assert!(agrees || resolved == Decision::Unknown, "{:?} becomes {:?} where {:?}", answer, resolved, full);
        }
    }

    #[test]
    fn an_explicit_deny_wins(world in world(), asked in asked()) {
        let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
        let everybody = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
        let mut denied = world;
        match asked.principal.account() {
            Some(_) => denied.scp = Some(Paper { text: deny.to_owned() }),
            None => denied.resource = Some(Paper { text: everybody.to_owned() }),
        }
        let read = denied.read();
        let answer = decide(&asked, &read.layers());
        prop_assert_eq!(answer.decision, Decision::ExplicitlyDenied);
    }

    #[test]
    fn another_allow_takes_nothing_away(world in world(), more in statement(&[]), to in select(CLAUSES), asked in asked()) {
        let before = { let read = world.read(); decide(&asked, &read.layers()).decision };
        if before != Decision::Allowed || !more.contains(r#""Effect":"Allow""#) {
            return Ok(());
        }
        let mut wider = world;
        let named = more.replacen(r#""Effect":"Allow","#, &format!(r#""Effect":"Allow",{to},"#), 1);
        for paper in [&mut wider.identity, &mut wider.boundary, &mut wider.session, &mut wider.scp].into_iter().flatten() {
            paper.text = format!("{},{more}", paper.text);
        }
        for paper in [&mut wider.resource, &mut wider.endpoint].into_iter().flatten() {
            paper.text = format!("{named},{}", paper.text);
        }
        let read = wider.read();
        prop_assert_eq!(decide(&asked, &read.layers()).decision, Decision::Allowed);
    }

    #[test]
    fn a_limit_gives_nothing(world in world(), limit in paper(&[]), asked in asked()) {
        let open = World { boundary: None, session: None, scp: None, ..world };
        let before = { let read = open.read(); decide(&asked, &read.layers()).decision };
        if !matches!(before, Decision::ImplicitlyDenied | Decision::ExplicitlyDenied) {
            return Ok(());
        }
        let federated = asked.principal.text().contains("federated-user");
        let limited = World {
            boundary: Some(limit.clone()),
            // A federated session has no rights of its own without a session policy.
            session: (!federated).then(|| limit.clone()),
            scp: Some(limit),
            ..open
        };
        let read = limited.read();
        let after = decide(&asked, &read.layers()).decision;
        prop_assert!(matches!(after, Decision::ImplicitlyDenied | Decision::ExplicitlyDenied), "{:?}", after);
    }

    #[test]
    fn a_document_says_what_its_statements_say(paper in paper(CLAUSES), asked in asked()) {
        let document = document(&paper.text);
        let compiled = Compiled::new(&document);
        let asked = Asked::new(&asked);
        let effects = compiled.effects(&asked);
        let by_hand = |effect| {
            let of_effect = document.statements.iter().enumerate().filter(|(_, one)| one.effect == effect);
            Truth::any(of_effect.map(|(index, _)| compiled.applies(index, &asked)))
        };
        prop_assert_eq!(effects.allow, by_hand(crate::policy_doc::Effect::Allow));
        prop_assert_eq!(effects.deny, by_hand(crate::policy_doc::Effect::Deny));
    }
}
