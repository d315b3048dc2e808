//! As much of an S3 server as one file at a time needs, on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

type Parts = BTreeMap<u32, Vec<u8>>;

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, Parts>,
    refused_part: Option<u32>,
}

/// A server that stores in memory and answers until the test process ends.
#[derive(Debug)]
pub(super) struct FakeS3 {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeS3 {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                answer(connection.unwrap(), &shared);
            }
        });
        Self { address, state }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn objects(&self) -> Vec<String> {
        self.state.lock().unwrap().objects.keys().cloned().collect()
    }

    pub(super) fn unfinished_uploads(&self) -> usize {
        self.state.lock().unwrap().uploads.len()
    }

    pub(super) fn refuse_part(&self, number: u32) {
        self.state.lock().unwrap().refused_part = Some(number);
    }
}

struct Response {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
}

fn response(status: &'static str, body: impl Into<Vec<u8>>) -> Response {
    Response {
        status,
        headers: "ETag: \"e\"\r\n".to_owned(),
        body: body.into(),
    }
}

/// Reads one request, answers it and closes the connection.
fn answer(mut connection: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let request = line();
    let headers: BTreeMap<String, String> = std::iter::from_fn(|| {
        let line = line();
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    })
    .collect();
    let mut body = vec![
        0;
        headers
            .get("content-length")
            .map_or(0, |n| n.parse().unwrap())
    ];
    reader.read_exact(&mut body).unwrap();

    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let range = headers.get("range").map(String::as_str);
    assert!(headers["authorization"].starts_with("AWS4-HMAC-SHA256 Credential=id/"));
    let response = handle(&mut state.lock().unwrap(), method, path, query, range, body);
    let Response {
        status,
        headers,
        body,
    } = response;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(&body).unwrap();
}

fn handle(
    state: &mut State,
    method: &str,
    path: &str,
    query: &str,
    range: Option<&str>,
    body: Vec<u8>,
) -> Response {
    let parameter = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(key, value)| (key == name).then_some(value))
    };
    match (method, parameter("uploadId"), parameter("partNumber")) {
        ("POST", None, None) => {
            let id = format!("u{}", state.uploads.len());
            let xml = format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            state.uploads.insert(id, Parts::new());
            response("200 OK", xml)
        }
        ("PUT", Some(id), Some(part)) => {
            let part: u32 = part.parse().unwrap();
            if state.refused_part == Some(part) {
                return response("403 Forbidden", "");
            }
            state.uploads.get_mut(id).unwrap().insert(part, body);
            response("200 OK", "")
        }
        ("POST", Some(id), None) => {
            let parts = state.uploads.remove(id).unwrap();
            let whole: Vec<Vec<u8>> = parts.into_values().collect();
            state.objects.insert(path.to_owned(), whole.concat());
            response(
                "200 OK",
                "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
            )
        }
        ("DELETE", Some(id), None) => {
            state.uploads.remove(id).unwrap();
            response("204 No Content", "")
        }
        ("PUT", None, None) => {
            state.objects.insert(path.to_owned(), body);
            response("200 OK", "")
        }
        ("DELETE", None, None) => {
            state.objects.remove(path);
            response("204 No Content", "")
        }
        ("GET", None, None) if parameter("list-type") == Some("2") => {
            let prefix = parameter("prefix").unwrap().replace("%2F", "/");
            let after = parameter("continuation-token").map(|token| token.replace("%2F", "/"));
            list(state, path, &prefix, after.as_deref())
        }
        ("GET", None, None) => match (state.objects.get(path), range) {
            (None, _) => response("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"),
            (Some(file), None) => response("200 OK", file.clone()),
            (Some(file), Some(range)) => partial(file, range),
        },
        other => panic!("unexpected request {other:?} {path}?{query}"),
    }
}

/// Objects on a page of a list: few, so that lists have several.
const PAGE: usize = 2;

fn list(state: &State, bucket: &str, prefix: &str, after: Option<&str>) -> Response {
    let names = state.objects.iter().filter_map(|(path, file)| {
        let name = path.strip_prefix(bucket)?.strip_prefix('/')?;
        name.starts_with(prefix).then_some((name, file.len()))
    });
    let rest: Vec<_> = names
        .filter(|(name, _)| after.is_none_or(|after| *name > after))
        .collect();
    let page = &rest[..rest.len().min(PAGE)];
    let contents: String = page
        .iter()
        .map(|(name, size)| {
            format!(
                "<Contents><Key>{name}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>e</ETag>\
                 <Size>{size}</Size></Contents>"
            )
        })
        .collect();
    let next = match page.last() {
        Some((last, _)) if rest.len() > PAGE => {
            format!("<NextContinuationToken>{last}</NextContinuationToken>")
        }
        _ => String::new(),
    };
    response(
        "200 OK",
        format!("<ListBucketResult>{contents}{next}</ListBucketResult>"),
    )
}

fn partial(file: &[u8], range: &str) -> Response {
    let (start, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    let start: usize = start.parse().unwrap();
    let end = file.len().min(last.parse::<usize>().unwrap() + 1);
    if start >= end {
        return response("416 Range Not Satisfiable", "");
    }
    let mut response = response("206 Partial Content", &file[start..end]);
    let content_range = format!(
        "Content-Range: bytes {start}-{}/{}\r\n",
        end - 1,
        file.len()
    );
    response.headers.push_str(&content_range);
    response
}
