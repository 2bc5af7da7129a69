//! What the file leaves to AWS: ignored, held, immutable and other people's.

use super::*;
use crate::plan::FieldChange;

fn paths(fields: &[FieldChange]) -> Vec<String> {
    fields.iter().map(|field| field.path.to_string()).collect()
}

/// A role with everything on it.
const RICH: &str = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker:
    path: /jobs/
    description: works
    trust: ec2.amazonaws.com
    policies: [AmazonS3ReadOnlyAccess, AdministratorAccess]
    inline_policies:
      queue: { Statement: [{ Effect: Allow, Action: sqs:*, Resource: '*' }] }
      extra: { Statement: [{ Effect: Allow, Action: sns:*, Resource: '*' }] }
    permissions_boundary: limits
    instance_profile: true
    protect: true
    tags: { cost-center: '7', team: data }
";

const BARE: &str = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker: { trust: ec2.amazonaws.com }
";

#[test]
fn absence_takes_access_away_and_keeps_protection() {
    let mut world = World::of(BARE).live(RICH).allow("mass-change");
    let plan = world.plan();
    let change = plan.change("role/worker");
    assert_eq!(
        paths(&change.held),
        [
            "permissions_boundary",
            "instance_profile.worker",
            "tags.evenkeel:protect"
        ]
    );
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: detach AdministratorAccess []
    1 role/worker: detach AmazonS3ReadOnlyAccess [0]
    2 role/worker: delete inline policy extra [1]
    3 role/worker: delete inline policy queue [2]
    4 role/worker: set description [3]
    5 role/worker: untag cost-center, team [4]
    ");
    world.apply(&plan);
    assert!(world.plan().steps.is_empty());
}

#[test]
fn only_words_take_protection_off_and_last() {
    let yaml = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker: { trust: ec2.amazonaws.com, permissions_boundary: none, instance_profile: none, protect: false }
";
    let world = World::of(yaml).live(RICH).allow("mass-change");
    insta::assert_snapshot!(world.plan().story(), @"
    0 role/worker: detach AdministratorAccess []
    1 role/worker: detach AmazonS3ReadOnlyAccess [0]
    2 role/worker: delete inline policy extra [1]
    3 role/worker: delete inline policy queue [2]
    4 role/worker: take out of instance profile worker [3]
    5 role/worker: delete instance profile worker [4]
    6 role/worker: set description [5]
    7 role/worker: untag cost-center, evenkeel:protect, team [6]
    8 role/worker: take off boundary limits [7]
    ");
}

#[test]
fn ignored_fields_and_entries_are_kept_and_named() {
    let yaml = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker:
    trust: lambda.amazonaws.com
    ignore: [trust, 'tags.cost-*', policies.AdministratorAccess, inline_policies.queue, description]
";
    let plan = World::of(yaml).live(RICH).allow("mass-change").plan();
    let change = plan.change("role/worker");
    assert_eq!(
        paths(&change.ignored),
        [
            "description",
            "trust",
            "policies.arn:aws:iam::aws:policy/AdministratorAccess",
            "inline_policies.queue",
            "tags.cost-center"
        ]
    );
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: detach AmazonS3ReadOnlyAccess []
    1 role/worker: delete inline policy extra [0]
    2 role/worker: untag team [1]
    ");
}

/// Without it, the mark would never be written and every later change would ask for `--adopt` again.
#[test]
fn ignoring_tags_is_not_about_the_marks() {
    let yaml = "roles: { worker: { trust: ec2.amazonaws.com, ignore: [tags] } }";
    let world = World::settled(yaml).role("worker", |role| {
        role.tags.clear();
        role.tags.insert("team/lead".into(), String::new());
    });
    insta::assert_snapshot!(world.plan().story(), @"0 role/worker: mark as this environment's []");
}

#[test]
fn a_pattern_names_an_arn_by_its_last_part_and_a_tag_by_its_whole_key() {
    let yaml = "roles: { worker: { trust: ec2.amazonaws.com, ignore: [tags.lead] } }";
    let world = World::settled(yaml).role("worker", |role| drop(role.tags.insert("team/lead".into(), "x".into())));
    insta::assert_snapshot!(world.plan().story(), @"0 role/worker: untag team/lead []");
}

#[test]
fn an_empty_tag_is_a_tag() {
    let yaml = "roles: { worker: { trust: ec2.amazonaws.com, tags: { team: '' } } }";
    let mut world = World::of(yaml).live("roles: { worker: { trust: ec2.amazonaws.com } }");
    let plan = world.plan();
    let field = &plan.change("role/worker").fields[0];
    assert_eq!((field.before.is_some(), field.after.is_some()), (false, true));
    world.apply(&plan);
    assert!(world.plan().is_empty());
}

#[test]
fn tags_of_aws_and_of_others_are_nobodys_business() {
    let yaml = "
version: 1
environment: imaging
ignore_tags: ['cost-*']
roles: { worker: { trust: ec2.amazonaws.com, tags: { cost-written: '' } } }
";
    let world = World::of(yaml)
        .live("roles: { worker: { trust: ec2.amazonaws.com } }")
        .role("worker", |role| {
            role.tags.insert("cost-center".into(), "7".into());
            role.tags.insert("aws:made-by".into(), "x".into());
            role.tags.insert("other".into(), "x".into());
        });
    insta::assert_snapshot!(world.plan().story(), @"
    0 role/worker: tag cost-written []
    1 role/worker: untag other [0]
    ");
}

#[test]
fn fifty_tags_leave_no_room_for_the_new_before_the_old_are_gone() {
    let tags = |from: u32| {
        (from..from + 49)
            .map(|n| format!("k{n}: v"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let yaml = |from| {
        format!(
            "roles: {{ worker: {{ trust: ec2.amazonaws.com, tags: {{ {} }} }} }}",
            tags(from)
        )
    };
    let plan = World::of(&yaml(1)).live(&yaml(0)).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/worker: untag k0 []
    1 role/worker: tag k49 [0]
    ");
}
