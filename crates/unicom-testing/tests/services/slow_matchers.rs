//! Tests of slow matchers: what runs meanwhile, and what happens to their request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::matchers::MatchInput;
use unicom_core::{
    Bots, Pipeline, PipelineOptions,
    admin::{Actor, CategoryChange, Change, create_category},
    bots::{BotContext, BotError, Outcome},
};
use unicom_db::queries::queue;
use unicom_matchers::Matchers;
use unicom_models::RequestStatus;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, bots, extensions};
use crate::pipeline::{Running, quick, until};

/// Starts a pipeline that runs this matcher on every request of the site.
fn run(
    site: &Fixture,
    matcher: impl Fn(&MatchInput) -> Result<bool, String> + Send + Sync + 'static,
    bots: Bots,
    options: PipelineOptions,
) -> Running {
    let matchers = Matchers::default().with("slow", matcher);
    let extensions = extensions().with_bots(bots).with_matchers(matchers);
    let known = extensions.clone();
    site.write(move |tx| {
        let change = CategoryChange {
            name: Some("All".to_owned()),
            public: Some(true),
            matcher: Change::Set(json!({"kind": "custom", "name": "slow"})),
            ..CategoryChange::default()
        };
        create_category(tx, &Actor::COMMAND_LINE, &known, change)?;
        Ok(())
    });
    let media = Arc::new(ObjectMediaStore::in_memory());
    let pipeline = Pipeline::new(site.database.clone(), media, extensions, options);
    Running::run(pipeline)
}

both_engines! {
    fn slow_matcher_does_not_delay_others(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let slow = |input: &MatchInput| {
            if input.message.text == "slow" {
                std::thread::sleep(Duration::from_secs(3));
            }
            Ok(true)
        };
        // A lease shorter than the matcher's run, so that it must be renewed.
        let options = PipelineOptions { lease: Duration::from_millis(900), ..quick() };
        let _running = run(&site, slow, bots(), options);
        let slow = site.say(&Visitor::guest("slow"), "slow");
        let quick = site.say(&Visitor::guest("quick"), "quick");
        until("the quick one is answered", || site.request_of(&quick).status == RequestStatus::Completed);
        assert_eq!(site.request_of(&slow).status, RequestStatus::Categorizing);
        until("the slow one is answered", || site.request_of(&slow).status == RequestStatus::Completed);
        assert_eq!(site.request_of(&slow).attempts, 1);
    }

    fn hanging_matcher_times_out(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let hangs = |_: &MatchInput| {
            std::thread::sleep(Duration::from_secs(2));
            Ok(true)
        };
        let options = PipelineOptions { bot_timeout: Duration::from_millis(200), ..quick() };
        let _running = run(&site, hangs, bots(), options);
        let message = site.say(&Visitor::guest("4f3c"), "hello");
        until("it is given up", || site.request_of(&message).status == RequestStatus::Failed);
        let request = site.request_of(&message);
        assert!(request.error.as_deref().unwrap().contains("matchers took too long"), "{request:?}");
    }

    fn bot_is_not_called_after_the_claim_was_lost(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        // Another worker ends the request while its matcher runs.
        let thief = site.clone();
        let steals = move |input: &MatchInput| {
            if input.message.text == "stolen" {
                let mut request = thief.request_of(&input.message);
                assert!(thief.write(move |tx| {
                    request.reach(RequestStatus::Completed, tx.now());
                    Ok(queue::finish(tx, &request, None)?)
                }));
            }
            Ok(true)
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let asking = Arc::clone(&asked);
        let bots = Bots::default().with("echo", move |context: BotContext| {
            asking.lock().unwrap().push(context.message.text);
            async { Ok::<_, BotError>(Outcome::text("done")) }
        });
        let _running = run(&site, steals, bots, quick());
        for text in ["stolen", "ours"] {
            let message = site.say(&Visitor::guest("g"), text);
            until(text, || site.request_of(&message).status == RequestStatus::Completed);
        }
        assert_eq!(*asked.lock().unwrap(), ["ours"]);
        assert_eq!(site.texts(&Visitor::guest("g")), ["stolen", "ours", "done"]);
    }
}
