//! Roles in AWS.
//!
//! Quirks: documents come URL-encoded; CreateRole's answer omits the description, so nothing is taken from it; a role
//! that was just made may show its bare id for an ARN, so ARNs are always derived from names.

use std::collections::BTreeSet;

use aws_sdk_iam::types::Tag;

use crate::aws::iam::{self, RoleRecord};
use crate::aws::{Aws, Intent, View, failed, found_there, gone_is_done, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Listed, Live, Object, Observed, Seen};
use crate::kinds::principal::{Holder, live as holding};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, IamPath, Region, RoleName, SessionLength};
use crate::policy_doc::Policy as Document;

use super::{Action, Evidence, Role, State};

impl Live for Role {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        match view.iam.role(view, id.as_str()).await {
            Ok(None) => Seen::Absent,
            Ok(Some(record)) => observed(record).map_or_else(Seen::Unknown, |live| Seen::There(Box::new(live))),
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    /// Service-linked roles are a kind of their own.
    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let mut pages = view.iam_client().list_roles().max_items(1000).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("iam:ListRoles"))?;
            let own = page.roles().iter();
            for one in own.filter(|role| !role.path().starts_with("/aws-service-role/")) {
                let name = one.role_name();
                listed.push(Listed::own(name, RoleName::parse(name).ok()).below(one.path()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &RoleName, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let _ = arn;
        match action {
            Action::Create { state, trust } => create(aws, id, state, trust).await,
            Action::Hold(hold) => holding::run(aws, Holder::Role, id.as_str(), hold).await,
            Action::CreateProfile(name) => create_profile(aws, name).await,
            Action::AddToProfile(name) => add_to_profile(aws, id, name).await,
            Action::PutTrust(trust) => put_trust(aws, id, trust).await,
            Action::Update {
                description,
                max_session_duration,
                fields: _,
            } => update(aws, id, description, max_session_duration).await,
            Action::RemoveFromProfile(name, _) => remove_from_profile(aws, id, name).await,
            Action::DeleteProfile(name, _) => delete_profile(aws, name).await,
            Action::Tag(change) => tag(aws, id, change).await,
            Action::Delete => delete(aws, id).await,
        }
    }

    async fn settled(_: &Aws, _: &RoleName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

fn observed(record: RoleRecord) -> Result<Observed<Role>, String> {
    let arns = |texts: Vec<String>| {
        texts
            .iter()
            .map(|text| holding::arn(text))
            .collect::<Result<BTreeSet<Arn>, String>>()
    };
    let seconds = u64::try_from(record.max_session_s).unwrap_or(3600);
    let state = State {
        path: IamPath::parse(&record.path).map_err(|error| error.to_string())?,
        description: record.description,
        trust: Document::live(&record.trust),
        max_session_duration: SessionLength::of_seconds(seconds).map_err(|error| error.to_string())?,
        policies: arns(record.attached)?,
        inline_policies: record
            .inline
            .iter()
            .map(|(name, text)| (name.clone(), Document::live(text)))
            .collect(),
        permissions_boundary: record.boundary.as_deref().map(holding::arn).transpose()?,
        instance_profile: record.instance_profiles.into_iter().collect(),
        tags: record.tags,
    };
    Ok(Observed {
        state,
        evidence: Evidence { id: record.id },
        unknown: std::collections::BTreeMap::new(),
    })
}

async fn create(aws: &Aws, id: &RoleName, state: &State, trust: &Document) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .create_role()
        .role_name(id.as_str())
        .path(state.path.as_str())
        .assume_role_policy_document(trust.to_json())
        .set_description(Some(state.description.clone()).filter(|text| !text.is_empty()))
        .max_session_duration(i32::try_from(state.max_session_duration.seconds()).unwrap_or(3600))
        .set_permissions_boundary(state.permissions_boundary.as_ref().map(ToString::to_string))
        .set_tags(holding::sdk_tags(&state.tags));
    let answer = match request.send().await.map_err(failed("iam:CreateRole")) {
        Ok(answer) => answer,
        Err(error) if error.is("EntityAlreadyExists") => {
            let found = aws.iam(Intent::Read).get_role().role_name(id.as_str()).send().await;
            let tags = found.map_err(failed("iam:GetRole"));
            let tags = tags.map(|found| found.role.map(|role| iam::tags(role.tags())));
            return found_there(error, tags, |tags| holding::are_ours(tags.as_ref(), &state.tags));
        }
        Err(error) => return Err(error),
    };
    aws.written.wrote_trust(id, trust);
    Ok(Receipt::of(request_id(&answer)))
}

async fn put_trust(aws: &Aws, id: &RoleName, trust: &Document) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .update_assume_role_policy()
        .role_name(id.as_str());
    let answer = request.policy_document(trust.to_json()).send().await;
    let answer = answer.map_err(failed("iam:UpdateAssumeRolePolicy"))?;
    aws.written.wrote_trust(id, trust);
    Ok(Receipt::of(request_id(&answer)))
}

async fn update(aws: &Aws, id: &RoleName, description: &str, session: &SessionLength) -> Result<Receipt, CallError> {
    let seconds = i32::try_from(session.seconds()).unwrap_or(3600);
    let request = aws
        .iam(Intent::Write)
        .update_role()
        .role_name(id.as_str())
        .description(description);
    let answer = request
        .max_session_duration(seconds)
        .send()
        .await
        .map_err(failed("iam:UpdateRole"))?;
    Ok(Receipt::of(request_id(&answer)))
}

/// A profile that an interrupted run has left behind is used.
async fn create_profile(aws: &Aws, name: &str) -> Result<Receipt, CallError> {
    match aws
        .iam(Intent::Write)
        .create_instance_profile()
        .instance_profile_name(name)
        .send()
        .await
    {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => already(failed("iam:CreateInstanceProfile")(error), "EntityAlreadyExists"),
    }
}

/// An occupied profile answers LimitExceeded, even when it is this role that occupies it, so AWS is asked who does.
async fn add_to_profile(aws: &Aws, id: &RoleName, name: &str) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    let request = client
        .add_role_to_instance_profile()
        .instance_profile_name(name)
        .role_name(id.as_str());
    let error = match request.send().await {
        Ok(answer) => return Ok(Receipt::of(request_id(&answer))),
        Err(error) => failed("iam:AddRoleToInstanceProfile")(error),
    };
    if !error.is("LimitExceeded") && !error.is("EntityAlreadyExists") {
        return Err(error);
    }
    let found = client.get_instance_profile().instance_profile_name(name).send().await;
    let found = found.map_err(failed("iam:GetInstanceProfile"))?;
    let roles = found
        .instance_profile()
        .map(|profile| profile.roles())
        .unwrap_or_default();
    if roles.iter().any(|role| role.role_name() == id.as_str()) {
        Ok(Receipt::already())
    } else {
        Err(error)
    }
}

async fn remove_from_profile(aws: &Aws, id: &RoleName, name: &str) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).remove_role_from_instance_profile();
    match request.instance_profile_name(name).role_name(id.as_str()).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:RemoveRoleFromInstanceProfile")(error)),
    }
}

async fn delete_profile(aws: &Aws, name: &str) -> Result<Receipt, CallError> {
    match aws
        .iam(Intent::Write)
        .delete_instance_profile()
        .instance_profile_name(name)
        .send()
        .await
    {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeleteInstanceProfile")(error)),
    }
}

async fn tag(aws: &Aws, id: &RoleName, change: &TagChange) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let request = client
                .tag_role()
                .role_name(id.as_str())
                .set_tags(holding::sdk_tags(tags).or(Some(Vec::<Tag>::new())));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("iam:TagRole"))?,
            )))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client
                .untag_role()
                .role_name(id.as_str())
                .set_tag_keys(Some(keys.clone()));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("iam:UntagRole"))?,
            )))
        }
    }
}

async fn delete(aws: &Aws, id: &RoleName) -> Result<Receipt, CallError> {
    match aws.iam(Intent::Write).delete_role().role_name(id.as_str()).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeleteRole")(error)),
    }
}

fn already(error: CallError, code: &str) -> Result<Receipt, CallError> {
    if error.is(code) {
        Ok(Receipt::already())
    } else {
        Err(error)
    }
}
