//! Fuzzes the detection and checking of uploaded files.

use std::io::Cursor;

use unicom_content::media::{ImageError, ImageLimits, MediaKind, safe_file_name};

/// A low limit, so that a small file reaches it.
const LIMITS: ImageLimits = ImageLimits { pixels: 1 << 20 };

/// Checks the input as a file whose first line is also its name.
///
/// An accepted image must be within the limits, even with trailing data. Its file name must be
/// valid on every system.
pub fn images(data: &[u8]) {
    let Some(kind) = MediaKind::detect(data) else {
        return;
    };
    let name = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = safe_file_name(Some(&String::from_utf8_lossy(name)), &kind);
    let is_safe = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    assert!(
        name.chars().all(is_safe) && (1..=255).contains(&name.len()),
        "{name:?}"
    );
    assert!(name.ends_with(kind.extension), "{name:?}");

    let size = match LIMITS.check(&kind, Cursor::new(data)) {
        Ok(size) => size,
        Err(ImageError::Io(error)) => panic!("{error}"),
        Err(_) => return,
    };
    let pixels = u64::from(size.width) * u64::from(size.height);
    assert!((1..=LIMITS.pixels).contains(&pixels), "{size:?}");
    assert!(size.frames > 0 && pixels * u64::from(size.frames) <= 20 * LIMITS.pixels);

    let longer = [data, b"whatever stands behind it"].concat();
    let again = LIMITS.check(&kind, Cursor::new(longer));
    assert_eq!(again.ok(), Some(size));
}
