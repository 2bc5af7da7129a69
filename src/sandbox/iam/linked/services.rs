//! The services that have a service-linked role, with the role's name and its policy.
//!
//! Invariant: one row for each service, in the order of names. Met at AWS in 2025, or as the services' own guides tell.

/// What AWS makes for one service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linked {
    pub(super) service: &'static str,
    /// What follows `AWSServiceRoleFor`.
    word: &'static str,
    /// The policy below `aws-service-role/`.
    policy: &'static str,
}

impl Linked {
    pub(super) fn role_name(&self) -> String {
        format!("AWSServiceRoleFor{}", self.word)
    }

    pub(super) fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy)
    }

    /// The only services here whose role takes a suffix of the caller's.
    pub(super) fn takes_suffix(&self) -> bool {
        [
            "autoscaling.amazonaws.com",
            "connect.amazonaws.com",
            "lexv2.amazonaws.com",
        ]
        .contains(&self.service)
    }

    /// What AWS describes the role as, where it does.
    pub(super) fn description(&self) -> Option<&'static str> {
        match self.service {
            "rds.amazonaws.com" => Some("Allows Amazon RDS to manage AWS resources on your behalf"),
            "ssm.amazonaws.com" => Some("Provides access to AWS Resources managed or used by Amazon SSM."),
            "sso.amazonaws.com" => Some(
                "Service-linked role used by AWS SSO to manage AWS resources, including IAM roles, policies and SAML IdP \
                 on your behalf.",
            ),
            _ => None,
        }
    }
}

/// The service with this principal.
pub(super) fn linked(service: &str) -> Option<Linked> {
    let row = SERVICES.iter().find(|(known, _, _)| *known == service)?;
    let (service, word, policy) = *row;
    Some(Linked { service, word, policy })
}

#[rustfmt::skip]
const SERVICES: [(&str, &str, &str); 97] = [
    ("access-analyzer.amazonaws.com", "AccessAnalyzer", "AccessAnalyzerServiceRolePolicy"),
    ("accountdiscovery.ssm.amazonaws.com", "AmazonSSM_AccountDiscovery", "AWSSystemsManagerAccountDiscoveryServicePolicy"),
    ("acm.amazonaws.com", "CertificateManager", "CertificateManagerServiceRolePolicy"),
    ("apidestinations.events.amazonaws.com", "AmazonEventBridgeApiDestinations", "AmazonEventBridgeApiDestinationsServiceRolePolicy"),
    ("appmesh.amazonaws.com", "AppMesh", "AWSAppMeshServiceRolePolicy"),
    ("autoscaling-plans.amazonaws.com", "AutoScalingPlans_EC2AutoScaling", "AWSAutoScalingPlansEC2AutoScalingPolicy"),
    ("autoscaling.amazonaws.com", "AutoScaling", "AutoScalingServiceRolePolicy"),
    ("backup.amazonaws.com", "Backup", "AWSBackupServiceLinkedRolePolicyForBackup"),
    ("batch.amazonaws.com", "Batch", "BatchServiceRolePolicy"),
    ("cassandra.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_CassandraTable", "AWSApplicationAutoscalingCassandraTablePolicy"),
    ("cks.kms.amazonaws.com", "KeyManagementServiceCustomKeyStores", "AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy"),
    ("cloudtrail.amazonaws.com", "CloudTrail", "CloudTrailServiceRolePolicy"),
    ("cloudwatch-crossaccount.amazonaws.com", "CloudWatchCrossAccount", "CloudWatch-CrossAccountAccess"),
    ("codestar-notifications.amazonaws.com", "CodeStarNotifications", "AWSCodeStarNotificationsServiceRolePolicy"),
    ("config.amazonaws.com", "Config", "AWSConfigServiceRolePolicy"),
    ("connect.amazonaws.com", "AmazonConnect", "AmazonConnectServiceLinkedRolePolicy"),
    ("dax.amazonaws.com", "DAX", "DAXServiceRolePolicy"),
    ("dms-fleet-advisor.amazonaws.com", "DMSFleetAdvisor", "AWSDMSFleetAdvisorServiceRolePolicy"),
    ("dms.amazonaws.com", "DMSServerless", "AWSDMSServerlessServiceRolePolicy"),
    ("docdb-elastic.amazonaws.com", "DocDB-Elastic", "AmazonDocDB-ElasticServiceRolePolicy"),
    ("dynamodb.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_DynamoDBTable", "AWSApplicationAutoscalingDynamoDBTablePolicy"),
    ("ec2-instance-connect.amazonaws.com", "Ec2InstanceConnect", "Ec2InstanceConnectEndpoint"),
    ("ec2.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_EC2SpotFleetRequest", "AWSApplicationAutoscalingEC2SpotFleetRequestPolicy"),
    ("ec2fleet.amazonaws.com", "EC2Fleet", "AWSEC2FleetServiceRolePolicy"),
    ("ecr.amazonaws.com", "ECRTemplate", "ECRTemplateServiceRolePolicy"),
    ("ecs.amazonaws.com", "ECS", "AmazonECSServiceRolePolicy"),
    ("ecs.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_ECSService", "AWSApplicationAutoscalingECSServicePolicy"),
    ("eks-connector.amazonaws.com", "AmazonEKSConnector", "AmazonEKSConnectorServiceRolePolicy"),
    ("eks-fargate.amazonaws.com", "AmazonEKSForFargate", "AmazonEKSForFargateServiceRolePolicy"),
    ("eks-nodegroup.amazonaws.com", "AmazonEKSNodegroup", "AWSServiceRoleForAmazonEKSNodegroup"),
    ("eks.amazonaws.com", "AmazonEKS", "AmazonEKSServiceRolePolicy"),
    ("elasticache.amazonaws.com", "ElastiCache", "ElastiCacheServiceRolePolicy"),
    ("elasticbeanstalk.amazonaws.com", "ElasticBeanstalk", "AWSElasticBeanstalkServiceRolePolicy"),
    ("elasticfilesystem.amazonaws.com", "AmazonElasticFileSystem", "AmazonElasticFileSystemServiceRolePolicy"),
    ("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing", "AWSElasticLoadBalancingServiceRolePolicy"),
    ("email.cognito-idp.amazonaws.com", "AmazonCognitoIdpEmailService", "AmazonCognitoIdpEmailServiceRolePolicy"),
    ("emr-containers.amazonaws.com", "AmazonEMRContainers", "AmazonEMRContainersServiceRolePolicy"),
    ("emrwal.amazonaws.com", "EMRWAL", "EMRDescribeClusterPolicyForEMRWAL"),
    ("es.amazonaws.com", "AmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"),
    ("events.amazonaws.com", "CloudWatchEvents", "CloudWatchEventsServiceRolePolicy"),
    ("fis.amazonaws.com", "FIS", "AmazonFISServiceRolePolicy"),
    ("globalaccelerator.amazonaws.com", "GlobalAccelerator", "AWSGlobalAcceleratorSLRPolicy"),
    ("grafana.amazonaws.com", "AmazonGrafana", "AmazonGrafanaServiceLinkedRolePolicy"),
    ("guardduty.amazonaws.com", "AmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"),
    ("imagebuilder.amazonaws.com", "ImageBuilder", "AWSServiceRoleForImageBuilder"),
    ("inspector.amazonaws.com", "AmazonInspector", "AmazonInspectorServiceRolePolicy"),
    ("inspector2.amazonaws.com", "AmazonInspector2", "AmazonInspector2ServiceRolePolicy"),
    ("iotmanagedintegrations.amazonaws.com", "IoTManagedIntegrations", "AWSIoTManagedIntegrationsRolePolicy"),
    ("kafka.amazonaws.com", "Kafka", "KafkaServiceRolePolicy"),
    ("kafkaconnect.amazonaws.com", "KafkaConnect", "KafkaConnectServiceRolePolicy"),
    ("lakeformation.amazonaws.com", "LakeFormationDataAccess", "LakeFormationDataAccessServiceRolePolicy"),
    ("lambda.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_LambdaConcurrency", "AWSApplicationAutoscalingLambdaConcurrencyPolicy"),
    ("lex.amazonaws.com", "LexBots", "AmazonLexBotPolicy"),
    ("lexv2.amazonaws.com", "LexV2Bots", "AmazonLexV2BotPolicy"),
    ("lightsail.amazonaws.com", "Lightsail", "LightsailExportAccess"),
    ("logger.cloudfront.amazonaws.com", "CloudFrontLogger", "AWSCloudFrontLogger"),
    ("m2.amazonaws.com", "AWSM2", "AWSM2ServicePolicy"),
    ("macie.amazonaws.com", "AmazonMacie", "AmazonMacieServiceRolePolicy"),
    ("memorydb.amazonaws.com", "MemoryDB", "MemoryDBServiceRolePolicy"),
    ("mq.amazonaws.com", "AmazonMQ", "AmazonMQServiceRolePolicy"),
    ("mrk.kms.amazonaws.com", "KeyManagementServiceMultiRegionKeys", "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy"),
    ("notifications.amazonaws.com", "AwsUserNotifications", "AWSUserNotificationsServiceLinkedRolePolicy"),
    ("observability.aoss.amazonaws.com", "AmazonOpenSearchServerless", "AmazonOpenSearchServerlessServiceRolePolicy"),
    ("opensearchservice.amazonaws.com", "AmazonOpenSearchService", "AmazonOpenSearchServiceRolePolicy"),
    ("ops.apigateway.amazonaws.com", "APIGateway", "APIGatewayServiceRolePolicy"),
    ("ops.emr-serverless.amazonaws.com", "AmazonEMRServerless", "AmazonEMRServerlessServiceRolePolicy"),
    ("opsdatasync.ssm.amazonaws.com", "SystemsManagerOpsDataSync", "AWSSystemsManagerOpsDataSyncServiceRolePolicy"),
    ("opsinsights.ssm.amazonaws.com", "AmazonSSM_OpsInsights", "AWSSSMOpsInsightsServiceRolePolicy"),
    ("organizations.amazonaws.com", "Organizations", "AWSOrganizationsServiceTrustPolicy"),
    ("pullthroughcache.ecr.amazonaws.com", "ECRPullThroughCache", "AWSECRPullThroughCache_ServiceRolePolicy"),
    ("ram.amazonaws.com", "ResourceAccessManager", "AWSResourceAccessManagerServiceRolePolicy"),
    ("rds.amazonaws.com", "RDS", "AmazonRDSServiceRolePolicy"),
    ("rds.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_RDSCluster", "AWSApplicationAutoscalingRDSClusterPolicy"),
    ("redshift.amazonaws.com", "Redshift", "AmazonRedshiftServiceLinkedRolePolicy"),
    ("replication.cassandra.amazonaws.com", "KeyspacesReplication", "KeyspacesReplicationServiceRolePolicy"),
    ("replication.dynamodb.amazonaws.com", "DynamoDBReplication", "DynamoDBReplicationServiceRolePolicy"),
    ("replication.ecr.amazonaws.com", "ECRReplication", "ECRReplicationServiceRolePolicy"),
    ("replicator.lambda.amazonaws.com", "LambdaReplicator", "AWSLambdaReplicator"),
    ("repository.sync.codeconnections.amazonaws.com", "GitSync", "AWSGitSyncServiceRolePolicy"),
    ("resource-explorer-2.amazonaws.com", "ResourceExplorer", "AWSResourceExplorerServiceRolePolicy"),
    ("rolesanywhere.amazonaws.com", "RolesAnywhere", "AWSRolesAnywhereServicePolicy"),
    ("s3-outposts.amazonaws.com", "S3OnOutposts", "AWSS3OnOutpostsServiceRolePolicy"),
    ("securityhub.amazonaws.com", "SecurityHub", "AWSSecurityHubServiceRolePolicy"),
    ("ses.amazonaws.com", "AmazonSES", "AmazonSESServiceRolePolicy"),
    ("shield.amazonaws.com", "AWSShield", "AWSShieldServiceRolePolicy"),
    ("spot.amazonaws.com", "EC2Spot", "AWSEC2SpotServiceRolePolicy"),
    ("spotfleet.amazonaws.com", "EC2SpotFleet", "AWSEC2SpotFleetServiceRolePolicy"),
    ("ssm-incidents.amazonaws.com", "IncidentManager", "AWSIncidentManagerServiceRolePolicy"),
    ("ssm-quicksetup.amazonaws.com", "SSMQuickSetup", "SSMQuickSetupRolePolicy"),
    ("ssm.amazonaws.com", "AmazonSSM", "AmazonSSMServiceRolePolicy"),
    ("sso.amazonaws.com", "SSO", "AWSSSOServiceRolePolicy"),
    ("support.amazonaws.com", "Support", "AWSSupportServiceRolePolicy"),
    ("transitgateway.amazonaws.com", "VPCTransitGateway", "AWSVPCTransitGatewayServiceRolePolicy"),
    ("trustedadvisor.amazonaws.com", "TrustedAdvisor", "AWSTrustedAdvisorServiceRolePolicy"),
    ("vpcorigin.cloudfront.amazonaws.com", "CloudFrontVPCOrigin", "AWSCloudFrontVPCOriginServiceRolePolicy"),
    ("waf.amazonaws.com", "WAFLogging", "WAFLoggingServiceRolePolicy"),
    ("wafv2.amazonaws.com", "WAFV2Logging", "WAFV2LoggingServiceRolePolicy"),
];
