//! Copies of what a server stores besides its database.

mod copied;
mod copy;
mod key;
mod local_files;

pub use copied::Copied;
pub use local_files::LocalFiles;
