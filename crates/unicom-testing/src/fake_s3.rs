//! `FakeS3`: buckets on the network, played in memory.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// As much of an S3 server as a media store needs, on a port of this machine, until the process ends.
///
/// It answers whoever signs as S3 wants it (AWS4-HMAC-SHA256), and does not check the signature. All objects were stored
/// on 2020-01-02, and lists have two of them on a page.
///
/// ```
/// use unicom_core::media::{MediaSource, MediaStore, ObjectMediaStore};
/// use unicom_testing::FakeS3;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = FakeS3::start();
/// let store = ObjectMediaStore::from_url("s3://bucket", server.options("id", "secret"))?;
/// store.put("a".to_owned(), MediaSource::Bytes("a file".into())).await?;
/// assert_eq!(server.object("/bucket/a").unwrap(), b"a file");
/// # Ok::<(), unicom_core::media::MediaError>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct FakeS3 {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

type Parts = BTreeMap<u32, Vec<u8>>;

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, Parts>,
    refused_part: Option<u32>,
    keeps_all: bool,
    heads: Vec<String>,
}

impl FakeS3 {
    /// Starts it, without an object.
    ///
    /// # Panics
    /// Where there is no port.
    pub fn start() -> Self {
        let listening = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) =
            listening.unwrap_or_else(|error| panic!("cannot listen: {error}"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // An error says that the client has gone.
                let _ = answer(connection, &shared);
            }
        });
        Self { address, state }
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a media store needs to know to keep its files here, under this access key.
    pub fn options(&self, key_id: &str, secret: &str) -> Vec<(String, String)> {
        let endpoint = self.endpoint();
        let options = [
            ("endpoint", endpoint.as_str()),
            ("region", "test-1"),
            ("access_key_id", key_id),
            ("secret_access_key", secret),
            ("allow_http", "true"),
        ];
        options
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    /// Where there are objects: `/bucket/key`, as it stands in a URL.
    pub fn objects(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// The object at `/bucket/key`.
    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.state().objects.get(path).cloned()
    }

    /// How many uploads in parts were begun, and neither ended nor aborted.
    pub fn unfinished_uploads(&self) -> usize {
        self.state().uploads.len()
    }

    /// Refuses the part of this number in every upload from now on.
    pub fn refuse_part(&self, number: u32) {
        self.state().refused_part = Some(number);
    }

    /// Whether it refuses to delete objects from now on.
    pub fn refuse_deletions(&self, refuse: bool) {
        self.state().keeps_all = refuse;
    }

    /// What each request began with: its first line and its headers, as they came.
    pub fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

struct Request {
    method: String,
    path: String,
    query: String,
    range: Option<String>,
    body: Vec<u8>,
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
fn answer(mut connection: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let header = |name: &str| {
        let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;

    let mut words = head.split(' ').map(str::to_owned);
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        range: header("range"),
        body,
    };
    let is_signed = header("authorization")
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential="));
    let response = {
        let mut state = lock(state);
        let response = match is_signed {
            true => handle(&mut state, request),
            false => Some(response("403 Forbidden", "")),
        };
        state.heads.push(head);
        response.unwrap_or_else(|| self::response("400 Bad Request", ""))
    };
    let head = format!(
        "HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
        response.status,
        response.headers,
        response.body.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(&response.body)
}

/// The answer; none to what no media store asks for.
fn handle(state: &mut State, request: Request) -> Option<Response> {
    let parameter = |name: &str| {
        let mut pairs = request
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(key, value)| (key == name).then(|| value.replace("%2F", "/")))
    };
    let (upload, part) = (parameter("uploadId"), parameter("partNumber"));
    let path = request.path;
    let answered = match (request.method.as_str(), upload, part) {
        ("POST", None, None) => {
            let id = format!("u{}", state.uploads.len());
            let xml = format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            state.uploads.insert(id, Parts::new());
            response("200 OK", xml)
        }
        ("PUT", Some(id), Some(part)) => {
            let part: u32 = part.parse().ok()?;
            if state.refused_part == Some(part) {
                return Some(response("403 Forbidden", ""));
            }
            state.uploads.get_mut(&id)?.insert(part, request.body);
            response("200 OK", "")
        }
        ("POST", Some(id), None) => {
            let parts = state.uploads.remove(&id)?;
            let whole: Vec<Vec<u8>> = parts.into_values().collect();
            state.objects.insert(path, whole.concat());
            response(
                "200 OK",
                "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
            )
        }
        ("DELETE", Some(id), None) => {
            state.uploads.remove(&id)?;
            response("204 No Content", "")
        }
        ("PUT", None, None) => {
            state.objects.insert(path, request.body);
            response("200 OK", "")
        }
        ("DELETE", None, None) if state.keeps_all => response("403 Forbidden", ""),
        ("DELETE", None, None) => {
            state.objects.remove(&path);
            response("204 No Content", "")
        }
        ("GET", None, None) if parameter("list-type").as_deref() == Some("2") => {
            let after = parameter("continuation-token");
            list(state, &path, &parameter("prefix")?, after.as_deref())
        }
        ("GET", None, None) => match (state.objects.get(&path), request.range) {
            (None, _) => response("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"),
            (Some(file), None) => response("200 OK", file.clone()),
            (Some(file), Some(range)) => partial(file, &range)?,
        },
        _ => return None,
    };
    Some(answered)
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
                "<Contents><Key>{name}</Key><LastModified>2020-01-02T03:04:05.000Z</LastModified><ETag>e</ETag>\
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

/// The bytes of `bytes=FIRST-LAST`.
fn partial(file: &[u8], range: &str) -> Option<Response> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let start: usize = first.parse().ok()?;
    let end = file.len().min(last.parse::<usize>().ok()? + 1);
    let Some(part) = file.get(start..end).filter(|part| !part.is_empty()) else {
        return Some(response("416 Range Not Satisfiable", ""));
    };
    let mut response = response("206 Partial Content", part);
    let content_range = format!(
        "Content-Range: bytes {start}-{}/{}\r\n",
        end - 1,
        file.len()
    );
    response.headers.push_str(&content_range);
    Some(response)
}
