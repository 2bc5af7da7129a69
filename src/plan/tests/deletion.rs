//! `absent:`, the brake and the lock-out: what goes, in which order, and what refuses to.

use super::*;

const GONE: &str = "absent: { policies: [reading], roles: [monitor] }";

#[test]
fn links_go_before_things_one_step_each() {
    let mut world = World::of(GONE).live(PAIR);
    let plan = world.plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/monitor: detach reading []
    1 policy/reading: delete policy reading [0]
    2 role/monitor: delete role monitor [0]
    ");
    assert_eq!(plan.refused(), "");
    world.apply(&plan);
    assert!(world.states.is_empty());
    assert!(world.plan().is_empty());
}

/// IAM lists who has a policy without their paths.
#[test]
fn a_path_of_the_holder_makes_no_second_step_and_no_stranger() {
    let live = PAIR.replace("{ trust", "{ path: /jobs/, trust");
    let yaml = "
absent: { policies: [reading] }
roles: { monitor: { path: /jobs/, trust: lambda.amazonaws.com } }
";
    let plan = World::of(yaml).live(&live).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/monitor: detach reading []
    1 policy/reading: delete policy reading [0]
    ");
    assert_eq!(plan.refused(), "");
}

#[test]
fn a_boundary_that_words_take_off_is_off_before_its_policy_goes() {
    let live = "
policies: { limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }
roles: { worker: { trust: ec2.amazonaws.com, permissions_boundary: limits } }
";
    let held = "
absent: { policies: [limits] }
roles: { worker: { trust: ec2.amazonaws.com } }
";
    insta::assert_snapshot!(World::of(held).live(live).plan().refused(), @"in-use: policy/limits is still named by role/worker | take it out there in words; what is held, ignored or shared is not taken away");
    let none = held.replace("com }", "com, permissions_boundary: none }");
    let plan = World::of(&none).live(live).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: take off boundary limits []
    1 policy/limits: delete policy limits [0]
    ");
}

/// Nobody is unbounded on the way out.
#[test]
fn a_boundary_goes_after_whom_it_limits() {
    let live = "
policies: { limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }
roles: { worker: { trust: ec2.amazonaws.com, permissions_boundary: limits } }
";
    let plan = World::of("absent: { policies: [limits], roles: [worker] }")
        .live(live)
        .plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: delete role worker []
    1 policy/limits: delete policy limits [0]
    ");
}

#[test]
fn what_strangers_use_stays_unless_they_may_be_unlinked() {
    let yaml = "absent: { policies: [reading] }";
    let world = World::of(yaml).live(PAIR);
    insta::assert_snapshot!(world.plan().refused(), @"in-use: policy/reading is used by what this file does not declare: arn:aws:iam::123456789012:role/monitor | to unlink them first, write `detach: true` beside its name under `absent:`");
    assert!(world.plan().steps.is_empty());
    let plan = World::of("absent: { policies: [{ name: reading, detach: true }] }")
        .live(PAIR)
        .plan();
    insta::assert_snapshot!(plan.story(), @"
    0 policy/reading: detach from monitor []
    1 policy/reading: delete policy reading [0]
    ");
    assert_eq!(plan.refused(), "");
}

/// A declared user that can't be read is none that this plan brings to what the file says.
#[test]
fn what_an_unread_role_uses_stays() {
    let yaml = "
absent: { policies: [reading] }
roles: { monitor: { trust: lambda.amazonaws.com } }
";
    let plan = World::of(yaml)
        .live(PAIR)
        .unread(address("role", "monitor"), None)
        .plan();
    assert!(plan.steps.is_empty());
    assert!(
        plan.refused().starts_with("in-use: policy/reading is used by"),
        "{}",
        plan.refused()
    );
}

#[test]
fn what_a_shared_or_ignoring_role_still_has_stays() {
    for common in ["shared: true", "ignore: [policies]", "ignore: [policies.reading]"] {
        let yaml = format!(
            "absent: {{ policies: [{{ name: reading, detach: true }}] }}
roles: {{ monitor: {{ trust: lambda.amazonaws.com, {common} }} }}"
        );
        let plan = World::of(&yaml).live(PAIR).plan();
        assert!(plan.steps.is_empty(), "{common}");
        assert!(
            plan.refused()
                .starts_with("in-use: policy/reading is still named by role/monitor"),
            "{common}"
        );
    }
}

#[test]
fn reserved_own_protected_and_contested_things_stay() {
    let live = "
roles:
  linked: { trust: ec2.amazonaws.com, path: /aws-service-role/ec2.amazonaws.com/ }
  me: { trust: ec2.amazonaws.com, path: /people/ }
  durable: { trust: ec2.amazonaws.com, protect: true }
  theirs: { trust: ec2.amazonaws.com }
";
    let world = World::of("absent: { roles: [linked, me, durable, theirs] }")
        .live(live)
        .role("theirs", |role| drop(role.tags.insert(OWNER.into(), "prod".into())))
        .run_by_role("me");
    let plan = world.plan();
    insta::assert_snapshot!(plan.refused(), @"
    contested: role/theirs belongs to the environment `prod` | to take it from there: --adopt role/theirs
    lockout: role/me is the identity that runs this | run it as somebody else
    protect: role/durable is protected | declare it with `protect: false`, apply that, and delete it then
    reserved: role/linked was made by AWS | delete it through the service that owns it
    ");
    assert!(plan.steps.is_empty());
}

/// An unread tag might protect it, or say whose it is.
#[test]
fn what_cannot_be_read_whole_is_not_deleted() {
    for field in ["tags", "policies"] {
        let field = Some(crate::fields::FieldPath::whole(field));
        let plan = World::of(GONE)
            .live(PAIR)
            .unread(address("role", "monitor"), field)
            .plan();
        assert_eq!(plan.verb("role/monitor"), Verb::Unknown);
        assert!(!plan.steps.iter().any(|step| step.address == address("role", "monitor")));
        assert!(plan.is_incomplete());
    }
}

fn roles(names: &[&str]) -> String {
    let role = |name: &&str| format!("  {name}: {{ trust: ec2.amazonaws.com, policies: [AmazonS3ReadOnlyAccess] }}\n");
    format!("roles:\n{}", names.iter().map(role).collect::<String>())
}

#[test]
fn much_at_once_needs_a_word() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let yaml = format!("absent: {{ roles: [a, b] }}\n{}", roles(&names[2..]));
    let world = World::of(&yaml).live(&roles(&names));
    insta::assert_snapshot!(world.plan().refused(), @"mass-change: 4 of 12 things and links would be deleted or detached | to go on: --allow mass-change");
    assert_eq!(world.allow("mass-change").plan().refused(), "");
    let yaml = format!("absent: {{ roles: [a] }}\n{}", roles(&names[1..]));
    assert_eq!(World::of(&yaml).live(&roles(&names)).plan().refused(), "");
}

/// One that has gone already doesn't make the rest fewer.
#[test]
fn all_of_a_kind_needs_a_word_even_when_they_are_few() {
    let yaml = "absent: { roles: [a, b, gone-before] }";
    let world = World::of(yaml).live("roles: { a: { trust: ec2.amazonaws.com }, b: { trust: ec2.amazonaws.com } }");
    insta::assert_snapshot!(world.plan().refused(), @"mass-change: every role of this environment would be deleted (2) | to go on: --allow mass-change");
}

#[test]
fn narrowing_the_role_that_runs_this_needs_a_word() {
    let narrower = PAIR.replace("s3:GetObject", "s3:ListBucket");
    // The caller's role is declared: its policies, trust and boundary, and the documents of its policies, count.
    for (change, guarded) in [
        ("policies: []", "role/monitor"),
        (
            "policies: [reading], permissions_boundary: ReadOnlyAccess",
            "role/monitor",
        ),
    ] {
        let yaml = PAIR.replace("policies: [reading]", change);
        let plan = World::of(&yaml).live(PAIR).run_by_role("monitor").plan();
        assert!(
            plan.refused().contains(&format!("--allow lockout:{guarded}")),
            "{change}: {}",
            plan.refused()
        );
    }
    let world = World::of(&narrower).live(PAIR).run_by_role("monitor");
    insta::assert_snapshot!(world.plan().refused(), @"lockout: policy/reading (write a new version and make it default) may take access from the identity that runs this | to go on: --allow lockout:policy/reading");
    assert_eq!(world.allow("lockout:policy/reading").plan().refused(), "");
    // The caller's role isn't declared, and its policy is.
    let only_policy = narrower.split("roles:").next().unwrap();
    let world = World::of(only_policy).live(PAIR).run_by_role("monitor");
    assert!(world.plan().refused().starts_with("lockout: policy/reading"));
    assert_eq!(World::of(&narrower).live(PAIR).plan().refused(), "");
}
