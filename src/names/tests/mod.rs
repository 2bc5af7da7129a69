//! Tables of what is accepted and refused, with the exact words, and laws that hold for every text.

mod arns;
mod events;
mod laws;
mod names;
mod patterns;
mod schedules;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use super::NameError;

/// Every text parses and shows itself again.
#[track_caller]
fn accepts<T: FromStr<Err = NameError> + Display>(texts: &[&str]) {
    for text in texts {
        match text.parse::<T>() {
            Ok(value) => assert_eq!(value.to_string(), *text),
            Err(error) => panic!("refused: {error}"),
        }
    }
}

/// Every text is refused with exactly these words.
#[track_caller]
fn refuses<T: FromStr<Err = NameError> + Debug>(table: &[(&str, &str)]) {
    for (text, message) in table {
        let error = text.parse::<T>().expect_err(text);
        assert_eq!(error.to_string(), *message);
    }
}

fn of<T: FromStr<Err = NameError>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error: NameError| panic!("{error}"))
}
