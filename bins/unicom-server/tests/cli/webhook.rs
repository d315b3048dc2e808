//! `Hook`: the server of a webhook bot, which replies when a test tells it to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::server::Server;
use crate::workspace::{Run, Workspace};

/// Time limit for a call: the claim of a process that was stopped immediately is valid for 10 s.
const PATIENCE: Duration = Duration::from_secs(60);

/// Secret that calls are signed with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The server of a webhook bot. It replies when a test calls `answer`.
pub struct Hook {
    origin: String,
    asked: Receiver<TcpStream>,
    asking: Vec<TcpStream>,
}

impl Hook {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = mpsc::channel();
        thread::spawn(move || accept(&listener, &tell));
        Self {
            origin,
            asked,
            asking: Vec::new(),
        }
    }

    /// Creates a channel that has this bot.
    pub fn channel(&self, home: &Workspace) {
        let bot = json!({
            "kind": "webhook", "url": format!("{}/hook", self.origin), "secret_env": "UNICOM_BOT_SHOP", "timeout_s": 50,
        });
        let config = json!({ "bot": bot }).to_string();
        let create = ["channel", "create", "--platform", "WebChat", "--name"];
        let arguments = [&create[..], &["Site", "--config", &config]].concat();
        Run::of(self.command(home, &arguments).output().unwrap()).ok();
    }

    /// Starts a server that may call this bot.
    pub fn serve(&self, home: &Workspace) -> Server {
        Server::start(self.command(home, &["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Returns a `unicom` command whose bots may call this machine and that has the bot's secret.
    fn command(&self, home: &Workspace, arguments: &[&str]) -> Command {
        let mut command = home.command(arguments);
        command
            .env("UNICOM_BOT_SHOP", SECRET)
            .env("UNICOM_BOT_SHOP_HOSTS", &self.origin)
            .env("UNICOM_PRIVATE_NETWORKS", "127.0.0.0/8");
        command
    }

    /// Waits until the bot is called.
    pub fn is_asked(&mut self) {
        self.asking.push(self.asked.recv_timeout(PATIENCE).unwrap());
    }

    /// Answers all pending calls. The callers may have disconnected.
    pub fn answer(&mut self, text: &str) {
        let body = json!({ "text": text }).to_string();
        for mut stream in self.asking.drain(..) {
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    }
}

/// Passes on each connection on which a whole request has arrived.
fn accept(listener: &TcpListener, tell: &Sender<TcpStream>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let head = until(&mut stream, "\r\n\r\n").to_lowercase();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length = length.lines().next().unwrap().parse().unwrap();
        stream.read_exact(&mut vec![0; length]).unwrap();
        if tell.send(stream).is_err() {
            return;
        }
    }
}

/// Reads up to and including `end`.
pub fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let mut byte = [0];
        let count = stream.read(&mut byte).unwrap();
        assert_eq!(
            count,
            1,
            "closed after {:?}",
            String::from_utf8_lossy(&read)
        );
        read.push(byte[0]);
    }
    String::from_utf8(read).unwrap()
}
