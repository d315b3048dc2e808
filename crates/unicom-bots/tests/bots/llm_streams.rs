//! Answers of language models in pieces, which are seen while they arrive.

use std::time::Duration;

use serde_json::{Value, json};
use unicom_core::bots::{Bot, BotContext, BotError, Outcome, ReplySink, Usage};
use unicom_testing::scripted_server::{Play, Server, say};

use crate::chat::Chat;
use crate::llm::{completion, config};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n";

/// Returns an event with a piece of an answer.
fn piece(content: &str) -> String {
    event(
        &json!({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": null}], "usage": null}),
    )
}

/// Returns the events at the end of an answer.
fn end() -> String {
    let finished = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}});
    event(&finished) + &event(&usage) + "data: [DONE]\n\n"
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// Plays these events.
fn events(events: &[String]) -> Play {
    Play::Say(format!("{HEAD}{}", events.concat()).into_bytes())
}

/// Returns the context of a request to this server, and its reply.
async fn asked(chat: &Chat, server: &Server, timeout_s: u32) -> BotContext {
    chat.says_text("Hello").await;
    let mut config = config(server);
    config["stream"] = true.into();
    config["timeout_s"] = timeout_s.into();
    chat.incoming(config).await
}

/// Lets the bot answer. Returns the result and what was written.
async fn answer(play: Play) -> (Result<Outcome, BotError>, ReplySink) {
    let server = Server::new(play).await;
    let chat = Chat::new().await;
    let context = asked(&chat, &server, 1).await;
    let reply = context.reply.clone();
    (chat.llm().handle(context).await, reply)
}

async fn failure(play: Play) -> String {
    let error = answer(play).await.0.unwrap_err();
    assert!(matches!(error, BotError::Temporary(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn pieces_become_the_reply_wherever_they_are_cut() {
    let whole = [
        ": ping\n\n".to_owned(),
        event(&json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})),
        piece(" Žlu"),
        piece("ťoučký kůň 🐎\n"),
        end(),
    ];
    let whole = format!("{HEAD}{}", whole.concat()).into_bytes();
    // In the middle of lines, of characters, and of line ends.
    for size in [1, 5, 64] {
        let pieces = whole.chunks(size).map(<[u8]>::to_vec).collect();
        let pause = Duration::from_millis(if size == 64 { 5 } else { 0 });
        let (outcome, reply) = answer(Play::Pieces(pause, pieces)).await;
        let outcome = outcome.unwrap();
        assert_eq!(outcome.replies.len(), 1);
        assert_eq!(outcome.replies[0].text, "Žluťoučký kůň 🐎");
        assert_eq!(
            outcome.usage,
            Usage {
                calls: 1,
                tokens: 25
            }
        );
        assert_eq!(reply.text(), "Žluťoučký kůň 🐎\n");
    }
}

#[tokio::test]
async fn pieces_are_requested() {
    let server = Server::new(events(&[piece("Hello"), end()])).await;
    let chat = Chat::new().await;
    let context = asked(&chat, &server, 20).await;
    chat.llm().handle(context).await.unwrap();
    let sent = server.only_request().json();
    assert_eq!(sent["stream"], true);
    assert_eq!(sent["stream_options"], json!({"include_usage": true}));
}

/// Some servers answer as a whole nevertheless.
#[tokio::test]
async fn whole_answer_becomes_the_reply_too() {
    let (outcome, reply) = answer(say(200, completion("Hello".into()))).await;
    assert_eq!(outcome.unwrap().replies[0].text, "Hello");
    assert_eq!(reply.text(), "");
    let error = failure(say(503, "<html>")).await;
    assert!(error.ends_with("status 503"), "{error}");
    let refused = json!({"error": {"message": "no such model"}});
    let error = answer(say(404, refused)).await.0.unwrap_err();
    assert!(matches!(error, BotError::Permanent(_)), "{error}");
}

#[tokio::test]
async fn some_servers_forget_the_end() {
    let finished = event(
        &json!({"choices": [{"index": 0, "delta": {"content": "!"}, "finish_reason": "stop"}]}),
    );
    let without_line_break = "data: [DONE]".to_owned();
    for end in [finished, without_line_break] {
        let (outcome, _) = answer(events(&[piece("Hello"), end])).await;
        assert!(outcome.unwrap().replies[0].text.starts_with("Hello"));
    }
}

#[tokio::test]
async fn broken_answers_are_temporary_errors() {
    let error = failure(events(&[piece("half of")])).await;
    assert_eq!(error, "temporary: the model's response was cut off");
    let error = failure(events(&[piece("half of"), "data: {\"choi".to_owned()])).await;
    assert!(error.contains("is not JSON"), "{error}");
    let error = failure(events(&[
        piece("half of"),
        event(&json!({"error": {"message": "overloaded"}})),
    ]))
    .await;
    assert!(error.contains("overloaded"), "{error}");
    let long = piece(&"x".repeat(100_000));
    let error = failure(events(&[long.clone(), long.clone(), long])).await;
    assert_eq!(error, "temporary: the model's response is too long");
    let error = failure(events(&["x".repeat(2 << 20)])).await;
    assert_eq!(error, "temporary: the model's response is too long");
    // The connection breaks.
    let head = HEAD.replace("connection", "content-length: 10000\r\nconnection");
    let broken = Play::Say(format!("{head}{}", piece("half of")).into_bytes());
    let error = failure(broken).await;
    assert!(error.contains("the request failed"), "{error}");
}

/// Thoughts are not shown, wherever they are cut.
#[tokio::test]
async fn thoughts_are_not_streamed() {
    let text = "<think>\nsecret</think>\n\nHello <thinking>secret</thinking>you <think>secret";
    for size in [1, 2, 3, 7, 100] {
        let characters: Vec<char> = text.chars().collect();
        let thought = json!({"choices": [{"index": 0, "delta": {"reasoning_content": "secret", "reasoning": "secret"}}]});
        let pieces = characters.chunks(size).map(String::from_iter);
        let mut pieces: Vec<String> = pieces.map(|text| piece(&text)).collect();
        pieces.insert(0, event(&thought));
        pieces.push(end());
        let (outcome, reply) = answer(events(&pieces)).await;
        assert_eq!(outcome.unwrap().replies[0].text, "Hello you");
        assert_eq!(reply.text(), "Hello you ");
    }
    // Without a beginning, a thought is known only at its end.
    let unopened = [piece("secret\n"), piece("</"), piece("think>Hello"), end()];
    let (outcome, _) = answer(events(&unopened)).await;
    assert_eq!(outcome.unwrap().replies[0].text, "Hello");
    // From then on, nothing is shown before that end, or the end of the answer.
    let server = Server::at(
        "127.0.0.2",
        vec![
            events(&unopened),
            events(&unopened),
            events(&[piece("Hello"), end()]),
        ],
    );
    let (server, chat) = (server.await, Chat::new().await);
    let llm = chat.llm();
    for shown in ["secret\nHello", "Hello", "Hello"] {
        let context = asked(&chat, &server, 5).await;
        let reply = context.reply.clone();
        let outcome = llm.handle(context).await.unwrap();
        assert_eq!(outcome.replies[0].text, "Hello");
        assert_eq!(reply.text(), shown);
    }
}

#[tokio::test]
async fn half_of_an_emoji_is_replaced() {
    let half = r#"data: {"choices": [{"delta": {"content": "cut \ud83d"}}]}"#;
    let (outcome, _) = answer(events(&[format!("{half}\n\n"), end()])).await;
    assert_eq!(outcome.unwrap().replies[0].text, "cut \u{FFFD}");
}

/// A complete answer without text is a permanent error that says why.
#[tokio::test]
async fn answer_without_text_is_permanent() {
    for (delta, finish_reason) in [
        (json!({"content": " "}), "stop"),
        (json!({"content": "<think>hm"}), "length"),
        (json!({"reasoning_content": "hm"}), "length"),
        (json!({"tool_calls": [{"index": 0}]}), "tool_calls"),
        (json!({"content": null}), "content_filter"),
    ] {
        let last = json!({"choices": [{"delta": delta, "finish_reason": finish_reason}]});
        let done = "data: [DONE]\n\n".to_owned();
        let error = answer(events(&[event(&last), done])).await.0.unwrap_err();
        assert!(matches!(error, BotError::Permanent(_)), "{error}");
        assert!(
            error.to_string().contains(&format!("`{finish_reason}`")),
            "{error}"
        );
    }
}

/// The time-out counts the silence, and not the whole call.
#[tokio::test]
async fn answer_may_take_longer_than_the_timeout() {
    let mut pieces = vec![HEAD.as_bytes().to_vec()];
    pieces.extend((0..8).map(|number| piece(&format!("{number} ")).into_bytes()));
    pieces.push(end().into_bytes());
    let (outcome, _) = answer(Play::Pieces(Duration::from_millis(250), pieces)).await;
    assert_eq!(outcome.unwrap().replies[0].text, "0 1 2 3 4 5 6 7");
    let stalled = format!("{HEAD}{}", piece("half of"));
    let error = failure(Play::Stall(stalled.into_bytes())).await;
    assert_eq!(error, "temporary: nothing more arrived within 1 s");
    let error = failure(Play::Stall(Vec::new())).await;
    assert_eq!(
        error,
        "temporary: there was no complete response within 1 s"
    );
}

#[tokio::test]
async fn reader_who_stops_the_reply_ends_the_call() {
    let stalled = format!("{HEAD}{}", piece("one two"));
    let server = Server::new(Play::Stall(stalled.into_bytes())).await;
    let chat = Chat::new().await;
    let context = asked(&chat, &server, 50).await;
    let reply = context.reply.clone();
    let llm = chat.llm();
    let stopping = async {
        while reply.text().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        reply.stop();
    };
    let (outcome, ()) = tokio::join!(llm.handle(context), stopping);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.replies[0].text, "one two");
    assert_eq!(outcome.usage.calls, 1);
}
