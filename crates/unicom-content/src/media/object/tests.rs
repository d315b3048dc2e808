//! Tests of the media store in a folder and in a fake S3 server.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::upload::UPLOAD_CHUNK;
use super::*;
use unicom_testing::FakeS3;

/// Creates a file larger than one part of an upload, whose chunks all differ.
fn large_upload() -> NamedTempFile {
    let numbers = 0..(UPLOAD_CHUNK as u32 / 4 * 2 + 1000);
    let content: Vec<u8> = numbers.flat_map(u32::to_be_bytes).collect();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    file
}

fn bytes(text: &'static str) -> MediaSource {
    MediaSource::Bytes(Bytes::from_static(text.as_bytes()))
}

async fn read(
    store: &ObjectMediaStore,
    key: &str,
    range: Option<Range<u64>>,
) -> Result<Vec<u8>, MediaError> {
    let chunks = store.open(key.to_owned(), range).await?;
    let chunks: Vec<Bytes> = chunks.try_collect().await?;
    Ok(chunks.concat())
}

fn names_in(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// Installs the provider of TLS, as programs do.
fn install_crypto_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn s3_store(server: &FakeS3) -> ObjectMediaStore {
    install_crypto_provider();
    let options = server.options("id", "very-secret");
    ObjectMediaStore::from_url("s3://bucket/some/prefix", options).unwrap()
}

/// Returns the keys in a folder, sorted.
async fn listed(store: &ObjectMediaStore, folder: &str) -> Vec<String> {
    let files: Vec<ListedFile> = store.list(folder.to_owned()).try_collect().await.unwrap();
    let mut keys: Vec<String> = files.into_iter().map(|file| file.key).collect();
    keys.sort();
    keys
}

/// Asserts what the contract of [`MediaStore`] requires of every store.
async fn keeps_the_contract(store: &ObjectMediaStore) {
    let upload = large_upload();
    let large = std::fs::read(upload.path()).unwrap();
    let not_found = |key: &str| MediaError::NotFound {
        key: key.to_owned(),
    };

    let key = || "chat/one.txt".to_owned();
    assert_eq!(read(store, &key(), None).await, Err(not_found(&key())));
    store.delete(key()).await.unwrap();
    store.put(key(), bytes("first")).await.unwrap();
    store.put(key(), bytes("0123456789")).await.unwrap();
    assert_eq!(read(store, &key(), None).await.unwrap(), b"0123456789");
    assert_eq!(read(store, &key(), Some(0..1)).await.unwrap(), b"0");
    assert_eq!(read(store, &key(), Some(3..10)).await.unwrap(), b"3456789");
    for outside in [8..11, 10..11, 20..30] {
        let read = read(store, &key(), Some(outside)).await;
        assert!(matches!(read, Err(MediaError::Unavailable { .. })));
    }

    let file = || MediaSource::File(upload.path().to_owned());
    store.put("chat/large".to_owned(), file()).await.unwrap();
    assert!(read(store, "chat/large", None).await.unwrap() == large);
    let end = large.len() as u64;
    let tail = read(store, "chat/large", Some(end - 70_000..end)).await;
    assert!(tail.unwrap() == large[large.len() - 70_000..]);
    assert!(upload.path().exists(), "the source stays");

    for key in ["chat/a/b", "chat/c", "chats/d", "e"] {
        store.put(key.to_owned(), bytes("x")).await.unwrap();
    }
    let all = ["chat/a/b", "chat/c", "chat/large", "chat/one.txt"];
    assert_eq!(listed(store, "chat").await, all);
    assert_eq!(listed(store, "chats").await, ["chats/d"]);
    assert_eq!(listed(store, "nothing").await, [""; 0]);
    let wrong: Result<Vec<_>, _> = store.list("a/../b".to_owned()).try_collect().await;
    assert!(matches!(wrong, Err(MediaError::InvalidKey { .. })));
    for key in ["chat/a/b", "chat/c", "chats/d", "e"] {
        store.delete(key.to_owned()).await.unwrap();
    }

    store.delete(key()).await.unwrap();
    store.delete(key()).await.unwrap();
    store.delete("chat/large".to_owned()).await.unwrap();
    assert_eq!(read(store, &key(), None).await, Err(not_found(&key())));

    let missing = MediaSource::File(upload.path().join("missing"));
    let error = store.put(key(), missing).await.unwrap_err().to_string();
    assert!(
        error.contains("chat/one.txt") && error.contains("missing"),
        "{error}"
    );
    assert_eq!(read(store, &key(), None).await, Err(not_found(&key())));

    let long = "a".repeat(201);
    for key in [
        "", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a#1", "a\nb", &long,
    ] {
        let key = key.to_owned();
        let refused = Err(MediaError::InvalidKey { key: key.clone() });
        assert_eq!(read(store, &key, None).await.map(drop), refused);
        assert_eq!(store.put(key.clone(), bytes("x")).await, refused);
        assert_eq!(store.delete(key).await, refused);
    }
}

#[tokio::test]
async fn folder_fulfils_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("new/media");
    let store = ObjectMediaStore::local(&root).unwrap();
    keeps_the_contract(&store).await;
    assert_eq!(names_in(&root), [""; 0], "files and folders are gone");

    #[cfg(unix)]
    for created in [&root, root.parent().unwrap()] {
        use std::os::unix::fs::PermissionsExt;
        let mode = created.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[tokio::test]
async fn folder_can_be_reopened_by_url() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("média files");
    let first = ObjectMediaStore::local(&root).unwrap();
    first.put("a/b".to_owned(), bytes("x")).await.unwrap();

    let url = Url::from_directory_path(&root).unwrap();
    let second = ObjectMediaStore::from_url(url.as_str(), []).unwrap();
    assert_eq!(read(&second, "a/b", None).await.unwrap(), b"x");
    assert_eq!(std::fs::read(root.join("a/b")).unwrap(), b"x");
}

#[tokio::test]
async fn bucket_fulfils_the_contract() {
    let server = FakeS3::start();
    let store = s3_store(&server);
    store.put("a/é b".to_owned(), bytes("x")).await.unwrap();
    assert_eq!(server.objects(), ["/bucket/some/prefix/a/%C3%A9%20b"]);
    store.delete("a/é b".to_owned()).await.unwrap();
    keeps_the_contract(&store).await;
    for head in server.heads() {
        assert!(head.contains("AWS4-HMAC-SHA256 Credential=id/"), "{head}");
        assert!(!head.contains("very-secret"), "{head}");
    }
    assert_eq!(server.objects(), [""; 0]);
    assert_eq!(server.unfinished_uploads(), 0);
}

#[tokio::test]
async fn bucket_lists_the_time_of_storage() {
    let server = FakeS3::start();
    let store = s3_store(&server);
    store.put("a/b".to_owned(), bytes("x")).await.unwrap();
    let files: Vec<ListedFile> = store.list("a".to_owned()).try_collect().await.unwrap();
    assert_eq!(
        files[0].stored_at.to_string(),
        "2020-01-02T03:04:05.000000Z"
    );
}

#[tokio::test]
async fn partial_files_of_a_killed_process_are_deleted_when_old() {
    let dir = tempfile::tempdir().unwrap();
    let store = ObjectMediaStore::local(dir.path()).unwrap();
    store.put("a/b".to_owned(), bytes("x")).await.unwrap();
    for name in ["a/b#1", "a/c#12", "top#1", "a/no#", "a/no#x"] {
        std::fs::write(dir.path().join(name), "beginning").unwrap();
    }
    let keys = listed(&store, "a").await;
    assert!(!keys.iter().any(|key| key.contains("#1")), "{keys:?}");
    let hour = Duration::from_secs(3600);
    let unfinished = async |before| store.delete_unfinished(before).await.unwrap();
    assert_eq!(unfinished(UtcTime::now().minus(hour)).await, 0);
    assert_eq!(unfinished(UtcTime::now().plus(hour)).await, 3);
    assert!(read(&store, "a/b", None).await.is_ok());
    let mut left = names_in(&dir.path().join("a"));
    left.sort();
    assert_eq!(left, ["b", "no#", "no#x"]);
}

#[tokio::test]
async fn failed_upload_is_removed_from_the_bucket() {
    let server = FakeS3::start();
    let store = s3_store(&server);
    let upload = large_upload();

    server.refuse_part(2);
    let source = MediaSource::File(upload.path().to_owned());
    let put = store.put("a".to_owned(), source).await;
    assert!(matches!(put, Err(MediaError::Unavailable { .. })));
    assert_eq!(server.objects(), [""; 0]);
    assert_eq!(server.unfinished_uploads(), 0);
}

#[tokio::test]
async fn cancelled_upload_leaves_no_parts_in_the_bucket() {
    let server = FakeS3::start();
    let store = s3_store(&server);
    let upload = large_upload();

    let source = MediaSource::File(upload.path().to_owned());
    let mut put = store.put("a".to_owned(), source);
    while server.unfinished_uploads() == 0 {
        let step = tokio::time::timeout(Duration::from_millis(1), &mut put).await;
        assert!(step.is_err(), "the upload ended before it was seen");
    }
    drop(put);
    let finished = async {
        while server.unfinished_uploads() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let patience = Duration::from_secs(30);
    tokio::time::timeout(patience, finished).await.unwrap();
    assert_eq!(server.objects(), ["/bucket/some/prefix/a"]);
}

#[tokio::test]
async fn shrinking_file_ends_the_stream_with_an_error() {
    install_crypto_provider();
    let dir = tempfile::tempdir().unwrap();
    let store = ObjectMediaStore::local(dir.path()).unwrap();
    let file = MediaSource::Bytes(vec![0; 200_000].into());
    store.put("a".to_owned(), file).await.unwrap();
    let mut chunks = store.open("a".to_owned(), None).await.unwrap();
    chunks.try_next().await.unwrap();
    std::fs::write(dir.path().join("a"), "").unwrap();
    assert!(matches!(
        chunks.try_next().await,
        Err(MediaError::Unavailable { .. })
    ));
}

#[test]
fn invalid_configuration_is_reported_without_secrets() {
    let option = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let cases = [
        ("media", vec![], "`s3://bucket/prefix`"),
        ("gs://bucket", vec![], "`gs`"),
        ("file://host/dir", vec![], "`file:///dir`"),
        ("file:///dir", option("region", "x"), "`region`"),
        (
            "s3://bucket",
            option("regoin", "x"),
            "`regoin`: expected `endpoint`, `region`",
        ),
        (
            "s3://bucket",
            option("access_key_id", "pass"),
            "SecretAccessKey",
        ),
        (
            "s3://bucket",
            option("endpoint", "http://host"),
            "`allow_http`",
        ),
        ("s3://id:pass@bucket", vec![], "credentials"),
        ("s3://bucket?secret_access_key=pass", vec![], "credentials"),
        ("s3:///prefix", vec![], "s3:///prefix"),
    ];
    for (url, options, expected) in cases {
        let error = ObjectMediaStore::from_url(url, options).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, MediaError::InvalidConfig { .. }),
            "{url}: {text}"
        );
        assert!(
            text.contains(expected) && !text.contains("pass"),
            "{url}: {text}"
        );
    }
}

#[test]
fn debug_output_of_a_bucket_has_no_secret() {
    let server = FakeS3::start();
    let text = format!("{:?}", s3_store(&server));
    assert_eq!(text, "ObjectMediaStore(s3://bucket/some/prefix)");
}
