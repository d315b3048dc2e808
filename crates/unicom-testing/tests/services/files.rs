//! Tests of files that are fetched from the provider while the request of their message waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use unicom_content::media::{ObjectMediaStore, sha256_hex};
use unicom_core::bots::{BotContext, Outcome};
use unicom_core::inbound::{FileRef, PlatformEvent, Sender};
use unicom_core::media::{LARGEST_FILE, MediaStore};
use unicom_core::person::{Person, PersonRef, erase_person, export_person};
use unicom_core::platform::{BusyScope, DeliveryError};
use unicom_core::retention::preview_retention;
use unicom_core::{Bots, CoreError, IncomingMessage, Pipeline, PipelineOptions};
use unicom_db::queries::{chats, files, messages};
use unicom_models::{
    FileState, MediaType, Message, MessageFile, MessageId, RequestStatus, UtcTime,
};
use unicom_testing::{FakePlatform, TestClock, TestDatabase, block_on, both_engines};

use crate::deliveries::fixture::{fake_site, from_anna};
use crate::fixture::{Fixture, bots, extensions, platforms};
use crate::pipeline::{Running, quick, until};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A message of Anna with files at the provider.
fn with_files(id: &str, text: &str, files: Vec<FileRef>) -> PlatformEvent {
    PlatformEvent::message(
        Sender::new("anna", "Anna"),
        FakePlatform::chat("chat"),
        IncomingMessage {
            text: text.to_owned(),
            files,
            provider_message_id: Some(id.to_owned()),
            ..IncomingMessage::default()
        },
    )
}

impl Fixture {
    fn receive_files(&self, id: &str, text: &str, files: Vec<FileRef>) -> Message {
        let event = with_files(id, text, files);
        let applied = self.receive(&self.channel, event).unwrap();
        applied.into_saved().unwrap().message
    }

    fn files_of(&self, id: MessageId) -> Vec<MessageFile> {
        self.read(move |db| files::of_messages(db, &[id]))
    }

    fn until_answered(&self, message: &Message) {
        until("the request has ended", || {
            self.request_of(message).status == RequestStatus::Completed
        });
    }
}

/// A bot that remembers the files that came with the messages.
fn noticing() -> (Bots, Arc<Mutex<Vec<Vec<MessageFile>>>>) {
    let noticed = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&noticed);
    let bots = bots().with("echo", move |context: BotContext| {
        told.lock().unwrap().push(context.files);
        async { Ok(Outcome::default()) }
    });
    (bots, noticed)
}

both_engines! {
    fn request_waits_for_its_files_and_the_next_one_behind_it(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default()
            .with_file("cat.gif", GIF)
            .with_file("plan.pdf", b"%PDF-1.7")
            .with_held_files();
        let store = ObjectMediaStore::in_memory();
        let media: Arc<dyn MediaStore> = Arc::new(store);
        let extensions = extensions().with_platforms(platforms(&fake)).with_bots(bots());
        let pipeline = Pipeline::new(db.database().clone(), Arc::clone(&media), extensions, quick());
        let _running = Running::run(pipeline);
        let digest = sha256_hex(GIF).unwrap().to_ascii_uppercase();
        let first = site.receive_files("m-1", "first", vec![
            FakePlatform::file("cat.gif").with_sha256(digest),
            FakePlatform::file("plan.pdf").with_size(8),
        ]);
        site.receive(&site.channel, from_anna("m-2", "second")).unwrap();
        until("the first file is asked for", || fake.fetched() == ["cat.gif"]);
        std::thread::sleep(Duration::from_millis(300));
        assert!(fake.delivered().is_empty(), "a request did not wait");
        assert_eq!(site.request_of(&first).attempts, 0);

        fake.release_files();
        until("both are answered", || fake.delivered().len() == 2);
        let texts = fake.delivered().into_iter().map(|job| job.message.text);
        assert_eq!(texts.collect::<Vec<_>>(), ["Echo: first", "Echo: second"]);
        let stored = site.now(&first);
        assert_eq!(stored.media_type, MediaType::Image);
        let picture = stored.media().unwrap();
        assert_eq!((picture.name.as_str(), picture.content_type.as_str()), ("cat.gif", "image/gif"));
        let [plan] = &site.files_of(first.id)[..] else { panic!("one more file") };
        assert_eq!((plan.state, plan.seq, plan.due_at), (FileState::Ready, 1, None));
        let plan = plan.media().unwrap();
        assert_eq!((plan.name.as_str(), plan.content_type.as_str()), ("plan.pdf", "application/pdf"));
        assert_eq!(plan.size, 8);
        for (file, content) in [(picture, GIF), (plan, &b"%PDF-1.7"[..])] {
            let read = block_on(async {
                let stream = media.open(file.key, None).await.unwrap();
                stream.try_collect::<Vec<_>>().await.unwrap().concat()
            });
            assert_eq!(read, content);
        }
        let request = site.request_of(&first);
        assert_eq!((request.attempts, request.attempts_before), (1, 0));
        assert_eq!(fake.fetched(), ["cat.gif", "plan.pdf"]);
        let leases = site.read(|db| crate::schema::count_where(db, "unicom_leases", "kind = 'files'"));
        assert_eq!(leases, 0);
    }

    fn file_is_given_up_after_five_attempts_and_the_bot_is_told(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF);
        // The platform was busy once, which counts for nothing.
        fake.fail_fetch(DeliveryError::Busy {
            reason: "flood".to_owned(),
            after: Duration::from_millis(1),
            scope: BusyScope::Chat,
        });
        for _ in 0..5 {
            fake.fail_fetch(DeliveryError::Temporary("no network".to_owned()));
        }
        let (bots, noticed) = noticing();
        let options = PipelineOptions { backoff: Duration::from_millis(1), ..quick() };
        let _running = Running::start_with(db.database(), &fake, bots, options);
        let message = site.receive_files("m-1", "", vec![FakePlatform::file("a.gif")]);
        assert_eq!(message.media_type, MediaType::File);
        assert_eq!(site.request_of(&message).display_text, "a.gif");
        site.until_answered(&message);
        assert_eq!(fake.fetched().len(), 6);
        let [file] = &site.files_of(message.id)[..] else { panic!("one file") };
        assert_eq!((file.state, file.attempts), (FileState::Gone, 5));
        assert_eq!(file.error.as_deref(), Some("temporary: no network"));
        assert_eq!(*noticed.lock().unwrap(), [vec![file.clone()]]);
        assert_eq!(site.now(&message).media(), None);
    }

    fn file_that_cannot_be_right_is_refused_at_once(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default()
            .with_file("other.gif", GIF)
            .with_file("huge.bin", &vec![0; LARGEST_FILE + 1])
            .with_file("letter.gif", GIF);
        let (bots, _) = noticing();
        let _running = Running::start_with(db.database(), &fake, bots, quick());
        let message = site.receive_files("m-1", "", vec![
            FakePlatform::file("gone.gif"),
            FakePlatform::file("other.gif").with_sha256("ab"),
            FakePlatform::file("huge.bin"),
            FakePlatform::file("claimed.bin").with_size(i64::MAX),
            FakePlatform::file("letter.gif").inline("cid"),
        ]);
        site.until_answered(&message);
        let found: Vec<_> = site.files_of(message.id).into_iter().map(|file| {
            (file.state.as_str(), file.error.unwrap_or_default())
        }).collect();
        let large = format!("rejected (too_large): the file must be at most {LARGEST_FILE} bytes long");
        let refused = |error: &str| ("gone", error.to_owned());
        assert_eq!(found, [
            refused("rejected (not_found): the provider has no such file"),
            refused("rejected (refused): it is not the file that the provider described"),
            refused(&large),
            refused(&large),
            // It belongs into the text, not to the message.
            ("ready", String::new()),
        ]);
        assert_eq!(site.now(&message).media(), None);
        assert!(!fake.fetched().contains(&"claimed.bin".to_owned()));
    }

    fn expired_claim_on_files_is_taken_over(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF);
        let message = site.receive_files("m-1", "look", vec![FakePlatform::file("a.gif")]);
        let claimed = site.write(|tx| Ok(files::claim(tx, 10, Duration::from_millis(300))?));
        assert_eq!(claimed.len(), 1);
        let (bots, _) = noticing();
        let _running = Running::start_with(db.database(), &fake, bots, quick());
        site.until_answered(&message);
        assert!(site.now(&message).media().is_some());
        assert!(site.files_of(message.id).is_empty());
    }

    fn stopped_pipeline_leaves_its_files_to_the_next(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF).with_held_files();
        let (bots, _) = noticing();
        let options = PipelineOptions { drain: Duration::from_millis(100), ..quick() };
        let running = Running::start_with(db.database(), &fake, bots.clone(), options.clone());
        let message = site.receive_files("m-1", "look", vec![FakePlatform::file("a.gif")]);
        until("the file is asked for", || !fake.fetched().is_empty());
        drop(running);
        let [file] = &site.files_of(message.id)[..] else { panic!("one file") };
        assert_eq!((file.state, file.attempts), (FileState::Waiting, 0));
        fake.release_files();
        let _running = Running::start_with(db.database(), &fake, bots, options);
        site.until_answered(&message);
        assert!(site.now(&message).media().is_some());
    }

    fn message_with_files_needs_an_id_of_its_provider(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let message = IncomingMessage { files: vec![FakePlatform::file("a.gif")], ..IncomingMessage::default() };
        let event = PlatformEvent::message(Sender::new("anna", "Anna"), FakePlatform::chat("chat"), message);
        let error = site.receive(&site.channel, event).unwrap_err();
        assert!(error.to_string().starts_with("`files` need a `provider_message_id`"), "{error}");
    }

    fn request_waits_for_its_files_behind_another_one(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF).with_held_files();
        site.receive(&site.channel, from_anna("m-1", "first")).unwrap();
        let second = site.receive_files("m-2", "second", vec![FakePlatform::file("a.gif")]);
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        until("the first one is answered", || fake.delivered().len() == 1);
        until("the file is asked for", || !fake.fetched().is_empty());
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(site.request_of(&second).attempts, 0, "a request did not wait");
        fake.release_files();
        until("both are answered", || fake.delivered().len() == 2);
    }

    fn request_waits_ten_minutes_at_most(db: &TestDatabase) {
        let clock = TestClock::new();
        let database = db.connect_with(clock.options());
        let site = Fixture { database, ..fake_site(db, json!({"bot": "echo"})) };
        let fake = FakePlatform::default().with_held_files();
        let (bots, noticed) = noticing();
        let running = Running::start_with(&site.database, &fake, bots, quick());
        let message = site.receive_files("m-1", "look", vec![FakePlatform::file("a.gif")]);
        until("the file is asked for", || !fake.fetched().is_empty());
        clock.advance(Duration::from_secs(9 * 60));
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(site.request_of(&message).status, RequestStatus::Pending);
        clock.advance(Duration::from_secs(61));
        site.until_answered(&message);
        assert_eq!(noticed.lock().unwrap()[0][0].state, FileState::Waiting);
        fake.release_files();
        drop(running);
    }

    fn deleted_message_delays_no_other_and_leaves_no_file(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF).with_held_files();
        let store = Arc::new(ObjectMediaStore::in_memory());
        let media: Arc<dyn MediaStore> = store.clone();
        let extensions = extensions().with_platforms(platforms(&fake)).with_bots(bots());
        let pipeline = Pipeline::new(db.database().clone(), media, extensions, quick());
        let running = Running::run(pipeline);
        site.receive_files("m-1", "look", vec![FakePlatform::file("a.gif")]);
        site.receive(&site.channel, from_anna("m-2", "second")).unwrap();
        until("the file is asked for", || !fake.fetched().is_empty());
        let deleted = PlatformEvent::Deleted { provider_message_id: "m-1".to_owned() };
        site.receive(&site.channel, deleted).unwrap();
        until("the second message is answered", || fake.delivered().len() == 1);
        fake.release_files();
        drop(running);
        let left = block_on(store.list("messages".to_owned()).try_collect::<Vec<_>>()).unwrap();
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(site.rows_of("unicom_files"), 0);
    }

    fn files_are_deleted_with_their_chat_and_named_until_then(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_file("a.gif", GIF).with_file("b.gif", GIF);
        let (bots, _) = noticing();
        let _running = Running::start_with(db.database(), &fake, bots, quick());
        let of = |names: [&str; 2]| names.map(FakePlatform::file).into();
        let message = site.receive_files("m-1", "look", of(["a.gif", "b.gif"]));
        site.until_answered(&message);
        let first = site.now(&message).media().unwrap().key;
        let second = site.files_of(message.id)[0].key.clone().unwrap();
        let mut keys = vec![first, second];
        keys.sort();
        let asked = keys.clone();
        let mut named = site.read(move |db| messages::media_keys_among(db, &asked));
        named.sort();
        assert_eq!(named, keys);
        let mut deleted = site.write(move |tx| Ok(chats::delete(tx, &message.chat_id)?));
        deleted.sort();
        assert_eq!(deleted, keys);
        assert_eq!(site.rows_of("unicom_files"), 0);
    }

    fn files_are_exported_and_erased_with_their_person(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo", "retention_days": 10}));
        let fake = FakePlatform::default().with_file("a.gif", GIF).with_file("b.pdf", b"%PDF-1.7");
        let (bots, _) = noticing();
        let running = Running::start_with(db.database(), &fake, bots, quick());
        let names = ["a.gif", "b.pdf", "lost.pdf"];
        let message = site.receive_files("m-1", "look", names.map(FakePlatform::file).into());
        site.until_answered(&message);
        drop(running);
        let person = site.read(|db| Person::find(db, &PersonRef::Account("fake_anna".into())));
        let whom = person.clone();
        let (exported, document) = site.read(move |db| {
            let mut out = Vec::new();
            let files = export_person(db, &whom, &[], UtcTime::now(), &mut out).unwrap();
            Ok((files, serde_json::from_slice::<Value>(&out).unwrap()))
        });
        let id = message.id;
        let paths: Vec<String> = exported.iter().map(|file| file.path.clone()).collect();
        assert_eq!(paths, [format!("{id}.gif"), format!("{id}-1.pdf")]);
        let files = &document["chats"][0]["messages"][0]["files"];
        assert_eq!(files[0]["path"], paths[1]);
        assert_eq!(files[0]["size"], 8);
        assert_eq!(files[1], json!({
            "state": "gone", "name": "lost.pdf", "content_type": null, "size": null, "sha256": null, "path": null,
        }));

        let later = TestClock::new();
        later.advance(Duration::from_secs(11 * 24 * 60 * 60));
        let old = db.connect_with(later.options());
        let expired = block_on(preview_retention(&old)).unwrap();
        assert_eq!(expired.channels[0].files, 2);

        let erased = site.write(move |tx| Ok(erase_person(tx, &person, &[])?));
        let mut keys: Vec<String> = exported.into_iter().map(|file| file.key).collect();
        assert_eq!(erased.files, 2);
        let mut gone = erased.file_keys;
        keys.sort();
        gone.sort();
        assert_eq!(gone, keys);
        assert_eq!(site.rows_of("unicom_files"), 0);
    }

    fn files_must_fit_into_the_database(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        for file in [
            FakePlatform::file("a\0b"),
            FileRef::new("a\0b"),
            FakePlatform::file("a").inline("a\0b"),
            FakePlatform::file("a").with_sha256("a\0b"),
        ] {
            let event = with_files("m-1", "look", vec![file.clone()]);
            assert!(site.receive(&site.channel, event).is_err(), "{file:?}");
        }
        let many = vec![FakePlatform::file("a"); 101];
        let refused = site.receive(&site.channel, with_files("m-1", "look", many));
        assert!(refused.unwrap_err().to_string().contains("at most 100"));
        let empty = site.receive(&site.channel, with_files("m-1", " ", Vec::new()));
        let empty = empty.unwrap_err();
        assert!(matches!(&empty, unicom_webchat::WebChatError::Core(CoreError::EmptyMessage)), "{empty:?}");
    }
}
