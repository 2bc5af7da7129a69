//! Set operators: "Multivalued context keys", "Single-valued vs. multivalued context keys".

use super::conditions::{holds, table};
use crate::evaluate::Context;

#[test]
fn for_all_values() {
    const ALLOWED: &str = r#"{"ForAllValues:StringEquals":{"dynamodb:Attributes":["ID","Message","Tags"]}}"#;
    table(&[
        (
            ALLOWED,
            &[("dynamodb:Attributes", "Message"), ("dynamodb:Attributes", "Tags")],
            "yes",
        ),
        (
            ALLOWED,
            &[("dynamodb:Attributes", "Message"), ("dynamodb:Attributes", "UserName")],
            "no",
        ),
        // "It also returns true if there are no keys in the request, or if the key values resolve to a null data set."
        (ALLOWED, &[], "yes"),
        (ALLOWED, &[("dynamodb:Attributes", "")], "yes"),
        (
            r#"{"ForAllValues:StringLike":{"aws:TagKeys":"Created*"}}"#,
            &[("aws:TagKeys", "CreatedBy"), ("aws:TagKeys", "CreatedAt")],
            "yes",
        ),
        (
            r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[("aws:TagKeys", "c"), ("aws:TagKeys", "d")],
            "yes",
        ),
        (
            r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[("aws:TagKeys", "c"), ("aws:TagKeys", "a")],
            "no",
        ),
        (r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":"a"}}"#, &[], "yes"),
        (
            r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}}"#,
            &[],
            "no",
        ),
        (
            r#"{"ForAllValues:ArnLike":{"k:x":"arn:aws:s3:::*"}}"#,
            &[("k:x", "arn:aws:s3:::a"), ("k:x", "arn:aws:sns:::a")],
            "no",
        ),
    ]);
}

#[test]
fn for_any_value() {
    const FORBIDDEN: &str = r#"{"ForAnyValue:StringEquals":{"dynamodb:Attributes":["ID","PostDateTime"]}}"#;
    table(&[
        (
            FORBIDDEN,
            &[
                ("dynamodb:Attributes", "PostDateTime"),
                ("dynamodb:Attributes", "Message"),
            ],
            "yes",
        ),
        (FORBIDDEN, &[("dynamodb:Attributes", "UserName")], "no"),
        // "For no matching key or a null dataset, the condition returns false."
        (FORBIDDEN, &[], "no"),
        (FORBIDDEN, &[("dynamodb:Attributes", "")], "no"),
        (
            r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "c")],
            "yes",
        ),
        (
            r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            "no",
        ),
        (
            r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[],
            "no",
        ),
        (
            r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2/r-x/*"}}"#,
            &[("aws:PrincipalOrgPaths", "o-a1b2/r-x/ou-1/")],
            "yes",
        ),
        (
            r#"{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"a"}}"#,
            &[],
            "yes",
        ),
        (
            r#"{"ForAnyValue:Bool":{"k:x":"true"}}"#,
            &[("k:x", "false"), ("k:x", "true")],
            "yes",
        ),
    ]);
}

#[test]
fn a_plain_operator_on_several_values_is_only_answered_where_they_agree() {
    table(&[
        (
            r#"{"StringEquals":{"aws:TagKeys":["a","b"]}}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            "yes",
        ),
        (
            r#"{"StringEquals":{"aws:TagKeys":"a"}}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            "?",
        ),
        (
            r#"{"StringEquals":{"aws:TagKeys":"c"}}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            "no",
        ),
    ]);
}

#[test]
fn what_is_not_given_is_unknown_only_where_it_matters() {
    for (condition, keys, expected) in [
        (r#"{"StringEquals":{"k:x":"a"}}"#, &[][..], "?"),
        (r#"{"StringNotEquals":{"k:x":"a"}}"#, &[], "?"),
        (r#"{"StringEqualsIfExists":{"k:x":"a"}}"#, &[], "?"),
        (r#"{"Null":{"k:x":"true"}}"#, &[], "?"),
        (r#"{"ForAllValues:StringEquals":{"k:x":"a"}}"#, &[], "?"),
        (r#"{"StringEquals":{"k:x":"a"}}"#, &[("k:x", "a")], "yes"),
        (r#"{"StringEquals":{"k:x":"a","k:y":"b"}}"#, &[("k:x", "b")], "no"),
        (r#"{"StringEquals":{"k:x":"${k:y}"}}"#, &[("k:x", "b")], "?"),
        (r#"{"StringEquals":{"k:x":["b","${k:y}"]}}"#, &[("k:x", "b")], "yes"),
        // What follows from the principal is known all the same.
        (r#"{"StringEquals":{"aws:username":"bob"}}"#, &[], "yes"),
        (
            r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
            &[],
            "yes",
        ),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, &[], "yes"),
        (r#"{"Null":{"aws:PrincipalServiceName":"true"}}"#, &[], "yes"),
    ] {
        assert_eq!(
            holds(condition, keys, Context::incomplete()),
            expected,
            "{condition} where {keys:?}"
        );
    }
}
