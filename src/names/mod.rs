//! Names, ARNs, ids and other small values that AWS constrains: valid by construction.
