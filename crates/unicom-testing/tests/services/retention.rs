//! Tests of retention: what is older than its channel allows is deleted, and nothing else.

use std::time::Duration;

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::media::{MediaSource, MediaStore};
use unicom_core::{
    CoreError,
    admin::{Actor, NewChannel, create_channel},
    retention::{Expired, apply_retention, preview_retention},
};
use unicom_db::queries::retention;
use unicom_db::queries::{accounts, chats, deliveries, queue};
use unicom_models::{MediaType, Message, RequestStatus, StoredMedia};
use unicom_testing::{FakePlatform, TestClock, TestDatabase, block_on, both_engines};
use unicom_webchat::{
    ChatVersion, MessagePageRequest, MessagesRead, NewMessage, Visitor, list_messages_unless,
};

use crate::explain::StatementRecorder;
use crate::fixture::{Fixture, extensions, user};
use crate::recorded::Recorded;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Creates a site that keeps messages for ten days, and whose clock stands still.
fn ten_days(db: &TestDatabase) -> (Fixture, TestClock) {
    let clock = TestClock::new();
    let database = db.connect_with(clock.options());
    (
        Fixture::with(&database, json!({ "retention_days": 10 })),
        clock,
    )
}

impl Fixture {
    /// Ends all requests, as workers do.
    pub fn end_all(&self) {
        while let Some(mut claim) = self.claim(1, DAY).pop() {
            self.write(move |tx| {
                claim.request.reach(RequestStatus::Completed, tx.now());
                assert!(queue::finish(tx, &claim.request, Some(&claim.lease))?);
                Ok(())
            });
        }
    }

    fn preview(&self) -> [i64; 4] {
        numbers(&block_on(preview_retention(&self.database)).unwrap())
    }

    /// Deletes what is too old, and checks the numbers against the preview. Returns the numbers of
    /// messages, files, chats and accounts.
    fn expire(&self, media: &dyn MediaStore) -> [i64; 4] {
        let foretold = self.preview();
        let numbers = apply(self, media);
        assert_eq!(numbers, foretold);
        assert_eq!(self.preview(), [0; 4], "something is left");
        numbers
    }

    fn version(&self, visitor: &Visitor) -> ChatVersion {
        let visitor = visitor.clone();
        let read = self.database.read(move |db| {
            list_messages_unless(db, &visitor, &MessagePageRequest::default(), |_| false)
        });
        match read.wait().unwrap() {
            MessagesRead::Page(page) => page.version.unwrap(),
            MessagesRead::NotModified(version) => version,
        }
    }
}

fn numbers(expired: &Expired) -> [i64; 4] {
    let [of] = expired.channels.as_slice() else {
        panic!("not one channel: {expired:?}");
    };
    [of.messages, of.files, of.chats, of.accounts]
}

/// Returns a message with a file that is in the store.
fn with_file(media: &dyn MediaStore, key: &str) -> NewMessage {
    let content = MediaSource::Bytes("a file".into());
    block_on(media.put(key.to_owned(), content)).unwrap();
    let stored = StoredMedia {
        key: key.to_owned(),
        name: "photo.png".to_owned(),
        content_type: "image/png".to_owned(),
        size: 6,
        sha256: "00".to_owned(),
        measures: unicom_models::MediaMeasures::default(),
    };
    NewMessage {
        media: Some((MediaType::Image, stored)),
        ..NewMessage::text("")
    }
}

both_engines! {
    fn expired_messages_are_deleted(db: &TestDatabase) {
        let (site, clock) = ten_days(db);
        let media = ObjectMediaStore::in_memory();
        let ann = Visitor::guest("ann");
        let first = site.say(&ann, "Hello, my secret is 4711");
        site.answer(&first.chat_id, "An answer");
        site.tell(&ann, with_file(&media, "messages/old.png"));
        site.end_all();
        clock.advance(DAY * 9);
        let kept = site.tell(&ann, NewMessage {
            reply_to_message_id: Some(first.id),
            ..NewMessage::text("Are you there?")
        });
        let photo = site.tell(&ann, with_file(&media, "messages/new.png"));
        site.answer(&first.chat_id, "Yes");
        site.end_all();
        assert_eq!(site.chat("webchat_guest_ann").unwrap().name.as_deref(), Some("my secret is 4711"));
        assert_eq!(site.expire(&media), [0; 4]);

        let before = site.version(&ann);
        clock.advance(DAY);
        // Exactly ten days are not too old.
        assert_eq!(site.expire(&media), [0; 4]);
        clock.advance(Duration::from_secs(1));
        assert_eq!(site.expire(&media), [3, 1, 0, 0]);

        assert_eq!(site.texts(&ann), ["Are you there?", "", "Yes"]);
        assert_ne!(site.version(&ann), before, "a reader would not see that they are gone");
        assert_eq!(site.unread(&ann), [1]);
        let chat = site.chat("webchat_guest_ann").unwrap();
        // The name was taken from a deleted message; the next message sets a new one.
        assert_eq!(chat.name, None);
        assert_eq!(chat.first_message_id, Some(kept.id));
        assert_eq!(chat.first_incoming_message_id, Some(kept.id));
        assert_eq!(chat.last_incoming_message_id, Some(photo.id));
        assert_eq!(chat.first_outgoing_message_id, chat.last_message_id);
        assert_eq!(site.message(kept.id).reply_to_message_id, None);
        assert_eq!(site.rows_of("unicom_requests"), 2);
        assert!(block_on(media.open("messages/old.png".to_owned(), None)).is_err());
        assert!(block_on(media.open("messages/new.png".to_owned(), None)).is_ok());
        site.say(&ann, "What about Thursday?");
        assert_eq!(site.chat("webchat_guest_ann").unwrap().name.as_deref(), Some("What about Thursday?"));
    }

    fn empty_chats_and_guests_are_deleted(db: &TestDatabase) {
        let (site, clock) = ten_days(db);
        let media = ObjectMediaStore::in_memory();
        let (guest, blocked, ann) = (Visitor::guest("g"), Visitor::guest("b"), Visitor::User(user("7")));
        for visitor in [&guest, &blocked, &ann] {
            site.say(visitor, "Hello!");
        }
        site.block(&blocked);
        site.end_all();
        clock.advance(DAY * 11);
        assert_eq!(site.expire(&media), [3, 0, 3, 1]);
        assert_eq!((site.rows_of("unicom_chats"), site.rows_of("unicom_account_chats")), (0, 0));
        assert_eq!(site.account("webchat_guest_g"), None);
        // A block stays, and a user may log in again.
        assert!(site.account("webchat_guest_b").unwrap().blocked);
        assert!(site.account("webchat_user_7").is_some());

        // The default chat is created again.
        for visitor in [&guest, &ann] {
            assert_eq!(site.texts(visitor), [""; 0]);
            site.say(visitor, "Again");
            assert_eq!(site.texts(visitor), ["Again"]);
        }
    }

    fn messages_with_open_requests_are_kept(db: &TestDatabase) {
        let (site, clock) = ten_days(db);
        let media = ObjectMediaStore::in_memory();
        let (ann, bob) = (Visitor::guest("ann"), Visitor::guest("bob"));
        let (open, claimed) = (site.say(&ann, "open"), site.say(&bob, "claimed"));
        let request = site.claim(2, DAY * 30).into_iter().find(|one| one.request.message_id == claimed.id);
        clock.advance(DAY * 11);
        assert_eq!(apply(&site, &media), [0; 4]);
        assert_eq!((site.message(open.id).text, site.message(claimed.id).text), ("open".into(), "claimed".into()));
        let mut claim = request.unwrap();
        site.write(move |tx| {
            claim.request.reach(RequestStatus::Completed, tx.now());
            assert!(queue::finish(tx, &claim.request, Some(&claim.lease))?);
            Ok(())
        });
        assert_eq!(apply(&site, &media), [1, 0, 1, 1]);
        assert_eq!(site.texts(&ann), ["open"]);
        assert_eq!(site.texts(&bob), [""; 0]);
        // A message that is still to be delivered is not deleted either.
        let answer = site.answer(&open.chat_id, "on its way");
        site.write({
            let answer = answer.clone();
            move |tx| {
                let chat = chats::lock(tx, &answer.chat_id)?.unwrap();
                Ok(deliveries::queue(tx, &chat, &answer)?)
            }
        });
        clock.advance(DAY * 30);
        site.end_all();
        assert_eq!(apply(&site, &media), [1, 0, 0, 0]);
        assert_eq!(site.texts(&ann), ["on its way"]);
        site.write(move |tx| {
            let lease = deliveries::claim(tx, 1, DAY)?.remove(0);
            let claimed = deliveries::begin_attempt(tx, lease)?.unwrap();
            assert_eq!(claimed.message.id, answer.id);
            let chat = chats::lock(tx, &answer.chat_id)?.unwrap();
            assert!(deliveries::sent(tx, &chat, &claimed)?);
            Ok(())
        });
        assert_eq!(site.expire(&media), [1, 0, 1, 1]);
    }

    fn large_deletions_are_split_into_small_writes(db: &TestDatabase) {
        let clock = TestClock::new();
        let recorded = Recorded::with(db, clock.options());
        let site = Fixture::with(&recorded.database, json!({ "retention_days": 10 }));
        let media = ObjectMediaStore::in_memory();
        let long = Visitor::guest("long");
        let chat: Message = site.say(&long, "first");
        let channel = site.channel.clone();
        site.write(move |tx| {
            for number in 0..1_000 {
                unicom_webchat::send_webchat_message(tx, &channel, &chat.chat_id, unicom_core::OutgoingMessage::text(number.to_string()))?;
            }
            for guest in 0..400 {
                unicom_webchat::save_webchat_message(tx, &channel, &Visitor::guest(guest.to_string()), NewMessage::text("Hi"))?;
            }
            Ok(())
        });
        site.end_all();
        clock.advance(DAY * 11);
        site.say(&long, "last");
        site.end_all();
        let commits = || recorded.value("unicom_database_commit_seconds_count");
        let before = commits();
        assert_eq!(site.expire(&media), [1_401, 0, 400, 400]);
        assert!(commits() - before >= 6.0, "a write was large");
        assert_eq!(site.texts(&long), ["last"]);
    }

    fn channel_without_retention_keeps_everything(db: &TestDatabase) {
        let clock = TestClock::new();
        let database = db.connect_with(clock.options());
        let kept = Fixture::with(&database, json!({}));
        let site = kept.another(json!({ "retention_days": 1 }));
        let media = ObjectMediaStore::in_memory();
        let (ann, bob) = (Visitor::guest("ann"), Visitor::guest("bob"));
        // Ann's account belongs to the first channel and has a chat on both.
        kept.say(&ann, "kept");
        site.say(&ann, "deleted");
        site.say(&bob, "deleted");
        kept.end_all();
        clock.advance(DAY * 5_000);
        assert_eq!(site.expire(&media), [2, 0, 2, 1]);
        assert_eq!(kept.texts(&ann), ["kept"]);
    }

    fn retention_setting_is_validated_on_every_platform(db: &TestDatabase) {
        for platform in ["WebChat", FakePlatform::KIND] {
            let create = |setting: serde_json::Value| {
                let made = db.database().write(move |tx| {
                    let config = json!({ "retention_days": setting });
                    let new = NewChannel::new(platform, "Site").with_config(config);
                    create_channel(tx, &Actor::COMMAND_LINE, &extensions(), new)
                });
                made.wait()
            };
            for right in [json!(1), json!(90), json!(36_500), json!(null)] {
                assert!(create(right.clone()).unwrap().active, "{right}");
            }
            for wrong in [json!(0), json!(-1), json!(36_501), json!(1e30), json!(1.5), json!("90"), json!(true), json!([90])] {
                let Err(CoreError::Channel(error)) = create(wrong.clone()) else {
                    panic!("{wrong} is taken");
                };
                assert!(error.0.contains("`retention_days` must be an integer number of days from 1 to 36500"), "{error}");
            }
        }
    }

    fn retention_queries_use_indexes(db: &TestDatabase) {
        let (site, clock) = ten_days(db);
        let (channel, texts) = (site.channel.clone(), 20);
        site.write(move |tx| {
            for guest in 0..200 {
                for _ in 0..texts {
                    unicom_webchat::save_webchat_message(tx, &channel, &Visitor::guest(guest.to_string()), NewMessage::text("Hi"))?;
                }
            }
            Ok(())
        });
        let mut connection = db.connection();
        let recorder = StatementRecorder::default();
        recorder.listen(&mut connection);
        let (channel, now) = (site.channel.id, clock.now());
        let end = retention::end_of_range(&mut connection, None, 100).unwrap().unwrap();
        let plan = recorder.explain(&mut connection);
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        retention::old_chats(&mut connection, channel, now, None, &end).unwrap();
        let plan = recorder.explain(&mut connection);
        // One lookup in the paging index tells whether there is an old message.
        assert!(plan.contains("unicom_messages_page"), "{plan}");
        assert!(plan.contains("unicom_chats_pkey") || plan.contains("sqlite_autoindex_unicom_chats_1 (id>"), "{plan}");
        retention::old_messages(&mut connection, &"webchat_guest_7".into(), now, 300).unwrap();
        let plan = recorder.explain(&mut connection);
        assert!(plan.contains("unicom_messages_page") && !plan.contains("Seq Scan on unicom_messages"), "{plan}");
        let all = accounts::list(&mut connection, None, 1).unwrap();
        retention::idle_accounts(&mut connection, channel, now, None, &all[0].id).unwrap();
        let plan = recorder.explain(&mut connection);
        assert!(!plan.contains("Seq Scan on unicom_messages") && !plan.contains("SCAN unicom_account_chats"), "{plan}");
    }
}

/// Deletes what is too old. Returns the numbers of messages, files, chats and accounts.
fn apply(site: &Fixture, media: &dyn MediaStore) -> [i64; 4] {
    numbers(&block_on(apply_retention(&site.database, media)).unwrap())
}
