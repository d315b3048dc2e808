//! `Llm`: has a language model answer, through OpenAI's API or any that is like it.

mod answer;
mod conversation;
mod images;
mod settings;
mod tools;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use unicom_core::{Bot, BotError, Incoming, Outcome};
use unicom_db::queries::{history, messages};
use unicom_db::{Database, DbError};
use unicom_models::Message;

use self::conversation::conversation;
use self::settings::{LlmSettings, Mode};
use crate::environment::Environment;
use crate::outbound::{Outbound, OutboundError, Post};
use crate::settings::Settings;
use crate::{failure, json};

/// Bytes of a response at the most. A long answer has some ten thousand.
const LARGEST_RESPONSE: usize = 4 << 20;

/// Replies what a language model says to the conversation so far.
///
/// Settings: `base_url` and `model`; `system_prompt`, up to 20,000 characters; `mode`, by default `chat`, or `thread`;
/// `depth`, 1 to 200, by default 129; `api_key_env`, the name of the environment variable with the key, of the form
/// `UNICOM_BOT_[A-Z0-9_]+` or `[A-Z0-9_]+_API_KEY`; `timeout_s`, 1 to 55, by default 50; `temperature`, 0 to 2;
/// `max_tokens`, 1 to 1,000,000. The [front page](crate) says what the model is told.
#[derive(Debug, Clone)]
pub struct Llm {
    database: Database,
    outbound: Outbound,
    environment: Environment,
}

impl Llm {
    /// A bot that reads conversations from `database`, and asks through `outbound`.
    pub fn new(database: Database, outbound: Outbound) -> Self {
        Self {
            database,
            outbound,
            environment: Environment::default(),
        }
    }

    /// The same with keys from `look_up`, for hosts that keep them elsewhere. By default, the process's environment.
    #[must_use]
    pub fn with_environment(
        self,
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            environment: Environment::new(look_up),
            ..self
        }
    }

    fn settings(&self, config: &Map<String, Value>) -> Result<LlmSettings, String> {
        LlmSettings::read(Settings {
            config,
            environment: &self.environment,
            outbound: &self.outbound,
        })
    }

    async fn ask(&self, incoming: Incoming) -> Result<Outcome, BotError> {
        let settings = self
            .settings(&incoming.config)
            .map_err(BotError::Permanent)?;
        let messages = self.messages(incoming.message, &settings).await?;
        let said = conversation(incoming.media.as_ref(), &settings.system_prompt, messages).await?;
        let body = json::write(request(&settings, said)).await;
        let post = Post {
            url: settings.url.clone(),
            headers: settings.headers.clone(),
            body: body.map_err(BotError::Temporary)?,
            timeout: settings.timeout,
            largest_answer: LARGEST_RESPONSE,
        };
        let answer = self
            .outbound
            .post(post)
            .await
            .map_err(|error| match error {
                // A model that goes on and on may stop the next time.
                OutboundError::TooLarge { .. } => BotError::Temporary(error.to_string()),
                error => failure::of_call(&error),
            })?;
        answer::outcome(answer, settings.key.as_deref()).await
    }

    /// The conversation up to `asked`, in the order of time.
    async fn messages(
        &self,
        asked: Message,
        settings: &LlmSettings,
    ) -> Result<Vec<Message>, BotError> {
        let (id, mode, depth) = (asked.id, settings.mode, settings.depth);
        let found: Result<Vec<Message>, DbError> = self
            .database
            .read(move |db| {
                // It may have moved to another chat since it was asked about.
                let asked = messages::of_request(db, id)?.unwrap_or(asked);
                match mode {
                    Mode::Chat => history::history(db, &asked, depth),
                    Mode::Thread => history::thread(db, &asked, depth),
                }
            })
            .await;
        let found = found.map_err(|error| failure::of_database(&error))?;
        if found.last().is_some_and(|last| last.id == id) {
            return Ok(found);
        }
        // It moved or went away between the two.
        let reason = "the message was not found in its chat".to_owned();
        Err(BotError::Temporary(reason))
    }
}

impl Bot for Llm {
    fn handle(&self, incoming: Incoming) -> BoxFuture<'_, Result<Outcome, BotError>> {
        self.ask(incoming).boxed()
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        self.settings(config).map(drop)
    }
}

fn request(settings: &LlmSettings, messages: Vec<Value>) -> Value {
    let mut request = json!({"model": settings.model});
    // Moved and not copied: pictures are in it.
    request["messages"] = messages.into();
    if let Some(temperature) = settings.temperature {
        request["temperature"] = temperature.into();
    }
    if let Some(tokens) = settings.max_tokens {
        request["max_tokens"] = tokens.into();
    }
    request
}
