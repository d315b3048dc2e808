//! ZIP archives, and the documents that are such archives, by the names in the central directory
//! (APPNOTE.TXT, 4.3).

use std::io::{Read, Seek};

use unicom_models::MediaMeasures;

use crate::media::MediaKind;
use crate::media::found::{Found, Miss};
use crate::media::kinds::{DOCX, ODP, ODS, ODT, PPTX, XLSX, ZIP};
use crate::media::scan::{Broken, Scan};
use crate::media::unsupported::Unsupported;

/// Length of the end record without its comment.
const END: u64 = 22;

/// Maximum length of the comment behind the end record.
const LONGEST_COMMENT: u64 = 64 << 10;

/// Maximum number of entries that are visited.
const MOST_ENTRIES: u16 = 10_000;

/// The folder of a document's content, and its type.
const OFFICE: [(&[u8], MediaKind); 3] = [(b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)];

/// The content of the entry `mimetype`, which comes first, and the document's type.
const OPEN_DOCUMENT: [(&[u8], MediaKind); 3] = [
    (b"application/vnd.oasis.opendocument.text", ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", ODS),
    (b"application/vnd.oasis.opendocument.presentation", ODP),
];

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let open_document = open_document(scan)?;
    let (count, directory) = directory(scan)?.ok_or_else(|| {
        Miss::Unsupported(Unsupported::format(
            "an incomplete ZIP archive",
            "all of it",
        ))
    })?;
    scan.go_to(directory)?;
    let (mut has_types, mut has_macros, mut office) = (false, false, None);
    for _ in 0..count.min(MOST_ENTRIES) {
        let Some(name) = entry(scan)? else {
            break;
        };
        has_types |= name == b"[Content_Types].xml";
        has_macros |= name.ends_with(b"vbaProject.bin");
        let document = OFFICE.iter().find(|(folder, _)| name.starts_with(folder));
        office = office.or(document.map(|(_, kind)| *kind));
    }
    let kind = match (open_document, office) {
        (Some(kind), _) => kind,
        (None, Some(_)) if has_types && has_macros => {
            let format = "a document with macros";
            return Err(Miss::Unsupported(Unsupported::format(
                format,
                "one without macros, or a PDF",
            )));
        }
        (None, Some(kind)) if has_types => kind,
        _ => ZIP,
    };
    Ok((kind, MediaMeasures::default()))
}

/// Returns the type of an OpenDocument: its first entry is `mimetype`, not compressed.
fn open_document<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<MediaKind>, Broken> {
    let start = scan.up_to(128)?;
    let name = 30..38;
    if start.get(name.clone()) != Some(b"mimetype") {
        return Ok(None);
    }
    let extra = start.get(28..30).and_then(|length| length.first_chunk());
    let from = name.end + usize::from(u16::from_le_bytes(*extra.ok_or(Broken::Format)?));
    let content = start.get(from..).unwrap_or_default();
    let is_whole = |mime: &[u8]| {
        let rest = content.strip_prefix(mime);
        rest.is_some_and(|next_entry| next_entry.starts_with(b"PK"))
    };
    let kind = OPEN_DOCUMENT.iter().find(|(mime, _)| is_whole(mime));
    Ok(kind.map(|(_, kind)| *kind))
}

/// Returns the number of entries and where the central directory begins. Returns `None` if the end
/// record is missing.
fn directory<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<(u16, u64)>, Broken> {
    let length = scan.position() + scan.left();
    scan.go_to(length.saturating_sub(END + LONGEST_COMMENT))?;
    let tail = scan.up_to(END + LONGEST_COMMENT)?;
    let end = tail
        .windows(22)
        .rev()
        .find(|end| end.starts_with(b"PK\x05\x06"));
    Ok(end.map(|end| {
        let count = u16::from_le_bytes([end[10], end[11]]);
        let start = u32::from_le_bytes([end[16], end[17], end[18], end[19]]);
        (count, start.into())
    }))
}

/// Reads an entry of the central directory. Returns its name, or `None` behind the last one.
fn entry<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<Vec<u8>>, Broken> {
    if scan.left() < 46 {
        return Ok(None);
    }
    let header = scan.take::<46>()?;
    if !header.starts_with(b"PK\x01\x02") {
        return Ok(None);
    }
    let [name, extra, comment] =
        [28, 30, 32].map(|at| u64::from(u16::from_le_bytes([header[at], header[at + 1]])));
    let found = scan.up_to(name)?;
    scan.go_to(scan.position() + extra + comment)?;
    Ok(Some(found))
}
