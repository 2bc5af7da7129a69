//! Worlds made from files.

use super::*;
use crate::address::Address;
use crate::kinds::KindName;
use crate::names::Arn;
use crate::plan::testing::{environment, home};

fn world(text: &str) -> World {
    let environment = environment(text);
    World::wanted(&environment.objects, &home(), &environment.sources)
}

fn titles(attached: &[Attached]) -> Vec<String> {
    attached.iter().map(Attached::title).collect()
}

const TEAM: &str = "
policies:
  engineer_access: { document: [{ Sid: Put, Effect: Allow, Action: s3:PutObject, Resource: '*' }] }
  limits: { document: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] }
groups:
  engineer: { policies: [engineer_access], inline_policies: { extra: [{ Effect: Deny, Action: s3:DeleteObject, Resource: '*' }] } }
users:
  erika:
    path: /people/
    groups: [engineer]
    permissions_boundary: limits
    inline_policies: { own: [{ Effect: Allow, Action: s3:GetObject, Resource: '*' }] }
    tags: { team: data }
roles:
  worker: { trust: lambda.amazonaws.com, policies: ['arn:aws:iam::123456789012:policy/elsewhere'] }
buckets:
  data: { policy: [{ Sid: Mine, Effect: Allow, Principal: { AWS: $(roles.worker.arn) }, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*' }] }
";

#[test]
fn a_user_holds_its_own_policies_and_its_groups() {
    let world = world(TEAM);
    let arn = Arn::parse("arn:aws:iam::123456789012:user/people/erika").unwrap();
    let erika = world.principal(&arn).unwrap();
    assert_eq!(
        titles(&erika.identity),
        [
            "inline policy own",
            "policy engineer_access of group/engineer",
            "inline policy extra of group/engineer"
        ]
    );
    assert!(erika.identity.iter().all(|one| one.text.document().is_some()));
    assert_eq!(erika.boundary.as_ref().unwrap().name, "boundary limits");
    assert!(erika.boundary.as_ref().unwrap().text.document().is_some());
    assert_eq!(erika.tags.as_ref().unwrap()["team"], "data");
    assert!(
        world
            .principal(&Arn::parse("arn:aws:iam::123456789012:user/ERIKA").unwrap())
            .is_some()
    );
    let statement = &erika.identity[1].text.document().unwrap().statements[0];
    assert_eq!(world.place(statement.at).unwrap().line, 7);
}

#[test]
fn a_member_holds_only_what_the_group_gives() {
    let world = world(TEAM);
    let member = world.called(&Address::new(KindName::Group, "engineer")).unwrap();
    assert_eq!(member.sort, Sort::Member);
    assert_eq!(
        titles(&member.identity),
        [
            "policy engineer_access of group/engineer",
            "inline policy extra of group/engineer"
        ]
    );
    assert!(member.boundary.is_none());
}

#[test]
fn what_no_one_has_read_is_unread() {
    let world = world(TEAM);
    let worker = world.called(&Address::new(KindName::Role, "worker")).unwrap();
    let [one] = worker.identity.as_slice() else {
        panic!("{worker:?}")
    };
    assert!(
        matches!(&one.text, Text::Unread(why) if why.contains("policy/elsewhere")),
        "{one:?}"
    );
}

#[test]
fn resource_policies_and_trust_are_resources() {
    let world = world(TEAM);
    let known: Vec<(&str, &str)> = world
        .resources()
        .map(|one| (one.arn.as_str(), one.what.as_str()))
        .collect();
    assert_eq!(
        known,
        [
            ("arn:aws:iam::123456789012:role/worker", "trust policy"),
            ("arn:aws:s3:::data", "bucket policy"),
        ]
    );
}

#[test]
fn what_is_shared_is_open() {
    let world = world("users: { tom: { shared: true, policies: [AmazonS3ReadOnlyAccess] } }");
    let tom = world.called(&Address::new(KindName::User, "tom")).unwrap();
    assert!(
        tom.identity.iter().any(|one| matches!(one.text, Text::Open(_))),
        "{tom:?}"
    );
}
