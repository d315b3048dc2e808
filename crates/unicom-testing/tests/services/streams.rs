//! Tests of replies that bots write in pieces: how long they may take, and how their streams end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;
use unicom_core::Bots;
use unicom_core::bots::BotContext;
use unicom_core::housekeeping::Housekeeping;
use unicom_core::media::NoMedia;
use unicom_db::queries::{chats, queue, streams};
use unicom_db::{Event, StreamEnd};
use unicom_models::{AccountId, ChatId, MessageId, Request, RequestStatus};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::deliveries::fixture::{fake_site, from_anna};
use crate::fixture::{Fixture, bots, user};
use crate::pipeline::{Running, quick, until};
use crate::schema::count;

/// Returns a bot that writes a piece this often, and this many of them.
fn steady(pause: Duration, pieces: usize) -> Bots {
    Bots::default().with("echo", move |context: BotContext| async move {
        for _ in 0..pieces {
            context.reply.push("x")?;
            sleep(pause).await;
        }
        Ok(context.reply.finish())
    })
}

/// Returns the only request when it has ended with this status.
fn ended(site: &Fixture, status: RequestStatus) -> Request {
    until("the request has ended", || {
        site.requests()[0].status == status
    });
    site.requests().remove(0)
}

impl Fixture {
    /// Begins the stream of a claimed request. Returns its id if the claim holds.
    fn begin_stream(&self, request: &Request, text: &'static str) -> Option<MessageId> {
        let (request, id) = (request.clone(), MessageId::new());
        let begun = self.write(move |tx| {
            let chat = chats::lock(tx, &request.chat_id)?.unwrap();
            Ok(streams::begin(tx, &chat, &request, id, text)?)
        });
        begun.then_some(id)
    }
}

both_engines! {
    fn reply_may_take_long_while_it_goes_on(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let options = unicom_core::PipelineOptions {
            attempts: 1,
            bot_timeout: Duration::from_secs(2),
            lease: Duration::from_millis(900),
            ..quick()
        };
        let _running = Running::start(db.database(), steady(Duration::from_millis(100), 30), options);
        site.say(&Visitor::guest("g"), "hello");
        let request = ended(&site, RequestStatus::Completed);
        assert_eq!(request.attempts, 1);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "x".repeat(30).as_str()]);
        assert_eq!(site.rows_of("unicom_streams"), 0);
    }

    fn bot_that_falls_silent_is_given_up(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "failure_message": false}));
        let bots = Bots::default().with("echo", |context: BotContext| async move {
            context.reply.push("half of")?;
            std::future::pending().await
        });
        let options = unicom_core::PipelineOptions { attempts: 1, bot_timeout: Duration::from_millis(700), ..quick() };
        let _running = Running::start(db.database(), bots, options);
        site.say(&Visitor::guest("g"), "hello");
        let request = ended(&site, RequestStatus::Failed);
        assert_eq!(request.error.as_deref(), Some("temporary: the bot took longer than 0.7 s"));
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello"]);
        assert_eq!(site.rows_of("unicom_streams"), 0);
    }

    fn endless_reply_is_given_up(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let options = unicom_core::PipelineOptions {
            attempts: 1,
            bot_timeout: Duration::from_secs(1),
            stream_timeout: Duration::from_millis(1500),
            ..quick()
        };
        let _running = Running::start(db.database(), steady(Duration::from_millis(20), usize::MAX), options);
        site.say(&Visitor::guest("g"), "hello");
        let request = ended(&site, RequestStatus::Failed);
        assert_eq!(request.error.as_deref(), Some("temporary: the bot took longer than 1.5 s"));
        assert_eq!(site.rows_of("unicom_streams"), 0);
    }

    fn reply_that_is_too_long_fails(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bots = Bots::default().with("echo", |context: BotContext| async move {
            loop {
                context.reply.push(&"x".repeat(1000))?;
            }
        });
        let _running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        let request = ended(&site, RequestStatus::Failed);
        assert_eq!(request.error.as_deref(), Some("permanent: a reply has at most 262144 bytes"));
        assert_eq!(request.attempts, 1);
        assert_eq!(site.rows_of("unicom_streams"), 0);
    }

    fn only_the_holder_of_the_claim_begins_a_stream(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        site.say(&Visitor::guest("g"), "hello");
        let first = site.claim(1, Duration::ZERO).remove(0).request;
        assert!(site.begin_stream(&first, "first").is_some());
        let second = site.claim(1, Duration::from_secs(60)).remove(0);
        assert_eq!(site.begin_stream(&first, "late"), None);
        let id = site.begin_stream(&second.request, "second").unwrap();
        assert_eq!(site.rows_of("unicom_streams"), 1);
        assert_eq!(site.write(move |tx| Ok(streams::save(tx, id, "more")?)), Some(false));
        assert_eq!(site.write(move |tx| Ok(streams::end_orphans(tx, 10)?)), 0);
        // The database failed when the stream should have ended with its request.
        let mut request = second.request;
        request.reach(RequestStatus::Completed, site.database.now());
        assert!(site.write(move |tx| Ok(queue::finish(tx, &request, Some(&second.lease))?)));
        assert_eq!(site.rows_of("unicom_streams"), 1);
        let keeping = Housekeeping::new(site.database.clone(), Arc::new(NoMedia));
        let database = site.database.clone();
        unicom_testing::block_on(keeping.run(async {
            while database.read(|db| count(db, "unicom_streams")).await.unwrap() > 0 {
                sleep(Duration::from_millis(20)).await;
            }
        }));
        assert_eq!(site.write(move |tx| Ok(streams::save(tx, id, "late")?)), None);
    }

    fn next_worker_ends_the_stream_of_a_dead_one(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let chat_id = site.say(&Visitor::guest("g"), "hello").chat_id;
        let claimed = site.claim(1, Duration::ZERO).remove(0).request;
        let stream_id = site.begin_stream(&claimed, "half of").unwrap();
        let mut events = db.database().subscribe();
        let _running = Running::start(db.database(), bots(), quick());
        ended(&site, RequestStatus::Completed);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "Echo: hello"]);
        assert_eq!(site.rows_of("unicom_streams"), 0);
        let told = std::iter::from_fn(|| events.try_recv().ok());
        let told: Vec<Event> = told.filter(|event| matches!(event, Event::StreamEnded { .. })).collect();
        assert_eq!(told, [Event::StreamEnded { chat_id, stream_id, end: StreamEnd::Done }]);
    }

    fn platform_that_delivers_gets_the_finished_reply_only(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let database = db.database().clone();
        let bots = Bots::default().with("echo", move |context: BotContext| {
            let database = database.clone();
            async move {
                context.reply.push("one ")?;
                sleep(Duration::from_millis(400)).await;
                let streams = database.read(|db| count(db, "unicom_streams")).await.unwrap();
                context.reply.push(&format!("{streams}"))?;
                Ok(context.reply.finish())
            }
        });
        let fake = FakePlatform::default();
        let mut events = db.database().subscribe();
        let _running = Running::start_with(db.database(), &fake, bots, quick());
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        until("the reply is delivered", || fake.delivered().len() == 1);
        assert_eq!(fake.delivered()[0].message.text, "one 0");
        let mut told = std::iter::from_fn(|| events.try_recv().ok());
        assert!(!told.any(|event| matches!(event, Event::StreamDelta(_) | Event::StreamEnded { .. })));
    }

    fn reply_follows_a_guest_who_logs_in(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        // The bot is asked again in the user's chat, with a stream there.
        let go_on = Arc::new(AtomicBool::new(false));
        let waits = Arc::clone(&go_on);
        let bots = Bots::default().with("echo", move |context: BotContext| {
            let waits = Arc::clone(&waits);
            async move {
                context.reply.push("half of")?;
                while !waits.load(Ordering::SeqCst) {
                    sleep(Duration::from_millis(20)).await;
                }
                context.reply.push(" it")?;
                Ok(context.reply.finish())
            }
        });
        let _running = Running::start(db.database(), bots, quick());
        let user = user("7");
        site.say(&Visitor::guest("g"), "hello");
        until("the reply is seen", || site.rows_of("unicom_streams") == 1);
        site.log_in("g", &user).unwrap();
        let visitor = Visitor::User(user);
        let (account, chat_id) = (visitor.account_id(), "webchat_user_7".into());
        until("the reply is seen again", || {
            let (account, chat_id) = (AccountId::clone(&account), ChatId::clone(&chat_id));
            site.read(move |db| streams::visible_to(db, &account, &chat_id)).is_some()
        });
        go_on.store(true, Ordering::SeqCst);
        until("the reply has come", || site.texts(&visitor) == ["hello", "half of it"]);
        assert_eq!(site.rows_of("unicom_streams"), 0);
    }
}
