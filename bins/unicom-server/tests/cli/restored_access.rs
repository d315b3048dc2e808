//! Tests that `unicom restore` does not bring back access that had ended in the replaced database.

use std::fs;

use serde_json::{Value, json};

use crate::backup::{at, run_sql};
use crate::sample_data::PASSWORD;
use crate::server::Server;
use crate::visitor::{Visitor, install_crypto};
use crate::workspace::{Workspace, has};

const NEWER: &str = "a password from after the backup";

fn home() -> Workspace {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home
}

fn admin(home: &Workspace, name: &str) {
    let create = ["user", "create", name, "--password-stdin", "--staff"];
    home.run_with_input(&create, PASSWORD).ok();
}

/// Creates a token. Returns its number and its secret.
fn token(home: &Workspace, name: &str) -> (String, String) {
    let made = home.json(&["token", "create", name, "--name", "a program"]);
    (
        made["id"].to_string(),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

/// Returns the status of a request that only admins may send, sent with this token.
async fn status_with(server: &Server, secret: &str) -> u16 {
    install_crypto();
    let url = format!("{}/unicom/admin/accounts/", server.origin);
    let get = reqwest::Client::new().get(url).bearer_auth(secret);
    get.send().await.unwrap().status().as_u16()
}

async fn log_in(server: &Server, name: &str, password: &str) -> u16 {
    Visitor::of(server).log_in(name, password).await
}

async fn reads(visitor: &Visitor) -> u16 {
    visitor.get("/unicom/webchat/messages/").await.0
}

fn restore(home: &Workspace) -> Value {
    home.json(&["restore", "b.db", "--force"])["carried_over"].clone()
}

#[tokio::test]
async fn access_revoked_since_the_backup_stays_revoked() {
    let home = home();
    admin(&home, "ada");
    admin(&home, "bob");
    home.user("cleo", PASSWORD).ok();
    let (revoked, revoked_secret) = token(&home, "ada");
    let (_, kept_secret) = token(&home, "ada");
    let (_, bobs_secret) = token(&home, "bob");
    let server = Server::serve(&home);
    let [ada, cleo, blocked, gone, guest] = [(); 5].map(|()| Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    assert_eq!(cleo.log_in("cleo", PASSWORD).await, 200);
    // A guest's first chat has the id of the account.
    let account = blocked.send("hello").await;
    for visitor in [&gone, &guest] {
        visitor.send("hello").await;
    }
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(gone.post("/unicom/auth/logout/", json!({})).await.0, 200);
    assert_eq!(server.terminate(), Some(0));

    home.run(&["token", "revoke", &revoked, "--yes"]).ok();
    home.run(&["user", "deactivate", "bob"]).ok();
    let set = ["user", "set-password", "ada", "--password-stdin"];
    home.run_with_input(&set, NEWER).ok();
    home.run(&["account", "block", &account]).ok();

    let said = home.run(&["restore", "b.db", "--force"]).ok();
    has(
        &said,
        &[
            "users who stay deactivated: bob",
            "users who keep their newer password: ada",
            &format!("tokens that stay revoked: {revoked}"),
            &format!("accounts that stay blocked: {account}"),
            "sessions of users that were ended: 2",
            "sessions of guests that were ended: 1",
        ],
    );
    let server = Server::serve(&home);
    let [ada, cleo, blocked, gone, guest] =
        [ada, cleo, blocked, gone, guest].map(|one| one.at(&server));
    assert_eq!(status_with(&server, &revoked_secret).await, 401);
    assert_eq!(status_with(&server, &kept_secret).await, 200);
    assert_eq!(status_with(&server, &bobs_secret).await, 401);
    assert!(!ada.is_logged_in().await && !cleo.is_logged_in().await);
    assert_eq!(log_in(&server, "ada", PASSWORD).await, 401);
    assert_eq!(log_in(&server, "ada", NEWER).await, 200);
    assert_eq!(log_in(&server, "bob", PASSWORD).await, 401);
    assert_eq!(log_in(&server, "cleo", PASSWORD).await, 200);
    assert_eq!(reads(&blocked).await, 403);
    assert_eq!(gone.texts().await, [""; 0]);
    assert!(guest.texts().await.contains(&"hello".to_owned()));
    assert_eq!(server.terminate(), Some(0));
    let trail = home.json(&["audit", "list"]);
    let details = &trail[0]["details"];
    assert_eq!(trail[0]["action"], "database.restore");
    // The revoked token, and bob's, which ended when bob was deactivated.
    assert_eq!(details["carried_over"]["revoked_tokens"], 2);
    assert_eq!(details["carried_over"]["newer_passwords"], 1);
    assert_eq!(details["not_carried_over"], Value::Null);

    // A second restore carries over the same changes.
    let carried = restore(&home);
    assert_eq!(carried["deactivated_users"], json!(["bob"]));
    assert_eq!(carried["newer_passwords"], json!(["ada"]));
    assert_eq!(carried["blocked_accounts"], json!([account]));
}

#[tokio::test]
async fn visitor_tokens_revoked_since_the_backup_stay_revoked() {
    let key = "wk_0123456789abcdefABCDEF";
    let home = Workspace::with_url("sqlite://unicom.db");
    home.channel(&json!({ "bot": "echo", "web": { "key": key } }).to_string());
    install_crypto();
    let client = reqwest::Client::new();
    let server = Server::serve(&home);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let url = format!("{}/unicom/webchat/visitor/", server.origin);
        let made = client.post(url).json(&json!({ "channel": key })).send();
        let made: Value = made.await.unwrap().json().await.unwrap();
        tokens.push(made["token"].as_str().unwrap().to_owned());
    }
    let url = format!("{}/unicom/webchat/send/", server.origin);
    for token in &tokens {
        let sent = client
            .post(&url)
            .bearer_auth(token)
            .json(&json!({ "text": "hello" }))
            .send();
        assert_eq!(sent.await.unwrap().status(), 200);
    }
    home.run(&["backup", "b.db"]).ok();
    let url = format!("{}/unicom/webchat/visitor/", server.origin);
    assert_eq!(
        client
            .delete(url)
            .bearer_auth(&tokens[0])
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(server.terminate(), Some(0));

    let said = home.run(&["restore", "b.db", "--force"]).ok();
    has(&said, &["revocations of visitors' tokens that stay: 1"]);
    let server = Server::serve(&home);
    let url = format!("{}/unicom/webchat/messages/", server.origin);
    for (token, status) in tokens.iter().zip([401, 200]) {
        assert_eq!(
            client
                .get(&url)
                .bearer_auth(token)
                .send()
                .await
                .unwrap()
                .status(),
            status
        );
    }
}

#[tokio::test]
async fn active_sessions_are_kept_on_request() {
    let home = home();
    for name in ["ada", "bob", "cleo"] {
        home.user(name, PASSWORD).ok();
    }
    let server = Server::serve(&home);
    let [kept, ended, bob, cleo] = [(); 4].map(|()| Visitor::of(&server));
    for (visitor, name) in [
        (&kept, "ada"),
        (&ended, "ada"),
        (&bob, "bob"),
        (&cleo, "cleo"),
    ] {
        assert_eq!(visitor.log_in(name, PASSWORD).await, 200);
    }
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(ended.post("/unicom/auth/logout/", json!({})).await.0, 200);
    assert_eq!(server.terminate(), Some(0));
    home.run(&["user", "deactivate", "bob"]).ok();
    let set = ["user", "set-password", "cleo", "--password-stdin"];
    home.run_with_input(&set, NEWER).ok();

    let told = home.json(&["restore", "b.db", "--force", "--keep-sessions"]);
    assert_eq!(told["carried_over"]["ended_user_sessions"], 3);
    let server = Server::serve(&home);
    let [kept, ended, bob, cleo] = [kept, ended, bob, cleo].map(|one| one.at(&server));
    assert!(kept.is_logged_in().await);
    for visitor in [&ended, &bob, &cleo] {
        assert!(!visitor.is_logged_in().await);
    }
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn guest_migrated_since_the_backup_has_no_guest_session() {
    let home = home();
    home.user("ada", PASSWORD).ok();
    let server = Server::serve(&home);
    let guest = Visitor::of(&server);
    guest.send("hello").await;
    // Another browser with the cookie from before the login.
    let copy = guest.copied();
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(guest.log_in("ada", PASSWORD).await, 200);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(restore(&home)["ended_guest_sessions"], 1);
    let server = Server::serve(&home);
    assert_eq!(copy.at(&server).texts().await, [""; 0]);
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn unreadable_current_database_is_reported() {
    let home = home();
    admin(&home, "ada");
    let server = Server::serve(&home);
    let (ada, guest) = (Visitor::of(&server), Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    guest.send("hello").await;
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(server.terminate(), Some(0));
    let path = home.path().join("unicom.db");
    let good = fs::read(home.path().join("b.db")).unwrap();
    let mut torn = good.clone();
    let middle = torn.len() / 4;
    torn[middle..].fill(7);
    fs::remove_file(&path).unwrap();
    for (content, reason) in [
        (None, "there is no replaced database to compare with"),
        (
            Some(b"no database at all".to_vec()),
            "not an SQLite database",
        ),
        (Some(torn), "`unicom.db` is damaged: "),
        (Some(Vec::new()), "not an SQLite database"),
    ] {
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let run = home.run(&["restore", "b.db", "--force", "--json"]);
        has(&run.err, &["since the backup may be undone", reason]);
        let told: Value = serde_json::from_str(&run.ok()).unwrap();
        has(told["not_carried_over"].as_str().unwrap(), &[reason]);
        assert_eq!(told["carried_over"]["ended_user_sessions"], 1);
        assert_eq!(told["carried_over"]["ended_guest_sessions"], 0);
    }
    // A database without unicom's users table, and one whose table has another column.
    for statement in [
        "DROP TABLE unicom_users",
        "ALTER TABLE unicom_users RENAME COLUMN password_hash TO other",
    ] {
        run_sql(&path, statement);
        let told = home.json(&["restore", "b.db", "--force"]);
        has(
            told["not_carried_over"].as_str().unwrap(),
            &["cannot be read"],
        );
    }
    let server = Server::serve(&home);
    let (ada, guest) = (ada.at(&server), guest.at(&server));
    assert!(!ada.is_logged_in().await);
    assert!(guest.texts().await.contains(&"hello".to_owned()));
    assert_eq!(server.terminate(), Some(0));
}

/// Accounts that have the same number or name in another history are different people.
#[tokio::test]
async fn unrelated_accounts_with_equal_ids_are_not_matched() {
    let home = home();
    admin(&home, "ada");
    let (_, secret) = token(&home, "ada");
    let server = Server::serve(&home);
    let (ada, guest) = (Visitor::of(&server), Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    ada.send("hello").await;
    guest.send("hello").await;
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(server.terminate(), Some(0));

    for name in ["ada", "eve"] {
        for file in ["unicom.db", "unicom.db-wal", "unicom.db-shm"] {
            let _ = fs::remove_file(home.path().join(file));
        }
        home.echo_channel();
        let create = ["user", "create", name, "--password-stdin"];
        home.run_with_input(&create, NEWER).ok();
        let (theirs, _) = token(&home, name);
        home.run(&["token", "revoke", &theirs, "--yes"]).ok();
        let server = Server::serve(&home);
        let other = Visitor::of(&server);
        assert_eq!(other.log_in(name, NEWER).await, 200);
        other.send("hello").await;
        assert_eq!(server.terminate(), Some(0));
        home.run(&["account", "block", "webchat_user_1"]).ok();
        home.run(&["user", "deactivate", name]).ok();
        if name == "eve" {
            home.run(&["account", "erase", "webchat_user_1", "--yes"])
                .ok();
        }
        let carried = restore(&home);
        let expected = json!({
            "deactivated_users": [], "former_staff": [], "newer_passwords": [], "revoked_tokens": [], "revoked_visitor_tokens": 0,
            "blocked_accounts": [], "erased": [], "ended_user_sessions": 1, "ended_guest_sessions": 0,
        });
        assert_eq!(carried, expected, "{name}");
        let server = Server::serve(&home);
        assert_eq!(status_with(&server, &secret).await, 200);
        assert_eq!(log_in(&server, "ada", PASSWORD).await, 200);
        assert_eq!(server.terminate(), Some(0));
    }
    let server = Server::serve(&home);
    assert!(
        guest
            .at(&server)
            .texts()
            .await
            .contains(&"hello".to_owned())
    );
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn newer_state_in_the_backup_is_kept() {
    let home = home();
    admin(&home, "ada");
    home.user("bob", PASSWORD).ok();
    home.run(&["user", "deactivate", "bob"]).ok();
    home.run(&["backup", "a.db"]).ok();
    // After the older backup, bob is activated again, ada gets a new password, and a token is
    // created.
    home.run(&["user", "activate", "bob"]).ok();
    let set = ["user", "set-password", "ada", "--password-stdin"];
    home.run_with_input(&set, NEWER).ok();
    let (_, secret) = token(&home, "ada");
    home.run(&["backup", "b.db"]).ok();
    // The wrong backup is restored first.
    home.run(&["restore", "a.db", "--force"]).ok();
    restore(&home);
    let server = Server::serve(&home);
    assert_eq!(log_in(&server, "bob", PASSWORD).await, 200);
    assert_eq!(log_in(&server, "ada", NEWER).await, 200);
    assert_eq!(status_with(&server, &secret).await, 200);
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn accounts_erased_since_the_backup_are_reported_and_locked_out() {
    let home = home();
    admin(&home, "ada");
    let (_, secret) = token(&home, "ada");
    home.user("bob", PASSWORD).ok();
    let server = Server::serve(&home);
    let [ada, guest, bob] = [(); 3].map(|()| Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
    for visitor in [&ada, &bob] {
        visitor.send("hello").await;
    }
    let account = guest.send("hello").await;
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(server.terminate(), Some(0));
    home.run(&["account", "erase", "webchat_user_1", "--yes"])
        .ok();
    home.run(&["account", "erase", &account, "--yes"]).ok();
    let members = home.json(&["member", "list"]);
    let member = members[0]["id"].as_str().unwrap().to_owned();
    home.run(&["member", "erase", &member, "--yes"]).ok();
    let told = home.json(&["restore", "b.db", "--force", "--keep-sessions"]);
    let expected = [
        "account:webchat_user_1".to_owned(),
        format!("account:{account}"),
        format!("member:{member}"),
    ];
    assert_eq!(told["carried_over"]["erased"], json!(expected));
    let server = Server::serve(&home);
    assert_eq!(log_in(&server, "ada", PASSWORD).await, 401);
    assert_eq!(log_in(&server, "bob", PASSWORD).await, 401);
    assert_eq!(status_with(&server, &secret).await, 401);
    let [ada, guest, bob] = [ada, guest, bob].map(|one| one.at(&server));
    assert!(!ada.is_logged_in().await && !bob.is_logged_in().await);
    assert_eq!(guest.texts().await, [""; 0]);
    assert_eq!(server.terminate(), Some(0));
    home.run(&["account", "erase", "webchat_user_1", "--yes"])
        .ok();
}

#[tokio::test]
async fn revoked_admin_rights_and_blocks_are_preserved() {
    let home = home();
    admin(&home, "ada");
    let server = Server::serve(&home);
    let ada = Visitor::of(&server);
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    ada.send("hello").await;
    home.run(&["backup", "b.db"]).ok();
    assert_eq!(server.terminate(), Some(0));
    run_sql(
        &home.path().join("unicom.db"),
        "UPDATE unicom_users SET is_staff = 0, updated_at = updated_at + 1",
    );
    home.run(&["account", "block", "webchat_user_1"]).ok();
    let carried = restore(&home);
    assert_eq!(carried["former_staff"], json!(["ada"]));
    assert_eq!(carried["blocked_accounts"], json!(["webchat_user_1"]));
    assert_eq!(home.json(&["user", "show", "ada"])["is_staff"], false);
    // The replaced database is kept unchanged.
    let before = at(&home, "unicom.db.before-restore");
    assert_eq!(before.json(&["user", "show", "ada"])["is_staff"], false);
}

#[tokio::test]
async fn accounts_created_and_blocked_since_the_backup_stay_blocked() {
    let home = home();
    admin(&home, "ada");
    home.user("bob", PASSWORD).ok();
    let server = Server::serve(&home);
    home.run(&["backup", "b.db"]).ok();
    let [ada, bob, guest] = [(); 3].map(|()| Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
    for visitor in [&ada, &bob] {
        visitor.send("hello").await;
    }
    let account = guest.send("hello").await;
    assert_eq!(server.terminate(), Some(0));
    let accounts = [account.as_str(), "webchat_user_1", "webchat_user_2"];
    for account in accounts {
        home.run(&["account", "block", account]).ok();
    }
    assert_eq!(restore(&home)["blocked_accounts"], json!(accounts));
    let server = Server::serve(&home);
    let [ada, bob] = [(); 2].map(|()| Visitor::of(&server));
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
    for visitor in [&ada, &bob] {
        let post = visitor.post("/unicom/webchat/send/", json!({ "text": "hello" }));
        assert_eq!(post.await.0, 403);
    }
    assert_eq!(ada.get("/unicom/admin/accounts/").await.0, 403);
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn block_on_a_missing_channel_is_reported() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.user("bob", PASSWORD).ok();
    home.run(&["backup", "b.db"]).ok();
    home.echo_channel();
    let server = Server::serve(&home);
    let bob = Visitor::of(&server);
    assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
    bob.send("hello").await;
    assert_eq!(server.terminate(), Some(0));
    home.run(&["account", "block", "webchat_user_1"]).ok();
    let told = home.json(&["restore", "b.db", "--force"]);
    has(
        told["not_carried_over"].as_str().unwrap(),
        &["the account webchat_user_1 is blocked, and its channel is not in the backup"],
    );
}

#[tokio::test]
async fn erasures_of_an_unrelated_database_are_reported() {
    let home = home();
    home.user("bob", PASSWORD).ok();
    let server = Server::serve(&home);
    let bob = Visitor::of(&server);
    assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
    bob.send("hello").await;
    home.run(&["backup", "a.db"]).ok();
    assert_eq!(server.terminate(), Some(0));
    home.user("cleo", PASSWORD).ok();
    home.run(&["backup", "b.db"]).ok();
    // The wrong backup is restored first.
    let told = home.json(&["restore", "a.db", "--force"]);
    assert_eq!(told["not_carried_over"], Value::Null);
    home.run(&["account", "erase", "webchat_user_1", "--yes"])
        .ok();
    let run = home.run(&["restore", "b.db", "--force", "--json"]);
    has(&run.err, &["may be undone", "account:webchat_user_1"]);
    let told: Value = serde_json::from_str(&run.ok()).unwrap();
    has(
        told["not_carried_over"].as_str().unwrap(),
        &["does not continue the backup's", "account:webchat_user_1"],
    );
}

#[tokio::test]
async fn former_key_does_not_revive_guest_sessions() {
    let home = home();
    let server = Server::serve(&home);
    let guest = Visitor::of(&server);
    guest.send("hello").await;
    home.run(&["backup", "b.db", "--files", "kept"]).ok();
    assert_eq!(server.terminate(), Some(0));
    // Guests stay logged in if the key is the same.
    let again = ["restore", "b.db", "--force", "--files", "kept"];
    let carried = home.json(&again)["carried_over"].clone();
    assert_eq!(carried["ended_guest_sessions"], 0);
    // The key is replaced, since others may have it.
    fs::remove_file(home.path().join("unicom-data/unicom.key")).unwrap();
    let server = Server::serve(&home);
    assert_eq!(server.terminate(), Some(0));
    let carried = home.json(&again)["carried_over"].clone();
    assert_eq!(carried["ended_guest_sessions"], 1);
    let server = Server::serve(&home);
    assert_eq!(guest.at(&server).texts().await, [""; 0]);
    assert_eq!(server.terminate(), Some(0));
}
