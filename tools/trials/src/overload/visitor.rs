//! A visitor of the pool, with a persistent connection and at most one request in progress.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;

use crate::ack_log::AckLog;
use crate::client::{Client, Draft};
use crate::http::{HttpClient, Response};

/// The kind of a visitor's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Sends a message.
    Send,
    /// Reads the messages after the last one.
    Poll,
    /// Asks whether the server is ready.
    Ready,
}

/// The result of a request.
#[derive(Debug)]
pub struct Answered {
    pub wish: Wish,
    pub took: Duration,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub enum Outcome {
    /// A response with this status and, if it was refused, this error code.
    Said {
        status: u16,
        code: String,
        has_retry_after: bool,
    },
    /// No response, with the reason.
    Broken(String),
}

impl Answered {
    pub fn is_ok(&self) -> bool {
        matches!(self.outcome, Outcome::Said { status: 200, .. })
    }
}

pub struct Visitor {
    pub client: Client,
    http: HttpClient,
    ack_log: Arc<AckLog>,
    name: String,
    written: u32,
    /// The message that is not acknowledged yet. It is sent again with the same id, as a page's
    /// script does.
    draft: Option<Draft>,
}

impl Visitor {
    /// Creates a visitor. `name` must be unique.
    pub fn new(
        server: SocketAddr,
        ack_log: Arc<AckLog>,
        client: Client,
        name: String,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            client,
            http: HttpClient::new(server)?,
            ack_log,
            name,
            written: 0,
            draft: None,
        })
    }

    /// Returns `true` if there is a message that is not acknowledged yet.
    pub fn has_draft(&self) -> bool {
        self.draft.is_some()
    }

    /// Takes the message that is not acknowledged yet, or creates the next one.
    pub fn take_draft(&mut self) -> Draft {
        self.draft.take().unwrap_or_else(|| {
            self.written += 1;
            let client_id = format!("{}-{}", self.name, self.written);
            Draft {
                text: format!("{client_id}: where is my order? I have been waiting for weeks."),
                client_id,
                file: None,
            }
        })
    }

    /// Sends a request and records the response.
    pub async fn ask(mut self, wish: Wish) -> (Self, Answered) {
        let draft = (wish == Wish::Send).then(|| self.take_draft());
        let request = self.request(wish, draft.as_ref());
        let begun = Instant::now();
        let response = Response::of(request).await;
        let took = begun.elapsed();
        let outcome = match response {
            Ok(response) => self.record(draft, &response),
            Err(error) => {
                self.keep(draft);
                // The innermost error has no details that differ each time.
                Outcome::Broken(anyhow::Error::new(error).root_cause().to_string())
            }
        };
        let answered = Answered {
            wish,
            took,
            outcome,
        };
        (self, answered)
    }

    fn keep(&mut self, draft: Option<Draft>) {
        if draft.is_some() {
            self.draft = draft;
        }
    }

    fn request(&self, wish: Wish, draft: Option<&Draft>) -> RequestBuilder {
        match (wish, draft) {
            (Wish::Send, Some(draft)) => self.client.send(&self.http, 0, draft),
            (Wish::Ready, _) => self.http.get("/readyz"),
            _ => {
                let last = self.client.chats[0].sent.last();
                let after = last.map(|last| format!("?after={}", last.id));
                let path = format!("/unicom/webchat/messages/{}", after.unwrap_or_default());
                self.client.get(&self.http, &path)
            }
        }
    }

    fn record(&mut self, draft: Option<Draft>, response: &Response) -> Outcome {
        let code = match response.status {
            200 => String::new(),
            _ => response.code(),
        };
        match draft {
            Some(draft) if response.status == 200 => {
                self.client.note(&self.ack_log, 0, draft, response);
            }
            draft => self.keep(draft),
        }
        Outcome::Said {
            status: response.status,
            code,
            has_retry_after: response.has_header("retry-after"),
        }
    }
}
