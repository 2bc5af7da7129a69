//! Service-linked roles in AWS.
//!
//! Quirks: a role is looked for below its service's path, since its name is the service's choice. One that is there is
//! answered with InvalidInput, not EntityAlreadyExists.

use std::collections::BTreeMap;

use crate::aws::{Aws, Intent, View, failed, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Listed, Live, Object, Observed, Seen};
use crate::names::{Arn, LinkingService, Region, RoleSuffix};

use super::{Action, Evidence, Id, Once, ServiceLinkedRole, State, suffix_of};

/// Below it lie the roles of all services.
const ROOT: &str = "/aws-service-role/";

impl Live for ServiceLinkedRole {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        match view.iam.role_below(view, &id.path(), |name| id.fits(name)).await {
            Ok(None) => Seen::Absent,
            Ok(Some(found)) => Seen::There(Box::new(Observed {
                state: State {
                    description: Once(found.description),
                },
                evidence: Evidence { name: found.name },
                unknown: BTreeMap::new(),
            })),
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let request = view.iam_client().list_roles().path_prefix(ROOT).max_items(1000);
        let mut pages = request.into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for role in page.map_err(failed("iam:ListRoles"))?.roles() {
                let one = Listed::own(role.role_name(), id(role.path(), role.role_name()));
                listed.push(one.below(role.path()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &Id, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let Action::Create(description) = action;
        let client = aws.iam(Intent::Write);
        let request = client.create_service_linked_role();
        let request = request
            .aws_service_name(id.service.as_str())
            .set_custom_suffix(id.suffix.as_ref().map(ToString::to_string))
            .set_description(Some(description.clone()).filter(|text| !text.is_empty()));
        let error = match request.send().await {
            Ok(answer) => return Ok(Receipt::of(request_id(&answer))),
            Err(error) => failed("iam:CreateServiceLinkedRole")(error),
        };
        if error.says("InvalidInput", "has been taken in this account") {
            return if is_there(client, id).await? {
                Ok(Receipt::already())
            } else {
                Err(error)
            };
        }
        Err(hinted(error, id))
    }

    async fn settled(_: &Aws, _: &Id, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

/// What the path and the name of a live role say of it.
fn id(path: &str, name: &str) -> Option<Id> {
    let service = LinkingService::parse(path.strip_prefix(ROOT)?.trim_end_matches('/')).ok()?;
    let suffix = suffix_of(&service, name).map(RoleSuffix::parse).transpose().ok()?;
    Some(Id { service, suffix })
}

async fn is_there(client: &aws_sdk_iam::Client, id: &Id) -> Result<bool, CallError> {
    let request = client.list_roles().path_prefix(id.path()).max_items(1000);
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("iam:ListRoles"))?;
        if page.roles().iter().any(|role| id.fits(role.role_name())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// AWS does not say in one way that a service takes no suffix, so the hint stands behind every refusal of one.
fn hinted(mut error: CallError, id: &Id) -> CallError {
    if id.suffix.is_some() && error.is("InvalidInput") {
        error
            .message
            .push_str(" (not every service takes a suffix: leave `suffix` out if this one doesn't)");
    }
    error
}
