//! The digest under which a file's content is known.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// SHA-256 of all that `content` gives, in hexadecimal. Blocks while it reads.
///
/// # Errors
/// Whatever reading gives.
pub fn sha256_hex(mut content: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0_u8; 64 << 10];
    loop {
        match content.read(&mut chunk)? {
            0 => break,
            read => hasher.update(&chunk[..read]),
        }
    }
    Ok(hex::encode(hasher.finalize()))
}
