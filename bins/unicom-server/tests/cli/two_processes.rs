//! Tests that two processes on one PostgreSQL database share the work.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_db::queries::{channels, queue};
use unicom_db::{DbError, on_engine};
use unicom_models::ChannelId;
use unicom_testing::TestDatabase;
use unicom_webchat::{NewMessage, Visitor, WebChatError, save_webchat_message};

use crate::server::Server;
use crate::workspace::Workspace;

/// Number of requests that wait when the two processes start.
const REQUESTS: usize = 10_000;

/// Number of visitors who wrote them, each in one chat.
const VISITORS: usize = 500;

/// Time limit for the two processes: far longer than they need, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn two_processes_share_ten_thousand_requests() {
    let Some(db) = TestDatabase::postgres(&[]) else {
        return;
    };
    let home = Workspace::on(&db);
    let channel_id = ChannelId(home.echo_channel());
    write_requests(&db, channel_id);

    let servers = [
        Server::start(serve_command(&home)),
        Server::start(serve_command(&home)),
    ];
    let since = Instant::now();
    while db.read(queue::next_due).is_some() {
        assert!(since.elapsed() < PATIENCE, "{}", servers[0].err());
        std::thread::sleep(Duration::from_millis(200));
    }
    let answered = servers.each_ref().map(answered);
    let shares = answered.each_ref().map(Vec::len);
    println!("shared as {shares:?} in {:?}", since.elapsed());
    // Every request was answered by exactly one process and has one reply.
    let all: BTreeSet<&String> = answered.iter().flatten().collect();
    assert_eq!(
        (all.len(), answered[0].len() + answered[1].len()),
        (REQUESTS, REQUESTS)
    );
    assert!(
        answered.iter().all(|of_one| of_one.len() > REQUESTS / 10),
        "one of the two was idle"
    );
    let counts = [
        "SELECT count(*) AS count FROM unicom_requests WHERE status = 'COMPLETED' AND attempts = 1",
        "SELECT count(DISTINCT reply_to_message_id) AS count FROM unicom_messages WHERE direction = 'outgoing'",
        "SELECT count(*) AS count FROM unicom_messages WHERE direction = 'outgoing'",
    ];
    for query in counts {
        assert_eq!(
            count(&db, query),
            i64::try_from(REQUESTS).unwrap(),
            "{query}"
        );
    }
    for server in servers {
        assert_eq!(server.terminate(), Some(0));
    }
}

/// Returns a `unicom serve` command that logs which requests it has answered.
fn serve_command(home: &Workspace) -> Command {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("UNICOM_LOG", "info,unicom_core=debug");
    command
}

/// Returns the ids of the requests that a process has answered, according to its log.
fn answered(server: &Server) -> Vec<String> {
    let said = server.err();
    let lines = said
        .lines()
        .filter_map(|line| line.split_once("request ")?.1.split_once(": answered"));
    lines.map(|(id, _)| id.to_owned()).collect()
}

fn write_requests(db: &TestDatabase, channel_id: ChannelId) {
    for _ in 0..REQUESTS / VISITORS {
        let written: Result<(), WebChatError> = db
            .database()
            .write(move |tx| {
                let channel = channels::get(tx, channel_id)?.unwrap();
                for visitor in 0..VISITORS {
                    let visitor = Visitor::guest(visitor.to_string());
                    save_webchat_message(tx, &channel, &visitor, NewMessage::text("hello"))?;
                }
                Ok(())
            })
            .wait();
        written.unwrap();
    }
}

fn count(db: &TestDatabase, query: &'static str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    db.read(move |db| {
        let row: Row = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
        Ok::<_, DbError>(row.count)
    })
}
