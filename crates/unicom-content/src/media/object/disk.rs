//! Local files, read in chunks off the async threads, and the folder that holds them.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use unicom_db::files::{Entry, Folder, Place};
use unicom_models::UtcTime;

/// Creates `dir` and its missing ancestors, accessible to this user only, and syncs them.
pub(super) fn create_private_dir(dir: &Path) -> io::Result<()> {
    let dir = std::path::absolute(dir)?;
    let missing = dir.ancestors().take_while(|dir| !dir.exists());
    let parents: Vec<&Path> = missing.filter_map(Path::parent).collect();
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&dir)?;
    parents.into_iter().try_for_each(sync_dir)
}

/// Syncs the folders above the one that contains the stored file, up to the root of the store.
///
/// object_store syncs the file, its folder, and the folders that it created for the file. It does
/// not sync a folder that a concurrent upload has just created, and that upload may not have synced
/// it yet either.
pub(super) async fn sync_folders_of(root: PathBuf, key: String) -> io::Result<()> {
    blocking(move || {
        let folders = Path::new(&key).ancestors().skip(2);
        folders
            .map(|folder| sync_dir(&root.join(folder)))
            // The last file of a folder may have just been deleted, and the folder with it.
            .filter(
                |synced| !matches!(synced, Err(error) if error.kind() == io::ErrorKind::NotFound),
            )
            .collect()
    })
    .await
}

/// Opens a file and reads its first chunk, as [`read_chunk`] does.
pub(super) async fn open_and_read_chunk(path: PathBuf, max: usize) -> io::Result<(File, Bytes)> {
    let file = blocking(move || {
        File::open(&path).map_err(|error| {
            let text = format!("cannot open `{}`: {error}", path.display());
            io::Error::new(error.kind(), text)
        })
    });
    read_chunk(file.await?, max).await
}

/// Reads the next `max` bytes of a file: fewer at its end, and none after it.
pub(super) async fn read_chunk(mut file: File, max: usize) -> io::Result<(File, Bytes)> {
    blocking(move || {
        let mut chunk = Vec::with_capacity(max);
        file.by_ref().take(max as u64).read_to_end(&mut chunk)?;
        Ok((file, chunk.into()))
    })
    .await
}

/// Streams a range of a file. If the file is shorter, the stream ends with an error.
pub(super) fn read_range(
    mut file: File,
    range: Range<u64>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
    // Seeking moves no data, so it needs no blocking thread.
    file.seek(SeekFrom::Start(range.start))?;
    let left = range.end.saturating_sub(range.start);
    Ok(stream::try_unfold(
        (file, left),
        |(file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let max = usize::try_from(left).map_or(READ_CHUNK, |left| left.min(READ_CHUNK));
            let (file, chunk) = read_chunk(file, max).await?;
            if chunk.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let left = left - chunk.len() as u64;
            Ok(Some((chunk, (file, left))))
        },
    ))
}

/// Opens the file `key` of the store in `root`, and returns it with its length. Links are followed
/// only if they belong to root or to the user who runs this process, see [`Folder`].
pub(super) async fn open_file(root: PathBuf, key: String) -> io::Result<(File, u64)> {
    blocking(move || {
        let file = Place::of(&root.join(key))?.open()?;
        let length = file.metadata()?.len();
        Ok((file, length))
    })
    .await
}

/// Deletes the file `key` of the store in `root`, and the folders of the key that are empty
/// afterwards. Links are followed as in [`open_file`], and a link in place of the file is deleted
/// itself. A missing file is not an error.
pub(super) async fn delete_file(root: PathBuf, key: String) -> io::Result<()> {
    blocking(move || {
        let path = root.join(&key);
        match in_folder(&path, Folder::remove_file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            deleted => deleted?,
        }
        for folder in path
            .ancestors()
            .skip(1)
            .take_while(|folder| *folder != root)
        {
            // The folder is not empty, or another process has already deleted it.
            if in_folder(folder, Folder::remove_folder).is_err() {
                break;
            }
        }
        Ok(())
    })
    .await
}

/// Opens the folder that contains `path`, and calls `f` with it and the last segment of `path`.
fn in_folder(path: &Path, f: impl Fn(&Folder, &OsStr) -> io::Result<()>) -> io::Result<()> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => f(&Folder::open(folder)?, name),
        _ => Ok(()),
    }
}

/// Deletes files in and below `folder` that were being written when their process was killed: those
/// whose names end in `#` and a number, which no key does, and that were last written before
/// `before`. Returns the number of deleted files.
pub(super) async fn delete_unfinished(folder: PathBuf, before: UtcTime) -> io::Result<usize> {
    blocking(move || {
        let (mut folders, mut deleted) = (vec![Folder::open(&folder)?], 0);
        while let Some(folder) = folders.pop() {
            for name in folder.names()? {
                let name = name?;
                match folder.entry(&name)? {
                    Some(Entry::Folder) => folders.push(folder.folder(&name)?),
                    Some(Entry::File(_)) if is_unfinished(&name) => {
                        let is_old = is_older(&folder, &name, before);
                        deleted += usize::from(is_old && folder.remove_file(&name).is_ok());
                    }
                    _ => {}
                }
            }
        }
        Ok(deleted)
    })
    .await
}

fn is_unfinished(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.rsplit_once('#'));
    number.is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Returns `true` if the file was last modified before `time`, and `false` if it is newer or has
/// been deleted.
fn is_older(folder: &Folder, name: &OsStr, time: UtcTime) -> bool {
    let data = folder.open_file(name).and_then(|file| file.metadata());
    let modified = data.and_then(|data| data.modified());
    modified.is_ok_and(|modified| modified < SystemTime::from(time.as_chrono()))
}

/// Number of bytes read at a time for a stream. The 8 KiB chunks of object_store's stream took
/// eight times as long for 20 MiB, since each is handed over between threads.
const READ_CHUNK: usize = 64 * 1024;

/// Makes the entries of a folder survive a loss of power, on systems that support it.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
