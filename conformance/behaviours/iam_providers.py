"""IAM: OpenID Connect and SAML providers."""

from .account import Account
from .table import Table

TABLE = Table("iam-providers")

MET = "met at AWS in 2026 (LocalStack's recordings)"
URL = "https://token.actions.githubusercontent.com"
PRINT = "ab" * 20
OIDC = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def oidc(account: Account, **more: object) -> str:
    """Makes GitHub's provider; its ARN."""
    wanted = {"Url": URL, "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": [PRINT]} | more
    return account.iam.create_open_id_connect_provider(**wanted)["OpenIDConnectProviderArn"]


@TABLE.behaviour("API reference, GetOpenIDConnectProvider; " + MET)
def a_provider_shows_its_url_without_the_scheme(account: Account) -> None:
    arn = oidc(account)
    account.same(arn, OIDC)
    shown = account.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    account.same(
        (shown["Url"], shown["ClientIDList"], shown["ThumbprintList"], shown["Tags"]),
        ("token.actions.githubusercontent.com", ["sts.amazonaws.com"], [PRINT], []),
    )
    account.same(account.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"], [{"Arn": OIDC}])


@TABLE.behaviour("API reference, CreateOpenIDConnectProvider: ThumbprintList is optional")
def a_provider_without_a_thumbprint_gets_one_from_aws(account: Account) -> None:
    arn = account.iam.create_open_id_connect_provider(Url=f"{URL}/deep/path")["OpenIDConnectProviderArn"]
    account.same(arn, OIDC + "/deep/path")
    shown = account.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    account.same((shown["ClientIDList"], [len(each) for each in shown["ThumbprintList"]]), ([], [40]))


@TABLE.behaviour(MET)
def a_second_provider_of_a_url_is_refused(account: Account) -> None:
    oidc(account)
    account.refused(account.iam.create_open_id_connect_provider, "EntityAlreadyExists", 409, f"Provider with url {URL} already exists.", Url=URL, ThumbprintList=[PRINT])


TABLE.refusals(
    "iam",
    "service model of IAM; " + MET,
    ("a-url-without-a-scheme", "create_open_id_connect_provider", {"Url": "example.com", "ThumbprintList": [PRINT]}, "ValidationError", 400, "Invalid Open ID Connect Provider URL"),
    ("a-url-of-256-letters", "create_open_id_connect_provider", {"Url": "https://" + "x" * 248, "ThumbprintList": [PRINT]}, "ValidationError", 400, "length less than or equal to 255"),
    ("no-url", "create_open_id_connect_provider", {"ThumbprintList": [PRINT]}, "ValidationError", 400, "url"),
    ("a-thumbprint-of-39-letters", "create_open_id_connect_provider", {"Url": URL, "ThumbprintList": ["a" * 39]}, "ValidationError", 400, "thumbprintList"),
    ("six-thumbprints", "create_open_id_connect_provider", {"Url": URL, "ThumbprintList": [f"{n}" * 40 for n in range(6)]}, "InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries."),
    ("a-client-id-of-256-letters", "create_open_id_connect_provider", {"Url": URL, "ClientIDList": ["x" * 256], "ThumbprintList": [PRINT]}, "ValidationError", 400, "clientIDList"),
    ("hundred-and-one-client-ids", "create_open_id_connect_provider", {"Url": URL, "ClientIDList": [f"c{n}" for n in range(101)], "ThumbprintList": [PRINT]}, "LimitExceeded", 409, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"),
    ("a-provider-that-is-not-there", "get_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC}, "NoSuchEntity", 404, f"OpenIDConnect Provider not found for arn {OIDC}"),
    ("a-client-for-nobody", "add_client_id_to_open_id_connect_provider", {"OpenIDConnectProviderArn": OIDC, "ClientID": "x"}, "NoSuchEntity", 404, OIDC),
    ("a-saml-provider-that-is-not-there", "get_saml_provider", {"SAMLProviderArn": "arn:aws:iam::123456789012:saml-provider/nowhere"}, "NoSuchEntity", 404, "Manifest not found for arn arn:aws:iam::123456789012:saml-provider/nowhere"),
    ("to-delete-a-saml-provider-that-is-not-there", "delete_saml_provider", {"SAMLProviderArn": "arn:aws:iam::123456789012:saml-provider/nowhere"}, "NoSuchEntity", 404, "Manifest not found for arn"),
    ("a-short-saml-document", "create_saml_provider", {"Name": "corp", "SAMLMetadataDocument": "<x/>"}, "ValidationError", 400, "length greater than or equal to 1000"),
    ("a-saml-document-that-is-no-xml", "create_saml_provider", {"Name": "corp", "SAMLMetadataDocument": "x" * 1000}, "InvalidInput", 400, "Could not parse metadata"),
    ("a-saml-name-with-a-blank", "create_saml_provider", {"Name": "a b", "SAMLMetadataDocument": "x" * 1000}, "ValidationError", 400, r"[\w._-]+"),
)


@TABLE.behaviour("API reference, AddClientIDToOpenIDConnectProvider: idempotent")
def client_ids_are_added_and_removed_any_number_of_times(account: Account) -> None:
    named = {"OpenIDConnectProviderArn": oidc(account)}
    for _ in range(2):
        account.iam.add_client_id_to_open_id_connect_provider(ClientID="second", **named)
    account.same(account.iam.get_open_id_connect_provider(**named)["ClientIDList"], ["sts.amazonaws.com", "second"])
    for _ in range(2):
        account.iam.remove_client_id_from_open_id_connect_provider(ClientID="sts.amazonaws.com", **named)
    account.same(account.iam.get_open_id_connect_provider(**named)["ClientIDList"], ["second"])


@TABLE.behaviour("API reference, UpdateOpenIDConnectProviderThumbprint: the list is replaced; " + MET)
def thumbprints_are_replaced_as_a_whole(account: Account) -> None:
    named = {"OpenIDConnectProviderArn": oidc(account)}
    account.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["c" * 40, "d" * 40], **named)
    account.same(account.iam.get_open_id_connect_provider(**named)["ThumbprintList"], ["c" * 40, "d" * 40])


@TABLE.behaviour("API reference, DeleteOpenIDConnectProvider: idempotent")
def a_provider_can_be_deleted_twice(account: Account) -> None:
    named = {"OpenIDConnectProviderArn": oidc(account)}
    for _ in range(2):
        account.iam.delete_open_id_connect_provider(**named)
    account.refused(account.iam.get_open_id_connect_provider, "NoSuchEntity", 404, **named)


@TABLE.behaviour("IAM User Guide, Tags for IAM resources; " + MET)
def tags_of_a_provider_are_case_sensitive_and_come_in_pages(account: Account) -> None:
    named = {"OpenIDConnectProviderArn": oidc(account, Tags=[{"Key": "k", "Value": "1"}])}
    account.iam.tag_open_id_connect_provider(Tags=[{"Key": "K", "Value": "2"}], **named)
    account.same(account.iam.list_open_id_connect_provider_tags(**named)["Tags"], [{"Key": "K", "Value": "2"}, {"Key": "k", "Value": "1"}])
    account.same(account.iam.list_open_id_connect_provider_tags(MaxItems=1, **named)["IsTruncated"], True)
    account.iam.untag_open_id_connect_provider(TagKeys=["K"], **named)
    account.same(account.iam.get_open_id_connect_provider(**named)["Tags"], [{"Key": "k", "Value": "1"}])


def metadata(until: str = "", padding: int = 1000) -> str:
    """A SAML metadata document of an identity provider."""
    valid = f' validUntil="{until}"' if until else ""
    return (
        f'<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example"{valid}>'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><!-- {"x" * padding} -->'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


@TABLE.behaviour("API reference, CreateSAMLProvider, GetSAMLProvider; " + MET)
def a_saml_provider_is_made_read_listed_changed_and_deleted(account: Account) -> None:
    document = metadata("2036-01-01T00:00:00Z")
    arn = account.iam.create_saml_provider(Name="corp", SAMLMetadataDocument=document)["SAMLProviderArn"]
    account.same(arn, account.arn("saml-provider/corp"))
    shown = account.iam.get_saml_provider(SAMLProviderArn=arn)
    account.same(
        (shown["SAMLMetadataDocument"], shown["AssertionEncryptionMode"], shown["PrivateKeyList"], shown["Tags"], shown["ValidUntil"].year),
        (document, "Allowed", [], [], 2036),
    )
    account.same([each["Arn"] for each in account.iam.list_saml_providers()["SAMLProviderList"]], [arn])
    account.same(account.iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata(padding=1200))["SAMLProviderArn"], arn)
    account.true("x" * 1200 in account.iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"], "the old document is still there")
    account.iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    account.same(account.iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"], [{"Key": "a", "Value": "b"}])
    account.iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["a"])
    account.iam.delete_saml_provider(SAMLProviderArn=arn)
    account.refused(account.iam.get_saml_provider, "NoSuchEntity", 404, f"Manifest not found for arn {arn}", SAMLProviderArn=arn)


@TABLE.behaviour("service model of IAM, CreateSAMLProvider: EntityAlreadyExists")
def a_second_saml_provider_of_a_name_is_refused(account: Account) -> None:
    account.iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata())
    account.refused(account.iam.create_saml_provider, "EntityAlreadyExists", 409, Name="corp", SAMLMetadataDocument=metadata())
