//! `Llm`: a bot that lets a language model answer, through the API of OpenAI or a compatible one.

mod answer;
mod call;
mod conversation;
mod error_words;
mod event_data;
mod extent;
mod formatted;
mod images;
mod parameters;
mod refusal;
mod refusals;
mod settings;
mod streamed;
mod thoughts;
mod tools;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use unicom_core::{
    Bot,
    bots::{BotContext, BotError, Outcome, ReplySink},
};
use unicom_db::queries::{history, messages, requests};
use unicom_db::{Database, DbError};
use unicom_models::{Message, MessageId};
use unicom_outbound::{BoundSecrets, Outbound, Secrets};

use self::call::{LARGEST_RESPONSE, LARGEST_STREAM, of_call};
use self::conversation::{Line, Pictures, conversation, other_files};
use self::extent::Extent;
use self::images::Picture;
use self::parameters::Sent;
use self::refusal::Failure;
use self::refusals::{Accepted, Model, Refusals};
use self::settings::{LlmSettings, Mode};
use crate::setting_reader::SECRET_PREFIX;
use crate::{failure, json};

/// Maximum number of concurrent requests with images. Each has about 8 MiB, and takes 14 MiB or
/// more while it is serialised.
const WITH_PICTURES: usize = 4;

/// Maximum number of further calls for one request with other parameters. There are up to three
/// more with less of the conversation.
const PARAMETER_CHANGES: u32 = 3;

/// A bot that replies with the answer of a language model to the conversation so far.
///
/// Settings:
///
/// - `base_url` and `model` are required.
/// - `system_prompt`: up to 20,000 characters.
/// - `mode`: `chat` (the default) or `thread`.
/// - `depth`: 1 to 200, by default 129.
/// - `api_key_env`: the name of the environment variable with the key, of the form
///   `UNICOM_BOT_[A-Z0-9_]+`. The operator [binds it to the host](crate#secrets) of `base_url`.
/// - `timeout_s`: 1 to 55, by default 50.
/// - `temperature`: 0 to 2.
/// - `max_tokens`: 1 to 1,000,000.
/// - `stream`: whether the reader sees the answer while the model writes it; by default `false`.
/// - `markdown`: whether the model writes Markdown, which is shown with its formatting; by default
///   `true`.
///
/// The [crate documentation](crate) describes what is sent to the model.
#[derive(Debug, Clone)]
pub struct Llm {
    database: Database,
    outbound: Outbound,
    secrets: BoundSecrets,
    /// Limits the number of concurrent requests with images.
    with_pictures: Arc<Semaphore>,
    refusals: Refusals,
}

impl Llm {
    /// Creates a bot that reads conversations from `database` and calls the model through
    /// `outbound`.
    ///
    /// The bot and its clones process up to 4 requests with images at a time. Others wait for their
    /// turn.
    pub fn new(database: Database, outbound: Outbound) -> Self {
        Self {
            database,
            outbound,
            secrets: BoundSecrets::new(Secrets::from_env(SECRET_PREFIX)),
            with_pictures: Arc::new(Semaphore::new(WITH_PICTURES)),
            refusals: Refusals::default(),
        }
    }

    /// Looks up keys with `look_up` instead of in the environment of the process, for hosts that
    /// store them elsewhere. `look_up` is called with the variable's name from the settings, and
    /// with that name followed by `_HOSTS` for the [hosts](crate#secrets) that the key may be sent
    /// to.
    #[must_use]
    pub fn with_environment(
        self,
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            secrets: BoundSecrets::new(Secrets::new(SECRET_PREFIX, look_up)),
            ..self
        }
    }

    fn settings(&self, config: &Map<String, Value>) -> Result<LlmSettings, String> {
        LlmSettings::read(config, &self.outbound, &self.secrets)
    }

    async fn ask(&self, context: BotContext) -> Result<Outcome, BotError> {
        let settings = self
            .settings(&context.config)
            .map_err(BotError::Permanent)?;
        let begun = Instant::now();
        let (messages, failed) = self.messages(&context.message, &settings).await?;
        let model = model_of(&settings);
        let chat = &context.message.chat_id;
        let accepted = self.refusals.accepted(&model, chat, &messages);
        let is_accepted = |message: &Message| {
            let is_asked = message.id == context.message.id;
            is_asked
                || accepted
                    .begin
                    .is_none_or(|begin| message.timestamp >= begin)
        };
        let messages: Vec<Message> = messages.into_iter().filter(is_accepted).collect();
        let shown = images::shown(&messages, |id| {
            !failed.contains(&id) && !accepted.without_images.contains(&id)
        });
        // Held until the model has answered.
        let _place = if shown.is_empty() {
            None
        } else {
            Some(self.place(settings.timeout() / 2).await?)
        };
        let chat = Told {
            pictures: images::load(context.media.as_ref(), shown).await?,
            messages,
            context,
        };
        // Waiting counts towards the timeout, so that the bot finishes before the pipeline gives
        // up.
        let until = begun + settings.timeout();
        self.ask_until_accepted(&settings, &model, accepted, chat, until)
            .await
    }

    /// Calls the model. If it refuses the request, changes what it refuses and calls it again, and
    /// remembers what it has accepted.
    async fn ask_until_accepted(
        &self,
        settings: &LlmSettings,
        model: &Model,
        mut accepted: Accepted,
        chat: Told,
        until: Instant,
    ) -> Result<Outcome, BotError> {
        let (mut extent, mut has_changed, mut parameter_changes) = (Extent::Whole, false, 0);
        loop {
            let body = chat.request(settings, &accepted, extent);
            let body = json::write(body).await.map_err(BotError::Temporary)?;
            let is_streamed = accepted.parameters.is_streamed(settings);
            let timeout = until.saturating_duration_since(Instant::now());
            let reply = &chat.context.reply;
            let mut begins_in_thought = accepted.begins_in_thought;
            let called = match is_streamed {
                true => {
                    let begins = &mut begins_in_thought;
                    self.stream(settings, body, timeout, reply, begins).await
                }
                false => self.call(settings, body, timeout).await,
            };
            has_changed |= begins_in_thought != accepted.begins_in_thought;
            accepted.begins_in_thought = begins_in_thought;
            let refusal = match called {
                Ok(outcome) => {
                    if has_changed {
                        let accepted = chat.accepted(accepted, extent);
                        let chat = &chat.context.message.chat_id;
                        self.refusals.set_accepted(model, chat, accepted);
                    }
                    return Ok(outcome);
                }
                Err(Failure::Other(error)) => return Err(error),
                Err(Failure::Refused(refusal)) => refusal,
            };
            let changed = refusal
                .parameter
                .filter(|_| parameter_changes < PARAMETER_CHANGES)
                .and_then(|parameter| accepted.parameters.without(parameter, settings));
            if let Some(changed) = changed {
                parameter_changes += 1;
                accepted.parameters = changed;
            } else {
                let has_images = !chat.pictures.is_empty();
                match extent.smaller(&chat.messages, has_images, refusal.is_general) {
                    Some(smaller) => extent = smaller,
                    None => return Err(refusal.error),
                }
            }
            has_changed = true;
        }
    }

    /// Makes one call whose answer comes as a whole.
    async fn call(
        &self,
        settings: &LlmSettings,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Outcome, Failure> {
        let post = settings.post(body, timeout, LARGEST_RESPONSE);
        let answer = self.outbound.post(post.map_err(BotError::Permanent)?).await;
        let answer = answer.map_err(|error| of_call(&error))?;
        answer::outcome(answer, settings.key.as_deref()).await
    }

    /// Makes one call whose answer comes in pieces, which are written to `reply`.
    async fn stream(
        &self,
        settings: &LlmSettings,
        body: Bytes,
        timeout: Duration,
        reply: &ReplySink,
        begins_in_thought: &mut bool,
    ) -> Result<Outcome, Failure> {
        let post = settings.post(body, timeout, LARGEST_STREAM);
        let post = post.map_err(BotError::Permanent)?;
        let stream = tokio::select! {
            stream = self.outbound.post_stream(post, settings.timeout()) => stream,
            () = reply.stopped() => return Ok(Outcome::default()),
        };
        let stream = stream.map_err(|error| of_call(&error))?;
        streamed::outcome(stream, settings.key.as_deref(), reply, begins_in_thought).await
    }

    /// Waits for a permit to process a request with images. Gives up after `patience`.
    async fn place(&self, patience: Duration) -> Result<OwnedSemaphorePermit, BotError> {
        let place = Arc::clone(&self.with_pictures).acquire_owned();
        match tokio::time::timeout(patience, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => {
                let reason = "too many requests with images are in progress".to_owned();
                Err(BotError::Temporary(reason))
            }
        }
    }

    /// Reads the conversation that ends with the message `asked`, and which of its messages have
    /// requests that failed for good. Only those with images are looked up.
    async fn messages(
        &self,
        asked: &Message,
        settings: &LlmSettings,
    ) -> Result<(Vec<Message>, HashSet<MessageId>), BotError> {
        let (id, mode, depth) = (asked.id, settings.mode, settings.depth.0.into());
        let asked = asked.clone();
        let found: Result<(Vec<Message>, HashSet<MessageId>), DbError> = self
            .database
            .read(move |db| {
                // The message may have moved to another chat since the request was made.
                let asked = messages::get_unchecked(db, id)?.unwrap_or(asked);
                let found = match mode.unwrap_or_default() {
                    Mode::Chat => history::history(db, &asked, depth),
                    Mode::Thread => history::thread(db, &asked, depth),
                }?;
                let mut earlier = images::candidates(&found);
                earlier.retain(|image| *image != id);
                let failed = match earlier.is_empty() {
                    true => Vec::new(),
                    false => requests::failed_of_messages(db, &earlier)?,
                };
                Ok((found, failed.into_iter().collect()))
            })
            .await;
        let (found, failed) = found.map_err(|error| failure::of_database(&error))?;
        if found.last().is_some_and(|last| last.id == id) {
            return Ok((found, failed));
        }
        // The message was moved or deleted between the two queries.
        let reason = "the message was not found in its chat".to_owned();
        Err(BotError::Temporary(reason))
    }
}

/// What the model is sent of a chat.
struct Told {
    messages: Vec<Message>,
    pictures: HashMap<MessageId, Picture>,
    context: BotContext,
}

impl Told {
    /// Returns the body of a call.
    fn request(&self, settings: &LlmSettings, accepted: &Accepted, extent: Extent) -> Request {
        let prompt = settings.system_prompt.as_ref();
        let prompt = prompt.map_or("", |text| text.0.as_str());
        let mut pictures = Pictures {
            shown: self.pictures.clone(),
            left_out: accepted.without_images.clone(),
        };
        if extent > Extent::Whole {
            pictures.leave_out();
        }
        let messages = extent.part(&self.messages);
        Request {
            model: settings.model.0.clone(),
            messages: conversation(prompt, messages, pictures)
                .into_iter()
                .chain(other_files(&self.context.files))
                .collect(),
            parameters: accepted.parameters.sent(settings),
        }
    }

    /// Returns what the model has accepted with a request of this extent.
    fn accepted(&self, mut accepted: Accepted, extent: Extent) -> Accepted {
        if extent > Extent::Whole {
            accepted.without_images.extend(self.pictures.keys());
        }
        if extent > Extent::WithoutImages {
            let first = extent.part(&self.messages).first();
            accepted.begin = first.map(|first| first.timestamp);
        }
        accepted
    }
}

impl Bot for Llm {
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        let settings = self.settings(&context.config);
        let is_markdown = settings.is_ok_and(|settings| settings.markdown.unwrap_or(true));
        async move {
            let outcome = self.ask(context).await?;
            Ok(if is_markdown {
                formatted::outcome(outcome).await
            } else {
                outcome
            })
        }
        .boxed()
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        self.settings(config).map(drop)
    }
}

/// Returns the model that requests with these settings go to.
fn model_of(settings: &LlmSettings) -> Model {
    Model {
        base_url: settings.base_url.to_string(),
        name: settings.model.0.clone(),
    }
}

/// The body of a call.
#[derive(Serialize)]
struct Request {
    model: String,
    messages: Vec<Line>,
    #[serde(flatten)]
    parameters: Sent,
}
