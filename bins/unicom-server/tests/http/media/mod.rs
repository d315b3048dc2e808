//! Files: which are taken, under which name they are kept, and how they are served.

mod forms;
mod names;
mod serving;
mod taking;

/// The shortest beginning of a PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
