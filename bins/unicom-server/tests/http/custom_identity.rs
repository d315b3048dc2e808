//! `Host`: an application that mounts unicom's routes with another identity provider, and tests
//! with a provider that implements only what it must.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::{App, HttpRequest, HttpServer};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};
use reqwest::Method;
use serde_json::{Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_core::admin::{Actor, NewChannel, create_channel};
use unicom_http::webchat::{component_scope, scope};
use unicom_http::{Admin, Api, ApiError, IdentityProvider, admin::admin_routes, bearer_token};
use unicom_testing::{TestDatabase, all_rows};
use unicom_webchat::{GuestId, Visitor};

use crate::app::extensions;
use crate::both;
use crate::client::{Client, texts};
use crate::live::Socket;

/// A running application with unicom's routes, including the admin routes. Stops when it is
/// dropped.
pub struct Host {
    /// The scheme, host and port.
    pub base: String,
    api: Api,
    handle: ServerHandle,
    serving: Option<JoinHandle<std::io::Result<()>>>,
}

impl Host {
    pub fn serve(api: Api) -> Self {
        let mounted = api.clone();
        let server = HttpServer::new(move || {
            let admin = admin_routes(extensions());
            App::new()
                .service(component_scope(mounted.clone()))
                .service(scope(mounted.clone()).service(admin))
        });
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.disable_signals().run();
        Self {
            base,
            api,
            handle: server.handle(),
            serving: Some(thread::spawn(|| System::new().block_on(server))),
        }
    }

    /// Starts the application with one web chat channel in the database.
    async fn with(db: &TestDatabase, identity: impl IdentityProvider) -> Self {
        let made = db.database().write(|tx| {
            let new = NewChannel::new("WebChat", "Site");
            create_channel(tx, &Actor::COMMAND_LINE, &extensions(), new)
        });
        made.await.unwrap();
        let (media, identity) = (Arc::new(ObjectMediaStore::in_memory()), Arc::new(identity));
        Self::serve(Api::new(db.database().clone(), media, identity, "/unicom"))
    }

    /// Returns a client with this key.
    fn client(&self, key: &str) -> Client {
        Client::new(&self.base).with_bearer(key)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The stop command is sent immediately. The thread ends when the server has stopped.
        drop(self.handle.stop(false));
        let ended = self.serving.take().map(JoinHandle::join);
        assert!(
            matches!(ended, Some(Ok(Ok(())))) || thread::panicking(),
            "the host ended with {ended:?}"
        );
    }
}

/// A shop that identifies every client by a key: its customer Ann, and guests. It implements only
/// what it must.
#[derive(Default)]
struct Shop {
    guests: Mutex<HashMap<String, GuestId>>,
}

impl IdentityProvider for Shop {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        let visitor = match bearer_token(request.headers()) {
            Some("ann") => Some(Visitor::user("7", "Ann")),
            Some(key) => {
                let guest = self.guests.lock().unwrap().get(key).cloned();
                guest.map(Visitor::from)
            }
            None => None,
        };
        ready(Ok(visitor)).boxed_local()
    }

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        let key = bearer_token(request.headers()).unwrap().to_owned();
        self.guests.lock().unwrap().insert(key, guest.clone());
        Ok(())
    }
}

/// The shop with an admin.
#[derive(Default)]
struct StaffedShop(Shop);

impl IdentityProvider for StaffedShop {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        self.0.identify(request)
    }

    fn admin<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Admin>, ApiError>> {
        let is_boss = bearer_token(request.headers()) == Some("boss");
        let boss = is_boss.then(|| Admin::new(Actor::user(1), "Boss").with_user_id("1"));
        ready(Ok(boss)).boxed_local()
    }

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        self.0.remember_guest(request, guest)
    }
}

fn chat_id(message: &Value) -> &str {
    message["chat_id"].as_str().unwrap()
}

async fn history(client: &Client) -> Vec<String> {
    let page = client.get("/unicom/webchat/messages/?order=asc").await;
    texts(&page.ok())
}

both! {
    async fn new_guest_gets_an_unguessable_persistent_id(db: &TestDatabase) {
        let host = Host::with(db, Shop::default()).await;
        let (eva, max) = (host.client("eva"), host.client("max"));
        assert_eq!(history(&eva).await, [""; 0]);
        let (said, others) = (eva.say("hello").await, max.say("I am Max").await);
        for message in [&said, &others] {
            let name = chat_id(message).strip_prefix("webchat_guest_").unwrap();
            assert!(name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
        }
        assert_ne!(chat_id(&said), chat_id(&others));
        assert_eq!(chat_id(&eva.say("again").await), chat_id(&said));
        assert_eq!(history(&eva).await, ["hello", "again"]);
        assert_eq!(history(&max).await, ["I am Max"]);
    }

    async fn without_admins_of_the_host_admin_routes_are_closed(db: &TestDatabase) {
        let host = Host::with(db, Shop::default()).await;
        let (ann, guest) = (host.client("ann"), host.client("eva"));
        let account = chat_id(&ann.say("hi").await).to_owned();
        assert_eq!(account, "webchat_user_7");
        guest.say("hi").await;
        let before = db.database().read(all_rows).await.unwrap();
        let others = [
            (Client::new(&host.base), (401, "login_required")),
            (guest, (401, "login_required")),
            (ann, (403, "staff_only")),
        ];
        for (client, (status, code)) in &others {
            for (method, path) in [
                (Method::GET, "channels/".to_owned()),
                (Method::GET, "accounts/".to_owned()),
                (Method::GET, "audit/".to_owned()),
                (Method::POST, format!("accounts/{account}/block/")),
                (Method::POST, format!("accounts/{account}/erase/")),
            ] {
                let request = client.request(method, &format!("/unicom/admin/{path}"));
                request.json(&json!({})).send().await.is(*status, code);
            }
        }
        assert_eq!(db.database().read(all_rows).await.unwrap(), before);
    }

    async fn erased_accounts_stay_erased_although_the_host_knows_the_user(db: &TestDatabase) {
        let host = Host::with(db, StaffedShop::default()).await;
        let (boss, ann, eva) = (host.client("boss"), host.client("ann"), host.client("eva"));
        for (client, what) in [(&ann, "Ann's secret"), (&eva, "Eva's secret")] {
            let account = chat_id(&client.say(what).await).to_owned();
            let erase = format!("/unicom/admin/accounts/{account}/erase/");
            let erased = boss.post(&erase, json!({})).await.ok();
            let number = |field: &str| erased["erased"][field].as_i64().unwrap();
            let numbers = ["accounts", "users", "chats", "messages", "requests"].map(number);
            assert_eq!(numbers, [1, 0, 1, 1, 1], "{erased}");
            assert_eq!(history(client).await, [""; 0]);
            let rows = db.database().read(all_rows).await.unwrap();
            assert!(!format!("{rows:?}").contains("secret"), "{rows:?}");
            // The host identifies them as before, but that does not restore an erased account.
            client.send(json!({ "text": "hello again" })).await.is(403, "account_blocked");
            assert_eq!(history(client).await, [""; 0]);
        }
        let trail = boss.get("/unicom/admin/audit/").await.ok();
        assert_eq!(trail["audit"][0]["actor"], "user:1", "{trail}");
    }

    async fn live_connections_end_as_their_clients_understand(db: &TestDatabase) {
        let host = Host::with(db, Shop::default()).await;
        let ann = host.client("ann");
        let chat_id = chat_id(&ann.say("hi").await).to_owned();
        let open = async |path: &str| {
            let mut socket = Socket::try_open_at(&ann, path, &[]).await.unwrap();
            socket.next().await;
            socket
        };
        let mut socket = open("/unicom/webchat/ws/").await;
        let mut component = open(&format!("/ws/unicom/webchat/{chat_id}/")).await;
        host.api.end_live_connections().unwrap();
        assert_eq!(socket.close_code().await, 1001);
        // A component connects again only after an end without a close frame.
        assert_eq!(component.close_code().await, 1006);
        let refused = Socket::try_open_at(&ann, &format!("/ws/unicom/webchat/{chat_id}/"), &[]).await;
        assert_eq!(refused.unwrap().close_code().await, 1006);
    }
}
