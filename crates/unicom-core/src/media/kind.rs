//! `MediaKind`: the type of a file, detected from its content alone.

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
    /// Number of bytes from the start of a file that [`detect`](Self::detect) needs. A shorter file
    /// must be passed as a whole.
    pub const HEAD_BYTES: usize = 512;

    /// A file of unknown type, which readers may download only.
    pub const DOWNLOAD: Self = Self {
        media_type: MediaType::File,
        content_type: "application/octet-stream",
        extension: "bin",
    };

    /// The supported types, for messages to people.
    pub const CHOICES: &'static str = "png, jpeg, gif, webp images; ogg, mp3, wav, m4a, webm audio";

    /// Detects the type of a file from `head`, its first bytes, as [`detect`](Self::detect) does. A
    /// file of any other type is a video or one to download.
    pub(crate) fn of_any(head: &[u8]) -> Self {
        let video = || VIDEOS.iter().find(|(is_kind, _)| is_kind(head));
        Self::detect(head)
            .or_else(|| video().map(|(_, kind)| *kind))
            .unwrap_or(Self::DOWNLOAD)
    }

    /// Detects the type of a file from `head`, its first bytes. Returns `None` if the type may not
    /// be sent.
    ///
    /// Names and claimed types are ignored. The rest of the file is not checked: serve it with
    /// `X-Content-Type-Options: nosniff`. Every WebM file counts as audio, whatever it contains,
    /// since recorders in browsers write audio as WebM.
    ///
    /// ```
    /// use unicom_core::media::MediaKind;
    ///
    /// let kind = MediaKind::detect(b"GIF89a\x01\0\x01\0").unwrap();
    /// assert_eq!(kind.content_type, "image/gif");
    /// assert_eq!(MediaKind::detect(b"<svg>"), None);
    /// ```
    pub fn detect(head: &[u8]) -> Option<Self> {
        let (_, kind) = KINDS.iter().find(|(is_kind, _)| is_kind(head))?;
        Some(*kind)
    }
}

type IsKind = fn(&[u8]) -> bool;

/// At most one of these matches a file, so their order does not matter.
const KINDS: &[(IsKind, MediaKind)] = &[
    (is_png, image("image/png", "png")),
    (infer::image::is_jpeg, image("image/jpeg", "jpg")),
    (is_gif, image("image/gif", "gif")),
    (is_webp, image("image/webp", "webp")),
    (is_ogg_audio, audio("audio/ogg", "ogg")),
    (is_mp3, audio("audio/mpeg", "mp3")),
    (infer::audio::is_wav, audio("audio/wav", "wav")),
    (is_m4a, audio("audio/mp4", "m4a")),
    (is_webm, audio("audio/webm", "webm")),
];

/// Videos, which visitors of a web chat may not send.
const VIDEOS: &[(IsKind, MediaKind)] = &[
    (infer::video::is_mp4, video("video/mp4", "mp4")),
    (infer::video::is_mov, video("video/quicktime", "mov")),
];

const fn video(content_type: &'static str, extension: &'static str) -> MediaKind {
    MediaKind {
        media_type: MediaType::Video,
        content_type,
        extension,
    }
}

const fn image(content_type: &'static str, extension: &'static str) -> MediaKind {
    MediaKind {
        media_type: MediaType::Image,
        content_type,
        extension,
    }
}

const fn audio(content_type: &'static str, extension: &'static str) -> MediaKind {
    MediaKind {
        media_type: MediaType::Audio,
        content_type,
        extension,
    }
}

// infer checks the fewest bytes that distinguish real files. If a text could begin with these
// bytes, the functions below check the rest of the signature.

fn is_png(head: &[u8]) -> bool {
    head.starts_with(b"\x89PNG\r\n\x1a\n")
}

fn is_gif(head: &[u8]) -> bool {
    infer::image::is_gif(head) && matches!(head.get(3..6), Some(b"87a" | b"89a"))
}

fn is_webp(head: &[u8]) -> bool {
    infer::image::is_webp(head) && head.starts_with(b"RIFF")
}

fn is_m4a(head: &[u8]) -> bool {
    infer::audio::is_m4a(head) && head.get(4..8) == Some(b"ftyp")
}

/// Returns `true` for Ogg, unless its first stream is video or a skeleton that indexes one.
fn is_ogg_audio(head: &[u8]) -> bool {
    const VIDEO: [&[u8]; 4] = [b"\x80theora", b"\x01video", b"OVP80", b"fishead"];
    let first_packet = head.get(28..).unwrap_or_default();
    infer::audio::is_ogg(head)
        && head.get(4) == Some(&0)
        && !VIDEO.iter().any(|codec| first_packet.starts_with(codec))
}

/// Returns `true` for an ID3v2 tag or the header of an MPEG layer III frame, of which infer knows
/// only three variants.
fn is_mp3(head: &[u8]) -> bool {
    match *head {
        [b'I', b'D', b'3', version, _, _, a, b, c, d, ..] => {
            (2..=4).contains(&version) && (a | b | c | d) < 0x80
        }
        [0xFF, b, c, ..] => {
            let layer_3 = b & 0xE6 == 0xE2;
            let known_version = b & 0x18 != 0x08;
            let known_rates = c & 0xF0 != 0xF0 && c & 0x0C != 0x0C;
            layer_3 && known_version && known_rates
        }
        _ => false,
    }
}

/// Returns `true` for an EBML header with the document type `webm`, for which infer requires 257
/// bytes.
fn is_webm(head: &[u8]) -> bool {
    let header = head.get(..64).unwrap_or(head);
    header.starts_with(b"\x1A\x45\xDF\xA3")
        && header.windows(7).any(|seven| seven == b"\x42\x82\x84webm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_detected_from_its_content() {
        let cases: &[(&str, &[u8])] = &[
            ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01"),
            ("jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01"),
            ("jpg", b"\xFF\xD8\xFF\xE1\0\x10Exif\0\0"),
            ("gif", b"GIF87a\x01\0\x01\0\x80\0\0"),
            ("gif", b"GIF89a\x01\0\x01\0\x80\0\0"),
            ("webp", b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0"),
            ("ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01"),
            ("ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis"),
            ("mp3", b"ID3\x04\0\0\0\0\x02\x01TSSE"),
            ("mp3", b"\xFF\xFB\x90\x64\0\0"),
            ("mp3", b"\xFF\xFA\x90\x64\0\0"),
            ("mp3", b"\xFF\xF3\x40\xC4\0\0"),
            ("mp3", b"\xFF\xE3\x40\xC4\0\0"),
            ("wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"),
            ("m4a", b"\0\0\0\x1cftypM4A \0\0\x02\0M4A isom"),
            ("webm", b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04"),
        ];
        for (extension, head) in cases {
            let found = MediaKind::detect(head).map(|kind| kind.extension);
            assert_eq!(found, Some(*extension), "{head:?}");
        }
    }

    #[test]
    fn other_content_is_rejected() {
        let cases: &[&[u8]] = &[
            b"",
            b"hello",
            b"GIF is a format",
            b"ID3 tags are text",
            b"Answers WEBP",
            b"M4A is a brand",
            b"OggS",
            b"<!DOCTYPE html><html></html>",
            b"<html><script>alert(1)</script></html>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            b"<?xml version=\"1.0\"?><svg></svg>",
            b"%PDF-1.7\n%\xE2\xE3\xCF\xD3",
            b"PK\x03\x04\x14\0\0\0\x08\0",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0",
            b"\x7FELF\x02\x01\x01",
            b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41",
            b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
            b"\0\0\0\x1cftypavif\0\0\0\0avifmif1",
            b"RIFF\x24\0\0\0AVI LIST",
            b"BM\x1e\0\0\0\0\0\0\0",
            b"\xFF\xFEh\0i\0",
            b"\xFF\xF1\x50\x80\0",
            b"\x1A\x45\xDF\xA3\xA3\x42\x86\x81\x01\x42\x82\x88matroska",
            b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x2a\x80theora\x03",
            b"\x89PNG",
        ];
        for head in cases {
            assert_eq!(MediaKind::detect(head), None, "{head:?}");
        }
    }

    #[test]
    fn any_other_content_is_a_video_or_a_download() {
        let cases: &[(&str, &[u8])] = &[
            ("image/gif", b"GIF89a\x01\0\x01\0\x80\0\0"),
            ("video/mp4", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"),
            ("video/quicktime", b"\0\0\0\x14ftypqt  \0\0\0\0qt  "),
            ("application/octet-stream", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3"),
            (
                "application/octet-stream",
                b"<html><script>alert(1)</script></html>",
            ),
            ("application/octet-stream", b""),
        ];
        for (content_type, head) in cases {
            assert_eq!(
                MediaKind::of_any(head).content_type,
                *content_type,
                "{head:?}"
            );
        }
    }

    #[test]
    fn head_bytes_suffice_and_fewer_are_safe() {
        let mut file = b"\xFF\xD8\xFF\xE0".to_vec();
        file.resize(MediaKind::HEAD_BYTES, 0);
        for length in 0..=file.len() {
            let found = MediaKind::detect(&file[..length]);
            assert_eq!(found.is_some(), length >= 3, "{length} bytes");
        }
    }
}
