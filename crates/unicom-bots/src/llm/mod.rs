//! `Llm`: a bot that lets a language model answer, through the API of OpenAI or a compatible one.

mod answer;
mod call;
mod conversation;
mod event_data;
mod formatted;
mod images;
mod settings;
mod streamed;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use unicom_core::{
    Bot,
    bots::{BotContext, BotError, Outcome},
};
use unicom_db::queries::{history, messages};
use unicom_db::{Database, DbError};
use unicom_models::Message;
use unicom_outbound::{BoundSecrets, Outbound, Post, Secrets};

use self::call::{LARGEST_RESPONSE, LARGEST_STREAM, of_call};
use self::conversation::{Line, conversation, other_files};
use self::settings::{LlmSettings, Mode};
use crate::setting_reader::{Integer, SECRET_PREFIX};
use crate::{failure, json};

/// Maximum number of concurrent requests with images. Each has about 8 MiB, and takes 14 MiB or
/// more while it is serialised.
const WITH_PICTURES: usize = 4;

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
        let timeout = Duration::from_secs(settings.timeout_s.0.into());
        let idle = timeout;
        let is_streamed = settings.stream.unwrap_or(false);
        let messages = self.messages(context.message, &settings).await?;
        let shown = images::shown(&messages);
        let begun = Instant::now();
        // Held until the model has answered.
        let _place = if shown.is_empty() {
            None
        } else {
            Some(self.place(timeout / 2).await?)
        };
        // Waiting counts towards the timeout, so that the bot finishes before the pipeline gives
        // up.
        let timeout = timeout.saturating_sub(begun.elapsed());
        let pictures = images::load(context.media.as_ref(), shown).await?;
        let headers = settings.headers().map_err(BotError::Permanent)?;
        let url = settings.url();
        let prompt = settings
            .system_prompt
            .map_or_else(String::new, |text| text.0);
        let request = Request {
            model: settings.model.0,
            messages: conversation(&prompt, &messages, pictures)
                .into_iter()
                .chain(other_files(&context.files))
                .collect(),
            temperature: settings.temperature,
            max_tokens: settings.max_tokens,
            stream: is_streamed.then_some(true),
            stream_options: is_streamed.then_some(StreamOptions {
                include_usage: true,
            }),
        };
        let body = json::write(request).await;
        let post = Post {
            url,
            headers,
            body: body.map_err(BotError::Temporary)?,
            timeout,
            largest_answer: if is_streamed {
                LARGEST_STREAM
            } else {
                LARGEST_RESPONSE
            },
        };
        let key = settings.key.as_deref();
        if is_streamed {
            let reply = &context.reply;
            let stream = tokio::select! {
                stream = self.outbound.post_stream(post, idle) => stream,
                () = reply.stopped() => return Ok(Outcome::default()),
            };
            streamed::outcome(stream.map_err(|error| of_call(&error))?, key, reply).await
        } else {
            let answer = self.outbound.post(post).await;
            answer::outcome(answer.map_err(|error| of_call(&error))?, key).await
        }
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

    /// Reads the conversation that ends with the message `asked`.
    async fn messages(
        &self,
        asked: Message,
        settings: &LlmSettings,
    ) -> Result<Vec<Message>, BotError> {
        let (id, mode, depth) = (asked.id, settings.mode, settings.depth.0.into());
        let found: Result<Vec<Message>, DbError> = self
            .database
            .read(move |db| {
                // The message may have moved to another chat since the request was made.
                let asked = messages::get_unchecked(db, id)?.unwrap_or(asked);
                match mode.unwrap_or_default() {
                    Mode::Chat => history::history(db, &asked, depth),
                    Mode::Thread => history::thread(db, &asked, depth),
                }
            })
            .await;
        let found = found.map_err(|error| failure::of_database(&error))?;
        if found.last().is_some_and(|last| last.id == id) {
            return Ok(found);
        }
        // The message was moved or deleted between the two queries.
        let reason = "the message was not found in its chat".to_owned();
        Err(BotError::Temporary(reason))
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

/// The body of a call.
#[derive(Serialize)]
struct Request {
    model: String,
    messages: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<Integer<1, 1_000_000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

/// Options of an answer in pieces.
#[derive(Serialize)]
struct StreamOptions {
    /// Whether the last piece tells how many tokens were used.
    include_usage: bool,
}
