//! Files of messages: their types, names and storage.

mod file;
mod object;

pub use file::{store_base64, store_bytes, store_path};
pub use object::{ObjectMediaStore, is_out_of_room};
pub use unicom_core::media::{
    FileError, ImageError, ImageLimits, ImageSize, LARGEST_FILE, MediaKind, Unsupported,
    content_disposition, examine, new_media_key, safe_file_name, sha256_hex,
};
