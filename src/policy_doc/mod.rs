//! IAM policy documents: parse with positions, canonical form, comparison, differences by statement.
