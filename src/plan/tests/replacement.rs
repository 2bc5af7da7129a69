//! What AWS can't change in place: kept where the file is silent, made anew where the user says so.

use super::*;

const MOVED: &str = "
policies:
  reading: { path: /imaging/, document: { Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: '*' }] } }
roles:
  monitor: { trust: lambda.amazonaws.com, policies: [reading] }
";

fn described(text: &str) -> String {
    PAIR.replace("{ document", &format!("{{ description: {text}, document"))
}

#[test]
fn silence_keeps_what_cannot_be_changed() {
    assert!(World::of(PAIR).live(&described("first")).plan().is_empty());
}

#[test]
fn a_written_difference_is_refused_and_says_what_it_is() {
    let world = World::of(&described("second")).live(&described("first"));
    let plan = world.plan();
    insta::assert_snapshot!(plan.refused(), @"replace: AWS can't change description from first to second of policy/reading in place | to delete it and make it anew: --replace policy/reading");
    assert!(plan.steps.is_empty());
}

#[test]
fn what_is_made_anew_is_attached_anew() {
    let mut world = World::of(&described("second"))
        .live(&described("first"))
        .replace("policy/reading");
    let plan = world.plan();
    assert_eq!(plan.verb("policy/reading"), Verb::Replace);
    insta::assert_snapshot!(plan.story(), @"
    0 policy/reading: detach from monitor []
    1 policy/reading: delete policy reading [0]
    2 policy/reading: create policy reading [1]
    3 role/monitor: attach reading [2]
    ");
    let fresh: Vec<bool> = plan.steps.iter().map(|step| step.fresh).collect();
    // What comes before the making isn't late when it isn't found, and neither is the making.
    assert_eq!(fresh, [false, false, false, true]);
    world.apply(&plan);
    assert!(world.plan().is_empty());
}

/// The old one is let go before it is deleted, which is before the new one is made, which is before it is attached.
#[test]
fn another_path_is_another_arn_and_no_circle() {
    let mut world = World::of(MOVED).live(PAIR).replace("policy/reading");
    let plan = world.plan();
    assert_eq!(plan.refused(), "");
    insta::assert_snapshot!(plan.story(), @"
    0 role/monitor: detach reading []
    1 policy/reading: delete policy reading [0]
    2 policy/reading: create policy reading [1]
    3 role/monitor: attach imaging/reading [0, 2]
    ");
    world.apply(&plan);
    assert!(world.plan().is_empty());
}

#[test]
fn a_word_to_replace_is_no_word_to_adopt() {
    let world = World::of(&described("second"))
        .live(&described("first"))
        .policy("reading", |policy| drop(policy.tags.remove(OWNER)))
        .replace("policy/reading");
    insta::assert_snapshot!(world.plan().refused(), @"adopt: policy/reading exists and is not this environment's; it would be deleted and made anew | to take it over as well: --adopt policy/reading");
    assert!(world.plan().steps.is_empty());
    assert_eq!(world.adopt("policy/reading").plan().refused(), "");
}

#[test]
fn what_strangers_have_attached_is_not_taken_from_them() {
    let only_policy = described("second").split("roles:").next().unwrap().to_owned();
    let world = World::of(&only_policy).live(&described("first")).replace("*");
    insta::assert_snapshot!(world.plan().refused(), @"in-use: policy/reading would be taken from what this file does not declare: arn:aws:iam::123456789012:role/monitor | declare them, or detach it from them first");
    assert!(world.plan().steps.is_empty());
}

#[test]
fn a_boundary_is_not_made_anew_under_those_it_limits() {
    let bound = |text: &str| described(text).replace("policies: [reading]", "permissions_boundary: reading");
    let world = World::of(&bound("second")).live(&bound("first")).replace("*");
    insta::assert_snapshot!(world.plan().refused(), @"in-use: policy/reading is the boundary of role/monitor, who would have none while it is made anew | make it under another name, and set that as the boundary first");
    assert!(world.plan().steps.is_empty());
}

#[test]
fn protected_shared_and_unread_things_are_not_replaced() {
    let protected = described("second").replace("description", "protect: true, description");
    let shared = described("second").replace("description", "shared: true, description");
    let live = described("first");
    for (yaml, words) in [
        (&protected, "policy/reading is protected"),
        (&shared, "policy/reading is shared"),
    ] {
        let plan = World::of(yaml).live(&live).replace("*").plan();
        assert!(plan.refused().contains(words), "{}", plan.refused());
        assert!(plan.steps.is_empty(), "{}", plan.story());
    }
    let field = Some(crate::fields::FieldPath::whole("tags"));
    let world = World::of(&described("second")).live(&live).replace("*");
    let plan = world.unread(address("policy", "reading"), field).plan();
    insta::assert_snapshot!(plan.refused(), @"unknown: policy/reading can't be made anew while its tags is unknown: AccessDenied | make it readable first");
}

/// A boundary, a profile and other people's tags come back with a role that is made anew.
#[test]
fn what_is_held_survives_a_replacement() {
    let live = "
policies: { limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }
roles: { worker: { trust: ec2.amazonaws.com, permissions_boundary: limits, instance_profile: true } }
";
    let yaml = "
policies: { limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }
roles: { worker: { path: /jobs/, trust: ec2.amazonaws.com, ignore: ['tags.cost-*'] } }
";
    let mut world = World::of(yaml)
        .live(live)
        .replace("role/worker")
        .role("worker", |role| {
            role.tags.insert("cost-center".into(), "7".into());
            role.tags.insert("aws:made-by".into(), "x".into());
        });
    let plan = world.plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: take out of instance profile worker []
    1 role/worker: delete instance profile worker [0]
    2 role/worker: delete role worker [1]
    3 role/worker: create role worker [2]
    4 role/worker: make instance profile worker [3]
    5 role/worker: put into instance profile worker [4]
    ");
    world.apply(&plan);
    let world = world.role("worker", |role| {
        assert_eq!(role.permissions_boundary, Some(arn("policy/limits")));
        let tags: Vec<&str> = role.tags.keys().map(String::as_str).collect();
        assert_eq!(tags, ["cost-center", OWNER]);
    });
    assert!(world.plan().is_empty());
}

#[test]
fn who_trusts_a_role_that_is_made_anew_trusts_it_again() {
    let live = "
roles:
  ci: { trust: ec2.amazonaws.com }
  target: { trust: { aws: ci } }
";
    let yaml = live.replace("ci: { trust", "ci: { path: /x/, trust");
    let mut world = World::of(&yaml).live(live).replace("role/ci");
    let plan = world.plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/ci: delete role ci []
    1 role/ci: create role ci [0]
    2 role/target: write trust policy [1]
    ");
    world.apply(&plan);
    assert!(world.plan().is_empty());
}
