//! The one integration binary.

mod docs;
mod examples;
mod reference;
