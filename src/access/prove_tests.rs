//! Expectations that hold and that don't, from files.

use super::*;
use crate::plan::testing::{environment, home};

/// What is told of the expectations of a file that don't hold.
#[track_caller]
fn told(yaml: &str) -> Vec<String> {
    let environment = environment(yaml);
    let errors = environment
        .findings
        .iter()
        .filter(|one| one.severity == crate::spec::finding::Severity::Error);
    let errors: Vec<&str> = errors.map(|one| one.message.as_str()).collect();
    assert_eq!(errors, [""; 0]);
    assert!(!environment.expectations.is_empty());
    let world = World::wanted(&environment.objects, &home(), &environment.sources);
    let broken = world.broken(&environment.expectations);
    broken
        .iter()
        .map(|one| format!("{}: {}", one.message(), one.reason()))
        .collect()
}

#[track_caller]
fn holds(yaml: &str) {
    assert_eq!(told(yaml), [""; 0]);
}

/// One expectation fails, and what is told of it has all of these words.
#[track_caller]
fn fails(yaml: &str, words: &[&str]) {
    let told = told(yaml);
    let [one] = told.as_slice() else { panic!("{told:#?}") };
    for word in words {
        assert!(one.contains(word), "`{word}` is not in: {one}");
    }
}

fn team(expect: &str) -> String {
    format!(
        "
policies:
  engineer:
    document:
      Statement:
        - {{ Sid: Put, Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::data' }}
        - {{ Sid: Get, Effect: Allow, Action: 's3:Get*', Resource: 'arn:aws:s3:::data/*' }}
        - {{ Sid: NoSecrets, Effect: Deny, Action: '*', Resource: 'arn:aws:s3:::data/secret/*' }}
  limits: {{ document: [{{ Effect: Allow, Action: 's3:GetObject', Resource: '*' }}] }}
  homes: {{ document: [{{ Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::homes/${{aws:username}}/*' }}] }}
  tagged: {{ document: [{{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::teams/${{aws:PrincipalTag/team}}/*' }}] }}
  tls: {{ document: [{{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*', Condition: {{ Bool: {{ aws:SecureTransport: 'true' }} }} }}] }}
groups:
  engineer: {{ policies: [engineer] }}
users:
  erika: {{ groups: [engineer] }}
  bounded: {{ policies: [AmazonS3FullAccess], permissions_boundary: limits }}
  tom: {{ policies: [homes, tagged], tags: {{ team: blue }} }}
  secure: {{ policies: [tls] }}
  loose: {{ policies: ['arn:aws:iam::123456789012:policy/elsewhere'] }}
  shared: {{ shared: true, policies: [AmazonS3ReadOnlyAccess] }}
expect:
  - {expect}
"
    )
}

#[test]
fn a_group_gives_its_members_what_it_holds() {
    for who in ["user/erika", "group/engineer", "'arn:aws:iam::123456789012:user/erika'"] {
        holds(&team(&format!(
            "{{ who: {who}, can: s3:GetObject, on: 'arn:aws:s3:::data/public/*' }}"
        )));
    }
    fails(
        &team("{ who: user/erika, can: s3:PutObject, on: 'arn:aws:s3:::data/*' }"),
        &[
            "user/erika can't s3:PutObject on arn:aws:s3:::data/*",
            "the nearest is",
            ":10",
            "\"Put\"",
            "its Resource has no /*",
        ],
    );
}

#[test]
fn a_pattern_means_every_text_of_it() {
    fails(
        &team("{ who: user/erika, can: s3:GetObject, on: 'arn:aws:s3:::data/*' }"),
        &["can't s3:GetObject on arn:aws:s3:::data/secret/", "NoSecrets", ":12"],
    );
    fails(
        &team("{ who: user/erika, cannot: 's3:GetObject', on: 'arn:aws:s3:::*' }"),
        &["user/erika can s3:GetObject on arn:aws:s3:::data/", "Get", ":11"],
    );
    holds(&team(
        "{ who: user/erika, cannot: 's3:*', on: 'arn:aws:s3:::data/secret/*' }",
    ));
    holds(&team("{ who: user/erika, cannot: ['s3:Delete*', 'iam:*'], on: '*' }"));
    fails(
        &team("{ who: user/erika, can: 's3:Get*', on: 'arn:aws:s3:::*' }"),
        &["user/erika can't s3:"],
    );
}

#[test]
fn a_boundary_limits() {
    holds(&team(
        "{ who: user/bounded, can: s3:GetObject, on: 'arn:aws:s3:::data/*' }",
    ));
    holds(&team("{ who: user/bounded, cannot: s3:PutObject, on: '*' }"));
    fails(
        &team("{ who: user/bounded, can: s3:PutObject, on: 'arn:aws:s3:::data/*' }"),
        &["can't s3:PutObject", "boundary"],
    );
}

#[test]
fn variables_are_those_of_who_asks() {
    holds(&team(
        "{ who: user/tom, can: 's3:PutObject', on: 'arn:aws:s3:::homes/tom/*' }",
    ));
    holds(&team(
        "{ who: user/tom, cannot: 's3:PutObject', on: 'arn:aws:s3:::homes/erika/*' }",
    ));
    holds(&team(
        "{ who: user/tom, can: 's3:GetObject', on: 'arn:aws:s3:::teams/blue/*' }",
    ));
    holds(&team(
        "{ who: user/tom, cannot: 's3:GetObject', on: 'arn:aws:s3:::teams/red/*' }",
    ));
    fails(
        &team("{ who: user/tom, cannot: 's3:GetObject', on: 'arn:aws:s3:::teams/*' }"),
        &["can s3:GetObject on arn:aws:s3:::teams/blue/"],
    );
}

#[test]
fn what_depends_on_a_condition_is_not_known_until_it_is_said() {
    fails(
        &team("{ who: user/secure, can: s3:GetObject, on: 'arn:aws:s3:::data/*' }"),
        &[
            "it is not known whether user/secure can",
            "aws:securetransport",
            "when:",
        ],
    );
    let with = |rest: &str| team(&format!("{{ who: user/secure, {rest}, on: 'arn:aws:s3:::data/*' }}"));
    holds(&with("can: s3:GetObject, when: { aws:SecureTransport: true }"));
    holds(&with("cannot: s3:GetObject, when: { aws:SecureTransport: false }"));
    holds(&with("cannot: s3:GetObject, when: { aws:SecureTransport: null }"));
    holds(&with("can: s3:GetObject, assume: allowed"));
    holds(&with("cannot: s3:GetObject, assume: denied"));
    fails(&with("can: s3:GetObject, assume: denied"), &["not known"]);
}

#[test]
fn what_no_one_has_read_is_not_known() {
    fails(
        &team("{ who: user/loose, can: s3:GetObject, on: 'arn:aws:s3:::data/*' }"),
        &[
            "not known",
            "arn:aws:iam::123456789012:policy/elsewhere has not been read",
        ],
    );
    fails(
        &team("{ who: user/loose, cannot: s3:GetObject, on: 'arn:aws:s3:::data/*' }"),
        &["not known"],
    );
}

#[test]
fn others_may_have_given_a_shared_user_more() {
    holds(&team(
        "{ who: user/shared, can: s3:GetObject, on: 'arn:aws:s3:::data/*' }",
    ));
    fails(
        &team("{ who: user/shared, cannot: s3:PutObject, on: 'arn:aws:s3:::data/*' }"),
        &["not known", "shared"],
    );
}

fn resources(expect: &str) -> String {
    format!(
        "
users:
  reader: {{ inline_policies: {{ own: [{{ Effect: Allow, Action: s3:GetObject, Resource: '*' }}] }} }}
roles:
  worker: {{ trust: lambda.amazonaws.com, inline_policies: {{ up: [{{ Effect: Allow, Action: sts:AssumeRole, Resource: '*' }}] }} }}
  admin: {{ trust: {{ aws: $(roles.worker.arn) }}, policies: [AdministratorAccess] }}
  partner: {{ trust: {{ aws: 'arn:aws:iam::999999999999:root' }}, inline_policies: {{ one: [{{ Effect: Allow, Action: s3:ListBucket, Resource: 'arn:aws:s3:::site' }}] }} }}
buckets:
  site:
    public: ['*']
    public_access_block: {{ block_public_policy: false, restrict_public_buckets: false }}
    policy: [{{ Sid: All, Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: 'arn:aws:s3:::site/*' }}]
  shut:
    public_access_block: {{ block_public_policy: false, restrict_public_buckets: true }}
    policy: [{{ Sid: All, Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: 'arn:aws:s3:::shut/*' }}]
  dropbox:
    policy:
      - {{ Sid: Partner, Effect: Allow, Principal: {{ AWS: 'arn:aws:iam::999999999999:role/upload' }}, Action: s3:PutObject, Resource: 'arn:aws:s3:::dropbox/in/*' }}
      - {{ Sid: Logs, Effect: Allow, Principal: {{ Service: logging.s3.amazonaws.com }}, Action: s3:PutObject, Resource: 'arn:aws:s3:::dropbox/logs/*' }}
      - {{ Sid: NotReader, Effect: Deny, Principal: {{ AWS: $(users.reader.arn) }}, Action: 's3:*', Resource: 'arn:aws:s3:::dropbox/*' }}
expect:
  - {expect}
"
    )
}

#[test]
fn anyone_is_everybody() {
    holds(&resources(
        "{ who: anyone, can: s3:GetObject, on: 'arn:aws:s3:::site/*' }",
    ));
    fails(
        &resources("{ who: anyone, cannot: s3:GetObject, on: 'arn:aws:s3:::site/*' }"),
        &["anyone can s3:GetObject on arn:aws:s3:::site/*", "All"],
    );
    holds(&resources("{ who: anyone, cannot: s3:PutObject, on: '*' }"));
    holds(&resources(
        "{ who: anyone, cannot: s3:GetObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
}

#[test]
fn a_block_on_public_policies_keeps_strangers_out() {
    holds(&resources(
        "{ who: anyone, cannot: s3:GetObject, on: 'arn:aws:s3:::shut/*' }",
    ));
    fails(
        &resources("{ who: anyone, can: s3:GetObject, on: 'arn:aws:s3:::shut/*' }"),
        &["restrict_public_buckets"],
    );
    holds(&resources(
        "{ who: user/reader, can: s3:GetObject, on: 'arn:aws:s3:::shut/*' }",
    ));
}

#[test]
fn a_resource_policy_has_its_say() {
    holds(&resources(
        "{ who: user/reader, cannot: s3:GetObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
    fails(
        &resources("{ who: user/reader, can: s3:GetObject, on: 'arn:aws:s3:::*' }"),
        &["can't s3:GetObject on arn:aws:s3:::dropbox/", "NotReader"],
    );
    holds(&resources(
        "{ who: logging.s3.amazonaws.com, can: s3:PutObject, on: 'arn:aws:s3:::dropbox/logs/*' }",
    ));
    holds(&resources(
        "{ who: lambda.amazonaws.com, cannot: s3:PutObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
}

#[test]
fn another_account_has_to_agree() {
    let upload = "'arn:aws:iam::999999999999:role/upload'";
    fails(
        &resources(&format!(
            "{{ who: {upload}, can: s3:PutObject, on: 'arn:aws:s3:::dropbox/in/*' }}"
        )),
        &["not known", "what it holds is not known here"],
    );
    holds(&resources(&format!(
        "{{ who: {upload}, can: s3:PutObject, on: 'arn:aws:s3:::dropbox/in/*', assume: allowed }}"
    )));
    holds(&resources(&format!(
        "{{ who: {upload}, cannot: s3:PutObject, on: 'arn:aws:s3:::dropbox/logs/*' }}"
    )));
    fails(
        &resources(
            "{ who: role/admin, can: lambda:InvokeFunction, on: 'arn:aws:lambda:eu-west-1:999999999999:function:x' }",
        ),
        &["not known", "account 999999999999"],
    );
}

#[test]
fn a_role_is_assumed_by_whom_it_trusts() {
    holds(&resources(
        "{ who: role/worker, can: sts:AssumeRole, on: $(roles.admin.arn) }",
    ));
    holds(&resources(
        "{ who: role/worker, cannot: sts:AssumeRole, on: $(roles.partner.arn) }",
    ));
    holds(&resources(
        "{ who: lambda.amazonaws.com, can: sts:AssumeRole, on: $(roles.worker.arn) }",
    ));
    holds(&resources(
        "{ who: anyone, cannot: sts:AssumeRole, on: $(roles.worker.arn) }",
    ));
    fails(
        &resources("{ who: role/worker, can: sts:AssumeRole, on: 'arn:aws:iam::123456789012:role/elsewhere' }"),
        &["not known", "trust policy"],
    );
    holds(&resources("{ who: user/reader, cannot: sts:AssumeRole, on: '*' }"));
    fails(
        &resources("{ who: role/worker, cannot: sts:AssumeRole, on: '*' }"),
        &["can sts:AssumeRole", "role/admin"],
    );
}

#[test]
fn roles_are_assumed_on_the_way() {
    holds(&resources(
        "{ who: role/worker, through: role/admin, can: iam:CreateUser, on: '*' }",
    ));
    holds(&resources(
        "{ who: role/worker, through: role/partner, cannot: s3:ListBucket, on: '*' }",
    ));
    fails(
        &resources("{ who: role/worker, through: role/admin, cannot: iam:CreateUser, on: '*' }"),
        &["role/worker as role/admin can iam:CreateUser"],
    );
    fails(
        &resources("{ who: user/reader, through: role/admin, can: iam:CreateUser, on: '*' }"),
        &["user/reader as role/admin can't sts:AssumeRole on arn:aws:iam::123456789012:role/admin"],
    );
}

#[test]
fn only_means_nobody_else() {
    holds(&resources(
        "{ only: [role/admin, logging.s3.amazonaws.com, 'arn:aws:iam::999999999999:role/upload'], can: s3:PutObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
    let told = told(&resources(
        "{ only: [role/partner], can: s3:PutObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
    let who: Vec<&str> = told.iter().filter_map(|one| one.split(" can").next()).collect();
    assert_eq!(
        who,
        [
            "it is not known whether arn:aws:iam::999999999999:role/upload",
            "logging.s3.amazonaws.com",
            "role/admin"
        ]
    );
    holds(&resources(
        "{ only: [role/admin, logging.s3.amazonaws.com, '999999999999'], can: s3:PutObject, on: 'arn:aws:s3:::dropbox/*' }",
    ));
}

#[test]
fn an_administrator_can_do_all() {
    holds(&resources(
        "{ who: role/admin, can: ['s3:*', 'ec2:*', 'kms:*'], on: '*' }",
    ));
    holds(&resources(
        "{ who: role/admin, can: 'kms:Decrypt', on: 'arn:aws:kms:eu-west-1:123456789012:key/*' }",
    ));
}

#[test]
fn an_action_that_there_is_not_proves_nothing() {
    for claim in ["can", "cannot"] {
        fails(
            &team(&format!(
                "{{ who: user/erika, {claim}: 's3:Zz*', on: 'arn:aws:s3:::data/*' }}"
            )),
            &["proves nothing", "matches no action"],
        );
    }
}
