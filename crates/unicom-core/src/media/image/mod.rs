//! Size of a displayed image, read from the structure of its file without decoding pixels (decision
//! 0012).

mod gif;
mod jpeg;
mod png;
mod size;
#[cfg(test)]
mod tests;
mod webp;

use std::io::{self, Read, Seek};

use super::scan::{Broken, Scan};
use super::{MediaError, MediaKind};

pub use size::ImageSize;

/// Maximum length of a side in pixels. Graphics cards and WebP support no more.
const LONGEST_SIDE: u32 = 16_384;

/// Maximum pixels of all frames of an animation together, as a multiple of the limit for one image.
const ANIMATION: u64 = 20;

/// Limits on what displaying an image may take: a small file can contain a very large number of
/// pixels (CWE-409).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Maximum number of pixels, width times height. Defaults to 64,000,000, which take 256 MB in a
    /// viewer and are enough for a phone's photograph or a panorama. All frames of an animation
    /// together may have 20 times as many. In addition, no side may be longer than 16,384 pixels.
    pub pixels: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { pixels: 64_000_000 }
    }
}

/// Reason why an image is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The file begins like an image but is not a valid one: it is truncated, contradicts itself,
    /// or is something else.
    #[error("it starts like {content_type} but is not a complete, valid file of that type")]
    Broken {
        /// The MIME type that the beginning of the file indicates.
        content_type: &'static str,
    },
    /// The image would be too large when displayed.
    #[error(
        "an image must have at most {pixels} pixels and {LONGEST_SIDE} on a side, and this one has \
         {width} x {height}"
    )]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Maximum number of pixels.
        pixels: u64,
    },
    /// All frames together would be too large.
    #[error(
        "the frames of an image must have at most {pixels} pixels together, and this one has {frames} of \
         {width} x {height}"
    )]
    TooManyFrames {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Number of frames.
        frames: u32,
        /// Maximum number of pixels of all frames together.
        pixels: u64,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<ImageError> for MediaError {
    fn from(error: ImageError) -> Self {
        let reason = error.to_string();
        match error {
            ImageError::TooManyPixels { .. } | ImageError::TooManyFrames { .. } => {
                Self::TooManyPixels { reason }
            }
            ImageError::Broken { .. } | ImageError::Io(_) => Self::Refused { reason },
        }
    }
}

impl ImageLimits {
    /// Reads the size of an image of the given kind, and refuses one that is too large. Blocks
    /// while it reads.
    ///
    /// The structure of the file is followed from each part to the next, up to its end marker;
    /// compressed data is not decoded. Data after the end marker is ignored: phones append videos
    /// to their photographs. The end marker itself may be missing, as browsers allow. If a size is
    /// stored twice, both must agree.
    ///
    /// # Errors
    /// [`ImageError`]; [`ImageError::Broken`] also for a kind that is not an image.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use unicom_core::media::{ImageLimits, MediaKind};
    ///
    /// let gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    /// let kind = MediaKind::detect(gif).unwrap();
    /// let size = ImageLimits::default().check(&kind, Cursor::new(gif)).unwrap();
    /// assert_eq!((size.width, size.height, size.frames), (1, 1, 1));
    /// assert!(ImageLimits { pixels: 0 }.check(&kind, Cursor::new(gif)).is_err());
    /// ```
    pub fn check(
        self,
        kind: &MediaKind,
        content: impl Read + Seek,
    ) -> Result<ImageSize, ImageError> {
        let read = match kind.content_type {
            "image/png" => png::size,
            "image/jpeg" => jpeg::size,
            "image/gif" => gif::size,
            "image/webp" => webp::size,
            _ => |_: &mut Scan<_>| Err(Broken::Format),
        };
        let broken = ImageError::Broken {
            content_type: kind.content_type,
        };
        match read(&mut Scan::new(content)?) {
            Ok(size) if size.width == 0 || size.height == 0 || size.frames == 0 => Err(broken),
            Ok(size) => self.allow(size),
            Err(Broken::Format) => Err(broken),
            Err(Broken::Io(error)) => Err(error.into()),
        }
    }

    fn allow(self, size: ImageSize) -> Result<ImageSize, ImageError> {
        let ImageSize {
            width,
            height,
            frames,
        } = size;
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.pixels || width.max(height) > LONGEST_SIDE {
            return Err(ImageError::TooManyPixels {
                width,
                height,
                pixels: self.pixels,
            });
        }
        let of_all = self.pixels.saturating_mul(ANIMATION);
        if pixels.saturating_mul(frames.into()) > of_all {
            return Err(ImageError::TooManyFrames {
                width,
                height,
                frames,
                pixels: of_all,
            });
        }
        Ok(size)
    }
}
