//! [`FakeS3`]: an S3 server on the network, simulated in memory.

mod exchange;
mod message;
mod objects;
#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use objects::{State, lock};

/// An S3 server with the functions that a media store needs, on a local port until the process
/// ends.
///
/// It accepts requests that are signed with AWS4-HMAC-SHA256, and does not verify the signature.
/// All objects have the modification date 2020-01-02, and a page of a list has two objects.
///
/// ```
/// use unicom_core::media::{MediaSource, MediaStore};
/// use unicom_content::media::ObjectMediaStore;
/// use unicom_testing::FakeS3;
///
/// // Programs with buckets choose a provider of TLS, even for `http`.
/// let _ = rustls::crypto::ring::default_provider().install_default();
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
    /// Starts a server without objects.
    ///
    /// # Panics
    /// Panics if no port is available.
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
                // An error means that the client has disconnected.
                thread::spawn(move || exchange::answer(connection, &shared));
            }
        });
        Self { address, state }
    }

    /// Returns the URL of the server: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the options for a media store to use this server with this access key.
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

    /// Returns the paths of all objects: `/bucket/key`, encoded as in a URL.
    pub fn objects(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Returns the object at `/bucket/key`.
    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.state().objects.get(path).cloned()
    }

    /// Returns the number of multipart uploads that were begun and neither completed nor aborted.
    pub fn unfinished_uploads(&self) -> usize {
        self.state().uploads.len()
    }

    /// Refuses the part with this number in every upload from now on.
    pub fn refuse_part(&self, number: u32) {
        self.state().refused_part = Some(number);
    }

    /// Sets whether the server refuses to delete objects from now on.
    pub fn refuse_deletions(&self, refuse: bool) {
        self.state().refuses_deletions = refuse;
    }

    /// Returns the head of each request, its first line and headers, as received.
    pub fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}
