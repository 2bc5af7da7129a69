//! Access control lists of buckets and objects: canned ones, grants in headers and grants in the body.
//!
//! Invariant: an ACL is kept as its grants, so a canned one reads back as what it stands for. What a grant would let
//! through is not decided here.

use serde::{Deserialize, Serialize};

use super::xml::Element;
use super::{bucket, chunked, fault, schema, xml};
use crate::sandbox::{Call, Fault};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const SIGNED_IN: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// Amazon EC2's canonical id, to whom `aws-exec-read` grants.
const EXECUTION: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";
const PERMISSIONS: [&str; 5] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];
const HEADERS: [(&str, &str); 5] = [
    ("x-amz-grant-full-control", "FULL_CONTROL"),
    ("x-amz-grant-read", "READ"),
    ("x-amz-grant-write", "WRITE"),
    ("x-amz-grant-read-acp", "READ_ACP"),
    ("x-amz-grant-write-acp", "WRITE_ACP"),
];

/// Grants in the order in which they read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acl(Vec<Grant>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Grant {
    grantee: Grantee,
    permission: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Grantee {
    /// A canonical id.
    User(String),
    /// The URI of one of the predefined groups.
    Group(String),
}

impl Grantee {
    fn user(id: &str) -> Result<Self, Fault> {
        let is_id = id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit());
        match is_id {
            true => Ok(Self::User(id.to_owned())),
            false => Err(fault::argument("CanonicalUser/ID", id, "Invalid id")),
        }
    }

    fn group(uri: &str) -> Result<Self, Fault> {
        match [ALL_USERS, SIGNED_IN, LOG_DELIVERY].contains(&uri) {
            true => Ok(Self::Group(uri.to_owned())),
            false => Err(fault::argument("Group/URI", uri, "Invalid group uri")),
        }
    }

    /// Nobody has an address here.
    fn address(address: &str) -> Result<Self, Fault> {
        let message = "The e-mail address you provided does not match any account on record.";
        Err(fault::bad("UnresolvableGrantByEmailAddress", message).with("EmailAddress", address))
    }

    fn read(element: &Element) -> Result<Self, Fault> {
        match (element.get("ID"), element.get("URI"), element.get("EmailAddress")) {
            (Some(id), None, None) => Self::user(id),
            (None, Some(uri), None) => Self::group(uri),
            (None, None, Some(address)) => Self::address(address),
            _ => Err(malformed()),
        }
    }

    fn describe(&self) -> Element {
        let (kind, name, text) = match self {
            Self::User(id) => ("CanonicalUser", "ID", id),
            Self::Group(uri) => ("Group", "URI", uri),
        };
        typed(Element::new("Grantee").with_leaf(name, text), kind)
    }
}

fn typed(element: Element, kind: &str) -> Element {
    let named = element.with_attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    named.with_attribute("xsi:type", kind)
}

fn malformed() -> Fault {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    fault::bad("MalformedACLError", message)
}

/// Whose ACL it is: buckets and objects have canned ones of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Bucket,
    Object,
}

impl Acl {
    /// The owner alone, as everything is born.
    pub(super) fn private(account: &str) -> Self {
        Self(vec![Grant {
            grantee: Grantee::User(bucket::canonical_id(account)),
            permission: "FULL_CONTROL".to_owned(),
        }])
    }

    fn canned(account: &str, name: &str, of: Of) -> Option<Self> {
        let group = |uri: &str, permission: &str| Grant {
            grantee: Grantee::Group(uri.to_owned()),
            permission: permission.to_owned(),
        };
        let more = match (name, of) {
            ("private", _) | ("bucket-owner-read" | "bucket-owner-full-control", _) => vec![],
            ("public-read", _) => vec![group(ALL_USERS, "READ")],
            ("public-read-write", _) => vec![group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")],
            ("authenticated-read", _) => vec![group(SIGNED_IN, "READ")],
            ("aws-exec-read", _) => vec![Grant {
                grantee: Grantee::User(EXECUTION.to_owned()),
                permission: "READ".to_owned(),
            }],
            ("log-delivery-write", Of::Bucket) => vec![group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")],
            _ => return None,
        };
        let mut acl = Self::private(account);
        acl.0.extend(more);
        Some(acl)
    }

    /// What the headers of a call ask for, if they ask for anything.
    pub(super) fn asked(call: &Call, account: &str, of: Of) -> Result<Option<Self>, Fault> {
        let granted = headers(call)?;
        let Some(canned) = call.header("x-amz-acl") else {
            return Ok((!granted.is_empty()).then_some(Self(granted)));
        };
        if !granted.is_empty() {
            let message = "Specifying both Canned ACLs and Header Grants is not allowed";
            return Err(fault::bad("InvalidRequest", message));
        }
        let acl = Self::canned(account, canned, of);
        acl.map(Some).ok_or_else(|| fault::argument("x-amz-acl", canned, ""))
    }

    /// What a PutBucketAcl or PutObjectAcl asks for, in headers or body.
    pub(super) fn put(call: &Call, account: &str, of: Of) -> Result<Self, Fault> {
        let asked = Self::asked(call, account, of)?;
        match (asked, call.body.is_empty()) {
            (Some(acl), true) => Ok(acl),
            (Some(_), false) => {
                let message = "This request does not support content";
                Err(fault::bad("UnexpectedContent", message))
            }
            (None, true) => {
                let message = "Your request was missing a required header";
                Err(fault::bad("MissingSecurityHeader", message).with("MissingHeaderName", "x-amz-acl"))
            }
            (None, false) => Self::read(call, account),
        }
    }

    fn read(call: &Call, account: &str) -> Result<Self, Fault> {
        let element = xml::parse(&chunked::body(call)?).map_err(|_| malformed())?;
        if element.name != "AccessControlPolicy" || !schema::admits(&element) {
            return Err(malformed());
        }
        let owner = element.child("Owner").and_then(|owner| owner.get("ID"));
        // The owner can't be changed by this call.
        if owner.ok_or_else(malformed)? != bucket::canonical_id(account) {
            return Err(fault::denied("Access Denied"));
        }
        let list = element.child("AccessControlList").ok_or_else(malformed)?;
        list.all("Grant").map(grant).collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// Whether it grants to nobody but the owner.
    pub(super) fn is_private(&self, account: &str) -> bool {
        let owner = Grantee::User(bucket::canonical_id(account));
        self.0.iter().all(|grant| grant.grantee == owner)
    }

    /// Whether it grants to everybody, or to everybody with an account anywhere.
    pub(super) fn is_public(&self) -> bool {
        let is_public = |grant: &Grant| matches!(&grant.grantee, Grantee::Group(uri) if uri != LOG_DELIVERY);
        self.0.iter().any(is_public)
    }

    pub(super) fn describe(&self, account: &str) -> Element {
        let grants = self.0.iter().map(|grant| {
            Element::new("Grant")
                .with(grant.grantee.describe())
                .with_leaf("Permission", &grant.permission)
        });
        Element::new("AccessControlPolicy")
            .with(bucket::owner(account, "Owner"))
            .with(Element::new("AccessControlList").with_all(grants))
    }
}

fn grant(element: &Element) -> Result<Grant, Fault> {
    let permission = element.get("Permission").unwrap_or_default();
    if !PERMISSIONS.contains(&permission) {
        return Err(malformed());
    }
    Ok(Grant {
        grantee: Grantee::read(element.child("Grantee").ok_or_else(malformed)?)?,
        permission: permission.to_owned(),
    })
}

/// Grants as headers write them: `id="…", uri="…"`.
fn headers(call: &Call) -> Result<Vec<Grant>, Fault> {
    let mut grants = Vec::new();
    for (header, permission) in HEADERS {
        let names = call.header(header).into_iter().flat_map(|text| text.split(','));
        for name in names {
            grants.push(Grant {
                grantee: named(header, name.trim())?,
                permission: permission.to_owned(),
            });
        }
    }
    Ok(grants)
}

fn named(header: &str, text: &str) -> Result<Grantee, Fault> {
    let (kind, name) = text.split_once('=').unwrap_or_default();
    let name = name.trim_matches('"');
    match kind.trim().to_ascii_lowercase().as_str() {
        "id" => Grantee::user(name),
        "uri" => Grantee::group(name),
        "emailaddress" => Grantee::address(name),
        _ => Err(fault::argument(header, text, "Argument format not recognized")),
    }
}

/// The grantees of a setting's grants, with the types that S3 shows.
pub(super) fn typed_grantees(element: &mut Element) {
    if element.name == "Grantee" {
        let kind = ["URI", "EmailAddress"]
            .into_iter()
            .find(|name| element.child(name).is_some());
        let kind = match kind {
            Some("URI") => "Group",
            Some(_) => "AmazonCustomerByEmail",
            None => "CanonicalUser",
        };
        element.attributes.clear();
        *element = typed(std::mem::take(element), kind);
    }
    element.children.iter_mut().for_each(typed_grantees);
}
