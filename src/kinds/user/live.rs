//! Users in AWS.
//!
//! Quirks: GetLoginProfile answers NoSuchEntity for a user without password and for no user at all; tags and boundary
//! are in no list, only in GetUser and in the bulk answer; UpdateUser renames as well, so only the new path is given to it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join4, try_join3};

use crate::aws::iam::credentials::{self, KeyRecord};
use crate::aws::iam::{self, Named, UserRecord};
use crate::aws::{Aws, Intent, View, failed, found_there, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::fields::FieldPath;
use crate::kind::{Depth, Home, Listed, Live, Object, Observed, Seen};
use crate::kinds::membership::{self, Peer};
use crate::kinds::principal::{Holder, live as holding};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, GroupName, IamPath, Region, UserName};
use crate::policy_doc::Policy as Document;

use super::steps::{KeyChange, Leftover, LoginChange};
use super::{Action, Credential, Evidence, KeyStatus, Keys, State, User, secrets};

impl Live for User {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let (id, depth) = (&object.id, object.depth);
        match read(view, id.as_str(), depth).await {
            Ok(None) => Seen::Absent,
            Ok(Some(Ok(live))) => Seen::There(Box::new(live)),
            Ok(Some(Err(odd))) => Seen::Unknown(odd),
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let mut pages = view.iam_client().list_users().max_items(1000).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for one in page.map_err(failed("iam:ListUsers"))?.users() {
                let name = one.user_name();
                listed.push(Listed::own(name, UserName::parse(name).ok()).below(one.path()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &UserName, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let name = id.as_str();
        match action {
            Action::Create(state) => create(aws, name, state).await,
            Action::SetPath(path) => set_path(aws, name, path).await,
            Action::Hold(hold) => holding::run(aws, Holder::User, name, hold).await,
            Action::Join(group) => membership::live::join(aws, name, Peer::new(group.clone()).name()).await,
            Action::Leave(group, _) => membership::live::leave(aws, name, Peer::new(group.clone()).name()).await,
            Action::Login(LoginChange::Create(wish)) => secrets::create_login(aws, name, wish).await,
            Action::Login(LoginChange::Delete(_)) => secrets::delete_login(aws, name).await,
            Action::Key(KeyChange::Create(wish)) => secrets::create_key(aws, name, &wish.store).await,
            Action::Key(KeyChange::Deactivate(key, _)) => secrets::deactivate_key(aws, name, key).await,
            Action::Key(KeyChange::Delete(key, _)) => secrets::delete_key(aws, name, key).await,
            Action::Clear(leftover) => clear(aws, name, leftover).await,
            Action::Tag(change) => tag(aws, name, change).await,
            Action::Delete(_) => delete(aws, name).await,
        }
    }

    async fn settled(_: &Aws, _: &UserName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

/// What was asked of a user's credentials, each by itself: one that may not be read leaves the others known.
struct Credentials {
    login: Result<Option<i64>, CallError>,
    keys: Result<Vec<KeyRecord>, CallError>,
    mfa_devices: Result<Vec<String>, CallError>,
}

async fn read(view: &View<'_>, name: &str, depth: Depth) -> Result<Option<Result<Observed<User>, String>>, CallError> {
    let (record, login, keys, mfa_devices) = join4(
        view.iam.user(view, name),
        credentials::login(view, name),
        credentials::access_keys(view, name),
        mfa_devices(view, name, depth),
    )
    .await;
    let Some(record) = record? else { return Ok(None) };
    let found = Credentials {
        login,
        keys,
        mfa_devices,
    };
    if depth == Depth::Compare {
        return Ok(Some(observed(record, found, &view.aws.connection.home)));
    }
    let (certificates, ssh_keys, service_credentials) = try_join3(
        credentials::signing_certificates(view, name),
        credentials::ssh_public_keys(view, name),
        credentials::service_credentials(view, name),
    )
    .await?;
    let found = Credentials {
        login: Ok(found.login?),
        keys: Ok(found.keys?),
        mfa_devices: Ok(found.mfa_devices?),
    };
    let live = observed(record, found, &view.aws.connection.home);
    Ok(Some(live.map(|live| Observed {
        evidence: Evidence {
            certificates,
            ssh_keys,
            service_credentials,
            ..live.evidence
        },
        ..live
    })))
}

/// They are none of a comparison's business.
async fn mfa_devices(view: &View<'_>, name: &str, depth: Depth) -> Result<Vec<String>, CallError> {
    match depth {
        Depth::Compare => Ok(Vec::new()),
        Depth::Remove => credentials::mfa_devices(view, name).await,
    }
}

fn observed(record: UserRecord, found: Credentials, home: &Home) -> Result<Observed<User>, String> {
    let mut unknown = BTreeMap::new();
    let login = found.login.unwrap_or_else(|error| {
        unknown.insert(FieldPath::whole("console_access"), error.to_string());
        None
    });
    let keys = found.keys.unwrap_or_else(|error| {
        unknown.insert(FieldPath::whole("access_key"), error.to_string());
        unknown.insert(FieldPath::whole("access_keys"), error.to_string());
        Vec::new()
    });
    let policies = record
        .attached
        .iter()
        .map(|text| holding::arn(text))
        .collect::<Result<BTreeSet<Arn>, String>>()?;
    let groups = record
        .groups
        .iter()
        .map(|named| group(named, home))
        .collect::<Result<BTreeSet<Peer>, String>>()?;
    let state = State {
        path: IamPath::parse(&record.path).map_err(|error| error.to_string())?,
        groups,
        policies,
        inline_policies: record
            .inline
            .iter()
            .map(|(name, text)| (name.clone(), Document::live(text)))
            .collect(),
        permissions_boundary: record.boundary.as_deref().map(holding::arn).transpose()?,
        console_access: Credential::of(login),
        access_key: Credential::of(keys.first()),
        access_keys: Keys::Known(keys.iter().map(|key| (key.id.clone(), status(key))).collect()),
        tags: record.tags,
    };
    let evidence = Evidence {
        id: record.id,
        login,
        keys: keys.into_iter().map(|key| (key.id, key.created)).collect(),
        mfa_devices: found.mfa_devices.ok(),
        ..Evidence::default()
    };
    Ok(Observed {
        state,
        evidence,
        unknown,
    })
}

fn status(key: &KeyRecord) -> KeyStatus {
    if key.is_active {
        KeyStatus::Active
    } else {
        KeyStatus::Inactive
    }
}

fn group(named: &Named, home: &Home) -> Result<Peer, String> {
    let odd = |error: crate::names::NameError| format!("AWS named a group that can't be understood: {error}");
    let (name, path) = (
        GroupName::parse(&named.name).map_err(odd)?,
        IamPath::parse(&named.path).map_err(odd)?,
    );
    Ok(Peer::new(Arn::group(home.partition, &home.account, &path, &name)))
}

async fn create(aws: &Aws, name: &str, state: &State) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .create_user()
        .user_name(name)
        .path(state.path.as_str());
    let request = request
        .set_permissions_boundary(state.permissions_boundary.as_ref().map(ToString::to_string))
        .set_tags(holding::sdk_tags(&state.tags));
    match request.send().await.map_err(failed("iam:CreateUser")) {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) if error.is("EntityAlreadyExists") => {
            let found = aws.iam(Intent::Read).get_user().user_name(name).send().await;
            let tags = found.map_err(failed("iam:GetUser"));
            let tags = tags.map(|found| found.user.map(|user| iam::tags(user.tags())));
            found_there(error, tags, |tags| holding::are_ours(tags.as_ref(), &state.tags))
        }
        Err(error) => Err(error),
    }
}

async fn set_path(aws: &Aws, name: &str, path: &IamPath) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .update_user()
        .user_name(name)
        .new_path(path.as_str());
    Ok(Receipt::of(request_id(
        &request.send().await.map_err(failed("iam:UpdateUser"))?,
    )))
}

async fn tag(aws: &Aws, name: &str, change: &TagChange) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let tags = holding::sdk_tags(tags).unwrap_or_default();
            let answer = client.tag_user().user_name(name).set_tags(Some(tags)).send().await;
            Ok(Receipt::of(request_id(&answer.map_err(failed("iam:TagUser"))?)))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let answer = client
                .untag_user()
                .user_name(name)
                .set_tag_keys(Some(keys.clone()))
                .send()
                .await;
            Ok(Receipt::of(request_id(&answer.map_err(failed("iam:UntagUser"))?)))
        }
    }
}

/// Sends a request whose aim is reached when what it names is gone.
macro_rules! gone {
    ($operation:literal, $request:expr) => {
        match $request.send().await {
            Ok(answer) => Ok(Receipt::of(request_id(&answer))),
            Err(error) => {
                let error = failed($operation)(error);
                if is_absent(&error) {
                    Ok(Receipt::already())
                } else {
                    Err(error)
                }
            }
        }
    };
}
pub(super) use gone;

async fn clear(aws: &Aws, name: &str, leftover: &Leftover) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match leftover {
        Leftover::Certificate(id) => {
            gone!(
                "iam:DeleteSigningCertificate",
                client.delete_signing_certificate().user_name(name).certificate_id(id)
            )
        }
        Leftover::SshKey(id) => {
            gone!(
                "iam:DeleteSSHPublicKey",
                client.delete_ssh_public_key().user_name(name).ssh_public_key_id(id)
            )
        }
        Leftover::ServiceCredential(id) => {
            let request = client.delete_service_specific_credential().user_name(name);
            gone!(
                "iam:DeleteServiceSpecificCredential",
                request.service_specific_credential_id(id)
            )
        }
        Leftover::MfaDevice(serial) => {
            gone!(
                "iam:DeactivateMFADevice",
                client.deactivate_mfa_device().user_name(name).serial_number(serial)
            )
        }
        Leftover::VirtualMfaDevice(serial) => {
            gone!(
                "iam:DeleteVirtualMFADevice",
                client.delete_virtual_mfa_device().serial_number(serial)
            )
        }
    }
}

async fn delete(aws: &Aws, name: &str) -> Result<Receipt, CallError> {
    gone!("iam:DeleteUser", aws.iam(Intent::Write).delete_user().user_name(name))
}
