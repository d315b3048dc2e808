//! The dimensions of an image.

/// How large an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageSize {
    /// Pixels from left to right; of the canvas, where there are several frames.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Pictures that are shown one after the other; 1 where nothing moves.
    pub frames: u32,
}
