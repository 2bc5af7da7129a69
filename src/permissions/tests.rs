use super::*;
use crate::names::{AccountId, Partition};
