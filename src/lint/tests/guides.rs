//! What real guides paste, and what there is to say of it.
