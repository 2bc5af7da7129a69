//! EventBridge through the account's front door.
