//! The journal of `preload/power.c`: the changes of files and folders in the order in which they
//! were made.

use std::path::PathBuf;

use anyhow::{Context, bail};

/// The length of an entry's header in bytes, before its path and content.
const HEAD: usize = 32;

/// One change. `node` is the inode number of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Create {
        node: u64,
        path: PathBuf,
    },
    Write {
        node: u64,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        node: u64,
        length: usize,
    },
    /// The start of a sync of a file or folder.
    SyncBegin {
        node: u64,
        sync: u64,
    },
    SyncEnd {
        node: u64,
        sync: u64,
    },
    Unlink {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    MakeFolder {
        node: u64,
        path: PathBuf,
    },
    RemoveFolder {
        path: PathBuf,
    },
}

/// Reads a journal.
///
/// # Errors
///
/// Fails if the journal does not end with a complete entry, or has an unknown one.
pub fn read(mut journal: &[u8]) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    while !journal.is_empty() {
        let (change, length) = entry(journal).context("the journal is torn")??;
        changes.push(change);
        journal = &journal[length..];
    }
    Ok(changes)
}

/// Returns the first entry and its length, or `None` if it is incomplete.
fn entry(journal: &[u8]) -> Option<anyhow::Result<(Change, usize)>> {
    let head = journal.get(..HEAD)?;
    let half = |at: usize| Some(u32::from_ne_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let whole = |at: usize| Some(u64::from_ne_bytes(head.get(at..at + 8)?.try_into().ok()?));
    let (kind, path_length) = (half(0)?, half(4)? as usize);
    let (node, at, length) = (whole(8)?, whole(16)?, usize::try_from(whole(24)?).ok()?);
    let path = journal.get(HEAD..HEAD + path_length)?;
    let begin = HEAD + path_length;
    let bytes = journal.get(begin..begin + length)?;
    Some(change(kind, node, at, path, bytes).map(|change| (change, begin + length)))
}

fn change(kind: u32, node: u64, at: u64, path: &[u8], bytes: &[u8]) -> anyhow::Result<Change> {
    let position = usize::try_from(at)?;
    let path_of = |bytes: &[u8]| anyhow::Ok(PathBuf::from(std::str::from_utf8(bytes)?));
    Ok(match kind {
        1 => Change::Create {
            node,
            path: path_of(path)?,
        },
        2 => Change::Write {
            node,
            at: position,
            bytes: bytes.to_vec(),
        },
        3 => Change::Truncate {
            node,
            length: position,
        },
        4 => Change::SyncBegin { node, sync: at },
        5 => Change::SyncEnd { node, sync: at },
        6 => Change::Unlink {
            path: path_of(path)?,
        },
        7 => Change::Rename {
            from: path_of(path)?,
            to: path_of(bytes)?,
        },
        8 => Change::Link {
            from: path_of(path)?,
            to: path_of(bytes)?,
        },
        9 => Change::MakeFolder {
            node,
            path: path_of(path)?,
        },
        10 => Change::RemoveFolder {
            path: path_of(path)?,
        },
        _ => bail!("the journal has an unknown entry {kind}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: u32, node: u64, at: u64, path: &str, bytes: &str) -> Vec<u8> {
        let mut entry = Vec::new();
        entry.extend(kind.to_ne_bytes());
        entry.extend((path.len() as u32).to_ne_bytes());
        for number in [node, at, bytes.len() as u64] {
            entry.extend(number.to_ne_bytes());
        }
        entry.extend(path.bytes());
        entry.extend(bytes.bytes());
        entry
    }

    #[test]
    fn entries_are_read_in_order() {
        let journal = [
            written(1, 7, 0, "/a", ""),
            written(2, 7, 3, "", "xyz"),
            written(7, 0, 0, "/a", "/b"),
        ]
        .concat();
        let expected = [
            Change::Create {
                node: 7,
                path: "/a".into(),
            },
            Change::Write {
                node: 7,
                at: 3,
                bytes: b"xyz".to_vec(),
            },
            Change::Rename {
                from: "/a".into(),
                to: "/b".into(),
            },
        ];
        assert_eq!(read(&journal).unwrap(), expected);
    }

    #[test]
    fn invalid_journal_is_rejected() {
        let journal = written(2, 7, 3, "", "xyz");
        assert!(read(&journal[..journal.len() - 1]).is_err());
        assert!(read(&written(99, 0, 0, "", "")).is_err());
    }
}
