//! What is sent to a language model, and how its answer is used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use serde_json::{Value, json};
use unicom_core::{
    Bot, IncomingMessage, OutgoingMessage,
    bots::{Outcome, Usage},
};
use unicom_models::{Direction, MediaType, Message};
use unicom_testing::scripted_server::{Play, Server, say};

use crate::chat::{Chat, KEY, more_files};

/// Returns an answer in the format of OpenAI's API.
pub fn completion(content: Value) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "example",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25},
    })
}

/// Returns the settings of a bot that calls this server.
pub fn config(server: &Server) -> Value {
    json!({
        "base_url": server.url("/v1"), "model": "example", "api_key_env": "UNICOM_BOT_KEY", "timeout_s": 20,
    })
}

/// Lets the bot answer Ada's newest message, with these additional settings.
async fn ask(chat: &Chat, server: &Server, change: Value) -> Outcome {
    let mut config = config(server);
    for (name, value) in change.as_object().unwrap() {
        config[name] = value.clone();
    }
    let incoming = chat.incoming(config).await;
    chat.llm().handle(incoming).await.unwrap()
}

/// Returns the messages that are sent to the model for Ada's newest message.
async fn told(chat: &Chat, change: Value) -> Value {
    let server = Server::new(say(200, completion("Yes".into()))).await;
    ask(chat, &server, change).await;
    server.only_request().json()["messages"].clone()
}

/// Returns a text message of a request to the model.
fn line(role: &str, content: &str) -> Value {
    json!({"role": role, "content": content})
}

/// The settings and the message are sent, and the answer is the reply.
#[tokio::test]
async fn completion_becomes_the_reply() {
    let server = Server::new(say(200, completion("  Hello, Ada\n".into()))).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let change = json!({"system_prompt": "Be brief.", "temperature": 0.5, "max_tokens": 100});
    let outcome = ask(&chat, &server, change).await;
    assert_eq!(outcome.replies.len(), 1);
    assert_eq!(outcome.replies[0].text, "Hello, Ada");
    assert_eq!(
        outcome.usage,
        Usage {
            calls: 1,
            tokens: 25
        }
    );
    let asked = server.only_request();
    assert_eq!(asked.line, "POST /v1/chat/completions");
    let bearer = format!("Bearer {KEY}");
    assert_eq!(asked.header("authorization"), Some(bearer.as_str()));
    assert_eq!(
        asked.json(),
        json!({
            "model": "example",
            "messages": [line("system", "Be brief."), line("user", "Hello")],
            "temperature": 0.5,
            "max_tokens": 100,
        })
    );
}

/// Markdown is shown with its formatting, and stays as the text. Other texts have no HTML.
#[tokio::test]
async fn markdown_becomes_html() {
    let chat = Chat::new().await;
    let html = async |content: &str, change: Value| {
        chat.says_text("Hello").await;
        let server = Server::new(say(200, completion(content.into()))).await;
        let reply = ask(&chat, &server, change).await.replies.remove(0);
        assert_eq!(reply.text, content);
        reply.html.map(|html| html.as_str().to_owned())
    };
    let formatted = "**Yes**, <i>sure</i>";
    assert_eq!(
        html(formatted, json!({})).await.as_deref(),
        Some("<p><strong>Yes</strong>, &lt;i&gt;sure&lt;/i&gt;</p>\n")
    );
    assert_eq!(html(formatted, json!({"markdown": false})).await, None);
    assert_eq!(html("Yes, sure\nor not", json!({})).await, None);
}

/// The key is optional, and path and query of `base_url` are kept.
#[tokio::test]
async fn key_is_optional_and_base_url_is_kept() {
    let server = Server::new(say(200, completion("Yes".into()))).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let base_url = server.url("/openai/deployments/a/?api-version=1");
    let outcome = ask(
        &chat,
        &server,
        json!({"base_url": base_url, "api_key_env": null}),
    )
    .await;
    assert_eq!(outcome.replies[0].text, "Yes");
    let asked = server.only_request();
    assert_eq!(
        asked.line,
        "POST /openai/deployments/a/chat/completions?api-version=1"
    );
    assert_eq!(asked.header("authorization"), None);
}

/// All formats of answers and usage are read.
#[tokio::test]
async fn all_answer_formats_are_read() {
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let parts = json!([{"type": "text", "text": "Hello, "}, {"type": "other"}, {"type": "text", "text": "Ada"}]);
    let mut refusal = completion(Value::Null);
    refusal["choices"][0]["message"]["refusal"] = "I would rather not.".into();
    let mut no_total = completion("A\u{0}da".into());
    no_total["usage"] = json!({"prompt_tokens": 3, "completion_tokens": 4});
    let mut no_usage = completion("Ada".into());
    no_usage["usage"] = Value::Null;
    for (answer, text, tokens) in [
        (completion(parts), "Hello, Ada", 25),
        (refusal, "I would rather not.", 25),
        (no_total, "Ada", 7),
        (no_usage, "Ada", 0),
    ] {
        let server = Server::new(say(200, answer)).await;
        let mut incoming = chat.incoming(config(&server)).await;
        incoming.config.remove("api_key_env");
        let outcome = chat.llm().handle(incoming).await.unwrap();
        assert_eq!(outcome.replies[0].text, text);
        assert_eq!(outcome.usage, Usage { calls: 1, tokens });
        chat.says_text("Again").await;
    }
}

/// The history is sent in order, with the message to answer at the end.
#[tokio::test]
async fn history_is_sent_in_order_with_the_message_last() {
    let chat = Chat::new().await;
    chat.says_text("One").await;
    chat.is_told(OutgoingMessage::text("Two")).await;
    chat.append(|message| {
        message.text = "Three".to_owned();
        message.media_type = MediaType::Text;
    })
    .await;
    let html = IncomingMessage {
        html: Some(unicom_content::html::sanitize("<b>Four</b>").unwrap()),
        ..IncomingMessage::default()
    };
    chat.says(html).await;
    let server = Server::new(say(200, completion("Yes".into()))).await;
    let incoming = chat.incoming(config(&server)).await;
    // An answer to an earlier message comes before the message. A later incoming message is a
    // separate request.
    chat.is_told(OutgoingMessage::text("Later")).await;
    chat.says_text("Five").await;
    chat.llm().handle(incoming).await.unwrap();
    let expected = [
        line("user", "One"),
        line("assistant", "Two"),
        line("system", "Three"),
        line("assistant", "Later"),
        line("user", "<b>Four</b>"),
    ];
    assert_eq!(server.only_request().json()["messages"], json!(expected));
}

/// The bot finds a message that moved to another chat.
#[tokio::test]
async fn moved_message_is_found() {
    let server = Server::new(say(200, completion("Yes".into()))).await;
    let chat = Chat::new().await;
    chat.says_text("One").await;
    chat.says_text("Two").await;
    let mut incoming = chat.incoming(config(&server)).await;
    incoming.message.chat_id = "fake_guest".into();
    chat.llm().handle(incoming).await.unwrap();
    let expected = [line("user", "One"), line("user", "Two")];
    assert_eq!(server.only_request().json()["messages"], json!(expected));
}

/// At most `depth` messages are sent, 129 by default.
#[tokio::test]
async fn history_is_limited_by_depth() {
    let chat = Chat::new().await;
    for number in 1..=140 {
        chat.says_text(&number.to_string()).await;
    }
    let all = told(&chat, json!({"system_prompt": "Count."})).await;
    let all = all.as_array().unwrap();
    assert_eq!(
        (all.len(), &all[1]["content"], &all[129]["content"]),
        (130, &json!("12"), &json!("140"))
    );
    chat.says_text("141").await;
    let few = told(&chat, json!({"depth": 2})).await;
    assert_eq!(few, json!([line("user", "140"), line("user", "141")]));
    chat.says_text("142").await;
    assert_eq!(
        told(&chat, json!({"depth": 1})).await,
        json!([line("user", "142")])
    );
}

/// In `thread` mode only the thread is sent, at most `depth` messages of it.
#[tokio::test]
async fn thread_mode_sends_only_the_thread() {
    let chat = Chat::new().await;
    let one = chat.says_text("One").await;
    let two = chat
        .is_told(OutgoingMessage {
            reply_to_message_id: Some(one.id),
            ..OutgoingMessage::text("Two")
        })
        .await;
    chat.says_text("Another matter").await;
    let three = IncomingMessage {
        text: "Three".to_owned(),
        reply_to_message_id: Some(two.id),
        ..IncomingMessage::default()
    };
    chat.says(three.clone()).await;
    let thread = [
        line("user", "One"),
        line("assistant", "Two"),
        line("user", "Three"),
    ];
    assert_eq!(told(&chat, json!({"mode": "thread"})).await, json!(thread));
    chat.says(three).await;
    assert_eq!(
        told(&chat, json!({"mode": "thread", "depth": 2})).await,
        json!(thread[1..])
    );
}

/// A visitor's images are sent. Other files are represented by their text or name.
#[tokio::test]
async fn images_are_sent_and_other_files_named() {
    let chat = Chat::new().await;
    chat.shows("mute.gif", "", 30).await;
    let reply = OutgoingMessage {
        text: "Mine".to_owned(),
        ..OutgoingMessage::file(chat.store("mine.gif", 20).await)
    };
    chat.is_told(reply).await;
    chat.is_told(OutgoingMessage::file(chat.store("bare.gif", 20).await))
        .await;
    let sound = |name: &str, text: &str| {
        let (name, text) = (name.to_owned(), text.to_owned());
        move |message: &mut Message| {
            message.media_type = MediaType::Audio;
            message.direction = Direction::Incoming;
            message.media_name = Some(name);
            message.text = text;
        }
    };
    chat.append(sound("voice.ogg", "")).await;
    chat.append(sound("voice.ogg", "Listen")).await;
    chat.shows("cat.gif", "My cat", 40).await;
    let picture = |bytes: usize| {
        let mut gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
        gif.resize(bytes, 0);
        let address = format!("data:image/gif;base64,{}", STANDARD.encode(gif));
        json!({"type": "image_url", "image_url": {"url": address}})
    };
    let expected = json!([
        {"role": "user", "content": [picture(30)]},
        line("assistant", "Mine"),
        line("assistant", "[image bare.gif]"),
        line("user", "[audio voice.ogg]"),
        line("user", "Listen\n[audio voice.ogg]"),
        {"role": "user", "content": [picture(40), {"type": "text", "text": "My cat"}]},
    ]);
    assert_eq!(told(&chat, json!({})).await, expected);
}

/// Further files are named to the model, and those that are missing.
#[tokio::test]
async fn further_and_missing_files_are_named() {
    let chat = Chat::new().await;
    let server = Server::new(say(200, completion("Yes".into()))).await;
    chat.says_text("Look!").await;
    let mut incoming = chat.incoming(config(&server)).await;
    incoming.files = more_files(&incoming.message);
    chat.llm().handle(incoming).await.unwrap();
    let files = "[file plan.pdf]\n[file lost.pdf, which could not be received]";
    let expected = json!([line("user", "Look!"), line("user", files)]);
    assert_eq!(server.only_request().json()["messages"], expected);
}

/// At most 8 images of at most 5 MiB each are sent.
#[tokio::test]
async fn number_and_size_of_images_are_limited() {
    let chat = Chat::new().await;
    chat.shows("0.gif", "The first", 20).await;
    for number in 1..=8 {
        chat.shows(&format!("{number}.gif"), "", 20 + number).await;
    }
    chat.shows("large.gif", "", (5 << 20) + 1).await;
    let gone = chat.shows("gone.gif", "It is gone", 20).await;
    chat.media.delete(gone.media_key.unwrap()).await.unwrap();
    let told = told(&chat, json!({})).await;
    let told: Vec<&Value> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["content"])
        .collect();
    assert_eq!(told.len(), 11);
    // The 8 latest images of acceptable size were selected, and one of them no longer existed.
    assert_eq!(
        (told[0], told[1]),
        (&json!("The first"), &json!("[image 1.gif]"))
    );
    assert!(
        told[2..9]
            .iter()
            .all(|content| content[0]["type"] == "image_url"),
        "{told:?}"
    );
    assert_eq!(
        (told[9], told[10]),
        (&json!("[image large.gif]"), &json!("It is gone"))
    );
}

/// The newest images are sent that fit into 6 MiB together.
#[tokio::test]
async fn newest_images_within_the_total_size_are_sent() {
    let chat = Chat::new().await;
    chat.shows("small.gif", "", 1000).await;
    chat.shows("middle.gif", "", 2 << 20).await;
    chat.shows("large.gif", "", 5 << 20).await;
    let told = told(&chat, json!({})).await;
    let is_shown = |line: usize| told[line]["content"][0]["type"] == "image_url";
    assert!(is_shown(0) && is_shown(2));
    assert_eq!(told[1], line("user", "[image middle.gif]"));
}

/// At most 4 requests with images run at a time. Others give up after half of their timeout.
#[tokio::test]
async fn concurrent_requests_with_images_are_limited() {
    let chat = Chat::new().await;
    chat.shows("cat.gif", "", 30).await;
    let server = Server::new(Play::Stall(Vec::new())).await;
    let mut config = config(&server);
    config["timeout_s"] = 4.into();
    let incoming = chat.incoming(config).await;
    let llm = chat.llm();
    let asking = (0..6).map(async |_| {
        let error = llm.handle(incoming.clone()).await.unwrap_err();
        error.to_string()
    });
    let errors = join_all(asking).await;
    assert_eq!(server.requests().len(), 4);
    let waited = errors
        .iter()
        .filter(|error| error.contains("too many requests with images"));
    assert_eq!(waited.count(), 2, "{errors:?}");
    // All permits have been released.
    let server = Server::new(say(200, completion("Yes".into()))).await;
    let mut incoming = incoming;
    incoming.config["base_url"] = server.url("/v1").into();
    llm.handle(incoming).await.unwrap();
}

/// A tool call is followed by its response. Calls and responses without a counterpart are left out.
#[tokio::test]
async fn tool_calls_are_followed_by_their_responses() {
    let chat = Chat::new().await;
    let tool = |kind: MediaType, raw: Value| {
        move |message: &mut Message| {
            message.media_type = kind;
            message.raw = raw;
        }
    };
    let call =
        |id: &str| json!({"tool_call": {"id": id, "name": "search", "arguments": {"q": id}}});
    let answer =
        |id: &str, result: Value| json!({"tool_response": {"call_id": id, "result": result}});
    chat.says_text("Look it up").await;
    let orphan = chat
        .append(tool(MediaType::ToolResponse, answer("cut off", "x".into())))
        .await;
    assert_eq!(orphan.direction, Direction::Internal);
    chat.append(tool(MediaType::ToolCall, call("a"))).await;
    chat.append(tool(MediaType::ToolCall, call("b"))).await;
    chat.append(tool(MediaType::ToolCall, call("never answered")))
        .await;
    chat.says_text("Are you there?").await;
    chat.append(tool(
        MediaType::ToolResponse,
        answer("b", json!({"found": 2})),
    ))
    .await;
    chat.append(tool(MediaType::ToolResponse, answer("a", "found".into())))
        .await;
    let nameless = chat
        .append(tool(
            MediaType::ToolCall,
            json!({"tool_call": {"name": "now", "arguments": "{}"}}),
        ))
        .await;
    let id = format!("call_{}", nameless.id);
    chat.append({
        let raw = answer(&id, Value::Null);
        move |message: &mut Message| {
            message.media_type = MediaType::ToolResponse;
            message.raw = raw;
            message.text = "noon".to_owned();
        }
    })
    .await;
    chat.says_text("Well?").await;
    let called = |id: &str, name: &str, arguments: &str| {
        let function = json!({"name": name, "arguments": arguments});
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": id, "type": "function", "function": function}]})
    };
    let answered =
        |id: &str, content: &str| json!({"role": "tool", "tool_call_id": id, "content": content});
    let expected = json!([
        line("user", "Look it up"),
        called("a", "search", r#"{"q":"a"}"#),
        answered("a", "found"),
        called("b", "search", r#"{"q":"b"}"#),
        answered("b", r#"{"found":2}"#),
        line("user", "Are you there?"),
        called(&id, "now", "{}"),
        answered(&id, "noon"),
        line("user", "Well?"),
    ]);
    assert_eq!(told(&chat, json!({})).await, expected);
}

/// Thoughts are not part of the reply.
#[tokio::test]
async fn thoughts_are_left_out() {
    let chat = Chat::new().await;
    for content in [
        json!("<think>\nsecret\n</think>\n\nHello!"),
        json!("<thinking>secret</thinking>Hello!"),
        json!("<THINK>secret</Think> Hello!"),
        json!("secret</think>Hello!"),
        json!("Hello!<think>secret"),
        json!([{"type": "thinking", "thinking": [{"type": "text", "text": "secret"}]}, {"type": "text", "text": "Hello!"}]),
        json!([{"type": "reasoning", "text": "secret"}, {"type": "text", "text": "Hello!"}]),
    ] {
        let mut answer = completion(content);
        answer["choices"][0]["message"]["reasoning_content"] = "secret".into();
        let server = Server::new(say(200, answer)).await;
        chat.says_text("Hello").await;
        let outcome = ask(&chat, &server, json!({})).await;
        assert_eq!(outcome.replies[0].text, "Hello!");
    }
}
