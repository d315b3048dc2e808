//! Documents and archives, which readers download.

pub(super) mod text;
pub(super) mod zip;
