//! `FakeS3`: buckets on the network, played in memory.

mod exchange;
mod message;
mod objects;
#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use objects::{State, lock};

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
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // An error says that the client has gone.
                thread::spawn(move || exchange::answer(connection, &shared));
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
        self.state().refuses_deletions = refuse;
    }

    /// What each request began with: its first line and its headers, as they came.
    pub fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}
