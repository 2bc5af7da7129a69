//! The codes of what can be wrong with a policy document before its meaning is looked at.
//!
//! Invariant: a code never changes its meaning and is never used again for something else. Several faults may share a
//! code; each code has its explanation in [`crate::lint`], which has the rules about meaning, too.

/// A text that should be JSON is not.
pub const NOT_JSON: &str = "P001";
/// A document that is neither a mapping nor a list of statements nor a JSON text.
pub const NOT_A_DOCUMENT: &str = "P010";
/// An element that the policy language does not have, or not in this place.
pub const UNKNOWN_ELEMENT: &str = "P003";
/// `Statement`, `Effect`, `Action`, `Resource` or `Principal` is missing.
pub const MISSING_ELEMENT: &str = "P002";
/// `Action` beside `NotAction`, and the like.
pub const BOTH_ELEMENTS: &str = "P004";
/// An element that this kind of policy may not have, such as `Resource` in a trust policy.
pub const ELEMENT_NOT_ALLOWED: &str = "P007";
/// `Effect` is neither `Allow` nor `Deny`.
pub const BAD_EFFECT: &str = "P011";
/// `Version` is neither `2012-10-17` nor `2008-10-17`.
pub const BAD_VERSION: &str = "P005";
/// A `Sid` with characters that AWS refuses.
pub const BAD_SID: &str = "P006";
/// Two statements with one `Sid`.
pub const SID_TWICE: &str = "P006";
/// A list where a text is needed, and the like.
pub const WRONG_TYPE: &str = "P012";
/// An action that is neither `*` nor `service:name`.
pub const BAD_ACTION: &str = "P013";
/// An empty list, mapping or text where at least one thing must be named.
pub const EMPTY: &str = "P014";
/// A condition operator that does not exist.
pub const UNKNOWN_OPERATOR: &str = "P111";
/// A placeholder of a guide that nobody has filled in.
pub const PLACEHOLDER: &str = "P009";
/// A principal named by its unique id (`AIDA…`, `AROA…`), which AWS refuses to store.
pub const UNIQUE_ID: &str = "P113";
/// A principal that is not written as AWS wants it.
pub const BAD_PRINCIPAL: &str = "P113";
/// A character that IAM does not allow in documents.
pub const BAD_CHARACTER: &str = "P015";
/// A resource that is neither `*` nor an ARN.
pub const BAD_RESOURCE: &str = "P114";
/// `${…}` in a document of 2008, where it is literal text.
pub const VARIABLE_IN_2008: &str = "P005";
/// One condition key twice under one operator.
pub const CONDITION_TWICE: &str = "P016";

/// The codes of this room, each once, in order.
pub const ALL: &[&str] = &[
    "P001", "P002", "P003", "P004", "P005", "P006", "P007", "P009", "P010", "P011", "P012", "P013", "P014", "P015",
    "P016", "P111", "P113", "P114",
];
