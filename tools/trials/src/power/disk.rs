//! A simulated disk whose power may be cut: replays a journal and computes what remains.
//!
//! The content of a file is durable once a sync of the file has ended that began after the write. A
//! name is durable once a sync of its folder has ended that began after the change. This is what
//! POSIX promises; some file systems do more. Of what is not durable, a cut leaves nothing,
//! everything or a part: any version of each sector of a file, and the first few changes of each
//! folder.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::Context;
use fastrand::Rng;

use super::file::File;
use super::folder::{Folder, Naming, Node};
use super::journal::Change;
use super::tree::Tree;

/// The syncs that the disk carries out. It reports success for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// Carries out every sync.
    All,
    /// Carries out the sync of a write-ahead log only before the database is written, as SQLite
    /// does with `synchronous=NORMAL`.
    LogsLate,
    /// Carries out no sync, as with `synchronous=OFF`.
    None,
}

#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    syncs: Syncs,
    files: Vec<File>,
    folders: Vec<Folder>,
    /// The current meaning of the inode numbers.
    numbers: HashMap<u64, Node>,
    /// For each sync that has begun: the number of edits that it makes durable.
    begun: HashMap<u64, usize>,
    /// For each log: the number of edits that its delayed sync makes durable.
    late: HashMap<usize, usize>,
}

/// The index of the root folder.
const ROOT: usize = 0;

impl Disk {
    /// Creates a disk that holds `tree` at `root`. All of it is durable.
    pub fn new(
        root: &Path,
        tree: &Tree,
        numbers: &BTreeMap<PathBuf, u64>,
        syncs: Syncs,
    ) -> anyhow::Result<Self> {
        let mut disk = Self {
            root: root.canonicalize()?,
            syncs,
            files: Vec::new(),
            folders: vec![Folder::default()],
            numbers: HashMap::new(),
            begun: HashMap::new(),
            late: HashMap::new(),
        };
        let number = |path: &Path| {
            numbers
                .get(path)
                .copied()
                .context("a file without a number")
        };
        disk.numbers
            .insert(number(Path::new(""))?, Node::Folder(ROOT));
        for (path, content) in tree {
            let (folder, name) = disk.place(&disk.root.join(path))?;
            let node = match content {
                Some(content) => disk.add_file(File::durable(content.clone())),
                None => disk.add_folder(),
            };
            disk.folders[folder].keep(name, node);
            disk.numbers.insert(number(path)?, node);
        }
        Ok(disk)
    }

    /// Applies a change.
    pub fn apply(&mut self, change: &Change) -> anyhow::Result<()> {
        match change {
            Change::Create { node, path } => {
                let (folder, name) = self.place(path)?;
                let file = self.add_file(File::default());
                self.numbers.insert(*node, file);
                self.folders[folder].change(Naming::Give(name, file));
            }
            Change::Write { node, at, bytes } => {
                self.before_writing(*node);
                self.file(*node)?.write(*at, bytes.clone());
            }
            Change::Truncate { node, length } => {
                self.before_writing(*node);
                self.file(*node)?.truncate(*length);
            }
            Change::SyncBegin { node, sync } => {
                let edits = match self.node(*node)? {
                    Node::File(file) => self.files[file].edits(),
                    Node::Folder(folder) => self.folders[folder].edits(),
                };
                self.begun.insert(*sync, edits);
            }
            Change::SyncEnd { node, sync } => {
                let edits = self
                    .begun
                    .remove(sync)
                    .context("a sync ends that has not begun")?;
                self.sync(*node, edits)?;
            }
            Change::Unlink { path } | Change::RemoveFolder { path } => {
                let (folder, name) = self.place(path)?;
                self.folders[folder].change(Naming::Take(name));
            }
            Change::Rename { from, to } => {
                let node = self.find(from)?;
                let ((from, old), (to, new)) = (self.place(from)?, self.place(to)?);
                if from == to {
                    self.folders[to].change(Naming::Move(old, new, node));
                } else {
                    self.folders[to].change(Naming::Give(new, node));
                    self.folders[from].change(Naming::Take(old));
                }
            }
            Change::Link { from, to } => {
                let node = self.find(from)?;
                let (folder, name) = self.place(to)?;
                self.folders[folder].change(Naming::Give(name, node));
            }
            Change::MakeFolder { node, path } => {
                let (folder, name) = self.place(path)?;
                let made = self.add_folder();
                self.numbers.insert(*node, made);
                self.folders[folder].change(Naming::Give(name, made));
            }
        }
        Ok(())
    }

    /// Returns the state that the process last saw.
    pub fn now(&self) -> Tree {
        let mut tree = Tree::new();
        self.collect(
            Path::new(""),
            ROOT,
            &mut tree,
            &mut |folder| folder.now.clone(),
            &mut |file| file.now().to_vec(),
        );
        tree
    }

    /// Returns a random state that the disk may have after a power cut.
    pub fn after_cut(&self, rng: &mut Rng) -> Tree {
        let mut tree = Tree::new();
        let mut names = rng.fork();
        self.collect(
            Path::new(""),
            ROOT,
            &mut tree,
            &mut |folder| folder.after_cut(&mut names),
            &mut |file| file.after_cut(rng),
        );
        tree
    }

    fn collect(
        &self,
        path: &Path,
        folder: usize,
        tree: &mut Tree,
        names: &mut impl FnMut(&Folder) -> BTreeMap<String, Node>,
        content: &mut impl FnMut(&File) -> Vec<u8>,
    ) {
        for (name, node) in names(&self.folders[folder]) {
            let path = path.join(name);
            match node {
                Node::File(file) => {
                    tree.insert(path, Some(content(&self.files[file])));
                }
                Node::Folder(folder) => {
                    tree.insert(path.clone(), None);
                    self.collect(&path, folder, tree, names, content);
                }
            }
        }
    }

    fn sync(&mut self, number: u64, edits: usize) -> anyhow::Result<()> {
        match (self.syncs, self.node(number)?) {
            (Syncs::None, _) => {}
            (Syncs::LogsLate, Node::File(file)) if self.is_log(file) => {
                self.late.insert(file, edits);
            }
            (_, Node::File(file)) => self.files[file].settle(edits),
            (_, Node::Folder(folder)) => self.folders[folder].settle(edits),
        }
        Ok(())
    }

    /// Carries out the delayed syncs of logs before a database is written.
    fn before_writing(&mut self, number: u64) {
        if self.late.is_empty() {
            return;
        }
        if let Some(Node::File(file)) = self.numbers.get(&number).copied()
            && self.has_name(file, |name| name.ends_with(".db"))
        {
            for (log, edits) in std::mem::take(&mut self.late) {
                self.files[log].settle(edits);
            }
        }
    }

    fn is_log(&self, file: usize) -> bool {
        self.has_name(file, |name| name.ends_with("-wal"))
    }

    /// Returns `true` if the file has a matching name in the root folder, where databases are.
    fn has_name(&self, file: usize, is_such: impl Fn(&str) -> bool) -> bool {
        let names = &self.folders[ROOT].now;
        names
            .iter()
            .any(|(name, node)| *node == Node::File(file) && is_such(name))
    }

    fn add_file(&mut self, file: File) -> Node {
        self.files.push(file);
        Node::File(self.files.len() - 1)
    }

    fn add_folder(&mut self) -> Node {
        self.folders.push(Folder::default());
        Node::Folder(self.folders.len() - 1)
    }

    fn node(&self, number: u64) -> anyhow::Result<Node> {
        self.numbers
            .get(&number)
            .copied()
            .context("a file that was never created is changed")
    }

    fn file(&mut self, number: u64) -> anyhow::Result<&mut File> {
        match self.node(number)? {
            Node::File(file) => Ok(&mut self.files[file]),
            Node::Folder(_) => anyhow::bail!("a folder is written to"),
        }
    }

    /// Returns the folder and the name in it to which a path currently refers.
    fn place(&self, path: &Path) -> anyhow::Result<(usize, String)> {
        let inside = path.strip_prefix(&self.root)?;
        let mut folder = ROOT;
        for part in inside.parent().into_iter().flat_map(Path::components) {
            let name = part.as_os_str().to_string_lossy();
            match self.folders[folder].now.get(&*name) {
                Some(Node::Folder(found)) => folder = *found,
                _ => anyhow::bail!("`{}` is in no folder", path.display()),
            }
        }
        let name = inside.file_name().context("a path without a name")?;
        Ok((folder, name.to_string_lossy().into_owned()))
    }

    fn find(&self, path: &Path) -> anyhow::Result<Node> {
        let (folder, name) = self.place(path)?;
        let found = self.folders[folder].now.get(&name).copied();
        found.with_context(|| format!("`{}` is not there", path.display()))
    }
}

#[cfg(test)]
mod tests;
