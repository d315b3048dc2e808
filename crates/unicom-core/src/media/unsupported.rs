//! [`Unsupported`]: what a refused file seems to be, and what to send instead.

use std::fmt;

use infer::MatcherType;

use super::MediaKind;
use super::kinds::KINDS;

/// A format that is not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// What the file seems to be, if that is known.
    format: Option<String>,
    /// Whether files of this format are supported, but not this one.
    is_damaged: bool,
    /// What to send instead.
    instead: &'static str,
}

/// Formats whose beginning infer does not know.
const MORE: &[(&[u8], &str, &str)] = &[
    (b"caff", "CAF audio", AUDIO),
    (b"FORM", "AIFF audio", AUDIO),
    (b"RF64", "RF64 audio", AUDIO),
    (b"riff", "Wave64 audio", AUDIO),
    (b"#!SILK", "SILK audio", AUDIO),
    (b"\x02#!SILK", "SILK audio", AUDIO),
    (b"wvpk", "WavPack audio", AUDIO),
    (b"\x30\x26\xB2\x75", "Windows Media", "MP3 or MP4"),
    (b"\x1F\x8B", "a gzip archive", "ZIP"),
];

/// Brands of images in the boxes of MP4.
const IMAGE_BRANDS: &[(&[u8], &str)] = &[
    (b"avif", "an AVIF image"),
    (b"avis", "an AVIF image"),
    (b"heic", "a HEIC image"),
    (b"heix", "a HEIC image"),
    (b"heim", "a HEIC image"),
    (b"heis", "a HEIC image"),
    (b"hevc", "a HEIC image"),
    (b"hevx", "a HEIC image"),
    (b"mif1", "a HEIF image"),
    (b"msf1", "a HEIF image"),
    (b"crx ", "a Canon raw image"),
];

const AUDIO: &str = "MP3, M4A or Ogg";

impl Unsupported {
    /// Creates the description of a format, with what to send instead.
    pub(super) fn format(format: &str, instead: &'static str) -> Self {
        Self {
            format: Some(format.to_owned()),
            is_damaged: false,
            instead,
        }
    }

    /// Describes sound in a format that browsers do not play.
    pub(super) fn sound(format: &str) -> Self {
        Self::format(format, AUDIO)
    }

    /// Recognises a format by the first bytes of a file.
    pub(super) fn of(head: &[u8]) -> Self {
        if head.is_empty() {
            return Self::format("an empty file", MediaKind::CHOICES);
        }
        if let Some((_, format)) = image_brand(head) {
            return Self::format(format, "JPEG");
        }
        let more = MORE.iter().find(|(start, ..)| head.starts_with(start));
        if let Some((_, format, instead)) = more {
            return Self::format(format, instead);
        }
        let Some(kind) = infer::get(head) else {
            return Self {
                format: None,
                is_damaged: false,
                instead: MediaKind::CHOICES,
            };
        };
        let instead = match kind.matcher_type() {
            MatcherType::Image => "JPEG or PNG",
            MatcherType::Audio => AUDIO,
            MatcherType::Video => "MP4",
            MatcherType::Doc | MatcherType::Book => "PDF, DOCX, XLSX or PPTX",
            MatcherType::Archive if kind.extension() == "pdf" => "PDF",
            MatcherType::Archive => "ZIP",
            MatcherType::Text => "PDF or plain text",
            _ => MediaKind::CHOICES,
        };
        let name = kind.extension().to_ascii_uppercase();
        Self {
            format: Some(format!("{name} ({})", kind.mime_type())),
            is_damaged: KINDS
                .iter()
                .any(|known| known.extension == kind.extension()),
            instead,
        }
    }
}

/// Returns the brand of an image in the boxes of MP4: the major one, or a compatible one of HEIC
/// and AVIF.
fn image_brand(head: &[u8]) -> Option<&'static (&'static [u8], &'static str)> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
    let end = usize::try_from(length).ok()?.min(head.len());
    let brands = head.get(8..end)?.chunks_exact(4);
    IMAGE_BRANDS
        .iter()
        .find(|(brand, _)| brands.clone().any(|known| known == *brand))
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.format {
            Some(format) if self.is_damaged => {
                write!(f, "it seems to be {format}, but is incomplete or damaged")
            }
            Some(format) => write!(
                f,
                "it seems to be {format}, which is not accepted: send {} instead",
                self.instead
            ),
            None => write!(f, "it must be one of {} by its content", self.instead),
        }
    }
}
