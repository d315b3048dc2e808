//! `MediaKind`: the type of a file.

use unicom_models::MediaType;

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
}
