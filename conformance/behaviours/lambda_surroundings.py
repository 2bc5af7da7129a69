"""Lambda: what hangs on functions — permissions, versions, aliases, URLs, concurrency, tags, layers, sources."""

import json

from .account import Account, package
from .lambda_functions import ARN, CONFLICT, GUIDE, INVALID, MODEL, NOT_FOUND, VALIDATED, VALIDATION
from .table import Table

TABLE = Table("lambda-more")

F = {"FunctionName": "thumbnails"}
GRANT = {**F, "StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
GONE = "The resource you requested does not exist."
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:numpy"
PRECONDITION = "PreconditionFailedException"

TABLE.refusals(
    "functions",
    f"{MODEL}; {VALIDATED}",
    ("a-statement-id-with-a-dot", "add_permission", GRANT | {"StatementId": "example.com"}, VALIDATION, 400, "Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"),
    ("a-statement-id-of-101-characters", "add_permission", GRANT | {"StatementId": "s" * 101}, VALIDATION, 400, "at 'statementId' failed to satisfy constraint: Member must have length less than or equal to 100"),
    ("an-action-of-another-service", "add_permission", GRANT | {"Action": "s3:GetObject"}, VALIDATION, 400, "at 'action' failed"),
    ("a-source-that-is-no-arn", "add_permission", GRANT | {"SourceArn": "bucket"}, VALIDATION, 400, "at 'sourceArn' failed"),
    ("a-source-account-that-is-no-account", "add_permission", GRANT | {"SourceAccount": "12"}, VALIDATION, 400, "at 'sourceAccount' failed"),
    ("an-organization-of-no-look", "add_permission", GRANT | {"PrincipalOrgID": "organization"}, VALIDATION, 400, "at 'principalOrgID' failed"),
    ("a-permission-for-a-function-that-is-not-there", "add_permission", GRANT, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("a-permission-without-a-principal", "add_permission", GRANT | {"Principal": None}, VALIDATION, 400, "Value null at 'principal' failed to satisfy constraint: Member must not be null"),
    ("a-qualifier-with-a-question-mark", "add_permission", GRANT | {"Qualifier": "what-?"}, VALIDATION, 400, "at 'qualifier' failed"),
    ("a-policy-of-a-function-that-is-not-there", "get_policy", F, NOT_FOUND, 404, GONE),
    ("removing-from-a-function-that-is-not-there", "remove_permission", F | {"StatementId": "s3"}, NOT_FOUND, 404, f"No policy found for: {ARN}"),
    ("tagging-a-function-that-is-not-there", "tag_resource", {"Resource": ARN, "Tags": {"a": "b"}}, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("tagging-a-version", "tag_resource", {"Resource": f"{ARN}:1", "Tags": {"a": "b"}}, INVALID, 400, "Tags on function aliases and versions are not supported. Please specify a function ARN."),
    ("tagging-by-name", "tag_resource", {"Resource": "thumbnails", "Tags": {"a": "b"}}, VALIDATION, 400, "at 'resource' failed"),
    ("listing-tags-of-a-function-that-is-not-there", "list_tags", {"Resource": ARN}, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("reserving-for-a-function-that-is-not-there", "put_function_concurrency", F | {"ReservedConcurrentExecutions": 1}, NOT_FOUND, 404, f"Function not found: {ARN}:$LATEST"),
    ("reserving-for-an-alias", "put_function_concurrency", {"FunctionName": f"{ARN}:live", "ReservedConcurrentExecutions": 1}, INVALID, 400, "This operation is permitted on Lambda functions only."),
    ("an-alias-of-digits", "create_alias", F | {"Name": "2024", "FunctionVersion": "1"}, VALIDATION, 400, "Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"),
    ("an-alias-of-a-function-that-is-not-there", "create_alias", F | {"Name": "live", "FunctionVersion": "1"}, NOT_FOUND, 404, f"Function not found: {ARN}:1"),
    ("a-url-of-a-function-that-is-not-there", "get_function_url_config", F, NOT_FOUND, 404, GONE),
    ("a-new-url-of-a-function-that-is-not-there", "create_function_url_config", F | {"AuthType": "NONE"}, NOT_FOUND, 404, "Function does not exist"),
    ("a-url-of-a-version", "create_function_url_config", F | {"AuthType": "NONE", "Qualifier": "1"}, VALIDATION, 400, r"Value '1' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)"),
    ("a-url-that-lets-in-some", "create_function_url_config", F | {"AuthType": "SOME"}, VALIDATION, 400, "at 'authType' failed"),
    ("event-settings-of-a-function-that-is-not-there", "put_function_event_invoke_config", F | {"MaximumRetryAttempts": 1}, NOT_FOUND, 404, "The function doesn't exist."),
    ("reading-event-settings-of-nothing", "get_function_event_invoke_config", F, NOT_FOUND, 404, f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig"),
    ("three-retries", "put_function_event_invoke_config", F | {"MaximumRetryAttempts": 3}, VALIDATION, 400, "at 'maximumRetryAttempts' failed"),
    ("events-of-less-than-a-minute", "put_function_event_invoke_config", F | {"MaximumEventAgeInSeconds": 59}, VALIDATION, 400, "at 'maximumEventAgeInSeconds' failed"),
    ("no-event-settings-at-all", "put_function_event_invoke_config", F, INVALID, 400, "You must specify at least one of error handling or destination setting."),
    ("provisioning-nothing", "put_provisioned_concurrency_config", F | {"Qualifier": "1", "ProvisionedConcurrentExecutions": 0}, VALIDATION, 400, "Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ("provisioning-latest", "put_provisioned_concurrency_config", F | {"Qualifier": "$LATEST", "ProvisionedConcurrentExecutions": 1}, INVALID, 400, "Provisioned Concurrency Configs cannot be applied to unpublished function versions."),
    ("an-unknown-recursion", "put_function_recursion_config", F | {"RecursiveLoop": "InvalidValue"}, VALIDATION, 400, "Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]"),
    ("a-mapping-that-is-not-there", "get_event_source_mapping", {"UUID": "11111111-2222-3333-4444-555555555555"}, NOT_FOUND, 404, GONE),
    ("a-mapping-without-a-source", "create_event_source_mapping", F, INVALID, 400, "Unrecognized event source."),
    ("a-mapping-to-a-function-that-is-not-there", "create_event_source_mapping", F | {"EventSourceArn": QUEUE}, INVALID, 400, "Function does not exist"),
    ("a-stream-without-a-start", "create_event_source_mapping", F | {"EventSourceArn": STREAM}, INVALID, 400, "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null."),
    ("a-start-of-no-sort", "create_event_source_mapping", F | {"EventSourceArn": STREAM, "StartingPosition": "invalid"}, VALIDATION, 400, "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"),
    ("a-layer-version-that-is-not-there", "get_layer_version", {"LayerName": "numpy", "VersionNumber": 1}, NOT_FOUND, 404, GONE),
    ("a-layer-version-0", "get_layer_version", {"LayerName": "numpy", "VersionNumber": 0}, INVALID, 400, "Layer Version Cannot be less than 1"),
    ("a-layer-by-an-arn-without-a-version", "get_layer_version_by_arn", {"Arn": LAYER}, VALIDATION, 400, f"Value '{LAYER}' at 'arn' failed"),
    ("a-policy-of-a-layer-that-is-not-there", "get_layer_version_policy", {"LayerName": "numpy", "VersionNumber": 1}, NOT_FOUND, 404, f"Layer version {LAYER}:1 does not exist."),
    ("a-layer-of-no-zip", "publish_layer_version", {"LayerName": "numpy", "Content": {"ZipFile": b"junk"}}, INVALID, 400, "Could not unzip uploaded file."),
    ("invoking-a-function-that-is-not-there", "invoke", F, NOT_FOUND, 404, f"Function not found: {ARN}:$LATEST"),
    ("a-signing-of-a-function-that-is-not-there", "get_function_code_signing_config", F, NOT_FOUND, 404, f"Function not found: {ARN}"),
)


def statements(account: Account, **more: str) -> list[dict]:
    """The statements of the function's policy."""
    return json.loads(account.functions.get_policy(**F, **more)["Policy"])["Statement"]


@TABLE.behaviour(VALIDATED)
def a_statement_reads_back_as_lambda_writes_it(account: Account) -> None:
    account.function()
    source = "arn:aws:events:us-east-1:123456789012:rule/tick"
    grant = GRANT | {"Principal": "events.amazonaws.com", "SourceArn": source, "SourceAccount": "123456789012"}
    answer = account.functions.add_permission(**grant)
    wanted = {
        "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}, "ArnLike": {"AWS:SourceArn": source}},
    }
    account.same((answer["ResponseMetadata"]["HTTPStatusCode"], json.loads(answer["Statement"])), (201, wanted))
    policy = json.loads(account.functions.get_policy(**F)["Policy"])
    account.same(policy, {"Version": "2012-10-17", "Id": "default", "Statement": [wanted]})


@TABLE.behaviour(VALIDATED)
def principals_read_back_by_their_sort(account: Account) -> None:
    account.function()
    user = account.user()["Arn"]
    for number, principal in enumerate(("*", "123456789012", "arn:aws:iam::210987654321:root", user, "apigateway.amazonaws.com")):
        account.functions.add_permission(**GRANT | {"StatementId": f"s{number}", "Principal": principal})
    account.same(
        [statement["Principal"] for statement in statements(account)],
        [
            "*", {"AWS": "arn:aws:iam::123456789012:root"}, {"AWS": "arn:aws:iam::210987654321:root"}, {"AWS": user},
            {"Service": "apigateway.amazonaws.com"},
        ],
    )


@TABLE.behaviour(VALIDATED)
def a_principal_has_to_be_one(account: Account) -> None:
    account.function()
    for principal in ("somebody", account.arn("role/nobody"), account.arn("user/nobody")):
        account.refused(
            account.functions.add_permission, INVALID, 400,
            "The provided principal was invalid. Please check the principal and try again.", **GRANT | {"Principal": principal},
        )


@TABLE.behaviour(VALIDATED)
def other_conditions_have_keys_of_their_own(account: Account) -> None:
    account.function()
    account.functions.add_permission(
        **GRANT | {"Action": "lambda:InvokeFunctionUrl", "Principal": "*"}, FunctionUrlAuthType="NONE", PrincipalOrgID="o-1234567890"
    )
    account.functions.add_permission(**GRANT | {"StatementId": "skill", "Principal": "alexa-appkit.amazon.com"}, EventSourceToken="amzn1.ask.skill.x")
    account.same(
        [statement["Condition"] for statement in statements(account)],
        [
            {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE", "aws:PrincipalOrgID": "o-1234567890"}},
            {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}},
        ],
    )


@TABLE.behaviour("terraform-aws-open-next#73: the refusal as it was met")
def an_auth_type_goes_with_calls_by_url_only(account: Account) -> None:
    account.function()
    account.refused(
        account.functions.add_permission, INVALID, 400,
        "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action", **GRANT, FunctionUrlAuthType="NONE",
    )


@TABLE.behaviour("service model of Lambda, AddPermission: InvokedViaFunctionUrl")
def a_statement_may_ask_for_calls_by_url(account: Account) -> None:
    account.function()
    account.functions.add_permission(**GRANT | {"Principal": "*"}, InvokedViaFunctionUrl=True)
    account.same(statements(account)[0]["Condition"], {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})


@TABLE.behaviour(VALIDATED)
def a_statement_id_is_taken_once_even_for_the_same(account: Account) -> None:
    account.function()
    account.functions.add_permission(**GRANT)
    account.refused(
        account.functions.add_permission, CONFLICT, 409,
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.", **GRANT,
    )


@TABLE.behaviour(VALIDATED)
def the_last_statement_takes_the_policy_with_it(account: Account) -> None:
    account.function()
    account.refused(account.functions.get_policy, NOT_FOUND, 404, GONE, **F)
    account.refused(account.functions.remove_permission, NOT_FOUND, 404, "No policy is associated with the given resource.", **F, StatementId="s3")
    account.functions.add_permission(**GRANT)
    account.refused(account.functions.remove_permission, NOT_FOUND, 404, "Statement other is not found in resource policy.", **F, StatementId="other")
    account.same(account.functions.remove_permission(**F, StatementId="s3")["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(account.functions.get_policy, NOT_FOUND, 404, GONE, **F)


@TABLE.behaviour(VALIDATED)
def a_policy_shares_the_functions_revision(account: Account) -> None:
    account.function()
    wrong = "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id"
    account.refused(account.functions.add_permission, PRECONDITION, 412, wrong, **GRANT, RevisionId="wrong")
    account.functions.add_permission(**GRANT, RevisionId=account.active("thumbnails")["RevisionId"])
    revision = account.functions.get_policy(**F)["RevisionId"]
    account.same(revision, account.active("thumbnails")["RevisionId"])
    account.refused(account.functions.remove_permission, PRECONDITION, 412, wrong, **F, StatementId="s3", RevisionId="wrong")
    account.functions.remove_permission(**F, StatementId="s3", RevisionId=revision)


@TABLE.behaviour(VALIDATED)
def a_policy_belongs_to_one_edition(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.create_alias(**F, Name="live", FunctionVersion="1")
    account.functions.add_permission(**GRANT, Qualifier="1")
    account.functions.add_permission(**GRANT, Qualifier="live")
    account.same([statements(account, Qualifier=name)[0]["Resource"] for name in ("1", "live")], [f"{ARN}:1", f"{ARN}:live"])
    account.refused(account.functions.get_policy, NOT_FOUND, 404, GONE, **F)
    account.refused(account.functions.add_permission, INVALID, 400, "We currently do not support adding policies for $LATEST.", **GRANT, Qualifier="$LATEST")
    account.refused(account.functions.add_permission, NOT_FOUND, 404, f"Function not found: {ARN}:42", **GRANT, Qualifier="42")
    account.refused(account.functions.add_permission, NOT_FOUND, 404, f"Cannot find alias arn: {ARN}:other", **GRANT, Qualifier="other")


@TABLE.behaviour("Lambda developer guide, Lambda quotas: resource-based policy of 20 KB")
def a_policy_is_at_most_20_kb(account: Account) -> None:
    account.function()
    source = f"arn:aws:s3:::{'b' * 900}"
    for number in range(17):
        account.functions.add_permission(**GRANT | {"StatementId": f"s{number}"}, SourceArn=source)
    last = lambda: [account.functions.add_permission(**GRANT | {"StatementId": f"t{number}"}, SourceArn=source) for number in range(5)]
    account.refused(last, "PolicyLengthExceededException", 400, "is bigger than the limit (20480).")


@TABLE.behaviour("IAM user guide, AWS JSON policy elements: Principal; deleted principals")
def a_deleted_principal_shows_as_its_id(account: Account) -> None:
    account.function()
    role = account.role("guest")
    account.functions.add_permission(**GRANT | {"Principal": role["Arn"]})
    account.iam.delete_role(RoleName="guest")
    account.same(statements(account)[0]["Principal"], {"AWS": role["RoleId"]})


@TABLE.behaviour("terraform-provider-aws, lambda/permission.go: retried refusals", lag=True)
def with_lag_a_new_function_takes_permissions_after_a_while(account: Account) -> None:
    account.function()
    account.until(lambda: account.functions.add_permission(**GRANT), f"Function not found: {ARN}")
    account.same(statements(account)[0]["Sid"], "s3")


@TABLE.behaviour("API reference, PublishVersion")
def a_version_is_made_only_when_something_changed(account: Account) -> None:
    account.function(Description="first")
    found = account.functions.publish_version(**F)
    account.same(
        (found["ResponseMetadata"]["HTTPStatusCode"], found["Version"], found["FunctionArn"], found["State"]), (201, "1", f"{ARN}:1", "Active")
    )
    account.same(account.functions.publish_version(**F, Description="other")["Version"], "1")
    account.functions.update_function_configuration(**F, Timeout=9)
    account.active("thumbnails")
    second = account.functions.publish_version(**F, Description="second")
    account.same((second["Version"], second["Description"], second["Timeout"]), ("2", "second", 9))
    frozen = account.functions.get_function_configuration(**F, Qualifier="1")
    account.same((frozen["Timeout"], frozen["Description"]), (3, "first"))
    versions = account.functions.list_versions_by_function(**F)["Versions"]
    account.same([(item["Version"], item["FunctionArn"]) for item in versions], [("$LATEST", f"{ARN}:$LATEST"), ("1", f"{ARN}:1"), ("2", f"{ARN}:2")])


@TABLE.behaviour("Lambda developer guide, Manage Lambda function versions: numbers are not used again")
def version_numbers_are_not_used_again(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.delete_function(**F, Qualifier="1")
    account.refused(account.functions.get_function, NOT_FOUND, 404, f"Function not found: {ARN}:1", **F, Qualifier="1")
    account.same(account.functions.publish_version(**F)["Version"], "2")


@TABLE.behaviour(VALIDATED)
def publishing_may_insist_on_code_and_revision(account: Account) -> None:
    account.function()
    sha = account.active("thumbnails")["CodeSha256"]
    account.refused(
        account.functions.publish_version, INVALID, 400,
        f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({sha}). Please try again with the CodeSHA256 in $LATEST.",
        **F, CodeSha256="other",
    )
    account.refused(account.functions.publish_version, PRECONDITION, 412, "Call the GetFunction/GetAlias API", **F, RevisionId="other")
    account.same(account.functions.publish_version(**F, CodeSha256=sha)["Version"], "1")


@TABLE.behaviour("API reference, CreateFunction: Publish")
def a_function_can_be_published_as_it_is_made(account: Account) -> None:
    found = account.function(Publish=True)
    account.same((found["Version"], found["FunctionArn"]), ("1", ARN))
    account.same(account.functions.publish_version(**F)["Version"], "1")


@TABLE.behaviour("service model of Lambda, SnapStart")
def snapshots_show_on_versions_only(account: Account) -> None:
    account.function(SnapStart={"ApplyOn": "PublishedVersions"})
    account.functions.publish_version(**F)
    shown = [account.functions.get_function_configuration(**F, Qualifier=name)["SnapStart"]["OptimizationStatus"] for name in ("$LATEST", "1")]
    account.same(shown, ["Off", "On"])


@TABLE.behaviour(VALIDATED)
def an_alias_names_a_version(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    alias = account.functions.create_alias(**F, Name="live", FunctionVersion="1")
    wanted = {"AliasArn": f"{ARN}:live", "Name": "live", "FunctionVersion": "1", "Description": "", "RevisionId": alias["RevisionId"]}
    account.same({name: value for name, value in alias.items() if name != "ResponseMetadata"}, wanted)
    account.same(alias["ResponseMetadata"]["HTTPStatusCode"], 201)
    found = account.functions.get_function(**F, Qualifier="live")["Configuration"]
    account.same((found["FunctionArn"], found["Version"]), (f"{ARN}:live", "1"))
    account.refused(account.functions.create_alias, CONFLICT, 409, f"Alias already exists: {ARN}:live", **F, Name="live", FunctionVersion="1")
    account.refused(account.functions.create_alias, NOT_FOUND, 404, f"Function not found: {ARN}:10", **F, Name="next", FunctionVersion="10")
    account.refused(account.functions.get_alias, NOT_FOUND, 404, f"Cannot find alias arn: {ARN}:next", **F, Name="next")
    account.refused(account.functions.update_alias, NOT_FOUND, 404, f"Alias not found: {ARN}:next", **F, Name="next")
    account.same(account.functions.delete_alias(**F, Name="next")["ResponseMetadata"]["HTTPStatusCode"], 204)


@TABLE.behaviour(VALIDATED)
def an_alias_may_share_calls_with_a_second_version(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.update_function_configuration(**F, Timeout=9)
    account.active("thumbnails")
    account.functions.publish_version(**F)
    share = lambda **weights: {"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": weights}}
    alias = account.functions.create_alias(**F, Name="live", **share(**{"2": 0.2}))
    account.same(alias["RoutingConfig"], {"AdditionalVersionWeights": {"2": 0.2}})
    for weights, code, saying in (
        ({"2": 0.1, "1": 0.1}, INVALID, "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        ({"2": 2.0}, VALIDATION, "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value"),
        ({"1": 0.5}, INVALID, "Invalid function version 1. Function version 1 is already included in routing configuration."),
        ({"$LATEST": 0.5}, VALIDATION, "Map keys must satisfy constraint"),
    ):
        account.refused(account.functions.create_alias, code, 400, saying, **F, Name="next", **share(**weights))
    account.functions.update_alias(**F, Name="live", RoutingConfig={})
    account.same("RoutingConfig" in account.functions.get_alias(**F, Name="live"), False)


@TABLE.behaviour("API reference, UpdateAlias; ListAliases")
def an_alias_can_be_moved_and_found_by_version(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.create_alias(**F, Name="live", FunctionVersion="1", Description="d")
    before = account.functions.get_alias(**F, Name="live")["RevisionId"]
    account.refused(account.functions.update_alias, PRECONDITION, 412, "Revision Id", **F, Name="live", FunctionVersion="$LATEST", RevisionId="x")
    found = account.functions.update_alias(**F, Name="live", FunctionVersion="$LATEST", RevisionId=before)
    account.same((found["FunctionVersion"], found["Description"], found["RevisionId"] != before), ("$LATEST", "d", True))
    account.same([len(account.functions.list_aliases(**F, FunctionVersion=name)["Aliases"]) for name in ("1", "$LATEST")], [0, 1])


@TABLE.behaviour("API reference, DeleteFunction: a version that an alias references can't be deleted")
def a_version_stays_while_an_alias_names_it(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.create_alias(**F, Name="live", FunctionVersion="1")
    account.refused(account.functions.delete_function, CONFLICT, 409, "live", **F, Qualifier="1")
    account.functions.delete_alias(**F, Name="live")
    account.functions.delete_function(**F, Qualifier="1")


@TABLE.behaviour(VALIDATED)
def a_function_has_one_url(account: Account) -> None:
    account.function()
    made = account.functions.create_function_url_config(**F, AuthType="NONE", Cors={"AllowOrigins": ["*"], "MaxAge": 60})
    account.same((made["ResponseMetadata"]["HTTPStatusCode"], made["FunctionArn"], made["AuthType"]), (201, ARN, "NONE"))
    account.true(made["FunctionUrl"].endswith(".lambda-url.us-east-1.on.aws/") and made["FunctionUrl"].startswith("https://"), made)
    account.refused(
        account.functions.create_function_url_config, CONFLICT, 409,
        f"Failed to create function url config for [functionArn = {ARN}]. Error message:  FunctionUrlConfig exists for this Lambda function",
        **F, AuthType="NONE",
    )
    found = account.functions.get_function_url_config(**F)
    account.same((found["Cors"], found["InvokeMode"], "LastModifiedTime" in found), ({"AllowOrigins": ["*"], "MaxAge": 60}, "BUFFERED", True))
    changed = account.functions.update_function_url_config(**F, AuthType="AWS_IAM")
    account.same((changed["AuthType"], changed["FunctionUrl"]), ("AWS_IAM", made["FunctionUrl"]))
    account.same(len(account.functions.list_function_url_configs(**F)["FunctionUrlConfigs"]), 1)
    account.same(account.functions.delete_function_url_config(**F)["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(account.functions.get_function_url_config, NOT_FOUND, 404, GONE, **F)
    again = account.functions.create_function_url_config(**F, AuthType="NONE")
    account.true(again["FunctionUrl"] != made["FunctionUrl"], "an address is used again")


@TABLE.behaviour("API reference, CreateFunctionUrlConfig: Qualifier")
def an_alias_has_a_url_of_its_own(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    account.functions.create_alias(**F, Name="live", FunctionVersion="1")
    made = account.functions.create_function_url_config(**F, AuthType="NONE", Qualifier="live")
    account.same(made["FunctionArn"], f"{ARN}:live")
    account.refused(account.functions.get_function_url_config, NOT_FOUND, 404, GONE, **F)


@TABLE.behaviour(VALIDATED)
def reserving_nothing_is_not_reserving(account: Account) -> None:
    account.function()
    shown = lambda: account.functions.get_function_concurrency(**F).get("ReservedConcurrentExecutions")
    account.same(shown(), None)
    account.same(account.functions.put_function_concurrency(**F, ReservedConcurrentExecutions=0)["ReservedConcurrentExecutions"], 0)
    account.same(shown(), 0)
    account.same(account.functions.delete_function_concurrency(**F)["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.functions.delete_function_concurrency(**F)
    account.same(shown(), None)


@TABLE.behaviour(VALIDATED)
def a_hundred_executions_stay_unreserved(account: Account) -> None:
    account.function()
    account.functions.put_function_concurrency(**F, ReservedConcurrentExecutions=900)
    account.refused(
        account.functions.put_function_concurrency, INVALID, 400,
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
        **F, ReservedConcurrentExecutions=901,
    )


@TABLE.behaviour(VALIDATED)
def a_version_can_be_provisioned(account: Account) -> None:
    account.function()
    account.functions.publish_version(**F)
    one = F | {"Qualifier": "1"}
    nothing = "ProvisionedConcurrencyConfigNotFoundException"
    account.refused(account.functions.get_provisioned_concurrency_config, nothing, 404, "No Provisioned Concurrency Config found for this function", **one)
    made = account.functions.put_provisioned_concurrency_config(**one, ProvisionedConcurrentExecutions=2)
    account.same((made["ResponseMetadata"]["HTTPStatusCode"], made["Status"], made["AllocatedProvisionedConcurrentExecutions"]), (202, "IN_PROGRESS", 0))
    found = account.functions.get_provisioned_concurrency_config(**one)
    account.same((found["Status"], found["AllocatedProvisionedConcurrentExecutions"]), ("READY", 2))
    listed = account.functions.list_provisioned_concurrency_configs(**F)["ProvisionedConcurrencyConfigs"]
    account.same([item["FunctionArn"] for item in listed], [f"{ARN}:1"])
    account.functions.create_alias(**F, Name="live", FunctionVersion="1")
    account.refused(
        account.functions.put_provisioned_concurrency_config, CONFLICT, 409,
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        **F, Qualifier="live", ProvisionedConcurrentExecutions=1,
    )
    account.functions.delete_provisioned_concurrency_config(**one)
    account.refused(account.functions.get_provisioned_concurrency_config, nothing, 404, **one)


@TABLE.behaviour(VALIDATED)
def event_settings_are_put_whole_and_updated_in_part(account: Account) -> None:
    account.function()
    none = {"OnSuccess": {}, "OnFailure": {}}
    made = account.functions.put_function_event_invoke_config(**F, MaximumRetryAttempts=0)
    account.same((made["FunctionArn"], made["MaximumRetryAttempts"], made["DestinationConfig"]), (f"{ARN}:$LATEST", 0, none))
    made = account.functions.put_function_event_invoke_config(**F, MaximumEventAgeInSeconds=60)
    account.same(("MaximumRetryAttempts" in made, made["MaximumEventAgeInSeconds"]), (False, 60))
    changed = account.functions.update_function_event_invoke_config(**F, MaximumRetryAttempts=1)
    account.same((changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]), (1, 60))
    account.same(len(account.functions.list_function_event_invoke_configs(**F)["FunctionEventInvokeConfigs"]), 1)
    account.refused(
        account.functions.put_function_event_invoke_config, INVALID, 400, "You can't specify the function as a destination for itself.",
        **F, DestinationConfig={"OnSuccess": {"Destination": ARN}},
    )
    account.functions.delete_function_event_invoke_config(**F)
    account.refused(account.functions.delete_function_event_invoke_config, NOT_FOUND, 404, f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig", **F)


@TABLE.behaviour("API reference, TagResource, UntagResource, ListTags")
def tags_are_added_overwritten_and_taken_away(account: Account) -> None:
    account.function(Tags={"Team": "a"})
    account.same(account.functions.tag_resource(Resource=ARN, Tags={"team": "b", "Team": "c"})["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.same(account.functions.list_tags(Resource=ARN)["Tags"], {"Team": "c", "team": "b"})
    account.functions.untag_resource(Resource=ARN, TagKeys=["Team", "nothing"])
    account.same(account.functions.list_tags(Resource=ARN)["Tags"], {"team": "b"})


@TABLE.behaviour(VALIDATED)
def tags_have_limits(account: Account) -> None:
    account.function()
    account.functions.tag_resource(Resource=ARN, Tags={f"k{number}": "v" for number in range(50)})
    account.refused(account.functions.tag_resource, INVALID, 400, "Number of tags exceeds resource tag limit.", Resource=ARN, Tags={"one": "more"})
    account.refused(account.functions.tag_resource, INVALID, 400, "An error occurred and the request cannot be processed.", Resource=ARN, Tags={})
    account.refused(account.functions.untag_resource, VALIDATION, 400, "Value null at 'tagKeys' failed", Resource=ARN, TagKeys=[])
    account.refused(account.functions.tag_resource, INVALID, 400, "aws:", Resource=ARN, Tags={"aws:x": "y"})


@TABLE.behaviour(VALIDATED)
def each_publication_is_a_version_of_the_layer(account: Account) -> None:
    make = lambda: account.functions.publish_layer_version(
        LayerName="numpy", Content={"ZipFile": package()}, CompatibleRuntimes=["python3.13"], Description="d", LicenseInfo="MIT"
    )
    made = make()
    account.same(
        (made["ResponseMetadata"]["HTTPStatusCode"], made["LayerArn"], made["LayerVersionArn"], made["Version"], made["CompatibleRuntimes"]),
        (201, LAYER, f"{LAYER}:1", 1, ["python3.13"]),
    )
    account.same(make()["Version"], 2)
    account.same([item["Version"] for item in account.functions.list_layer_versions(LayerName="numpy")["LayerVersions"]], [2, 1])
    account.same(account.functions.list_layers()["Layers"][0]["LatestMatchingVersion"]["Version"], 2)
    account.same(account.functions.list_layers(CompatibleRuntime="java21")["Layers"], [])
    account.same(account.functions.get_layer_version_by_arn(Arn=f"{LAYER}:2")["Content"]["CodeSize"], len(package()))
    account.functions.delete_layer_version(LayerName="numpy", VersionNumber=2)
    account.functions.delete_layer_version(LayerName="numpy", VersionNumber=1)
    account.same(account.functions.list_layer_versions(LayerName="numpy")["LayerVersions"], [])
    account.same(make()["Version"], 3)


@TABLE.behaviour("Lambda developer guide, Layers: deleted versions keep working but can't be added")
def a_function_keeps_a_deleted_layer(account: Account) -> None:
    account.functions.publish_layer_version(LayerName="numpy", Content={"ZipFile": package()})
    account.function(Layers=[f"{LAYER}:1"])
    account.functions.delete_layer_version(LayerName="numpy", VersionNumber=1)
    account.same(account.active("thumbnails")["Layers"], [{"Arn": f"{LAYER}:1", "CodeSize": len(package())}])
    account.functions.update_function_configuration(**F, Timeout=9, Layers=[f"{LAYER}:1"])
    account.refused(
        account.functions.create_function, INVALID, 400, f"Layer version {LAYER}:1 does not exist.",
        FunctionName="other", Role=account.arn("role/thumbnails-role"), Runtime="python3.13", Handler="index.handler",
        Code={"ZipFile": package()}, Layers=[f"{LAYER}:1"],
    )


@TABLE.behaviour(VALIDATED)
def a_layer_version_has_a_policy(account: Account) -> None:
    one = {"LayerName": "numpy", "VersionNumber": 1}
    grant = one | {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    account.functions.publish_layer_version(LayerName="numpy", Content={"ZipFile": package()})
    account.refused(account.functions.get_layer_version_policy, NOT_FOUND, 404, "No policy is associated with the given resource.", **one)
    made = account.functions.add_layer_version_permission(**grant)
    statement = {"Sid": "s1", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": f"{LAYER}:1"}
    account.same(json.loads(made["Statement"]), statement)
    found = account.functions.get_layer_version_policy(**one)
    account.same((json.loads(found["Policy"])["Statement"], found["RevisionId"]), ([statement], made["RevisionId"]))
    account.refused(account.functions.add_layer_version_permission, CONFLICT, 409, "The statement id (s1) provided already exists.", **grant)
    account.refused(account.functions.add_layer_version_permission, VALIDATION, 400, "at 'action' failed", **grant | {"Action": "*"})
    account.refused(account.functions.remove_layer_version_permission, PRECONDITION, 412, "Call the GetLayerPolicy API", **one, StatementId="s1", RevisionId="x")
    account.functions.remove_layer_version_permission(**one, StatementId="s1")


@TABLE.behaviour(VALIDATED)
def a_queue_can_be_mapped_to_a_function_once(account: Account) -> None:
    account.function()
    made = account.functions.create_event_source_mapping(**F, EventSourceArn=QUEUE)
    account.same((made["ResponseMetadata"]["HTTPStatusCode"], made["State"], made["BatchSize"], made["FunctionArn"]), (202, "Creating", 10, ARN))
    account.same(made["EventSourceMappingArn"], f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{made['UUID']}")
    uuid = {"UUID": made["UUID"]}
    account.same(account.functions.get_event_source_mapping(**uuid)["State"], "Enabled")
    account.refused(account.functions.create_event_source_mapping, CONFLICT, 409, f"mapping with UUID {made['UUID']}", **F, EventSourceArn=QUEUE)
    account.functions.update_event_source_mapping(**uuid, Enabled=False, BatchSize=5)
    found = account.functions.get_event_source_mapping(**uuid)
    account.same((found["State"], found["BatchSize"]), ("Disabled", 5))
    account.same(len(account.functions.list_event_source_mappings(**F)["EventSourceMappings"]), 1)
    account.same(account.functions.list_event_source_mappings(EventSourceArn=STREAM)["EventSourceMappings"], [])
    account.same(account.functions.delete_event_source_mapping(**uuid)["State"], "Deleting")
    account.refused(account.functions.get_event_source_mapping, NOT_FOUND, 404, GONE, **uuid)


@TABLE.behaviour("service model of Lambda, DeleteFunction: event source mappings stay")
def a_mapping_outlives_its_function(account: Account) -> None:
    account.function()
    account.functions.create_event_source_mapping(**F, EventSourceArn=STREAM, StartingPosition="LATEST")
    account.functions.delete_function(**F)
    account.same(account.functions.list_event_source_mappings()["EventSourceMappings"][0]["FunctionArn"], ARN)


@TABLE.behaviour("service model of Lambda: what has defaults beside the configuration")
def settings_beside_the_configuration_have_defaults(account: Account) -> None:
    account.function()
    account.same(account.functions.get_function_recursion_config(**F)["RecursiveLoop"], "Terminate")
    account.same(account.functions.get_runtime_management_config(**F)["UpdateRuntimeOn"], "Auto")
    account.same("CodeSigningConfigArn" in account.functions.get_function_code_signing_config(**F), False)
    account.functions.put_function_recursion_config(**F, RecursiveLoop="Allow")
    account.same(account.functions.get_function_recursion_config(**F)["RecursiveLoop"], "Allow")
    account.functions.put_runtime_management_config(**F, UpdateRuntimeOn="FunctionUpdate")
    account.same(account.functions.get_runtime_management_config(**F)["UpdateRuntimeOn"], "FunctionUpdate")


@TABLE.behaviour(VALIDATED)
def a_function_can_have_a_code_signing_configuration(account: Account) -> None:
    account.function()
    publishers = {"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/test"]}
    made = account.functions.create_code_signing_config(AllowedPublishers=publishers)["CodeSigningConfig"]
    arn = made["CodeSigningConfigArn"]
    account.same(made["CodeSigningPolicies"], {"UntrustedArtifactOnDeployment": "Warn"})
    account.functions.put_function_code_signing_config(**F, CodeSigningConfigArn=arn)
    account.same(account.functions.get_function_code_signing_config(**F)["CodeSigningConfigArn"], arn)
    account.same(account.functions.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"], [ARN])
    account.refused(account.functions.delete_code_signing_config, CONFLICT, 409, CodeSigningConfigArn=arn)
    account.functions.delete_function_code_signing_config(**F)
    account.functions.delete_code_signing_config(CodeSigningConfigArn=arn)
    account.refused(
        account.functions.get_code_signing_config, NOT_FOUND, 404, f"The Lambda code signing configuration {arn} can not be found.",
        CodeSigningConfigArn=arn,
    )


@TABLE.behaviour("API reference, Invoke: status codes by invocation type")
def invocations_are_answered_by_their_type(account: Account) -> None:
    account.function()
    invoke = lambda **more: account.functions.invoke(**F, **more)
    account.same([invoke(InvocationType=kind)["StatusCode"] for kind in ("DryRun", "Event", "RequestResponse")], [204, 202, 200])
    found = invoke(Payload=b'{"a": 1}')
    account.same((found["ExecutedVersion"], "FunctionError" in found), ("$LATEST", False))
    account.refused(invoke, "InvalidRequestContentException", 400, "Could not parse request body into json", Payload=b"{")


@TABLE.behaviour(f"{GUIDE}, Reserved concurrency: 0 switches a function off")
def a_function_without_concurrency_takes_no_calls(account: Account) -> None:
    account.function()
    account.functions.put_function_concurrency(**F, ReservedConcurrentExecutions=0)
    account.refused(account.functions.invoke, "TooManyRequestsException", 429, "Rate Exceeded.", **F)
