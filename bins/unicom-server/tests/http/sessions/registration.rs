//! Tests of disabled registration.

use serde_json::json;
use unicom_server::{Options, Registration};
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

fn closed() -> Options {
    Options {
        registration: Some(Registration::Closed),
        ..Options::default()
    }
}

both! {
    async fn closed_registration_rejects_new_users_but_not_logins(db: &TestDatabase) {
        let app = TestApp::with_options(db, closed()).await;
        app.new_user("ada", false).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        let register = |body| {
            guest.request(reqwest::Method::POST, "/unicom/auth/register/").json(&body)
        };
        let code = (403, "registration_closed");
        // The response does not reveal which names are taken, nor what is wrong with a password.
        let said = watch
            .refused("a new name", register(json!({ "username": "eve", "password": PASSWORD })), code)
            .await;
        for body in [
            json!({ "username": "ada", "password": PASSWORD }),
            json!({ "username": "eve", "password": "x" }),
            json!({}),
        ] {
            assert_eq!(watch.refused("another body", register(body), code).await.body, said.body);
        }
        guest.log_in("ada").await;
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn closed_registration_still_requires_a_csrf_token(db: &TestDatabase) {
        let app = TestApp::with_options(db, closed()).await;
        let guest = app.guest().await;
        let body = json!({ "username": "eve", "password": PASSWORD });
        let request = guest.request(reqwest::Method::POST, "/unicom/auth/register/").json(&body);
        request.csrf(None).send().await.is(403, "csrf_failed");
    }

    async fn registration_is_open_by_default(db: &TestDatabase) {
        let open = Options { registration: Some(Registration::Open), ..Options::default() };
        for (name, options) in [("ada", Options::default()), ("bob", open)] {
            let app = TestApp::with_options(db, options).await;
            app.guest().await.register(name).await;
        }
    }
}
