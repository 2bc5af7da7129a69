//! What the service model asks of the members of a request, before the service looks at what they mean.
//!
//! Invariant: all that is wrong is told at once, in one `ValidationException`, as AWS does; a member of another type is a
//! `SerializationException`. What members mean together is judged by the operations.

use serde_json::{Map, Value};

use super::fault::{self, Fault};
use super::reference::{is_account, is_name, is_number, is_region};
use super::runtime;
use crate::sandbox::constraint;

/// A constraint of the model.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// It has to be there.
    Required,
    /// A text of at least and at most so many characters.
    Length(usize, usize),
    /// A number from and to.
    Range(i64, i64),
    /// A text of this look, and the model's pattern for it.
    Pattern(fn(&str) -> bool, &'static str),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A list of at most so many.
    AtMost(usize),
    /// A list of texts of this look; the second text is how the model puts it.
    Each(fn(&str) -> bool, &'static str),
}

/// A member, by its path as messages spell it, and its constraints.
pub(super) type Member = (&'static str, &'static [Rule]);

/// Holds a request's body against the model.
pub(super) fn check(body: &Map<String, Value>, members: &[Member]) -> Result<(), Fault> {
    let mut wrong = Vec::new();
    for (path, rules) in members {
        let value = find(body, path);
        for rule in *rules {
            wrong.extend(rule.breach(path, value)?);
        }
    }
    constraint::told(&wrong).map_or(Ok(()), |message| Err(constraint::exception(message)))
}

/// `vpcConfig.subnetIds` is `VpcConfig`, then `SubnetIds` in the body.
fn find<'a>(body: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.').map(|step| {
        let mut letters = step.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    let first = body.get(&steps.next()?)?;
    let found = steps.try_fold(first, |value, step| value.get(&step))?;
    (!found.is_null()).then_some(found)
}

impl Rule {
    fn breach(self, path: &str, value: Option<&Value>) -> Result<Option<String>, Fault> {
        let Some(value) = value else {
            let is_required = matches!(self, Self::Required);
            return Ok(is_required.then(|| constraint::absent(path)));
        };
        let other_type = || fault::undecodable(path);
        match self {
            Self::Required => Ok(None),
            Self::Range(least, most) => {
                let number = value.as_i64().ok_or_else(other_type)?;
                let must = outside(number, least, most);
                Ok(must.map(|must| constraint::broken(path, &number.to_string(), &format!("have value {must}"))))
            }
            Self::AtMost(most) => {
                let list = value.as_array().ok_or_else(other_type)?;
                let must = format!("have length less than or equal to {most}");
                Ok((list.len() > most).then(|| constraint::broken(path, &listed(list), &must)))
            }
            Self::Each(passes, must) => {
                let list = value.as_array().ok_or_else(other_type)?;
                let is_wrong = |item: &Value| !item.as_str().is_some_and(passes);
                let told = || constraint::broken(path, &listed(list), &format!("satisfy constraint: [{must}]"));
                Ok(list.iter().any(is_wrong).then(told))
            }
            Self::Length(..) | Self::Pattern(..) | Self::OneOf(_) => {
                let text = value.as_str().ok_or_else(other_type)?;
                Ok(self.text(text).map(|must| constraint::broken(path, text, &must)))
            }
        }
    }

    fn text(self, text: &str) -> Option<String> {
        match self {
            Self::Length(least, most) => {
                let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                let bound = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
                outside(length, bound(least), bound(most)).map(|must| format!("have length {must}"))
            }
            Self::Pattern(passes, pattern) => {
                (!passes(text)).then(|| format!("satisfy regular expression pattern: {pattern}"))
            }
            Self::OneOf(values) => {
                (!values.contains(&text)).then(|| format!("satisfy enum value set: [{}]", values.join(", ")))
            }
            Self::Required | Self::Range(..) | Self::AtMost(_) | Self::Each(..) => None,
        }
    }
}

fn outside(number: i64, least: i64, most: i64) -> Option<String> {
    if number > most {
        Some(format!("less than or equal to {most}"))
    } else if number < least {
        Some(format!("greater than or equal to {least}"))
    } else {
        None
    }
}

/// A list as Java writes it.
pub(super) fn listed(list: &[Value]) -> String {
    let texts = list
        .iter()
        .map(|item| item.as_str().map_or_else(|| item.to_string(), String::from));
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:REST`, where Region and account may be empty.
pub(super) fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, _] = parts.as_slice() else {
        return false;
    };
    let is_service = !service.is_empty() && is_name(&service.replace('.', "-")) && !service.contains(['_', '.']);
    *arn == "arn"
        && partition.starts_with("aws")
        && is_service
        && (region.is_empty() || is_region(region))
        && (account.is_empty() || is_account(account))
}

/// The model's pattern of [`is_arn`].
pub(super) const ARN: &str =
    r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";

fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
        return false;
    };
    let name = resource.strip_prefix("role").unwrap_or_default();
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&b);
    partition.starts_with("aws") && is_account(account) && name.len() > 1 && name.bytes().all(is_letter)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

fn is_key_or_empty(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    text.is_empty()
        || matches!(parts.as_slice(), ["arn", partition, service, _] if partition.starts_with("aws") && !service.is_empty())
}

fn is_arn_or_empty(text: &str) -> bool {
    text.is_empty() || is_arn(text)
}

fn is_log_group(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_/#".contains(&b))
}

fn is_bucket(text: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    text.bytes().all(is_letter) && !text.ends_with('.')
}

fn is_subnet(text: &str) -> bool {
    text.strip_prefix("subnet-")
        .is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()))
}

fn is_security_group(text: &str) -> bool {
    text.strip_prefix("sg-")
        .is_some_and(|id| id.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_architecture(text: &str) -> bool {
    matches!(text, "x86_64" | "arm64")
}

/// The ARN of one version of a layer.
pub(super) fn is_layer_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", region, account, "layer", name, version] => {
            is_region(region) && is_account(account) && is_name(name) && is_number(version)
        }
        ["arn", _, "lambda", "", "", "awslayer", name] => is_name(name),
        _ => false,
    }
}

/// The model's pattern of [`is_layer_version`].
pub(super) const LAYER_VERSION: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)";

const EACH_LAYER: &str = r"Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null";
const EACH_SUBNET: &str = "Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*";
const EACH_GROUP: &str = "Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: sg-[0-9a-zA-Z]*";
const EACH_ARCHITECTURE: &str = "Member must satisfy enum value set: [x86_64, arm64], Member must not be null";
const KEY: Rule = Rule::Pattern(is_key_or_empty, r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
const ROLE: Rule = Rule::Pattern(
    is_role,
    r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
);

/// What CreateFunction and UpdateFunctionConfiguration have in common.
pub(super) const SETTINGS: &[Member] = &[
    ("role", &[ROLE]),
    ("handler", &[Rule::Pattern(is_word, r"[^\s]+"), Rule::Length(0, 128)]),
    ("description", &[Rule::Length(0, 256)]),
    ("timeout", &[Rule::Range(1, 900)]),
    ("memorySize", &[Rule::Range(128, 10240)]),
    ("ephemeralStorage.size", &[Rule::Range(512, 10240)]),
    ("kMSKeyArn", &[KEY]),
    (
        "deadLetterConfig.targetArn",
        &[Rule::Pattern(is_arn_or_empty, DEAD_LETTER)],
    ),
    ("tracingConfig.mode", &[Rule::OneOf(&["Active", "PassThrough"])]),
    ("layers", &[Rule::Each(is_layer_version, EACH_LAYER)]),
    ("snapStart.applyOn", &[Rule::OneOf(&["PublishedVersions", "None"])]),
    (
        "vpcConfig.subnetIds",
        &[Rule::AtMost(16), Rule::Each(is_subnet, EACH_SUBNET)],
    ),
    (
        "vpcConfig.securityGroupIds",
        &[Rule::AtMost(5), Rule::Each(is_security_group, EACH_GROUP)],
    ),
    ("fileSystemConfigs", &[Rule::AtMost(1)]),
    ("imageConfig.entryPoint", &[Rule::AtMost(1500)]),
    ("imageConfig.command", &[Rule::AtMost(1500)]),
    ("loggingConfig.logFormat", &[Rule::OneOf(&["JSON", "Text"])]),
    ("loggingConfig.applicationLogLevel", &[Rule::OneOf(APPLICATION_LEVELS)]),
    (
        "loggingConfig.systemLogLevel",
        &[Rule::OneOf(&["DEBUG", "INFO", "WARN"])],
    ),
    (
        "loggingConfig.logGroup",
        &[
            Rule::Pattern(is_log_group, r"[\.\-_/#A-Za-z0-9]+"),
            Rule::Length(1, 512),
        ],
    ),
];

const DEAD_LETTER: &str = r"(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*))|()";
const APPLICATION_LEVELS: &[&str] = &["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// The rest of CreateFunction. `functionName` is looked at with the path's names.
pub(super) const CREATION: &[Member] = &[
    ("functionName", &[Rule::Required]),
    ("role", &[Rule::Required]),
    ("code", &[Rule::Required]),
    (
        "code.s3Bucket",
        &[
            Rule::Pattern(is_bucket, r"[0-9A-Za-z\.\-_]*(?<!\.)"),
            Rule::Length(3, 63),
        ],
    ),
    ("code.s3Key", &[Rule::Length(1, 1024)]),
    ("packageType", &[Rule::OneOf(&["Zip", "Image"])]),
    (
        "architectures",
        &[Rule::AtMost(1), Rule::Each(is_architecture, EACH_ARCHITECTURE)],
    ),
];

/// UpdateFunctionCode.
pub(super) const CODE: &[Member] = &[
    (
        "s3Bucket",
        &[
            Rule::Pattern(is_bucket, r"[0-9A-Za-z\.\-_]*(?<!\.)"),
            Rule::Length(3, 63),
        ],
    ),
    ("s3Key", &[Rule::Length(1, 1024)]),
    (
        "architectures",
        &[Rule::AtMost(1), Rule::Each(is_architecture, EACH_ARCHITECTURE)],
    ),
];

/// PublishVersion.
pub(super) const VERSION: &[Member] = &[("description", &[Rule::Length(0, 256)])];

fn is_alias(text: &str) -> bool {
    is_name(text) && !is_number(text)
}

/// The look of an alias's name, and the model's pattern for it.
pub(super) const ALIAS_NAME: &[Rule] = &[
    Rule::Pattern(is_alias, "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"),
    Rule::Length(1, 128),
];

fn is_version(text: &str) -> bool {
    text == "$LATEST" || is_number(text)
}

/// CreateAlias.
pub(super) const NEW_ALIAS: &[Member] = &[
    ("name", &[Rule::Required]),
    ("name", ALIAS_NAME),
    ("functionVersion", &[Rule::Required]),
    ("functionVersion", &[VERSION_NAME]),
    ("description", &[Rule::Length(0, 256)]),
];
const VERSION_NAME: Rule = Rule::Pattern(is_version, r"(\$LATEST(\.PUBLISHED)?|[0-9]+)");

/// UpdateAlias.
pub(super) const ALIAS: &[Member] = &[
    ("functionVersion", &[VERSION_NAME]),
    ("description", &[Rule::Length(0, 256)]),
];

fn is_action(text: &str) -> bool {
    let name = text.strip_prefix("lambda:").unwrap_or_default();
    text == "*" || name == "*" || (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_organization(text: &str) -> bool {
    let id = text.strip_prefix("o-").unwrap_or_default();
    (10..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

const STATEMENT_ID: &[Rule] = &[
    Rule::Required,
    Rule::Pattern(is_name, "([a-zA-Z0-9-_]+)"),
    Rule::Length(1, 100),
];

/// AddPermission.
pub(super) const PERMISSION: &[Member] = &[
    ("statementId", STATEMENT_ID),
    (
        "action",
        &[
            Rule::Required,
            Rule::Pattern(is_action, r"(lambda:[*]|lambda:[a-zA-Z]+|[*])"),
        ],
    ),
    ("principal", &[Rule::Required, Rule::Pattern(is_word, r"[^\s]+")]),
    ("sourceArn", &[Rule::Pattern(is_arn, ARN)]),
    (
        "sourceAccount",
        &[Rule::Pattern(is_account, r"\d{12}"), Rule::Length(0, 12)],
    ),
    (
        "eventSourceToken",
        &[Rule::Pattern(is_token, r"[a-zA-Z0-9._\-]+"), Rule::Length(0, 256)],
    ),
    ("functionUrlAuthType", &[Rule::OneOf(&["NONE", "AWS_IAM"])]),
    (
        "principalOrgID",
        &[
            Rule::Pattern(is_organization, "o-[a-z0-9]{10,32}"),
            Rule::Length(12, 34),
        ],
    ),
];

fn is_layer_action(text: &str) -> bool {
    text == "lambda:GetLayerVersion"
}

fn is_layer_principal(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let is_root = matches!(parts.as_slice(), ["arn", _, "iam", "", account, "root"] if is_account(account));
    text == "*" || is_account(text) || is_root
}

/// AddLayerVersionPermission.
pub(super) const LAYER_PERMISSION: &[Member] = &[
    ("statementId", STATEMENT_ID),
    (
        "action",
        &[Rule::Required, Rule::Pattern(is_layer_action, "lambda:GetLayerVersion")],
    ),
    (
        "principal",
        &[
            Rule::Required,
            Rule::Pattern(is_layer_principal, r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"),
        ],
    ),
    ("organizationId", &[Rule::Pattern(is_organization, "o-[a-z0-9]{10,32}")]),
];

fn is_any_runtime(text: &str) -> bool {
    runtime::is_known(text)
}

/// PublishLayerVersion.
pub(super) const LAYER: &[Member] = &[
    ("content", &[Rule::Required]),
    ("description", &[Rule::Length(0, 256)]),
    ("licenseInfo", &[Rule::Length(0, 512)]),
    (
        "compatibleRuntimes",
        &[
            Rule::AtMost(15),
            Rule::Each(
                is_any_runtime,
                "Member must satisfy enum value set, Member must not be null",
            ),
        ],
    ),
    (
        "compatibleArchitectures",
        &[Rule::AtMost(2), Rule::Each(is_architecture, EACH_ARCHITECTURE)],
    ),
];

const AUTH: Rule = Rule::OneOf(&["NONE", "AWS_IAM"]);

/// CreateFunctionUrlConfig.
pub(super) const NEW_URL: &[Member] = &[("authType", &[Rule::Required])];

/// UpdateFunctionUrlConfig.
pub(super) const URL: &[Member] = &[
    ("authType", &[AUTH]),
    ("invokeMode", &[Rule::OneOf(&["BUFFERED", "RESPONSE_STREAM"])]),
    ("cors.allowHeaders", &[Rule::AtMost(100)]),
    ("cors.allowMethods", &[Rule::AtMost(6)]),
    ("cors.allowOrigins", &[Rule::AtMost(100)]),
    ("cors.exposeHeaders", &[Rule::AtMost(100)]),
    ("cors.maxAge", &[Rule::Range(0, 86400)]),
];

fn is_destination(text: &str) -> bool {
    text.is_empty() || text.starts_with("kafka://") || is_arn(text)
}

const DESTINATION: Rule = Rule::Pattern(
    is_destination,
    r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
);

/// PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig.
pub(super) const EVENT_INVOKE: &[Member] = &[
    ("maximumRetryAttempts", &[Rule::Range(0, 2)]),
    ("maximumEventAgeInSeconds", &[Rule::Range(60, 21600)]),
    (
        "destinationConfig.onSuccess.destination",
        &[DESTINATION, Rule::Length(0, 350)],
    ),
    (
        "destinationConfig.onFailure.destination",
        &[DESTINATION, Rule::Length(0, 350)],
    ),
];

/// PutFunctionConcurrency.
pub(super) const RESERVED: &[Member] = &[(
    "reservedConcurrentExecutions",
    &[Rule::Required, Rule::Range(0, i64::MAX)],
)];

/// PutProvisionedConcurrencyConfig.
pub(super) const PROVISIONED: &[Member] = &[(
    "provisionedConcurrentExecutions",
    &[Rule::Required, Rule::Range(1, i64::MAX)],
)];

/// PutFunctionRecursionConfig.
pub(super) const RECURSION: &[Member] = &[("recursiveLoop", &[Rule::Required, Rule::OneOf(&["Terminate", "Allow"])])];

/// PutRuntimeManagementConfig.
pub(super) const RUNTIME_MANAGEMENT: &[Member] = &[(
    "updateRuntimeOn",
    &[Rule::Required, Rule::OneOf(&["Auto", "Manual", "FunctionUpdate"])],
)];

/// CreateEventSourceMapping and UpdateEventSourceMapping.
pub(super) const MAPPING: &[Member] = &[
    ("eventSourceArn", &[Rule::Pattern(is_arn, ARN)]),
    ("batchSize", &[Rule::Range(1, 10000)]),
    ("maximumBatchingWindowInSeconds", &[Rule::Range(0, 300)]),
    ("parallelizationFactor", &[Rule::Range(1, 10)]),
    ("maximumRecordAgeInSeconds", &[Rule::Range(-1, 604_800)]),
    ("maximumRetryAttempts", &[Rule::Range(-1, 10000)]),
    ("tumblingWindowInSeconds", &[Rule::Range(0, 900)]),
    (
        "startingPosition",
        &[Rule::OneOf(&["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"])],
    ),
    ("scalingConfig.maximumConcurrency", &[Rule::Range(2, 1000)]),
    ("functionResponseTypes", &[Rule::AtMost(1)]),
];

/// CreateEventSourceMapping alone.
pub(super) const NEW_MAPPING: &[Member] = &[("functionName", &[Rule::Required])];

fn is_signing_config(text: &str) -> bool {
    let id = text
        .rsplit_once(":code-signing-config:csc-")
        .map(|(_, id)| id)
        .unwrap_or_default();
    text.starts_with("arn:") && id.len() == 17 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

/// PutFunctionCodeSigningConfig.
pub(super) const SIGNING: &[Member] = &[(
    "codeSigningConfigArn",
    &[
        Rule::Required,
        Rule::Pattern(
            is_signing_config,
            r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}",
        ),
    ],
)];

/// CreateCodeSigningConfig.
pub(super) const NEW_SIGNING: &[Member] = &[
    ("allowedPublishers", &[Rule::Required]),
    (
        "codeSigningPolicies.untrustedArtifactOnDeployment",
        &[Rule::OneOf(&["Warn", "Enforce"])],
    ),
    ("description", &[Rule::Length(0, 256)]),
];
