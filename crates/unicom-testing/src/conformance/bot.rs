//! The conformance suite for a [`Bot`].

use std::sync::Arc;

use serde_json::{Map, Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_content::replies::MOST_REPLIES;
use unicom_core::{Bot, Bots, CoreError, Platforms, bots::BotContext, replies::reply_with};
use unicom_db::Database;
use unicom_db::queries::{accounts, requests};
use unicom_models::RequestStatus;

use super::helper::{databases, new_channel, ok, pause, read, run_until, tell, timed, unblocked};
use crate::FakePlatform;

/// Checks the guarantees of [`Bot`] without settings, as [`bot_with`] does.
///
/// # Panics
/// Panics if a guarantee is broken or the bot returns an error.
pub async fn bot(bot: impl Bot) {
    bot_with(bot, json!({})).await;
}

/// Checks the guarantees of [`Bot`] with these settings, an object: the bot may be asked about the
/// same message again, its answers can be stored, and it does not block its thread.
///
/// On each engine, the bot is asked three times about one message, `Hello`.
///
/// # Panics
/// Panics if a guarantee is broken or the bot returns an error.
pub async fn bot_with(bot: impl Bot, config: Value) {
    let Value::Object(config) = config else {
        panic!("the settings of a bot must be an object, not {config}");
    };
    let checked = timed("`validate`", || bot.validate(&config));
    ok("validating the settings", checked);
    let bots = Bots::default().with("bot", bot);
    for db in databases() {
        check(db.database(), &bots, &config).await;
    }
}

async fn check(database: &Database, bots: &Bots, config: &Map<String, Value>) {
    let platforms = Platforms::default().with(FakePlatform::default());
    let mut setting = config.clone();
    setting.insert("kind".to_owned(), "bot".into());
    let made = new_channel(
        database,
        &platforms,
        bots,
        &FakePlatform::KIND.into(),
        &json!({ "bot": setting }),
    )
    .await;
    let channel = ok("making a channel", made);
    let message = tell(database, &channel, "conformance-1").await.message;
    let id = message.id;
    let request = move |db: &mut unicom_db::Db| {
        let request = requests::of_message(db, id)?;
        Ok(request.unwrap_or_else(|| panic!("the message made no request")))
    };

    let of_request = read(database, request).await;
    let account_id = of_request.account_id.clone();
    let account = read(database, move |db| accounts::get(db, &account_id)).await;
    let mut incoming = BotContext::of_visitor("");
    incoming.request = of_request;
    incoming.message = message.clone();
    incoming.account = account.unwrap_or_else(|| panic!("the message has no account"));
    incoming.channel = channel;
    incoming.config = config.clone();
    incoming.media = Arc::new(ObjectMediaStore::in_memory());
    let asked = ok("looking the bot up", bots.get("bot"));
    for time in ["the first time", "again"] {
        let incoming = incoming.clone();
        let outcome = unblocked("the bot", async { asked.handle(incoming).await }).await;
        let outcome = ok(&format!("asking {time}"), outcome);
        assert!(
            outcome.replies.len() <= MOST_REPLIES,
            "the bot has {} replies to one message: expected at most {MOST_REPLIES}",
            outcome.replies.len()
        );
        let (platforms, message) = (platforms.clone(), message.clone());
        let stored = database.write(move |tx| {
            for reply in outcome.replies {
                reply_with(tx, &platforms, &message, reply)?;
            }
            Ok::<_, CoreError>(())
        });
        ok(&format!("storing what it answered {time}"), stored.await);
    }

    let what = "the request was answered";
    run_until(database, &platforms, bots, what, async {
        loop {
            let request = read(database, request).await;
            match request.status {
                RequestStatus::Completed => break,
                RequestStatus::Failed => {
                    panic!("the request failed: {}", request.error.unwrap_or_default())
                }
                _ => pause().await,
            }
        }
    })
    .await;
}
