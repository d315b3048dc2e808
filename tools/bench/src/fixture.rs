//! The fixture of a scenario: a server with a separate database, and guests who send requests to
//! it.

use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_db::{Db, by_engine, on_engine};
use unicom_models::RequestStatus;
use unicom_models::schema::unicom_requests as requests;

use crate::http::{Client, Guest, NewGuest, Script, drive};
use crate::interrupt;
use crate::options::Options;
use crate::process::Meter;
use crate::run::Run;
use crate::scratch_db::ScratchDb;
use crate::server::{Server, create_channel};
use crate::summary::Percentiles;

/// How long the server may take to process its requests after the last send.
const PATIENCE: Duration = Duration::from_secs(600);

/// The pause between two checks for open requests.
const PAUSE: Duration = Duration::from_millis(20);

/// The configuration of a channel without a bot.
pub const NO_BOT: &str = "{}";

/// The configuration of a channel on which the echo bot answers.
pub const ECHO: &str = r#"{"bot":"echo"}"#;

/// Counts the statements of a database.
const STATEMENTS: &str = "SELECT coalesce(sum(calls), 0)::bigint AS calls FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND query !~ '^(BEGIN|COMMIT|ROLLBACK|SET|SELECT \\$1$)'
        AND query NOT LIKE 'SELECT EXISTS (SELECT \"unicom_requests\"%'";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    calls: i64,
}

pub struct Fixture {
    // Fields drop in this order: the server must end before its database is removed.
    pub server: Server,
    pub guests: Vec<Guest>,
    pub scratch_db: ScratchDb,
}

impl Fixture {
    /// Starts a server with one channel and `guests` guests, each of whom has sent one message.
    pub fn open(options: &Options, config: &str, guests: usize) -> anyhow::Result<Self> {
        let scratch_db = ScratchDb::new(options.database_url.as_deref())?;
        create_channel(options, &scratch_db, config)?;
        Self::open_on(options, scratch_db, guests)
    }

    /// Starts a server on an existing database with `guests` guests, each of whom has sent one
    /// message.
    ///
    /// The database must have its tables and its channel.
    pub fn open_on(
        options: &Options,
        scratch_db: ScratchDb,
        guests: usize,
    ) -> anyhow::Result<Self> {
        let server = Server::start(options, &scratch_db)?;
        let mut fixture = Self {
            server,
            guests: Vec::new(),
            scratch_db,
        };
        fixture.add_guests(guests)?;
        Ok(fixture)
    }

    /// Adds `count` guests, each of whom sends one message.
    pub fn add_guests(&mut self, count: usize) -> anyhow::Result<()> {
        let mut client = self.client()?;
        for _ in 0..count {
            let guest = NewGuest::meet(&mut client, self.server.address())?;
            self.guests.push(guest.begin(&mut client)?);
        }
        self.settle()
    }

    /// Opens a connection for requests that are not measured.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::connect(self.server.address())
    }

    /// Creates a script for each guest that repeats the guest's request.
    pub fn scripts(&self, request: impl Fn(&Guest) -> Vec<u8>) -> Vec<Script> {
        let guests = self.guests.iter();
        guests.map(|guest| Script::again(request(guest))).collect()
    }

    /// Runs reading scripts whose responses must have this status.
    pub fn read(&self, scripts: &[Script], status: u16, span: Duration) -> anyhow::Result<Run> {
        let meter = Meter::start(self.server.pid());
        let load = drive(self.server.address(), scripts, status, span)?;
        let run = Run::new(load.latencies.len(), load.elapsed, meter.used());
        Ok(Run {
            latency: Some(Percentiles::of(load.latencies)),
            ..run
        })
    }

    /// Runs sending scripts.
    ///
    /// The CPU time includes the processing of all requests, because that is work for the same
    /// messages.
    pub fn write(&self, scripts: &[Script], span: Duration) -> anyhow::Result<Written> {
        let meter = Meter::start(self.server.pid());
        let begun = Instant::now();
        let load = drive(self.server.address(), scripts, 200, span)?;
        self.settle()?;
        let settled = begun.elapsed();
        let sent = load.latencies.len();
        let cpu = meter.used();
        let latency = Some(Percentiles::of(load.latencies));
        Ok(Written {
            acknowledged: Run {
                latency,
                ..Run::new(sent, load.elapsed, cpu)
            },
            settled: Run::new(sent, settled, cpu),
            sent,
        })
    }

    /// Returns how many statements PostgreSQL has run in this database, without those that begin or
    /// end transactions and those of [`Fixture::settle`]. Returns `None` on SQLite, and if the
    /// server of PostgreSQL does not load `pg_stat_statements`.
    pub fn statements(&self) -> anyhow::Result<Option<i64>> {
        let mut db = self.scratch_db.connection()?;
        by_engine!(&mut db, Postgres(conn) => {
            let created = conn.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            let count = diesel::sql_query(STATEMENTS).get_result::<Count>(conn);
            return Ok(created.and(count).ok().map(|count| count.calls));
        });
        Ok(None)
    }

    /// Waits until no request is open.
    ///
    /// # Errors
    ///
    /// Fails if a request has failed or if the server does not finish within 600 seconds.
    pub fn settle(&self) -> anyhow::Result<()> {
        let mut db = self.scratch_db.connection()?;
        // What the waiting costs is not what is measured.
        by_engine!(&mut db, Postgres(conn) => conn.batch_execute("SET enable_seqscan = off")?);
        let deadline = Instant::now() + PATIENCE;
        while has_open_requests(&mut db)? {
            interrupt::check()?;
            anyhow::ensure!(
                Instant::now() < deadline,
                "the server does not come to an end with its requests"
            );
            thread::sleep(PAUSE);
        }
        let failed: bool = on_engine!(&mut db, conn => diesel::select(exists(
            requests::table.filter(requests::status.eq(RequestStatus::Failed)),
        ))
        .get_result(conn))?;
        anyhow::ensure!(!failed, "a request has failed");
        Ok(())
    }
}

/// The rates of a sending run.
pub struct Written {
    /// The rate until the last send was acknowledged.
    pub acknowledged: Run,
    /// The rate until every request was processed and its answer stored.
    pub settled: Run,
    /// The number of sends.
    pub sent: usize,
}

fn has_open_requests(db: &mut Db) -> QueryResult<bool> {
    on_engine!(db, conn => diesel::select(exists(
        requests::table.filter(requests::due_at.is_not_null()),
    ))
    .get_result(conn))
}
