//! What is opened to everybody needs a word; what was open before does not.

use crate::policy_doc::Policy;

use super::*;

const OPEN: &str = "roles: { gate: { trust: { aws: '*' } } }";
const BOUND: &str =
    "roles: { gate: { trust: { aws: '*', conditions: { StringEquals: { aws:PrincipalOrgID: o-1 } } } } }";
const CLOSED: &str = "roles: { gate: { trust: lambda.amazonaws.com } }";

#[test]
fn what_everybody_may_assume_is_not_made_without_a_word() {
    let plan = World::of(OPEN).plan();
    insta::assert_snapshot!(plan.refused(), @"public: role/gate would give everybody sts:AssumeRole | to go on: --allow public:role/gate");
    assert_eq!((plan.story().as_str(), plan.verb("role/gate")), ("", Verb::Refuse));
    assert_eq!(World::of(BOUND).plan().refused(), "", "who is bound is not everybody");
    for word in ["public:role/gate", "public:role/*", "public"] {
        let plan = World::of(OPEN).allow(word).plan();
        assert_eq!(
            (plan.refused().as_str(), plan.verb("role/gate")),
            ("", Verb::Create),
            "{word}"
        );
    }
    assert_ne!(World::of(OPEN).allow("public:role/other").plan().refused(), "");
}

#[test]
fn nor_is_what_was_closed_or_bound_opened() {
    for before in [CLOSED, BOUND] {
        let plan = World::of(OPEN).live(before).plan();
        assert!(plan.refused().starts_with("public: "), "{before}");
        assert_eq!(plan.story(), "", "{before}");
    }
}

#[test]
fn what_was_open_before_may_stay_open() {
    let spelled = Policy::live(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"STS:assumerole"}}"#,
    );
    let world = World::settled(OPEN).role("gate", |role| role.trust = spelled);
    let plan = world.plan();
    assert_eq!((plan.refused().as_str(), plan.verb("role/gate")), ("", Verb::Keep));
    let described = World::of("roles: { gate: { trust: { aws: '*' }, description: The gate } }").live(OPEN);
    let plan = described.plan();
    assert_eq!((plan.refused().as_str(), plan.verb("role/gate")), ("", Verb::Update));
}

#[test]
fn what_is_closed_needs_no_word() {
    let plan = World::of(CLOSED).live(OPEN).plan();
    assert_eq!((plan.refused().as_str(), plan.verb("role/gate")), ("", Verb::Update));
}
