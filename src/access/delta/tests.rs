//! Who gains and who loses what, between worlds made from files.

use super::*;
use crate::access::World;
use crate::plan::testing::{environment, home};
use crate::render::access::{Voice, section};
use crate::render::{Colour, Doc};

fn world(text: &str) -> World {
    let environment = environment(text);
    World::wanted(&environment.objects, &home(), &environment.sources)
}

fn between(before: &str, after: &str) -> Delta {
    Delta::between(&world(before), &world(after))
}

fn text(delta: &Delta) -> String {
    let mut doc = Doc::default();
    section(&mut doc, delta, Voice::Change);
    doc.render(Colour::Never)
}

const ROLE: &str = "roles:\n  worker: { trust: lambda.amazonaws.com, inline_policies: { own: [";

/// A role with these statements.
fn role(statements: &str) -> String {
    format!("{ROLE}{statements}] }} }}\n")
}

#[track_caller]
fn shown(before: &str, after: &str) -> String {
    text(&between(&role(before), &role(after)))
}

#[test]
fn the_same_said_otherwise_moves_nothing() {
    let one = "{ Sid: A, Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: 'arn:aws:s3:::b/*' }";
    let other = "{ Effect: Allow, Action: s3:putobject, Resource: 'arn:aws:s3:::b/*' }, { Effect: Allow, Action: 's3:GetObject', Resource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/x'] }";
    assert_eq!(shown(one, one), "");
    assert_eq!(shown(one, other), "");
}

#[test]
fn what_is_new_is_gained_in_the_words_of_the_author() {
    let before = "{ Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::b/public/*' }";
    let after = "{ Effect: Allow, Action: [s3:GetObject, 's3:Put*'], Resource: 'arn:aws:s3:::b/*' }";
    insta::assert_snapshot!(shown(before, after));
}

#[test]
fn a_deny_with_a_condition_takes_away_but_for_it() {
    let before = "{ Effect: Allow, Action: 's3:*', Resource: '*' }";
    let after = "{ Effect: Allow, Action: 's3:*', Resource: '*' }, { Effect: Deny, Action: 's3:Delete*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }";
    insta::assert_snapshot!(shown(before, after));
    insta::assert_snapshot!(shown(after, before));
}

#[test]
fn a_condition_that_takes_fewer_values_is_narrower() {
    let with = |values: &str| {
        format!(
            "{{ Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: {{ StringEquals: {{ 'aws:SourceVpc': {values} }} }} }}"
        )
    };
    insta::assert_snapshot!(shown(&with("[vpc-1, vpc-2]"), &with("[vpc-1]")));
    insta::assert_snapshot!(shown(&with("[vpc-1]"), &with("[vpc-2]")));
}

#[test]
fn a_boundary_that_goes_on_takes_away() {
    let policies = "policies:\n  limits: { document: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] }\n";
    let all = "inline_policies: { all: [{ Effect: Allow, Action: '*', Resource: '*' }] }";
    let user = |boundary: &str| format!("{policies}users:\n  erika: {{ {all}{boundary} }}\n");
    let (free, bound) = (user(""), user(", permissions_boundary: limits"));
    insta::assert_snapshot!(text(&between(&free, &bound)));
    insta::assert_snapshot!(text(&between(&bound, &free)));
}

#[test]
fn a_group_gives_and_takes_through_its_members() {
    let groups = "groups:\n  team: { inline_policies: { own: [{ Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*' }] } }\n";
    let user = |group: &str| format!("{groups}users:\n  tom: {{ groups: [{group}] }}\n");
    insta::assert_snapshot!(text(&between(&user(""), &user("team"))));
    insta::assert_snapshot!(text(&between(&user("team"), &user(""))));
}

#[test]
fn a_bucket_that_opens_is_told_first() {
    let bucket = |statements: &str| {
        let worker = role("{ Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*' }");
        let policy = match statements {
            "" => String::new(),
            _ => format!(", policy: [{statements}]"),
        };
        format!(
            "buckets:\n  data: {{ public: ['*'], public_access_block: {{ block_public_policy: false, restrict_public_buckets: false }}{policy} }}\n{worker}"
        )
    };
    let open = "{ Sid: Open, Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*' }, { Sid: Logs, Effect: Allow, Principal: { Service: logging.s3.amazonaws.com }, Action: s3:PutObject, Resource: 'arn:aws:s3:::data/logs/*' }, { Sid: Partner, Effect: Allow, Principal: { AWS: '111122223333' }, Action: 's3:Get*', Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'] }, { Sid: Own, Effect: Allow, Principal: { AWS: $(roles.worker.arn) }, Action: s3:DeleteObject, Resource: 'arn:aws:s3:::data/*' }";
    let delta = between(&bucket(""), &bucket(open));
    insta::assert_snapshot!(text(&delta));
    assert!(delta.verdict().public);
}

#[test]
fn a_deny_in_a_bucket_policy_takes_from_everybody_but_its_exception() {
    let all = "inline_policies: { all: [{ Effect: Allow, Action: '*', Resource: '*' }] }";
    let bucket = |statements: &str| {
        let policy = match statements {
            "" => String::new(),
            _ => format!("policy: [{statements}]"),
        };
        format!("buckets:\n  data: {{ {policy} }}\nusers:\n  erika: {{ {all} }}\n  tom: {{ {all} }}\n")
    };
    let deny = "{ Sid: Shut, Effect: Deny, Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'], Condition: { ArnNotEquals: { 'aws:PrincipalArn': $(users.erika.arn) } } }";
    insta::assert_snapshot!(text(&between(&bucket(""), &bucket(deny))));
}

#[test]
fn an_administrator_is_told_as_one() {
    let user = |actions: &str| {
        format!(
            "users:\n  erika: {{ inline_policies: {{ own: [{{ Effect: Allow, Action: '{actions}', Resource: '*' }}] }} }}\n"
        )
    };
    let delta = between(&user("s3:Get*"), &user("*"));
    assert_eq!(delta.verdict().to_string(), "yes, 1 principal, 1 admin-equivalent");
    let back = between(&user("*"), &user("s3:Get*"));
    assert_eq!(back.shifts[0].admin, Some(Way::Loses));
    assert_eq!(back.verdict().widens, Widens::No);
}

#[test]
fn a_way_to_more_counts_when_its_last_step_is_gained() {
    let before = "{ Effect: Allow, Action: ['glue:CreateJob', 'glue:StartJobRun'], Resource: '*' }";
    let after = "{ Effect: Allow, Action: ['glue:CreateJob', 'glue:StartJobRun'], Resource: '*' }, { Effect: Allow, Action: 'iam:PassRole', Resource: '*' }";
    let delta = between(&role(before), &role(after));
    assert!(delta.verdict().escalating > 0, "{delta:#?}");
    assert_eq!(delta.crossing(Limit::Escalation), ["role/worker"]);
    assert!(delta.crossing(Limit::Public).is_empty());
}

#[test]
fn a_new_role_gains_and_a_policy_that_no_one_read_is_unknown() {
    let after =
        "roles:\n  worker: { trust: lambda.amazonaws.com, policies: ['arn:aws:iam::123456789012:policy/elsewhere'] }\n";
    let delta = between("roles: {}\n", after);
    insta::assert_snapshot!(text(&delta));
}

#[test]
#[ignore = "a measurement, for an optimised build on a quiet machine"]
fn a_plan_that_touches_twenty_principals_is_compared_at_once() {
    let team = |actions: &str| {
        let statement = |n: usize| {
            format!(
                "{{ Effect: Allow, Action: [{actions}], Resource: ['arn:aws:s3:::data-{n}', 'arn:aws:s3:::data-{n}/*'] }}, {{ Effect: Allow, Action: 's3:List*', Resource: '*' }}, {{ Effect: Deny, Action: 's3:Delete*', Resource: '*', Condition: {{ Bool: {{ 'aws:MultiFactorAuthPresent': 'false' }} }} }}"
            )
        };
        let roles: String = (0..20)
            .map(|n| {
                format!(
                    "  worker-{n}: {{ trust: lambda.amazonaws.com, inline_policies: {{ own: [{}] }} }}\n",
                    statement(n)
                )
            })
            .collect();
        format!("roles:\n{roles}")
    };
    let (before, after) = (
        world(&team("'s3:*'")),
        world(&team("'s3:Get*', 's3:PutObject', 'iam:PassRole'")),
    );
    let _ = Delta::between(&before, &after);
    let begin = std::time::Instant::now();
    let delta = Delta::between(&before, &after);
    let took = begin.elapsed();
    assert_eq!(delta.shifts.len(), 20);
    // Without optimisation, beside other tests, it takes fifty times as long as the program that people use.
    assert!(took.as_millis() < 10_000, "{took:?}");
}

mod agreement;
mod held;
