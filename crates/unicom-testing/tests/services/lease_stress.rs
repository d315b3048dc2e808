//! Tests that leases lose no work and hand no work out twice, however senders and workers
//! interleave.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::json;
use unicom_db::queries::queue::{self, Ending};
use unicom_db::queries::{chats, leases};
use unicom_db::{DatabaseOptions, DbError};
use unicom_models::{ChatId, RequestId, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message};

use crate::fixture::Fixture;
use crate::pipeline::until;

/// The lease of the stress test. A worker that pauses for longer loses its claim.
const SHORT: Duration = Duration::from_millis(250);

/// Seconds that the stress test runs: `UNICOM_STRESS_SECONDS`, or 3.
fn seconds() -> u64 {
    let set = std::env::var("UNICOM_STRESS_SECONDS").ok();
    set.map_or(3, |seconds| seconds.parse().unwrap())
}

/// What the workers did.
#[derive(Default)]
struct Record {
    /// The requests that were ended.
    ended: Mutex<Vec<RequestId>>,
    /// Claims whose end came too late.
    late: AtomicUsize,
}

/// Claims up to `limit` chats, pauses now and then, and ends their requests together.
fn work(site: &Fixture, record: &Record, limit: i64, pause: Duration) -> Result<bool, DbError> {
    let begun = site.database.write(move |tx| {
        let mut begun = Vec::new();
        let leases = queue::claim(tx, limit, SHORT)?;
        for head in queue::heads(tx, leases)? {
            let mut request = head.request;
            request.attempts += 1;
            request.reach(RequestStatus::Processing, tx.now());
            begun.push((request, head.lease));
        }
        let requests: Vec<_> = begun.iter().map(|(request, _)| request.clone()).collect();
        queue::begin_attempts(tx, &requests)?;
        Ok::<_, DbError>(begun)
    });
    let mut begun = begun.wait()?;
    if begun.is_empty() {
        return Ok(false);
    }
    std::thread::sleep(pause);
    let ended = site.database.write(move |tx| {
        let ids: Vec<ChatId> = begun
            .iter()
            .map(|(request, _)| request.chat_id.clone())
            .collect();
        let locked: HashMap<ChatId, _> = chats::lock_all(tx, &ids)?
            .into_iter()
            .map(|chat| (chat.id.clone(), chat))
            .collect();
        for (request, _) in &mut begun {
            request.reach(RequestStatus::Completed, tx.now());
        }
        let endings: Vec<Ending<'_>> = begun
            .iter()
            .map(|(request, lease)| Ending {
                chat: &locked[&request.chat_id],
                request,
                lease: Some(lease),
            })
            .collect();
        let held = queue::finish_all(tx, &endings)?;
        Ok::<_, DbError>((begun, held))
    });
    let (begun, held) = ended.wait()?;
    record
        .late
        .fetch_add(begun.len() - held.len(), Ordering::Relaxed);
    record.ended.lock().unwrap().extend(held);
    Ok(true)
}

/// Terminates the connections of all workers to PostgreSQL, as a restart of the server does.
fn terminate_connections(site: &Fixture) {
    use diesel::RunQueryDsl;
    let name = diesel::sql_query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3",
    );
    let ended = site.database.read(move |db| {
        unicom_db::on_engine!(db, conn => name.execute(conn))?;
        Ok::<_, DbError>(())
    });
    // This connection may be terminated by another call.
    drop(ended.wait());
}

both_engines! {
    fn no_request_is_lost_or_ended_twice_under_stress(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({}));
        let guests: Vec<Visitor> = (0..12).map(|number| Visitor::guest(number.to_string())).collect();
        for guest in &guests {
            site.say(guest, "first");
        }
        let (record, stop) = (Arc::new(Record::default()), Arc::new(AtomicBool::new(false)));
        let deadline = Instant::now() + Duration::from_secs(seconds());
        let process = || {
            let options = DatabaseOptions { connections: 4, ..DatabaseOptions::default() };
            Fixture { database: db.connect_with(options), ..site.clone() }
        };
        let (mut senders, mut workers) = (Vec::new(), Vec::new());
        for sender in 0..4_usize {
            let (site, guests) = (process(), guests.clone());
            senders.push(std::thread::spawn(move || {
                for number in sender.. {
                    if Instant::now() > deadline { break }
                    let (channel, guest) = (site.channel.clone(), guests[number % guests.len()].clone());
                    let text = NewMessage::text(number.to_string());
                    let sent = site.database.write(move |tx| save_webchat_message(tx, &channel, &guest, text));
                    // A send fails if its connection was terminated.
                    drop(sent.wait());
                }
            }));
        }
        for (worker, limit) in [1, 1, 4, 4, 8, 8].into_iter().enumerate() {
            let (site, record, stop) = (process(), Arc::clone(&record), Arc::clone(&stop));
            workers.push(std::thread::spawn(move || {
                for round in worker.. {
                    if stop.load(Ordering::Relaxed) { break }
                    // Every fiftieth claim is lost.
                    let pause = if round % 50 == 49 { SHORT * 2 } else { Duration::from_millis(round as u64 % 4) };
                    if !work(&site, &record, limit, pause).unwrap_or(false) {
                        std::thread::sleep(Duration::from_millis(2));
                    }
                }
            }));
        }
        let is_postgres = db.database().engine() == unicom_db::Engine::Postgres;
        while Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(150));
            if is_postgres {
                terminate_connections(&site);
            }
        }
        for sender in senders {
            sender.join().unwrap();
        }
        let is_over = || site.database.read(queue::next_due).wait().is_ok_and(|due| due.is_none());
        until("every request has ended", is_over);
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().unwrap();
        }

        // The end of a request whose connection was terminated may be stored without an answer.
        let ended = record.ended.lock().unwrap();
        let once: HashSet<RequestId> = ended.iter().copied().collect();
        assert_eq!(once.len(), ended.len(), "a request has ended twice");
        let mut total = 0;
        for guest in &guests {
            let stored = site.requests_of(&ChatId::from(guest.account_id().as_str()));
            assert!(stored.iter().all(|request| request.status == RequestStatus::Completed));
            assert!(stored.is_sorted_by_key(|request| request.completed_at), "out of order");
            total += stored.len();
        }
        assert!(once.len() <= total);
        println!("{total} requests, {} late claims", record.late.load(Ordering::Relaxed));
        assert!(total > 12);
    }

    fn request_stored_while_a_claim_ends_is_found(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({}));
        let other = Fixture { database: db.connect_with(DatabaseOptions::default()), ..site.clone() };
        let guest = Visitor::guest("a");
        site.say(&guest, "a1");
        let claim = site.claim(1, Duration::from_secs(60)).remove(0);

        // A send holds the chat while the end of the claim waits for it.
        let (holds, held) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let (channel, new) = (site.channel.clone(), NewMessage::text("a2"));
        let send = other.database.write(move |tx| {
            let saved = save_webchat_message(tx, &channel, &guest, new);
            holds.send(()).unwrap();
            may_go_on.recv().unwrap();
            saved
        });
        held.recv().unwrap();
        let end = site.database.write(move |tx| {
            let mut request = claim.request;
            request.reach(RequestStatus::Completed, tx.now());
            queue::finish(tx, &request, Some(&claim.lease))
        });
        std::thread::sleep(Duration::from_millis(200));
        go_on.send(()).unwrap();
        send.wait().unwrap();
        assert!(end.wait().unwrap());
        assert_eq!(site.claim(1, Duration::from_secs(60))[0].request.display_text, "a2");
    }

    fn lease_is_not_lost_if_its_end_saw_no_work(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({}));
        let guest = Visitor::guest("a");
        site.say(&guest, "a1");
        let lease = site.write(|tx| Ok(queue::claim(tx, 1, Duration::from_secs(60))?)).remove(0);
        site.say(&guest, "a2");
        site.write(move |tx| Ok(leases::finish(tx, &lease, None)?));
        assert_eq!(site.claim(1, Duration::from_secs(60)).len(), 1);
    }
}

/// Tests that a claim, its progress and its end read few entries of the queue's index, although the
/// queue was empty when PostgreSQL was last told how large it is.
#[cfg(feature = "postgres")]
#[test]
fn statements_read_little_of_a_queue_that_was_analyzed_when_it_was_empty() {
    use diesel::sql_types::BigInt;
    use diesel::{QueryableByName, RunQueryDsl};
    use unicom_db::{Db, on_engine, transaction};

    #[derive(QueryableByName)]
    struct Read {
        #[diesel(sql_type = BigInt)]
        entries: i64,
    }

    let Some(db) = TestDatabase::postgres(&[&unicom_db::MIGRATIONS]) else {
        return;
    };
    let site = Fixture::with(db.database(), json!({}));
    let mut conn = Db::connect(db.url()).unwrap();
    let execute = |conn: &mut Db, sql: &str| {
        on_engine!(conn, conn => diesel::sql_query(sql).execute(conn)).unwrap();
    };
    let entries_read = |conn: &mut Db| {
        execute(conn, "SELECT pg_stat_force_next_flush()");
        let sql =
            "SELECT coalesce(sum(idx_tup_read), 0)::bigint AS entries FROM pg_stat_user_indexes
            WHERE indexrelname = 'unicom_requests_open'";
        let read: Read = on_engine!(conn, conn => diesel::sql_query(sql).get_result(conn)).unwrap();
        read.entries
    };
    execute(&mut conn, "ANALYZE");
    site.say(&Visitor::guest("busy"), "first");
    execute(
        &mut conn,
        "INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, direction, timestamp, text, media_type, raw)
         SELECT gen_random_uuid(), chat_id, channel_id, sender_id, sender_name, direction,
            timestamp + number * interval '1 millisecond', text, media_type, raw
         FROM unicom_messages, generate_series(1, 20000) AS number",
    );
    execute(
        &mut conn,
        "INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, status, display_text, metadata,
            attempts, due_at, created_at, updated_at)
         SELECT gen_random_uuid(), message.id, message.chat_id, message.sender_id, message.channel_id, 'PENDING', message.text,
            '{}', 0, message.timestamp, message.timestamp, message.timestamp
         FROM unicom_messages AS message WHERE NOT EXISTS (SELECT 1 FROM unicom_requests WHERE message_id = message.id)",
    );
    let before = entries_read(&mut conn);
    // More often than PostgreSQL plans a prepared statement for its values.
    for _ in 0..10 {
        let begun = transaction(&mut conn, |tx| {
            let lease = queue::claim(tx, 1, Duration::from_secs(60))?.remove(0);
            let claim = queue::begin_attempt(tx, lease)?.unwrap();
            assert!(queue::set_reply_token(tx, &claim.request, "hash")?);
            assert!(queue::save_progress(tx, &claim.request)?);
            Ok::<_, DbError>(claim)
        });
        let queue::Claim { mut request, lease } = begun.unwrap().value;
        transaction(&mut conn, |tx| {
            request.reach(RequestStatus::Completed, tx.now());
            assert!(queue::finish(tx, &request, Some(&lease))?);
            Ok::<_, DbError>(())
        })
        .unwrap();
    }
    let read = entries_read(&mut conn) - before;
    assert!(read < 1_000, "{read} entries were read");
}
