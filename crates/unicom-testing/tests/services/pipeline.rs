//! Tests of the pipeline: every request is answered once, and failures are retried and then
//! reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, OutgoingMessage, Pipeline, PipelineOptions,
    bots::{BotContext, BotError, Outcome},
};
use unicom_db::Database;
use unicom_db::queries::queue;
use unicom_matchers::Matchers;
use unicom_models::{Request, RequestStatus};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor};

use crate::fixture::{Fixture, bots, extensions, platforms};

/// Options with short waits for tests.
pub fn quick() -> PipelineOptions {
    PipelineOptions {
        backoff: Duration::from_millis(20),
        poll: Duration::from_millis(100),
        attempts: 3,
        delivery_horizon: Duration::from_millis(300),
        ..PipelineOptions::default()
    }
}

/// A pipeline on a separate thread. Dropping it stops the pipeline and waits for what it has begun.
pub struct Running {
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    pub fn start(database: &Database, bots: Bots, options: PipelineOptions) -> Self {
        Self::start_with(database, &FakePlatform::default(), bots, options)
    }

    pub fn start_with(
        database: &Database,
        fake: &FakePlatform,
        bots: Bots,
        options: PipelineOptions,
    ) -> Self {
        let extensions = extensions()
            .with_platforms(platforms(fake))
            .with_bots(bots)
            .with_matchers(Matchers::default());
        let media = Arc::new(ObjectMediaStore::in_memory());
        Self::run(Pipeline::new(database.clone(), media, extensions, options))
    }

    pub fn run(pipeline: Pipeline) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            unicom_testing::block_on(pipeline.run(async {
                let _ = stopped.await;
            }));
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits until a condition holds. Panics if it takes too long.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !happened() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ended(request: &Request) -> bool {
    matches!(
        request.status,
        RequestStatus::Completed | RequestStatus::Failed
    )
}

impl Fixture {
    fn until_all_ended(&self) -> Vec<Request> {
        until("every request has ended", || {
            self.requests().iter().all(ended)
        });
        self.requests()
    }
}

/// Returns a bot that fails `times` times with this error and then answers, and the number of its
/// calls.
fn failing(times: usize, error: BotError) -> (Bots, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let bot = move |_: BotContext| {
        let call = counted.fetch_add(1, Ordering::SeqCst);
        let result = if call < times {
            Err(error.clone())
        } else {
            Ok(Outcome::text("at last"))
        };
        async move { result }
    };
    // Named as in the channel's configuration.
    (Bots::default().with("echo", bot), calls)
}

both_engines! {
    fn echo_answers_each_message_once_and_in_order(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let _running = Running::start(db.database(), bots(), quick());
        let guest = Visitor::guest("g");
        for number in 0..10 {
            site.say(&guest, &number.to_string());
        }
        for request in site.until_all_ended() {
            assert_eq!(request.status, RequestStatus::Completed);
            assert_eq!(request.attempts, 1);
            let steps = [
                request.pending_at, request.identifying_at, request.categorizing_at,
                request.queued_at, request.processing_at, request.completed_at,
            ];
            assert!(steps.iter().all(Option::is_some), "{steps:?}");
        }
        let texts = site.texts(&guest);
        let answers: Vec<_> = texts.iter().filter(|text| text.starts_with("Echo")).cloned().collect();
        let expected: Vec<_> = (0..10).map(|number| format!("Echo: {number}")).collect();
        assert_eq!(answers, expected);
        assert_eq!(texts.len(), 20);
    }

    fn two_pipelines_answer_each_message_once(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let other = db.connect_with(unicom_db::DatabaseOptions::default());
        let _running = [
            Running::start(db.database(), bots(), quick()),
            Running::start(&other, bots(), quick()),
        ];
        for number in 0..30 {
            site.say(&Visitor::guest((number % 5).to_string()), "x");
        }
        site.until_all_ended();
        assert_eq!(site.rows_of("unicom_messages"), 60);
    }

    fn channel_without_a_bot_leaves_requests_queued(db: &TestDatabase) {
        let site = Fixture::new(db);
        let _running = Running::start(db.database(), bots(), quick());
        let message = site.say(&Visitor::guest("g"), "anybody?");
        until("it is looked at", || site.request_of(&message).status == RequestStatus::Queued);
        let request = site.request_of(&message);
        assert_eq!(request.due_at, None);
        assert_eq!(site.texts(&Visitor::guest("g")), ["anybody?"]);
    }

    fn temporary_error_is_retried(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let (bots, calls) = failing(2, BotError::Temporary("no network".to_owned()));
        let _running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        let request = site.until_all_ended().remove(0);
        assert_eq!((request.status, request.attempts), (RequestStatus::Completed, 3));
        assert_eq!(request.error, None);
        assert_eq!(calls.load(Ordering::SeqCst), 3);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "at last"]);
    }

    fn request_fails_with_a_reason_after_the_last_attempt(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "failure_message": false}));
        let (bots, calls) = failing(100, BotError::Temporary("no network".to_owned()));
        let running = Running::start(db.database(), bots, quick());
        let message = site.say(&Visitor::guest("g"), "hello");
        let request = site.until_all_ended().remove(0);
        assert_eq!((request.status, request.attempts), (RequestStatus::Failed, 3));
        assert_eq!(request.error.as_deref(), Some("temporary: no network"));
        assert!(request.failed_at.is_some());
        assert_eq!(calls.load(Ordering::SeqCst), 3);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello"]);
        drop(running);

        // An admin has fixed the problem and retries.
        let _running = Running::start(db.database(), self::bots(), quick());
        assert!(site.write(move |tx| Ok(queue::retry(tx, request.id)?)));
        site.until_all_ended();
        assert_eq!(site.request_of(&message).status, RequestStatus::Completed);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "Echo: hello"]);
    }

    fn permanent_error_is_not_retried(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let (bots, calls) = failing(100, BotError::Permanent("no such model".to_owned()));
        let _running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        let request = site.until_all_ended().remove(0);
        assert_eq!(request.status, RequestStatus::Failed);
        assert_eq!(request.error.as_deref(), Some("permanent: no such model"));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }

    fn panicking_and_hanging_bots_do_not_stop_others(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bots = Bots::default().with("echo", |context: BotContext| async move {
            match context.message.text.as_str() {
                "panic" => panic!("a bot's own mistake"),
                "hang" => std::future::pending().await,
                text => Ok(Outcome::text(text)),
            }
        });
        let options = PipelineOptions { attempts: 1, bot_timeout: Duration::from_millis(200), ..quick() };
        let _running = Running::start(db.database(), bots, options);
        let panicked = site.say(&Visitor::guest("a"), "panic");
        let hung = site.say(&Visitor::guest("b"), "hang");
        let fine = site.say(&Visitor::guest("c"), "fine");
        site.until_all_ended();
        assert_eq!(site.request_of(&panicked).error.as_deref(), Some("temporary: the bot panicked"));
        assert_eq!(site.request_of(&hung).error.as_deref(), Some("temporary: the bot took longer than 0.2 s"));
        assert_eq!(site.request_of(&fine).status, RequestStatus::Completed);
    }

    fn replies_are_stored_all_or_none(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "failure_message": false}));
        let bots = Bots::default().with("echo", |_: BotContext| async {
            Ok(Outcome { replies: vec![OutgoingMessage::text("fine"), OutgoingMessage::text(" ")], ..Outcome::default() })
        });
        let _running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        let request = site.until_all_ended().remove(0);
        assert_eq!(request.status, RequestStatus::Failed);
        assert!(request.error.unwrap().contains("the message is empty"));
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello"]);
    }

    fn unknown_bot_error_names_the_registered_ones(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bots = Bots::default().with("other", unicom_core::bots::Echo);
        let _running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        let error = site.until_all_ended().remove(0).error.unwrap();
        assert_eq!(error, "temporary: bot `echo` is not registered: expected one of other");
    }

    fn messages_accepted_before_a_crash_are_answered_after_it(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let guest = Visitor::guest("g");
        site.say(&guest, "one");
        site.say(&guest, "two");
        // A process claims the first request and disappears.
        let lease = Duration::from_millis(700);
        let claimed = site.claim(10, lease);
        assert_eq!(claimed.len(), 1);
        let since = Instant::now();
        let _running = Running::start(db.database(), bots(), quick());
        let requests = site.until_all_ended();
        assert!(since.elapsed() > Duration::from_millis(500), "taken over before its time");
        assert_eq!(requests[1].attempts, 2);
        assert_eq!(site.texts(&guest), ["one", "two", "Echo: one", "Echo: two"]);
    }

    fn shutdown_completes_requests_in_progress(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let bots = Bots::default().with("echo", move |_: BotContext| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok(Outcome::text("done"))
            }
        });
        let running = Running::start(db.database(), bots, quick());
        site.say(&Visitor::guest("g"), "hello");
        until("the bot has begun", || begun.load(Ordering::SeqCst) == 1);
        drop(running);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "done"]);
    }

    fn request_longer_than_the_shutdown_is_requeued(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let endless_at_first = Bots::default().with("echo", move |_: BotContext| {
            let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if is_first {
                    std::future::pending::<()>().await;
                }
                tokio::task::yield_now().await;
                Ok::<_, BotError>(Outcome::text("done"))
            }
        });
        // A claim that is not released lasts longer than the test.
        let options = PipelineOptions {
            drain: Duration::from_millis(100),
            lease: Duration::from_secs(3600),
            bot_timeout: Duration::from_secs(3600),
            ..quick()
        };
        let media = Arc::new(ObjectMediaStore::in_memory());
        let extensions = extensions().with_bots(endless_at_first);
        let pipeline = Pipeline::new(db.database().clone(), media, extensions, options);
        let running = Running::run(pipeline.clone());
        let message = site.say(&Visitor::guest("g"), "hello");
        until("the bot has begun", || begun.load(Ordering::SeqCst) == 1);
        drop(running);
        let request = site.request_of(&message);
        assert_eq!(request.status, RequestStatus::Queued);
        assert_eq!(request.error.as_deref(), Some("temporary: the server stopped before the bot responded"));
        // When it runs again, it waits for bots again.
        let _running = Running::run(pipeline);
        until("it is answered", || site.request_of(&message).status == RequestStatus::Completed);
        assert_eq!(site.texts(&Visitor::guest("g")), ["hello", "done"]);
    }

    fn long_running_bot_keeps_its_claim(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let bots = Bots::default().with("echo", move |_: BotContext| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(Duration::from_millis(1500)).await;
                Ok(Outcome::text("done"))
            }
        });
        let options = PipelineOptions { lease: Duration::from_millis(600), ..quick() };
        let _running = Running::start(db.database(), bots, options);
        site.tell(&Visitor::guest("g"), NewMessage::text("hello"));
        site.until_all_ended();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}

both_engines! {
    fn request_whose_workers_all_died_fails(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "failure_message": false}));
        let message = site.say(&Visitor::guest("g"), "the one that kills");
        // Three processes claim the request, one after the other, and none returns.
        for _ in 0..3 {
            let claimed = site.claim(1, Duration::ZERO);
            assert_eq!(claimed.len(), 1);
        }
        let _running = Running::start(db.database(), bots(), quick());
        site.until_all_ended();
        let request = site.request_of(&message);
        assert_eq!(request.status, RequestStatus::Failed);
        assert!(request.error.unwrap().contains("every attempt"));
        assert_eq!(site.texts(&Visitor::guest("g")), ["the one that kills"]);
    }
}
