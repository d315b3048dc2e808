//! Tests of a bus that a host brings: processes that tell each other of their writes by Redis.
//!
//! They are skipped if `redis-server` is not installed, unless `UNICOM_TEST_REQUIRE_REDIS=1` is
//! set.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redis::{Client, Commands, Connection};
use serde_json::json;
use unicom_core::PipelineOptions;
use unicom_db::{Bus, BusError, BusEvent, Database, DatabaseOptions, Event};
use unicom_models::{Message, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

/// The name of the channel in Redis. A server that several databases use needs one for each.
const CHANNEL: &str = "unicom";

/// A bus by Redis.
struct RedisBus {
    client: Client,
    sending: Mutex<Option<Connection>>,
}

impl RedisBus {
    fn new(url: &str) -> Arc<Self> {
        let client = Client::open(url).unwrap();
        let sending = Mutex::default();
        Arc::new(Self { client, sending })
    }
}

impl Bus for RedisBus {
    fn send(&self, message: &str) -> Result<(), BusError> {
        let mut sending = self.sending.lock().unwrap();
        let mut connection = match sending.take() {
            Some(connection) => connection,
            None => self.client.get_connection()?,
        };
        let _receivers: i64 = connection.publish(CHANNEL, message)?;
        *sending = Some(connection);
        Ok(())
    }

    fn listen(
        &self,
        on_event: &mut dyn FnMut(BusEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), BusError> {
        let mut connection = self.client.get_connection()?;
        let mut subscription = connection.as_pubsub();
        subscription.set_read_timeout(Some(Duration::from_millis(200)))?;
        subscription.subscribe(CHANNEL)?;
        let mut flow = on_event(BusEvent::Connected);
        while flow.is_continue() {
            flow = match subscription.get_message() {
                Ok(message) => on_event(BusEvent::Message(&message.get_payload::<String>()?)),
                Err(error) if error.is_timeout() => on_event(BusEvent::Idle),
                Err(error) => return Err(error.into()),
            };
        }
        Ok(())
    }
}

impl std::fmt::Debug for RedisBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisBus").finish_non_exhaustive()
    }
}

/// A Redis server. Dropping it ends the server.
struct Redis {
    port: u16,
    server: Child,
}

impl Redis {
    /// Starts a server. Returns `None` if Redis is not installed.
    fn start() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = port.local_addr().unwrap().port();
        let is_required =
            std::env::var("UNICOM_TEST_REQUIRE_REDIS").is_ok_and(|value| value == "1");
        match serve(port) {
            Ok(server) => Some(Self { port, server }),
            Err(error) if is_required => panic!("cannot start `redis-server`: {error}"),
            Err(error) => {
                eprintln!("skipped: cannot start `redis-server`: {error}");
                None
            }
        }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Kills the server.
    fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Starts it again after [`Redis::kill`].
    fn restart(&mut self) {
        self.server = serve(self.port).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts a server that keeps nothing on disk.
fn serve(port: u16) -> std::io::Result<Child> {
    let port = port.to_string();
    Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port, "--save", ""])
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::null())
        .spawn()
}

/// Connects as another process does.
fn process(db: &TestDatabase, redis: &Redis) -> Database {
    let bus: Arc<dyn Bus> = RedisBus::new(&redis.url());
    db.connect_with(DatabaseOptions {
        bus: Some(bus),
        ..DatabaseOptions::default()
    })
}

/// Options with which work of other processes is only found by notifications.
fn without_polls() -> PipelineOptions {
    PipelineOptions {
        poll: Duration::from_secs(3600),
        ..quick()
    }
}

both_engines! {
    fn broker_tells_processes_of_each_others_work(db: &TestDatabase) {
        let Some(mut redis) = Redis::start() else {
            return;
        };
        let (first, other) = (process(db, &redis), process(db, &redis));
        let site = Fixture::with(&first, json!({ "bot": "echo" }));
        let _running = Running::start(&other, bots(), without_polls());
        let visitor = Visitor::guest("4f3c");
        let is_answered = |message: &Message| site.request_of(message).status == RequestStatus::Completed;
        for number in 0..3 {
            let message = site.say(&visitor, &number.to_string());
            until("it is answered", || is_answered(&message));
        }

        // What is written while the broker is away is found when it is back.
        redis.kill();
        let message = site.say(&visitor, "while it was away");
        redis.restart();
        until("it is answered", || is_answered(&message));
        let message = site.say(&visitor, "afterwards");
        until("it is answered", || is_answered(&message));
    }

    fn broker_tells_which_chats_have_changed(db: &TestDatabase) {
        let Some(redis) = Redis::start() else {
            return;
        };
        let (first, other) = (process(db, &redis), process(db, &redis));
        let site = Fixture::with(&first, json!({}));
        let mut events = other.subscribe();
        let _running = Running::start(&other, bots(), without_polls());
        until("it listens", || matches!(events.try_recv(), Ok(Event::AnythingChanged)));
        let message = site.say(&Visitor::guest("4f3c"), "hello");
        until("the chat is named", || {
            matches!(events.try_recv(), Ok(Event::ChatChanged { chat_id }) if chat_id == message.chat_id)
        });
    }
}
