//! Tests of files in the media store that no message refers to, however many there are, and of the
//! total file size of an account.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use unicom_content::media::{MediaKind, ObjectMediaStore, new_media_key};
use unicom_core::housekeeping::{Housekeeping, OrphanSweep, SweepError, Swept, sweep_orphans};
use unicom_core::media::{ListedFile, MediaError, MediaSource, MediaStore};
use unicom_db::{Reply, queries::messages};
use unicom_models::{MediaType, StoredMedia};
use unicom_testing::{TestClock, TestDatabase, block_on, both_engines};
use unicom_webchat::{NewMessage, Visitor, WebChatError, save_webchat_message};

use crate::explain::StatementRecorder;
use crate::fixture::Fixture;
use crate::pipeline::until;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn file(key: &str, size: i64) -> Option<(MediaType, StoredMedia)> {
    let media = StoredMedia {
        key: key.to_owned(),
        name: "a.gif".to_owned(),
        content_type: "image/gif".to_owned(),
        size,
        sha256: "ab".to_owned(),
        measures: unicom_models::MediaMeasures::default(),
    };
    Some((MediaType::Image, media))
}

fn key() -> String {
    new_media_key(&MediaKind::detect(b"GIF89a").unwrap())
}

/// Creates a store with this number of files. Returns it with their keys.
fn store(files: usize) -> (ObjectMediaStore, Vec<String>) {
    let store = ObjectMediaStore::in_memory();
    let keys: Vec<String> = (0..files).map(|_| key()).collect();
    for key in &keys {
        let source = MediaSource::Bytes("x".into());
        block_on(store.put(key.clone(), source)).unwrap();
    }
    (store, keys)
}

/// Creates a site whose clock is `ahead`, with messages that have these files.
fn site(db: &TestDatabase, ahead: Duration, keys: &[String]) -> Fixture {
    let clock = TestClock::new();
    clock.advance(ahead);
    let site = Fixture::with(&db.connect_with(clock.options()), serde_json::json!({}));
    write(&site, keys.to_vec()).wait().unwrap();
    site
}

/// Writes messages with these files.
fn write(site: &Fixture, keys: Vec<String>) -> Reply<(), WebChatError> {
    let channel = site.channel.clone();
    site.database.write(move |tx| {
        for key in keys {
            let message = NewMessage {
                media: file(&key, 3),
                ..NewMessage::default()
            };
            save_webchat_message(tx, &channel, &Visitor::user("7", "Ann"), message)?;
        }
        Ok(())
    })
}

fn sweep(site: &Fixture, store: &dyn MediaStore, how: OrphanSweep) -> Result<Swept, SweepError> {
    block_on(sweep_orphans(&site.database, store, how, Duration::ZERO))
}

fn left(store: &ObjectMediaStore) -> Vec<String> {
    let files: Vec<ListedFile> = block_on(store.list("messages".to_owned()).try_collect()).unwrap();
    let mut keys: Vec<String> = files.into_iter().map(|file| file.key).collect();
    keys.sort();
    keys
}

both_engines! {
    fn thousands_of_orphans_are_swept_in_pages(db: &TestDatabase) {
        let (store, mut keys) = store(2_300);
        let orphans = keys.split_off(1_200);
        let site = site(db, 8 * DAY, &keys);
        let counted = sweep(&site, &store, OrphanSweep::Count).unwrap();
        let found = Swept { files: 2_300, orphans: orphans.len(), ..Swept::default() };
        assert_eq!(counted, found);
        assert_eq!(left(&store).len(), 2_300);
        let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!(swept, Swept { deleted: orphans.len(), ..found });
        keys.sort();
        assert_eq!(left(&store), keys);
        let again = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!(again, Swept { files: 1_200, ..Swept::default() });
    }

    fn housekeeping_deletes_what_expired_and_orphans_until_it_is_stopped(db: &TestDatabase) {
        let (store, keys) = store(4);
        let store = Arc::new(store);
        // Three messages that are kept, and one that is older than its channel allows.
        let clock = TestClock::new();
        let database = db.connect_with(clock.options());
        let site = Fixture::with(&database, serde_json::json!({ "retention_days": 5 }));
        site.say(&Visitor::guest("4f3c"), "long ago");
        site.end_all();
        clock.advance(8 * DAY);
        write(&site, keys[..3].to_vec()).wait().unwrap();
        let done = || site.rows_of("unicom_messages") == 3 && left(&store).len() == 3;
        assert!(!done());
        let keeping = Housekeeping::new(site.database.clone(), store.clone());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let keeping =
            thread::spawn(|| block_on(keeping.run(async { drop(stopped.await) })));
        until("both are deleted", done);
        drop(stop);
        keeping.join().unwrap();
    }

    fn recent_files_are_kept(db: &TestDatabase) {
        let (store, keys) = store(3);
        let site = site(db, 7 * DAY - Duration::from_secs(60), &keys[..2]);
        let swept = sweep(&site, &store, OrphanSweep::DeleteEvenMost).unwrap();
        assert_eq!(swept, Swept::default());
        assert_eq!(left(&store).len(), 3);
    }

    fn mostly_orphaned_store_is_swept_only_on_demand(db: &TestDatabase) {
        let (store, keys) = store(5);
        let site = site(db, 8 * DAY, &keys[..2]);
        let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!((swept.orphans, swept.deleted, swept.is_mostly_orphans()), (3, 0, true));
        assert_eq!(left(&store).len(), 5);
        let swept = sweep(&site, &store, OrphanSweep::DeleteEvenMost).unwrap();
        assert_eq!(swept.deleted, 3);
        let mut of_messages = keys[..2].to_vec();
        of_messages.sort();
        assert_eq!(left(&store), of_messages);
    }

    fn file_referenced_during_the_sweep_is_kept(db: &TestDatabase) {
        // An orphan when it was listed; by the time it would be deleted, a message refers to it.
        let (inner, keys) = store(3);
        let site = site(db, 8 * DAY, &keys[..2]);
        let late = Quirk::Late(site.clone(), Mutex::new(Some(keys[2].clone())));
        let store = Quirky::new(inner, late);
        let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!((swept.orphans, swept.deleted), (1, 0));
        assert_eq!(left(&store.inner).len(), 3);
    }

    fn undeletable_file_is_left_for_the_next_sweep(db: &TestDatabase) {
        let (inner, mut keys) = store(40);
        let orphans = keys.split_off(25);
        let site = site(db, 8 * DAY, &keys);
        // The first, the last and some in between, in the order of the list.
        let listed: Vec<String> = left(&inner).into_iter().filter(|key| orphans.contains(key)).collect();
        let stuck = [0, 1, 7, 14].map(|number| listed[number].clone()).into();
        let mut store = Quirky::new(inner, Quirk::Stuck(stuck));
        let found = Swept { files: 40, orphans: 15, ..Swept::default() };
        for _ in 0..2 {
            let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
            let deleted = swept.orphans - 4;
            assert_eq!(swept, Swept { deleted, not_deleted: 4, files: 25 + swept.orphans, ..swept });
            assert_eq!(left(&store.inner).len(), 29);
        }
        store.quirk = Quirk::Stuck(Vec::new());
        let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!(swept, Swept { files: 29, orphans: 4, deleted: 4, ..found });
        keys.sort();
        assert_eq!(left(&store.inner), keys);
    }

    fn failed_deletions_are_limited(db: &TestDatabase) {
        let (inner, mut keys) = store(700);
        let orphans = keys.split_off(400);
        let site = site(db, 8 * DAY, &keys);
        let store = Quirky::new(inner, Quirk::Stuck(orphans));
        let swept = sweep(&site, &store, OrphanSweep::Delete).unwrap();
        assert_eq!((swept.orphans, swept.deleted, swept.not_deleted), (300, 0, 100));
        assert_eq!(store.deletions.load(Ordering::Relaxed), 100);
    }

    fn store_without_listing_is_not_swept(db: &TestDatabase) {
        let site = site(db, 8 * DAY, &[]);
        let swept = sweep(&site, &Unlisted, OrphanSweep::Delete);
        assert!(matches!(swept, Err(SweepError::Media(MediaError::NotListed { .. }))));
    }

    fn file_queries_use_indexes(db: &TestDatabase) {
        let keys: Vec<String> = (0..300).map(|_| key()).collect();
        let site = site(db, Duration::ZERO, &keys);
        for number in 0..700 {
            site.say(&Visitor::guest("4f3c"), &number.to_string());
        }
        let account = Visitor::user("7", "Ann").account_id();
        let plans = site.read(move |db| {
            let recorder = StatementRecorder::default();
            recorder.listen(db);
            let sum = messages::media_bytes_of(db, &account).unwrap();
            assert_eq!(sum, 900);
            let of_sum = recorder.explain(db);
            assert_eq!(messages::media_keys_among(db, &[key(), key()]).unwrap(), [""; 0]);
            Ok((of_sum, recorder.explain(db)))
        });
        assert!(plans.0.contains("unicom_messages_media_sender"), "{}", plans.0);
        assert!(plans.1.contains("unicom_messages_media_key"), "{}", plans.1);
    }
}

/// An additional behaviour of a store.
#[derive(Debug)]
enum Quirk {
    /// A message with this file is written at the end of the list.
    Late(Fixture, Mutex<Option<String>>),
    /// Deleting these files fails.
    Stuck(Vec<String>),
}

/// A store with an additional behaviour.
#[derive(Debug)]
struct Quirky {
    inner: ObjectMediaStore,
    quirk: Quirk,
    /// How often a file was to be deleted.
    deletions: AtomicUsize,
}

impl Quirky {
    fn new(inner: ObjectMediaStore, quirk: Quirk) -> Self {
        Self {
            inner,
            quirk,
            deletions: AtomicUsize::new(0),
        }
    }

    fn is_stuck(&self, key: &str) -> bool {
        match &self.quirk {
            Quirk::Stuck(stuck) => stuck.iter().any(|stuck| stuck == key),
            Quirk::Late(..) => false,
        }
    }
}

impl MediaStore for Quirky {
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        self.inner.put(key, source)
    }

    fn open(
        &self,
        key: String,
        range: Option<std::ops::Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<bytes::Bytes, MediaError>>, MediaError>>
    {
        self.inner.open(key, range)
    }

    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), MediaError>> {
        self.deletions.fetch_add(1, Ordering::Relaxed);
        if self.is_stuck(&key) {
            let reason = "not today".to_owned();
            return async { Err(MediaError::Unavailable { key, reason }) }.boxed();
        }
        self.inner.delete(key)
    }

    fn list(&self, folder: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        let listed = self.inner.list(folder);
        let Quirk::Late(site, late) = &self.quirk else {
            return listed;
        };
        // The padding fills the last page, so that the pages before it have been requested by then.
        let padding = (0..500).map(|_| ListedFile {
            key: "messages/x".to_owned(),
            stored_at: site.database.now(),
        });
        let end = stream::once(async {
            let late = late.lock().unwrap().take();
            if let Some(key) = late {
                write(site, vec![key]).await.unwrap();
            }
            None
        });
        let padding = stream::iter(padding.map(Ok));
        let end = end.filter_map(|none: Option<Result<ListedFile, MediaError>>| async { none });
        listed.chain(padding).chain(end).boxed()
    }
}

/// A host's store that does not support lists.
#[derive(Debug)]
struct Unlisted;

impl MediaStore for Unlisted {
    fn put(&self, _: String, _: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        async { Ok(()) }.boxed()
    }

    fn open(
        &self,
        key: String,
        _: Option<std::ops::Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<bytes::Bytes, MediaError>>, MediaError>>
    {
        async { Err(MediaError::NotFound { key }) }.boxed()
    }

    fn delete(&self, _: String) -> BoxFuture<'_, Result<(), MediaError>> {
        async { Ok(()) }.boxed()
    }
}
