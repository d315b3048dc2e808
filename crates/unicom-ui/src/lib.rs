#![doc = include_str!("../README.md")]

#[path = "../dist/assets.rs"]
mod table;

/// A file for browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asset {
    /// The name of the file, without a folder.
    pub name: &'static str,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The SHA-256 hash of [`raw`](Self::raw), as 64 hexadecimal digits.
    pub hash: &'static str,
    /// The content.
    pub raw: &'static [u8],
    /// The content, compressed with Brotli (`br`).
    pub brotli: &'static [u8],
    /// The content, compressed with gzip.
    pub gzip: &'static [u8],
}

/// Returns all files, ordered by name.
#[must_use]
pub fn assets() -> &'static [Asset] {
    table::ASSETS
}

/// Returns the file with this name, or `None` if there is no such file.
#[must_use]
pub fn asset(name: &str) -> Option<&'static Asset> {
    assets()
        .binary_search_by_key(&name, |asset| asset.name)
        .ok()
        .map(|index| &assets()[index])
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn names_are_in_order_and_are_found() {
        let names: Vec<_> = assets().iter().map(|asset| asset.name).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        for asset in assets() {
            assert_eq!(super::asset(asset.name), Some(asset));
        }
        assert_eq!(asset("widget.css"), None);
        assert_eq!(asset(""), None);
    }

    #[test]
    fn hashes_are_those_of_the_contents() {
        for asset in assets() {
            let hash = hex::encode(Sha256::digest(asset.raw));
            assert_eq!(asset.hash, hash, "{}", asset.name);
        }
    }

    #[test]
    fn compressed_forms_are_smaller() {
        for asset in assets() {
            assert!(asset.brotli.len() < asset.raw.len(), "{}", asset.name);
            assert!(asset.gzip.starts_with(&[0x1f, 0x8b]), "{}", asset.name);
            assert!(asset.gzip.len() < asset.raw.len(), "{}", asset.name);
        }
    }

    #[test]
    fn scripts_import_the_files_that_are_there() {
        let text = |name: &str| std::str::from_utf8(asset(name).unwrap().raw).unwrap();
        let version = |name: &str| &asset(name).unwrap().hash[..8];
        assert!(text("widget.js").contains(version("app.js")));
        for asset in assets() {
            if !["widget.js", "app.js"].contains(&asset.name) {
                assert!(
                    text("app.js").contains(version(asset.name)),
                    "{}",
                    asset.name
                );
            }
        }
    }
}
