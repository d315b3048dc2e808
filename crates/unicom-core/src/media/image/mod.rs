//! How large an image is once it is shown: read from its file's structure, without decoding a pixel
//! (decision 0012).

mod gif;
mod jpeg;
mod png;
mod scan;
mod size;
#[cfg(test)]
mod tests;
mod webp;

use std::io::{self, Read, Seek};

use scan::{Broken, Scan};

use super::MediaKind;

pub use size::ImageSize;

/// Pixels on a side that an image may have: more than that no graphics card and no WebP holds.
const LONGEST_SIDE: u32 = 16_384;

/// How many times the pixels of one image all frames of an animation may have together.
const ANIMATION: u64 = 20;

/// What an image may ask of whoever shows it: a small file can hold very many pixels (CWE-409).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Pixels, width times height. Defaults to 64,000,000, of which a viewer makes 256 MB; that is a photograph of a
    /// telephone or a panorama. The frames of an animation may have 20 times as many together. Beside it, no side may
    /// be longer than 16,384.
    pub pixels: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { pixels: 64_000_000 }
    }
}

/// Why an image is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It begins like an image and does not go on like one: it is cut off, contradicts itself, or is something else.
    #[error("it begins like {content_type} and is not one, or not a whole one")]
    Broken {
        /// What it begins like.
        content_type: &'static str,
    },
    /// It would be too large once shown.
    #[error(
        "an image must have at most {pixels} pixels and {LONGEST_SIDE} on a side, and this one has \
         {width} x {height}"
    )]
    TooManyPixels {
        /// Its pixels from left to right.
        width: u32,
        /// Its pixels from top to bottom.
        height: u32,
        /// The pixels that it may have.
        pixels: u64,
    },
    /// All of its frames together would be too large.
    #[error(
        "the frames of an image must have at most {pixels} pixels together, and this one has {frames} of \
         {width} x {height}"
    )]
    TooManyFrames {
        /// Its pixels from left to right.
        width: u32,
        /// Its pixels from top to bottom.
        height: u32,
        /// Its frames.
        frames: u32,
        /// The pixels that they may have.
        pixels: u64,
    },
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ImageLimits {
    /// Reads how large an image of this kind is, and refuses one that is too large. Blocks while it reads.
    ///
    /// The file is followed to the mark at its end, from each part to the next; what is compressed is not looked at. What
    /// comes after the end is no part of the image, and may be there: telephones put films behind their photographs.
    /// A size that is given twice must be the same.
    ///
    /// # Errors
    /// [`ImageError`]; `Broken` too for a kind that is no image.
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
