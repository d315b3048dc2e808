//! Files of messages: their types, names and storage.

mod digest;
mod file;
mod image;
mod key;
mod kind;
mod name;
mod object;

pub use digest::sha256_hex;
pub use file::{LARGEST_FILE, store_base64, store_bytes, store_path};
pub use image::{ImageError, ImageLimits, ImageSize};
pub use key::new_media_key;
pub use kind::MediaKind;
pub use name::{content_disposition, safe_file_name};
pub use object::{ObjectMediaStore, is_out_of_room};
