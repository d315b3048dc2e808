//! Tests of a host that writes on a separate connection and publishes the events of its
//! transactions.

use std::time::Duration;

use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;
use unicom_core::PipelineOptions;
use unicom_db::{DatabaseOptions, Event, transaction};
use unicom_models::{Direction, Message, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message};

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};
use crate::recorded::Recorded;

impl Fixture {
    /// Writes a message of the visitor through a connection of the host. Returns the message and
    /// the events to publish.
    fn say_on_own_connection(
        &self,
        db: &TestDatabase,
        visitor: &Visitor,
        text: &str,
    ) -> (Message, Vec<Event>) {
        let saved = transaction(&mut db.connection(), |tx| {
            save_webchat_message(tx, &self.channel, visitor, NewMessage::text(text))
        });
        let saved = saved.unwrap();
        (saved.value.message, saved.events)
    }
}

both_engines! {
    fn subscribers_receive_events_published_by_the_host(db: &TestDatabase) {
        let recorded = Recorded::with(db, DatabaseOptions::default());
        let database = &recorded.database;
        let site = Fixture::with(database, json!({"bot": "echo"}));
        let mut events = database.subscribe();
        let (message, published) = site.say_on_own_connection(db, &Visitor::guest("4f3c"), "hello");
        assert_eq!(site.message(message.id).text, "hello", "it is stored");
        assert!(matches!(events.try_recv(), Err(TryRecvError::Empty)));

        database.publish(published.clone());
        let received: Vec<Event> = std::iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(received, published);
        assert!(received.contains(&Event::MessageSaved {
            chat_id: message.chat_id.clone(),
            message_id: message.id,
            direction: Direction::Incoming,
        }));
        let request_id = site.request_of(&message).id;
        assert!(received.contains(&Event::RequestReady { request_id }));
        assert_eq!(recorded.value(r#"unicom_messages_total{direction="incoming"}"#), 1.0);
    }

    fn pipeline_processes_events_published_by_the_host(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        // Only events trigger a search for work: if one were missed, the request would wait longer
        // than the test.
        let options = PipelineOptions { poll: Duration::from_secs(3600), ..quick() };
        let _running = Running::start(db.database(), bots(), options);
        let visitor = Visitor::guest("4f3c");
        for text in ["one", "two", "three", "four"] {
            let (message, events) = site.say_on_own_connection(db, &visitor, text);
            // The first request may be found by the pipeline's search at its start, but not the
            // later ones.
            db.database().publish(events);
            until("it is answered", || site.request_of(&message).status == RequestStatus::Completed);
        }
        assert_eq!(site.texts(&visitor).len(), 8);
    }
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
#[test]
fn error_names_the_feature_of_a_missing_engine() {
    let (url, feature) = if cfg!(feature = "sqlite") {
        ("postgres://localhost/unicom", "postgres")
    } else {
        ("sqlite://unicom.db", "sqlite")
    };
    let error = unicom_db::Db::connect(url).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("enable the feature `{feature}` of unicom-db")),
        "{error}"
    );
}
