//! Functions as AWS shows them: GetFunction and GetPolicy.
//!
//! Quirks: tags and values of the environment may be withheld by themselves (TagsError, Environment.Error) and are then
//! unknown, not empty; GetPolicy answers ResourceNotFoundException for no policy, too; a function that has left its
//! network still shows one with empty lists.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::FunctionConfiguration;

use crate::aws::{Intent, View, failed, is_absent};
use crate::engine::CallError;
use crate::fields::FieldPath;
use crate::kind::{Observed, Seen};
use crate::names::{
    Architecture, Arn, EphemeralStorage, Handler, ImageUri, LayerVersionArn, LogGroupName, Memory, Runtime, Timeout,
};
use crate::vault::Secret;

use super::permission::Statements;
use super::values::{LogFormat, LogLevel, Logging, PackageType, Tracing, Variable, Vpc};
use super::{Code, Evidence, Id, Lambda, State};

/// Fields that could not be read, with the reason.
type Unknown = BTreeMap<FieldPath, String>;

pub(super) async fn read(view: &View<'_>, id: &Id) -> Seen<Lambda> {
    let (function, policy) = futures_util::future::join(get_function(view, id), get_policy(view, id)).await;
    let function = match function {
        Ok(Some(function)) => function,
        Ok(None) => return Seen::Absent,
        Err(error) => return Seen::Unknown(error.to_string()),
    };
    let mut unknown = Unknown::new();
    let statements = statements(policy, &mut unknown);
    match observed(id, &function, statements, unknown) {
        Ok(observed) => Seen::There(Box::new(observed)),
        Err(why) => Seen::Unknown(why),
    }
}

async fn get_function(view: &View<'_>, id: &Id) -> Result<Option<GetFunctionOutput>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Lambda).await;
    let client = view.aws.lambda(&id.region, Intent::Read);
    match client.get_function().function_name(id.name.as_str()).send().await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => absent(failed("lambda:GetFunction")(error)),
    }
}

/// The policy's text; `None` for none.
pub(super) async fn get_policy(view: &View<'_>, id: &Id) -> Result<Option<String>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Lambda).await;
    let client = view.aws.lambda(&id.region, Intent::Read);
    match client.get_policy().function_name(id.name.as_str()).send().await {
        Ok(answer) => Ok(answer.policy),
        Err(error) => absent(failed("lambda:GetPolicy")(error)),
    }
}

fn absent<T>(error: CallError) -> Result<Option<T>, CallError> {
    if is_absent(&error) { Ok(None) } else { Err(error) }
}

fn statements(policy: Result<Option<String>, CallError>, unknown: &mut Unknown) -> Statements {
    let read = match policy {
        Ok(None) => Ok(Statements::default()),
        Ok(Some(text)) => Statements::read(&text),
        Err(error) => Err(error.to_string()),
    };
    let statements = read.unwrap_or_else(|why| {
        unknown.insert(FieldPath::whole("permissions"), why);
        Statements::default()
    });
    for sid in &statements.odd {
        let why = "a statement that can't be expressed in the file; it is left as it is";
        unknown.insert(FieldPath::entry("permissions", sid), why.to_owned());
    }
    statements
}

fn observed(
    id: &Id,
    function: &GetFunctionOutput,
    statements: Statements,
    mut unknown: Unknown,
) -> Result<Observed<Lambda>, String> {
    let odd = |what: &str| format!("AWS told a function without {what}");
    let live = function.configuration().ok_or_else(|| odd("a configuration"))?;
    let package = live
        .package_type()
        .and_then(|package| PackageType::of(package.as_str()))
        .unwrap_or(PackageType::Zip);
    let code = function.code();
    let image = code.and_then(|code| code.resolved_image_uri().or(code.image_uri()));
    let image = image.and_then(|uri| ImageUri::parse(uri).ok());
    let sha256 = live.code_sha256().ok_or_else(|| odd("a hash of its code"))?;
    let number =
        |number: Option<i32>, default: u64| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(default);
    let storage = live
        .ephemeral_storage()
        .map(aws_sdk_lambda::types::EphemeralStorage::size);
    let text = |error: crate::names::NameError| error.to_string();
    let state = State {
        package_type: package,
        runtime: live
            .runtime()
            .map(|runtime| Runtime::parse(runtime.as_str()))
            .transpose()
            .map_err(text)?,
        handler: live.handler().map(Handler::parse).transpose().map_err(text)?,
        role: arn(live.role().ok_or_else(|| odd("a role"))?)?,
        code: Code::live(package, sha256, image),
        architectures: architecture(live)?,
        memory: Memory::of_mib(number(live.memory_size(), 128)).map_err(text)?,
        timeout: Timeout::of_seconds(number(live.timeout(), 3)).map_err(text)?,
        storage: EphemeralStorage::of_mib(number(storage, 512)).map_err(text)?,
        environment: environment(live, &mut unknown),
        kms_key: optional_arn(live.kms_key_arn())?,
        layers: layers(live)?,
        description: live.description().unwrap_or_default().to_owned(),
        tracing: live
            .tracing_config()
            .and_then(|tracing| Tracing::of(tracing.mode()?.as_str()))
            .unwrap_or(Tracing::PassThrough),
        dead_letter: optional_arn(live.dead_letter_config().and_then(|config| config.target_arn()))?,
        vpc: vpc(live),
        logging: logging(id, live)?,
        reserved_concurrency: function
            .concurrency()
            .and_then(|concurrency| concurrency.reserved_concurrent_executions())
            .and_then(|reserved| u32::try_from(reserved).ok()),
        permissions: statements.known,
        tags: tags(function, &mut unknown),
    };
    Ok(Observed {
        state,
        evidence: evidence(live),
        unknown,
    })
}

fn arn(text: &str) -> Result<Arn, String> {
    Arn::parse(text).map_err(|error| format!("AWS named something that can't be understood: {error}"))
}

fn optional_arn(text: Option<&str>) -> Result<Option<Arn>, String> {
    text.filter(|text| !text.is_empty()).map(arn).transpose()
}

fn architecture(live: &FunctionConfiguration) -> Result<Architecture, String> {
    let Some(first) = live.architectures().first() else {
        return Ok(Architecture::default());
    };
    Architecture::parse(first.as_str()).map_err(|error| error.to_string())
}

fn environment(live: &FunctionConfiguration, unknown: &mut Unknown) -> BTreeMap<String, Variable> {
    let Some(environment) = live.environment() else {
        return BTreeMap::new();
    };
    if let Some(error) = environment.error() {
        let code = error.error_code().unwrap_or("an error");
        let why = format!("its values are withheld: {code}");
        unknown.insert(FieldPath::whole("environment"), why);
        return BTreeMap::new();
    }
    let variables = environment.variables().into_iter().flatten();
    variables
        .map(|(name, value)| (name.clone(), Variable::hidden(Secret::new(value.clone()))))
        .collect()
}

fn layers(live: &FunctionConfiguration) -> Result<Vec<LayerVersionArn>, String> {
    let arns = live.layers().iter().filter_map(|layer| layer.arn());
    arns.map(|arn| LayerVersionArn::parse(arn).map_err(|error| error.to_string()))
        .collect()
}

fn vpc(live: &FunctionConfiguration) -> Option<Vpc> {
    let config = live.vpc_config()?;
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    let vpc = Vpc {
        subnets: set(config.subnet_ids()),
        security_groups: set(config.security_group_ids()),
    };
    (!vpc.subnets.is_empty() || !vpc.security_groups.is_empty()).then_some(vpc)
}

fn logging(id: &Id, live: &FunctionConfiguration) -> Result<Logging, String> {
    let config = live.logging_config();
    let group = match config.and_then(|config| config.log_group()) {
        Some(group) => LogGroupName::parse(group).map_err(|error| error.to_string())?,
        None => LogGroupName::of_function(&id.name),
    };
    let format = config
        .and_then(|config| LogFormat::of(config.log_format()?.as_str()))
        .unwrap_or(LogFormat::Text);
    let mut logging = Logging::new(format, group);
    if format == LogFormat::Json {
        let application = config.and_then(|config| LogLevel::of(config.application_log_level()?.as_str()));
        let system = config.and_then(|config| LogLevel::of(config.system_log_level()?.as_str()));
        logging.application_level = application.or(logging.application_level);
        logging.system_level = system.or(logging.system_level);
    }
    Ok(logging)
}

fn tags(function: &GetFunctionOutput, unknown: &mut Unknown) -> BTreeMap<String, String> {
    if let Some(error) = function.tags_error() {
        let why = format!("they are withheld: {}", error.error_code());
        unknown.insert(FieldPath::whole("tags"), why);
        return BTreeMap::new();
    }
    function
        .tags()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn evidence(live: &FunctionConfiguration) -> Evidence {
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut unmodelled = Vec::new();
    let mut note = |there: bool, what: &str| unmodelled.extend(there.then(|| what.to_owned()));
    note(!live.file_system_configs().is_empty(), "it mounts file systems");
    let snaps = live
        .snap_start()
        .and_then(|snap| snap.apply_on())
        .is_some_and(|on| on.as_str() != "None");
    note(snaps, "its versions start from snapshots");
    let overrides = live
        .image_config_response()
        .is_some_and(|config| config.image_config().is_some());
    note(overrides, "it overrides settings of its image");
    note(live.signing_profile_version_arn().is_some(), "its code is signed");
    let dual_stack = live
        .vpc_config()
        .and_then(|vpc| vpc.ipv6_allowed_for_dual_stack())
        .unwrap_or(false);
    note(dual_stack, "its network has IPv6");
    let failed = live
        .last_update_status()
        .is_some_and(|status| status.as_str() == "Failed");
    note(
        failed,
        &format!(
            "its last update failed: {}",
            live.last_update_status_reason().unwrap_or("no reason given")
        ),
    );
    let status = live.state().map(|state| state.as_str().to_owned()).unwrap_or_default();
    note(
        status == "Failed",
        &format!("it has failed: {}", live.state_reason().unwrap_or("no reason given")),
    );
    Evidence {
        revision: owned(live.revision_id()),
        last_modified: owned(live.last_modified()),
        status,
        unmodelled,
    }
}
