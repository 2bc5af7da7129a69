"""IAM: keys, passwords, MFA devices, certificates and the report on them."""

import csv

from .account import Account, trust
from .table import Table

TABLE = Table("iam-credentials")
API = "API reference"
MET = "met by users of AWS"
ADA = {"UserName": "ada"}
PASSWORD = "Correct-Horse-1"
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
NO_ADA = "The user with name ada cannot be found."

CERTIFICATES = [
    (
        "-----BEGIN CERTIFICATE-----\n"
        "MIIBFTCBu6ADAgECAgEHMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWV4YW1wbGUt\n"
        "MDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWV4\n"
        "YW1wbGUtMDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHylsjEk6wVgNXxnCfBP\n"
        "+8GBsgov9HKo8gzmn7VwLiB5U5CjYyB3W80LlDrPOfHGDy61lHQCxbUmhXNtfIY1\n"
        "fVowCgYIKoZIzj0EAwIDSQAwRgIhAJkPjhInO/xZfrnC3miMM1L6wI4UIPoDjWs9\n"
        "4CIHMDWBAiEAjv3aDLp2NtfkufoHEFk3Gw0cLj+nulJ3DyCNstcQrck=\n"
        "-----END CERTIFICATE-----\n"
    ),
    (
        "-----BEGIN CERTIFICATE-----\n"
        "MIIBFTCBu6ADAgECAgEHMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWV4YW1wbGUt\n"
        "MTAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWV4\n"
        "YW1wbGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCPm1rW+aitF71zVyNwn\n"
        "rTesj1G/ofai8n2BdGxtTcDux999jz26VyGWEX2DnzUe+r8pDUnKq+mzW9nrmDdm\n"
        "CTIwCgYIKoZIzj0EAwIDSQAwRgIhAL7U4XzA9AFKbPLeiT9kfeVQcV0o/s7wVk1P\n"
        "xwtQchWoAiEAzAmkkjdBHkbfXSDf7M2AFByvQuHEkHYpxm4sxfKcdKo=\n"
        "-----END CERTIFICATE-----\n"
    ),
    (
        "-----BEGIN CERTIFICATE-----\n"
        "MIIBFTCBu6ADAgECAgEHMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWV4YW1wbGUt\n"
        "MjAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWV4\n"
        "YW1wbGUtMjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFuhRmhmLA58BsCs+f0a\n"
        "Fb1HSO11vZ4QGsAAjLICGnCyJ1VG6t7NT3XB6VMQ/7tLCfsbACSGLmK0YcwnuU4D\n"
        "AgYwCgYIKoZIzj0EAwIDSQAwRgIhAOxR0ID1u436HaCnIdp96b83sMg3At83Jb0K\n"
        "kIOCsXj+AiEAzkBdz7eBq2ZFLvy01NjfyKacPicPmkFPA9ZUQ7f3Ma0=\n"
        "-----END CERTIFICATE-----\n"
    ),
]
SSH = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC8HaaQ440GUS/lCNwBKclpYORJjOpGzelkHwtx4KEns+bRRMr72mvru28yTKJYuvPkL8ixlt"
    "HSL6tZDBwMIYEli36a5TnsG/LXrYrFyTEtne09YOsTJkq0jLh2lBOMnMlYXV4dROa2eyf1gRyWytyUtsDIeIiELKabE+4Z8TEUiUv3fbV/MpVV"
    "addgUSM+PspixkSpo/w2xCFrsTblr3dyrFhOADOKCgmzP63qNXIDNnKINA+/7/9Kr6OrEJzD6bTDv+8qiE4yvMVoXgTd7LNLOdR6l6LCaqgxgr"
    "ateittRRGE7MIcGYLa3+zTGjakjbOjrwxtz3B7XTpi8Uz+lsMV"
)
PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvB2mkOONBlEv5QjcASnJ\n"
    "aWDkSYzqRs3pZB8LceChJ7Pm0UTK+9pr67tvMkyiWLrz5C/IsZbR0i+rWQwcDCGB\n"
    "JYt+muU57Bvy162KxckxLZ3tPWDrEyZKtIy4dpQTjJzJWF1eHUTmtnsn9YEclsrc\n"
    "lLbAyHiIhCymmxPuGfExFIlL9321fzKVVWnXYFEjPj7KYsZEqaP8NsQha7E25a93\n"
    "cqxYTgAzigoJsz+t6jVyAzZyiDQPv+//Sq+jqxCcw+m0w7/vKohOMrzFaF4E3eyz\n"
    "SznUepeiwmqoMYK2rXorbUURhOzCHBmC2t/s0xo2pI2zo68Mbc9we106YvFM/pbD\n"
    "FQIDAQAB\n"
    "-----END PUBLIC KEY-----\n"
)


def own(account: Account, service: str = "iam", name: str = "ada"):
    """A client that signs with a new key of this user."""
    key = account.iam.create_access_key(UserName=name)["AccessKey"]
    return account.client(service, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def device(account: Account, name: str = "phone") -> str:
    """Makes a virtual MFA device; its serial number."""
    return account.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]


@TABLE.behaviour(f"{API}, CreateAccessKey")
def a_key_tells_its_secret_once(account: Account) -> None:
    account.user()
    key = account.iam.create_access_key(**ADA)["AccessKey"]
    account.true(key["AccessKeyId"].startswith("AKIA") and len(key["AccessKeyId"]) == 20, key["AccessKeyId"])
    account.same((key["Status"], key["UserName"], len(key["SecretAccessKey"])), ("Active", "ada", 40))
    listed = account.iam.list_access_keys(**ADA)["AccessKeyMetadata"][0]
    account.same(set(listed), {"UserName", "AccessKeyId", "Status", "CreateDate"})


@TABLE.behaviour("IAM User Guide, reference_iam-quotas")
def a_user_has_two_keys_at_most_inactive_ones_included(account: Account) -> None:
    account.user()
    for _ in range(2):
        key = account.iam.create_access_key(**ADA)["AccessKey"]["AccessKeyId"]
        account.iam.update_access_key(AccessKeyId=key, Status="Inactive", **ADA)
    why = "Cannot exceed quota for AccessKeysPerUser: 2"
    account.refused(account.iam.create_access_key, "LimitExceeded", 409, why, **ADA)


@TABLE.behaviour(f"{API}, ListAccessKeys, DeleteAccessKey")
def without_a_user_name_the_callers_keys_are_meant(account: Account) -> None:
    account.user()
    iam = own(account)
    listed = iam.list_access_keys()["AccessKeyMetadata"]
    account.same([key["UserName"] for key in listed], ["ada"])
    other = iam.create_access_key()["AccessKey"]
    account.same(other["UserName"], "ada")
    iam.delete_access_key(AccessKeyId=other["AccessKeyId"])
    account.same(len(account.iam.list_access_keys(**ADA)["AccessKeyMetadata"]), 1)


@TABLE.behaviour(f"{API}, UpdateAccessKey")
def an_inactive_key_does_not_sign(account: Account) -> None:
    account.user()
    sts = own(account, "sts")
    key = account.iam.list_access_keys(**ADA)["AccessKeyMetadata"][0]["AccessKeyId"]
    account.iam.update_access_key(AccessKeyId=key, Status="Inactive", **ADA)
    account.refused(sts.get_caller_identity, "InvalidClientTokenId", 403)
    account.iam.update_access_key(AccessKeyId=key, Status="Active", **ADA)
    sts.get_caller_identity()


@TABLE.behaviour(f"{API}, GetAccessKeyLastUsed")
def a_key_tells_what_it_was_last_used_for(account: Account) -> None:
    account.user()
    iam = own(account)
    key = account.iam.list_access_keys(**ADA)["AccessKeyMetadata"][0]["AccessKeyId"]
    unused = account.iam.get_access_key_last_used(AccessKeyId=key)
    account.same((unused["UserName"], unused["AccessKeyLastUsed"]), ("ada", {"ServiceName": "N/A", "Region": "N/A"}))
    iam.list_users()
    used = account.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    account.same((used["ServiceName"], used["Region"], "LastUsedDate" in used), ("iam", "us-east-1", True))


@TABLE.behaviour(MET)
def asking_for_the_use_of_a_strangers_key_is_denied(account: Account) -> None:
    account.refused(
        account.iam.get_access_key_last_used,
        "AccessDenied",
        403,
        "is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE",
        AccessKeyId="AKIAIOSFODNN7EXAMPLE",
    )


@TABLE.behaviour(MET)
def a_session_of_a_role_must_name_a_user(account: Account) -> None:
    account.user()
    account.role(trust=trust({"AWS": account.arn("user/ada")}))
    role = account.arn("role/worker")
    keys = own(account, "sts").assume_role(RoleArn=role, RoleSessionName="ci")["Credentials"]
    session = account.client(
        "iam",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    why = "Must specify userName when calling with non-User credentials"
    account.refused(session.list_access_keys, "ValidationError", 400, why)


@TABLE.behaviour(f"{API}, CreateLoginProfile")
def a_login_profile_is_made_changed_and_deleted(account: Account) -> None:
    iam = account.iam
    account.user()
    made = iam.create_login_profile(Password=PASSWORD, PasswordResetRequired=True, **ADA)["LoginProfile"]
    account.same((made["UserName"], made["PasswordResetRequired"]), ("ada", True))
    why = "Login Profile for user ada already exists."
    account.refused(iam.create_login_profile, "EntityAlreadyExists", 409, why, Password=PASSWORD, **ADA)
    iam.update_login_profile(Password="Other-Horse-2", **ADA)
    account.same(iam.get_login_profile(**ADA)["LoginProfile"]["PasswordResetRequired"], True)
    iam.update_login_profile(PasswordResetRequired=False, **ADA)
    account.same(iam.get_login_profile(**ADA)["LoginProfile"]["PasswordResetRequired"], False)
    iam.delete_login_profile(**ADA)
    for call in (iam.get_login_profile, iam.delete_login_profile):
        account.refused(call, "NoSuchEntity", 404, "Login Profile for User ada cannot be found.", **ADA)


@TABLE.behaviour("IAM User Guide, id_credentials_passwords_account-policy")
def without_a_policy_passwords_have_eight_characters_of_three_sorts(account: Account) -> None:
    account.user()
    for password in ("Sh0rt-x", "alllowercase", "lower1234"):
        account.refused(account.iam.create_login_profile, "PasswordPolicyViolation", 400, Password=password, **ADA)
    account.iam.create_login_profile(Password="Lower1234", **ADA)


@TABLE.behaviour("IAM User Guide, id_credentials_passwords_account-policy")
def passwords_keep_to_the_accounts_policy(account: Account) -> None:
    account.user()
    account.iam.update_account_password_policy(
        MinimumPasswordLength=10,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
    )
    wrong = {
        "Sh0rt-pw": "minimum length of 10",
        "NoSymbol1234": "at least one symbol",
        "No-number-here": "at least one number",
        "no-upper-1234": "at least one uppercase letter",
        "NO-LOWER-1234": "at least one lowercase letter",
    }
    for password, why in wrong.items():
        account.refused(account.iam.create_login_profile, "PasswordPolicyViolation", 400, why, Password=password, **ADA)
    account.iam.create_login_profile(Password=PASSWORD, **ADA)
    account.refused(account.iam.update_login_profile, "PasswordPolicyViolation", 400, Password="short", **ADA)


@TABLE.behaviour(f"{API}, PasswordPolicy")
def a_policy_may_remember_passwords(account: Account) -> None:
    account.user()
    account.iam.update_account_password_policy(PasswordReusePrevention=2)
    for nth in range(3):
        password = {"Password": f"Correct-Horse-{nth}"} | ADA
        (account.iam.update_login_profile if nth else account.iam.create_login_profile)(**password)
    account.refused(account.iam.update_login_profile, "PasswordPolicyViolation", 400, Password="Correct-Horse-1", **ADA)
    account.iam.update_login_profile(Password="Correct-Horse-0", **ADA)


@TABLE.behaviour(f"{API}, ChangePassword")
def a_user_changes_the_own_password_with_the_old_one(account: Account) -> None:
    account.user()
    iam = own(account)
    why = "Login Profile for User ada cannot be found."
    account.refused(iam.change_password, "NoSuchEntity", 404, why, OldPassword=PASSWORD, NewPassword="Other-Horse-2")
    account.iam.create_login_profile(Password=PASSWORD, PasswordResetRequired=True, **ADA)
    account.refused(iam.change_password, "PasswordPolicyViolation", 400, OldPassword=PASSWORD, NewPassword="x")
    iam.change_password(OldPassword=PASSWORD, NewPassword="Other-Horse-2")
    account.refused(iam.change_password, "AccessDenied", 403, OldPassword=PASSWORD, NewPassword="Third-Horse-3")
    account.same(account.iam.get_login_profile(**ADA)["LoginProfile"]["PasswordResetRequired"], False)


@TABLE.behaviour(f"{API}, CreateVirtualMFADevice")
def a_virtual_device_has_an_arn_and_a_seed(account: Account) -> None:
    made = account.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/a//b/")["VirtualMFADevice"]
    account.same(made["SerialNumber"], account.arn("mfa/a//b/phone"))
    account.same(len(made["Base32StringSeed"]), 64)
    account.true(made["QRCodePNG"].startswith(b"\x89PNG"), "no picture")
    account.same(account.iam.list_virtual_mfa_devices()["VirtualMFADevices"], [{"SerialNumber": made["SerialNumber"]}])
    account.refused(
        account.iam.create_virtual_mfa_device,
        "EntityAlreadyExists",
        409,
        "MFA device already exists.",
        VirtualMFADeviceName="phone",
        Path="/a//b/",
    )


@TABLE.behaviour(f"{API}, EnableMFADevice, DeactivateMFADevice, ListVirtualMFADevices")
def a_device_is_enabled_listed_deactivated_and_deleted(account: Account) -> None:
    iam = account.iam
    account.user()
    serial = device(account)
    other = device(account, "other")
    iam.enable_mfa_device(SerialNumber=serial, **ADA, **CODES)
    listed = iam.list_mfa_devices(**ADA)["MFADevices"][0]
    account.same((listed["UserName"], listed["SerialNumber"]), ("ada", serial))
    assigned = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    account.same([(found["SerialNumber"], found["User"]["UserName"]) for found in assigned], [(serial, "ada")])
    free = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    account.same(free, [{"SerialNumber": other}])
    account.same(iam.get_mfa_device(SerialNumber=serial)["UserName"], "ada")
    why = "MFA Device is already in use."
    account.refused(iam.enable_mfa_device, "EntityAlreadyExists", 409, why, SerialNumber=serial, **ADA, **CODES)
    account.refused(iam.delete_virtual_mfa_device, "DeleteConflict", 409, SerialNumber=serial)
    iam.resync_mfa_device(SerialNumber=serial, **ADA, **CODES)
    iam.deactivate_mfa_device(SerialNumber=serial, **ADA)
    account.same(iam.list_mfa_devices(**ADA)["MFADevices"], [])
    iam.delete_virtual_mfa_device(SerialNumber=serial)


@TABLE.behaviour(f"{API}, UpdateUser")
def a_device_stays_with_a_renamed_user(account: Account) -> None:
    account.user()
    serial = device(account)
    account.iam.enable_mfa_device(SerialNumber=serial, **ADA, **CODES)
    account.iam.update_user(UserName="ada", NewUserName="lovelace")
    listed = account.iam.list_mfa_devices(UserName="lovelace")["MFADevices"]
    account.same([(found["UserName"], found["SerialNumber"]) for found in listed], [("lovelace", serial)])


@TABLE.behaviour(f"{API}, EnableMFADevice")
def a_hardware_device_is_known_while_it_is_in_use(account: Account) -> None:
    account.user()
    hardware = {"SerialNumber": "GAHT12345678"} | ADA
    account.iam.enable_mfa_device(**hardware, **CODES)
    account.same(account.iam.list_mfa_devices(**ADA)["MFADevices"][0]["SerialNumber"], "GAHT12345678")
    account.same(account.iam.list_virtual_mfa_devices()["VirtualMFADevices"], [])
    account.iam.deactivate_mfa_device(**hardware)
    account.refused(account.iam.deactivate_mfa_device, "NoSuchEntity", 404, "does not exist.", **hardware)


@TABLE.behaviour(f"{API}, EnableMFADevice")
def two_equal_codes_are_no_authentication(account: Account) -> None:
    account.user()
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "123456"}
    account.refused(
        account.iam.enable_mfa_device, "InvalidAuthenticationCode", 403, SerialNumber=device(account), **ADA, **codes
    )


@TABLE.behaviour(f"{API}, UploadSSHPublicKey, GetSSHPublicKey")
def a_public_key_is_uploaded_read_in_two_forms_and_deleted(account: Account) -> None:
    iam = account.iam
    account.user()
    made = iam.upload_ssh_public_key(SSHPublicKeyBody=SSH, **ADA)["SSHPublicKey"]
    account.true(made["SSHPublicKeyId"].startswith("APKA") and len(made["Fingerprint"]) == 47, f"{made}")
    account.same((made["Status"], made["SSHPublicKeyBody"]), ("Active", SSH))
    one = {"SSHPublicKeyId": made["SSHPublicKeyId"]} | ADA
    account.same(iam.get_ssh_public_key(Encoding="SSH", **one)["SSHPublicKey"]["SSHPublicKeyBody"], SSH)
    account.same(iam.get_ssh_public_key(Encoding="PEM", **one)["SSHPublicKey"]["SSHPublicKeyBody"].strip(), PEM.strip())
    account.refused(iam.upload_ssh_public_key, "DuplicateSSHPublicKey", 400, SSHPublicKeyBody=SSH, **ADA)
    iam.update_ssh_public_key(Status="Inactive", **one)
    account.same(iam.list_ssh_public_keys(**ADA)["SSHPublicKeys"][0]["Status"], "Inactive")
    account.refused(iam.delete_user, "DeleteConflict", 409, "must remove referenced objects first.", **ADA)
    iam.delete_ssh_public_key(**one)
    account.same(iam.list_ssh_public_keys(**ADA)["SSHPublicKeys"], [])
    iam.delete_user(**ADA)


@TABLE.behaviour(f"{API}, UploadSSHPublicKey; {MET}")
def what_is_no_public_key_is_refused(account: Account) -> None:
    account.user()
    account.refused(account.iam.upload_ssh_public_key, "InvalidPublicKey", 400, SSHPublicKeyBody="ssh-rsa nonsense", **ADA)
    unknown = {"SSHPublicKeyId": "APKAXXXXXXXXXXXXXXXXX"} | ADA
    why = "The Public Key with id APKAXXXXXXXXXXXXXXXXX cannot be found."
    account.refused(account.iam.get_ssh_public_key, "NoSuchEntity", 404, why, Encoding="SSH", **unknown)
    account.refused(account.iam.delete_ssh_public_key, "NoSuchEntity", 404, why, **unknown)


@TABLE.behaviour(f"{API}, UploadSigningCertificate; {MET}")
def a_user_has_two_signing_certificates_at_most(account: Account) -> None:
    iam = account.iam
    account.user()
    ids = [
        iam.upload_signing_certificate(CertificateBody=body, **ADA)["Certificate"]["CertificateId"] for body in CERTIFICATES[:2]
    ]
    why = "Cannot exceed quota for CertificatesPerUser: 2"
    account.refused(iam.upload_signing_certificate, "LimitExceeded", 409, why, CertificateBody=CERTIFICATES[2], **ADA)
    account.refused(iam.delete_user, "DeleteConflict", 409, "must delete certificates first.", **ADA)
    iam.update_signing_certificate(CertificateId=ids[0], Status="Inactive", **ADA)
    listed = iam.list_signing_certificates(**ADA)["Certificates"]
    account.same([(found["CertificateId"], found["Status"]) for found in listed], [(ids[0], "Inactive"), (ids[1], "Active")])
    for nth in ids:
        iam.delete_signing_certificate(CertificateId=nth, **ADA)
    iam.delete_user(**ADA)


@TABLE.behaviour(MET)
def what_is_no_certificate_is_malformed(account: Account) -> None:
    account.user()
    why = "Certificate invalid-certificate-body is malformed."
    account.refused(
        account.iam.upload_signing_certificate, "MalformedCertificate", 400, why, CertificateBody="invalid-certificate-body", **ADA
    )
    unknown = {"CertificateId": "NONEXISTENTCERTID12345678901"} | ADA
    why = "The Certificate with id NONEXISTENTCERTID12345678901 cannot be found."
    account.refused(account.iam.delete_signing_certificate, "NoSuchEntity", 404, why, **unknown)


@TABLE.behaviour(f"{API}, CreateServiceSpecificCredential; {MET}")
def a_credential_for_a_service_keeps_its_name_there(account: Account) -> None:
    iam = account.iam
    account.user()
    service = {"ServiceName": "codecommit.amazonaws.com"}
    made = iam.create_service_specific_credential(**service, **ADA)["ServiceSpecificCredential"]
    account.same((made["ServiceUserName"], made["Status"]), (f"ada-at-{account.number}", "Active"))
    account.true("ServicePassword" in made, f"no password in {made}")
    iam.update_user(UserName="ada", NewUserName="lovelace")
    listed = iam.list_service_specific_credentials(UserName="lovelace")["ServiceSpecificCredentials"][0]
    account.same((listed["UserName"], listed["ServiceUserName"]), ("lovelace", f"ada-at-{account.number}"))
    account.true("ServicePassword" not in listed, f"a password in {listed}")
    one = {"ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"], "UserName": "lovelace"}
    iam.update_service_specific_credential(Status="Inactive", **one)
    again = iam.reset_service_specific_credential(**one)["ServiceSpecificCredential"]
    account.same(again["Status"], "Inactive")
    account.true(again["ServicePassword"] != made["ServicePassword"], "the same password")
    iam.delete_service_specific_credential(**one)
    account.same(iam.list_service_specific_credentials(UserName="lovelace")["ServiceSpecificCredentials"], [])


@TABLE.behaviour(MET)
def unknown_services_and_credentials_are_no_such_entities(account: Account) -> None:
    iam = account.iam
    account.user()
    why = "No such service lambda.amazonaws.com is supported for Service Specific Credentials"
    service = {"ServiceName": "lambda.amazonaws.com"}
    account.refused(iam.create_service_specific_credential, "NoSuchEntity", 404, why, **service, **ADA)
    account.refused(iam.list_service_specific_credentials, "NoSuchEntity", 404, why, **service, **ADA)
    unknown = {"ServiceSpecificCredentialId": "satisfiesregexbutstillinvalid"} | ADA
    why = "No such credential satisfiesregexbutstillinvalid exists"
    account.refused(iam.delete_service_specific_credential, "NoSuchEntity", 404, why, **unknown)
    account.refused(iam.reset_service_specific_credential, "NoSuchEntity", 404, why, **unknown)


@TABLE.behaviour(f"{API}, UploadServerCertificate")
def a_server_certificate_is_uploaded_renamed_and_deleted(account: Account) -> None:
    iam, one = account.iam, {"ServerCertificateName": "site"}
    key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
    wanted = {"CertificateBody": CERTIFICATES[0], "PrivateKey": key, "Path": "/cloudfront/x/"}
    made = iam.upload_server_certificate(**wanted, **one)["ServerCertificateMetadata"]
    account.same(made["Arn"], account.arn("server-certificate/cloudfront/x/site"))
    account.true(made["ServerCertificateId"].startswith("ASCA"), made["ServerCertificateId"])
    account.same(made["Expiration"].isoformat(), "2036-01-01T00:00:00+00:00")
    why = "The Server Certificate with name site already exists."
    account.refused(iam.upload_server_certificate, "EntityAlreadyExists", 409, why, **wanted, **one)
    found = iam.get_server_certificate(**one)["ServerCertificate"]
    account.same((found["CertificateBody"], found["Tags"]), (CERTIFICATES[0], []))
    iam.tag_server_certificate(Tags=[{"Key": "a", "Value": "b"}], **one)
    iam.update_server_certificate(NewServerCertificateName="page", NewPath="/", **one)
    listed = iam.list_server_certificates(PathPrefix="/")["ServerCertificateMetadataList"]
    account.same([item["Arn"] for item in listed], [account.arn("server-certificate/page")])
    iam.delete_server_certificate(ServerCertificateName="page")
    why = "The Server Certificate with name page cannot be found."
    account.refused(iam.get_server_certificate, "NoSuchEntity", 404, why, ServerCertificateName="page")


@TABLE.behaviour("IAM User Guide, id_credentials_getting-report")
def the_credential_report_has_a_line_for_each_user(account: Account) -> None:
    account.refused(account.iam.get_credential_report, "ReportNotPresent", 410)
    account.user("bob")
    account.user()
    account.iam.create_login_profile(Password=PASSWORD, **ADA)
    account.iam.create_access_key(**ADA)
    account.iam.enable_mfa_device(SerialNumber=device(account), **ADA, **CODES)
    account.same(account.iam.generate_credential_report()["State"], "STARTED")
    account.same(account.iam.generate_credential_report()["State"], "COMPLETE")
    report = account.iam.get_credential_report()
    account.same(report["ReportFormat"], "text/csv")
    rows = {row["user"]: row for row in csv.DictReader(report["Content"].decode().splitlines())}
    account.same(sorted(rows), ["<root_account>", "ada", "bob"])
    ada, bob = rows["ada"], rows["bob"]
    account.same((ada["password_enabled"], ada["mfa_active"], ada["access_key_1_active"]), ("true", "true", "true"))
    account.same((bob["password_enabled"], bob["mfa_active"], bob["access_key_1_active"]), ("false", "false", "false"))
    account.same((bob["password_last_used"], bob["access_key_2_last_rotated"], bob["cert_1_active"]), ("N/A", "N/A", "false"))
    account.same(rows["<root_account>"]["arn"], account.arn("root"))
    account.same(rows["<root_account>"]["password_enabled"], "not_supported")
    account.true(ada["user_creation_time"].endswith("+00:00"), ada["user_creation_time"])


TABLE.refusals(
    "iam",
    f"service model of IAM; {MET}",
    ("a-key-for-an-unknown-user", "create_access_key", ADA, "NoSuchEntity", 404, NO_ADA),
    ("keys-of-an-unknown-user", "list_access_keys", ADA, "NoSuchEntity", 404, NO_ADA),
    ("an-unknown-key", "update_access_key", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"}, "NoSuchEntity", 404,
     "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found."),
    ("a-status-that-does-not-exist", "update_access_key", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Off"},
     "ValidationError", 400, "at 'status' failed to satisfy constraint: Member must satisfy enum value set"),
    ("a-key-id-of-five-characters", "delete_access_key", {"AccessKeyId": "AKIAX"}, "ValidationError", 400,
     "at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16"),
    ("a-password-for-an-unknown-user", "create_login_profile", ADA | {"Password": PASSWORD}, "NoSuchEntity", 404, NO_ADA),
    ("a-new-password-for-an-unknown-user", "update_login_profile", ADA | {"Password": PASSWORD}, "NoSuchEntity", 404, NO_ADA),
    ("a-password-of-an-unknown-user-to-delete", "delete_login_profile", ADA, "NoSuchEntity", 404, NO_ADA),
    ("the-password-of-an-unknown-user", "get_login_profile", ADA, "NoSuchEntity", 404,
     "Login Profile for User ada cannot be found."),
    ("a-password-of-129-characters", "create_login_profile", ADA | {"Password": "Aa1-" + "x" * 125}, "ValidationError", 400,
     "at 'password' failed to satisfy constraint: Member must have length less than or equal to 128"),
    ("an-unknown-device-to-delete", "delete_virtual_mfa_device", {"SerialNumber": "arn:aws:iam::123456789012:mfa/none"},
     "NoSuchEntity", 404, "MFA Device with serial number arn:aws:iam::123456789012:mfa/none does not exist."),
    ("a-device-for-an-unknown-user", "enable_mfa_device", ADA | CODES | {"SerialNumber": "GAHT12345678"}, "NoSuchEntity", 404,
     NO_ADA),
    ("a-code-of-five-digits", "enable_mfa_device", ADA | CODES | {"SerialNumber": "GAHT12345678", "AuthenticationCode1": "12345"},
     "ValidationError", 400, "at 'authenticationCode1' failed to satisfy constraint: Member must have length greater"),
    ("devices-of-an-unknown-user", "list_mfa_devices", ADA, "NoSuchEntity", 404, NO_ADA),
    ("certificates-of-an-unknown-user", "list_signing_certificates", ADA, "NoSuchEntity", 404, NO_ADA),
    ("public-keys-of-an-unknown-user", "list_ssh_public_keys", ADA, "NoSuchEntity", 404, NO_ADA),
    ("a-credential-id-with-dashes", "reset_service_specific_credential",
     {"ServiceSpecificCredentialId": "totally-wrong-credential-id"}, "ValidationError", 400,
     r"at 'serviceSpecificCredentialId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w]+"),
    ("an-unknown-server-certificate", "delete_server_certificate", {"ServerCertificateName": "site"}, "NoSuchEntity", 404,
     "The Server Certificate with name site cannot be found."),
)
