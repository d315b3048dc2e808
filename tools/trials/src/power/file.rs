//! A file on a simulated disk: its durable content, the content that the process sees, and the
//! edits between them.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;

/// The unit of a disk write in bytes: the sector size of old disks and of most new ones. A sector
/// is never torn.
const SECTORS: [usize; 2] = [512, 4096];

#[derive(Debug, Clone, Default)]
pub struct File {
    durable: Vec<u8>,
    now: Vec<u8>,
    /// The edits that are not durable yet, oldest first.
    pending: VecDeque<Edit>,
    /// The number of durable edits.
    settled: usize,
}

#[derive(Debug, Clone)]
enum Edit {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

impl Edit {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => {
                let end = at + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*at..end].copy_from_slice(bytes);
            }
            Self::Truncate { length } => content.resize(*length, 0),
        }
    }
}

impl File {
    /// Creates a file whose content is durable.
    pub fn durable(content: Vec<u8>) -> Self {
        Self {
            now: content.clone(),
            durable: content,
            ..Self::default()
        }
    }

    /// Returns the content that the process sees.
    pub fn now(&self) -> &[u8] {
        &self.now
    }

    pub fn write(&mut self, at: usize, bytes: Vec<u8>) {
        self.edit(Edit::Write { at, bytes });
    }

    pub fn truncate(&mut self, length: usize) {
        self.edit(Edit::Truncate { length });
    }

    fn edit(&mut self, edit: Edit) {
        edit.apply(&mut self.now);
        self.pending.push_back(edit);
    }

    /// Returns the number of edits so far, which is the number that a sync beginning now makes
    /// durable.
    pub fn edits(&self) -> usize {
        self.settled + self.pending.len()
    }

    /// Makes the first `edits` edits durable.
    pub fn settle(&mut self, edits: usize) {
        while self.settled < edits {
            let Some(edit) = self.pending.pop_front() else {
                return;
            };
            edit.apply(&mut self.durable);
            self.settled += 1;
        }
    }

    /// Returns a random content after a power cut: nothing, all, or some sectors in some version of
    /// what is not durable.
    pub fn after_cut(&self, rng: &mut Rng) -> Vec<u8> {
        match rng.u8(..4) {
            0 => self.durable.clone(),
            1 => self.now.clone(),
            _ => self.scattered(rng),
        }
    }

    fn scattered(&self, rng: &mut Rng) -> Vec<u8> {
        let sector = SECTORS[rng.usize(..SECTORS.len())];
        // The length is that after some of the edits. Each sector has the content after any of the
        // edits that touch it.
        let known = rng.usize(..=self.pending.len());
        let mut content = self.durable.clone();
        let mut length = content.len();
        let mut versions: BTreeMap<usize, Vec<Vec<u8>>> = BTreeMap::new();
        for (number, edit) in self.pending.iter().enumerate() {
            let before = content.len();
            edit.apply(&mut content);
            let touched = match edit {
                Edit::Write { at, bytes } => *at.min(&before)..at + bytes.len(),
                Edit::Truncate { length } => before.min(*length)..before.max(*length),
            };
            for number in touched.start / sector..touched.end.div_ceil(sector) {
                let begin = (number * sector).min(content.len());
                let end = (begin + sector).min(content.len());
                versions
                    .entry(number)
                    .or_default()
                    .push(content[begin..end].to_vec());
            }
            if number < known {
                length = content.len();
            }
        }
        let mut found = self.durable.clone();
        found.resize(length, 0);
        for (number, mut versions) in versions {
            let choice = rng.usize(..=versions.len());
            if choice == versions.len() {
                // The sector keeps its durable version.
                continue;
            }
            let begin = (number * sector).min(length);
            let end = (begin + sector).min(length);
            let mut version = versions.swap_remove(choice);
            version.resize(end - begin, 0);
            found[begin..end].copy_from_slice(&version);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_synced_content_is_durable() {
        let mut file = File::durable(b"old".to_vec());
        file.write(0, vec![b'a'; 4096]);
        let edits = file.edits();
        // This write happens during the sync.
        file.write(0, vec![b'b'; 4096]);
        file.write(8192, vec![b'c'; 100]);
        file.settle(edits);
        file.settle(edits);
        let mut rng = Rng::with_seed(1);
        let mut lengths = std::collections::BTreeSet::new();
        let (mut torn, mut kept) = (0, 0);
        for _ in 0..1000 {
            let found = file.after_cut(&mut rng);
            assert!(
                found[..4096].iter().all(|byte| b"ab".contains(byte)),
                "what was synced is gone"
            );
            assert!(found[4096..].iter().all(|byte| b"\0c".contains(byte)));
            lengths.insert(found.len());
            let a = found[..4096].iter().filter(|byte| **byte == b'a').count();
            assert_eq!(a % 512, 0, "a sector is whole");
            torn += usize::from(a != 0 && a != 4096);
            kept += usize::from(a == 4096);
        }
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [4096, 8292]);
        assert!(torn > 50 && kept > 200, "{torn} torn, {kept} kept");
        file.settle(file.edits());
        assert_eq!(file.after_cut(&mut rng), file.now());
        assert_eq!(file.now().len(), 8292);
    }

    #[test]
    fn file_may_have_any_earlier_length() {
        let mut file = File::durable(vec![b'x'; 1000]);
        file.truncate(0);
        file.write(0, vec![b'y'; 10]);
        let mut rng = Rng::with_seed(1);
        let lengths: std::collections::BTreeSet<usize> =
            (0..200).map(|_| file.after_cut(&mut rng).len()).collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [0, 10, 1000]);
    }
}
