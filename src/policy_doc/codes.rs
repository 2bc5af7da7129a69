//! The codes of what can be wrong with a policy document.
//!
//! Invariant: a code never changes its meaning and is never used again for something else.

/// A text that should be JSON is not.
pub const NOT_JSON: &str = "E0601";
/// A document that is neither a mapping nor a list of statements nor a JSON text.
pub const NOT_A_DOCUMENT: &str = "E0602";
/// An element that the policy language does not have, or not in this place.
pub const UNKNOWN_ELEMENT: &str = "E0603";
/// `Statement`, `Effect`, `Action`, `Resource` or `Principal` is missing.
pub const MISSING_ELEMENT: &str = "E0604";
/// `Action` beside `NotAction`, and the like.
pub const BOTH_ELEMENTS: &str = "E0605";
/// An element that this kind of policy may not have, such as `Resource` in a trust policy.
pub const ELEMENT_NOT_ALLOWED: &str = "E0606";
/// `Effect` is neither `Allow` nor `Deny`.
pub const BAD_EFFECT: &str = "E0607";
/// `Version` is neither `2012-10-17` nor `2008-10-17`.
pub const BAD_VERSION: &str = "E0608";
/// A `Sid` with characters that AWS refuses.
pub const BAD_SID: &str = "E0609";
/// Two statements with one `Sid`.
pub const SID_TWICE: &str = "E0610";
/// A list where a text is needed, and the like.
pub const WRONG_TYPE: &str = "E0611";
/// An action that is neither `*` nor `service:name`.
pub const BAD_ACTION: &str = "E0612";
/// An empty list, mapping or text where at least one thing must be named.
pub const EMPTY: &str = "E0613";
/// A condition operator that does not exist.
pub const UNKNOWN_OPERATOR: &str = "E0614";
/// A placeholder of a guide that nobody has filled in.
pub const PLACEHOLDER: &str = "E0615";
/// A principal named by its unique id (`AIDA…`, `AROA…`), which AWS refuses to store.
pub const UNIQUE_ID: &str = "E0616";
/// A principal that is not written as AWS wants it.
pub const BAD_PRINCIPAL: &str = "E0617";
/// A character that IAM does not allow in documents.
pub const BAD_CHARACTER: &str = "E0618";
/// A resource that is neither `*` nor an ARN.
pub const BAD_RESOURCE: &str = "E0619";
/// `${…}` in a document of 2008, where it is literal text.
pub const VARIABLE_IN_2008: &str = "E0620";
/// One condition key twice under one operator.
pub const CONDITION_TWICE: &str = "E0621";

/// Every code with what it means, for documentation and for tests.
pub const TABLE: &[(&str, &str)] = &[
    (NOT_JSON, "the document's text is not strict JSON"),
    (NOT_A_DOCUMENT, "this is not a policy document"),
    (UNKNOWN_ELEMENT, "the policy language has no such element here"),
    (MISSING_ELEMENT, "an element that must be there is missing"),
    (BOTH_ELEMENTS, "two elements exclude each other"),
    (ELEMENT_NOT_ALLOWED, "this kind of policy may not have the element"),
    (BAD_EFFECT, "`Effect` is neither `Allow` nor `Deny`"),
    (BAD_VERSION, "`Version` is neither `2012-10-17` nor `2008-10-17`"),
    (BAD_SID, "the `Sid` has characters that AWS refuses"),
    (SID_TWICE, "two statements have the same `Sid`"),
    (WRONG_TYPE, "the value has the wrong type"),
    (BAD_ACTION, "the action is neither `*` nor `service:name`"),
    (EMPTY, "nothing is named where something must be"),
    (UNKNOWN_OPERATOR, "there is no such condition operator"),
    (PLACEHOLDER, "a placeholder was left in"),
    (UNIQUE_ID, "the principal is named by a unique id"),
    (BAD_PRINCIPAL, "the principal is not written as AWS wants it"),
    (BAD_CHARACTER, "the text has a character that IAM does not allow"),
    (BAD_RESOURCE, "the resource is neither `*` nor an ARN"),
    (VARIABLE_IN_2008, "policy variables need `Version` 2012-10-17"),
    (CONDITION_TWICE, "a condition key stands twice under one operator"),
];
