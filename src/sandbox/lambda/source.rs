//! Where code comes from and where it can be fetched again.
//!
//! Invariant: a blob stands under its own hash, and none stays that no edition of its function refers to.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::function::{Code, Function};
use super::package;
use super::reference;
use super::settings::PackageType;
use crate::sandbox::members::Fields;
use crate::sandbox::{Blob, Call, Reply, World};

/// Code as a request brings it; an image has no bytes here.
pub(super) struct Source {
    pub(super) code: Code,
    bytes: Option<Bytes>,
}

/// Reads the code of CreateFunction's `Code` or of UpdateFunctionCode's body; `doing` is how refusals call it.
pub(super) fn read(
    world: &World,
    call: &Call,
    package: PackageType,
    body: &Map<String, Value>,
    architectures: Vec<String>,
    doing: &str,
) -> Result<Source, Fault> {
    let fields = Fields::new(body);
    let code = |sha256, size, image| Code {
        sha256,
        size,
        image,
        architectures,
    };
    match (fields.text("ImageUri")?, package) {
        (Some(uri), PackageType::Image) => Ok(Source {
            code: code(package::image_digest(uri), 0, Some(uri.to_owned())),
            bytes: None,
        }),
        (None, PackageType::Zip) => {
            let bytes = zip_bytes(world, call, &fields)?;
            package::check(&bytes)?;
            Ok(Source {
                code: code(package::sha256(&bytes), bytes.len(), None),
                bytes: Some(bytes),
            })
        }
        (Some(_), PackageType::Zip) => Err(fault::invalid(format!(
            "Please don't provide ImageUri when {doing} a function with packageType Zip."
        ))),
        (None, PackageType::Image) => Err(fault::invalid(format!(
            "Please provide ImageUri when {doing} a function with packageType Image."
        ))),
    }
}

/// The most that a request may weigh, in bytes; AWS's own number.
const MAX_REQUEST: usize = 70_167_211;

/// Refuses a request that is too large as a whole.
pub(super) fn check_size(call: &Call, operation: &str) -> Result<(), Fault> {
    if call.body.len() <= MAX_REQUEST {
        return Ok(());
    }
    Err(fault::too_large(format!(
        "Request must be smaller than {MAX_REQUEST} bytes for the {operation} operation"
    )))
}

/// The bytes of a zip, from the request or from a bucket.
pub(super) fn zip_bytes(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Bytes, Fault> {
    let bucket = fields.text("S3Bucket")?;
    match (fields.text("ZipFile")?, bucket, fields.text("S3Key")?) {
        (Some(text), None, _) => package::decoded(text).map(Bytes::from),
        (None, Some(bucket), Some(key)) => from_bucket(world, call, bucket, key, fields.text("S3ObjectVersion")?),
        (Some(_), Some(_), _) => Err(fault::invalid(
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        )),
        _ => Err(fault::invalid("Please provide a source for function code.")),
    }
}

fn from_bucket(world: &World, call: &Call, bucket: &str, key: &str, version: Option<&str>) -> Result<Bytes, Fault> {
    let refused = |code: &str, message: &str| {
        fault::invalid(format!(
            "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
        ))
    };
    let region = world.s3.region(bucket);
    let region = region.ok_or_else(|| refused("NoSuchBucket", "The specified bucket does not exist"))?;
    if region != call.region {
        let message = format!("The bucket is in this region: {region}. Please use this region to retry the request");
        return Err(refused("PermanentRedirect", &message));
    }
    let content = world.s3.content(bucket, key, version);
    content.ok_or_else(|| refused("NoSuchKey", "The specified key does not exist."))
}

/// The architectures of a request, or those that the function has.
pub(super) fn architectures(fields: &Fields<'_>, current: &[&str]) -> Result<Vec<String>, Fault> {
    let Some(named) = fields.texts("Architectures")? else {
        return Ok(current.iter().map(|&name| name.to_owned()).collect());
    };
    Ok(named)
}

/// Keeps the bytes of new code and drops those that no edition needs any more.
pub(super) fn store(world: &mut World, function: &Function, source: Source) {
    if let (Some(bytes), Some(digest)) = (source.bytes, digest(&source.code)) {
        world
            .lambda
            .code
            .insert(blob_key(&function.region, &function.name, &digest), Blob(bytes));
    }
    sweep(world, &function.region, &function.name, Some(function));
}

/// Drops the bytes that the function, or what is left of it, doesn't refer to.
pub(super) fn sweep(world: &mut World, region: &str, name: &str, function: Option<&Function>) {
    let editions = function
        .into_iter()
        .flat_map(|function| function.versions.values().chain([&function.latest]));
    let needed: BTreeSet<String> = editions
        .filter_map(|edition| Some(blob_key(region, name, &digest(&edition.code)?)))
        .collect();
    let prefix = blob_key(region, name, "");
    let kept = world.lambda.code.from(&prefix).map(|(key, _)| key.clone());
    let unneeded: Vec<String> = kept
        .take_while(|key| key.starts_with(&prefix))
        .filter(|key| !needed.contains(key))
        .collect();
    for key in unneeded {
        world.lambda.code.remove(&key);
    }
}

fn blob_key(region: &str, name: &str, digest: &str) -> String {
    format!("{}/{digest}", reference::key(region, name))
}

/// The hash in hexadecimal, since base64 has slashes.
fn digest(code: &Code) -> Option<String> {
    hexadecimal(&code.sha256).filter(|_| code.image.is_none())
}

/// A base64 hash in hexadecimal.
pub(super) fn hexadecimal(base64: &str) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `Code` of GetFunction: a link below the host that was asked.
pub(super) fn location(call: &Call, function: &Function, code: &Code) -> Value {
    if let Some(uri) = &code.image {
        let repository = uri.split(['@', ':']).next().unwrap_or(uri);
        let resolved = format!("{repository}@sha256:{}", code.sha256);
        return json!({ "RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": resolved });
    }
    let digest = digest(code).unwrap_or_default();
    let url = link(call, &reference::key(&function.region, &function.name), &digest);
    json!({ "RepositoryType": "S3", "Location": url })
}

/// The address of kept bytes below the host that was asked.
pub(super) fn link(call: &Call, folder: &str, digest: &str) -> String {
    // A host with a port is the sandbox's own server, which speaks no TLS.
    let scheme = if call.host.contains(':') { "http" } else { "https" };
    format!("{scheme}://{}/evenkeel-sandbox/code/{folder}/{digest}", call.host)
}

/// The zip behind a link of [`location`]; unsigned, as S3's presigned links are.
pub(super) fn download(world: &World, region: &str, name: &str, digest: &str) -> Result<Reply, Fault> {
    match world.lambda.code.get(&blob_key(region, name, digest)) {
        Some(Blob(bytes)) => Ok(Reply::body(StatusCode::OK, "application/zip", bytes.clone())),
        None => Err(fault::not_found("The specified key does not exist.")),
    }
}
