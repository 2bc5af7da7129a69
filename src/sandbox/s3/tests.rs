//! S3 through the account's front door.
