//! Tests of admins who erase people.

use serde_json::{Value, json};
use unicom_auth::{person, users};
use unicom_core::CoreError;
use unicom_core::admin::Actor;
use unicom_core::person::PersonRef;
use unicom_testing::TestDatabase;

use super::{NOTHING, PNG, path};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn erased_user_is_logged_out(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let admin = app.program().await;
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        alice.say("My secret is 4711").await;
        alice.send_file("alices.png", PNG).await.ok();
        bob.say("I am Bob").await;
        app.settled().await;
        let account = alice.account_id().await;
        let erase = path(&format!("accounts/{account}/erase/"));
        let before = app.rows().await;

        let foretold = admin.post(&format!("{erase}?dry_run=true"), json!({})).await.ok();
        assert_eq!(foretold["dry_run"], true);
        assert_eq!(app.rows().await, before, "a trial changed something");
        assert_eq!(app.files().len(), 1);

        let erased = admin.post(&erase, json!({})).await.ok();
        assert_eq!(erased["dry_run"], false);
        assert_eq!(erased["erased"], foretold["erased"]);
        let number = |field: &str| erased["erased"][field].as_i64().unwrap();
        let numbers = ["accounts", "members", "users", "chats", "messages", "requests", "files"].map(number);
        assert_eq!(numbers, [1, 1, 1, 1, 4, 2, 1]);
        let line = app.audited("account.erase", &format!("account:{account}")).await;
        assert_eq!(line.details, erased["erased"]);
        assert!(line.actor.starts_with("token:"));
        assert_eq!(app.files(), [""; 0].map(std::path::PathBuf::from));

        // The user is logged out, and none of the data comes back.
        alice.get("/unicom/webchat/messages/").await;
        let session = alice.session().await;
        assert_eq!((&session["authenticated"], &session["account_id"]), (&json!(false), &Value::Null));
        let all = format!("{:?}", app.rows().await);
        assert!(!all.to_lowercase().contains("alice") && !all.contains("4711"), "{all}");
        assert!(all.contains("I am Bob"));
        assert_eq!(bob.texts().await.len(), 2);
        admin.post(&erase, json!({})).await.is(404, "not_found");
        // The name is available again.
        app.user("alice").await;
    }

    async fn new_user_with_the_name_of_an_erased_user_inherits_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let alice = app.user("alice").await;
        alice.say("My secret is 4711").await;
        let sent = alice.send_file("alices.png", PNG).await.ok();
        let url = sent["message"]["media_url"].as_str().unwrap().to_owned();
        assert_eq!(alice.get(&url).await.body, PNG);
        let account = alice.account_id().await;
        let token = app.numbered_token(&app.user_called("alice").await).await.1;
        admin.post(&path(&format!("accounts/{account}/erase/")), json!({})).await.ok();
        // Neither the erased user, nor its token, nor the next user with that name has access.
        let program = Client::new(app.base()).with_bearer(&token);
        program.get(&url).await.is(401, "invalid_credentials");
        for _ in 0..2 {
            let next = app.user("alice").await;
            let next_account = next.account_id().await;
            assert_ne!(next_account, account, "a number is used again");
            assert_eq!(next.texts().await, [""; 0]);
            for client in [&alice, &next, &app.guest().await] {
                client.get(&url).await.is(404, "not_found");
                let chat = format!("/unicom/webchat/messages/?chat_id={account}");
                client.get(&chat).await.is(404, "chat_not_found");
            }
            next.say("hi").await;
            admin.post(&path(&format!("accounts/{next_account}/erase/")), json!({})).await.ok();
        }
    }

    async fn erased_guest_gets_a_new_account(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("My secret is 4711").await;
        let account = guest.account_id().await;
        let sessions = app.count("unicom_sessions").await;
        admin.post(&path(&format!("accounts/{account}/erase/")), json!({})).await.ok();
        assert_eq!(app.count("unicom_sessions").await, sessions - 1);
        assert_eq!(guest.texts().await, [""; 0]);
        // The page requests a new CSRF token, as it must after a session has ended.
        guest.session().await;
        guest.say("Hello again").await;
        assert_ne!(guest.account_id().await, account);
        assert_eq!(guest.texts().await, ["Hello again"]);
    }

    async fn erasing_a_member_erases_all_accounts(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        let account = alice.account_id().await;
        let found = admin.get(&path(&format!("accounts/{account}/"))).await.ok();
        let member = found["member"]["id"].as_str().unwrap().to_owned();
        let erase = path(&format!("members/{member}/erase"));
        let erased = admin.post(&erase, json!({})).await.ok();
        assert_eq!(erased["erased"]["accounts"], 1);
        assert_eq!(erased["erased"]["users"], 1);
        app.audited("member.erase", &format!("member:{member}")).await;
        assert_eq!((app.count("unicom_members").await, app.count("unicom_messages").await), (0, 0));
        admin.post(&erase, json!({})).await.is(404, "not_found");
    }

    async fn messages_of_an_erased_admin_are_anonymised(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let bob = app.user("bob").await;
        bob.say("I am Bob").await;
        let chat = bob.account_id().await;
        let carol = app.new_user("carol", true).await;
        let session = app.guest().await;
        session.log_in("carol").await;
        session.post(&path(&format!("chats/{chat}/messages/")), json!({ "text": "Good morning" })).await;
        let signed = bob.messages("").await;
        assert_eq!(signed["messages"][0]["sender_name"], "carol the user");
        // As on the command line: admins cannot be erased over HTTP.
        let whom = PersonRef::Account(format!("webchat_user_{}", carol.id).into());
        let erased = app.database().write(move |tx| {
            unicom_webchat::erase(tx, &Actor::COMMAND_LINE, &whom, false, |tx, known| {
                Ok::<_, CoreError>(person::erase(tx, known)?)
            })
        });
        let erased = erased.await.unwrap();
        assert_eq!((erased.users, erased.unsigned_messages), (1, 1));
        let left = bob.messages("").await;
        assert_eq!(left["messages"][0]["text"], "Good morning");
        assert_ne!(left["messages"][0]["sender_name"], "carol the user");
        assert_eq!(left["messages"][0]["author"]["kind"], "staff");
        let all = format!("{:?}", app.rows().await);
        assert!(!all.contains("carol"), "{all}");
    }

    async fn admins_cannot_be_erased_over_http(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (chief, carol) = (app.new_user("chief", true).await, app.new_user("carol", true).await);
        let [session, carols] = [app.guest().await, app.guest().await];
        session.log_in("chief").await;
        carols.log_in("carol").await;
        carols.say("I am Carol").await;
        let program = app.program().await;
        let account = format!("webchat_user_{}", carol.id);
        let found = program.get(&path(&format!("accounts/{account}/"))).await.ok();
        let member = found["member"]["id"].as_str().unwrap().to_owned();
        // A member with another account only, which is bound to a user who is an admin.
        let body = json!({ "name": "Chief", "user_id": chief.id.to_string() });
        let bound = program.post(&path("members/"), body).await.ok();
        let bound = bound["member"]["id"].as_str().unwrap().to_owned();
        let watch = NoSideEffects::of(&app).await;
        for client in [&session, &program] {
            for rest in [
                format!("accounts/{account}/erase/"),
                // Admins cannot erase themselves either, even if they have never written.
                format!("accounts/webchat_user_{}/erase/", chief.id),
                format!("members/{member}/erase/"),
                format!("members/{bound}/erase/"),
            ] {
                for dry_run in ["", "?dry_run=true"] {
                    let rest = format!("{rest}{dry_run}");
                    let request = client.request(reqwest::Method::POST, &path(&rest));
                    watch.refused(&rest, request, (409, "staff_user")).await.names("command line");
                }
            }
        }
        // A deactivated user is still an admin, because `user activate` restores it.
        let id = carol.id;
        let off = app.database().write(move |tx| users::set_active(tx, id, false));
        off.await.unwrap();
        let erase = path(&format!("accounts/{account}/erase/"));
        session.post(&erase, json!({})).await.is(409, "staff_user");
    }

    async fn erasing_unknown_accounts_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await.account_id().await;
        let watch = NoSideEffects::of(&app).await;
        for (rest, refusal) in [
            ("accounts/nobody/erase/".to_owned(), (404, "not_found")),
            ("accounts/webchat_user_99999/erase/".to_owned(), (404, "not_found")),
            (format!("members/{NOTHING}/erase/"), (404, "not_found")),
            ("members/x/erase/".to_owned(), (404, "not_found")),
            (format!("accounts/{guest}/erase/?dry_run=perhaps"), (400, "invalid_parameter")),
            (format!("accounts/{guest}/erase/?force=true"), (400, "unknown_filter")),
        ] {
            let request = admin.request(reqwest::Method::POST, &path(&rest));
            watch.refused(&rest, request, refusal).await;
        }
    }
}
