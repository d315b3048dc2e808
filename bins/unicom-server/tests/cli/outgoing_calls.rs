//! How the calls of bots leave the machine: through a proxy of the environment, and with TLS of a
//! private certificate authority.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::Workspace;

/// A certificate authority, and a certificate of it for 8.8.8.8, with its key. Valid for a century.
const CA: &str = include_str!("../fixtures/tls/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("../fixtures/tls/model.pem");
const KEY: &[u8] = include_bytes!("../fixtures/tls/model.key");

/// A proxy that answers as a model itself, in a tunnel with TLS if one is asked for.
struct Proxy {
    address: String,
    /// The first lines of what it was asked.
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let asked = Arc::clone(&lines);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let asked = Arc::clone(&asked);
                // A client that does not trust the certificate closes the connection.
                thread::spawn(move || drop(serve(stream, &asked)));
            }
        });
        Self { address, lines }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, lines: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let line = read_request(&mut stream, lines)?;
    if !line.starts_with("CONNECT ") {
        return answer(&mut stream);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let certificates = CertificateDer::pem_slice_iter(CERTIFICATE).map(Result::unwrap);
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates.collect(), key)
        .unwrap();
    let connection = ServerConnection::new(Arc::new(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    read_request(&mut stream, lines)?;
    answer(&mut stream)
}

/// Reads a request and returns its first line.
fn read_request(stream: &mut impl Read, lines: &Mutex<Vec<String>>) -> std::io::Result<String> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    lines.lock().unwrap().push(first.trim_end().to_owned());
    Ok(first)
}

fn answer(stream: &mut impl Write) -> std::io::Result<()> {
    let message = json!({"role": "assistant", "content": "Hello from afar"});
    let body = json!({"choices": [{"index": 0, "finish_reason": "stop", "message": message}]});
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    stream.flush()
}

/// Starts a server whose bot calls a model at `base_url`, with these variables.
fn start(home: &Workspace, base_url: &str, variables: &[(&str, &str)]) -> Server {
    let bot = json!({"kind": "llm", "base_url": base_url, "model": "m", "timeout_s": 5});
    home.channel(&json!({ "bot": bot }).to_string());
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--attempts", "1"]);
    command.envs(variables.iter().copied());
    Server::start(command)
}

#[tokio::test]
async fn http_proxy_is_used() {
    let (home, proxy) = (Workspace::new(), Proxy::start());
    let variables = [
        ("HTTP_PROXY", proxy.address.as_str()),
        ("NO_PROXY", "10.0.0.0/8"),
    ];
    let server = start(&home, "http://8.8.8.8/v1", &variables);
    let visitor = Visitor::of(&server);
    visitor.send("Hello").await;
    assert_eq!(visitor.texts_once(2).await, ["Hello", "Hello from afar"]);
    assert_eq!(
        proxy.lines(),
        ["POST http://8.8.8.8/v1/chat/completions HTTP/1.1"]
    );
}

#[tokio::test]
async fn private_certificate_authority_is_trusted_if_it_is_named() {
    for is_trusted in [true, false] {
        let (home, proxy) = (Workspace::new(), Proxy::start());
        home.write("ca.pem", CA);
        let file = home.path().join("ca.pem");
        let file = file.to_str().unwrap();
        let mut variables = vec![("https_proxy", proxy.address.as_str())];
        if is_trusted {
            variables.push(("SSL_CERT_FILE", file));
        }
        let server = start(&home, "https://8.8.8.8/v1", &variables);
        let visitor = Visitor::of(&server);
        visitor.send("Hello").await;
        let texts = visitor.texts_once(2).await;
        let requests = home.json(&["request", "list"]);
        let request: &Value = &requests[0];
        if is_trusted {
            assert_eq!(texts, ["Hello", "Hello from afar"]);
            let asked = [
                "CONNECT 8.8.8.8:443 HTTP/1.1",
                "POST /v1/chat/completions HTTP/1.1",
            ];
            assert_eq!(proxy.lines(), asked);
            assert_eq!(request["status"], "COMPLETED");
        } else {
            assert!(texts[1].starts_with("Sorry"), "{texts:?}");
            assert!(
                request["error"].to_string().contains("certificate"),
                "{request}"
            );
        }
    }
}
