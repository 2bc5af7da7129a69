//! One rich plan as a reviewer sees it.

use crate::plan::testing::{World, address};
use crate::render::snippet::Colour;

const LIVE: &str = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
  monitoring:
    description: What the monitor may do
    document:
      Statement:
        - { Sid: List, Effect: Allow, Action: s3:ListBucket, Resource: arn:aws:s3:::rmi-360 }
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: arn:aws:s3:::rmi-360/* }
        - { Effect: Deny, Action: iam:*, Resource: '*' }
  old: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  unchanged: { trust: ec2.amazonaws.com }
  worker:
    description: works
    trust: ec2.amazonaws.com
    policies: [AmazonS3ReadOnlyAccess, monitoring]
    permissions_boundary: limits
    inline_policies:
      queue: { Statement: [{ Sid: Send, Effect: Allow, Action: sqs:SendMessage, Resource: '*' }] }
      gone: { Statement: [{ Effect: Allow, Action: sns:*, Resource: '*' }] }
    tags: { team: data, cost: '7' }
  retired:
    trust: ec2.amazonaws.com
    policies: [old]
    inline_policies: { own: { Statement: [{ Effect: Allow, Action: sns:*, Resource: '*' }] } }
  foreign: { trust: ec2.amazonaws.com, policies: [AdministratorAccess] }
  quiet: { trust: ec2.amazonaws.com }
  moved: { trust: ec2.amazonaws.com, path: /old/ }
  dark: { trust: ec2.amazonaws.com }
  half: { trust: ec2.amazonaws.com }
";

const WANTED: &str = "
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
  monitoring:
    document:
      Statement:
        - { Sid: List, Effect: Allow, Action: s3:ListBucket, Resource: arn:aws:s3:::rmi-360 }
        - Sid: Read
          Effect: Allow
          Action: [s3:GetObject, s3:GetObjectVersion]
          Resource: arn:aws:s3:::rmi-360/*
          Condition: { StringEquals: { aws:SourceVpc: vpc-1 } }
        - { Sid: Tell, Effect: Allow, Action: sns:Publish, Resource: '*' }
roles:
  unchanged: { trust: ec2.amazonaws.com }
  worker:
    description: works harder
    trust: [ec2.amazonaws.com, lambda.amazonaws.com]
    policies: [monitoring, AWSLambdaBasicExecutionRole]
    max_session_duration: 2h
    inline_policies:
      queue: { Statement: [{ Sid: Send, Effect: Allow, Action: [sqs:SendMessage, sqs:ReceiveMessage], Resource: '*' }] }
      fresh: { Statement: [{ Effect: Allow, Action: sns:Publish, Resource: '*' }] }
    ignore: [tags.cost]
    tags: { team: science, stage: '' }
  new:
    trust: lambda.amazonaws.com
    description: Runs the monitor
    policies: [AWSLambdaBasicExecutionRole, monitoring]
    inline_policies: { status: { Statement: [{ Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: 'arn:aws:s3:::rmi-360/status/*' }] } }
    instance_profile: true
  foreign: { trust: ec2.amazonaws.com }
  quiet: { trust: ec2.amazonaws.com }
  moved: { trust: ec2.amazonaws.com, path: /new/ }
  dark: { trust: ec2.amazonaws.com }
  half: { trust: ec2.amazonaws.com }
absent: { policies: [old], roles: [retired] }
";

#[test]
fn a_rich_plan() {
    let world = World::of(WANTED)
        .live(LIVE)
        .role("foreign", |role| role.tags.clear())
        .role("quiet", |role| role.tags.clear())
        .unread(address("role", "dark"), None)
        .unread(address("role", "half"), Some(crate::fields::FieldPath::whole("tags")))
        .replace("role/moved");
    let text = super::plan(&world.plan()).render(Colour::Never);
    insta::assert_snapshot!(text, @r#"
    imaging · account 123456789012 · eu-west-1 · as user/erika
    with --replace role/moved

    ~ policy/monitoring                                                     environment.yaml:8
        document    statement "Read"
                      Action                                - s3:PutObject
                                                            + s3:GetObjectVersion
                      Condition StringEquals aws:SourceVpc  + vpc-1
                    + Tell: Allow sns:Publish on *
                    - Deny iam:* on *

    - policy/old                                                            environment.yaml:41, absent

    ? role/dark                                                             environment.yaml:39
        everything  unknown: AccessDenied

    ! role/foreign is left alone, see below                                 environment.yaml:36
        policies    - AdministratorAccess

    ? role/half                                                             environment.yaml:40
        tags        unknown: AccessDenied

    -+ role/moved is deleted and made anew, with another unique id          environment.yaml:38
        path        /old/ -> /new/

    + role/new                                                              environment.yaml:30
        description       Runs the monitor
        trust             + Allow sts:AssumeRole to lambda.amazonaws.com
        policies          + monitoring
                          + AWSLambdaBasicExecutionRole
        inline_policies   + status
                            + Allow s3:GetObject, s3:PutObject on arn:aws:s3:::rmi-360/status/*
        instance_profile  + new

    = role/quiet is taken over as it is                                     environment.yaml:37

    - role/retired                                                          environment.yaml:41, absent
        policies         - old
        inline_policies  - own

    ~ role/worker                                                           environment.yaml:20
        description           works -> works harder
        trust                 statement 1
                                Principal Service  + lambda.amazonaws.com
        max_session_duration  1h -> 2h
        policies              - AmazonS3ReadOnlyAccess
                              + AWSLambdaBasicExecutionRole
        inline_policies       + fresh
                                + Allow sns:Publish on *
                              - gone
                                - Allow sns:* on *
                              queue
                                statement "Send"
                                  Action    + sqs:ReceiveMessage
        tags                  + stage ""
                              team data -> science
        held                  permissions_boundary (limits) is kept: only a written value takes it away
        ignored               tags.cost (7) is kept as it is

    Access
        ec2.amazonaws.com             gains    sts:AssumeRole on role/new/moved  (trust policy of role/moved, statement 1)  write
                                      loses    sts:AssumeRole on role/old/moved, role/retired  (trust policy of role/moved, statement 1; trust policy of role/retired, statement 1)  write
        lambda.amazonaws.com          gains    sts:AssumeRole on role/new, role/worker  (trust policy of role/new, statement 1; trust policy of role/worker, statement 1)  write
        role/new                      gains    logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on *  (policy AWSLambdaBasicExecutionRole (AWS's v1 of 2015-04-09), statement 1)  write
                                      gains    s3:PutObject, s3:GetObject on rmi-360/status/*  (inline policy status, statement 1; policy monitoring, Read)  write, read
                                      gains    sns:Publish on *  (policy monitoring, Tell)  write
                                      gains    s3:GetObject on rmi-360/*, but not rmi-360/status/*, if StringEquals aws:SourceVpc vpc-1  (policy monitoring, Read)  read
                                      gains    s3:GetObjectVersion on rmi-360/*, if StringEquals aws:SourceVpc vpc-1  (policy monitoring, Read)  read
                                      gains    s3:ListBucket on rmi-360  (policy monitoring, List)  list
        role/worker                   gains    logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on *  (policy AWSLambdaBasicExecutionRole (AWS's v1 of 2015-04-09), statement 1)  write
                                      gains    sqs:ReceiveMessage on *  (inline policy queue, Send)  read
                                      loses    sns:* but not sns:Publish on *  (inline policy gone, statement 1)  permissions, write, tagging, read, list
                                      loses    s3:PutObject on rmi-360/*  (policy monitoring, Read)  write
                                      loses    s3-object-lambda:Get*, s3-object-lambda:List* on *  (policy AmazonS3ReadOnlyAccess (AWS's v3 of 2023-08-10), statement 1)  read, list
                                      loses    s3:Describe*, s3:Get* but not s3:GetObject, s3:GetObjectVersion, s3:List* but not s3:ListBucket on *  (policy AmazonS3ReadOnlyAccess (AWS's v3 of 2023-08-10), statement 1)  read, list
                                      loses    s3:GetObject, s3:GetObjectVersion on *, but not rmi-360/*  (policy AmazonS3ReadOnlyAccess (AWS's v3 of 2023-08-10), statement 1)  read
                                      loses    s3:GetObject, s3:GetObjectVersion on rmi-360/*, from now on only if StringEquals aws:SourceVpc vpc-1  (policy AmazonS3ReadOnlyAccess (AWS's v3 of 2023-08-10), statement 1; policy monitoring, Read)  read
                                      loses    s3:ListBucket on *, but not rmi-360  (policy AmazonS3ReadOnlyAccess (AWS's v3 of 2023-08-10), statement 1)  list
        role/foreign                           is no longer as good as an administrator
                                      loses    * on *  (policy AdministratorAccess (AWS's v1 of 2015-02-06), statement 1)  permissions, write, tagging, read, list
        role/retired                           is no longer as good as an administrator
                                      loses    * on *  (inline policy own, statement 1; policy old, statement 1)  permissions, write, tagging, read, list
      widens access: yes, 4 principals

    1 to create, 2 to change, 1 to replace, 2 to delete, 1 to adopt, 1 refused, 2 unknown, 2 as written; 22 calls.
    refused: role/foreign exists and is not this environment's; policies.AdministratorAccess would change (environment.yaml:36)
        to take it over and change it: --adopt role/foreign
    refused: 7 of 17 things and links would be deleted or detached
        to go on: --allow mass-change
    "#);
}

#[test]
fn nothing_to_do_says_so() {
    let text = super::plan(&World::settled(WANTED).plan()).render(Colour::Never);
    insta::assert_snapshot!(text, @r#"
    imaging · account 123456789012 · eu-west-1 · as user/erika

    Nothing to do: 12 as written.
    "#);
}
