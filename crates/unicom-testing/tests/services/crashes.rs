//! Tests of crashes: a worker is killed (SIGKILL) at every step between claim and delivery, and
//! another worker takes over.
//!
//! Claims last a minute, so that none expires on a slow machine while its worker lives. Those of
//! a killed worker are made to expire.
//!
//! The worker is this test program in a separate process: the ignored test `worker` below.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_core::matchers::MatchInput;
use unicom_core::{
    Bot, Bots, IncomingMessage, Pipeline, PipelineOptions, Platform, Platforms,
    admin::{
        Actor, CategoryChange, Change, Extensions, NewChannel, create_category, create_channel,
    },
    bots::{BotContext, Outcome},
    inbound::{ChatInfo, PlatformEvent, Sender, receive},
    platform::{Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt},
};
use unicom_db::queries::{deliveries, messages, queue, requests, streams};
use unicom_db::{Clock, Database, DatabaseOptions, DbError, Tx, on_engine};
use unicom_matchers::Matchers;
use unicom_models::schema::unicom_leases;
use unicom_models::{
    Channel, DeliveryStatus, Message, PlatformKind, Request, RequestStatus, UtcTime, VisibleMessage,
};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{Visitor, WebChat};

use crate::fixture::Fixture;
use crate::schema::count;

const ATTEMPTS: i32 = 3;

/// The step at which a worker is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// At the n-th time that the database reads the clock: once for every write and every search
    /// for work.
    Clock(usize),
    /// In the category's matcher: the request is claimed and has no category yet.
    Matcher,
    /// When the bot is asked.
    BotBegins,
    /// When readers see the beginning of the bot's reply.
    BotWrites,
    /// When the bot has its answer.
    BotEnds,
    /// In the second write, between the end of the request and its reply.
    SecondWrite,
    /// Before the platform has the message.
    DeliveryBegins,
    /// When the platform has the message but this is not recorded yet.
    DeliveryEnds,
    /// Never.
    Never,
}

impl Step {
    fn text(self) -> String {
        match self {
            Self::Clock(time) => format!("clock {time}"),
            step => format!("{step:?}"),
        }
    }
}

/// Kills this process immediately, like the kernel or a power loss.
fn die() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    unreachable!("killed")
}

/// The step at which this worker dies.
#[derive(Debug, Clone)]
struct CrashPoint(Arc<str>);

impl CrashPoint {
    fn pass(&self, step: Step) {
        if *self.0 == *step.text() {
            die();
        }
    }
}

/// A platform on the network that records its deliveries in a file.
#[derive(Debug)]
struct Recorder {
    crash_point: CrashPoint,
    file: PathBuf,
}

impl Platform for Recorder {
    fn kind(&self) -> PlatformKind {
        "Recorder".into()
    }

    fn capabilities(&self) -> Capabilities {
        // Called when a reply is stored.
        self.crash_point.pass(Step::SecondWrite);
        Capabilities::default()
    }

    fn validate_channel(&self, _: &Value) -> Result<(), ChannelError> {
        Ok(())
    }

    fn deliver(
        &self,
        outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        self.crash_point.pass(Step::DeliveryBegins);
        let mut file = OpenOptions::new().append(true).open(&self.file).unwrap();
        writeln!(file, "{}", outgoing.message.id).unwrap();
        self.crash_point.pass(Step::DeliveryEnds);
        std::future::ready(Ok(DeliveryReceipt::accepted("accepted"))).boxed()
    }
}

fn extensions(crash_point: &CrashPoint, file: &Path, database: &Database) -> Extensions {
    Extensions::default()
        .with_platforms(platforms(crash_point, file))
        .with_bots(bots(crash_point).with("writer", writer(crash_point, database)))
        .with_matchers(matchers(crash_point))
}

fn platforms(crash_point: &CrashPoint, file: &Path) -> Platforms {
    let recorder = Recorder {
        crash_point: crash_point.clone(),
        file: file.to_owned(),
    };
    Platforms::default().with(recorder).with(WebChat)
}

fn bots(crash_point: &CrashPoint) -> Bots {
    let crash_point = crash_point.clone();
    Bots::default().with("steps", move |context: BotContext| {
        let crash_point = crash_point.clone();
        async move {
            crash_point.pass(Step::BotBegins);
            let answer = Outcome::text(format!("You said: {}", context.message.text));
            crash_point.pass(Step::BotEnds);
            Ok(answer)
        }
    })
}

/// Returns a bot that dies, if it does, when its reply is half written and readers see it.
fn writer(crash_point: &CrashPoint, database: &Database) -> impl Bot {
    let (crash_point, database) = (crash_point.clone(), database.clone());
    move |context: BotContext| {
        let (crash_point, database) = (crash_point.clone(), database.clone());
        async move {
            context.reply.push("half of")?;
            let seen = || database.read(|db| count(db, "unicom_streams"));
            while seen().await.unwrap() == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            crash_point.pass(Step::BotWrites);
            context.reply.push(" it")?;
            Ok(context.reply.finish())
        }
    }
}

fn matchers(crash_point: &CrashPoint) -> Matchers {
    let crash_point = crash_point.clone();
    Matchers::default().with("steps", move |_: &MatchInput| {
        crash_point.pass(Step::Matcher);
        Ok(true)
    })
}

/// The worker process: works until everything is done or it dies.
#[test]
#[ignore = "the worker process, which the other tests of this file start"]
fn worker() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let crash_point = CrashPoint(variable("UNICOM_CRASH_AT").into());
    let file = PathBuf::from(variable("UNICOM_CRASH_RECORD"));
    let (asked, at_clock) = (AtomicUsize::new(0), crash_point.clone());
    let options = DatabaseOptions {
        clock: Clock::new(move || {
            at_clock.pass(Step::Clock(asked.fetch_add(1, Ordering::SeqCst) + 1));
            UtcTime::now()
        }),
        ..DatabaseOptions::default()
    };
    let database = Database::connect_with(&variable("UNICOM_CRASH_URL"), options).unwrap();
    let options = PipelineOptions {
        lease: Duration::from_secs(60),
        poll: Duration::from_millis(50),
        attempts: ATTEMPTS,
        ..PipelineOptions::default()
    };
    let media = Arc::new(ObjectMediaStore::in_memory());
    let extensions = extensions(&crash_point, &file, &database);
    let pipeline = Pipeline::new(database.clone(), media, extensions, options);
    unicom_testing::block_on(pipeline.run(async move {
        loop {
            let left = database
                .read(|db| Ok((queue::next_due(db)?, deliveries::next_due(db)?)))
                .await;
            let left: Result<_, DbError> = left;
            if left.unwrap() == (None, None) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }));
}

/// Makes all leases that have work due now.
fn expire_claims(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let due = diesel::update(unicom_leases::table.filter(unicom_leases::due_at.is_not_null()))
        .set(unicom_leases::due_at.eq(UtcTime::now()));
    on_engine!(&mut **tx, conn => due.execute(conn))?;
    Ok(())
}

/// A channel of the recording platform, and the file of its deliveries.
struct Setup {
    url: String,
    database: Database,
    channel: Channel,
    record: PathBuf,
    _folder: tempfile::TempDir,
}

impl Setup {
    fn new(db: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("delivered");
        File::create(&record).unwrap();
        let crash_point = CrashPoint("never".into());
        let extensions = extensions(&crash_point, &record, db.database());
        let channel = db.write(move |tx| {
            let change = CategoryChange {
                name: Some("All".to_owned()),
                public: Some(true),
                matcher: Change::Set(json!({"kind": "custom", "name": "steps"})),
                ..CategoryChange::default()
            };
            create_category(tx, &Actor::COMMAND_LINE, &extensions, change)?;
            let line = NewChannel::new("Recorder", "Line").with_config(json!({"bot": "steps"}));
            create_channel(tx, &Actor::COMMAND_LINE, &extensions, line)
        });
        Self {
            url: db.url().to_owned(),
            database: db.database().clone(),
            channel,
            record,
            _folder: folder,
        }
    }

    fn say(&self, text: &str) -> Message {
        let incoming = PlatformEvent::message(
            Sender::new("ada", "Ada"),
            ChatInfo::new(self.channel.id, "ada"),
            IncomingMessage {
                text: text.to_owned(),
                ..IncomingMessage::default()
            },
        );
        let channel = self.channel.clone();
        let written = self
            .database
            .write(move |tx| receive(tx, &channel, incoming));
        written.wait().unwrap().into_saved().unwrap().message
    }

    /// Runs a worker until it dies or everything is done. If it dies, its claims expire.
    fn work(&self, until: Step) -> ExitStatus {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crashes::worker", "--ignored", "--nocapture"])
            .env("UNICOM_CRASH_URL", &self.url)
            .env("UNICOM_CRASH_AT", until.text())
            .env("UNICOM_CRASH_RECORD", &self.record)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        if status.signal().is_some() {
            self.database.write(expire_claims).wait().unwrap();
        }
        status
    }

    fn request_of(&self, message: &Message) -> Request {
        let id = message.id;
        let read = self.database.read(move |db| requests::of_message(db, id));
        read.wait().unwrap().unwrap()
    }

    fn replies_to(&self, message: &Message) -> Vec<VisibleMessage> {
        let (chat_id, id) = (message.chat_id.clone(), message.id);
        let read = self.database.read(move |db| {
            let account = "recorder_ada".into();
            let access = crate::fixture::access(db, &account, &chat_id);
            messages::page(db, &access, messages::Walk::FromNewest, 100)
        });
        let all = read.wait().unwrap().into_iter();
        all.filter(|reply| reply.reply_to_message_id == Some(id))
            .collect()
    }

    /// Returns how often the platform was given the message.
    fn delivered(&self, message: &VisibleMessage) -> usize {
        let id = message.id.to_string();
        let record = std::fs::read_to_string(&self.record).unwrap();
        record.lines().filter(|line| *line == id).count()
    }

    /// Kills a worker at this step and lets another one continue. Checks that there is exactly one
    /// answer. Returns `true` if the worker was killed.
    fn die_and_go_on(&self, step: Step) -> bool {
        let message = self.say(&step.text());
        let status = self.work(step);
        let died = status.signal() == Some(9);
        assert!(died || status.success(), "{step:?}: {status}");
        assert!(self.work(Step::Never).success(), "{step:?}");

        let request = self.request_of(&message);
        assert_eq!(
            (request.status, request.due_at),
            (RequestStatus::Completed, None),
            "{step:?}: {request:?}"
        );
        assert!(request.attempts <= 2, "{step:?}: {request:?}");
        let replies = self.replies_to(&message);
        assert_eq!(replies.len(), 1, "{step:?}");
        assert_eq!(replies[0].text, format!("You said: {}", step.text()));
        let id = replies[0].id;
        let delivery = self
            .database
            .read(move |db| deliveries::get(db, id))
            .wait()
            .unwrap()
            .unwrap();
        assert_eq!(delivery.status, DeliveryStatus::Sent, "{step:?}");
        // The platform gets the same message again if its delivery could not be recorded, and never
        // a different one.
        let given = self.delivered(&replies[0]);
        let expected = 1..=usize::from(died) + 1;
        assert!(expected.contains(&given), "{step:?}: {given}");
        died
    }
}

both_engines! {
    fn worker_killed_at_each_step_leaves_one_answer(db: &TestDatabase) {
        let setup = Setup::new(db);
        let steps = [
            Step::Matcher, Step::BotBegins, Step::BotEnds, Step::SecondWrite, Step::DeliveryBegins, Step::DeliveryEnds,
        ];
        for step in steps {
            assert!(setup.die_and_go_on(step), "{step:?} was not reached");
        }
        let lines = std::fs::read_to_string(&setup.record).unwrap().lines().count();
        assert_eq!(lines, steps.len() + 1, "one was given twice: the one whose worker died after giving it");
    }

    fn worker_killed_at_each_clock_read_leaves_one_answer(db: &TestDatabase) {
        let setup = Setup::new(db);
        let died = (1..=40).take_while(|time| setup.die_and_go_on(Step::Clock(*time))).count();
        assert!((6..40).contains(&died), "{died}");
    }

    fn worker_killed_while_it_writes_leaves_no_half_reply(db: &TestDatabase) {
        let setup = Setup::new(db);
        let extensions = extensions(&CrashPoint("never".into()), &setup.record, db.database());
        let site = db.write(move |tx| {
            let new = NewChannel::new("WebChat", "Site").with_config(json!({"bot": "writer"}));
            create_channel(tx, &Actor::COMMAND_LINE, &extensions, new)
        });
        let site = Fixture { database: db.database().clone(), channel: site };
        let guest = Visitor::guest("g");
        let chat_id = site.say(&guest, "hello").chat_id;
        assert_eq!(setup.work(Step::BotWrites).signal(), Some(9));
        let account = guest.account_id();
        let half = site.read(move |db| streams::visible_to(db, &account, &chat_id)).unwrap();
        assert_eq!(half.text, "half of");
        assert_eq!(site.texts(&guest), ["hello"]);
        assert!(setup.work(Step::Never).success());
        assert_eq!(site.texts(&guest), ["hello", "half of it"]);
        assert_eq!(site.rows_of("unicom_streams"), 0);
        // The second attempt had another stream.
        assert_eq!(site.read(move |db| messages::get_unchecked(db, half.id)), None);
    }

    fn request_that_kills_every_worker_fails_with_a_reason(db: &TestDatabase) {
        let setup = Setup::new(db);
        let deadly = setup.say("deadly");
        for attempt in 1..=ATTEMPTS {
            assert_eq!(setup.work(Step::BotBegins).signal(), Some(9), "attempt {attempt}");
        }
        assert!(setup.work(Step::BotBegins).success());
        let request = setup.request_of(&deadly);
        assert_eq!((request.status, request.due_at), (RequestStatus::Failed, None));
        assert!(request.error.as_deref().unwrap().contains("every attempt"), "{request:?}");
        assert!(setup.replies_to(&deadly).is_empty());
        // The next request is not blocked.
        let next = setup.say("next");
        assert!(setup.work(Step::Never).success());
        assert_eq!(setup.request_of(&next).status, RequestStatus::Completed);
    }
}
