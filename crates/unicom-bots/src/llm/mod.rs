//! `Llm`: has a language model answer, through OpenAI's API or any that is like it.

mod answer;
mod conversation;
mod images;
mod settings;
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

use self::conversation::{Line, conversation};
use self::settings::{LlmSettings, Mode};
use crate::environment::Environment;
use crate::outbound::{Outbound, OutboundError, Post};
use crate::settings::Settings;
use crate::{failure, json};

/// Bytes of a response at the most. A long answer has some ten thousand.
const LARGEST_RESPONSE: usize = 4 << 20;

/// Requests with pictures under way at a time: each is some 8 MiB, and while it is written 14 MiB and more.
const WITH_PICTURES: usize = 4;

/// Replies what a language model says to the conversation so far.
///
/// Settings: `base_url` and `model`; `system_prompt`, up to 20,000 characters; `mode`, by default
/// `chat`, or `thread`; `depth`, 1 to 200, by default 129; `api_key_env`, the name of the
/// environment variable with the key, of the form `UNICOM_BOT_[A-Z0-9_]+`, which the operator
/// [binds to the host](crate#secrets) of `base_url`; `timeout_s`, 1 to 55, by default 50;
/// `temperature`, 0 to 2; `max_tokens`, 1 to 1,000,000. The [front page](crate) says what the model
/// is told.
#[derive(Debug, Clone)]
pub struct Llm {
    database: Database,
    outbound: Outbound,
    environment: Environment,
    /// Places for requests with pictures.
    with_pictures: Arc<Semaphore>,
}

impl Llm {
    /// A bot that reads conversations from `database`, and asks through `outbound`.
    ///
    /// It and its clones have up to 4 requests with pictures under way at a time; others wait for their turn.
    pub fn new(database: Database, outbound: Outbound) -> Self {
        Self {
            database,
            outbound,
            environment: Environment::default(),
            with_pictures: Arc::new(Semaphore::new(WITH_PICTURES)),
        }
    }

    /// Looks keys up with `look_up` instead of the process's environment, for hosts that keep them
    /// elsewhere. It is asked for the name that the settings give, and for that name with `_HOSTS`
    /// after it: the [hosts](crate#secrets) that the key may be sent to.
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

    async fn ask(&self, context: BotContext) -> Result<Outcome, BotError> {
        let settings = self
            .settings(&context.config)
            .map_err(BotError::Permanent)?;
        let messages = self.messages(context.message, &settings).await?;
        let shown = images::shown(&messages);
        let begun = Instant::now();
        // Kept until it is answered.
        let _place = if shown.is_empty() {
            None
        } else {
            Some(self.place(settings.timeout / 2).await?)
        };
        // Waiting counts, so that all of it is done before the pipeline gives up.
        let timeout = settings.timeout.saturating_sub(begun.elapsed());
        let pictures = images::load(context.media.as_ref(), shown).await?;
        let request = Request {
            model: settings.model,
            messages: conversation(&settings.system_prompt, &messages, pictures),
            temperature: settings.temperature,
            max_tokens: settings.max_tokens,
        };
        let body = json::write(request).await;
        let post = Post {
            url: settings.url,
            headers: settings.headers,
            body: body.map_err(BotError::Temporary)?,
            timeout,
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

    /// Waits for a place among the requests with pictures.
    async fn place(&self, patience: Duration) -> Result<OwnedSemaphorePermit, BotError> {
        let place = Arc::clone(&self.with_pictures).acquire_owned();
        match tokio::time::timeout(patience, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => {
                let reason = "too many requests with pictures are under way".to_owned();
                Err(BotError::Temporary(reason))
            }
        }
    }

    /// The conversation about `asked`, which is its last message.
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
                let asked = messages::get_unchecked(db, id)?.unwrap_or(asked);
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
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        self.ask(context).boxed()
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
    max_tokens: Option<u32>,
}
