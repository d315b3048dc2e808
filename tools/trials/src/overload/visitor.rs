//! A visitor of the pool, with a persistent connection and at most one request in progress.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use unicom_bench::http::{Answer, get};

use crate::ack_log::AckLog;
use crate::client::{Client, Draft};
use crate::connection::Said;

/// How long to wait for a response: far longer than the server lets a request wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// The size of the read buffer in bytes.
const ROOM: usize = 16 << 10;

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
    server: SocketAddr,
    ack_log: Arc<AckLog>,
    name: String,
    written: u32,
    /// The message that is not acknowledged yet. It is sent again with the same id, as a page's
    /// script does.
    draft: Option<Draft>,
    stream: Option<TcpStream>,
}

impl Visitor {
    /// Creates a visitor. `name` must be unique.
    pub fn new(server: SocketAddr, ack_log: Arc<AckLog>, client: Client, name: String) -> Self {
        Self {
            client,
            server,
            ack_log,
            name,
            written: 0,
            draft: None,
            stream: None,
        }
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
        let said = match tokio::time::timeout(PATIENCE, self.exchange(&request)).await {
            Ok(said) => said,
            Err(_) => Err(anyhow::anyhow!("no answer in {} s", PATIENCE.as_secs())),
        };
        let took = begun.elapsed();
        let outcome = match said {
            Ok(said) => self.hear(draft, &said),
            Err(error) => {
                self.stream = None;
                self.keep(draft);
                Outcome::Broken(reason(&error))
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

    fn request(&self, wish: Wish, draft: Option<&Draft>) -> Vec<u8> {
        match (wish, draft) {
            (Wish::Send, Some(draft)) => self.client.send(self.server, 0, draft),
            (Wish::Ready, _) => get(self.server, "/readyz"),
            _ => {
                let last = self.client.chats[0].sent.last();
                let after = last.map(|last| format!("?after={}", last.id));
                let path = format!("/unicom/webchat/messages/{}", after.unwrap_or_default());
                self.client.get(self.server, &path)
            }
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Said> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.server).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(request).await?;
        let mut received = Vec::new();
        loop {
            received.reserve(ROOM);
            let read = stream.read_buf(&mut received).await?;
            if read == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof))
                    .context("the server closed the connection");
            }
            if let Some(answer) = Answer::parse(&received)? {
                let is_last = answer.header("connection") == Some("close");
                let said = Said::from(answer);
                if is_last {
                    self.stream = None;
                }
                return Ok(said);
            }
        }
    }

    fn hear(&mut self, draft: Option<Draft>, said: &Said) -> Outcome {
        let code = match said.status {
            200 => String::new(),
            _ => said.code(),
        };
        match draft {
            Some(draft) if said.status == 200 => {
                self.client.note(&self.ack_log, 0, draft, said);
            }
            draft => self.keep(draft),
        }
        Outcome::Said {
            status: said.status,
            code,
            has_retry_after: said.has_retry_after,
        }
    }
}

/// Returns the reason for a missing response, without details that differ each time.
fn reason(error: &anyhow::Error) -> String {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.kind().to_string(),
        None => error.to_string(),
    }
}
