//! Tests of API tokens over time: when they expire, and when their use is recorded.

use std::time::Duration;

use unicom_auth::{Scope, tokens};
use unicom_testing::{TestClock, TestDatabase};

use super::path;
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;

async fn started(db: &TestDatabase) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

both! {
    async fn token_use_is_recorded_once_an_hour(db: &TestDatabase) {
        let (app, clock) = started(db).await;
        let root = app.new_user("root", true).await;
        let program = Client::new(app.base()).with_bearer(&app.token(&root).await);
        let noted_after = async |time: Duration| {
            clock.advance(time);
            program.get(&path("channels/")).await.ok();
            app.database().read(tokens::list).await.unwrap().remove(0).last_used_at
        };
        let first = noted_after(Duration::ZERO).await;
        assert_eq!(first, Some(clock.now()));
        assert_eq!(noted_after(Duration::from_secs(60 * 60)).await, first);
        assert_eq!(noted_after(Duration::from_micros(1)).await, Some(clock.now()));
    }

    async fn token_is_valid_until_its_expiry(db: &TestDatabase) {
        let (app, clock) = started(db).await;
        let id = app.new_user("root", true).await.id;
        let create = |name: &'static str, expires_at| {
            app.database().write(move |tx| tokens::create(tx, id, name, Scope::Admin, Some(expires_at)))
        };
        let refused = create("x", clock.now()).await;
        assert!(matches!(refused, Err(tokens::CreateTokenError::Expired)), "{refused:?}");
        let (_, secret) = create("x", clock.now().next()).await.unwrap();
        let program = Client::new(app.base()).with_bearer(&secret);
        program.get(&path("channels/")).await.ok();
        clock.advance(Duration::from_micros(1));
        program.get(&path("channels/")).await.is(401, "invalid_credentials");
    }
}
