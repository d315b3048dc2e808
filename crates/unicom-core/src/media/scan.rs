//! `Scan`: a file that is read from its start, skipping most of its content.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Reason why reading ended early.
#[derive(Debug)]
pub(super) enum Broken {
    /// The file does not follow its format, or it ends too early.
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

/// A file that is read forward.
pub(super) struct Scan<R> {
    reader: BufReader<R>,
    length: u64,
    /// Number of bytes left. Counted because a seek beyond the end of the file reports no error.
    left: u64,
}

impl<R: Read + Seek> Scan<R> {
    /// Creates a scan that starts at the beginning of `content`.
    pub fn new(mut content: R) -> io::Result<Self> {
        let left = content.seek(SeekFrom::End(0))?;
        content.rewind()?;
        Ok(Self {
            reader: BufReader::new(content),
            length: left,
            left,
        })
    }

    /// Returns the number of bytes left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Returns the position of the next byte in the file.
    pub fn position(&self) -> u64 {
        self.length - self.left
    }

    /// Continues at this position in the file, or at its end if the file is shorter.
    pub fn go_to(&mut self, position: u64) -> Result<(), Broken> {
        let position = position.min(self.length);
        let way = i64::try_from(position)
            .ok()
            .zip(i64::try_from(self.position()).ok());
        let (to, from) = way.ok_or(Broken::Format)?;
        self.reader.seek_relative(to - from)?;
        self.left = self.length - position;
        Ok(())
    }

    /// Reads the next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.count(N as u64)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads the next byte.
    pub fn byte(&mut self) -> Result<u8, Broken> {
        let [byte] = self.take()?;
        Ok(byte)
    }

    /// Reads at most `most` bytes, fewer at the end of the file.
    pub fn up_to(&mut self, most: u64) -> Result<Vec<u8>, Broken> {
        let length = most.min(self.left);
        self.count(length)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Broken::Format)?];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Skips `length` bytes.
    pub fn skip(&mut self, length: u64) -> Result<(), Broken> {
        self.count(length)?;
        let length = i64::try_from(length).map_err(|_| Broken::Format)?;
        Ok(self.reader.seek_relative(length)?)
    }

    /// Skips all bytes up to and including the next `byte`.
    pub fn skip_past(&mut self, byte: u8) -> Result<(), Broken> {
        let skipped = self.reader.skip_until(byte)?;
        self.count(skipped as u64)?;
        // At the end of the file, the next read reports the missing bytes.
        Ok(())
    }

    fn count(&mut self, length: u64) -> Result<(), Broken> {
        self.left = self.left.checked_sub(length).ok_or(Broken::Format)?;
        Ok(())
    }
}
