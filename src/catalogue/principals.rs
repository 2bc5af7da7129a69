//! Names of service principals.
//!
//! Invariant: AWS publishes no list of them, so that a name which is not here may exist all the same; a name that is
//! here exists. The table holds what AWS's own policies and guides mention.

use super::table;

/// Principals of AWS's guides that none of its managed policies mentions, without the domain.
#[rustfmt::skip]
static MORE: &[&str] = &[
    "alexa-appkit", "appstream", "athena", "auditmanager", "bcm-data-exports", "billingconductor", "build.apprunner", "chatbot",
    "clouddirectory", "cloudhsm", "cloudsearch", "codecommit", "codedeploy", "codestar", "codestar-connections",
    "codestar-notifications", "cognito-sync", "comprehend", "costalerts", "datapipeline", "devicefarm", "diode",
    "directconnect", "discovery", "dlm", "dynamodb", "ecr", "edgelambda", "eks-fargate", "eks-fargate-pods", "eks-nodegroup",
    "es", "evidently", "gamelift", "glacier", "groundstation", "iam", "importexport", "iotanalytics", "iotdeviceadvisor",
    "iotevents", "iotthingsgraph", "iottwinmaker", "iotwireless", "ivs", "kinesis", "kinesisanalytics", "kms",
    "lambda.alexa", "lex.channels", "license-manager", "lightsail", "logger.cloudfront", "m2", "machinelearning", "managedservices",
    "medialive", "mediapackage", "mediastore", "mediatailor", "mobileanalytics", "mobilehub", "monitoring", "ops.apigateway",
    "opsworks", "opsworks-cm", "payment-cryptography", "pinpoint", "polly", "purchaseorders", "rds.monitoring", "monitoring.rds",
    "rekognition", "replicator.lambda", "resource-explorer", "route53", "route53domains", "s3-object-lambda", "sagemaker-runtime",
    "secretsmanager", "serverlessrepo", "sqs", "ssm-incidents", "signer", "storagegateway", "storage-lens.s3", "sts", "swf", "tasks.apprunner",
    "textract", "transcribe", "transcribe.streaming", "translate", "trustedadvisor", "verifiedpermissions", "voiceid", "vpc-flow-logs", "vpce",
    "waf", "waf-regional", "workmail", "workspaces", "workspaces-web", "xray", "batchoperations.s3", "logging.s3",
    "export.rds", "elasticfilesystem", "cloud9", "ecs-tasks", "billing", "events", "cks.kms", "mediaconnect",
];

/// Whether an AWS service is known to act under this name, such as `lambda.amazonaws.com`.
///
/// A region in the name (`logs.eu-central-1.amazonaws.com`) and the domain of the China regions are understood.
#[must_use]
pub fn is_service_principal(name: &str) -> bool {
    let global = name.strip_suffix(".cn").unwrap_or(name);
    let Some(service) = global.strip_suffix(".amazonaws.com") else {
        return matches!(name, "alexa-connectedhome.amazon.com" | "alexa-appkit.amazon.com");
    };
    is_known(service) || without_region(service).is_some_and(is_known)
}

fn is_known(service: &str) -> bool {
    let mentioned = |name: &&str| name.strip_suffix(".amazonaws.com") == Some(service);
    MORE.contains(&service)
        || table::principals().iter().any(mentioned)
        || table::slots().binary_search_by(|slot| slot.prefix.cmp(service)).is_ok()
}

/// `logs.eu-central-1` as `logs`.
fn without_region(service: &str) -> Option<&str> {
    let (rest, region) = service.rsplit_once('.')?;
    let mut parts = region.split('-');
    let is_area = parts
        .next()
        .is_some_and(|area| area.len() == 2 && area.bytes().all(|byte| byte.is_ascii_lowercase()));
    let is_numbered = region
        .rsplit('-')
        .next()
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    (is_area && is_numbered && parts.count() >= 2).then_some(rest)
}
