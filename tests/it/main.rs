//! The integration tests: one binary, one module for each subject.

mod bad_input;
mod place;
