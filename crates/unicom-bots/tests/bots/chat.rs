//! Fixture: a chat on a test database, and the context that a bot receives for it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use unicom_bots::{Llm, Webhook};
use unicom_content::media::{ObjectMediaStore, store_bytes};
use unicom_core::media::MediaStore;
use unicom_core::{
    Bots, CoreError, IncomingMessage, OutgoingMessage, Platforms,
    admin::{Actor, Extensions, NewChannel, create_channel},
    bots::BotContext,
    inbound::{PlatformEvent, Sender, receive},
    outbound::send_message,
};
use unicom_db::queries::queue::Claim;
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_db::queries::{accounts, chat_counters, chats, messages, queue};
use unicom_db::{Database, DbError, Tx};
use unicom_models::{
    Account, Channel, Direction, FileState, MediaType, Message, MessageFile, MessageId, Request,
    StoredMedia,
};
use unicom_outbound::{Outbound, OutboundOptions};
use unicom_testing::{FakePlatform, TestDatabase, scripted_server};

/// A secret of 24 bytes, the example of the specification.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The API key of the test models.
pub const KEY: &str = "sk-very-secret-key";

/// Returns the value of a test variable. The secrets are bound to the test servers and to hosts
/// that are never called.
fn environment(name: &str) -> Option<String> {
    match name {
        "UNICOM_BOT_SHOP" => Some(SECRET.to_owned()),
        "UNICOM_BOT_SHORT" => Some("whsec_c2hvcnQ=".to_owned()),
        "UNICOM_BOT_KEY" => Some(format!("{KEY}\n")),
        "UNICOM_BOT_EMPTY" => Some(" ".to_owned()),
        "UNICOM_BOT_BROKEN" => Some("sk\nbroken".to_owned()),
        "UNICOM_BOT_ELSEWHERE_HOSTS" => Some("elsewhere.example".to_owned()),
        // Variables of other programs in the process.
        "STRIPE_API_KEY"
        | "OPENAI_API_KEY"
        | "UNICOM_SECRET_KEY"
        | "UNICOM_BOT_UNBOUND"
        | "UNICOM_BOT_ELSEWHERE" => Some(SECRET.to_owned()),
        "UNICOM_BOT_TIMEOUT" => Some("60".to_owned()),
        "UNICOM_BOT_SHOP_HOSTS"
        | "UNICOM_BOT_SHORT_HOSTS"
        | "UNICOM_BOT_KEY_HOSTS"
        | "UNICOM_BOT_EMPTY_HOSTS"
        | "UNICOM_BOT_BROKEN_HOSTS" => {
            let known = "example.org,api.openai.com,http://127.0.0.2:8080";
            Some(format!("{known},{}", scripted_server::hosts()))
        }
        _ => None,
    }
}

/// Creates a client that may call 127.0.0.2, where the test servers listen, and no other address of
/// the host.
pub fn outbound() -> Outbound {
    // Other crates of the same build may have enabled rustls without a provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let here = "127.0.0.2/32".parse().unwrap();
    Outbound::new(OutboundOptions::default().with_allowed_networks(vec![here]))
}

/// A channel with one visitor, Ada, and her chat.
pub struct Chat {
    pub database: Database,
    pub media: Arc<dyn MediaStore>,
    pub channel: Channel,
    /// Set if the chat has a separate database.
    _database: Option<TestDatabase>,
}

impl Chat {
    /// Creates a chat on a new database.
    pub async fn new() -> Self {
        let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
        let mut chat = Self::on(&test).await;
        chat._database = Some(test);
        chat
    }

    /// Creates a chat on this database.
    pub async fn on(test: &TestDatabase) -> Self {
        let database = test.database().clone();
        let channel = create(&database, Bots::default(), json!({})).await;
        Self {
            database,
            media: Arc::new(ObjectMediaStore::in_memory()),
            channel: channel.unwrap(),
            _database: None,
        }
    }

    /// Creates a webhook bot that reads the test variables.
    pub fn webhook(&self) -> Webhook {
        Webhook::new(self.database.clone(), outbound()).with_environment(environment)
    }

    /// Creates a language model bot that reads the test variables.
    pub fn llm(&self) -> Llm {
        Llm::new(self.database.clone(), outbound()).with_environment(environment)
    }

    /// Stores a message from Ada.
    pub async fn says(&self, message: IncomingMessage) -> Message {
        let channel = self.channel.clone();
        let incoming = PlatformEvent::message(
            Sender::new("ada", "Ada"),
            FakePlatform::chat("ada"),
            message,
        );
        let stored = self
            .database
            .write(move |tx| receive(tx, &channel, incoming));
        stored.await.unwrap().into_saved().unwrap().message
    }

    /// Stores a text message from Ada.
    pub async fn says_text(&self, text: &str) -> Message {
        let text = text.to_owned();
        self.says(IncomingMessage {
            text,
            ..IncomingMessage::default()
        })
        .await
    }

    /// Stores a message from Ada with an image of `bytes` bytes.
    pub async fn shows(&self, name: &str, text: &str, bytes: usize) -> Message {
        let media = Some(self.store(name, bytes).await);
        let text = text.to_owned();
        self.says(IncomingMessage {
            text,
            media,
            ..IncomingMessage::default()
        })
        .await
    }

    /// Puts a GIF of `bytes` bytes into the media store.
    pub async fn store(&self, name: &str, bytes: usize) -> (MediaType, StoredMedia) {
        let mut gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
        gif.resize(bytes.max(gif.len()), 0);
        let stored = store_bytes(self.media.as_ref(), Some(name), gif.into());
        stored.await.unwrap()
    }

    /// Stores a message to Ada from a bot or an admin.
    pub async fn is_told(&self, reply: OutgoingMessage) -> Message {
        let channel = self.channel.clone();
        let stored = self
            .database
            .write(move |tx| send_message(tx, &platforms(), &channel, &"fake_ada".into(), reply));
        stored.await.unwrap()
    }

    /// Appends a message of another kind, such as a tool call, to the chat.
    pub async fn append(&self, change: impl FnOnce(&mut Message) + Send + 'static) -> Message {
        let written: Result<Message, DbError> = self
            .database
            .write(move |tx| {
                let chat = chats::lock(tx, &"fake_ada".into())?.unwrap();
                let last = messages::edge(tx, &chat.id, None, messages::Edge::Last)?.unwrap();
                let mut message = messages::get_unchecked(tx, last.id)?.unwrap();
                message.id = MessageId::new();
                message.direction = Direction::Internal;
                message.timestamp = tx.now().max(chat.last_activity_at.next());
                message.sender_id = None;
                message.text = String::new();
                message.client_message_id = None;
                message.reply_to_message_id = None;
                change(&mut message);
                messages::insert(tx, &chat, &message)?;
                chat_counters::note_message(tx, &chat, &message, None)?;
                Ok(message)
            })
            .await;
        written.unwrap()
    }

    /// Claims the request of the newest message and returns the context that the pipeline would
    /// pass to a bot.
    pub async fn incoming(&self, config: Value) -> BotContext {
        let channel = self.channel.clone();
        type Found = (Request, Message, Account);
        let found: Result<Found, DbError> = self
            .database
            .write(|tx| {
                let chat_id = Some("fake_ada".into());
                let filters = RequestFilters {
                    chat_id,
                    ..RequestFilters::default()
                };
                // A chat has one claimed request at a time, so finish the earlier ones.
                let open = requests::list(tx, &filters, 1_000)?;
                let lease = Duration::from_secs(60);
                let is_open = |request: &&Request| request.due_at.is_some();
                for earlier in open[1..].iter().rev().filter(is_open) {
                    // Only a claimed request can be finished, and a previous call may have claimed
                    // it.
                    if !queue::finish(tx, earlier, None)? {
                        let claim = claim_first(tx, lease)?;
                        queue::finish(tx, &claim.request, Some(&claim.lease))?;
                    }
                }
                let request = claim_first(tx, lease)?.request;
                let message = messages::get_unchecked(tx, request.message_id)?.unwrap();
                let account = accounts::get(tx, &request.account_id)?.unwrap();
                Ok((request, message, account))
            })
            .await;
        let (request, message, account) = found.unwrap();
        let Value::Object(config) = config else {
            panic!("a configuration is an object")
        };
        let mut context = BotContext::of_visitor("");
        context.request = request;
        context.message = message;
        context.account = account;
        context.channel = channel;
        context.config = config;
        context.media = Arc::clone(&self.media);
        context
    }
}

/// Returns files of a message: one that was fetched, and one that could not be.
pub fn more_files(message: &Message) -> Vec<MessageFile> {
    let file = |seq, name: &str| {
        let mut file = MessageFile::new(message.id, seq, Value::Null, message.timestamp);
        file.name = Some(name.to_owned());
        file
    };
    let (mut plan, mut lost) = (file(1, "plan.pdf"), file(2, "lost.pdf"));
    plan.set_ready(StoredMedia {
        key: "messages/1.pdf".to_owned(),
        name: "plan.pdf".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        size: 8,
        sha256: "ab".to_owned(),
        measures: unicom_models::MediaMeasures::default(),
    });
    lost.state = FileState::Gone;
    vec![plan, lost]
}

/// Returns the fake platform.
pub fn platforms() -> Platforms {
    Platforms::default().with(FakePlatform::default())
}

/// Creates a channel named `Shop`.
pub async fn create(database: &Database, bots: Bots, config: Value) -> Result<Channel, CoreError> {
    let new = NewChannel::new(FakePlatform::KIND, "Shop").with_config(config);
    let extensions = Extensions::default()
        .with_platforms(platforms())
        .with_bots(bots);
    database
        .write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions, new))
        .await
}

/// Claims the first request of the only chat with work.
fn claim_first(tx: &mut Tx<'_>, duration: Duration) -> Result<Claim, DbError> {
    let lease = queue::claim(tx, 1, duration)?.remove(0);
    Ok(queue::begin_attempt(tx, lease)?.unwrap())
}
