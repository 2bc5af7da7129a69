//! Actions that the caller of another action needs as well.
//!
//! Invariant: AWS's reference marks them, but the package that the table is made of carries none, so that these are kept
//! by hand: the ones that hand a role to a service (IAM User Guide, "Grant a user permissions to pass a role to an AWS
//! service", and the Service Authorization Reference). An action that is not here may need others all the same.

/// Services with the actions that pass a role whenever the call names one.
#[rustfmt::skip]
static PASSING: &[(&str, &[&str])] = &[
    ("apprunner", &["CreateService", "UpdateService"]),
    ("autoscaling", &["CreateAutoScalingGroup", "CreateLaunchConfiguration"]),
    ("backup", &["CreateBackupSelection", "StartBackupJob", "StartRestoreJob"]),
    ("batch", &["CreateComputeEnvironment", "RegisterJobDefinition"]),
    ("cloudformation", &["CreateStack", "CreateStackSet", "UpdateStack"]),
    ("cloudtrail", &["CreateTrail", "UpdateTrail"]),
    ("codebuild", &["CreateProject", "UpdateProject"]),
    ("codedeploy", &["CreateDeploymentGroup", "UpdateDeploymentGroup"]),
    ("codepipeline", &["CreatePipeline", "UpdatePipeline"]),
    ("config", &["PutConfigurationRecorder"]),
    ("ec2", &["AssociateIamInstanceProfile", "CreateFlowLogs", "ReplaceIamInstanceProfileAssociation", "RequestSpotFleet", "RequestSpotInstances", "RunInstances"]),
    ("ecs", &["CreateService", "RegisterTaskDefinition", "RunTask", "StartTask"]),
    ("eks", &["CreateCluster", "CreateNodegroup"]),
    ("elasticmapreduce", &["RunJobFlow"]),
    ("events", &["PutTargets"]),
    ("firehose", &["CreateDeliveryStream", "UpdateDestination"]),
    ("glue", &["CreateCrawler", "CreateDevEndpoint", "CreateJob", "CreateSession", "UpdateJob"]),
    ("iam", &["AddRoleToInstanceProfile"]),
    ("lambda", &["CreateFunction", "UpdateFunctionConfiguration"]),
    ("logs", &["PutDestination", "PutSubscriptionFilter"]),
    ("pipes", &["CreatePipe", "UpdatePipe"]),
    ("rds", &["AddRoleToDBCluster", "AddRoleToDBInstance"]),
    ("s3", &["PutReplicationConfiguration"]),
    ("sagemaker", &["CreateModel", "CreateNotebookInstance", "CreateProcessingJob", "CreateTrainingJob"]),
    ("scheduler", &["CreateSchedule", "UpdateSchedule"]),
    ("sns", &["SetTopicAttributes"]),
    ("ssm", &["CreateActivation"]),
    ("states", &["CreateStateMachine", "UpdateStateMachine"]),
];

/// The full names of the actions that an action needs beside it.
pub(super) fn of(service: &str, name: &str) -> impl Iterator<Item = &'static str> {
    let passes = PASSING
        .iter()
        .any(|(prefix, names)| *prefix == service && names.contains(&name));
    passes.then_some("iam:PassRole").into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_that_passes_a_role_exists() {
        for (service, names) in PASSING {
            for name in *names {
                let found = super::super::action(&format!("{service}:{name}"));
                assert_eq!(found.map(|found| found.name), Some(*name), "{service}:{name}");
                assert!(found.is_some_and(|found| found.dependents == ["iam:PassRole"]));
            }
        }
    }
}
