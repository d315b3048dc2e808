//! Files and folders with secrets that other users of the machine may read or change.

use std::path::{Path, PathBuf};

use super::weakness::Weakness;
use crate::file_permissions::{self, Rights};
use crate::paths::{key_file, media_folder, sqlite_file};
use crate::{SecurityLog, Settings};

/// The id of the user who may do everything anyway.
const ROOT: u32 = 0;

/// A file or folder, with its setting and the ids of its weaknesses.
struct Place {
    what: &'static str,
    mode: &'static str,
    owner: &'static str,
    path: PathBuf,
    is_folder: bool,
}

/// Returns the weaknesses of files that other users may access, or that belong to another user.
pub(super) fn of(settings: &Settings) -> Vec<Weakness> {
    let places = places(settings);
    let owner = expected_owner(&places);
    let mut found = Vec::new();
    for place in &places {
        let Some(rights) = Rights::of(&place.path) else {
            continue;
        };
        found.extend(place.open_to_others(rights));
        found.extend(owner.and_then(|owner| place.of_another(rights, owner)));
    }
    found
}

fn places(settings: &Settings) -> Vec<Place> {
    let place = |is_folder, [what, mode, owner]: [&'static str; 3], path: &Path| Place {
        what,
        mode,
        owner,
        path: path.to_owned(),
        is_folder,
    };
    let file = |ids, path: &Path| place(false, ids, path);
    let folder = |ids, path: &Path| place(true, ids, path);
    let ids = ["data_dir", "data_dir_mode", "data_dir_owner"];
    let mut places = vec![folder(ids, &settings.data_dir)];
    if let Some(path) = sqlite_file(settings) {
        // SQLite gives the files beside the database the same mode, but copies may have another
        // one.
        for end in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            let ids = ["database_url", "database_mode", "database_owner"];
            places.push(file(ids, Path::new(&name)));
        }
    }
    if let Some(path) = media_folder(settings) {
        places.push(folder(["media_url", "media_mode", "media_owner"], &path));
    }
    if let Some(path) = key_file(settings)
        .as_ref()
        .or(settings.secret_key_file.as_ref())
    {
        let ids = ["secret_key_file", "secret_key_mode", "secret_key_owner"];
        places.push(file(ids, path));
    }
    if let SecurityLog::File(path) = &settings.security_log {
        let ids = ["security_log", "security_log_mode", "security_log_owner"];
        places.push(file(ids, path));
    }
    if let Some(path) = &settings.secret_file {
        let ids = ["config_file", "config_file_mode", "config_file_owner"];
        places.push(file(ids, path));
    }
    places
}

/// Returns the user who must own the files: the user of this process. If that is root, which
/// inspects the files of another user, it is the owner of the first file that exists.
fn expected_owner(places: &[Place]) -> Option<u32> {
    match file_permissions::user()? {
        ROOT => places
            .iter()
            .find_map(|place| Rights::of(&place.path))
            .map(|rights| rights.owner),
        user => Some(user),
    }
}

impl Place {
    fn open_to_others(&self, rights: Rights) -> Option<Weakness> {
        let does = match (rights.others_may_read(), rights.others_may_write()) {
            (true, true) => "read and change",
            (true, false) => "read",
            (false, true) => "change",
            (false, false) => return None,
        };
        let (name, mode) = (self.path.display(), rights.mode);
        let private = if self.is_folder { "700" } else { "600" };
        Some(self.weakness(
            self.mode,
            format!("leads to `{name}`, and others than its owner may {does} it (mode {mode:o}): `chmod {private}` ends that"),
        ))
    }

    fn of_another(&self, rights: Rights, expected: u32) -> Option<Weakness> {
        let (name, owner) = (self.path.display(), rights.owner);
        if [expected, ROOT].contains(&owner) {
            return None;
        }
        Some(self.weakness(
            self.owner,
            format!("leads to `{name}`, which belongs to another user (number {owner}, not {expected}): `chown` ends that"),
        ))
    }

    fn weakness(&self, id: &'static str, detail: String) -> Weakness {
        Weakness {
            id,
            what: self.what,
            detail,
        }
    }
}
