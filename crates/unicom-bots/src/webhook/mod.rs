//! `Webhook`: a bot that lets an external program answer over HTTP.

mod answer;
mod event;
mod settings;
mod signing;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use unicom_core::{
    Bot,
    bots::{BotContext, BotError, Outcome},
    replies::token_hash,
};
use unicom_db::{Database, DbError, queries::queue};
use unicom_models::Request;
use unicom_outbound::header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use unicom_outbound::{BoundSecrets, Outbound, Post, Secrets};

use self::answer::Promise;
use self::event::{Event, ReplyBy};
use self::settings::WebhookSettings;
use self::signing::SigningSecrets;
use crate::setting_reader::SECRET_PREFIX;
use crate::{failure, json};

/// Maximum size of a response in bytes: a file of 20 MiB in base64, and some text.
const LARGEST_RESPONSE: usize = 30 << 20;

/// Number of random bytes in a reply token.
const TOKEN_BYTES: usize = 32;

/// A bot that calls an address according to [Standard Webhooks](https://www.standardwebhooks.com).
/// The webhook replies in its response, or later.
///
/// Settings:
///
/// - `url` is required.
/// - `secret_env`, required: the name of the environment variable with the secret, of the form
///   `UNICOM_BOT_[A-Z0-9_]+`. The operator [binds it to the host](crate#secrets) of `url`.
/// - `timeout_s`: 1 to 55, by default 10.
/// - `answer_within_s`: 0 to 86,400, by default 0.
///
/// The [crate documentation](crate) describes what is sent, what the webhook may answer, and how
/// failures are handled.
#[derive(Debug, Clone)]
pub struct Webhook {
    database: Database,
    outbound: Outbound,
    secrets: BoundSecrets,
}

impl Webhook {
    /// Creates a bot that stores reply tokens in `database` and calls webhooks through `outbound`.
    pub fn new(database: Database, outbound: Outbound) -> Self {
        Self {
            database,
            outbound,
            secrets: BoundSecrets::new(Secrets::from_env(SECRET_PREFIX)),
        }
    }

    /// Looks up secrets with `look_up` instead of in the environment of the process, for hosts that
    /// store them elsewhere. `look_up` is called with the variable's name from the settings, and
    /// with that name followed by `_HOSTS` for the [hosts](crate#secrets) that may be called with
    /// the secret.
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

    fn settings(
        &self,
        config: &Map<String, Value>,
    ) -> Result<(WebhookSettings, SigningSecrets), String> {
        WebhookSettings::read(config, &self.outbound, &self.secrets)
    }

    async fn ask(&self, context: BotContext) -> Result<Outcome, BotError> {
        let (settings, secrets) = self
            .settings(&context.config)
            .map_err(BotError::Permanent)?;
        let promise = match Duration::from_secs(settings.answer_within_s.0.into()) {
            Duration::ZERO => None,
            within => Some(self.promise(&context.request, within).await?),
        };
        let post = self
            .post(settings, &secrets, &context, promise.as_ref())
            .await?;
        let answer = self.outbound.post(post).await;
        let answer = answer.map_err(|error| failure::of_call(&error))?;
        answer::outcome(context.media.as_ref(), answer, promise).await
    }

    /// Creates a token that authorises its bearer to answer this attempt. Only its hash is stored,
    /// before the token is sent.
    async fn promise(&self, request: &Request, within: Duration) -> Result<Promise, BotError> {
        let token = token().map_err(|error| BotError::Temporary(error.to_string()))?;
        let (hash, request) = (token_hash(&token), request.clone());
        let held: Result<bool, DbError> = self
            .database
            .write(move |tx| queue::set_reply_token(tx, &request, &hash))
            .await;
        if held.map_err(|error| failure::of_database(&error))? {
            Ok(Promise { token, within })
        } else {
            let reason = "another worker has taken the request over".to_owned();
            Err(BotError::Temporary(reason))
        }
    }

    async fn post(
        &self,
        settings: WebhookSettings,
        secrets: &SigningSecrets,
        context: &BotContext,
        promise: Option<&Promise>,
    ) -> Result<Post, BotError> {
        let now = self.database.now();
        let event = Event::new(
            context,
            promise.map(|promise| ReplyBy::new(context, promise, now)),
        );
        let body = json::write(event).await.map_err(BotError::Temporary)?;
        let id = context.request.id.to_string();
        let timestamp = (now.as_micros() / 1_000_000).to_string();
        let signature = secrets.sign(&id, &timestamp, &body);
        let headers = headers(&id, &timestamp, &signature);
        Ok(Post {
            url: settings.url,
            headers: headers.map_err(|error| BotError::Permanent(error.to_string()))?,
            body,
            timeout: Duration::from_secs(settings.timeout_s.0.into()),
            largest_answer: LARGEST_RESPONSE,
        })
    }
}

impl Bot for Webhook {
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        self.ask(context).boxed()
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        self.settings(config).map(drop)
    }
}

fn headers(id: &str, timestamp: &str, signature: &str) -> Result<HeaderMap, InvalidHeaderValue> {
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ];
    headers
        .into_iter()
        .map(|(name, value)| Ok((HeaderName::from_static(name), HeaderValue::from_str(value)?)))
        .collect()
}

fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(format!("urq_{}", hex::encode(bytes)))
}
