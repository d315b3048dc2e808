//! The fixture that requests are sent to: a server's routes on SQLite, with existing accounts,
//! chats and other data.
//!
//! The fixture is created once per thread. It is reset from a copy after a request that may have
//! changed identities, and from time to time. Its clock stands still.

mod live;
mod made;
mod managed;
mod seed_data;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::rt::Runtime;
use futures_util::TryStreamExt;
use tempfile::TempDir;
use unicom_content::media::ObjectMediaStore;
use unicom_core::media::MediaStore;
use unicom_http::admission::{Admission, AdmissionOptions, Rate, Rates};
use unicom_models::UtcTime;

use crate::actors::{People, Who};
use crate::answer::must_be_right;
use crate::app::Answer;
use crate::input::Names;
use crate::requests::Asked;
use crate::secrets::{Secrets, tells_nothing_foreign};
use live::Live;

/// The number of writing requests after which the fixture is reset, so that it stays small and
/// fast.
const MOST_CHANGES: u32 = 50;

/// The target of all requests.
pub(crate) struct Fixture {
    pub names: Names,
    pub people: People,
    secrets: Secrets,
    runtime: Runtime,
    folder: TempDir,
    /// A copy of the database in its initial state.
    template: PathBuf,
    rows: BTreeMap<String, Vec<String>>,
    now: UtcTime,
    media: Arc<ObjectMediaStore>,
    first_files: BTreeSet<String>,
    admission: Admission,
    live: Live,
    files: BTreeSet<String>,
    changes: u32,
    beginnings: u64,
    answers: BTreeMap<u16, u64>,
}

thread_local! {
    static IS_MADE: Cell<bool> = const { Cell::new(false) };
    static WORLD: RefCell<Option<Fixture>> = const { RefCell::new(None) };
}

/// Returns the number of responses of this thread for each status.
pub fn answers() -> BTreeMap<u16, u64> {
    WORLD.with_borrow(|world| {
        world
            .as_ref()
            .map(|world| world.answers.clone())
            .unwrap_or_default()
    })
}

/// Calls a function with this thread's fixture.
pub(crate) fn with<T>(f: impl FnOnce(&mut Fixture) -> T) -> T {
    // Actix's thread-local state must be created before the fixture, so that it is dropped after
    // it.
    let new = (!IS_MADE.replace(true)).then(Fixture::new);
    WORLD.with_borrow_mut(|world| f(world.get_or_insert_with(|| new.expect("it was made"))))
}

impl Fixture {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let media = Arc::new(ObjectMediaStore::in_memory());
        let admission = admission();
        let template = folder.path().join("template.db");
        let made = runtime.block_on(async {
            let live = Live::begin(&template, &media, &admission, None).await;
            seed_data::make(live, &media).await
        });
        let files = runtime.block_on(list(&media));
        assert_eq!(files.len(), 1, "the user's file");
        let now = UtcTime::now();
        let first = folder.path().join("0.db");
        fs::copy(&template, &first).expect("a copy");
        let mut live = runtime.block_on(Live::begin(&first, &media, &admission, Some(now)));
        let rows = live.rows();
        assert!(
            rows.values().flatten().count() > 20,
            "there is little: {rows:?}"
        );
        Self {
            names: made.names,
            people: made.people,
            secrets: made.secrets,
            runtime,
            folder,
            template,
            rows,
            now,
            media,
            first_files: files.clone(),
            admission,
            live,
            files,
            changes: 0,
            beginnings: 0,
            answers: BTreeMap::new(),
        }
    }

    /// Sends a request as `who` and checks the response.
    ///
    /// It must be valid and must not reveal secrets or other users' data. A request that was
    /// refused or only reads must not have written anything.
    pub fn ask(&mut self, who: Who, asked: &Asked) -> Answer {
        self.ask_plain(who, asked, asked)
    }

    /// Sends a request whose body is encoded, and checks the response as [`ask`](Self::ask) does.
    /// `plain` is the request before its body was encoded. A WebSocket may write: clients note by
    /// it what they have read.
    pub fn ask_plain(&mut self, who: Who, encoded: &Asked, plain: &Asked) -> Answer {
        let (answer, wrote) = self.send(encoded);
        let asked = plain;
        *self.answers.entry(answer.status).or_default() += 1;
        must_be_right(asked, &answer, &self.folder.path().to_string_lossy());
        self.secrets.are_kept(asked, &answer);
        if !who.manages() {
            tells_nothing_foreign(asked, &answer);
        }
        let may_write = !asked.reads() && answer.status < 400 || answer.status == 101;
        if !asked.reads() {
            assert_eq!(self.live.uploads(), 0, "an upload is left");
        }
        if !asked.reads() && !may_write {
            assert_eq!(self.list(), self.files, "files came or went");
        }
        if wrote && !may_write {
            self.must_write_nothing(encoded, answer.status);
        } else if may_write && (wrote || !asked.reads()) {
            self.changes += 1;
            let path = asked.target.path();
            let ends_something = ["/auth/", "/erase", "/reply"];
            if self.changes >= MOST_CHANGES || ends_something.iter().any(|end| path.contains(end)) {
                self.begin_anew();
            } else {
                self.files = self.list();
            }
        }
        answer
    }

    /// Exports all stored data as lines.
    pub fn export(&mut self) -> String {
        self.live.export()
    }

    /// Sends a request. Also returns `true` if a transaction was committed, which may have changed
    /// nothing.
    fn send(&mut self, asked: &Asked) -> (Answer, bool) {
        let (request, payload) = asked.parts();
        let answer = self.runtime.block_on((self.live.routes)(request, payload));
        (answer, self.live.has_changed())
    }

    /// Repeats the request on a fresh copy, where every row is known, and checks that it writes
    /// nothing.
    fn must_write_nothing(&mut self, asked: &Asked, status: u16) {
        self.begin_anew();
        let (answer, _) = self.send(asked);
        if answer.status == status {
            assert_eq!(self.live.rows(), self.rows, "{status}, and yet it wrote");
        }
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.beginnings += 1;
        self.changes = 0;
        let before = self.live.path.clone();
        let path = self.folder.path().join(format!("{}.db", self.beginnings));
        fs::copy(&self.template, &path).expect("a copy");
        let live = Live::begin(&path, &self.media, &self.admission, Some(self.now));
        self.live = self.runtime.block_on(live);
        for suffix in ["", "-wal", "-shm"] {
            // Files that threads still hold open disappear with those threads.
            let _ = fs::remove_file(format!("{}{suffix}", before.display()));
        }
        let (media, first) = (&self.media, &self.first_files);
        self.runtime.block_on(async {
            for key in list(media).await.difference(first) {
                media.delete(key.clone()).await.expect("a deleted file");
            }
        });
        self.files = self.list();
    }

    fn list(&self) -> BTreeSet<String> {
        self.runtime.block_on(list(&self.media))
    }
}

async fn list(media: &ObjectMediaStore) -> BTreeSet<String> {
    let listed = media.list("messages".to_owned()).map_ok(|file| file.key);
    listed.try_collect().await.expect("the list of files")
}

/// Only limits the rates of password hashing, which is slow by design.
fn admission() -> Admission {
    let some = Rate::new(30, 5).ok();
    Admission::new(AdmissionOptions {
        rates: Rates {
            login_address: some,
            registrations: some,
            ..Rates::OFF
        },
        ..AdmissionOptions::default()
    })
}
