//! The conformance suite for a [`MediaStore`].

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use unicom_core::media::{MediaError, MediaSource, MediaStore};
use unicom_models::{Id, UtcTime};

use super::helper::ok;

/// Longer than a store's chunks and than the smallest part of a multipart upload, which is 5 MiB
/// with S3.
const LONG: usize = 6 * 1024 * 1024;

/// Checks the guarantees of [`MediaStore`]: complete and unchanged files, ranges, replacement,
/// lists, deletion, and keys.
///
/// It stores a few files of up to 6 MiB under keys that begin with `conformance-`, and deletes them
/// afterwards.
///
/// # Panics
/// Panics if a guarantee is broken.
pub async fn media_store(store: impl MediaStore) {
    let folder = format!("conformance-{}", Id::new());
    let key = |name: &str| format!("{folder}/{name}");
    let store = &store;

    let missing = open(store, &key("missing"), None).await;
    assert!(
        matches!(missing, Err(MediaError::NotFound { .. })),
        "a missing file is `NotFound`: {missing:?}"
    );
    ok(
        "deleting a missing file",
        store.delete(key("missing")).await,
    );

    check_content(store, &key("short"), Bytes::from_static(b"0123456789")).await;
    check_content(store, &key("empty"), Bytes::new()).await;
    let long: Vec<u8> = (0..LONG).map(|at| (at / 251 + at) as u8).collect();
    check_content(store, &key("long"), long.clone().into()).await;
    check_ranges(store, &key("short"), b"0123456789").await;
    check_ranges(store, &key("long"), &long).await;

    check_file(store, &key("file"), &long).await;
    put(store, &key("file"), Bytes::from_static(b"new")).await;
    let found = ok(
        "opening a file put again",
        open(store, &key("file"), None).await,
    );
    assert_eq!(
        found, "new",
        "a key that is put again must have the new content"
    );
    let again =
        [0; 2].map(|_| store.put(key("file"), MediaSource::Bytes(Bytes::from_static(b"same"))));
    for put in futures_util::future::join_all(again).await {
        ok("putting the same file twice at a time", put);
    }

    check_list(store, &folder, &["empty", "file", "long", "short"]).await;

    for name in ["short", "empty", "long", "file"] {
        ok("deleting", store.delete(key(name)).await);
        ok("deleting again", store.delete(key(name)).await);
        let gone = open(store, &key(name), None).await;
        assert!(
            matches!(gone, Err(MediaError::NotFound { .. })),
            "a deleted file is `NotFound`: {gone:?}"
        );
    }
    check_list(store, &folder, &[]).await;
    ok(
        "deleting what was never whole",
        store.delete_unfinished(UtcTime::BEGINNING).await,
    );
    check_invalid_keys(store).await;
}

/// Checks that a store lists each file once, and when it was stored. A store may also not support
/// lists.
async fn check_list(store: &impl MediaStore, folder: &str, names: &[&str]) {
    let beside = format!("{folder}-beside/file");
    put(store, &beside, Bytes::from_static(b"beside")).await;
    let listed: Result<Vec<_>, MediaError> = store.list(folder.to_owned()).try_collect().await;
    ok("deleting", store.delete(beside).await);
    if matches!(listed, Err(MediaError::NotListed { .. })) {
        return;
    }
    let listed = ok("listing", listed);
    let mut keys: Vec<&str> = listed.iter().map(|file| file.key.as_str()).collect();
    keys.sort_unstable();
    let expected: Vec<String> = names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect();
    assert_eq!(
        keys, expected,
        "a list has each file of its folder once, and no other"
    );
    let now = UtcTime::now();
    for file in &listed {
        // Clocks differ by minutes. A store that does not know the time would cause new files to be
        // deleted.
        let apart = now.since(file.stored_at).max(file.stored_at.since(now));
        assert!(
            apart < Duration::from_secs(60 * 60),
            "`{}` was stored just now, not {}",
            file.key,
            file.stored_at
        );
    }
}

async fn check_content(store: &impl MediaStore, key: &str, content: Bytes) {
    put(store, key, content.clone()).await;
    let found = ok("opening", open(store, key, None).await);
    assert!(
        found == content,
        "a file of {} bytes came back changed",
        content.len()
    );
}

async fn check_ranges(store: &impl MediaStore, key: &str, content: &[u8]) {
    let end = content.len();
    for range in [0..1, 0..end, 2..5, end - 3..end] {
        let found = open(store, key, Some(range.start as u64..range.end as u64)).await;
        let found = ok("opening a range", found);
        assert!(
            found == content[range.clone()],
            "the range {range:?} came back changed"
        );
    }
    let beyond = open(store, key, Some(end as u64 - 1..end as u64 + 1)).await;
    assert!(
        matches!(beyond, Err(MediaError::Unavailable { .. })),
        "a range beyond the end of {end} bytes is `Unavailable`"
    );
}

/// Checks that the source file is read and left in place.
async fn check_file(store: &impl MediaStore, key: &str, content: &[u8]) {
    let source = ok("making a temporary file", tempfile::NamedTempFile::new());
    ok(
        "writing a temporary file",
        std::fs::write(source.path(), content),
    );
    let path = source.path().to_owned();
    ok(
        "putting from a file",
        store.put(key.to_owned(), MediaSource::File(path)).await,
    );
    let found = ok("opening", open(store, key, None).await);
    assert!(
        found == content,
        "a file put from the disk came back changed"
    );
    let left = ok("reading the source again", std::fs::read(source.path()));
    assert!(left == content, "the source was changed");
    let missing = MediaSource::File(source.path().with_extension("missing"));
    let failed = store.put(key.to_owned(), missing).await;
    assert!(
        matches!(failed, Err(MediaError::Unavailable { .. })),
        "a source that is missing is `Unavailable`: {failed:?}"
    );
}

async fn check_invalid_keys(store: &impl MediaStore) {
    let long = "x".repeat(201);
    for key in [
        "", "/", "a//b", "/a", "a/", "a/../b", "..", "./a", "a\\b", "a#1", "a\nb", "a\0", &long,
    ] {
        let refused = [
            store
                .put(key.to_owned(), MediaSource::Bytes(Bytes::new()))
                .await
                .err(),
            open(store, key, None).await.err(),
            store.delete(key.to_owned()).await.err(),
        ];
        for refused in refused {
            let invalid = matches!(refused, Some(MediaError::InvalidKey { .. }));
            assert!(invalid, "the key {key:?} must be `InvalidKey`: {refused:?}");
        }
    }
}

async fn put(store: &impl MediaStore, key: &str, content: Bytes) {
    ok(
        "putting",
        store.put(key.to_owned(), MediaSource::Bytes(content)).await,
    );
}

async fn open(
    store: &impl MediaStore,
    key: &str,
    range: Option<Range<u64>>,
) -> Result<Bytes, MediaError> {
    let chunks: Vec<Bytes> = store
        .open(key.to_owned(), range)
        .await?
        .try_collect()
        .await?;
    Ok(chunks.concat().into())
}
