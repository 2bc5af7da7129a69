//! The one integration binary.

#![allow(clippy::expect_used, reason = "a test that can't go on says why and fails")]

mod docs;
mod examples;
mod reference;
