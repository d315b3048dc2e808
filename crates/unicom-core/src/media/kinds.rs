//! The types of files that are supported.

use unicom_models::MediaType;

use super::MediaKind;

const fn kind(
    media_type: MediaType,
    content_type: &'static str,
    extension: &'static str,
) -> MediaKind {
    MediaKind {
        media_type,
        content_type,
        extension,
    }
}

pub(super) const PNG: MediaKind = kind(MediaType::Image, "image/png", "png");
pub(super) const JPEG: MediaKind = kind(MediaType::Image, "image/jpeg", "jpg");
pub(super) const GIF: MediaKind = kind(MediaType::Image, "image/gif", "gif");
pub(super) const WEBP: MediaKind = kind(MediaType::Image, "image/webp", "webp");

pub(super) const OGG: MediaKind = kind(MediaType::Audio, "audio/ogg", "ogg");
pub(super) const MP3: MediaKind = kind(MediaType::Audio, "audio/mpeg", "mp3");
pub(super) const WAV: MediaKind = kind(MediaType::Audio, "audio/wav", "wav");
pub(super) const M4A: MediaKind = kind(MediaType::Audio, "audio/mp4", "m4a");
pub(super) const AAC: MediaKind = kind(MediaType::Audio, "audio/aac", "aac");
pub(super) const FLAC: MediaKind = kind(MediaType::Audio, "audio/flac", "flac");
pub(super) const WEBM_AUDIO: MediaKind = kind(MediaType::Audio, "audio/webm", "webm");

pub(super) const MP4: MediaKind = kind(MediaType::Video, "video/mp4", "mp4");
pub(super) const WEBM: MediaKind = kind(MediaType::Video, "video/webm", "webm");

pub(super) const PDF: MediaKind = kind(MediaType::File, "application/pdf", "pdf");
pub(super) const TXT: MediaKind = kind(MediaType::File, "text/plain", "txt");
pub(super) const CSV: MediaKind = kind(MediaType::File, "text/csv", "csv");
pub(super) const DOCX: MediaKind = kind(
    MediaType::File,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docx",
);
pub(super) const XLSX: MediaKind = kind(
    MediaType::File,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsx",
);
pub(super) const PPTX: MediaKind = kind(
    MediaType::File,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pptx",
);
pub(super) const ODT: MediaKind = kind(
    MediaType::File,
    "application/vnd.oasis.opendocument.text",
    "odt",
);
pub(super) const ODS: MediaKind = kind(
    MediaType::File,
    "application/vnd.oasis.opendocument.spreadsheet",
    "ods",
);
pub(super) const ODP: MediaKind = kind(
    MediaType::File,
    "application/vnd.oasis.opendocument.presentation",
    "odp",
);
pub(super) const ZIP: MediaKind = kind(MediaType::File, "application/zip", "zip");

/// A video that platforms may fetch, and that messages to a web chat do not carry.
pub(super) const MOV: MediaKind = kind(MediaType::Video, "video/quicktime", "mov");

impl MediaKind {
    /// Returns the supported types.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().copied()
    }
}

/// The types of files that messages may carry.
pub(super) const KINDS: &[MediaKind] = &[
    PNG, JPEG, GIF, WEBP, OGG, MP3, WAV, M4A, AAC, FLAC, WEBM_AUDIO, MP4, WEBM, PDF, TXT, CSV,
    DOCX, XLSX, PPTX, ODT, ODS, ODP, ZIP,
];
