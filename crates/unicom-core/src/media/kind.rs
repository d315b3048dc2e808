//! `MediaKind`: the type of a file, detected from its content.

use std::io::Cursor;

use unicom_models::MediaType;

use super::detect::kind_of;
use super::kinds::KINDS;

/// A type of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaKind {
    /// The kind of content: [`MediaType::Image`], [`MediaType::Audio`], [`MediaType::Video`] or
    /// [`MediaType::File`].
    pub media_type: MediaType,
    /// The MIME type, for example `image/png`.
    pub content_type: &'static str,
    /// The extension of file names, without the dot, for example `png`.
    pub extension: &'static str,
}

impl MediaKind {
    /// A file of unknown type, which readers may download only.
    pub const DOWNLOAD: Self = Self {
        media_type: MediaType::File,
        content_type: "application/octet-stream",
        extension: "bin",
    };

    /// The supported types, for messages to people.
    pub const CHOICES: &'static str = "png, jpeg, gif, webp images; ogg, mp3, wav, m4a, aac, flac, webm audio; \
                                       mp4, webm video; pdf, txt, csv, docx, xlsx, pptx, odt, ods, odp, zip";

    /// Returns the supported types.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().copied()
    }

    /// Detects the type of a file from its complete content. Returns `None` if the type is not
    /// supported. Blocks while it reads.
    ///
    /// Names and claimed types are ignored. Whether an image is complete is not checked: see
    /// [`examine`](super::examine). Serve the file with `X-Content-Type-Options: nosniff`.
    ///
    /// ```
    /// use unicom_core::media::MediaKind;
    ///
    /// let kind = MediaKind::detect(b"GIF89a\x01\0\x01\0").unwrap();
    /// assert_eq!(kind.content_type, "image/gif");
    /// assert_eq!(MediaKind::detect(b"<svg>"), None);
    /// ```
    pub fn detect(content: &[u8]) -> Option<Self> {
        let (kind, _) = kind_of(Cursor::new(content), None).ok()?;
        Some(kind)
    }
}
