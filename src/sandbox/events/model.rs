//! The members of EventBridge's requests, as its service model (2015-10-07) describes them.

use super::shape::{Member, Pattern, Shape, Text, may, must};

const NAME: Pattern = (r"[\.\-_A-Za-z0-9]+", is_name);
const BUS: Pattern = (r"[/\.\-_A-Za-z0-9]+", is_bus_name);
const BUS_OR_ARN: Pattern = (
    r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+",
    is_bus_or_arn,
);
const STATEMENT: Pattern = ("[a-zA-Z0-9-_]+", |text| {
    filled(text, |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
});
const ACTION: Pattern = ("events:[a-zA-Z]+", |text| {
    text.strip_prefix("events:")
        .is_some_and(|rest| filled(rest, |b| b.is_ascii_alphabetic()))
});
const PRINCIPAL: Pattern = (r"(\d{12}|\*)", |text| {
    text == "*" || (text.len() == 12 && filled(text, |b| b.is_ascii_digit()))
});
const KMS_KEY: Pattern = (r"^[a-zA-Z0-9_\-/:]*$", |text| {
    text.is_empty() || filled(text, |b| b.is_ascii_alphanumeric() || b"_-/:".contains(&b))
});
const BUS_ARN: Pattern = (
    r"^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$",
    is_events_arn,
);
const PARTNER: Pattern = (r"aws\.partner(/[\.\-_A-Za-z0-9]+){2,}", |text| {
    text.strip_prefix("aws.partner/")
        .is_some_and(|rest| rest.split('/').count() > 1 && rest.split('/').all(is_name))
});

fn filled(text: &str, passes: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(passes)
}

/// What names of rules, targets and archives are made of.
pub(super) fn is_name(text: &str) -> bool {
    filled(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn is_bus_name(text: &str) -> bool {
    filled(text, |b| b.is_ascii_alphanumeric() || b"/.-_".contains(&b))
}

/// An empty name passes, since it stands for the default bus.
fn is_bus_or_arn(text: &str) -> bool {
    match text.split_once(":event-bus/") {
        Some((start, name)) => {
            let parts: Vec<&str> = start.split(':').collect();
            matches!(parts.as_slice(), ["arn", partition, "events", region, account]
                if partition.starts_with("aws") && region.contains('-') && account.len() == 12)
                && is_bus_name(name)
        }
        None => text.is_empty() || is_bus_name(text),
    }
}

fn is_events_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, "events", _, _, rest]
        if partition.starts_with("aws") && rest.split_once('/').is_some_and(|(sort, name)| !sort.is_empty() && !name.is_empty()))
}

const fn plain(least: usize, most: usize) -> Shape {
    Shape::Text(Text {
        least,
        most,
        pattern: None,
    })
}

const fn patterned(least: usize, most: usize, pattern: Pattern) -> Shape {
    Shape::Text(Text {
        least,
        most,
        pattern: Some(pattern),
    })
}

const fn list(least: usize, most: usize, of: &'static Shape) -> Shape {
    Shape::List { least, most, of }
}

const ANY: usize = usize::MAX;
static TEXT: Shape = plain(0, ANY);
static FLAG: Shape = Shape::Flag;
static WHOLE: Shape = Shape::Number(i64::MIN, i64::MAX);
static RULE_NAME: Shape = patterned(1, 64, NAME);
static BUS_NAME: Shape = patterned(1, 256, BUS);
static PLAIN_BUS: Shape = patterned(0, 256, (NAME.0, |text| text.is_empty() || is_name(text)));
static BUS_NAME_OR_ARN: Shape = patterned(0, 1600, BUS_OR_ARN);
static ARN: Shape = plain(1, 1600);
static DESCRIPTION: Shape = plain(0, 512);
static PATTERN: Shape = plain(0, 4096);
static KEY_ID: Shape = patterned(0, 2048, KMS_KEY);
static LIMIT: Shape = Shape::Number(1, 100);
static TOKEN: Shape = plain(1, 2048);
static RULE_STATE: Shape = Shape::OneOf(&["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]);
static TAG_KEY: Shape = plain(1, 128);
static TAG_VALUE: Shape = plain(0, 256);
static TAG: Shape = Shape::Record(&[must("Key", &TAG_KEY), must("Value", &TAG_VALUE)]);
static TAGS: Shape = list(0, ANY, &TAG);
static TAG_KEYS: Shape = list(0, ANY, &TAG_KEY);
static TARGET_ID: Shape = patterned(1, 64, NAME);
static TARGET_IDS: Shape = list(1, 100, &TARGET_ID);
static DEAD_LETTERS: Shape = Shape::Record(&[may("Arn", &ARN)]);
static LOG: Shape = Shape::Record(&[
    may("IncludeDetail", &Shape::OneOf(&["NONE", "FULL"])),
    may("Level", &Shape::OneOf(&["OFF", "ERROR", "INFO", "TRACE"])),
]);

static STRATEGY: Shape = Shape::Record(&[
    must("capacityProvider", &plain(1, 255)),
    may("weight", &Shape::Number(0, 1000)),
    may("base", &Shape::Number(0, 100_000)),
]);
static NETWORK: Shape = Shape::Record(&[may(
    "awsvpcConfiguration",
    &Shape::Record(&[
        must("Subnets", &list(0, ANY, &TEXT)),
        may("SecurityGroups", &list(0, ANY, &TEXT)),
        may("AssignPublicIp", &Shape::OneOf(&["ENABLED", "DISABLED"])),
    ]),
)]);
static ECS: Shape = Shape::Record(&[
    must("TaskDefinitionArn", &ARN),
    may("TaskCount", &Shape::Number(1, i64::MAX)),
    may("LaunchType", &Shape::OneOf(&["EC2", "FARGATE", "EXTERNAL"])),
    may("NetworkConfiguration", &NETWORK),
    may("PlatformVersion", &TEXT),
    may("Group", &TEXT),
    may("CapacityProviderStrategy", &list(0, 6, &STRATEGY)),
    may("EnableECSManagedTags", &FLAG),
    may("EnableExecuteCommand", &FLAG),
    may(
        "PlacementConstraints",
        &list(
            0,
            10,
            &Shape::Record(&[
                may("type", &Shape::OneOf(&["distinctInstance", "memberOf"])),
                may("expression", &plain(0, 2000)),
            ]),
        ),
    ),
    may(
        "PlacementStrategy",
        &list(
            0,
            5,
            &Shape::Record(&[
                may("type", &Shape::OneOf(&["random", "spread", "binpack"])),
                may("field", &plain(0, 255)),
            ]),
        ),
    ),
    may("PropagateTags", &Shape::OneOf(&["TASK_DEFINITION"])),
    may("ReferenceId", &plain(0, 1024)),
    may("Tags", &TAGS),
]);
static BATCH: Shape = Shape::Record(&[
    must("JobDefinition", &TEXT),
    must("JobName", &TEXT),
    may("ArrayProperties", &Shape::Record(&[may("Size", &WHOLE)])),
    may("RetryStrategy", &Shape::Record(&[may("Attempts", &WHOLE)])),
]);
static HTTP: Shape = Shape::Record(&[
    may("PathParameterValues", &list(0, ANY, &TEXT)),
    may(
        "HeaderParameters",
        &Shape::Map {
            most: ANY,
            of: &plain(0, 512),
        },
    ),
    may(
        "QueryStringParameters",
        &Shape::Map {
            most: ANY,
            of: &plain(0, 512),
        },
    ),
]);
static REDSHIFT: Shape = Shape::Record(&[
    may("SecretManagerArn", &ARN),
    must("Database", &plain(1, 64)),
    may("DbUser", &plain(1, 128)),
    may("Sql", &plain(1, 100_000)),
    may("StatementName", &plain(1, 500)),
    may("WithEvent", &FLAG),
    may("Sqls", &list(0, 40, &plain(1, 100_000))),
]);
static COMMAND: Shape = Shape::Record(&[must(
    "RunCommandTargets",
    &list(
        1,
        5,
        &Shape::Record(&[
            must("Key", &plain(1, 128)),
            must("Values", &list(1, 50, &plain(1, 256))),
        ]),
    ),
)]);
static PIPELINE: Shape = Shape::Record(&[may(
    "PipelineParameterList",
    &list(
        0,
        200,
        &Shape::Record(&[must("Name", &plain(1, 256)), must("Value", &plain(0, 1024))]),
    ),
)]);
/// A target of a rule.
pub(super) static TARGET: Shape = Shape::Record(&[
    must("Id", &TARGET_ID),
    must("Arn", &ARN),
    may("RoleArn", &ARN),
    may("Input", &plain(0, 8192)),
    may("InputPath", &plain(0, 256)),
    may(
        "InputTransformer",
        &Shape::Record(&[
            may(
                "InputPathsMap",
                &Shape::Map {
                    most: 100,
                    of: &plain(0, 256),
                },
            ),
            must("InputTemplate", &plain(1, 8192)),
        ]),
    ),
    may(
        "KinesisParameters",
        &Shape::Record(&[must("PartitionKeyPath", &plain(0, 256))]),
    ),
    may("RunCommandParameters", &COMMAND),
    may("EcsParameters", &ECS),
    may("BatchParameters", &BATCH),
    may(
        "SqsParameters",
        &Shape::Record(&[may("MessageGroupId", &plain(0, 100))]),
    ),
    may("HttpParameters", &HTTP),
    may("RedshiftDataParameters", &REDSHIFT),
    may("SageMakerPipelineParameters", &PIPELINE),
    may("DeadLetterConfig", &DEAD_LETTERS),
    may(
        "RetryPolicy",
        &Shape::Record(&[
            may("MaximumRetryAttempts", &Shape::Number(0, 185)),
            may("MaximumEventAgeInSeconds", &Shape::Number(60, 86_400)),
        ]),
    ),
    may(
        "AppSyncParameters",
        &Shape::Record(&[may("GraphQLOperation", &plain(1, 1_048_576))]),
    ),
]);
static TARGETS: Shape = list(1, 100, &TARGET);
static CONDITION: Shape = Shape::Record(&[must("Type", &TEXT), must("Key", &TEXT), must("Value", &TEXT)]);
static EVENT: Shape = Shape::Record(&[
    may("Time", &Shape::Time),
    may("Source", &TEXT),
    may("Resources", &list(0, ANY, &plain(0, 2048))),
    may("DetailType", &TEXT),
    may("Detail", &TEXT),
    may("EventBusName", &BUS_NAME_OR_ARN),
    may("TraceHeader", &plain(1, 500)),
]);
static ARCHIVE_NAME: Shape = patterned(1, 48, NAME);
static SOURCE_ARN: Shape = patterned(1, 1600, BUS_ARN);
static ARCHIVE_STATE: Shape = Shape::OneOf(&[
    "ENABLED",
    "DISABLED",
    "CREATING",
    "UPDATING",
    "CREATE_FAILED",
    "UPDATE_FAILED",
]);
static DAYS: Shape = Shape::Number(0, i64::MAX);

type Operations = [(&'static [&'static str], &'static [Member])];

/// Each operation, or those of one form, with the members of its request.
static OPERATIONS: &Operations = &[
    (
        &["PutRule"],
        &[
            must("Name", &RULE_NAME),
            may("ScheduleExpression", &plain(0, 256)),
            may("EventPattern", &PATTERN),
            may("State", &RULE_STATE),
            may("Description", &DESCRIPTION),
            may("RoleArn", &ARN),
            may("Tags", &TAGS),
            may("EventBusName", &BUS_NAME_OR_ARN),
        ],
    ),
    (
        &["DescribeRule", "EnableRule", "DisableRule"],
        &[must("Name", &RULE_NAME), may("EventBusName", &BUS_NAME_OR_ARN)],
    ),
    (
        &["DeleteRule"],
        &[
            must("Name", &RULE_NAME),
            may("EventBusName", &BUS_NAME_OR_ARN),
            may("Force", &FLAG),
        ],
    ),
    (
        &["ListRules"],
        &[
            may("NamePrefix", &RULE_NAME),
            may("EventBusName", &BUS_NAME_OR_ARN),
            may("NextToken", &TOKEN),
            may("Limit", &LIMIT),
        ],
    ),
    (
        &["PutTargets"],
        &[
            must("Rule", &RULE_NAME),
            may("EventBusName", &BUS_NAME_OR_ARN),
            must("Targets", &TARGETS),
        ],
    ),
    (
        &["RemoveTargets"],
        &[
            must("Rule", &RULE_NAME),
            may("EventBusName", &BUS_NAME_OR_ARN),
            must("Ids", &TARGET_IDS),
            may("Force", &FLAG),
        ],
    ),
    (
        &["ListTargetsByRule"],
        &[
            must("Rule", &RULE_NAME),
            may("EventBusName", &BUS_NAME_OR_ARN),
            may("NextToken", &TOKEN),
            may("Limit", &LIMIT),
        ],
    ),
    (
        &["ListRuleNamesByTarget"],
        &[
            must("TargetArn", &ARN),
            may("EventBusName", &BUS_NAME_OR_ARN),
            may("NextToken", &TOKEN),
            may("Limit", &LIMIT),
        ],
    ),
    (&["TagResource"], &[must("ResourceARN", &ARN), must("Tags", &TAGS)]),
    (
        &["UntagResource"],
        &[must("ResourceARN", &ARN), must("TagKeys", &TAG_KEYS)],
    ),
    (&["ListTagsForResource"], &[must("ResourceARN", &ARN)]),
    (
        &["PutEvents"],
        &[
            must(
                "Entries",
                &Shape::List {
                    least: 1,
                    most: 10,
                    of: &EVENT,
                },
            ),
            may("EndpointId", &plain(1, 50)),
        ],
    ),
    (
        &["TestEventPattern"],
        &[must("EventPattern", &PATTERN), must("Event", &TEXT)],
    ),
    (
        &["CreateEventBus"],
        &[
            must("Name", &BUS_NAME),
            may("EventSourceName", &patterned(1, 256, PARTNER)),
            may("Description", &DESCRIPTION),
            may("KmsKeyIdentifier", &KEY_ID),
            may("DeadLetterConfig", &DEAD_LETTERS),
            may("LogConfig", &LOG),
            may("Tags", &TAGS),
        ],
    ),
    (
        &["UpdateEventBus"],
        &[
            may("Name", &BUS_NAME),
            may("KmsKeyIdentifier", &KEY_ID),
            may("Description", &DESCRIPTION),
            may("DeadLetterConfig", &DEAD_LETTERS),
            may("LogConfig", &LOG),
        ],
    ),
    (&["DescribeEventBus"], &[may("Name", &BUS_NAME_OR_ARN)]),
    (&["DeleteEventBus"], &[must("Name", &BUS_NAME)]),
    (
        &["ListEventBuses"],
        &[
            may("NamePrefix", &BUS_NAME),
            may("NextToken", &TOKEN),
            may("Limit", &LIMIT),
        ],
    ),
    (
        &["PutPermission"],
        &[
            may("EventBusName", &PLAIN_BUS),
            may("Action", &patterned(1, 64, ACTION)),
            may("Principal", &patterned(1, 12, PRINCIPAL)),
            may("StatementId", &patterned(1, 64, STATEMENT)),
            may("Condition", &CONDITION),
            may("Policy", &TEXT),
        ],
    ),
    (
        &["RemovePermission"],
        &[
            may("StatementId", &patterned(1, 64, STATEMENT)),
            may("RemoveAllPermissions", &FLAG),
            may("EventBusName", &PLAIN_BUS),
        ],
    ),
    (
        &["CreateArchive"],
        &[
            must("ArchiveName", &ARCHIVE_NAME),
            must("EventSourceArn", &SOURCE_ARN),
            may("Description", &DESCRIPTION),
            may("EventPattern", &PATTERN),
            may("RetentionDays", &DAYS),
            may("KmsKeyIdentifier", &KEY_ID),
        ],
    ),
    (
        &["UpdateArchive"],
        &[
            must("ArchiveName", &ARCHIVE_NAME),
            may("Description", &DESCRIPTION),
            may("EventPattern", &PATTERN),
            may("RetentionDays", &DAYS),
            may("KmsKeyIdentifier", &KEY_ID),
        ],
    ),
    (
        &["DescribeArchive", "DeleteArchive"],
        &[must("ArchiveName", &ARCHIVE_NAME)],
    ),
    (
        &["ListArchives"],
        &[
            may("NamePrefix", &ARCHIVE_NAME),
            may("EventSourceArn", &SOURCE_ARN),
            may("State", &ARCHIVE_STATE),
            may("NextToken", &TOKEN),
            may("Limit", &LIMIT),
        ],
    ),
];

/// The members of an operation's request; none of one that the sandbox does not have.
pub(super) fn members(operation: &str) -> &'static [Member] {
    let found = OPERATIONS.iter().find(|(names, _)| names.contains(&operation));
    found.map_or(&[], |(_, members)| members)
}
