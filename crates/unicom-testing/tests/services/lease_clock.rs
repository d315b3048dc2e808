//! Tests that leases on PostgreSQL run by the clock of the server: a machine whose clock is wrong
//! takes nothing over early, and its own work is not taken over early.

use std::time::Duration;

use serde_json::json;
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_db::queries::queue;
use unicom_db::{Clock, DatabaseOptions};
use unicom_models::{RequestStatus, UtcTime};
use unicom_testing::TestDatabase;
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

const HOUR: Duration = Duration::from_secs(3600);
const LEASE: Duration = Duration::from_secs(60);

/// A site in processes whose clocks are right, an hour ahead and an hour behind.
struct Sites {
    _db: TestDatabase,
    right: Fixture,
    wrong: [Fixture; 2],
}

impl Sites {
    /// Returns `None` if there is no PostgreSQL.
    fn new() -> Option<Self> {
        let db = TestDatabase::postgres(&[&unicom_db::MIGRATIONS])?;
        let right = Fixture::with(db.database(), json!({ "bot": "echo" }));
        let clocks = [
            Clock::new(|| UtcTime::now().plus(HOUR)),
            Clock::new(|| UtcTime::now().minus(HOUR)),
        ];
        let wrong = clocks.map(|clock| Fixture {
            database: db.connect_with(DatabaseOptions {
                clock: clock.except_for_leases(),
                ..DatabaseOptions::default()
            }),
            ..right.clone()
        });
        Some(Self {
            _db: db,
            right,
            wrong,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Fixture> {
        [&self.right].into_iter().chain(&self.wrong)
    }
}

#[test]
fn claims_are_not_taken_over_early() {
    let Some(sites) = Sites::new() else { return };
    let others_find_nothing = || {
        for site in sites.all() {
            assert!(site.claim(9, LEASE).is_empty());
        }
    };
    for (number, site) in sites.all().enumerate() {
        // Work is due as soon as it is there, for every process.
        site.say(&Visitor::guest(number.to_string()), "hello");
        let claimant = sites.all().nth((number + 1) % 3).unwrap();
        let mut claims = claimant.claim(9, LEASE);
        assert_eq!(claims.len(), 1, "{number}");
        others_find_nothing();
        let claim = claims.remove(0);
        let renewed = claim.clone();
        assert!(claimant.write(move |tx| Ok(queue::renew(tx, &renewed, LEASE)?)));
        others_find_nothing();
        // A further request is due when the first has ended.
        site.say(&Visitor::guest(number.to_string()), "hello?");
        others_find_nothing();
        claimant.write(move |tx| {
            let mut request = claim.request.clone();
            request.reach(RequestStatus::Completed, tx.now());
            Ok(queue::finish(tx, &request, Some(&claim.lease))?)
        });
        assert_eq!(claimant.claim(9, LEASE).len(), 1, "{number}");
        others_find_nothing();
    }
}

#[test]
fn claims_of_single_keys_are_not_taken_over_early() {
    let Some(sites) = Sites::new() else { return };
    let claim = |site: &Fixture, key: &'static str| {
        site.write(move |tx| Ok(leases::claim_key(tx, LeaseKind::Housekeeping, key, LEASE)?))
    };
    for (key, claimant) in ["a", "b", "c"].into_iter().zip(sites.all()) {
        assert!(claim(claimant, key).is_some());
        for site in sites.all() {
            let now = site.database.lease_time();
            let waiting = site.read(move |db| leases::waiting(db, LeaseKind::Housekeeping, now));
            assert!(waiting.iter().any(|lease| lease.key == key));
            assert_eq!(claim(site, key), None);
        }
        claimant.write(move |tx| Ok(leases::end_claim(tx, LeaseKind::Housekeeping, key, None)?));
        assert!(sites.all().all(|site| {
            let claimed = claim(site, key).is_some();
            site.write(move |tx| Ok(leases::end_claim(tx, LeaseKind::Housekeeping, key, None)?));
            claimed
        }));
    }
}

#[test]
fn processes_with_wrong_clocks_answer_each_other() {
    let Some(sites) = Sites::new() else { return };
    let [ahead, behind] = &sites.wrong;
    for (writer, worker) in [(ahead, behind), (behind, ahead)] {
        let _running = Running::start(&worker.database, bots(), quick());
        let visitor = Visitor::guest(if std::ptr::eq(writer, ahead) {
            "a"
        } else {
            "b"
        });
        for text in ["one", "two", "three"] {
            let message = writer.say(&visitor, text);
            until("it is answered", || {
                sites.right.request_of(&message).status == RequestStatus::Completed
            });
        }
    }
}
