//! Which step comes when.

use super::*;
use crate::plan::order::{Bonds, order};

#[test]
fn new_roles_that_trust_each_other_and_themselves_get_their_trust_in_a_second_step() {
    let yaml = "
roles:
  a: { trust: { aws: b } }
  b: { trust: { aws: [a, b] } }
  c: { trust: { aws: a } }
";
    let mut world = World::of(yaml);
    let plan = world.plan();
    assert_eq!(plan.refused(), "");
    insta::assert_snapshot!(plan.story(), @"
    0 role/a: create role a []
    1 role/b: create role b []
    2 role/a: write trust policy [0, 1]
    3 role/b: write trust policy [0, 1]
    4 role/c: create role c [0]
    ");
    world.apply(&plan);
    assert!(world.plan().is_empty());
}

#[test]
fn roles_of_one_circle_can_be_made_anew_under_another_path() {
    let yaml = |path: &str| {
        format!("roles: {{ a: {{ path: {path}, trust: {{ aws: b }} }}, b: {{ path: {path}, trust: {{ aws: a }} }} }}")
    };
    let mut world = World::of(&yaml("/new/")).live(&yaml("/old/")).replace("*");
    let plan = world.plan();
    assert_eq!(plan.refused(), "");
    insta::assert_snapshot!(plan.story(), @"
    0 role/a: delete role a []
    1 role/a: create role a [0]
    2 role/b: delete role b []
    3 role/b: create role b [2]
    4 role/a: write trust policy [1, 3]
    5 role/b: write trust policy [1, 3]
    ");
    world.apply(&plan);
    assert!(world.plan().is_empty());
}

const LIMITED: &str = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
  work: { document: { Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: '*' }] } }
roles:
  worker: { trust: ec2.amazonaws.com, policies: [work] }
";

#[test]
fn a_guard_goes_on_before_anything_around_it_widens() {
    let yaml = LIMITED
        .replace("s3:GetObject", "'*'")
        .replace(
            "policies: [work]",
            "policies: [work, AmazonSQSFullAccess], permissions_boundary: limits, inline_policies: { no: { Statement: [{ Effect: Deny, Action: 'iam:*', Resource: '*' }] } }",
        );
    let plan = World::of(&yaml).live(LIMITED).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: set boundary limits []
    1 role/worker: write inline policy no [0]
    2 policy/work: write a new version and make it default [0, 1]
    3 role/worker: attach AmazonSQSFullAccess [1]
    ");
}

#[test]
fn a_guard_comes_off_after_everything_around_it_was_narrowed() {
    let live = LIMITED.replace("policies: [work]", "policies: [work], permissions_boundary: limits");
    let yaml = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
roles:
  worker: { trust: ec2.amazonaws.com, permissions_boundary: none }
absent: { policies: [work] }
";
    let plan = World::of(yaml).live(&live).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: detach work []
    1 policy/work: delete policy work [0]
    2 role/worker: take off boundary limits [0]
    ");
}

/// A grant that is replaced goes after the one that replaces it, be it attached or inline.
#[test]
fn access_is_not_interrupted_where_there_is_room() {
    let live = "roles: { worker: { trust: ec2.amazonaws.com, policies: [AmazonSQSFullAccess], inline_policies: { old: { Statement: [{ Effect: Allow, Action: 'sns:*', Resource: '*' }] } } } }";
    let inline = "roles: { worker: { trust: ec2.amazonaws.com, inline_policies: { new: { Statement: [{ Effect: Allow, Action: ['sns:*', 'sqs:*'], Resource: '*' }] } } } }";
    insta::assert_snapshot!(World::of(inline).live(live).plan().story(), @"
    0 role/worker: write inline policy new []
    1 role/worker: detach AmazonSQSFullAccess [0]
    2 role/worker: delete inline policy old [1]
    ");
    let attached = "roles: { worker: { trust: ec2.amazonaws.com, policies: [AdministratorAccess] } }";
    insta::assert_snapshot!(World::of(attached).live(live).plan().story(), @"
    0 role/worker: attach AdministratorAccess []
    1 role/worker: detach AmazonSQSFullAccess [0]
    2 role/worker: delete inline policy old [1]
    ");
}

#[test]
fn ten_attachments_leave_no_room_for_another() {
    let names: Vec<String> = (0..11).map(|n| format!("p{n}")).collect();
    let policies: String = names
        .iter()
        .map(|name| {
            format!("  {name}: {{ document: {{ Statement: [{{ Effect: Allow, Action: '*', Resource: '*' }}] }} }}\n")
        })
        .collect();
    let yaml = |names: &[String]| {
        let names = names.join(", ");
        format!("policies:\n{policies}roles: {{ worker: {{ trust: ec2.amazonaws.com, policies: [{names}] }} }}")
    };
    let plan = World::of(&yaml(&names[1..])).live(&yaml(&names[..10])).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: detach p0 []
    1 role/worker: attach p10 [0]
    ");
}

#[test]
fn inline_policies_that_do_not_fit_beside_each_other_make_room_first() {
    let big = |name: &str, resources: usize| {
        let resources: Vec<String> = (0..resources)
            .map(|n| format!("'arn:aws:s3:::bucket-{n:03}/*'"))
            .collect();
        format!(
            "{name}: {{ Statement: [{{ Effect: Allow, Action: s3:GetObject, Resource: [{}] }}] }}",
            resources.join(", ")
        )
    };
    let yaml = |inline: &[String]| {
        let inline = inline.join(", ");
        format!("roles: {{ worker: {{ trust: ec2.amazonaws.com, inline_policies: {{ {inline} }} }} }}")
    };
    let plan = World::of(&yaml(&[big("new", 200)]))
        .live(&yaml(&[big("old", 200)]))
        .plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: delete inline policy old []
    1 role/worker: write inline policy new [0]
    ");
    let (live, wanted) = ([big("a", 10), big("b", 250)], [big("a", 250), big("b", 10)]);
    let plan = World::of(&yaml(&wanted)).live(&yaml(&live)).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: write inline policy b []
    1 role/worker: write inline policy a [0]
    ");
}

#[test]
fn a_circle_is_told_from_end_to_end() {
    let mut steps = World::of("roles: { a: { trust: ec2.amazonaws.com }, b: { trust: ec2.amazonaws.com } }")
        .plan()
        .steps;
    for (step, needed) in steps.iter_mut().zip(["role/b", "role/a"]) {
        step.facts.needs = vec![arn(needed)];
    }
    let cycle = order(steps, &Bonds::new()).unwrap_err();
    insta::assert_snapshot!(cycle, @"these steps wait for each other: role/b (create role b), which waits for role/a (create role a), which waits for the first");
}

#[test]
fn a_new_role_is_made_with_a_boundary_that_is_made_anew() {
    let live = "policies: { limits: { description: one, document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }";
    let role = "\nroles: { worker: { trust: ec2.amazonaws.com, permissions_boundary: limits } }";
    let plan = World::of(&format!("{}{role}", live.replace("one", "two")))
        .live(live)
        .replace("*")
        .plan();
    assert_eq!(plan.refused(), "");
    insta::assert_snapshot!(plan.story(), @"
    0 policy/limits: delete policy limits []
    1 policy/limits: create policy limits [0]
    2 role/worker: create role worker [1]
    ");
}

/// In between, neither the old principal has the new policy nor the new one the old policy.
#[test]
fn a_change_of_trust_stands_between_what_goes_and_what_comes() {
    let live = "roles: { worker: { trust: ec2.amazonaws.com, policies: [AmazonSQSFullAccess] } }";
    let yaml = "roles: { worker: { trust: lambda.amazonaws.com, policies: [AmazonS3ReadOnlyAccess] } }";
    insta::assert_snapshot!(World::of(yaml).live(live).plan().story(), @"
    0 role/worker: detach AmazonSQSFullAccess []
    1 role/worker: write trust policy [0]
    2 role/worker: attach AmazonS3ReadOnlyAccess [1]
    ");
}
