use super::{accepts, of, refuses};
use crate::names::*;

const PARTS: &str = "`arn:partition:service:region:account:resource`";

fn account() -> AccountId {
    of("123456789012")
}

#[test]
fn arns() {
    accepts::<Arn>(&[
        "arn:aws:s3:::bucket/a b/ü",
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        "arn:aws:iam::cloudfront:user/x",
        "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q",
        "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*",
    ]);
    refuses::<Arn>(&[
        ("", &format!("an arn can't be empty; it takes {PARTS}")),
        ("role/x", &format!("`role/x`: an arn begins with `arn:`, as in {PARTS}")),
        (
            "arn:aws:iam:role/x",
            &format!("`arn:aws:iam:role/x`: an arn has six parts, {PARTS}, this has 4"),
        ),
        (
            "arn:aws-gv:iam::123456789012:role/x",
            "`arn:aws-gv:iam::123456789012:role/x`: as the partition of an arn, `aws-gv`: no such partition; there are `aws`, `aws-cn`, `aws-eusc`, `aws-iso`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f`, `aws-us-gov`",
        ),
        (
            "arn:aws:iam::12345:role/x",
            "`arn:aws:iam::12345:role/x`: as the account of an arn, `12345`: an account id has 12 digits, this has 5",
        ),
        (
            "arn:aws:sqs:us-east1:123456789012:q",
            "`arn:aws:sqs:us-east1:123456789012:q`: as the region of an arn, `us-east1`: no such region; did you mean: `us-east-1`",
        ),
        (
            "arn:aws:sqs:cn-north-1:123456789012:q",
            "`arn:aws:sqs:cn-north-1:123456789012:q`: region `cn-north-1` lies in partition `aws-cn`, not in `aws`",
        ),
        (
            "arn:aws:S3:::b",
            "`arn:aws:S3:::b`: `S3` is no service of an arn, which takes lower-case letters, digits and hyphens",
        ),
        (
            "arn:aws:s3:::",
            &format!("`arn:aws:s3:::`: the resource is missing at the end of the arn, {PARTS}"),
        ),
        (
            "arn:aws:s3:::a\u{7}",
            "`arn:aws:s3:::a\\u{7}`: an arn has no control characters",
        ),
    ]);
    assert!(Arn::parse(&format!("arn:aws:s3:::{}", "a".repeat(2048))).is_err());
}

#[test]
fn parts() {
    let arn = of::<Arn>("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:live");
    assert_eq!(arn.partition(), Partition::AwsCn);
    assert_eq!(arn.service(), "lambda");
    assert_eq!(arn.region().unwrap().as_str(), "cn-north-1");
    assert_eq!(arn.account(), Some(account()));
    assert_eq!(arn.resource(), "function:f:live");
    assert_eq!(arn.function_name().unwrap().as_str(), "f");
    assert_eq!(arn.function_qualifier(), Some("live"));
    assert_eq!(
        (arn.role_name(), arn.bucket_name(), arn.rule_and_bus()),
        (None, None, None)
    );
}

#[test]
fn iam_arns_follow_from_names() {
    let (gov, path) = (Partition::AwsUsGov, of::<IamPath>("/a/b/"));
    let user = Arn::user(gov, &account(), &path, &of("u"));
    assert_eq!(user.as_str(), "arn:aws-us-gov:iam::123456789012:user/a/b/u");
    assert_eq!((user.user_name(), user.iam_path()), (Some(of("u")), Some(path.clone())));
    let root = IamPath::default();
    let role = Arn::role(Partition::Aws, &account(), &root, &of("r"));
    assert_eq!(role.as_str(), "arn:aws:iam::123456789012:role/r");
    assert_eq!((role.role_name(), role.iam_path()), (Some(of("r")), Some(root.clone())));
    let group = Arn::group(Partition::Aws, &account(), &root, &of("g"));
    assert_eq!(group.group_name(), Some(of("g")));
    let policy = Arn::policy(Partition::Aws, &account(), &path, &of("p"));
    assert_eq!(
        (policy.policy_name(), policy.is_aws_managed_policy()),
        (Some(of("p")), false)
    );
    let profile = Arn::instance_profile(Partition::Aws, &account(), &path, &of("i"));
    assert_eq!(profile.instance_profile_name(), Some(of("i")));
    assert_eq!(profile.as_str(), "arn:aws:iam::123456789012:instance-profile/a/b/i");
    let managed = Arn::aws_managed_policy(
        Partition::Aws,
        &of("/service-role/"),
        &of("AWSLambdaBasicExecutionRole"),
    );
    assert_eq!(
        managed.as_str(),
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    );
    assert!(managed.is_aws_managed_policy() && managed.account().is_none());
    let oidc = Arn::oidc_provider(Partition::Aws, &account(), &of("https://a.example/id"));
    assert_eq!(oidc.as_str(), "arn:aws:iam::123456789012:oidc-provider/a.example/id");
    assert_eq!(
        (oidc.oidc_host_and_path(), oidc.iam_path()),
        (Some("a.example/id"), None)
    );
    let linked = Arn::linked_role(Partition::Aws, &account(), &of("spot.amazonaws.com"), "_x");
    assert_eq!(
        linked.as_str(),
        "arn:aws:iam::123456789012:role/aws-service-role/spot.amazonaws.com/*_x"
    );
    assert!(linked.is_aws_made() && linked.role_name().is_none() && linked.pathless() == linked);
    assert_eq!(
        Arn::root(Partition::Aws, &account()).as_str(),
        "arn:aws:iam::123456789012:root"
    );
}

#[test]
fn a_session_names_its_role() {
    let session = of::<Arn>("arn:aws:sts::123456789012:assumed-role/Admin/erika");
    assert_eq!(session.session_role_name(), Some(of("Admin")));
    assert_eq!((session.role_name(), session.user_name()), (None, None));
}

#[test]
fn regional_arns_follow_from_names() {
    let region = of::<Region>("eu-west-1");
    let function = Arn::function(&region, &account(), &of("f"));
    assert_eq!(function.as_str(), "arn:aws:lambda:eu-west-1:123456789012:function:f");
    assert_eq!(
        (function.function_name(), function.function_qualifier()),
        (Some(of("f")), None)
    );
    let rule = Arn::rule(&region, &account(), &EventBusName::default(), &of("r"));
    assert_eq!(rule.as_str(), "arn:aws:events:eu-west-1:123456789012:rule/r");
    assert_eq!(rule.rule_and_bus(), Some((EventBusName::default(), of("r"))));
    for bus in ["orders", "aws.partner/example.com/123"] {
        let rule = Arn::rule(&region, &account(), &of(bus), &of("r"));
        assert_eq!(
            rule.as_str(),
            format!("arn:aws:events:eu-west-1:123456789012:rule/{bus}/r")
        );
        assert_eq!(rule.rule_and_bus(), Some((of(bus), of("r"))));
    }
    let bus = Arn::event_bus(&region, &account(), &of("orders"));
    assert_eq!(bus.as_str(), "arn:aws:events:eu-west-1:123456789012:event-bus/orders");
    assert_eq!(bus.event_bus_name(), Some(of("orders")));
    let group = Arn::log_group(&of("cn-north-1"), &account(), &LogGroupName::of_function(&of("f")));
    assert_eq!(
        group.as_str(),
        "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/lambda/f"
    );
    let streams = of::<Arn>(&format!("{group}:*"));
    assert_eq!(streams.log_group_name(), group.log_group_name());
}

#[test]
fn a_bucket_is_no_object() {
    let bucket = Arn::bucket(Partition::AwsCn, &of("rmi-360"));
    assert_eq!(bucket.as_str(), "arn:aws-cn:s3:::rmi-360");
    assert_eq!(bucket.bucket_name(), Some(of("rmi-360")));
    assert_eq!((bucket.region(), bucket.account()), (None, None));
    assert_eq!(of::<Arn>("arn:aws:s3:::rmi-360/key").bucket_name(), None);
    assert_eq!(
        of::<Arn>("arn:aws:s3:eu-west-1:123456789012:accesspoint").bucket_name(),
        None
    );
}
