//! Fuzzes the detection and checking of uploaded files.

use std::io::Cursor;

use unicom_content::media::{FileError, ImageLimits, examine, safe_file_name};

/// A low limit, so that a small file reaches it.
const LIMITS: ImageLimits = ImageLimits { pixels: 1 << 20 };

/// Checks the input as a file whose first line is also its name.
///
/// An accepted image must be within the limits, also with trailing data unless that makes it
/// invalid. No file plays for longer than is believed. Its file name must be valid on every system.
pub fn images(data: &[u8]) {
    let name = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let check = |content: &[u8]| match examine(Cursor::new(content), Some(&name), LIMITS) {
        Ok(found) => Some(found),
        Err(FileError::Io(error)) => panic!("{error}"),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    };
    let longer = [data, b"whatever stands behind it"].concat();
    for content in [data, &longer] {
        let Some((kind, measures)) = check(content) else {
            continue;
        };
        let name = safe_file_name(Some(&name), &kind);
        let is_safe = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
        assert!(
            name.chars().all(is_safe) && (1..=255).contains(&name.len()),
            "{name:?}"
        );
        assert!(name.ends_with(kind.extension), "{name:?}");
        assert!(
            measures
                .duration_ms
                .is_none_or(|ms| (1..=3_600_000_000).contains(&ms)),
            "{measures:?}"
        );
        if kind.content_type.starts_with("image/") {
            let sides = [measures.width, measures.height].map(|side| side.map(i64::from));
            let [Some(width), Some(height)] = sides else {
                panic!("an image without a size: {measures:?}");
            };
            assert!((1..=1 << 20).contains(&(width * height)), "{measures:?}");
        }
    }
}
