//! Tests of a user's session list if several processes serve one database.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::Workspace;
use crate::{server::Server, visitor::Visitor};

const PASSWORD: &str = "open-sesame";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn ended_sessions_are_ended_in_every_process(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("ada", PASSWORD).ok();
        let servers = [Server::serve(&home), Server::serve(&home)];
        let [one, other] = servers.each_ref().map(Visitor::of);
        for visitor in [&one, &other] {
            assert_eq!(visitor.log_in("ada", PASSWORD).await, 200);
            assert!(visitor.is_logged_in().await);
        }
        // Each process lists both sessions.
        let (status, listed) = one.get("/unicom/auth/sessions/").await;
        assert_eq!(status, 200, "{listed}");
        let (_, of_other) = other.get("/unicom/auth/sessions/").await;
        let ids = |listed: &serde_json::Value| -> Vec<String> {
            let sessions = listed["sessions"].as_array().unwrap().iter();
            sessions.map(|session| session["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids(&listed).len(), 2);
        assert_eq!(ids(&listed), ids(&of_other));

        let foreign = listed["sessions"].as_array().unwrap().iter().find(|session| session["current"] == false);
        let path = format!("/unicom/auth/sessions/{}/", foreign.unwrap()["id"].as_str().unwrap());
        assert_eq!(one.delete(&path).await.0, 200);
        assert!(!other.is_logged_in().await, "the session goes on in its own process");
        assert!(one.is_logged_in().await);

        // A password change has the same effect.
        assert_eq!(other.log_in("ada", PASSWORD).await, 200);
        assert!(other.is_logged_in().await);
        let change = json!({ "current_password": PASSWORD, "new_password": "close-sesame" });
        let (status, changed) = one.post("/unicom/auth/password/", change).await;
        assert_eq!(status, 200, "{changed}");
        assert!(!other.is_logged_in().await && one.is_logged_in().await);
        assert_eq!(other.log_in("ada", PASSWORD).await, 401);
        assert_eq!(other.log_in("ada", "close-sesame").await, 200);
    }
}
