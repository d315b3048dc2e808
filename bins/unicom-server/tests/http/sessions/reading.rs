//! Tests that GET and HEAD write nothing: no session, account, chat or row.

use reqwest::Method;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

const PATHS: [&str; 11] = [
    "/unicom/auth/session/",
    "/unicom/webchat/messages/",
    "/unicom/webchat/messages/?channel_id=1",
    "/unicom/webchat/messages/?chat_id=x",
    "/unicom/webchat/chats/",
    "/unicom/webchat/chats/?status=active",
    "/unicom/webchat/send/",
    "/unicom/webchat/chat/x/",
    "/unicom/media/x/y",
    "/healthz",
    "/readyz",
];

both! {
    async fn reads_do_not_write(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, alice) = (app.guest_who_wrote("hi").await, app.user("alice").await);
        alice.say("hi").await;
        let clients = [
            Client::new(app.base()),
            app.user("newcomer").await,
            guest,
            alice,
        ];
        let watch = NoSideEffects::of(&app).await;
        for client in &clients {
            let before = client.cookie("sessionid");
            for path in PATHS {
                for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                    client.request(method, path).send().await;
                    watch.unchanged(path).await;
                }
            }
            assert_eq!(client.cookie("sessionid"), before);
        }
    }

    async fn client_without_messages_reads_an_empty_page(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for client in [Client::new(app.base()), app.user("alice").await] {
            let messages = client.get("/unicom/webchat/messages/").await;
            assert_eq!(
                messages.text(),
                r#"{"success":true,"chat_id":null,"messages":[],"has_more":false,"next_cursor":null,"cursor":null,"participants":[]}"#
            );
            let chats = client.get("/unicom/webchat/chats/").await;
            assert_eq!(
                chats.text(),
                r#"{"success":true,"chats":[],"has_more":false,"next_cursor":null}"#
            );
        }
    }

    async fn head_has_the_headers_of_get_and_no_body(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        for path in [
            "/unicom/auth/session",
            "/unicom/webchat/messages",
            "/unicom/webchat/chats",
            "/healthz",
            "/readyz",
        ] {
            for path in [path.to_owned(), format!("{path}/")] {
                let (head, get) = (guest.head(&path).await, guest.get(&path).await);
                assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
                assert_eq!(
                    head.header("content-type"),
                    get.header("content-type"),
                    "{path}"
                );
            }
        }
    }

    async fn responses_are_not_cacheable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        for path in [
            "/unicom/auth/session/",
            "/unicom/webchat/messages/",
            "/unicom/webchat/chats/",
        ] {
            let answer = guest.get(path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
    }
}
