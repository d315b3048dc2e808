//! The names in a folder on a simulated disk: the durable names, the names that the process sees,
//! and the changes between them.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;

/// A file or a folder, by its index on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    File(usize),
    Folder(usize),
}

#[derive(Debug, Default)]
pub struct Folder {
    durable: BTreeMap<String, Node>,
    /// The names that the process sees.
    pub now: BTreeMap<String, Node>,
    pending: VecDeque<Naming>,
    settled: usize,
}

/// A change of a folder's names.
#[derive(Debug, Clone)]
pub enum Naming {
    Give(String, Node),
    Take(String),
    /// An atomic rename within the folder.
    Move(String, String, Node),
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, Node>) {
        match self {
            Self::Give(name, node) => {
                names.insert(name.clone(), *node);
            }
            Self::Take(name) => {
                names.remove(name);
            }
            Self::Move(from, to, node) => {
                names.remove(from);
                names.insert(to.clone(), *node);
            }
        }
    }
}

impl Folder {
    /// Adds a durable name.
    pub fn keep(&mut self, name: String, node: Node) {
        self.durable.insert(name.clone(), node);
        self.now.insert(name, node);
    }

    pub fn change(&mut self, naming: Naming) {
        naming.apply(&mut self.now);
        self.pending.push_back(naming);
    }

    /// Returns the number of changes so far, which is the number that a sync beginning now makes
    /// durable.
    pub fn edits(&self) -> usize {
        self.settled + self.pending.len()
    }

    /// Makes the first `edits` changes durable.
    pub fn settle(&mut self, edits: usize) {
        while self.settled < edits {
            let Some(naming) = self.pending.pop_front() else {
                return;
            };
            naming.apply(&mut self.durable);
            self.settled += 1;
        }
    }

    /// Returns random names after a power cut: none, all, or the first few of the changes that are
    /// not durable are applied.
    pub fn after_cut(&self, rng: &mut Rng) -> BTreeMap<String, Node> {
        let known = match rng.u8(..4) {
            0 | 1 => 0,
            2 => self.pending.len(),
            _ => rng.usize(..=self.pending.len()),
        };
        let mut names = self.durable.clone();
        for naming in self.pending.iter().take(known) {
            naming.apply(&mut names);
        }
        names
    }
}
