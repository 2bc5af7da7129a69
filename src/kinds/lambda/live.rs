//! Functions in AWS: the writing side.
//!
//! Quirks: UpdateFunctionConfiguration keeps what it isn't told, so clearing is an empty text, list or map; most changes go
//! on after the answer, and everything else is refused meanwhile (ResourceConflictException).

use std::io::Write as _;
use std::path::Path;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types as sdk;

use crate::aws::{Aws, Intent, View, failed, found_there, gone_is_done, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Bytes, Listed, Live, Object, Seen};
use crate::kinds::partial::Partial;
use crate::kinds::tagging::TagChange;
use crate::names::{Architecture, Arn, FunctionName, Region, RoleName};
use crate::policy_doc::Policy as Document;

use super::code::Source;
use super::permission::Statements;
use super::values::{Logging, PackageType, Variable, Vpc};
use super::{Action, Code, Id, Lambda, Permission, State, read};

impl Live for Lambda {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        read::read(view, id).await
    }

    async fn list(view: &View<'_>, region: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let client = view.aws.lambda(region, Intent::Read);
        let mut pages = client.list_functions().into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for function in page.map_err(failed("lambda:ListFunctions"))?.functions() {
                let name = function.function_name().unwrap_or_default();
                let id = FunctionName::parse(name).ok().map(|name| Id {
                    name,
                    region: region.clone(),
                });
                listed.push(Listed::own(name, id));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &Id, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let client = aws.lambda(&id.region, Intent::Write);
        match action {
            Action::Create(state) => create(aws, &client, id, state).await,
            Action::Update { to, leaves: _ } => update(aws, &client, id, to).await,
            Action::SaveCode { sha256, hex, why: _ } => save_code(aws, id, sha256, hex).await,
            Action::UpdateCode {
                code,
                architectures,
                fields: _,
            } => update_code(&client, id, code, *architectures).await,
            Action::Reserve(reserved) => reserve(&client, id, *reserved).await,
            Action::Unreserve => unreserve(&client, id).await,
            Action::Permit {
                sid,
                permission,
                how: _,
            } => permit(&client, id, sid, permission).await,
            Action::Revoke {
                sid,
                permission: _,
                how: _,
            } => revoke(&client, id, sid).await,
            Action::Tag(change) => tag(&client, arn, change).await,
            Action::Delete { role: _ } => delete(&client, id).await,
        }
    }

    async fn bytes(aws: &Aws, id: &Id, state: &State) -> Result<Option<Bytes>, CallError> {
        if state.package_type != PackageType::Zip {
            return Ok(None);
        }
        let (bytes, _) = live_code(aws, id, state.code.sha256()).await?;
        Ok(Some(Bytes {
            field: "code",
            form: "zip",
            bytes,
        }))
    }

    async fn settled(aws: &Aws, id: &Id, action: &Action) -> Result<Settled, CallError> {
        match action {
            Action::Create(_) | Action::Update { .. } | Action::UpdateCode { .. } => settled(aws, id).await,
            Action::Delete { .. } => gone(aws, id).await,
            Action::SaveCode { .. }
            | Action::Reserve(_)
            | Action::Unreserve
            | Action::Permit { .. }
            | Action::Revoke { .. }
            | Action::Tag(_) => Ok(Settled::Done),
        }
    }
}

async fn create(aws: &Aws, client: &Client, id: &Id, state: &State) -> Result<Receipt, CallError> {
    const CALL: &str = "lambda:CreateFunction";
    let tags = (!state.tags.is_empty()).then(|| state.tags.clone().into_iter().collect());
    let request = client
        .create_function()
        .function_name(id.name.as_str())
        .role(state.role.as_str())
        .package_type(sdk::PackageType::from(state.package_type.as_str()))
        .code(function_code(&state.code, CALL)?)
        .architectures(sdk::Architecture::from(state.architectures.as_str()))
        .set_runtime(
            state
                .runtime
                .as_ref()
                .map(|runtime| sdk::Runtime::from(runtime.as_str())),
        )
        .set_handler(state.handler.as_ref().map(ToString::to_string))
        .memory_size(whole(state.memory.mib()))
        .timeout(whole(state.timeout.seconds()))
        .ephemeral_storage(storage(state)?)
        .set_environment((!state.environment.is_empty()).then(|| environment(&state.environment)))
        .set_kms_key_arn(state.kms_key.as_ref().map(ToString::to_string))
        .set_layers((!state.layers.is_empty()).then(|| layers(state)))
        .set_description((!state.description.is_empty()).then(|| state.description.clone()))
        .tracing_config(tracing(state))
        .set_dead_letter_config(state.dead_letter.as_ref().map(|arn| dead_letter(Some(arn))))
        .set_vpc_config(state.vpc.as_ref().map(|network| vpc(Some(network))))
        .logging_config(logging(&state.logging))
        .set_tags(tags);
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = failed(CALL)(error);
            if error.says("ResourceConflictException", "already exist") {
                let found = client.get_function().function_name(id.name.as_str()).send().await;
                let tags = found.map_err(failed("lambda:GetFunction")).map(|found| found.tags);
                let wanted = state.tags.clone().into_iter().collect();
                return found_there(error, tags, |tags| {
                    !state.tags.is_empty() && tags.as_ref() == Some(&wanted)
                });
            }
            return Err(role_trust(aws, &state.role, error).await);
        }
    };
    as_asked(CALL, &state.code, answer.code_sha256())?;
    Ok(Receipt::of(request_id(&answer)))
}

/// "Cannot be assumed" heals by itself for a new role and never for one whose trust policy leaves Lambda out, so the
/// trust decides what the error means.
async fn role_trust(aws: &Aws, role: &Arn, error: CallError) -> CallError {
    let fragment = "cannot be assumed by Lambda";
    let name = role
        .role_name()
        .filter(|_| error.says("InvalidParameterValueException", fragment));
    let Some(name) = name else { return error };
    // What this run has written itself is not read: IAM may still show the trust before it.
    let trust = match aws.written.trust(&name) {
        Some(trust) => Some(trust),
        None => read_trust(aws, &name).await,
    };
    match trust {
        Some(trust) if !trust.trusts_service("lambda.amazonaws.com") => CallError::local(
            error.operation,
            format!("the trust policy of role {name} does not let lambda.amazonaws.com in, so Lambda can't run as it"),
        ),
        Some(_) | None => error,
    }
}

async fn read_trust(aws: &Aws, name: &RoleName) -> Option<Document> {
    let found = aws.iam(Intent::Read).get_role().role_name(name.as_str()).send().await;
    let text = found.ok()?.role?.assume_role_policy_document?;
    Document::from_live(&text).ok()
}

async fn update(aws: &Aws, client: &Client, id: &Id, to: &Partial<State>) -> Result<Receipt, CallError> {
    let text = |arn: &Option<Arn>| arn.as_ref().map(ToString::to_string).unwrap_or_default();
    let storage = to.of("storage", storage).transpose()?;
    let request = client
        .update_function_configuration()
        .function_name(id.name.as_str())
        .set_runtime(
            to.of("runtime", |state| {
                state
                    .runtime
                    .as_ref()
                    .map(|runtime| sdk::Runtime::from(runtime.as_str()))
            })
            .flatten(),
        )
        .set_handler(
            to.of("handler", |state| state.handler.as_ref().map(ToString::to_string))
                .flatten(),
        )
        .set_role(to.of("role", |state| state.role.to_string()))
        .set_memory_size(to.of("memory", |state| whole(state.memory.mib())))
        .set_timeout(to.of("timeout", |state| whole(state.timeout.seconds())))
        .set_ephemeral_storage(storage)
        .set_environment(to.of("environment", |state| environment(&state.environment)))
        .set_kms_key_arn(to.of("kms_key", |state| text(&state.kms_key)))
        .set_layers(to.of("layers", layers))
        .set_description(to.of("description", |state| state.description.clone()))
        .set_tracing_config(to.of("tracing", tracing))
        .set_dead_letter_config(to.of("dead_letter", |state| dead_letter(state.dead_letter.as_ref())))
        .set_vpc_config(to.of("vpc", |state| vpc(state.vpc.as_ref())))
        .set_logging_config(to.of("logging", |state| logging(&state.logging)));
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => {
            let error = failed("lambda:UpdateFunctionConfiguration")(error);
            Err(role_trust(aws, &to.whole().role, error).await)
        }
    }
}

async fn update_code(client: &Client, id: &Id, code: &Code, architecture: Architecture) -> Result<Receipt, CallError> {
    const CALL: &str = "lambda:UpdateFunctionCode";
    let request = client
        .update_function_code()
        .function_name(id.name.as_str())
        .architectures(sdk::Architecture::from(architecture.as_str()));
    let request = match code.source() {
        Source::Archive { archive, written: _ } => request.zip_file(Blob::new(archive.bytes.to_vec())),
        Source::Object { bucket, key, version } => request
            .s3_bucket(bucket.as_str())
            .s3_key(key)
            .set_s3_object_version(version.clone()),
        Source::Image(uri) => request.image_uri(uri.as_str()),
        Source::Live | Source::Elsewhere(_) => return Err(no_bytes(CALL)),
    };
    let answer = request.send().await.map_err(failed(CALL))?;
    as_asked(CALL, code, answer.code_sha256())?;
    Ok(Receipt::of(request_id(&answer)))
}

fn function_code(code: &Code, call: &'static str) -> Result<sdk::FunctionCode, CallError> {
    let builder = sdk::FunctionCode::builder();
    Ok(match code.source() {
        Source::Archive { archive, written: _ } => builder.zip_file(Blob::new(archive.bytes.to_vec())),
        Source::Object { bucket, key, version } => builder
            .s3_bucket(bucket.as_str())
            .s3_key(key)
            .set_s3_object_version(version.clone()),
        Source::Image(uri) => builder.image_uri(uri.as_str()),
        Source::Live | Source::Elsewhere(_) => return Err(no_bytes(call)),
    }
    .build())
}

fn no_bytes(call: &'static str) -> CallError {
    let message = "the processor changes only together with the code, and the code is not at hand; take `code` out of \
                   `ignore:` and name it";
    CallError::local(call, message)
}

/// An object in a bucket may be another than the one whose hash stands in the file.
fn as_asked(call: &'static str, code: &Code, sha256: Option<&str>) -> Result<(), CallError> {
    match sha256 {
        Some(got) if got != code.sha256() => {
            let message = format!(
                "Lambda took code with the hash {got}, and the file names {}",
                code.sha256()
            );
            Err(CallError::local(call, message))
        }
        Some(_) | None => Ok(()),
    }
}

/// Numbers here are far below the limit of an i32.
fn whole(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn storage(state: &State) -> Result<sdk::EphemeralStorage, CallError> {
    let built = sdk::EphemeralStorage::builder()
        .size(whole(state.storage.mib()))
        .build();
    built.map_err(|error| CallError::local("lambda:UpdateFunctionConfiguration", error.to_string()))
}

fn environment(variables: &std::collections::BTreeMap<String, Variable>) -> sdk::Environment {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.clone(), value.reveal().to_owned()));
    sdk::Environment::builder()
        .set_variables(Some(variables.collect()))
        .build()
}

fn layers(state: &State) -> Vec<String> {
    state.layers.iter().map(ToString::to_string).collect()
}

fn tracing(state: &State) -> sdk::TracingConfig {
    sdk::TracingConfig::builder()
        .mode(sdk::TracingMode::from(state.tracing.as_str()))
        .build()
}

fn dead_letter(arn: Option<&Arn>) -> sdk::DeadLetterConfig {
    sdk::DeadLetterConfig::builder()
        .target_arn(arn.map(Arn::as_str).unwrap_or_default())
        .build()
}

fn vpc(network: Option<&Vpc>) -> sdk::VpcConfig {
    let list =
        |set: Option<&std::collections::BTreeSet<String>>| set.into_iter().flatten().cloned().collect::<Vec<_>>();
    sdk::VpcConfig::builder()
        .set_subnet_ids(Some(list(network.map(|network| &network.subnets))))
        .set_security_group_ids(Some(list(network.map(|network| &network.security_groups))))
        .build()
}

fn logging(logging: &Logging) -> sdk::LoggingConfig {
    let application = logging
        .application_level
        .map(|level| sdk::ApplicationLogLevel::from(level.as_str()));
    let system = logging
        .system_level
        .map(|level| sdk::SystemLogLevel::from(level.as_str()));
    sdk::LoggingConfig::builder()
        .log_format(sdk::LogFormat::from(logging.format.as_str()))
        .set_application_log_level(application)
        .set_system_log_level(system)
        .log_group(logging.group.as_str())
        .build()
}

/// The live zip goes to a file that only its owner reads, under its hash; one that is there already is kept.
async fn save_code(aws: &Aws, id: &Id, sha256: &str, hex: &str) -> Result<Receipt, CallError> {
    const CALL: &str = "lambda:GetFunction";
    let path = aws.code_backups.join(format!("{}-{hex}.zip", id.name));
    if path.exists() {
        return Ok(Receipt {
            told: vec![format!("the live code is in {} already", path.display())],
            ..Receipt::already()
        });
    }
    let (bytes, request) = live_code(aws, id, sha256).await?;
    keep(&path, &bytes)
        .map_err(|error| CallError::local(CALL, format!("{} can't be written: {error}", path.display())))?;
    let told = vec![format!("the code that was live is in {}", path.display())];
    Ok(Receipt {
        told,
        ..Receipt::of(request.as_deref())
    })
}

/// The zip that Lambda holds, with the id of the request that told where it is.
async fn live_code(aws: &Aws, id: &Id, sha256: &str) -> Result<(Vec<u8>, Option<String>), CallError> {
    const CALL: &str = "lambda:GetFunction";
    let client = aws.lambda(&id.region, Intent::Read);
    let answer = client
        .get_function()
        .function_name(id.name.as_str())
        .send()
        .await
        .map_err(failed(CALL))?;
    let link = answer.code().and_then(|code| code.location());
    let link = link.ok_or_else(|| CallError::local(CALL, "AWS handed out no link to the live code"))?;
    let bytes = aws.fetch(CALL, link).await?;
    check_hash(CALL, &bytes, sha256)?;
    Ok((bytes.to_vec(), request_id(&answer).map(str::to_owned)))
}

fn check_hash(call: &'static str, bytes: &[u8], sha256: &str) -> Result<(), CallError> {
    use base64::Engine as _;
    use sha2::Digest as _;
    let got = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(bytes));
    if got == sha256 {
        return Ok(());
    }
    Err(CallError::local(
        call,
        format!("the live code has the hash {got} by now, and the plan saw {sha256}; plan again"),
    ))
}

/// Whole or not at all: the file appears under its name when everything is in it.
fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.error),
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn reserve(client: &Client, id: &Id, reserved: u32) -> Result<Receipt, CallError> {
    let request = client.put_function_concurrency().function_name(id.name.as_str());
    let answer = request.reserved_concurrent_executions(whole(reserved)).send().await;
    Ok(Receipt::of(request_id(
        &answer.map_err(failed("lambda:PutFunctionConcurrency"))?,
    )))
}

async fn unreserve(client: &Client, id: &Id) -> Result<Receipt, CallError> {
    match client
        .delete_function_concurrency()
        .function_name(id.name.as_str())
        .send()
        .await
    {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("lambda:DeleteFunctionConcurrency")(error)),
    }
}

/// A statement of this id that is there already is as good if it is the same (ResourceConflictException either way).
async fn permit(client: &Client, id: &Id, sid: &str, permission: &Permission) -> Result<Receipt, CallError> {
    let url_auth = permission
        .function_url_auth_type
        .as_deref()
        .map(sdk::FunctionUrlAuthType::from);
    // Lambda takes an account's id and writes its root ARN.
    let request = client
        .add_permission()
        .function_name(id.name.as_str())
        .statement_id(sid)
        .action(&permission.action)
        .principal(&permission.principal)
        .set_source_arn(permission.source_arn.clone())
        .set_source_account(permission.source_account.clone())
        .set_principal_org_id(permission.principal_org_id.clone())
        .set_event_source_token(permission.event_source_token.clone())
        .set_function_url_auth_type(url_auth)
        .set_invoked_via_function_url(permission.invoked_via_function_url.then_some(true));
    let error = match request.send().await {
        Ok(answer) => return Ok(Receipt::of(request_id(&answer))),
        Err(error) => failed("lambda:AddPermission")(error),
    };
    if !error.says("ResourceConflictException", "already exist") {
        return Err(error);
    }
    let policy = client.get_policy().function_name(id.name.as_str()).send().await;
    let policy = policy.map_err(failed("lambda:GetPolicy"))?.policy.unwrap_or_default();
    let same = Statements::read(&policy).is_ok_and(|statements| statements.known.get(sid) == Some(permission));
    if same { Ok(Receipt::already()) } else { Err(error) }
}

async fn revoke(client: &Client, id: &Id, sid: &str) -> Result<Receipt, CallError> {
    match client
        .remove_permission()
        .function_name(id.name.as_str())
        .statement_id(sid)
        .send()
        .await
    {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("lambda:RemovePermission")(error)),
    }
}

async fn tag(client: &Client, arn: &Arn, change: &TagChange) -> Result<Receipt, CallError> {
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let request = client
                .tag_resource()
                .resource(arn.as_str())
                .set_tags(Some(tags.clone().into_iter().collect()));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("lambda:TagResource"))?,
            )))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client
                .untag_resource()
                .resource(arn.as_str())
                .set_tag_keys(Some(keys.clone()));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("lambda:UntagResource"))?,
            )))
        }
    }
}

async fn delete(client: &Client, id: &Id) -> Result<Receipt, CallError> {
    match client.delete_function().function_name(id.name.as_str()).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("lambda:DeleteFunction")(error)),
    }
}

/// Whether Lambda has finished; functions that nobody has touched since 2021 may lack both states.
async fn settled(aws: &Aws, id: &Id) -> Result<Settled, CallError> {
    let client = aws.lambda(&id.region, Intent::Read);
    let answer = client.get_function().function_name(id.name.as_str()).send().await;
    let answer = answer.map_err(failed("lambda:GetFunction"))?;
    let Some(live) = answer.configuration() else {
        return Ok(Settled::Done);
    };
    let because = |reason: Option<&str>| reason.unwrap_or("no reason given").to_owned();
    match (live.state(), live.last_update_status()) {
        (Some(sdk::State::Pending), _) => Ok(Settled::Waiting("the function to become active")),
        (Some(sdk::State::Failed), _) => Ok(Settled::Failed(because(live.state_reason()))),
        (_, Some(sdk::LastUpdateStatus::InProgress)) => Ok(Settled::Waiting("the function's update to end")),
        (_, Some(sdk::LastUpdateStatus::Failed)) => Ok(Settled::Failed(because(live.last_update_status_reason()))),
        _ => Ok(Settled::Done),
    }
}

/// A deletion may go on after its answer (State `Deleting`).
async fn gone(aws: &Aws, id: &Id) -> Result<Settled, CallError> {
    let client = aws.lambda(&id.region, Intent::Read);
    match client.get_function().function_name(id.name.as_str()).send().await {
        Ok(_) => Ok(Settled::Waiting("the function to go")),
        Err(error) => {
            let error = failed("lambda:GetFunction")(error);
            if is_absent(&error) {
                Ok(Settled::Done)
            } else {
                Err(error)
            }
        }
    }
}
