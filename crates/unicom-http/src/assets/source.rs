//! [`Source`]: where the files are.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use actix_web::web;
use unicom_content::media::sha256_hex;

use super::encoding::Encoding;
use crate::ApiError;

/// Where the files are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// In the program.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
}

/// A file in one encoding.
#[derive(Debug)]
pub(super) struct Found {
    pub content_type: &'static str,
    /// The SHA-256 hash of the file without compression, in hexadecimal.
    pub hash: String,
    pub encoding: Encoding,
    pub content: web::Bytes,
}

impl Source {
    /// Returns the file with this name, or `None` if there is none. Files of a folder are returned
    /// as they are, whatever the encoding.
    pub async fn find(&self, name: &str, encoding: Encoding) -> Result<Option<Found>, ApiError> {
        match self {
            Self::Embedded => Ok(unicom_ui::asset(name).map(|asset| Found {
                content_type: asset.content_type,
                hash: asset.hash.to_owned(),
                encoding,
                content: web::Bytes::from_static(match encoding {
                    Encoding::Raw => asset.raw,
                    Encoding::Brotli => asset.brotli,
                    Encoding::Gzip => asset.gzip,
                }),
            })),
            Self::Folder(folder) => {
                if !is_script(name) {
                    return Ok(None);
                }
                let Some(content) = read(folder, name).await? else {
                    return Ok(None);
                };
                let hash = sha256_hex(content.as_slice()).map_err(ApiError::unexpected)?;
                Ok(Some(Found {
                    content_type: "text/javascript; charset=utf-8",
                    hash,
                    encoding: Encoding::Raw,
                    content: content.into(),
                }))
            }
        }
    }
}

/// Returns `true` for the name of a script, which cannot lead out of its folder.
fn is_script(name: &str) -> bool {
    let stem = name.strip_suffix(".js").unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !stem.is_empty() && stem.bytes().all(allowed)
}

/// Returns the content of a file, or `None` if it does not exist.
async fn read(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, ApiError> {
    let path = folder.join(name);
    let read = web::block(move || std::fs::read(path)).await;
    match read.map_err(ApiError::unexpected)? {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ApiError::unexpected(error)),
    }
}
