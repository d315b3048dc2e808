//! A running `unicom serve` or `unicom quickstart`, killed when it is dropped.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::workspace::Workspace;

/// Time limit for a server to start or stop: far longer than it takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Server {
    child: Child,
    /// The address it listens on: `http://127.0.0.1:PORT`.
    pub origin: String,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

impl Server {
    pub fn serve(home: &Workspace) -> Self {
        Self::start(home.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    pub fn quickstart(home: &Workspace) -> Self {
        Self::start(home.command(&["quickstart", "--listen", "127.0.0.1:0"]))
    }

    /// Starts a server on a free port and waits until it accepts connections, since it does not log
    /// its address.
    pub fn start_silently(mut command: Command) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut server = Self::spawn(command.env("UNICOM_LISTEN", address.to_string()));
        let since = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = server.child.try_wait().unwrap();
            let said = server.err();
            assert!(
                ended.is_none() && since.elapsed() < PATIENCE,
                "{ended:?}: {said}"
            );
            thread::sleep(Duration::from_millis(10));
        }
        server.origin = format!("http://{address}");
        server
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = collect(child.stdout.take().unwrap());
        let err = collect(child.stderr.take().unwrap());
        Self {
            child,
            origin: String::new(),
            out,
            err,
        }
    }

    /// Starts a server and waits until it prints its address.
    pub fn start(mut command: Command) -> Self {
        let mut server = Self::spawn(&mut command);
        let since = Instant::now();
        server.origin = loop {
            let said = format!("{}{}", server.out(), server.err());
            if let Some(origin) = origin(&said) {
                break origin;
            }
            let ended = server.child.try_wait().unwrap();
            assert!(
                ended.is_none() && since.elapsed() < PATIENCE,
                "{ended:?}: {said}"
            );
            thread::sleep(Duration::from_millis(10));
        };
        server
    }

    /// Returns what the server has printed on standard output.
    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// Returns what the server has printed on standard error.
    pub fn err(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// Sends SIGTERM and waits for the exit code.
    pub fn terminate(self) -> Option<i32> {
        self.signal();
        self.ended()
    }

    /// Sends SIGTERM.
    pub fn signal(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the exit code.
    pub fn ended(mut self) -> Option<i32> {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(since.elapsed() < PATIENCE, "still there: {}", self.err());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the server has printed `text` on standard error.
    pub fn says(&self, text: &str) {
        let since = Instant::now();
        while !self.err().contains(text) {
            assert!(since.elapsed() < PATIENCE, "no `{text}`: {}", self.err());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the address in `… listening on http://127.0.0.1:PORT/unicom`, once the line is complete.
fn origin(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("listening on http://")?;
    let (address, _) = rest.split_once('\n')?.0.split_once('/')?;
    Some(format!("http://{address}"))
}

fn collect(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let writer = Arc::clone(&text);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut text = writer.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}
