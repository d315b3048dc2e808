//! Dimensions of an image.

use unicom_models::MediaMeasures;

/// Dimensions of an image and its number of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageSize {
    /// Width in pixels: of the canvas, if there are several frames.
    pub width: u32,
    /// Height in pixels: of the canvas, if there are several frames.
    pub height: u32,
    /// Number of frames of an animation; 1 for a still image.
    pub frames: u32,
}

impl From<ImageSize> for MediaMeasures {
    fn from(size: ImageSize) -> Self {
        Self {
            // No side is longer than the limit, which fits.
            width: size.width.try_into().ok(),
            height: size.height.try_into().ok(),
            duration_ms: None,
        }
    }
}
