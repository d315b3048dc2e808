//! Tests of polling providers: by one process at a time, everything once, whatever fails.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use unicom_core::admin::{
    Actor, ChannelChange, Extensions, delete_channel, update_channel, validate_channel,
};
use unicom_core::platform::PollError;
use unicom_core::{CoreError, PipelineOptions};
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_db::queries::{channel_state, channels};
use unicom_db::{Database, DatabaseOptions};
use unicom_models::{Channel, ChannelId};
use unicom_testing::{FakePlatform, FakePoll, TestDatabase, block_on, both_engines};

use crate::fixture::{Fixture, bots, channel, extensions, platforms};
use crate::pipeline::{Running, quick, until};

/// How soon polling must stop.
const SOON: Duration = Duration::from_secs(1);

/// A channel of a fake platform that is polled.
struct Site {
    fake: FakePlatform,
    fixture: Fixture,
}

impl Site {
    fn new(db: &TestDatabase, config: Value) -> Self {
        let channel = channel(db.database(), FakePlatform::KIND, config);
        let fixture = Fixture {
            database: db.database().clone(),
            channel,
        };
        Self {
            fake: FakePlatform::default().with_polling(),
            fixture,
        }
    }

    fn run(&self, database: &Database) -> Running {
        self.run_with(database, quick())
    }

    fn run_with(&self, database: &Database, options: PipelineOptions) -> Running {
        Running::start_with(database, &self.fake, bots(), options)
    }

    fn id(&self) -> ChannelId {
        self.fixture.channel.id
    }

    fn channel(&self) -> Channel {
        let id = self.id();
        self.fixture.read(move |db| channels::get(db, id)).unwrap()
    }

    fn extensions(&self) -> Extensions {
        extensions().with_platforms(platforms(&self.fake))
    }

    fn report(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            self.fake
                .report(&number.to_string(), "4917", &format!("message {number}"));
        }
    }

    fn messages(&self) -> i64 {
        self.fixture.rows_of("unicom_messages")
    }

    fn cursor(&self) -> Option<Value> {
        let id = self.id();
        self.fixture
            .read(move |db| channel_state::get(db, id, "offset"))
    }

    fn until_polled(&self) {
        until("the channel is polled", || {
            self.fake.polled() == [self.id()]
        });
    }

    /// Waits until the channel is no longer polled. Panics if it takes too long.
    fn stops(&self) {
        let began = Instant::now();
        until("polling stops", || self.fake.polled().is_empty());
        assert!(
            began.elapsed() < SOON,
            "stopped after {:?}",
            began.elapsed()
        );
    }

    fn set_active(&self, active: bool) {
        let (id, extensions) = (self.id(), self.extensions());
        let change = ChannelChange {
            active: Some(active),
            ..ChannelChange::default()
        };
        let changed = self
            .fixture
            .database
            .write(move |tx| update_channel(tx, &Actor::COMMAND_LINE, &extensions, id, change));
        changed.wait().unwrap();
    }
}

both_engines! {
    fn reports_are_stored_once_by_one_process_after_the_other(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        let others = [0, 1].map(|_| db.connect_with(DatabaseOptions::default()));
        let mut running: Vec<Running> = others.iter().map(|other| site.run(other)).collect();
        let mut reported = 0;
        while let Some(one) = running.pop() {
            site.report(reported..reported + 5);
            reported += 5;
            let expected = i64::try_from(reported).unwrap();
            until("the messages are stored", || site.messages() == expected);
            assert_eq!(site.cursor(), Some(json!(reported)));
            assert_eq!(site.fake.polled(), [site.id()]);
            drop(one);
        }
        assert!(site.fake.polled().is_empty());
        assert_eq!(site.messages(), 10);
        assert_eq!(site.channel().error, None);
    }

    fn channel_of_a_process_that_died_is_polled_when_its_claim_has_expired(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        let key = site.id().to_string();
        let wait = Duration::from_millis(1500);
        let dead = site.fixture.write(move |tx| {
            Ok(leases::claim_key(tx, LeaseKind::Poller, &key, wait)?)
        });
        assert!(dead.is_some());
        let began = Instant::now();
        let _running = site.run(db.database());
        site.until_polled();
        assert!(began.elapsed() > Duration::from_secs(1), "{:?}", began.elapsed());
        // What the dead process wakes up with is not stored.
        let lost = site.fixture.write(move |tx| {
            Ok(leases::renew(tx, &dead.unwrap(), wait)?)
        });
        assert!(!lost);
    }

    fn cursor_moves_only_with_its_events(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        site.report(0..3);
        // An id that cannot be stored.
        site.fake.report(&"x".repeat(1001), "4917", "poison");
        let running = site.run(db.database());
        until("the error is shown", || site.channel().error.is_some());
        let error = site.channel().error.unwrap();
        assert!(error.starts_with("the provider could not be polled: `provider_message_id` must"), "{error}");
        let polls = site.fake.polls();
        until("it is tried again", || site.fake.polls() > polls);
        assert_eq!((site.messages(), site.cursor()), (0, None));
        site.fake.take_back();
        until("the others are stored", || site.messages() == 3);
        assert_eq!(site.cursor(), Some(json!(3)));
        until("the error is gone", || site.channel().error.is_none());
        drop(running);
    }

    fn polling_stops_soon_for_every_reason(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        let options = PipelineOptions { lease: Duration::from_secs(60), ..quick() };
        let running = site.run_with(db.database(), options.clone());
        site.until_polled();
        // A poller that does not listen is ended.
        site.set_active(false);
        site.stops();
        site.fake.poll_next(FakePoll::Hang);
        site.set_active(true);
        site.until_polled();
        site.set_active(false);
        site.stops();
        site.set_active(true);
        site.until_polled();
        let began = Instant::now();
        drop(running);
        assert!(began.elapsed() < SOON && site.fake.polled().is_empty());
        // It was given back: another process need not wait.
        let running = site.run_with(db.database(), options);
        let began = Instant::now();
        site.until_polled();
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        let id = site.id();
        let deleted = site.fixture.database.write(move |tx| delete_channel(tx, &Actor::COMMAND_LINE, id));
        deleted.wait().unwrap();
        site.stops();
        assert_eq!(site.fixture.rows_of("unicom_leases"), 0);
        drop(running);
    }

    fn new_settings_reach_the_poller(db: &TestDatabase) {
        let site = Site::new(db, json!({"poll": false}));
        let _running = site.run(db.database());
        std::thread::sleep(SOON);
        assert_eq!(site.fake.polls(), 0);
        let configure = |config: Value| {
            let (id, extensions) = (site.id(), site.extensions());
            let change = ChannelChange { config: Some(config), ..ChannelChange::default() };
            let changed = site.fixture.database.write(move |tx| {
                update_channel(tx, &Actor::COMMAND_LINE, &extensions, id, change)
            });
            changed.wait().unwrap();
        };
        configure(json!({}));
        site.until_polled();
        configure(json!({"token": "new"}));
        until("it is polled anew", || site.fake.polls() == 2 && site.fake.polled().len() == 1);
        configure(json!({"poll": false}));
        site.stops();
    }

    fn panic_harms_neither_other_channels_nor_the_next_poll(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        site.fake.poll_next(FakePoll::Panic);
        let running = site.run_with(db.database(), PipelineOptions {
            backoff: Duration::from_secs(1), ..quick()
        });
        until("the error is shown", || site.channel().error.is_some());
        assert_eq!(site.channel().error.unwrap(), "the provider could not be polled: the platform panicked");
        let other = channel(db.database(), FakePlatform::KIND, json!({}));
        until("both are polled", || {
            let polled = site.fake.polled();
            polled.len() == 2 && polled.contains(&other.id)
        });
        until("the error is gone", || site.channel().error.is_none());
        drop(running);
    }

    fn busy_provider_is_left_alone_as_long_as_it_asks(db: &TestDatabase) {
        let site = Site::new(db, json!({"token": "a secret"}));
        let busy = PollError::Busy { reason: "flood of a secret".to_owned(), after: Duration::from_secs(2) };
        site.fake.poll_next(FakePoll::Fail(busy));
        let running = site.run(db.database());
        until("the error is shown", || site.channel().error.is_some());
        let began = Instant::now();
        assert_eq!(site.channel().error.unwrap(), "the provider could not be polled: flood of ***");
        site.until_polled();
        let waited = began.elapsed();
        assert!((Duration::from_millis(1500)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
        drop(running);
    }

    fn broken_channel_is_polled_as_soon_as_an_admin_has_repaired_it(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        let broken = PollError::Broken("the token is wrong".to_owned());
        site.fake.poll_next(FakePoll::Fail(broken));
        let running = site.run(db.database());
        until("the error is shown", || site.channel().error.is_some());
        std::thread::sleep(SOON);
        assert_eq!(site.fake.polls(), 1);
        let (id, extensions) = (site.id(), site.extensions());
        let validated = site.fixture.database.write(move |tx| {
            validate_channel(tx, &Actor::COMMAND_LINE, &extensions, id)
        });
        assert!(validated.wait().unwrap().active);
        site.until_polled();
        assert_eq!(site.channel().error, None);
        drop(running);
    }

    fn inbox_without_its_claim_stores_nothing(db: &TestDatabase) {
        let site = Site::new(db, json!({}));
        let running = site.run(db.database());
        site.until_polled();
        let inbox = site.fake.inbox().unwrap();
        let store = |name, value| block_on(inbox.store(Vec::new(), Some((name, value)))).unwrap_err();
        // Switched off: the poller need not have noticed it.
        site.set_active(false);
        let error = store("offset", json!(7));
        assert!(matches!(error, CoreError::Conflict { .. }), "{error}");
        drop(running);
        let key = site.id().to_string();
        let duration = Duration::from_secs(10);
        let claimed = site.fixture.write(move |tx| {
            Ok(leases::claim_key(tx, LeaseKind::Poller, &key, duration)?)
        });
        assert!(claimed.is_some());
        let error = store("offset", json!(7));
        assert!(matches!(error, CoreError::Conflict { .. }), "{error}");
        let said = "is polled by another process, or was changed";
        assert!(error.to_string().contains(said), "{error}");
        for (name, value, code) in [("", json!(1), "invalid_body"), ("a", json!("\0"), "invalid_text")] {
            let error = store(name, value);
            assert_eq!(error.code(), code, "{error}");
        }
        assert_eq!(site.cursor(), None);
    }
}
