//! Files of this machine, read in chunks off the async threads, and the folder that keeps them.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::{self, Stream};

/// Creates `dir` and the folders above it that are missing, for this user only, and syncs them.
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

/// Reads the next `max` bytes of a file; fewer at its end, none behind it.
pub(super) async fn read_chunk(mut file: File, max: usize) -> io::Result<(File, Bytes)> {
    blocking(move || {
        let mut chunk = Vec::with_capacity(max);
        file.by_ref().take(max as u64).read_to_end(&mut chunk)?;
        Ok((file, chunk.into()))
    })
    .await
}

/// Streams a range of a file. A file that is shorter ends the stream with an error.
pub(super) fn read_range(
    mut file: File,
    range: Range<u64>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
    // It moves no data, so it needs no thread that may block.
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

/// Bytes read at a time for a reader. The 8 KiB of object_store's own stream took eight times as
/// long for 20 MiB, handing over between threads for each.
const READ_CHUNK: usize = 64 * 1024;

/// Makes the names in a folder survive a loss of power, where the system can.
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
