//! Tests of user names: none may mislead, and some are reserved for admins and bots.

use diesel::prelude::*;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_auth::users::{self, NewUser};
use unicom_core::admin::{Actor, NewBot, create_bot};
use unicom_db::{Db, DbError, on_engine};
use unicom_testing::TestDatabase;

use super::{log_in, try_register};
use crate::app::{PASSWORD, Setup, TestApp, extensions};
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Cyrillic letters that look like `scope`.
const CYRILLIC_SCOPE: &str = "ѕсоре";

async fn admin(app: &TestApp, username: &str, display_name: &str) {
    let new = NewUser::check(username, PASSWORD, None, Some(display_name)).unwrap();
    app.created(new.with_staff(true), PASSWORD).await;
}

/// Renames the user `somebody` and removes what an earlier version did not store.
async fn make_old(app: &TestApp, username: &'static str) {
    let made = app.database().write(move |tx| -> Result<(), DbError> {
        let db: &mut Db = tx;
        let update = format!(
            "UPDATE unicom_users SET username_skeleton = NULL, username = '{username}', username_key = '{username}' \
             WHERE username = 'somebody'"
        );
        on_engine!(db, conn => diesel::sql_query(update).execute(conn))?;
        Ok(())
    });
    made.await.unwrap();
}

async fn old_user(app: &TestApp, username: &'static str, password: &str) {
    let new = NewUser::check("somebody", password, None, None).unwrap();
    app.created(new, password).await;
    make_old(app, username).await;
}

both! {
    async fn misleading_usernames_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for name in [
            "alice\u{3164}", "\u{3164}", "a\u{115f}b", "\u{430}lice", "ali\u{200d}ce", "al\u{ad}ice", "alice\u{fe0f}",
            "\u{202e}ecila", "\u{2066}alice", "alice\u{200b}", "\u{301}alice", "alic\u{435}",
        ] {
            let body = json!({ "username": name, "password": PASSWORD });
            let request = guest.request(Method::POST, "/unicom/auth/register/").json(&body);
            watch.refused(&name.escape_unicode().to_string(), request, (400, "invalid_body")).await
                .names("`username`");
        }
    }

    async fn lookalike_usernames_are_taken(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for name in ["alice", "scope", "Ökobob"] {
            app.user(name).await;
        }
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for name in ["ａｌｉｃｅ", "AIice", "𝒶𝓁𝒾𝒸ℯ", CYRILLIC_SCOPE, "ÖKOBOB", "O\u{308}kobob", "Ökob0b"] {
            let body = json!({ "username": name, "password": PASSWORD });
            let request = guest.request(Method::POST, "/unicom/auth/register/").json(&body);
            watch.refused(name, request, (409, "username_taken")).await;
        }
    }

    async fn usernames_of_every_script_are_accepted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let names = ["Алиса", "अनीता", "สมชาย", "יָעֵל", "محمّد", "さくらサクラ桜", "김철수", "王小明-7", "jose\u{301}"];
        for name in names {
            app.user(name).await;
        }
        // In any normalization form, width and case.
        for (written, stored) in [("JOSÉ", "jos\u{e9}"), ("АЛИСА", "Алиса"), ("王小明－７", "王小明-7")] {
            let answer = log_in(&app.guest().await, written, PASSWORD).await.ok();
            assert_eq!(answer["user"]["username"], stored);
        }
    }

    async fn concurrent_lookalike_registrations_create_one_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let names = ["scope", CYRILLIC_SCOPE, "ｓｃｏｐｅ", "Scope", "scope", CYRILLIC_SCOPE];
        let guests = join_all(names.map(|_| app.guest())).await;
        let answers = join_all(guests.iter().zip(names).map(|(guest, name)| {
            try_register(guest, json!({ "username": name }))
        })).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            answer.is(409, "username_taken");
        }
    }

    async fn existing_lookalike_users_can_still_log_in(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (first, second) = ("a password of one", "a password of another");
        old_user(&app, "ｓｃｏｐｅ", first).await;
        old_user(&app, CYRILLIC_SCOPE, second).await;
        for (name, password) in [("ｓｃｏｐｅ", first), (CYRILLIC_SCOPE, second)] {
            let answer = log_in(&app.guest().await, name, password).await.ok();
            assert_eq!(answer["user"]["username"], name);
        }
        let guest = app.guest().await;
        try_register(&guest, json!({ "username": "scope" })).await.is(409, "username_taken");
        let filled = "SELECT count(*) AS number FROM unicom_users WHERE username_skeleton = 'scope'";
        // Creating the second user completed the first, and refused requests left nothing behind.
        assert_eq!(app.number(filled).await, 1);
        let database = app.database().clone();
        assert_eq!(std::thread::spawn(move || users::fill_skeletons(&database)).join().unwrap().unwrap(), 1);
        assert_eq!(app.number(filled).await, 2);
        try_register(&guest, json!({ "username": "scope" })).await.is(409, "username_taken");
        log_in(&guest, CYRILLIC_SCOPE, second).await.ok();
    }

    async fn display_names_are_stripped_of_invisible_characters(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (number, (name, shown)) in [
            ("\u{202e}boss", "boss"),
            ("\u{2066}Ann\u{2069} Lee\u{200b}", "Ann Lee"),
            ("Tom\u{3164}", "Tom"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            ("  ", "visitor5"),
        ].into_iter().enumerate() {
            let client = app.guest().await;
            let fields = json!({ "username": format!("visitor{number}"), "display_name": name });
            let answer = try_register(&client, fields).await.ok();
            assert_eq!(answer["user"]["display_name"], shown);
            assert_eq!(client.say("hi").await["sender_name"], shown);
        }
        let line = try_register(&app.guest().await, json!({ "display_name": "two\nlines" })).await;
        line.is(400, "invalid_body").names("`display_name`");
        let invisible = json!({ "display_name": "\u{3164}\u{200b}" });
        let invisible = try_register(&app.guest().await, invisible).await;
        invisible.is(400, "invalid_body").names("`display_name`");
    }

    async fn names_of_admins_and_bots_are_reserved(db: &TestDatabase) {
        let setup = Setup { channel: json!({ "bot_name": "Robo Desk" }), ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        app.channel(json!({ "bot": "echo" })).await;
        admin(&app, "chief", "Grace Hopper").await;
        let made = app.database().write(|tx| {
            let new = NewBot { name: "answerer".to_owned(), kind: "echo".to_owned(), config: json!({}) };
            create_bot(tx, &Actor::COMMAND_LINE, &extensions(), new)
        });
        made.await.unwrap();
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let register = |fields: Value| {
            let mut body = json!({ "username": "carol", "password": PASSWORD });
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            guest.request(Method::POST, "/unicom/auth/register/").json(&body)
        };
        for name in ["admin", "Support", "s.t.a.f.f", "ROOT", "unicom", "moderat0r", "answerer", "AnswereR", "Site", "echo"] {
            let request = register(json!({ "username": name }));
            watch.refused(name, request, (409, "username_taken")).await;
        }
        for name in [
            "Support\u{200b} (Staff)", "\u{202e}Admin", "grace hopper", "Grace  Hopper", "Grасе Hорреr", "chief", "Robo Desk",
            "robo desk\u{3164}", "answerer", "Site", "ѕuрроrt",
        ] {
            let request = register(json!({ "display_name": name }));
            watch.refused(name, request, (400, "invalid_body")).await.names("`display_name`");
        }
        // Other names are permitted, and an operator may set any name.
        try_register(&guest, json!({ "display_name": "Grace Hoppers friend" })).await.ok();
        admin(&app, "support", "Support (Staff)").await;
    }
}
