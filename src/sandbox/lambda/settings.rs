//! The settings of a function: what CreateFunction and UpdateFunctionConfiguration may say, and how it reads back.
//!
//! A field that a request leaves out keeps its value; clearing is always explicit (an empty map, list or text). Nothing
//! here knows of code, versions or permissions.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::runtime;
use crate::sandbox::members::Fields;

const MAX_ENVIRONMENT_BYTES: usize = 4096;

/// How the code is packaged; fixed for the life of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PackageType {
    Zip,
    Image,
}

/// Everything a caller can write about a function apart from its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) role: String,
    pub(super) package: PackageType,
    runtime: Option<String>,
    handler: Option<String>,
    description: String,
    timeout: u64,
    memory_size: u64,
    /// None until it is set for the first time; then it is shown even when it is empty.
    environment: Option<BTreeMap<String, String>>,
    kms_key: Option<String>,
    dead_letter: Option<String>,
    tracing: String,
    pub(super) layers: Vec<String>,
    /// Kept with empty lists after the function has left its network, as Lambda does.
    vpc: Option<Vpc>,
    file_systems: Vec<Value>,
    image_config: Option<Value>,
    ephemeral_storage: u64,
    snap_start: String,
    logging: Logging,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Vpc {
    subnets: Vec<String>,
    security_groups: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Logging {
    format: String,
    group: String,
    application_level: Option<String>,
    system_level: Option<String>,
}

impl Settings {
    /// The settings of a function that CreateFunction asks for.
    pub(super) fn create(name: &str, package: PackageType, body: &Map<String, Value>) -> Result<Self, Fault> {
        let mut settings = Self::defaults(name, package);
        settings.apply(body)?;
        let is_complete = settings.runtime.is_some() && settings.handler.is_some();
        if package == PackageType::Zip && !is_complete {
            return Err(fault::invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        }
        Ok(settings)
    }

    fn defaults(name: &str, package: PackageType) -> Self {
        Self {
            role: String::new(),
            package,
            runtime: None,
            handler: None,
            description: String::new(),
            timeout: 3,
            memory_size: 128,
            environment: None,
            kms_key: None,
            dead_letter: None,
            tracing: "PassThrough".into(),
            layers: Vec::new(),
            vpc: None,
            file_systems: Vec::new(),
            image_config: None,
            ephemeral_storage: 512,
            snap_start: "None".into(),
            logging: Logging {
                format: "Text".into(),
                group: format!("/aws/lambda/{name}"),
                application_level: None,
                system_level: None,
            },
        }
    }

    /// Takes over what the body mentions and leaves the rest alone.
    pub(super) fn apply(&mut self, body: &Map<String, Value>) -> Result<(), Fault> {
        let fields = Fields::new(body);
        self.apply_program(&fields)?;
        self.apply_sizes(&fields)?;
        self.apply_environment(&fields)?;
        self.apply_surroundings(&fields)?;
        self.apply_vpc(&fields)?;
        self.apply_logging(&fields)
    }

    fn apply_program(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(role) = fields.text("Role")? {
            self.role = role.into();
        }
        if let Some(runtime) = fields.text("Runtime")? {
            self.zip_only("runtime")?;
            self.runtime = Some(runtime::checked(runtime)?.into());
        }
        if let Some(handler) = fields.text("Handler")? {
            self.zip_only("handler")?;
            self.handler = Some(handler.into());
        }
        if let Some(description) = fields.text("Description")? {
            self.description = description.into();
        }
        Ok(())
    }

    fn zip_only(&self, field: &str) -> Result<(), Fault> {
        match self.package {
            PackageType::Zip => Ok(()),
            PackageType::Image => Err(fault::invalid(format!(
                "Please don't provide {field} when the intended function PackageType is Image."
            ))),
        }
    }

    fn apply_sizes(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(timeout) = fields.number("Timeout")? {
            self.timeout = u64::try_from(timeout).unwrap_or_default();
        }
        if let Some(memory) = fields.number("MemorySize")? {
            self.memory_size = u64::try_from(memory).unwrap_or_default();
        }
        if let Some(storage) = fields.object("EphemeralStorage")?
            && let Some(size) = storage.number("Size")?
        {
            self.ephemeral_storage = u64::try_from(size).unwrap_or_default();
        }
        Ok(())
    }

    fn apply_environment(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(key) = fields.text("KMSKeyArn")? {
            self.kms_key = (!key.is_empty()).then(|| key.into());
        }
        let Some(environment) = fields.object("Environment")? else {
            return Ok(());
        };
        // The set is replaced whole: a variable that is not sent again is gone.
        let variables = environment.texts_by_name("Variables")?.unwrap_or_default();
        check_environment(&variables)?;
        self.environment = Some(variables);
        Ok(())
    }

    fn apply_surroundings(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(dead_letter) = fields.object("DeadLetterConfig")? {
            let target = dead_letter.text("TargetArn")?.unwrap_or_default();
            self.dead_letter = (!target.is_empty()).then(|| target.into());
        }
        if let Some(tracing) = fields.object("TracingConfig")?
            && let Some(mode) = tracing.text("Mode")?
        {
            self.tracing = mode.into();
        }
        if let Some(layers) = fields.texts("Layers")? {
            self.layers = layers;
        }
        if let Some(snap_start) = fields.object("SnapStart")?
            && let Some(apply_on) = snap_start.text("ApplyOn")?
        {
            self.snap_start = apply_on.into();
        }
        self.apply_volumes(fields)
    }

    fn apply_volumes(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(systems) = fields.list("FileSystemConfigs")? {
            self.file_systems = systems.clone();
        }
        if let Some(config) = fields.object("ImageConfig")? {
            if self.package == PackageType::Zip {
                return Err(fault::invalid(
                    "ImageConfig is only supported for functions of package type Image",
                ));
            }
            let config = config.whole();
            self.image_config = (!config.is_empty()).then(|| Value::Object(config.clone()));
        }
        Ok(())
    }

    fn apply_vpc(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        let Some(vpc) = fields.object("VpcConfig")? else {
            return Ok(());
        };
        let subnets = vpc.texts("SubnetIds")?.unwrap_or_default();
        let security_groups = vpc.texts("SecurityGroupIds")?.unwrap_or_default();
        match (subnets.is_empty(), security_groups.is_empty()) {
            (true, true) if self.vpc.is_none() => {}
            (true, true) | (false, false) => {
                self.vpc = Some(Vpc {
                    subnets,
                    security_groups,
                })
            }
            _ => {
                return Err(fault::invalid(
                    "SubnetIds and SecurityIds must coexist or be both empty list.",
                ));
            }
        }
        Ok(())
    }

    fn apply_logging(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        let Some(logging) = fields.object("LoggingConfig")? else {
            return Ok(());
        };
        if let Some(group) = logging.text("LogGroup")? {
            self.logging.group = group.into();
        }
        if let Some(format) = logging.text("LogFormat")? {
            self.logging.format = format.into();
        }
        let application = logging.text("ApplicationLogLevel")?;
        let system = logging.text("SystemLogLevel")?;
        self.logging.set_levels(application, system)
    }

    /// The part of a FunctionConfiguration that the settings make up.
    /// Layers stand there by ARN alone: their sizes are the account's to know.
    pub(super) fn describe(&self, region: &str) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.into(), value));
        put("Role", json!(self.role));
        put("Description", json!(self.description));
        put("Timeout", json!(self.timeout));
        put("MemorySize", json!(self.memory_size));
        put("PackageType", json!(self.package));
        put("TracingConfig", json!({ "Mode": self.tracing }));
        put("EphemeralStorage", json!({ "Size": self.ephemeral_storage }));
        put(
            "SnapStart",
            json!({ "ApplyOn": self.snap_start, "OptimizationStatus": "Off" }),
        );
        put("LoggingConfig", self.logging.describe());
        self.describe_optional(&mut put);
        if let Some(runtime) = &self.runtime {
            put("Runtime", json!(runtime));
            put(
                "RuntimeVersionConfig",
                json!({ "RuntimeVersionArn": runtime::version_arn(region, runtime) }),
            );
        }
        shown
    }

    /// `SnapStart` of a published version that has a snapshot.
    pub(super) fn snapshot(&self) -> Option<Value> {
        let has_snapshot = self.snap_start == "PublishedVersions";
        has_snapshot.then(|| json!({ "ApplyOn": self.snap_start, "OptimizationStatus": "On" }))
    }

    fn describe_optional(&self, put: &mut impl FnMut(&str, Value)) {
        if let Some(handler) = &self.handler {
            put("Handler", json!(handler));
        }
        if let Some(variables) = &self.environment {
            put("Environment", json!({ "Variables": variables }));
        }
        if let Some(key) = &self.kms_key {
            put("KMSKeyArn", json!(key));
        }
        if let Some(target) = &self.dead_letter {
            put("DeadLetterConfig", json!({ "TargetArn": target }));
        }
        if !self.layers.is_empty() {
            let layers: Vec<Value> = self
                .layers
                .iter()
                .map(|arn| json!({ "Arn": arn, "CodeSize": 1024 }))
                .collect();
            put("Layers", json!(layers));
        }
        if let Some(vpc) = &self.vpc {
            put("VpcConfig", vpc.describe());
        }
        if !self.file_systems.is_empty() {
            put("FileSystemConfigs", json!(self.file_systems));
        }
        if let Some(config) = &self.image_config {
            put("ImageConfigResponse", json!({ "ImageConfig": config }));
        }
    }
}

fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), Fault> {
    // The values are secrets, so that this refusal shows none of them, nor the names.
    if !variables.keys().all(|name| is_variable_name(name)) {
        let message = "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys \
                       must satisfy constraint: [Member must satisfy regular expression pattern: \
                       [a-zA-Z]([a-zA-Z0-9_])+]";
        return Err(Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message));
    }
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| runtime::is_reserved(name))
        .collect();
    if !reserved.is_empty() {
        return Err(fault::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    // AWS measures the variables as one JSON text.
    let measured = serde_json::to_string(variables).unwrap_or_default();
    if measured.len() > MAX_ENVIRONMENT_BYTES {
        return Err(fault::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(())
}

fn is_variable_name(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Vpc {
    fn describe(&self) -> Value {
        let id = if self.subnets.is_empty() {
            ""
        } else {
            "vpc-0a1b2c3d4e5f60718"
        };
        json!({
            "SubnetIds": self.subnets,
            "SecurityGroupIds": self.security_groups,
            "VpcId": id,
            "Ipv6AllowedForDualStack": false,
        })
    }
}

impl Logging {
    fn set_levels(&mut self, application: Option<&str>, system: Option<&str>) -> Result<(), Fault> {
        if self.format == "Text" {
            self.application_level = None;
            self.system_level = None;
            return match (application, system) {
                (None, None) => Ok(()),
                _ => Err(fault::invalid(
                    "Log levels can only be set when the log format is JSON.",
                )),
            };
        }
        if let Some(level) = application {
            self.application_level = Some(level.into());
        }
        if let Some(level) = system {
            self.system_level = Some(level.into());
        }
        self.application_level.get_or_insert_with(|| "INFO".into());
        self.system_level.get_or_insert_with(|| "INFO".into());
        Ok(())
    }

    fn describe(&self) -> Value {
        let mut shown = json!({ "LogFormat": self.format, "LogGroup": self.group });
        if let (Some(application), Some(system), Some(fields)) =
            (&self.application_level, &self.system_level, shown.as_object_mut())
        {
            fields.insert("ApplicationLogLevel".into(), json!(application));
            fields.insert("SystemLogLevel".into(), json!(system));
        }
        shown
    }
}
