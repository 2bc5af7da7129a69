//! First passwords for the console.
//!
//! Invariant: a generated password passes every password policy that IAM can hold: all four classes, long enough. Which
//! classes a policy asks for is therefore no input.

use zeroize::Zeroizing;

use super::{Secret, StoreError};

/// What of an account's password policy matters for a generated password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PasswordRules {
    /// `MinimumPasswordLength`, characters; below 24 it changes nothing.
    pub minimum_length: u16,
}

/// The length when no policy asks for more: 24 times 6 bits.
const LENGTH: u16 = 24;

/// The longest password that IAM takes (`CreateLoginProfile`).
const LONGEST: u16 = 128;

const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
/// Of IAM's symbols those that need no quoting in shells and settings files, as far as there are any.
const SYMBOLS: &[u8] = b"!@^*_+-=";

/// The classes together have 64 characters, so that six random bits choose one without bias. Letters and digits that
/// people mistake for each other are left out.
const CLASSES: [&[u8]; 4] = [LOWER, UPPER, DIGITS, SYMBOLS];

/// A random password with lower and upper case, digits and symbols.
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn generate_password(rules: &PasswordRules) -> Result<Secret, StoreError> {
    let mut bytes = Zeroizing::new(vec![0_u8; usize::from(rules.minimum_length.clamp(LENGTH, LONGEST))]);
    loop {
        getrandom::fill(&mut bytes).map_err(StoreError::NoRandomness)?;
        let password: String = bytes
            .iter()
            .filter_map(|byte| character(*byte))
            .map(char::from)
            .collect();
        let secret = Secret::new(password);
        if has_all_classes(secret.reveal()) {
            return Ok(secret);
        }
    }
}

/// The character that the lower six bits choose.
fn character(byte: u8) -> Option<u8> {
    CLASSES.concat().get(usize::from(byte & 63)).copied()
}

/// Asked of whole passwords and repeated until true: forcing a class into a place would make it predictable.
fn has_all_classes(password: &str) -> bool {
    CLASSES
        .iter()
        .all(|class| password.bytes().any(|byte| class.contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn password(minimum_length: u16) -> Secret {
        generate_password(&PasswordRules { minimum_length }).unwrap()
    }

    #[test]
    fn the_alphabet_is_six_bits() {
        let all = CLASSES.concat();
        assert_eq!(all.len(), 64);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 64);
        let reached: BTreeSet<_> = (0..=255).filter_map(character).collect();
        assert_eq!(reached.len(), 64);
    }

    #[test]
    fn passwords_have_all_classes() {
        for _ in 0..500 {
            assert!(has_all_classes(password(0).reveal()));
        }
        assert!(!has_all_classes("onlylower"));
        assert!(!has_all_classes("lowerUPPER23"));
        assert!(has_all_classes("aU2!"));
    }

    #[test]
    fn lengths_follow_the_rules_within_iams() {
        let lengths = [0, 23, 24, 40, 128, 500].map(|minimum| password(minimum).reveal().len());
        assert_eq!(lengths, [24, 24, 24, 40, 128, 128]);
    }

    #[test]
    fn no_two_are_alike() {
        let many: BTreeSet<String> = (0..200).map(|_| password(0).reveal().to_owned()).collect();
        assert_eq!(many.len(), 200);
    }
}
