//! Groups in AWS.
//!
//! Quirks: the members come with the group in pages, in the bulk answer only by way of the users; UpdateGroup renames
//! as well, so only the new path is ever given to it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::operation::get_group::GetGroupOutput;

use crate::aws::iam::{GroupRecord, Named};
use crate::aws::{Aws, Intent, View, failed, found_there, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Home, Listed, Live, Object, Observed, Seen};
use crate::kinds::membership::{self, Peer};
use crate::kinds::principal::{Holder, live as holding};
use crate::names::{Arn, GroupName, IamPath, Region, UserName};
use crate::policy_doc::Policy as Document;

use super::{Action, Evidence, Group, State};

impl Live for Group {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        match view.iam.group(view, id.as_str()).await {
            Ok(None) => Seen::Absent,
            Ok(Some(record)) => {
                let home = &view.aws.connection.home;
                observed(record, home).map_or_else(Seen::Unknown, |live| Seen::There(Box::new(live)))
            }
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let mut pages = view.iam_client().list_groups().max_items(1000).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for one in page.map_err(failed("iam:ListGroups"))?.groups() {
                let name = one.group_name();
                listed.push(Listed::own(name, GroupName::parse(name).ok()).below(one.path()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &GroupName, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let name = id.as_str();
        match action {
            Action::Create(path) => {
                let request = aws
                    .iam(Intent::Write)
                    .create_group()
                    .group_name(name)
                    .path(path.as_str());
                match request.send().await.map_err(failed("iam:CreateGroup")) {
                    Ok(answer) => Ok(Receipt::of(request_id(&answer))),
                    Err(error) if error.is("EntityAlreadyExists") => {
                        let found = aws.iam(Intent::Read).get_group().group_name(name).send().await;
                        let found = found.map_err(failed("iam:GetGroup"));
                        // A group bears no mark; who is in an empty one of this path loses nothing.
                        let is_as_made = |found: &GetGroupOutput| {
                            found.users().is_empty() && found.group().map(|group| group.path()) == Some(path.as_str())
                        };
                        found_there(error, found, is_as_made)
                    }
                    Err(error) => Err(error),
                }
            }
            Action::SetPath(path) => {
                let request = aws
                    .iam(Intent::Write)
                    .update_group()
                    .group_name(name)
                    .new_path(path.as_str());
                Ok(Receipt::of(request_id(
                    &request.send().await.map_err(failed("iam:UpdateGroup"))?,
                )))
            }
            Action::Hold(hold) => holding::run(aws, Holder::Group, name, hold).await,
            Action::RemoveMember(member, _) => {
                membership::live::leave(aws, Peer::new(member.clone()).name(), name).await
            }
            Action::Delete => delete(aws, name).await,
        }
    }

    async fn settled(_: &Aws, _: &GroupName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

fn observed(record: GroupRecord, home: &Home) -> Result<Observed<Group>, String> {
    let mut members = record
        .members
        .iter()
        .map(|named| user(named, home))
        .collect::<Result<Vec<Arn>, String>>()?;
    members.sort();
    let policies = record
        .attached
        .iter()
        .map(|text| holding::arn(text))
        .collect::<Result<BTreeSet<Arn>, String>>()?;
    let inline = record
        .inline
        .iter()
        .map(|(name, text)| (name.clone(), Document::live(text)));
    let state = State {
        path: IamPath::parse(&record.path).map_err(|error| error.to_string())?,
        policies,
        inline_policies: inline.collect(),
        members: members.iter().cloned().map(Peer::new).collect(),
    };
    Ok(Observed {
        state,
        evidence: Evidence { id: record.id, members },
        unknown: BTreeMap::new(),
    })
}

fn user(named: &Named, home: &Home) -> Result<Arn, String> {
    let odd = |error: crate::names::NameError| format!("AWS named a member that can't be understood: {error}");
    let (name, path) = (
        UserName::parse(&named.name).map_err(odd)?,
        IamPath::parse(&named.path).map_err(odd)?,
    );
    Ok(Arn::user(home.partition, &home.account, &path, &name))
}

async fn delete(aws: &Aws, name: &str) -> Result<Receipt, CallError> {
    match aws.iam(Intent::Write).delete_group().group_name(name).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => {
            let error = failed("iam:DeleteGroup")(error);
            if is_absent(&error) {
                Ok(Receipt::already())
            } else {
                Err(error)
            }
        }
    }
}
