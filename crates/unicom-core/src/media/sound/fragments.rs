//! Fragments of MP4, which recorders write as they go (ISO/IEC 14496-12, 8.8).

use std::io::{Read, Seek};

use super::boxes::{four, time, version};
use crate::media::scan::{Broken, Scan};

/// How far the fragments of a track reach, in its units.
#[derive(Default)]
pub(super) struct Fragments {
    /// Where the first one begins.
    start: Option<u64>,
    /// Where the last one so far ends.
    end: u64,
    /// The usual length of a sample in all fragments.
    pub usual_sample: u32,
    /// The usual length of a sample in the present fragment.
    sample: u32,
}

impl Fragments {
    /// Returns how long all fragments play.
    pub fn length(&self) -> u64 {
        self.end.saturating_sub(self.start.unwrap_or(0))
    }

    /// Begins a fragment with the rest of a `tfhd`, behind its flags and the number of its track.
    pub fn begin<R: Read + Seek>(&mut self, scan: &mut Scan<R>, flags: u32) -> Result<(), Broken> {
        self.sample = self.usual_sample;
        if flags & 0x01 != 0 {
            scan.skip(8)?;
        }
        if flags & 0x02 != 0 {
            scan.skip(4)?;
        }
        if flags & 0x08 != 0 {
            self.sample = four(scan)?;
        }
        Ok(())
    }

    /// Reads a `tfdt`: when the fragment begins.
    pub fn read_start<R: Read + Seek>(&mut self, scan: &mut Scan<R>) -> Result<(), Broken> {
        let (version, _) = version(scan)?;
        self.end = time(scan, version)?;
        self.start.get_or_insert(self.end);
        Ok(())
    }

    /// Reads a `trun` that ends at `end`: the lengths of samples.
    pub fn read_samples<R: Read + Seek>(
        &mut self,
        scan: &mut Scan<R>,
        end: u64,
    ) -> Result<(), Broken> {
        let (_, flags) = version(scan)?;
        let count = four(scan)?;
        for field in [0x01, 0x04] {
            if flags & field != 0 {
                scan.skip(4)?;
            }
        }
        if flags & 0x100 == 0 {
            let length = u64::from(count) * u64::from(self.sample);
            self.end = self.end.saturating_add(length);
            return Ok(());
        }
        let others = [0x200, 0x400, 0x800].map(|field| u64::from(flags & field != 0) * 4);
        let others: u64 = others.iter().sum();
        for _ in 0..count {
            if scan.position() >= end {
                return Err(Broken::Format);
            }
            let length = four(scan)?;
            self.end = self.end.saturating_add(length.into());
            scan.skip(others)?;
        }
        Ok(())
    }
}
