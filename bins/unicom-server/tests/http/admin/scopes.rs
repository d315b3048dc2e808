//! Tests of the scopes of API tokens: every route with every scope.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_auth::{Scope, tokens};
use unicom_testing::TestDatabase;

use super::fixture::Resources;
use super::path;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::openapi::{Operation, operations};

/// The writing admin routes that the scope `write` permits: those of conversations. All others need
/// `admin`.
const OF_CONVERSATIONS: [&str; 11] = [
    "get /unicom/admin/ws",
    "post /unicom/admin/chats/{id}/end",
    "post /unicom/admin/chats/{id}/messages",
    "post /unicom/admin/chats/{id}/release",
    "post /unicom/admin/chats/{id}/reopen",
    "post /unicom/admin/chats/{id}/take",
    "post /unicom/admin/deliveries/{message_id}/retry",
    "post /unicom/admin/internal/chats",
    "post /unicom/admin/internal/chats/{id}/messages",
    "post /unicom/admin/internal/chats/{id}/read",
    "post /unicom/admin/requests/{id}/retry",
];

/// Returns the scope that the OpenAPI document requires for an operation. Returns `None` if the
/// operation takes no API tokens.
fn documented(operation: &Operation) -> Option<Scope> {
    let ways = operation.described["security"].as_array()?;
    let scopes = ways.iter().find_map(|way| way["api_token"].as_array())?;
    assert_eq!(scopes.len(), 1, "{}", operation.path);
    Some(scopes[0].as_str().unwrap().parse().unwrap())
}

/// Creates a token of each scope for the user. Returns a client for each.
async fn programs(app: &TestApp, user_id: i64) -> Vec<(Scope, Client)> {
    let mut programs = Vec::new();
    for scope in Scope::ALL {
        let made = app
            .database()
            .write(move |tx| tokens::create(tx, user_id, "x", scope, None));
        let program = Client::new(app.base()).with_bearer(&made.await.unwrap().1);
        program.session().await;
        programs.push((scope, program));
    }
    programs
}

#[test]
fn openapi_document_states_the_scope_of_each_route() {
    let mut open = BTreeSet::new();
    let mut count = 0;
    for operation in operations() {
        let (method, path) = (operation.method, operation.path);
        let is_admin = path.starts_with("/unicom/admin/");
        let Some(needed) = documented(&operation) else {
            assert!(!is_admin, "{method} {path} takes no token");
            continue;
        };
        let expected = match (method, is_admin) {
            ("get", false) => Scope::Read,
            (_, false) => Scope::Write,
            (_, true) if needed == Scope::Write => {
                open.insert(format!("{method} {path}"));
                Scope::Write
            }
            ("get", true) => Scope::Read,
            (_, true) => Scope::Admin,
        };
        assert_eq!(needed, expected, "{method} {path}");
        count += 1;
    }
    assert!(count > 50, "only {count} operations");
    assert_eq!(open, OF_CONVERSATIONS.map(str::to_owned).into());
}

/// The contract lists exactly the routes that the scope `write` permits.
#[test]
fn api_documentation_lists_the_routes_of_scope_write() {
    let contract = include_str!("../../../../../docs/API-ADMIN.md");
    let line = contract
        .lines()
        .find(|line| line.starts_with("| `write` |"))
        .unwrap();
    let named: BTreeSet<String> = line
        .split('`')
        .filter_map(|quoted| quoted.split_once(' '))
        .filter(|(method, _)| ["GET", "POST"].contains(method))
        .map(|(method, path)| {
            let method = method.to_lowercase();
            format!("{method} /unicom/admin/{}", path.trim_end_matches('/'))
        })
        .collect();
    assert_eq!(named, OF_CONVERSATIONS.map(str::to_owned).into());
}

both! {
    async fn every_route_requires_its_scope(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        let programs = programs(&app, root.id).await;
        let mut refused = 0;
        for operation in operations() {
            let Some(needed) = documented(&operation) else { continue };
            let parts = operation.path.split('/').map(|part| if part.starts_with('{') { "0" } else { part });
            let asked = parts.collect::<Vec<_>>().join("/");
            let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
            for (scope, program) in &programs {
                for path in [asked.clone(), format!("{asked}/")] {
                    let answer = program.request(method.clone(), &path).json(&json!({})).send().await;
                    let what = format!("{method} {path} with {scope}: {}", answer.text());
                    let is_refused = answer.code() == "insufficient_scope";
                    assert_eq!(is_refused, *scope < needed, "{what}");
                    if is_refused {
                        answer.is(403, "insufficient_scope").names(scope.as_str()).names(needed.as_str());
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused > 60, "only {refused}");
    }

    /// Requests for existing resources are answered, or leave them unchanged.
    async fn token_with_a_narrow_scope_changes_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let resources = Resources::made_by(&app.program().await, &app, "things").await;
        let chief = app.new_user("chief", true).await;
        let programs = programs(&app, chief.id).await;
        let watch = NoSideEffects::of(&app).await;
        let refusal = (403, "insufficient_scope");
        for route in resources.routes() {
            let method = route.method.as_str().parse().unwrap();
            let needed = Scope::needed(&method, route.path.trim_start_matches("/unicom"));
            for (scope, program) in &programs {
                if *scope < needed {
                    let what = format!("{} {} with {scope}", route.method, route.path);
                    watch.refused(&what, route.ask(program), refusal).await;
                } else if needed == Scope::Read {
                    let answer = route.ask(program).send().await;
                    assert_eq!(answer.status, 200, "{}", route.path);
                }
            }
        }
        // Other spellings of the same path give no access.
        let (_, writer) = &programs[1];
        for rest in ["%61dmin/members/", "admin/%6dembers/", "admin//members/", "/admin/members/", "admin/./members/"] {
            let path = format!("/unicom/{rest}");
            let answer = writer.post(&path, json!({ "name": "x" })).await;
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
            watch.unchanged(&path).await;
        }
    }

    async fn scopes_apply_to_own_chats(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let eve = app.new_user("eve", false).await;
        let programs = programs(&app, eve.id).await;
        let (_, reader) = &programs[0];
        let (_, writer) = &programs[1];
        writer.say("from a program").await;
        let refusal = (403, "insufficient_scope");
        let watch = NoSideEffects::of(&app).await;
        let send = || reader.request(Method::POST, "/unicom/webchat/send/").json(&json!({ "text": "x" }));
        watch.refused("a send", send(), refusal).await;
        let chat = format!("/unicom/webchat/chat/webchat_user_{}/", eve.id);
        watch.refused("a deletion", reader.request(Method::DELETE, &chat), refusal).await;
        assert_eq!(reader.texts().await, ["from a program"]);
        // Even the widest scope gives no more rights than the token's user has.
        let (_, admin) = &programs[2];
        admin.get(&path("channels/")).await.is(403, "staff_only");
        admin.post(&path("members/"), json!({ "name": "x" })).await.is(403, "staff_only");
    }

    async fn tokens_without_a_scope_stay_valid(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        let secret = app.token(&root).await;
        // A row as the migration finds it: without a scope.
        let rows = app.database().write(|tx| -> Result<usize, unicom_db::DbError> {
            use diesel::prelude::*;
            let db: &mut unicom_db::Db = tx;
            let copy = "INSERT INTO unicom_api_tokens (user_id, name, token_hash, created_at) \
                 SELECT user_id, name, 'x' || token_hash, created_at FROM unicom_api_tokens";
            Ok(unicom_db::on_engine!(db, conn => diesel::sql_query(copy).execute(conn))?)
        });
        assert_eq!(rows.await.unwrap(), 1);
        let listed = app.database().read(tokens::list).await.unwrap();
        assert!(listed.iter().all(|token| token.scope == Scope::Admin));
        let program = Client::new(app.base()).with_bearer(&secret);
        let made: Value = program.post(&path("members/"), json!({ "name": "x" })).await.ok();
        assert_eq!(made["member"]["name"], "x");
    }

    async fn tokens_of_a_deactivated_user_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (chief, root) = (app.new_user("chief", true).await, app.new_user("root", true).await);
        let (program, other) = (app.token(&chief).await, app.token(&root).await);
        let program = Client::new(app.base()).with_bearer(&program);
        let other = Client::new(app.base()).with_bearer(&other);
        program.get(&path("audit/")).await.ok();
        let id = chief.id;
        for is_active in [false, true] {
            let set = app.database().write(move |tx| unicom_auth::users::set_active(tx, id, is_active));
            set.await.unwrap();
            program.get(&path("audit/")).await.is(401, "invalid_credentials");
        }
        other.get(&path("audit/")).await.ok();
        assert_eq!(app.count("unicom_api_tokens").await, 1);
    }
}
