//! `EventStream`: a browser's stream of Server-Sent Events.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::timeout;

use crate::app::PATIENCE;
use crate::client::Client;

pub struct EventStream {
    chunks: BoxStream<'static, Vec<u8>>,
    received: String,
    /// The id of the last event.
    pub last_id: Option<String>,
    pub headers: HeaderMap,
}

impl EventStream {
    /// Connects with the browser's cookies, and after the event `last_id`.
    pub async fn open(client: &Client, query: &str, last_id: Option<&str>) -> Self {
        let path = format!("/unicom/webchat/events/?{query}");
        Self::open_at(client, &path, last_id).await
    }

    /// Connects to a path, with the browser's cookies or the token of a program.
    pub async fn open_at(client: &Client, path: &str, last_id: Option<&str>) -> Self {
        let url = format!("{}{path}", client.base());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http
            .get(url)
            .header("cookie", client.cookie_header())
            .header("accept", "text/event-stream");
        if let Some(bearer) = client.bearer() {
            request = request.header("authorization", bearer);
        }
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(response.status(), 200);
        let chunks = response.bytes_stream();
        Self {
            // A connection that breaks ends the stream.
            chunks: chunks
                .take_while(|chunk| std::future::ready(chunk.is_ok()))
                .map(|chunk| chunk.unwrap().to_vec())
                .boxed(),
            received: String::new(),
            last_id: None,
            headers,
        }
    }

    /// Returns the data of the next event, or `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.received.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.received = rest;
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                };
                if let Some(id) = field("id") {
                    self.last_id = Some(id.to_owned());
                }
                if let Some(data) = field("data") {
                    let data: Value = serde_json::from_str(data).unwrap();
                    assert_eq!(field("event"), data["type"].as_str());
                    return Some(data);
                }
                continue;
            }
            let chunk = timeout(PATIENCE, self.chunks.next()).await;
            let chunk = chunk.expect("the server said nothing")?;
            self.received.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
