//! A simulated AWS account: a request in, a response out.
