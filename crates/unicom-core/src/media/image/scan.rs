//! `Scan`: a file that is read from its start, most of it by leaping over it.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Why reading ended.
#[derive(Debug)]
pub(super) enum Broken {
    /// The file is not what its format says, or ends too early.
    Format,
    /// The file cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Format,
            _ => Self::Io(error),
        }
    }
}

/// A file, read forward.
pub(super) struct Scan<R> {
    reader: BufReader<R>,
    /// Bytes that are still to come: a leap beyond the end would not be noticed otherwise.
    left: u64,
}

impl<R: Read + Seek> Scan<R> {
    /// From the start of `content`.
    pub fn new(mut content: R) -> io::Result<Self> {
        let left = content.seek(SeekFrom::End(0))?;
        content.rewind()?;
        Ok(Self {
            reader: BufReader::new(content),
            left,
        })
    }

    /// Bytes that are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.count(N as u64)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Broken> {
        let [byte] = self.take()?;
        Ok(byte)
    }

    /// Leaps over `length` bytes.
    pub fn skip(&mut self, length: u64) -> Result<(), Broken> {
        self.count(length)?;
        let length = i64::try_from(length).map_err(|_| Broken::Format)?;
        Ok(self.reader.seek_relative(length)?)
    }

    /// Leaps behind the next byte of this value.
    pub fn skip_past(&mut self, byte: u8) -> Result<(), Broken> {
        let skipped = self.reader.skip_until(byte)?;
        self.count(skipped as u64)?;
        // The end of the file ends the leap as well: whatever is read next is missing.
        Ok(())
    }

    fn count(&mut self, length: u64) -> Result<(), Broken> {
        self.left = self.left.checked_sub(length).ok_or(Broken::Format)?;
        Ok(())
    }
}
