//! The credentials of a user: what there is of them, never what they are.
//!
//! Invariant: every list is followed to its last page. `NoSuchEntity` means none, whether of the user or of the credential.

use aws_sdk_iam::types::StatusType;

use crate::engine::CallError;

use super::single::all_pages;
use super::{View, absent_is_none, failed};

/// An access key as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// `AKIA…`.
    pub id: String,
    /// Whether AWS accepts it.
    pub is_active: bool,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

/// When the console password was made, in seconds since 1970; `None` for no console access.
///
/// # Errors
/// What AWS answered.
pub async fn login(view: &View<'_>, user: &str) -> Result<Option<i64>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let answer = view.iam_client().get_login_profile().user_name(user).send().await;
    let answer = absent_is_none(answer.map_err(failed("iam:GetLoginProfile")))?;
    Ok(answer.map(|answer| answer.login_profile().map_or(0, |login| login.create_date().secs())))
}

/// The access keys, inactive ones too.
///
/// # Errors
/// What AWS answered.
pub async fn access_keys(view: &View<'_>, user: &str) -> Result<Vec<KeyRecord>, CallError> {
    let request = view.iam_client().list_access_keys().user_name(user);
    let list = async {
        all_pages!(
            view,
            "iam:ListAccessKeys",
            request,
            |page: &aws_sdk_iam::operation::list_access_keys::ListAccessKeysOutput| {
                page.access_key_metadata().iter().filter_map(key).collect::<Vec<_>>()
            }
        )
    };
    Ok(absent_is_none(list.await)?.unwrap_or_default())
}

pub(crate) fn key(metadata: &aws_sdk_iam::types::AccessKeyMetadata) -> Option<KeyRecord> {
    Some(KeyRecord {
        id: metadata.access_key_id()?.to_owned(),
        is_active: metadata.status() == Some(&StatusType::Active),
        created: metadata.create_date().map_or(0, |date| date.secs()),
    })
}

/// The serial numbers of the MFA devices; those of virtual ones are ARNs.
///
/// # Errors
/// What AWS answered.
pub async fn mfa_devices(view: &View<'_>, user: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_mfa_devices().user_name(user);
    let list = async {
        all_pages!(
            view,
            "iam:ListMFADevices",
            request,
            |page: &aws_sdk_iam::operation::list_mfa_devices::ListMfaDevicesOutput| {
                page.mfa_devices()
                    .iter()
                    .map(|device| device.serial_number().to_owned())
                    .collect::<Vec<_>>()
            }
        )
    };
    Ok(absent_is_none(list.await)?.unwrap_or_default())
}

/// The ids of the signing certificates.
///
/// # Errors
/// What AWS answered.
pub async fn signing_certificates(view: &View<'_>, user: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_signing_certificates().user_name(user);
    let list = async {
        all_pages!(
            view,
            "iam:ListSigningCertificates",
            request,
            |page: &aws_sdk_iam::operation::list_signing_certificates::ListSigningCertificatesOutput| {
                page.certificates()
                    .iter()
                    .map(|one| one.certificate_id().to_owned())
                    .collect::<Vec<_>>()
            }
        )
    };
    Ok(absent_is_none(list.await)?.unwrap_or_default())
}

/// The ids of the SSH keys for CodeCommit.
///
/// # Errors
/// What AWS answered.
pub async fn ssh_public_keys(view: &View<'_>, user: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_ssh_public_keys().user_name(user);
    let list = async {
        all_pages!(
            view,
            "iam:ListSSHPublicKeys",
            request,
            |page: &aws_sdk_iam::operation::list_ssh_public_keys::ListSshPublicKeysOutput| {
                page.ssh_public_keys()
                    .iter()
                    .map(|one| one.ssh_public_key_id().to_owned())
                    .collect::<Vec<_>>()
            }
        )
    };
    Ok(absent_is_none(list.await)?.unwrap_or_default())
}

/// The ids of the credentials for single services. The SDK has no paginator for this list.
///
/// # Errors
/// What AWS answered.
pub async fn service_credentials(view: &View<'_>, user: &str) -> Result<Vec<String>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let mut ids = Vec::new();
    let mut marker = None;
    loop {
        let request = view
            .iam_client()
            .list_service_specific_credentials()
            .user_name(user)
            .set_marker(marker);
        let answer = request
            .send()
            .await
            .map_err(failed("iam:ListServiceSpecificCredentials"));
        let Some(page) = absent_is_none(answer)? else {
            return Ok(Vec::new());
        };
        let found = page.service_specific_credentials().iter();
        ids.extend(found.map(|one| one.service_specific_credential_id().to_owned()));
        marker = page.marker().map(str::to_owned).filter(|_| page.is_truncated());
        if marker.is_none() {
            return Ok(ids);
        }
    }
}
