//! Tests of usernames and passwords that devices spell differently.

use serde_json::json;
use unicom_auth::admin::create_user;
use unicom_auth::users::{self, NewUser};
use unicom_core::admin::Actor;
use unicom_testing::TestDatabase;

use super::{LOGIN, REGISTER};
use crate::app::{PASSWORD, TestApp};
use crate::both;

/// A hash of `Pässwörd-2026 lang` with its umlauts decomposed, as earlier versions made it.
const OLD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AZTkrRyYlCC+jmYn1wMKnA$jlP6CK19eDxeGJy2RerlikZddT+GJQaPl+7XlycMIoM";

const COMPOSED: &str = "P\u{e4}ssw\u{f6}rd-2026 lang";

const DECOMPOSED: &str = "Pa\u{308}sswo\u{308}rd-2026 lang";

async fn log_in(app: &TestApp, username: &str, password: &str) -> u16 {
    let body = json!({ "username": username, "password": password });
    app.guest().await.post(LOGIN, body).await.status
}

both! {
    async fn password_is_the_same_however_it_is_composed(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (name, registered, entered) in [
            ("nfc", COMPOSED, DECOMPOSED),
            ("nfd", DECOMPOSED, COMPOSED),
            ("hangul", "\u{d55c}\u{ad6d}\u{c5b4} \u{be44}\u{bc00}\u{bc88}\u{d638} 7", "\u{1112}\u{1161}\u{11ab}\u{ad6d}\u{c5b4} \u{be44}\u{bc00}\u{bc88}\u{d638} 7"),
            ("space", "three green\u{a0}balls", "three green balls"),
        ] {
            let body = json!({ "username": name, "password": registered });
            let made = app.guest().await.post(REGISTER, body).await;
            assert_eq!(made.status, 201, "{name}");
            assert_eq!(log_in(&app, name, registered).await, 200, "{name}");
            assert_eq!(log_in(&app, name, entered).await, 200, "{name}");
        }
        for wrong in ["Passwo\u{308}rd-2026 lang", "P\u{c4}ssw\u{f6}rd-2026 lang"] {
            assert_eq!(log_in(&app, "nfc", wrong).await, 401);
        }
    }

    async fn old_hash_of_another_form_is_replaced(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let new = NewUser::check("mac", COMPOSED, None, None).unwrap();
        let made = app.database().write(move |tx| create_user(tx, &Actor::COMMAND_LINE, &new, OLD_HASH));
        made.await.unwrap();
        let can = async |password: &'static str| {
            let found = app.database().read(move |db| users::can_log_in(db, "mac", password));
            found.await.unwrap()
        };
        assert!(can(COMPOSED).await && can(DECOMPOSED).await);
        assert_eq!(log_in(&app, "mac", "another password").await, 401);
        assert_eq!(log_in(&app, "mac", COMPOSED).await, 200);
        let body = json!({ "current_password": DECOMPOSED, "new_password": COMPOSED });
        let user = app.guest().await;
        user.post(LOGIN, json!({ "username": "mac", "password": DECOMPOSED })).await.ok();
        let same = user.post("/unicom/auth/password/", body).await;
        same.is(400, "invalid_body").names("`new_password`");
    }

    async fn username_is_the_same_in_every_spelling(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (name, spellings) in [
            ("zoë", ["zoe\u{308}", "ZOË", "ｚｏë"]),
            ("पुष्पा", ["पुष्पा", " पुष्पा", "पुष्पा "]),
            ("ガイド", ["ｶﾞｲﾄﾞ", "カ\u{3099}イド", "ガイド"]),
            ("می\u{200c}خواهم", ["میخواهم", "می\u{200d}خواهم", "می\u{200c}خواهم"]),
        ] {
            app.user(name).await;
            for spelling in spellings {
                assert_eq!(log_in(&app, spelling, PASSWORD).await, 200, "{spelling}");
                let again = json!({ "username": spelling, "password": PASSWORD });
                let taken = app.guest().await.post(REGISTER, again).await;
                taken.is(409, "username_taken");
            }
        }
        for name in ["தமிழ்", "พิมพ์", "ශ\u{dca}\u{200d}රී", "မောင်", "Nguyễn"] {
            app.user(name).await;
        }
    }
}
