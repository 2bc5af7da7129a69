//! AWS's own managed policies, as far as the sandbox knows them.
//!
//! Invariant: name and path are the real ones; documents are not. Where a fuller table exists, [`managed_policy`] and
//! [`all`] are the one place that would ask it.

use std::collections::BTreeMap;

/// One of AWS's policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) standing: Standing,
}

/// Whether AWS still lets a policy be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Anyone may attach it.
    Current,
    /// It belongs to a service-linked role.
    ServiceOnly,
    /// It works where it is attached and is gone otherwise.
    Withdrawn,
}

impl Managed {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }

    /// An id that looks like AWS's and is the same for every account.
    pub(super) fn id(&self) -> String {
        super::super::Ids::new(u64::from(crc32fast::hash(self.name.as_bytes()))).unique("ANPA")
    }
}

/// Stands for the real document, which AWS changes without notice and which nothing here evaluates.
pub(super) const DOCUMENT: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}"#;

/// The policy of this name.
pub(super) fn managed_policy(name: &str) -> Option<Managed> {
    TABLE.iter().find(|policy| policy.name == name).copied()
}

/// All that AWS lists, by name.
pub(super) fn all() -> BTreeMap<&'static str, Managed> {
    let listed = TABLE.iter().filter(|policy| policy.standing != Standing::Withdrawn);
    listed.map(|policy| (policy.name, *policy)).collect()
}

const fn current(path: &'static str, name: &'static str) -> Managed {
    Managed {
        name,
        path,
        standing: Standing::Current,
    }
}

const fn service_only(path: &'static str, name: &'static str) -> Managed {
    Managed {
        name,
        path,
        standing: Standing::ServiceOnly,
    }
}

const fn withdrawn(path: &'static str, name: &'static str) -> Managed {
    Managed {
        name,
        path,
        standing: Standing::Withdrawn,
    }
}

const TABLE: &[Managed] = &[
    current("/", "AdministratorAccess"),
    current("/", "AmazonAPIGatewayAdministrator"),
    current("/", "AmazonDynamoDBFullAccess"),
    current("/", "AmazonDynamoDBReadOnlyAccess"),
    current("/", "AmazonEC2ContainerRegistryReadOnly"),
    current("/", "AmazonEC2FullAccess"),
    current("/", "AmazonEC2ReadOnlyAccess"),
    current("/", "AmazonECS_FullAccess"),
    current("/", "AmazonEventBridgeFullAccess"),
    current("/", "AmazonRDSFullAccess"),
    current("/", "AmazonRoute53FullAccess"),
    current("/", "AmazonS3FullAccess"),
    current("/", "AmazonS3ReadOnlyAccess"),
    current("/", "AmazonSESFullAccess"),
    current("/", "AmazonSNSFullAccess"),
    current("/", "AmazonSQSFullAccess"),
    current("/", "AmazonSSMManagedInstanceCore"),
    current("/", "AmazonSSMReadOnlyAccess"),
    current("/", "AmazonVPCFullAccess"),
    current("/", "AWSCloudFormationFullAccess"),
    current("/", "AWSCloudTrail_FullAccess"),
    current("/", "AWSCodePipeline_FullAccess"),
    current("/", "AWSLambda_FullAccess"),
    current("/", "AWSLambda_ReadOnlyAccess"),
    current("/", "AWSXRayDaemonWriteAccess"),
    current("/", "CloudWatchAgentServerPolicy"),
    current("/", "CloudWatchFullAccess"),
    current("/", "CloudWatchLogsFullAccess"),
    current("/", "CloudWatchReadOnlyAccess"),
    current("/", "IAMFullAccess"),
    current("/", "IAMReadOnlyAccess"),
    current("/", "IAMUserChangePassword"),
    current("/", "PowerUserAccess"),
    current("/", "ReadOnlyAccess"),
    current("/", "SecretsManagerReadWrite"),
    current("/", "SecurityAudit"),
    current("/job-function/", "Billing"),
    current("/job-function/", "DatabaseAdministrator"),
    current("/job-function/", "NetworkAdministrator"),
    current("/job-function/", "SupportUser"),
    current("/job-function/", "SystemAdministrator"),
    current("/job-function/", "ViewOnlyAccess"),
    current("/service-role/", "AmazonEC2RoleforSSM"),
    current("/service-role/", "AmazonECSTaskExecutionRolePolicy"),
    current("/service-role/", "AmazonS3ObjectLambdaExecutionRolePolicy"),
    current("/service-role/", "AWSLambdaBasicExecutionRole"),
    current("/service-role/", "AWSLambdaDynamoDBExecutionRole"),
    current("/service-role/", "AWSLambdaKinesisExecutionRole"),
    current("/service-role/", "AWSLambdaRole"),
    current("/service-role/", "AWSLambdaSQSQueueExecutionRole"),
    current("/service-role/", "AWSLambdaVPCAccessExecutionRole"),
    service_only("/aws-service-role/", "AWSSupportServiceRolePolicy"),
    service_only("/aws-service-role/", "AWSTrustedAdvisorServiceRolePolicy"),
    withdrawn("/", "AmazonEC2ContainerServiceFullAccess"),
    withdrawn("/", "AWSCloudTrailFullAccess"),
    withdrawn("/", "AWSCloudTrailReadOnlyAccess"),
    withdrawn("/", "AWSCodePipelineFullAccess"),
    withdrawn("/", "AWSCodePipelineReadOnlyAccess"),
    withdrawn("/", "AWSElasticBeanstalkFullAccess"),
    withdrawn("/", "AWSLambdaFullAccess"),
    withdrawn("/", "AWSLambdaReadOnlyAccess"),
    withdrawn("/service-role/", "AmazonEC2SpotFleetRole"),
    withdrawn("/service-role/", "AWSDataPipelineRole"),
];
