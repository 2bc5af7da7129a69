//! The one integration binary: a module for each subject.

#![allow(clippy::expect_used, reason = "a test that can't go on says why and fails")]

mod bad_input;
mod can;
mod deploy;
mod docs;
mod examples;
mod place;
mod policy;
mod reference;
mod reports;
mod schema;
mod shell;
