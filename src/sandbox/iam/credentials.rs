//! Which operation on credentials is answered where.
//!
//! Invariant: names stand here once; nothing is decided here.

use super::super::{Caller, World};
use super::ask::Ask;
use super::{Done, key, login, mfa, report, server, service, signing, ssh};

/// Access keys, passwords, and the account's rule for them.
pub(super) fn answer(world: &mut World, ask: Ask<'_>, caller: &Caller, action: &str) -> Option<Done> {
    Some(match action {
        "CreateAccessKey" => key::create(world, ask, caller),
        "ListAccessKeys" => key::list(world, ask, caller),
        "UpdateAccessKey" => key::update(world, ask, caller),
        "DeleteAccessKey" => key::delete(world, ask, caller),
        "GetAccessKeyLastUsed" => key::last_used(world, ask, caller),
        "CreateLoginProfile" => login::create(world, ask, caller),
        "GetLoginProfile" => login::get(world, ask, caller),
        "UpdateLoginProfile" => login::update(world, ask),
        "DeleteLoginProfile" => login::delete(world, ask, caller),
        "ChangePassword" => login::change(world, ask, caller),
        "UpdateAccountPasswordPolicy" => login::update_rule(world, ask),
        "GetAccountPasswordPolicy" => login::get_rule(world),
        "DeleteAccountPasswordPolicy" => login::delete_rule(world),
        "GenerateCredentialReport" => report::generate(world),
        "GetCredentialReport" => report::get(world),
        _ => return devices(world, ask, caller, action).or_else(|| rest(world, ask, caller, action)),
    })
}

fn devices(world: &mut World, ask: Ask<'_>, caller: &Caller, action: &str) -> Option<Done> {
    Some(match action {
        "CreateVirtualMFADevice" => mfa::create(world, ask),
        "DeleteVirtualMFADevice" => mfa::delete(world, ask),
        "ListVirtualMFADevices" => mfa::list_virtual(world, ask),
        "EnableMFADevice" => mfa::enable(world, ask),
        "ResyncMFADevice" => mfa::resync(world, ask),
        "DeactivateMFADevice" => mfa::deactivate(world, ask, caller),
        "GetMFADevice" => mfa::get(world, ask),
        "ListMFADevices" => mfa::list(world, ask, caller),
        _ => return None,
    })
}

fn rest(world: &mut World, ask: Ask<'_>, caller: &Caller, action: &str) -> Option<Done> {
    Some(match action {
        "UploadSSHPublicKey" => ssh::upload(world, ask),
        "GetSSHPublicKey" => ssh::get(world, ask),
        "ListSSHPublicKeys" => ssh::list(world, ask, caller),
        "UpdateSSHPublicKey" => ssh::update(world, ask),
        "DeleteSSHPublicKey" => ssh::delete(world, ask),
        "UploadSigningCertificate" => signing::upload(world, ask, caller),
        "ListSigningCertificates" => signing::list(world, ask, caller),
        "UpdateSigningCertificate" => signing::update(world, ask, caller),
        "DeleteSigningCertificate" => signing::delete(world, ask, caller),
        "CreateServiceSpecificCredential" => service::create(world, ask),
        "ListServiceSpecificCredentials" => service::list(world, ask, caller),
        "UpdateServiceSpecificCredential" => service::update(world, ask, caller),
        "ResetServiceSpecificCredential" => service::reset(world, ask, caller),
        "DeleteServiceSpecificCredential" => service::delete(world, ask, caller),
        "UploadServerCertificate" => server::upload(world, ask),
        "GetServerCertificate" => server::get(world, ask),
        "ListServerCertificates" => server::list(world, ask),
        "UpdateServerCertificate" => server::update(world, ask),
        "DeleteServerCertificate" => server::delete(world, ask),
        _ => return None,
    })
}
