//! What is a difference between two files and what is none.

use super::*;
use crate::plan::testing::environment;
use crate::render::Colour;
use crate::report::testing::verdict;
use crate::report::{Report, Word};

#[track_caller]
fn diff(old: &str, new: &str) -> Diff {
    let (before, after) = (environment(old), environment(new));
    compare(side("old", &before), side("new", &after))
}

fn side<'a>(name: &'a str, environment: &'a Environment) -> Side<'a> {
    Side {
        name,
        header: None,
        environment: Some(environment),
    }
}

fn text(diff: &Diff) -> String {
    crate::render::diff::diff(diff).render(Colour::Never)
}

const OLD: &str = "
policies:
  read:
    document:
      Statement:
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: arn:aws:s3:::rmi-360/* }
roles:
  worker: { trust: ec2.amazonaws.com, policies: [read], tags: { team: data }, protect: true }
  gone: { trust: ec2.amazonaws.com }
  dropped: { trust: ec2.amazonaws.com }
  old-id: { name: same-name, trust: ec2.amazonaws.com }
  kept-id: { name: first-name, trust: ec2.amazonaws.com }
absent: { roles: [away, { name: back, detach: true }] }
expect:
  - { who: role/worker, can: s3:GetObject, on: '*' }
";

const NEW: &str = "
policies:
  read:
    document:
      Statement:
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:GetObjectVersion], Resource: arn:aws:s3:::rmi-360/* }
roles:
  worker:
    trust: [ec2.amazonaws.com, lambda.amazonaws.com]
    policies: [read]
    permissions_boundary: none
    tags: { team: science }
    ignore: [description]
  fresh: { trust: ec2.amazonaws.com, policies: [read] }
  new-id: { name: same-name, trust: ec2.amazonaws.com }
  kept-id: { name: second-name, trust: ec2.amazonaws.com }
  back: { trust: ec2.amazonaws.com }
absent: { roles: [gone, newly] }
expect:
  - { on: '*', can: [s3:PutObject], who: role/worker }
";

#[test]
fn a_rich_difference() {
    insta::assert_snapshot!("rich", text(&diff(OLD, NEW)));
}

#[test]
fn a_rich_difference_as_markdown() {
    let report = Report::of_diff(&diff(OLD, NEW), verdict(0, Word::Changes));
    insta::assert_snapshot!("rich_markdown", crate::render::markdown::markdown(&report));
}

#[test]
fn what_is_spelled_another_way_is_no_difference() {
    let spelled = "
roles:
  b: { policies: [ReadOnlyAccess, AmazonS3ReadOnlyAccess], trust: ec2.amazonaws.com }
  a:
    trust: { Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }] }
    max_session_duration: 60m
expect:
  - { who: role/a, can: [s3:PutObject, s3:GetObject], on: '*' }
";
    let otherwise = "
# a comment
expect:
  - { can: [s3:GetObject, s3:PutObject], who: role/a, resource: '*' }
roles:
  a: &a
    trust: ec2.amazonaws.com
    max_session_duration: 1h
  b: { <<: *a, policies: [AmazonS3ReadOnlyAccess, ReadOnlyAccess] }
";
    let diff = diff(spelled, otherwise);
    assert!(diff.is_empty(), "{diff:#?}");
    assert_eq!(text(&diff), "imaging · old -> new\n\nNo difference: 2 the same.\n");
}

#[test]
fn a_default_tag_touches_every_thing() {
    let header = "version: 1\nenvironment: imaging\nregion: eu-west-1\n";
    let roles = "roles: { a: { trust: ec2.amazonaws.com }, b: { trust: ec2.amazonaws.com } }\n";
    let diff = diff(
        &format!("{header}{roles}"),
        &format!("{header}tags: {{ team: data }}\n{roles}"),
    );
    assert_eq!(diff.changes.len(), 2);
    assert!(diff.changes.iter().all(|change| change.fields.len() == 1));
}

#[test]
fn both_ways_are_mirror_images() {
    let (there, back) = (diff(OLD, NEW), diff(NEW, OLD));
    let count = |diff: &Diff, verb| diff.changes.iter().filter(|change| change.verb == verb).count();
    assert_eq!(count(&there, Verb::Create), count(&back, Verb::Delete));
    assert_eq!(count(&there, Verb::Delete), count(&back, Verb::Create));
    assert_eq!(there.expected, back.unexpected);
    assert!(diff(OLD, OLD).is_empty() && diff(NEW, NEW).is_empty());
}

#[test]
fn a_side_without_a_file_declares_nothing() {
    let after = environment(NEW);
    let nothing = Side {
        name: "old",
        header: None,
        environment: None,
    };
    let diff = compare(nothing, side("new", &after));
    assert_eq!(diff.environment, "imaging");
    assert!(diff.changes.iter().any(|change| change.verb == Verb::Create));
    assert!(diff.changes.iter().all(|change| change.verb != Verb::Delete));
}
