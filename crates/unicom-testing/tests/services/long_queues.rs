//! Tests of long queues: one busy chat delays neither other chats nor itself, and its queue is not
//! scanned repeatedly.

use std::time::Duration;

use serde_json::json;
use unicom_core::{
    Bots, PipelineOptions,
    bots::{BotContext, BotError, Outcome},
};
use unicom_db::queries::queue::{self, Claim};
use unicom_models::RequestStatus;
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message};

use crate::fixture::Fixture;
use crate::pipeline::{Running, quick, until};

const LEASE: Duration = Duration::from_secs(10);

/// Creates a site whose clock stands still, and a chat with this many requests.
fn busy(db: &TestDatabase, requests: usize) -> (Fixture, TestClock) {
    let clock = TestClock::new();
    let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
    let channel = site.channel.clone();
    site.write(move |tx| {
        for number in 0..requests {
            let new = NewMessage::text(number.to_string());
            save_webchat_message(tx, &channel, &Visitor::guest("busy"), new)?;
        }
        Ok(())
    });
    clock.advance(Duration::from_secs(1));
    (site, clock)
}

fn claim(site: &Fixture, limit: usize) -> Vec<Claim> {
    site.claim(limit, LEASE)
}

fn end(site: &Fixture, claim: Claim) {
    let Claim { mut request, lease } = claim;
    assert!(site.write(move |tx| {
        request.reach(RequestStatus::Completed, tx.now());
        Ok(queue::finish(tx, &request, Some(&lease))?)
    }));
}

both_engines! {
    fn busy_chat_is_processed_in_order_without_a_pause(db: &TestDatabase) {
        let (site, _clock) = busy(db, 400);
        for number in 0..400 {
            let claimed = claim(&site, 16);
            // The clock stands still: the next request is due immediately when the previous one has
            // ended.
            assert_eq!(claimed.len(), 1, "{number}");
            assert_eq!(claimed[0].request.display_text, number.to_string());
            end(&site, claimed.into_iter().next().unwrap());
        }
        assert_eq!(site.read(queue::next_due), None);
    }

    fn busy_chat_does_not_delay_others(db: &TestDatabase) {
        let (site, clock) = busy(db, 400);
        for guest in ["a", "b", "c"] {
            site.say(&Visitor::guest(guest), guest);
        }
        clock.advance(Duration::from_secs(1));
        let mut seen: Vec<_> = claim(&site, 16)
            .into_iter()
            .map(|claim| claim.request.display_text)
            .collect();
        seen.sort();
        assert_eq!(seen, ["0", "a", "b", "c"]);
    }

    fn slow_bot_of_a_busy_chat_does_not_delay_others(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bots = Bots::default().with("echo", |context: BotContext| async move {
            if context.message.text == "slow" {
                std::future::pending::<()>().await;
            }
            Ok::<_, BotError>(Outcome::text("done"))
        });
        // Far more than one search returns.
        for _ in 0..400 {
            site.say(&Visitor::guest("busy"), "slow");
        }
        let other = site.say(&Visitor::guest("a"), "quick");
        let options = PipelineOptions {
            parallel: 4,
            lease: Duration::from_secs(3600),
            bot_timeout: Duration::from_secs(3600),
            drain: Duration::ZERO,
            ..quick()
        };
        let _running = Running::start(db.database(), bots, options);
        until("the other one is answered", || {
            site.request_of(&other).status == RequestStatus::Completed
        });
    }
}
