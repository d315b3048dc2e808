//! SHA-256 digest of a file's content.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Returns the SHA-256 digest of everything that `content` yields, in hexadecimal. Blocks while it
/// reads.
///
/// # Errors
/// Any error of reading `content`.
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
