//! The bots in a pipeline: selected by a channel, called, and answered immediately or later.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use unicom_bots::Llm;
use unicom_core::{
    Bots, CoreError, OutgoingMessage, Pipeline, PipelineOptions, admin::Extensions,
    replies::answer_request,
};
use unicom_db::DbError;
use unicom_db::queries::{history, requests};
use unicom_models::{Message, Request, RequestStatus};
use unicom_testing::scripted_server::{Server, say};

use crate::chat::{Chat, create, outbound, platforms};
use crate::llm::completion;

/// Creates a chat on a channel with this bot. Returns it with the registered bots.
async fn chat(bots: fn(&Chat) -> Bots, bot: Value) -> (Chat, Bots) {
    // The bots need the database, and creating the channel validates its bot.
    let mut chat = Chat::new().await;
    let bots = bots(&chat);
    let made = create(&chat.database, bots.clone(), json!({"bot": bot})).await;
    chat.channel = made.unwrap();
    (chat, bots)
}

/// Registers the bots of this crate.
fn bots(chat: &Chat) -> Bots {
    Bots::default()
        .with("webhook", chat.webhook())
        .with("llm", Llm::new(chat.database.clone(), outbound()))
}

/// Runs a pipeline until `is_done` returns `true` for the request of `message`.
async fn run_until(
    chat: &Chat,
    bots: Bots,
    message: &Message,
    is_done: impl Fn(&Request) -> bool,
) -> Request {
    let extensions = Extensions::default()
        .with_platforms(platforms())
        .with_bots(bots);
    let (database, media) = (chat.database.clone(), Arc::clone(&chat.media));
    let pipeline = Pipeline::new(database, media, extensions, PipelineOptions::default());
    let work = pipeline.run(std::future::pending());
    let id = message.id;
    let done = async {
        loop {
            let found: Result<_, DbError> = chat
                .database
                .read(move |db| requests::of_message(db, id))
                .await;
            match found.unwrap() {
                Some(request) if is_done(&request) => break request,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::select! {
        _ = work => panic!("the pipeline ended"),
        request = done => request,
        () = tokio::time::sleep(Duration::from_secs(20)) => panic!("it took too long"),
    }
}

/// Returns the texts of the chat after the first message.
async fn replies(chat: &Chat) -> Vec<String> {
    let last = chat.append(|_| ()).await;
    let found: Result<Vec<Message>, DbError> = chat
        .database
        .read(move |db| history::history(db, &last, 100))
        .await;
    let texts = found
        .unwrap()
        .into_iter()
        .skip(1)
        .map(|message| message.text);
    texts.filter(|text| !text.is_empty()).collect()
}

/// A model's answer completes the request, and its usage is stored.
#[tokio::test]
async fn completion_and_its_usage_are_stored() {
    let server = Server::new(say(200, completion("Hello, Ada".into()))).await;
    let bot = json!({"kind": "llm", "base_url": server.url("/v1"), "model": "example"});
    let (chat, bots) = chat(bots, bot).await;
    let message = chat.says_text("Hello").await;
    let request = run_until(&chat, bots, &message, |request| request.due_at.is_none()).await;
    assert_eq!(request.status, RequestStatus::Completed);
    assert_eq!((request.llm_calls, request.llm_tokens), (1, 25));
    assert_eq!(replies(&chat).await, ["Hello, Ada"]);
}

/// A webhook answers later with its token, once.
#[tokio::test]
async fn webhook_replies_later_with_its_token() {
    let server = Server::new(say(202, "")).await;
    let bot = json!({
        "kind": "webhook", "url": server.url("/"), "secret_env": "UNICOM_BOT_SHOP", "answer_within_s": 60,
    });
    let (chat, bots) = chat(bots, bot).await;
    let message = chat.says_text("Hello").await;
    let waits = |request: &Request| {
        request
            .error
            .as_ref()
            .is_some_and(|error| error.contains("promised"))
    };
    let request = run_until(&chat, bots, &message, waits).await;
    assert_eq!(request.status, RequestStatus::Processing);

    let id = request.id;
    let token = server.only_request().json()["data"]["reply"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = move |token: String| {
        chat.database.write(move |tx| {
            let replies = vec![OutgoingMessage::text("Here I am")];
            answer_request(tx, &platforms(), id, &token, replies)
        })
    };
    let wrong = answer("urq_wrong".to_owned()).await;
    assert!(matches!(wrong, Err(CoreError::RequestNotFound(_))));
    assert_eq!(answer(token.clone()).await.unwrap()[0].text, "Here I am");
    let again = answer(token).await;
    assert!(matches!(again, Err(CoreError::RequestEnded(_))));
}

/// Creating a channel fails if its bot has invalid settings.
#[tokio::test]
async fn channel_with_invalid_settings_is_rejected() {
    let chat = Chat::new().await;
    let bots = bots(&chat);
    let config = json!({"bot": {"kind": "webhook", "url": "http://10.0.0.1/", "secret_env": "UNICOM_BOT_SHOP"}});
    let made = create(&chat.database, bots, config).await;
    let error = made.unwrap_err().to_string();
    assert!(
        error.ends_with("bot `webhook`: `url`: address `10.0.0.1` is not public"),
        "{error}"
    );
}
