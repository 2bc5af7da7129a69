//! Refusals in AWS's words, in each service's shape.
//!
//! Invariant: a refusal names caller, action, resource and the sort of policy that refuses, and no document (IAM user guide,
//! "Troubleshoot access denied error messages").

use http::{Method, StatusCode};

use super::asked::Asked;
use super::judge::{Refused, may};
use crate::sandbox::s3::{self, Place};
use crate::sandbox::{Call, Fault, Service, World};

pub(super) fn denied(call: &Call, asked: &Asked, refused: Refused) -> Fault {
    let Asked { action, resource, .. } = asked;
    let resource = match call.service {
        Service::S3 => format!("\"{resource}\""),
        _ => resource.clone(),
    };
    let why = match refused {
        Refused::Explicitly(policy) => format!("with an explicit deny in {policy}"),
        Refused::Implicitly(policy) => format!("because no {policy} allows the {action} action"),
    };
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: {resource} {why}",
        call.caller.arn
    );
    let (status, code) = match call.service {
        Service::Iam | Service::Sts | Service::S3 => (StatusCode::FORBIDDEN, "AccessDenied"),
        Service::Lambda => (StatusCode::FORBIDDEN, "AccessDeniedException"),
        Service::Events | Service::Trail => (StatusCode::BAD_REQUEST, "AccessDeniedException"),
    };
    Fault::new(status, code, message)
}

/// S3 tells whether an object is there only to who may list its bucket; to others, what is missing is forbidden (API
/// reference, `GetObject` and `HeadObject`, "Permissions").
pub(in crate::sandbox) fn veiled(world: &World, call: &Call, fault: Fault) -> Fault {
    let is_read = matches!(call.method, Method::GET | Method::HEAD);
    let is_missing = fault.status == StatusCode::NOT_FOUND && fault.code != "NoSuchBucket";
    if call.service != Service::S3 || !is_read || !is_missing {
        return fault;
    }
    match s3::place(call) {
        Place::Object(bucket, _) => {
            let list = Asked::new("s3:ListBucket", format!("arn:aws:s3:::{bucket}"));
            match may(world, call, &list) {
                true => fault,
                false => denied(call, &list, Refused::Implicitly("identity-based policy")),
            }
        }
        Place::Service | Place::Bucket(_) => fault,
    }
}
