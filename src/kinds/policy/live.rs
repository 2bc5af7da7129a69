//! Customer managed policies in AWS.
//!
//! Quirks: CreatePolicy's answer omits the description; a policy can't be deleted while it has other versions or users;
//! the ARN holds the path, so things are named by ARN.

use crate::aws::iam::{self, PolicyRecord, PolicyVersion};
use crate::aws::{Aws, Intent, View, failed, found_there, gone_is_done, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Depth, Listed, Live, Object, Observed, Seen};
use crate::kinds::principal::{Holder, live as holding};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, IamPath, PolicyName, Region};
use crate::policy_doc::Policy as Document;

use super::{Action, Evidence, Policy, State, Version};

impl Live for Policy {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let (id, depth) = (&object.id, object.depth);
        match read(view, id, depth).await {
            Ok(None) => Seen::Absent,
            Ok(Some(Ok(live))) => Seen::There(Box::new(live)),
            Ok(Some(Err(odd))) => Seen::Unknown(odd),
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let request = view
            .iam_client()
            .list_policies()
            .scope(aws_sdk_iam::types::PolicyScopeType::Local);
        let mut pages = request.max_items(1000).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for policy in page.map_err(failed("iam:ListPolicies"))?.policies() {
                let name = policy.policy_name().unwrap_or_default();
                listed.push(Listed::own(name, PolicyName::parse(name).ok()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &PolicyName, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        match action {
            Action::Create(state) => create(aws, id, arn, state).await,
            Action::PutVersion { document } => put_version(aws, arn, document).await,
            Action::MakeDefault { version, document: _ } => make_default(aws, arn, version).await,
            Action::DeleteVersion { version, why: _ } => delete_version(aws, arn, version).await,
            Action::Tag(change) => tag(aws, arn, change).await,
            Action::DetachFrom(principal) => detach(aws, arn, principal).await,
            Action::Delete => delete(aws, arn).await,
        }
    }

    async fn settled(_: &Aws, _: &PolicyName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

async fn read(
    view: &View<'_>,
    id: &PolicyName,
    depth: Depth,
) -> Result<Option<Result<Observed<Policy>, String>>, CallError> {
    let Some(record) = view.iam.policy(view, id.as_str()).await? else {
        return Ok(None);
    };
    let users = match depth {
        Depth::Compare => Vec::new(),
        Depth::Remove => users(view, &record.arn).await?,
    };
    Ok(Some(observed(record, users)))
}

fn observed(record: PolicyRecord, users: Vec<Arn>) -> Result<Observed<Policy>, String> {
    let in_force = record.default_version().and_then(|version| version.document.as_deref());
    let document = in_force
        .map(Document::live)
        .ok_or("AWS did not tell which version is in force")?;
    let state = State {
        path: IamPath::parse(&record.path).map_err(|error| error.to_string())?,
        description: record.description,
        document,
        tags: record.tags,
    };
    let evidence = Evidence {
        id: record.id,
        versions: record.versions.iter().map(version).collect(),
        users,
    };
    Ok(Observed {
        state,
        evidence,
        unknown: std::collections::BTreeMap::new(),
    })
}

fn version(version: &PolicyVersion) -> Version {
    Version {
        id: version.id.clone(),
        is_default: version.is_default,
        document: version.document.as_deref().map(Document::live),
    }
}

/// Who has it attached or as boundary.
async fn users(view: &View<'_>, arn: &str) -> Result<Vec<Arn>, CallError> {
    let home = &view.aws.connection.home;
    let mut pages = view
        .iam_client()
        .list_entities_for_policy()
        .policy_arn(arn)
        .max_items(1000)
        .into_paginator()
        .send();
    let mut users = Vec::new();
    let named = |kind: &str, name: Option<&str>| {
        let text = format!(
            "arn:{}:iam::{}:{kind}/{}",
            home.partition,
            home.account,
            name.unwrap_or_default()
        );
        Arn::parse(&text).ok()
    };
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("iam:ListEntitiesForPolicy"))?;
        users.extend(
            page.policy_users()
                .iter()
                .filter_map(|user| named("user", user.user_name())),
        );
        users.extend(
            page.policy_groups()
                .iter()
                .filter_map(|group| named("group", group.group_name())),
        );
        users.extend(
            page.policy_roles()
                .iter()
                .filter_map(|role| named("role", role.role_name())),
        );
    }
    users.sort();
    users.dedup();
    Ok(users)
}

async fn create(aws: &Aws, id: &PolicyName, arn: &Arn, state: &State) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .create_policy()
        .policy_name(id.as_str())
        .path(state.path.as_str());
    let description = Some(state.description.clone()).filter(|text| !text.is_empty());
    let request = request
        .set_description(description)
        .policy_document(state.document.to_json());
    let request = request.set_tags(holding::sdk_tags(&state.tags));
    match request.send().await.map_err(failed("iam:CreatePolicy")) {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) if error.is("EntityAlreadyExists") => {
            let found = aws.iam(Intent::Read).get_policy().policy_arn(arn.as_str()).send().await;
            let tags = found.map_err(failed("iam:GetPolicy"));
            let tags = tags.map(|found| found.policy.map(|policy| iam::tags(policy.tags())));
            found_there(error, tags, |tags| holding::are_ours(tags.as_ref(), &state.tags))
        }
        Err(error) => Err(error),
    }
}

async fn put_version(aws: &Aws, arn: &Arn, document: &Document) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).create_policy_version().policy_arn(arn.as_str());
    let answer = request
        .policy_document(document.to_json())
        .set_as_default(true)
        .send()
        .await;
    Ok(Receipt::of(request_id(
        &answer.map_err(failed("iam:CreatePolicyVersion"))?,
    )))
}

async fn make_default(aws: &Aws, arn: &Arn, version: &str) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .set_default_policy_version()
        .policy_arn(arn.as_str())
        .version_id(version);
    Ok(Receipt::of(request_id(
        &request.send().await.map_err(failed("iam:SetDefaultPolicyVersion"))?,
    )))
}

async fn delete_version(aws: &Aws, arn: &Arn, version: &str) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .delete_policy_version()
        .policy_arn(arn.as_str())
        .version_id(version);
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeletePolicyVersion")(error)),
    }
}

async fn tag(aws: &Aws, arn: &Arn, change: &TagChange) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let request = client
                .tag_policy()
                .policy_arn(arn.as_str())
                .set_tags(holding::sdk_tags(tags));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("iam:TagPolicy"))?,
            )))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client
                .untag_policy()
                .policy_arn(arn.as_str())
                .set_tag_keys(Some(keys.clone()));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("iam:UntagPolicy"))?,
            )))
        }
    }
}

async fn detach(aws: &Aws, arn: &Arn, principal: &Arn) -> Result<Receipt, CallError> {
    match (principal.user_name(), principal.group_name(), principal.role_name()) {
        (Some(user), _, _) => holding::detach(aws, Holder::User, user.as_str(), arn).await,
        (None, Some(group), _) => holding::detach(aws, Holder::Group, group.as_str(), arn).await,
        (None, None, Some(role)) => holding::detach(aws, Holder::Role, role.as_str(), arn).await,
        (None, None, None) => Err(CallError::local(
            "iam:Detach",
            format!("`{principal}` holds no policies"),
        )),
    }
}

async fn delete(aws: &Aws, arn: &Arn) -> Result<Receipt, CallError> {
    match aws
        .iam(Intent::Write)
        .delete_policy()
        .policy_arn(arn.as_str())
        .send()
        .await
    {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeletePolicy")(error)),
    }
}
