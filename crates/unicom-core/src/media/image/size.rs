//! Dimensions of an image.

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
