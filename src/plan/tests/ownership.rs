//! Creating, changing and taking over: whose is what was found.

use super::*;

#[test]
fn what_is_not_there_is_made_before_it_is_used() {
    let plan = World::of(PAIR).plan();
    insta::assert_snapshot!(plan.story(), @"
    0 policy/reading: create policy reading []
    1 role/monitor: create role monitor []
    2 role/monitor: attach reading [0, 1]
    ");
    assert_eq!(plan.refused(), "");
}

#[test]
fn what_is_as_written_is_left_alone() {
    let plan = World::settled(PAIR).plan();
    assert!(plan.is_empty() && !plan.is_incomplete());
    assert_eq!(plan.count(Verb::Keep), 2);
}

#[test]
fn what_differs_is_changed_in_place() {
    let plan = World::of(WIDER).live(PAIR).plan();
    insta::assert_snapshot!(plan.story(), @"0 policy/reading: write a new version and make it default []");
    assert_eq!(plan.verb("policy/reading"), Verb::Update);
}

#[test]
fn what_is_as_written_and_has_no_mark_is_adopted_quietly() {
    let world = World::settled(PAIR).role("monitor", |role| drop(role.tags.remove(OWNER)));
    let plan = world.plan();
    insta::assert_snapshot!(plan.story(), @"0 role/monitor: mark as this environment's []");
    assert_eq!(plan.verb("role/monitor"), Verb::Adopt);
    assert_eq!(plan.refused(), "");
}

/// Nothing on it is touched, not even the tag, and everything that would change is listed.
#[test]
fn what_has_no_mark_and_would_change_is_refused_whole() {
    let world = World::settled(PAIR).role("monitor", |role| {
        role.tags.remove(OWNER);
        role.policies.insert(arn("aws/AdministratorAccess"));
        role.description = "by hand".into();
    });
    let plan = world.plan();
    assert_eq!(plan.story(), "");
    insta::assert_snapshot!(plan.refused(), @"adopt: role/monitor exists and is not this environment's; description, policies.AdministratorAccess would change | to take it over and change it: --adopt role/monitor");
    assert_eq!(plan.verb("role/monitor"), Verb::Refuse);
    assert_eq!(plan.change("role/monitor").fields.len(), 2);
    let plan = world.adopt("role/*").plan();
    insta::assert_snapshot!(plan.story(), @"
    0 role/monitor: detach AdministratorAccess []
    1 role/monitor: set description [0]
    2 role/monitor: mark as this environment's [1]
    ");
}

/// The mark is the last write: whoever is cut off on the way has claimed nothing.
#[test]
fn an_adoption_that_was_cut_off_still_needs_the_word() {
    let unmarked = || {
        World::settled(PAIR).role("monitor", |role| {
            role.tags.remove(OWNER);
            role.policies.insert(arn("aws/AdministratorAccess"));
            role.description = "by hand".into();
        })
    };
    let whole = unmarked().adopt("*").plan();
    assert_eq!(whole.steps.len(), 3);
    for cut in 0..whole.steps.len() {
        let mut world = unmarked();
        whole.steps.iter().take(cut).for_each(|step| world.step(step));
        let plan = world.plan();
        // With the last change done it is as written, and only the mark is missing.
        let as_written = cut == whole.steps.len() - 1;
        assert_eq!(
            plan.refused().starts_with("adopt: role/monitor"),
            !as_written,
            "cut after {cut}"
        );
        assert_eq!(plan.steps.len(), usize::from(as_written), "cut after {cut}");
    }
}

#[test]
fn another_environments_and_a_stacks_are_contested_even_when_equal() {
    let world = World::settled(PAIR)
        .role("monitor", |role| drop(role.tags.insert(OWNER.into(), "prod".into())))
        .policy("reading", |policy| {
            drop(policy.tags.insert("aws:cloudformation:stack-id".into(), "arn:x".into()));
        });
    let plan = world.plan();
    insta::assert_snapshot!(plan.refused(), @"
    contested: policy/reading belongs to a CloudFormation stack | to take it from there: --adopt policy/reading
    contested: role/monitor belongs to the environment `prod` | to take it from there: --adopt role/monitor
    ");
    assert_eq!(plan.story(), "");
    let plan = world.adopt("*").plan();
    insta::assert_snapshot!(plan.story(), @"0 role/monitor: mark as this environment's []");
}

#[test]
fn of_a_shared_thing_only_what_is_listed_is_ensured() {
    let shared = "roles: { theirs: { shared: true, trust: ec2.amazonaws.com, policies: [AmazonS3ReadOnlyAccess] } }";
    let live = "
environment: prod
version: 1
roles:
  theirs:
    trust: ec2.amazonaws.com
    policies: [AdministratorAccess]
    description: theirs
    inline_policies: { own: { Statement: [{ Effect: Deny, Action: '*', Resource: '*' }] } }
";
    let free = |role: &mut crate::kinds::role::State| drop(role.tags.remove(OWNER));
    let mut world = World::of(shared).live(live).role("theirs", free);
    let plan = world.plan();
    insta::assert_snapshot!(plan.story(), @"0 role/theirs: attach AmazonS3ReadOnlyAccess []");
    assert_eq!(plan.refused(), "");
    world.apply(&plan);
    assert!(world.plan().is_empty());
    // Its owner would take away what is added, each time anew.
    let world = World::of(shared).live(live);
    insta::assert_snapshot!(
        world.plan().refused(),
        @"contested: role/theirs belongs to the environment `prod` | to add to it all the same: --adopt role/theirs"
    );
    let plan = world.adopt("role/theirs").plan();
    insta::assert_snapshot!(plan.story(), @"0 role/theirs: attach AmazonS3ReadOnlyAccess []");
}

#[test]
fn what_cannot_be_read_is_neither_made_nor_deleted_nor_as_written() {
    for yaml in [PAIR, "absent: { roles: [monitor] }"] {
        let plan = World::of(yaml)
            .live(PAIR)
            .unread(address("role", "monitor"), None)
            .plan();
        assert_eq!(plan.verb("role/monitor"), Verb::Unknown);
        assert!(plan.steps.is_empty() && plan.is_incomplete(), "{}", plan.story());
    }
}

#[test]
fn an_unread_field_keeps_the_rest_going_and_is_never_as_written() {
    let field = Some(crate::fields::FieldPath::whole("inline_policies"));
    let world = World::settled(PAIR).unread(address("role", "monitor"), field);
    let plan = world.plan();
    assert_eq!((plan.verb("role/monitor"), plan.count(Verb::Keep)), (Verb::Unknown, 1));
    let plan = world.role("monitor", |role| role.policies.clear()).plan();
    insta::assert_snapshot!(plan.story(), @"0 role/monitor: attach reading []");
    assert!(plan.is_incomplete());
}

/// Once it can be read, it may turn out that taking it over needs the user's word.
#[test]
fn what_has_no_mark_is_not_adopted_while_something_of_it_is_unread() {
    let field = Some(crate::fields::FieldPath::whole("inline_policies"));
    let world = World::settled(PAIR).role("monitor", |role| drop(role.tags.remove(OWNER)));
    let plan = world.unread(address("role", "monitor"), field).plan();
    assert_eq!(
        (plan.verb("role/monitor"), plan.story()),
        (Verb::Unknown, String::new())
    );
}
