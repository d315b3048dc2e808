//! What belongs to a backup beside the database: files of messages, and the secret key.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::path::{self, Component, Path, PathBuf};

use serde::Serialize;
use unicom_auth::SecretKey;
use unicom_db::files::{NewFile, give_to_owner_of, same_file};

use super::kept_key;
use crate::places::{KEY_FILE, key_file, media_folder};
use crate::{Failure, Settings};

/// Files of messages in the folder that a backup copies to.
const MEDIA: &str = "media";

/// What was copied.
#[derive(Debug, Default, Serialize)]
pub(super) struct Copied {
    pub copied: u64,
    /// Not copied, since they were there.
    pub there: u64,
    /// Where the key is now that another one took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_key: Option<PathBuf>,
}

/// What a copy of the database alone lacks, if there is any of it.
pub(super) fn left_out(settings: &Settings, with_files: bool) -> Option<String> {
    let (media, key) = (media_folder(settings), key_file(settings));
    if media.is_none() {
        let url = settings.media_url.as_deref().unwrap_or_default();
        return Some(format!(
            "not in it: files of messages, which are in `{url}`"
        ));
    }
    let there = |path: &Path| path.exists().then(|| format!("`{}`", path.display()));
    let paths = [media, key].into_iter().flatten();
    let left: Vec<_> = paths.filter_map(|path| there(&path)).collect();
    (!with_files && !left.is_empty()).then(|| {
        format!(
            "not in it: {} (files of messages, the secret key)",
            left.join(" and ")
        )
    })
}

/// Makes sure that [`copy_out`] would not copy what it has copied, for ever.
pub(super) fn check_out(settings: &Settings, folder: &Path) -> Result<(), Failure> {
    media_folder(settings).map_or(Ok(()), |media| {
        expect_apart(&media, &folder.join(MEDIA), folder)
    })
}

/// Copies files of messages and the secret key into `folder`, as far as they are on this machine.
pub(super) fn copy_out(settings: &Settings, folder: &Path) -> Result<Copied, Failure> {
    let mut copied = Copied::default();
    make_folder(folder).map_err(failed(folder))?;
    if let Some(media) = media_folder(settings).filter(|media| media.exists()) {
        copy_missing(&media, &folder.join(MEDIA), &mut copied)?;
    }
    if let Some(key) = key_file(settings) {
        // What is kept may be the only copy of a key that was lost here.
        let kept = folder.join(KEY_FILE);
        kept_key::put(&key, &kept, kept_key::numbered(&kept), &mut copied)?;
    }
    Ok(copied)
}

/// Makes sure that [`copy_in`] may copy. Another secret key is replaced only with `force`, and only by what is one.
pub(super) fn check_in(settings: &Settings, folder: &Path, force: bool) -> Result<(), Failure> {
    if !folder.is_dir() {
        let path = folder.display();
        return Err(Failure::Failed(format!("there is no folder `{path}`")));
    }
    let from = folder.join(MEDIA);
    if let Some(media) = media_folder(settings).filter(|media| !same_file(&from, media)) {
        expect_apart(&from, &media, folder)?;
    }
    let kept = folder.join(KEY_FILE);
    let Some(key) = key_file(settings) else {
        return Ok(());
    };
    SecretKey::load(&kept).map_err(Failure::failed)?;
    if !force && kept_key::is_other(&key, &kept)? {
        return Err(Failure::Usage(format!(
            "`{}` is another key than `{}`: `--force` replaces it, and keeps it as `….before-restore`; whoever came since \
             then must log in again",
            key.display(),
            kept.display()
        )));
    }
    Ok(())
}

/// Copies back what [`copy_out`] copied, after [`check_in`]. The key comes last: until then, nothing has changed for
/// whoever has a session.
pub(super) fn copy_in(settings: &Settings, folder: &Path) -> Result<Copied, Failure> {
    let mut copied = Copied::default();
    if let Some(media) = media_folder(settings).filter(|_| folder.join(MEDIA).exists()) {
        copy_missing(&folder.join(MEDIA), &media, &mut copied)?;
    }
    let kept = folder.join(KEY_FILE);
    if let Some(key) = key_file(settings).filter(|_| kept.exists()) {
        make_folder(&settings.data_dir).map_err(failed(&settings.data_dir))?;
        kept_key::put(&kept, &key, kept_key::before_restore(&key), &mut copied)?;
    }
    Ok(copied)
}

/// A copy within what is copied would be copied again, for ever. `folder` is what the user named.
fn expect_apart(from: &Path, to: &Path, folder: &Path) -> Result<(), Failure> {
    if !real(to).starts_with(real(from)) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{}` cannot be the folder of `--files`: `{}`, which would be copied to, is within `{}`, which would be copied",
        folder.display(),
        to.display(),
        from.display()
    )))
}

/// The path without links and `..`, though the end of it be not there yet.
fn real(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for part in path::absolute(path).unwrap_or_default().components() {
        if part == Component::ParentDir {
            real.pop();
        } else {
            real.push(part);
        }
        real = real.canonicalize().unwrap_or(real);
    }
    real
}

/// Copies every file below `from` that is not below `to`. A file of a message never changes.
fn copy_missing(from: &Path, to: &Path, copied: &mut Copied) -> Result<(), Failure> {
    make_folder(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type().map_err(failed(from))?;
        if kind.is_dir() {
            copy_missing(&entry.path(), &target, copied)?;
        } else if kind.is_file() && !is_unfinished(&entry.file_name().to_string_lossy()) {
            copy_file(&entry.path(), &target, copied)?;
        }
    }
    Ok(())
}

/// Whether a file was being stored when a process died, or is being stored now: `NAME#1`.
fn is_unfinished(name: &str) -> bool {
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn copy_file(from: &Path, to: &Path, copied: &mut Copied) -> Result<(), Failure> {
    let mut source = match File::open(from) {
        // Its message was deleted meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        source => source.map_err(failed(from))?,
    };
    let length = source.metadata().map_err(failed(from))?.len();
    if fs::metadata(to).is_ok_and(|there| there.len() == length) {
        copied.there += 1;
        return Ok(());
    }
    let mut file = NewFile::create(to, true).map_err(Failure::failed)?;
    io::copy(&mut source, &mut file).map_err(failed(to))?;
    give_to_owner_of(to.parent().unwrap_or(to), file.part()).map_err(failed(to))?;
    file.finish().map_err(Failure::failed)?;
    copied.copied += 1;
    Ok(())
}

/// Makes the folder and those above it, for this user only and for whom the folder above belongs to.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty());
    if let Some(above) = above {
        make_folder(above)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    give_to_owner_of(above.unwrap_or(Path::new(".")), folder)
}

pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::Failed(format!("`{}`: {error}", path.display()))
}
