//! Sets of actions with which a principal can get more rights than it was given.
//!
//! Invariant: each set is enough by itself, and minimal: with one action less the method does not work as told. The
//! methods are public knowledge; the words are our own. Whether a principal holds a set is decided elsewhere.

/// One way to more rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// A short name of our own that stays.
    pub id: &'static str,
    /// Full names of the actions, all of which are needed.
    pub actions: &'static [&'static str],
    /// How they lead to more rights, as the end of "whoever holds them".
    pub how: &'static str,
}

impl Escalation {
    /// Whether a role must be passed: then the method gives that role's rights, and no more.
    #[must_use]
    pub fn passes_role(&self) -> bool {
        self.actions.contains(&"iam:PassRole")
    }
}

const fn set(id: &'static str, actions: &'static [&'static str], how: &'static str) -> Escalation {
    Escalation { id, actions, how }
}

/// The published methods, direct ones first.
#[rustfmt::skip]
pub static ESCALATIONS: &[Escalation] = &[
    // Rights are changed directly.
    set("attach-user-policy", &["iam:AttachUserPolicy"], "can attach any managed policy to a user of its own"),
    set("attach-group-policy", &["iam:AttachGroupPolicy"], "can attach any managed policy to a group that it is in"),
    set("attach-role-policy", &["iam:AttachRolePolicy"], "can attach any managed policy to a role, its own or one that trusts it"),
    set("put-user-policy", &["iam:PutUserPolicy"], "can write any inline policy for a user of its own"),
    set("put-group-policy", &["iam:PutGroupPolicy"], "can write any inline policy for a group that it is in"),
    set("put-role-policy", &["iam:PutRolePolicy"], "can write any inline policy for a role, its own or one that trusts it"),
    set("create-policy-version", &["iam:CreatePolicyVersion"], "can write a new default version of a policy that applies to it"),
    set("set-default-policy-version", &["iam:SetDefaultPolicyVersion"], "can bring back an older, wider version of a policy that applies to it"),
    set("add-user-to-group", &["iam:AddUserToGroup"], "can join any group and so gets its rights"),
    set("delete-user-boundary", &["iam:DeleteUserPermissionsBoundary"], "can take a user's permissions boundary away"),
    set("delete-role-boundary", &["iam:DeleteRolePermissionsBoundary"], "can take a role's permissions boundary away"),
    set("put-user-boundary", &["iam:PutUserPermissionsBoundary"], "can exchange a user's permissions boundary for a wider one"),
    set("put-role-boundary", &["iam:PutRolePermissionsBoundary"], "can exchange a role's permissions boundary for a wider one"),
    // The credentials of others are taken.
    set("create-access-key", &["iam:CreateAccessKey"], "can make access keys of another user and act as that user"),
    set("create-login-profile", &["iam:CreateLoginProfile"], "can give another user a password and sign in as that user"),
    set("update-login-profile", &["iam:UpdateLoginProfile"], "can change another user's password and sign in as that user"),
    set("replace-mfa-device", &["iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:CreateVirtualMFADevice"], "can exchange another user's second factor"),
    set("update-assume-role-policy", &["iam:UpdateAssumeRolePolicy"], "can make a role trust it and assume that role"),
    set("update-saml-provider", &["iam:UpdateSAMLProvider"], "can replace an identity provider's certificate and sign in as any role that trusts the provider"),
    set("add-oidc-client", &["iam:AddClientIDToOpenIDConnectProvider"], "can let further applications of an identity provider into roles that trust it"),
    set("sso-permission-set", &["sso:PutInlinePolicyToPermissionSet", "sso:ProvisionPermissionSet"], "can widen a permission set that is assigned to it"),
    set("sso-attach-managed", &["sso:AttachManagedPolicyToPermissionSet", "sso:ProvisionPermissionSet"], "can attach any managed policy to a permission set that is assigned to it"),
    set("sso-assign", &["sso:CreateAccountAssignment"], "can assign itself any permission set in any account"),
    // A new thing runs its code with a passed role.
    set("pass-role-ec2", &["iam:PassRole", "ec2:RunInstances"], "can start an instance with any role that it may pass and take that role's credentials"),
    set("pass-role-ec2-spot", &["iam:PassRole", "ec2:RequestSpotInstances"], "can start a spot instance with any role that it may pass and take that role's credentials"),
    set("pass-role-ec2-associate", &["iam:PassRole", "ec2:AssociateIamInstanceProfile"], "can give an instance that it reaches any role that it may pass"),
    set("pass-role-ec2-replace", &["iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation"], "can change the role of an instance that it reaches"),
    set("pass-role-autoscaling", &["iam:PassRole", "autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"], "can let a group start instances with any role that it may pass"),
    set("pass-role-lambda-invoke", &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "can run code of its own in a function with any role that it may pass"),
    set("pass-role-lambda-permission", &["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"], "can let others call a function of its own that has any role that it may pass"),
    set("pass-role-lambda-event-source", &["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"], "can let a stream or queue call a function of its own that has any role that it may pass"),
    set("pass-role-glue-endpoint", &["iam:PassRole", "glue:CreateDevEndpoint"], "can reach a development endpoint that has any role that it may pass"),
    set("pass-role-glue-job", &["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"], "can run code of its own in a job with any role that it may pass"),
    set("pass-role-glue-job-trigger", &["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"], "can have a trigger run code of its own in a job with any role that it may pass"),
    set("pass-role-glue-update-job", &["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"], "can change a job's code and role to any role that it may pass, and run it"),
    set("pass-role-glue-session", &["iam:PassRole", "glue:CreateSession", "glue:RunStatement"], "can run statements in an interactive session with any role that it may pass"),
    set("pass-role-cloudformation", &["iam:PassRole", "cloudformation:CreateStack"], "can make a stack act with any role that it may pass"),
    set("pass-role-cloudformation-update", &["iam:PassRole", "cloudformation:UpdateStack"], "can change a stack with any role that it may pass"),
    set("pass-role-cloudformation-set", &["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"], "can make stacks in many accounts act with any role that it may pass"),
    set("pass-role-datapipeline", &["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"], "can run commands in a pipeline with any role that it may pass"),
    set("pass-role-codebuild", &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"], "can run a build of its own with any role that it may pass"),
    set("pass-role-codebuild-batch", &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"], "can run a batch build of its own with any role that it may pass"),
    set("pass-role-codepipeline", &["iam:PassRole", "codepipeline:CreatePipeline"], "can let a pipeline act with any role that it may pass"),
    set("pass-role-codestar", &["iam:PassRole", "codestar:CreateProject"], "can make a project that acts with any role that it may pass"),
    set("pass-role-sagemaker-notebook", &["iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"], "can open a notebook of its own that has any role that it may pass"),
    set("pass-role-sagemaker-training", &["iam:PassRole", "sagemaker:CreateTrainingJob"], "can run a training job of its own with any role that it may pass"),
    set("pass-role-sagemaker-processing", &["iam:PassRole", "sagemaker:CreateProcessingJob"], "can run a processing job of its own with any role that it may pass"),
    set("pass-role-ecs-run-task", &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"], "can run a container of its own with any role that it may pass"),
    set("pass-role-ecs-start-task", &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"], "can start a container of its own on an instance with any role that it may pass"),
    set("pass-role-ecs-service", &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"], "can keep a container of its own running with any role that it may pass"),
    set("pass-role-batch", &["iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"], "can run a batch job of its own with any role that it may pass"),
    set("pass-role-emr", &["iam:PassRole", "elasticmapreduce:RunJobFlow"], "can run a cluster of its own with any role that it may pass"),
    set("pass-role-emr-serverless", &["iam:PassRole", "emr-serverless:StartJobRun"], "can run a serverless job of its own with any role that it may pass"),
    set("pass-role-states", &["iam:PassRole", "states:CreateStateMachine", "states:StartExecution"], "can run a state machine of its own that calls AWS with any role that it may pass"),
    set("pass-role-scheduler", &["iam:PassRole", "scheduler:CreateSchedule"], "can schedule calls of AWS with any role that it may pass"),
    set("pass-role-events-target", &["iam:PassRole", "events:PutRule", "events:PutTargets"], "can let a rule start things with any role that it may pass"),
    set("pass-role-apprunner", &["iam:PassRole", "apprunner:CreateService"], "can run a service of its own with any role that it may pass"),
    set("pass-role-code-interpreter", &["iam:PassRole", "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"], "can run code in an interpreter of its own that has any role that it may pass"),
    set("pass-role-ssm-automation", &["iam:PassRole", "ssm:StartAutomationExecution"], "can run an automation with any role that it may pass"),
    // A thing that is there already runs their code with its role.
    set("update-function-code", &["lambda:UpdateFunctionCode"], "can exchange the code of a function and act with that function's role"),
    set("update-function-layer", &["lambda:UpdateFunctionConfiguration"], "can put a layer of its own into a function and act with that function's role"),
    set("glue-update-endpoint", &["glue:UpdateDevEndpoint"], "can put a key of its own into a development endpoint and act with its role"),
    set("sagemaker-presigned-notebook", &["sagemaker:CreatePresignedNotebookInstanceUrl"], "can open a notebook that is there already and act with its role"),
    set("sagemaker-lifecycle", &["sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance"], "can have a notebook run a script of its own with the notebook's role"),
    set("ssm-send-command", &["ssm:SendCommand"], "can run commands on instances and act with their roles"),
    set("ssm-start-session", &["ssm:StartSession"], "can open a shell on instances and act with their roles"),
    set("ec2-user-data", &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"], "can have an instance run a start script of its own with the instance's role"),
    set("ec2-instance-connect", &["ec2-instance-connect:SendSSHPublicKey"], "can sign in to instances with a key of its own and act with their roles"),
    set("ecs-execute-command", &["ecs:ExecuteCommand"], "can run commands in containers and act with their roles"),
    set("codebuild-update-project", &["codebuild:UpdateProject", "codebuild:StartBuild"], "can change what a build does and act with the build's role"),
    set("states-update", &["states:UpdateStateMachine", "states:StartExecution"], "can change what a state machine does and act with its role"),
    set("code-interpreter", &["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"], "can run code in an interpreter that is there already and act with its role"),
    set("codestar-team-member", &["codestar:AssociateTeamMember"], "can make itself the owner of a project and gets the project's rights"),
    set("eks-access-entry", &["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"], "can make itself the administrator of a cluster and act with the roles of what runs there"),
];
