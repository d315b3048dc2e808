//! Tests of storing files: accepted by their content, or refused with a reason.

use std::path::PathBuf;

use futures_util::{StreamExt, TryStreamExt};
use tempfile::TempDir;

use super::super::ObjectMediaStore;
use super::*;

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Creates a temporary folder with one file in it. Returns the folder and the file's path.
fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// Asserts that the file at `path` is refused and nothing is stored. Returns the error.
async fn refused(path: &Path) -> MediaError {
    let store = ObjectMediaStore::in_memory();
    let error = store_path(&store, path).await.unwrap_err();
    let stored = store.list("messages".to_owned()).count().await;
    assert_eq!(stored, 0, "{error}");
    error
}

#[tokio::test]
async fn file_is_stored_with_its_name_and_detected_type() {
    let (_folder, path) = file("my cat.png", GIF);
    let store = ObjectMediaStore::in_memory();
    let (kind, media) = store_path(&store, &path).await.unwrap();
    assert_eq!(kind, MediaType::Image);
    assert_eq!(media.name, "my-cat.gif");
    assert_eq!(media.content_type, "image/gif");
    assert_eq!(media.size, GIF.len() as i64);
    assert_eq!(media.sha256, sha256_hex(GIF).unwrap());
    let chunks = store.open(media.key.clone(), None).await.unwrap();
    let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), GIF);
    assert!(path.exists(), "the source stays");

    // Storing a file a second time creates a second object.
    let (_, again) = store_path(&store, &path).await.unwrap();
    assert_ne!(again.key, media.key);
}

#[tokio::test]
async fn unreadable_file_is_reported_with_its_path() {
    let (folder, path) = file("a.gif", GIF);
    std::fs::remove_file(&path).unwrap();
    for path in [path.as_path(), folder.path()] {
        let error = refused(path).await;
        assert!(matches!(error, MediaError::Refused { .. }), "{error:?}");
        let begins = format!(
            "the file was refused: `{}` cannot be read: ",
            path.display()
        );
        assert!(error.to_string().starts_with(&begins), "{error}");
    }
}

#[tokio::test]
async fn unsupported_file_is_rejected() {
    for (content, says) in [
        (b"<html>".as_slice(), "it seems to be HTML"),
        (b"BM\x1e\0\0\0\0\0\0\0", "it seems to be BMP"),
        (b"\0\x01\x02", "it must be one of png, jpeg, gif"),
    ] {
        let (_folder, path) = file("a.gif", content);
        let said = refused(&path).await.to_string();
        let begins = format!("the file was refused: {says}");
        assert!(said.starts_with(&begins), "{said}");
    }
    let (_folder, path) = file("a.gif", &GIF[..20]);
    let error = refused(&path).await;
    assert!(matches!(error, MediaError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn size_limit_is_that_of_visitors() {
    let (_folder, path) = file("a.gif", b"");
    let sized = |bytes: usize| {
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(bytes as u64).unwrap();
    };
    sized(LARGEST_FILE + 1);
    let too_large = MediaError::TooLarge {
        limit: LARGEST_FILE,
    };
    assert_eq!(refused(&path).await, too_large);
    // One byte less is within the limit, so the content is checked.
    sized(LARGEST_FILE);
    let error = refused(&path).await;
    assert!(matches!(error, MediaError::Refused { .. }), "{error:?}");
}
