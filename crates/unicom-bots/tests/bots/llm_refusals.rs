//! Requests that a model refuses: what is changed before it is called again, and what is
//! remembered.

use serde_json::{Value, json};
use unicom_bots::Llm;
use unicom_core::Bot;
use unicom_core::bots::{BotError, Outcome};
use unicom_db::DbError;
use unicom_db::queries::queue;
use unicom_models::RequestStatus;
use unicom_testing::scripted_server::{Play, Server, say};
use unicom_testing::{TestDatabase, both_engines};

use crate::chat::Chat;
use crate::llm::{completion, config};

fn refused(status: u16, message: &str) -> Play {
    say(
        status,
        json!({"error": {"message": message, "type": "invalid_request_error"}}),
    )
}

fn accepted() -> Play {
    say(200, completion("Yes".into()))
}

/// Plays these answers, and then accepts everything.
async fn server(mut plays: Vec<Play>) -> Server {
    plays.push(accepted());
    Server::at("127.0.0.2", plays).await
}

/// Lets the bot answer Ada's newest message.
async fn ask(llm: &Llm, chat: &Chat, server: &Server, change: &Value) -> Result<Outcome, BotError> {
    let mut config = config(server);
    for (name, value) in change.as_object().unwrap() {
        config[name] = value.clone();
    }
    llm.handle(chat.incoming(config).await).await
}

/// Returns the contents of the messages of each call.
fn told(server: &Server) -> Vec<Vec<Value>> {
    let contents = |body: Value| {
        let messages = body["messages"].as_array().unwrap().clone();
        messages
            .into_iter()
            .map(|one| one["content"].clone())
            .collect()
    };
    let asked = server.requests().into_iter();
    asked.map(|asked| contents(asked.json())).collect()
}

/// A model that takes no images is told their names, and does not get them again.
#[tokio::test]
async fn images_are_left_out_once_refused() {
    for refusal in [
        refused(400, "image_url is only supported by certain models."),
        refused(422, "unknown variant `image_url`, expected `text`"),
        refused(415, "no"),
        refused(404, "No endpoints found that support image input"),
        refused(500, "image input is not supported - hint: use mmproj"),
        say(
            200,
            json!({"error": {"code": 400, "message": "Provider returned error"}}),
        ),
        say(
            400,
            json!([{"error": {"code": 400, "message": "Unable to process input image"}}]),
        ),
    ] {
        let server = server(vec![refusal]).await;
        let chat = Chat::new().await;
        let llm = chat.llm();
        chat.shows("cat.gif", "Look", 100).await;
        ask(&llm, &chat, &server, &json!({})).await.unwrap();
        chat.says_text("Never mind").await;
        ask(&llm, &chat, &server, &json!({})).await.unwrap();
        let told = told(&server);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0][0][0]["type"], "image_url");
        assert_eq!(told[1], [json!("[image cat.gif]\nLook")]);
        assert_eq!(told[2][0], "[image cat.gif]\nLook");
        // Another image is tried, since the model may have refused this one only.
        chat.shows("dog.gif", "", 100).await;
        ask(&llm, &chat, &server, &json!({})).await.unwrap();
        let last = server.requests().pop().unwrap().json();
        assert_eq!(
            last["messages"].as_array().unwrap().last().unwrap()["content"][0]["type"],
            "image_url"
        );
        assert_eq!(last["messages"][0]["content"], "[image cat.gif]\nLook");
    }
}

/// After the images, most of the history is left out, and then all of it. What was accepted is
/// where later histories begin.
#[tokio::test]
async fn history_is_shortened_until_it_is_accepted() {
    let too_long = || refused(400, "This model's maximum context length is 100 tokens");
    for (refusals, last) in [
        (vec![too_long()], vec!["7", "8"]),
        (
            vec![refused(400, "filtered"), refused(413, "too large")],
            vec!["8"],
        ),
    ] {
        let calls = refusals.len() + 1;
        let server = server(refusals).await;
        let chat = Chat::new().await;
        let llm = chat.llm();
        for number in 1..=8 {
            chat.says_text(&number.to_string()).await;
        }
        ask(&llm, &chat, &server, &json!({})).await.unwrap();
        let all = told(&server);
        assert_eq!(all.len(), calls);
        assert_eq!(all[0].len(), 8);
        assert_eq!(*all.last().unwrap(), last);
        chat.says_text("9").await;
        ask(&llm, &chat, &server, &json!({})).await.unwrap();
        let all = told(&server);
        assert_eq!(all.len(), calls + 1);
        assert_eq!(*all.last().unwrap(), [last, vec!["9"]].concat());
    }
}

/// A request that is always refused is sent once with each reduction, and then fails.
#[tokio::test]
async fn number_of_calls_is_bounded() {
    for status in [400, 413, 422, 451] {
        let server = Server::new(refused(status, "content_filter")).await;
        let chat = Chat::new().await;
        for number in 1..=8 {
            chat.shows(&format!("{number}.gif"), "Look", 100).await;
        }
        let change = json!({"temperature": 1, "max_tokens": 5});
        let error = ask(&chat.llm(), &chat, &server, &change).await.unwrap_err();
        assert!(matches!(&error, BotError::Permanent(said) if said.contains("content_filter")));
        let told = told(&server);
        let lengths: Vec<usize> = told.iter().map(Vec::len).collect();
        assert_eq!(lengths, [8, 8, 2, 1]);
    }
    for status in [401, 402, 403, 404] {
        let server = Server::new(refused(status, "no")).await;
        let chat = Chat::new().await;
        chat.says_text("One").await;
        chat.shows("cat.gif", "Look", 100).await;
        ask(&chat.llm(), &chat, &server, &json!({}))
            .await
            .unwrap_err();
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    // Moderation has a status that is otherwise about the key.
    let flagged =
        json!({"error": {"code": 403, "message": "flagged", "metadata": {"reasons": ["x"]}}});
    let server = server(vec![say(403, flagged)]).await;
    let chat = Chat::new().await;
    chat.says_text("One").await;
    chat.says_text("Two").await;
    ask(&chat.llm(), &chat, &server, &json!({})).await.unwrap();
    assert_eq!(told(&server)[1], ["Two"]);
}

/// A parameter that a model does not know is renamed or left out, and stays so.
#[tokio::test]
async fn unknown_parameters_are_changed_once() {
    let openai = "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                  'max_completion_tokens' instead.";
    let value = "Unsupported value: 'temperature' does not support 0.5 with this model.";
    let extra = |name: &str| {
        let error =
            json!({"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"});
        say(422, json!({"detail": [error]}))
    };
    for (refusals, expected) in [
        (vec![], json!([100, null, 0.5])),
        (vec![refused(400, openai)], json!([null, 100, 0.5])),
        (
            vec![refused(400, openai), refused(400, value)],
            json!([null, 100, null]),
        ),
        (
            vec![refused(400, openai), extra("max_completion_tokens")],
            json!([null, null, 0.5]),
        ),
        (vec![extra("temperature")], json!([100, null, null])),
        (
            vec![say(
                400,
                json!({"error": {"message": "no", "param": "temperature"}}),
            )],
            json!([100, null, null]),
        ),
    ] {
        let calls = refusals.len() + 1;
        let server = server(refusals).await;
        let chat = Chat::new().await;
        let llm = chat.llm();
        let change = json!({"max_tokens": 100, "temperature": 0.5});
        for turn in 0..2 {
            chat.says_text("Hello").await;
            ask(&llm, &chat, &server, &change).await.unwrap();
            let asked = server.requests();
            assert_eq!(asked.len(), calls + turn);
            let sent = asked.last().unwrap().json();
            let sent = json!([
                sent["max_tokens"],
                sent["max_completion_tokens"],
                sent["temperature"]
            ]);
            assert_eq!(sent, expected);
        }
        // Another model is not concerned.
        let change = json!({"max_tokens": 100, "temperature": 0.5, "model": "other"});
        chat.says_text("Hello").await;
        ask(&llm, &chat, &server, &change).await.unwrap();
        let sent = server.requests().pop().unwrap().json();
        assert_eq!(
            (&sent["max_tokens"], &sent["temperature"]),
            (&json!(100), &json!(0.5))
        );
    }
}

/// Streams behave alike, and are given up if the model does not stream.
#[tokio::test]
async fn streams_are_changed_too() {
    for (refusal, expected) in [
        (
            refused(400, "stream_options is not supported"),
            json!([true, null]),
        ),
        (
            say(
                400,
                json!({"error": {"message": "must be verified", "param": "stream"}}),
            ),
            json!([null, null]),
        ),
        (
            refused(400, "image_url is not supported"),
            json!([true, {"include_usage": true}]),
        ),
        (
            Play::Say(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
                  data: {\"error\": {\"code\": 400, \"message\": \"no images\"}}\n\n"
                    .to_vec(),
            ),
            json!([true, {"include_usage": true}]),
        ),
    ] {
        let server = server(vec![refusal]).await;
        let chat = Chat::new().await;
        chat.shows("cat.gif", "", 100).await;
        let outcome = ask(&chat.llm(), &chat, &server, &json!({"stream": true})).await;
        assert_eq!(outcome.unwrap().replies[0].text, "Yes");
        let sent = server.requests()[1].json();
        assert_eq!(json!([sent["stream"], sent["stream_options"]]), expected);
    }
}

/// A message whose request has failed for good is told without its image.
async fn image_of_a_failed_request(db: &TestDatabase) {
    let server = server(Vec::new()).await;
    let chat = Chat::on(db).await;
    chat.shows("cat.gif", "", 100).await;
    end_newest(&chat, RequestStatus::Failed).await;
    chat.shows("dog.gif", "", 100).await;
    end_newest(&chat, RequestStatus::Completed).await;
    chat.says_text("And now?").await;
    ask(&chat.llm(), &chat, &server, &json!({})).await.unwrap();
    let told = told(&server).remove(0);
    assert_eq!(told[0], "[image cat.gif]");
    assert_eq!(told[1][0]["type"], "image_url");
    assert_eq!(told[2], "And now?");
}

/// Ends the request of the newest message.
async fn end_newest(chat: &Chat, status: RequestStatus) {
    let mut request = chat.incoming(json!({})).await.request;
    let ended: Result<bool, DbError> = chat
        .database
        .write(move |tx| {
            request.reach(status, tx.now());
            queue::finish(tx, &request, None)
        })
        .await;
    assert!(ended.unwrap());
}

both_engines! {
    async fn image_of_a_failed_request_is_not_sent(db: &TestDatabase) {
        image_of_a_failed_request(db).await;
    }
}
