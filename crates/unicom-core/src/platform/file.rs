//! [`FileSink`]: the content of a file that a platform fetches.

use bytes::Bytes;

use super::DeliveryError;
use crate::media::LARGEST_FILE;

/// The content of a file that [`Platform::fetch`](super::Platform::fetch) fetches, of at most
/// 20 MiB.
#[derive(Default)]
pub struct FileSink(Vec<u8>);

impl FileSink {
    /// Adds the next bytes of the file.
    ///
    /// # Errors
    /// [`DeliveryError::Rejected`] if the file becomes too large. Return it, and do not read on.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), DeliveryError> {
        if self.0.len() + chunk.len() > LARGEST_FILE {
            return Err(Self::too_large());
        }
        self.0.extend_from_slice(chunk);
        Ok(())
    }

    /// Returns the bytes so far.
    pub fn content(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.0.into()
    }

    pub(crate) fn too_large() -> DeliveryError {
        let reason = format!("the file must be at most {LARGEST_FILE} bytes long");
        DeliveryError::rejected("too_large", reason)
    }
}

impl std::fmt::Debug for FileSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileSink")
            .field("bytes", &self.0.len())
            .finish_non_exhaustive()
    }
}
