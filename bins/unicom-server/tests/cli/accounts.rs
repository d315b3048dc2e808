//! Tests of `unicom account`.

use serde_json::{Value, json};
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn blocked_account_cannot_write_or_read(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        let (eve, ada) = (Visitor::of(&server), Visitor::of(&server));
        let id = eve.send("Hello!").await;
        ada.send("Hello!").await;

        let blocked = home.json(&["account", "block", &id]);
        assert_eq!(blocked, json!({ "id": id, "blocked": true }));
        let refused = |answer: (u16, Value)| {
            assert_eq!((answer.0, &answer.1["code"]), (403, &json!("account_blocked")));
        };
        refused(eve.get("/unicom/webchat/messages/").await);
        refused(eve.get("/unicom/webchat/chats/").await);
        refused(eve.post("/unicom/webchat/send/", json!({ "text": "Let me in" })).await);
        ada.texts_once(2).await;

        has(&home.run(&["account", "unblock", &id]).ok(), &["is not blocked"]);
        eve.send("Thank you").await;
        let of = |action: &str| format!("cli {action} account:{id}");
        assert_eq!(home.audited()[..2], ["account.unblock", "account.block"].map(of));
    }

    async fn admins_can_be_unblocked_and_erased(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let create = ["user", "create", "root", "--password-stdin", "--staff"];
        home.run_with_input(&create, "correct horse battery").ok();
        let server = Server::serve(&home);
        let root = Visitor::of(&server);
        assert_eq!(root.log_in("root", "correct horse battery").await, 200);
        let id = root.send("Hello!").await;
        home.run(&["account", "block", &id]).ok();
        let manages = async || {
            let (status, body) = root.get("/unicom/admin/audit/").await;
            (status, body["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(manages().await, (403, "account_blocked".to_owned()));
        home.run(&["account", "unblock", &id]).ok();
        assert_eq!(manages().await.0, 200);
        let (status, refused) = root.post(&format!("/unicom/admin/accounts/{id}/erase/"), json!({})).await;
        assert_eq!((status, &refused["code"]), (409, &json!("staff_user")));
        let erased = home.json(&["account", "erase", &id, "--yes"]);
        assert_eq!(erased["erased"]["users"], 1);
        assert_eq!(manages().await, (401, "login_required".to_owned()));
    }

    async fn list_continues_after_an_account(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(Visitor::of(&server).send("Hello!").await);
        }
        ids.sort();
        has(&home.run(&["account", "list"]).ok(), &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let list = |arguments: &[&str]| -> Vec<String> {
            let found = home.json(&[&["account", "list"], arguments].concat());
            found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(list(&["--limit", "2"]), ids[..2]);
        assert_eq!(list(&["--after", &ids[1]]), ids[2..]);
    }

    fn unknown_account_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        for command in ["block", "unblock"] {
            has(&home.run(&["account", command, "nobody"]).failure(), &["account `nobody` does not exist"]);
        }
        assert_eq!(home.audited(), [""; 0]);
        home.run(&["account", "list", "--limit", "0"]).wrong_use();
    }
}
