//! `ObjectMediaStore`: a media store in a local folder or an S3-compatible bucket.

mod disk;
#[cfg(feature = "s3")]
mod s3;
#[cfg(test)]
mod tests;
mod upload;

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt};
use unicom_db::files::is_root;
use unicom_models::UtcTime;
use url::Url;

use unicom_core::media::{ListedFile, MediaError, MediaSource, MediaStore};

/// A [`MediaStore`] in a folder or a bucket. Needs a tokio runtime.
///
/// ```
/// # async fn example() -> Result<(), unicom_core::media::MediaError> {
/// use unicom_content::media::ObjectMediaStore;
/// use unicom_core::media::{MediaSource, MediaStore};
///
/// let store = ObjectMediaStore::local("media")?;
/// let source = MediaSource::Bytes("a file".into());
/// store.put("0198/photo".to_owned(), source).await?;
/// # Ok(()) }
/// ```
pub struct ObjectMediaStore {
    store: Arc<dyn ObjectStore>,
    /// The location of the store, for logs.
    place: String,
    /// The folder, if the store is a local one.
    folder: Option<PathBuf>,
}

impl ObjectMediaStore {
    /// Creates a store that keeps files in the memory of this process. For tests, and for bots and
    /// platforms without files.
    pub fn in_memory() -> Self {
        Self {
            store: Arc::new(InMemory::new()),
            place: "memory".to_owned(),
            folder: None,
        }
    }

    /// Creates a store in the folder `dir`, which is created with mode 700 if it is missing. An
    /// existing folder keeps its mode.
    ///
    /// A file is first written next to its final path, under a name that ends in `#` and a number,
    /// then synced and renamed. A crash or a failed sync can leave the temporary file behind. It is
    /// never mistaken for a stored file, and [`delete_unfinished`](MediaStore::delete_unfinished)
    /// removes it.
    ///
    /// # Errors
    /// [`MediaError::InvalidConfig`] if the folder cannot be created or opened.
    pub fn local(dir: impl AsRef<Path>) -> Result<Self, MediaError> {
        let dir = dir.as_ref();
        let failed = |error: &dyn Display| {
            MediaError::invalid_config(format!("cannot use folder `{}`: {error}", dir.display()))
        };
        disk::create_private_dir(dir).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(dir)
            .map_err(|error| failed(&error))?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        let folder = dir.canonicalize().map_err(|error| failed(&error))?;
        let url = Url::from_directory_path(&folder).map_err(|()| failed(&"not a path"))?;
        let store = Arc::new(store);
        Ok(Self {
            store,
            place: url.into(),
            folder: Some(folder),
        })
    }

    /// Creates a store at `url`: `file:///dir` or `s3://bucket/prefix`.
    ///
    /// A folder takes no options. A bucket takes those of [`AmazonS3ConfigKey`], in particular
    /// `region` (default `us-east-1`), `access_key_id`, `secret_access_key`, `endpoint` for a
    /// server other than Amazon's, and `allow_http` = `true` for an endpoint without TLS. Without
    /// an access key, the credentials of the machine's role are requested. A request fails if it
    /// gets no connection within 5 s or no response within 60 s. It is tried at most four times,
    /// and not again after 30 s.
    ///
    /// The bucket is not contacted here. Unfinished uploads of a killed process stay in the bucket
    /// until one of its lifecycle rules aborts them.
    ///
    /// Buckets need the feature `s3`. The program must install a rustls provider before the first
    /// one is created.
    ///
    /// [`AmazonS3ConfigKey`]: https://docs.rs/object_store/0.14/object_store/aws/enum.AmazonS3ConfigKey.html
    ///
    /// # Errors
    /// [`MediaError::InvalidConfig`] if the URL or an option is not one of these.
    pub fn from_url(
        url: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, MediaError> {
        let url: Url = url.parse().map_err(|error| {
            MediaError::invalid_config(format!("not a URL ({error}): expected {URL_CHOICES}"))
        })?;
        let credentials = !url.username().is_empty() || url.password().is_some();
        if credentials || url.query().is_some() || url.fragment().is_some() {
            let reason = "its URL takes no credentials, `?` or `#`: give them as options";
            return Err(MediaError::invalid_config(reason));
        }
        match url.scheme() {
            "file" => match (url.to_file_path(), options.into_iter().next()) {
                (Ok(dir), None) => Self::local(dir),
                (Ok(_), Some((name, _))) => Err(MediaError::invalid_config(format!(
                    "unknown option `{name}`: a folder takes none"
                ))),
                (Err(()), _) => Err(MediaError::invalid_config(format!(
                    "no absolute folder in `{url}`: expected {URL_CHOICES}"
                ))),
            },
            #[cfg(feature = "s3")]
            "s3" => Ok(Self {
                store: s3::bucket(&url, options)?,
                place: url.into(),
                folder: None,
            }),
            #[cfg(not(feature = "s3"))]
            "s3" => Err(MediaError::invalid_config(
                "this program is built without the feature `s3` of `unicom-content`",
            )),
            other => Err(MediaError::invalid_config(format!(
                "unknown scheme `{other}`: expected {URL_CHOICES}"
            ))),
        }
    }
}

impl ObjectMediaStore {
    /// Returns the folder if this process runs as root.
    ///
    /// Root must not follow links that the folder's owner may have created: keys come from the
    /// database, which that owner also controls.
    fn folder_of_others(&self) -> Option<PathBuf> {
        self.folder.clone().filter(|_| is_root())
    }
}

impl Debug for ObjectMediaStore {
    // The inner store's debug output contains the access key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectMediaStore({})", self.place)
    }
}

impl MediaStore for ObjectMediaStore {
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        async move {
            let location = location(&key)?;
            let stored = match source {
                MediaSource::Bytes(bytes) => {
                    upload::put_bytes(&*self.store, &location, bytes).await
                }
                MediaSource::File(path) => upload::put_file(&self.store, &location, path).await,
            };
            stored.map_err(|error| not_stored(&key, &*error))?;
            if let Some(folder) = &self.folder {
                let synced = disk::sync_folders_of(folder.clone(), key.clone()).await;
                synced.map_err(|error| not_stored(&key, &error))?;
            }
            Ok(())
        }
        .boxed()
    }

    fn open(
        &self,
        key: String,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>> {
        async move {
            if let Some(folder) = self.folder_of_others() {
                location(&key)?;
                return open_below(folder, key, range).await;
            }
            let options = GetOptions::new().with_range(range.clone().map(GetRange::Bounded));
            let found = match self.store.get_opts(&location(&key)?, options).await {
                Err(object_store::Error::NotFound { .. }) => Err(MediaError::NotFound { key }),
                Err(error) => Err(unavailable(&key, error)),
                Ok(found) if range.is_some_and(|range| range != found.range) => {
                    let reason = format!("it has only {} bytes", found.meta.size);
                    Err(unavailable(&key, reason))
                }
                Ok(found) => Ok((key, found)),
            };
            let (key, found) = found?;
            Ok(match found.payload {
                GetResultPayload::File(file, _) => disk::read_range(file, found.range)
                    .map_err(|error| unavailable(&key, error))?
                    .map_err(move |error| unavailable(&key, error))
                    .boxed(),
                GetResultPayload::Stream(chunks) => chunks
                    .map_err(move |error| unavailable(&key, error))
                    .boxed(),
            })
        }
        .boxed()
    }

    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), MediaError>> {
        async move {
            if let Some(folder) = self.folder_of_others() {
                location(&key)?;
                let deleted = disk::delete_file(folder, key.clone()).await;
                return deleted.map_err(|error| unavailable(&key, error));
            }
            match self.store.delete(&location(&key)?).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(unavailable(&key, error)),
            }
        }
        .boxed()
    }

    fn list(&self, folder: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        let location = match location(&folder) {
            Ok(location) => location,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        let files = self.store.list(Some(&location));
        files
            .map(move |file| {
                let file = file.map_err(|error| unavailable(&folder, error))?;
                let stored_at = UtcTime::from_micros(file.last_modified.timestamp_micros());
                Ok(ListedFile {
                    key: file.location.into(),
                    stored_at: stored_at.unwrap_or_else(UtcTime::now),
                })
            })
            .boxed()
    }

    fn delete_unfinished(&self, before: UtcTime) -> BoxFuture<'_, Result<usize, MediaError>> {
        async move {
            let Some(folder) = self.folder.clone() else {
                return Ok(0);
            };
            let name = folder.display().to_string();
            let deleted = disk::delete_unfinished(folder, before).await;
            deleted.map_err(|error| unavailable(&name, error))
        }
        .boxed()
    }
}

/// Opens a file in a folder without following links of other users, and streams the file or a range
/// of it.
async fn open_below(
    folder: PathBuf,
    key: String,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError> {
    let (file, length) = match disk::open_file(folder, key.clone()).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(MediaError::NotFound { key });
        }
        opened => opened.map_err(|error| unavailable(&key, error))?,
    };
    let range = range.unwrap_or(0..length);
    if range.end > length {
        let reason = format!("it has only {length} bytes");
        return Err(unavailable(&key, reason));
    }
    let chunks = disk::read_range(file, range).map_err(|error| unavailable(&key, error))?;
    Ok(chunks
        .map_err(move |error| unavailable(&key, error))
        .boxed())
}

const URL_CHOICES: &str = "`file:///dir` or `s3://bucket/prefix`";

/// Maximum length of a key segment in bytes: 255 on most disks, minus the suffix of an unfinished
/// file.
const MAX_SEGMENT_BYTES: usize = 200;

/// Returns the location of `key` in the store, or an error if it breaks the rules of
/// [`MediaStore`].
fn location(key: &str) -> Result<Location, MediaError> {
    let valid = key.split('/').all(|segment| {
        !matches!(segment, "" | "." | "..")
            && segment.len() <= MAX_SEGMENT_BYTES
            && !segment.contains(|c: char| c.is_control() || matches!(c, '\\' | '#'))
    });
    match Location::parse(key) {
        Ok(location) if valid => Ok(location),
        _ => Err(MediaError::InvalidKey {
            key: key.to_owned(),
        }),
    }
}

fn unavailable(key: &str, error: impl Display) -> MediaError {
    MediaError::Unavailable {
        key: key.to_owned(),
        reason: error.to_string(),
    }
}

/// Returns the error for a file that could not be stored: [`MediaError::Full`] if there is no room
/// for it, otherwise [`MediaError::Unavailable`].
fn not_stored(key: &str, error: &(dyn Error + 'static)) -> MediaError {
    let (key, reason) = (key.to_owned(), error.to_string());
    let mut cause = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref().map(io::Error::kind);
        if kind.is_some_and(is_out_of_room) {
            return MediaError::Full { key, reason };
        }
        cause = error.source();
    }
    MediaError::Unavailable { key, reason }
}

/// Returns `true` if the error means that a file system accepts no more data: it is full, its quota
/// is used up, or it is read-only.
///
/// ```
/// use std::io::ErrorKind;
/// use unicom_content::media::is_out_of_room;
///
/// assert!(is_out_of_room(ErrorKind::StorageFull) && !is_out_of_room(ErrorKind::NotFound));
/// ```
pub fn is_out_of_room(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(kind, StorageFull | QuotaExceeded | ReadOnlyFilesystem)
}
