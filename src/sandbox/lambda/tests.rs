//! Lambda through the account's front door.
