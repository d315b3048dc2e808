//! Detecting the type of a file from its content, and measuring what it shows or plays.

use std::io::{Cursor, Read, Seek};

use unicom_models::{MediaMeasures, MediaType};

use super::document::{text, zip};
use super::found::{Found, Miss};
use super::kinds::{GIF, JPEG, MOV, PDF, PNG, WEBP};
use super::scan::{Broken, Scan};
use super::sound::{aac, flac, mp3, mp4, ogg, tags, wav, webm};
use super::unsupported::Unsupported;
use super::{FileError, ImageLimits, MediaKind};

/// Number of bytes from the start of a file that tell what to look for in the rest.
const HEAD: u64 = 512;

/// Detects the type of a file from its content, measures what it shows or plays, and checks that an
/// image is complete and within `limits`. Blocks while it reads.
///
/// The structure of the file is followed, and no more than a bounded part of it is held in memory.
/// Nothing is decoded. Of the `name` that the sender claims, only the extension `csv` counts, since
/// the content does not distinguish a table from other text.
///
/// # Errors
/// [`FileError`]: the type is not supported, or the image is broken or too large.
///
/// ```
/// use std::io::Cursor;
/// use unicom_core::media::{ImageLimits, examine};
///
/// let text = Cursor::new(b"a;b\n1;2\n");
/// let (kind, _) = examine(text, Some("table.csv"), ImageLimits::default()).unwrap();
/// assert_eq!(kind.content_type, "text/csv");
///
/// let heic = Cursor::new(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
/// let refused = examine(heic, None, ImageLimits::default()).unwrap_err();
/// assert!(refused.to_string().contains("JPEG"));
/// ```
pub fn examine(
    mut content: impl Read + Seek,
    name: Option<&str>,
    limits: ImageLimits,
) -> Result<(MediaKind, MediaMeasures), FileError> {
    let (kind, measures) = kind_of(&mut content, name)?;
    match kind.media_type {
        MediaType::Image => Ok((kind, limits.check(&kind, content)?.into())),
        _ if kind == MOV => Err(Unsupported::format("QuickTime video", "MP4").into()),
        _ => Ok((kind, measures)),
    }
}

impl MediaKind {
    /// Detects the type of a file from its complete content. Returns `None` if the type is not
    /// supported. Blocks while it reads.
    ///
    /// Names and claimed types are ignored. Whether an image is complete is not checked: see
    /// [`examine`]. Serve the file with `X-Content-Type-Options: nosniff`.
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

/// Detects the type of a file that a platform has fetched. A file of a type that is not supported
/// and an image that may not be shown are ones to download.
pub(super) fn examine_any(content: &[u8], name: Option<&str>) -> Found {
    let download = (MediaKind::DOWNLOAD, MediaMeasures::default());
    let (kind, measures) = kind_of(Cursor::new(content), name).unwrap_or(download);
    match kind.media_type {
        MediaType::Image => match ImageLimits::default().check(&kind, Cursor::new(content)) {
            Ok(size) => (kind, size.into()),
            Err(_) => download,
        },
        _ => (kind, measures),
    }
}

/// Detects the type of a file. Only the beginning of an image is read.
fn kind_of(content: impl Read + Seek, name: Option<&str>) -> Result<Found, FileError> {
    let mut scan = Scan::new(content)?;
    let head = match scan.up_to(HEAD) {
        Ok(head) => head,
        Err(Broken::Io(error)) => return Err(error.into()),
        Err(Broken::Format) => Vec::new(),
    };
    if let Some(image) = image(&head) {
        return Ok((image, MediaMeasures::default()));
    }
    match container(&mut scan, &head, name) {
        Ok(found) => Ok(found),
        Err(Miss::Unsupported(unsupported)) => Err(unsupported.into()),
        Err(Miss::Unknown) => Err(Unsupported::of(&head).into()),
        Err(Miss::Io(error)) => Err(error.into()),
    }
}

/// Follows the structure of a file that is no image.
fn container<R: Read + Seek>(
    scan: &mut Scan<R>,
    head: &[u8],
    name: Option<&str>,
) -> Result<Found, Miss> {
    let start = tags::end_of_id3(scan, head)?;
    scan.go_to(start)?;
    let first = scan.up_to(16)?;
    scan.go_to(start)?;
    match &*first {
        [b'O', b'g', b'g', b'S', ..] => ogg::read(scan),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => wav::read(scan),
        [b'f', b'L', b'a', b'C', ..] => flac::read(scan),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => webm::read(scan),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => zip::read(scan),
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok((PDF, MediaMeasures::default())),
        [0xFF, second, ..] if second & 0xF6 == 0xF0 => aac::read(scan),
        first if mp4::is_box(first) => mp4::read(scan),
        _ if start > 0 || mp3::is_frame(&first) => mp3::read(scan),
        _ => text::read(scan, name),
    }
}

fn image(head: &[u8]) -> Option<MediaKind> {
    // infer checks the fewest bytes that distinguish real files. If a text could begin with these
    // bytes, the rest of the signature is checked here.
    let is_gif = || infer::image::is_gif(head) && matches!(head.get(3..6), Some(b"87a" | b"89a"));
    match head {
        head if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(PNG),
        head if infer::image::is_jpeg(head) => Some(JPEG),
        _ if is_gif() => Some(GIF),
        head if infer::image::is_webp(head) && head.starts_with(b"RIFF") => Some(WEBP),
        _ => None,
    }
}
