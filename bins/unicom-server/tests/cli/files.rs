//! Tests of `unicom media`, and of the files that are left when a server is killed.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use unicom_db::{DbError, on_engine};
use unicom_models::Id;
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::install_crypto;
use crate::workspace::{Workspace, has};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Time limit for background work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Creates a file of this age in the media store that `UNICOM_DATA_DIR` names. No row refers to it.
fn orphan(home: &Workspace, age: Duration) -> PathBuf {
    let folder = home.path().join("data/media/messages");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{}.png", Id::new()));
    fs::write(&path, "a picture").unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
    path
}

/// Sends messages of a guest, each with a file, and makes the files a month old.
async fn messages(home: &Workspace, number: usize) {
    install_crypto();
    let server = serve(home);
    let guest = reqwest::Client::new();
    let send = format!("{}/unicom/webchat/send/", server.origin);
    let token = token(&guest, &server).await;
    for _ in 0..number {
        let head = b"--b\r\ncontent-disposition: form-data; name=\"media\"\r\n\r\n".as_slice();
        let body = [
            head,
            include_bytes!("../fixtures/media/image.png"),
            b"\r\n--b--\r\n",
        ]
        .concat();
        let sent = guest
            .post(&send)
            .header("x-csrftoken", &token)
            .header("cookie", format!("csrftoken={token}"))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 200);
    }
    assert_eq!(server.terminate(), Some(0));
    let folder = home.path().join("data/media/messages");
    let files = fs::read_dir(folder).unwrap();
    for file in files {
        let file = File::options()
            .write(true)
            .open(file.unwrap().path())
            .unwrap();
        file.set_modified(SystemTime::now() - 30 * DAY).unwrap();
    }
}

fn serve(home: &Workspace) -> Server {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("UNICOM_DATA_DIR", "data");
    Server::start(command)
}

/// Returns the CSRF token of a new visitor.
async fn token(client: &reqwest::Client, server: &Server) -> String {
    let session = client.get(format!("{}/unicom/auth/session/", server.origin));
    let session: Value = session.send().await.unwrap().json().await.unwrap();
    session["csrf_token"].as_str().unwrap().to_owned()
}

fn sweep(home: &Workspace, flags: &[&str]) -> Value {
    home.json(&[&["--data-dir", "data", "media", "sweep", "--yes"], flags].concat())
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Returns the files under `folder` that are being received.
fn received(folder: &Path) -> Vec<PathBuf> {
    let entries = |path: &Path| -> Vec<PathBuf> {
        let found = fs::read_dir(path).into_iter().flatten();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    folders.flat_map(|folder| entries(&folder)).collect()
}

both_engines! {
    migrations: [];

    async fn orphaned_files_are_swept_on_demand(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        messages(&home, 3).await;
        let (old, young) = (orphan(&home, 8 * DAY), orphan(&home, DAY));
        let counted = json!({ "files": 4, "orphans": 1, "deleted": 0, "not_deleted": 0, "unfinished": 0 });
        assert_eq!(sweep(&home, &["--dry-run"]), counted);
        assert!(old.exists());
        let told = home.run(&["--data-dir", "data", "media", "sweep", "--dry-run"]).ok();
        has(&told, &["references 1 of 4 files"]);
        assert_eq!(sweep(&home, &[])["deleted"], 1);
        assert!(!old.exists() && young.exists());
        let nothing = json!({ "files": 3, "orphans": 0, "deleted": 0, "not_deleted": 0, "unfinished": 0 });
        assert_eq!(sweep(&home, &[]), nothing);
        assert_eq!(home.audited()[0], "cli media.sweep media");
    }

    async fn mostly_orphaned_store_is_not_swept(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        messages(&home, 1).await;
        let orphans = [orphan(&home, 8 * DAY), orphan(&home, 9 * DAY)];
        // A server logs this once and continues. The store was swept when the last one began.
        let due = "DELETE FROM unicom_leases WHERE kind = 'housekeeping'";
        let due = db.database().write(move |tx| -> Result<(), DbError> {
            Ok(on_engine!(&mut **tx, conn => conn.batch_execute(due))?)
        });
        due.await.unwrap();
        let server = serve(&home);
        until("a word in the log", || server.err().contains("no message references 2 of 3 files")).await;
        assert_eq!(server.terminate(), Some(0));
        let refused = home.run(&["--data-dir", "data", "media", "sweep", "--yes"]).failure();
        has(&refused, &["2 of 3 files", "`--force`"]);
        assert!(orphans.iter().all(|path| path.exists()));
        home.run(&["--data-dir", "data", "media", "sweep", "--dry-run", "--force"]).wrong_use();
        assert_eq!(sweep(&home, &["--force"])["deleted"], 2);
        assert!(!orphans.iter().any(|path| path.exists()));
    }

    async fn partial_uploads_of_a_killed_server_are_deleted_at_startup(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        install_crypto();
        let uploads = home.path().join("data/uploads");
        let server = serve(&home);
        // A second server, which keeps running while the first is killed.
        let other = serve(&home);
        let mut halves = Vec::new();
        for server in [&server, &other] {
            let token = token(&reqwest::Client::new(), server).await;
            let mut half = TcpStream::connect(server.origin.trim_start_matches("http://")).unwrap();
            let head = format!(
                "POST /unicom/webchat/send/ HTTP/1.1\r\nhost: localhost\r\ncookie: csrftoken={token}\r\nx-csrftoken: {token}\r\n\
                 content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n--b\r\n\
                 content-disposition: form-data; name=\"media\"\r\n\r\n"
            );
            half.write_all(head.as_bytes()).unwrap();
            half.write_all(&[7; 30_000]).unwrap();
            halves.push(half);
        }
        until("two files that are being received", || received(&uploads).len() == 2).await;
        server.kill();
        assert_eq!(received(&uploads).len(), 2);
        let server = serve(&home);
        assert_eq!(received(&uploads).len(), 1, "what the other server receives stays");
        drop(halves);
        until("nothing that is being received", || received(&uploads).is_empty()).await;
        for server in [server, other] {
            assert_eq!(server.terminate(), Some(0));
        }
        // Servers that have ended leave at most an empty folder, until the next one starts.
        let server = serve(&home);
        let is_folder = |entry: &fs::DirEntry| entry.path().is_dir();
        let entries = || fs::read_dir(&uploads).unwrap().map(Result::unwrap);
        assert_eq!(entries().filter(is_folder).count(), 1);
        // The server's folder, the lock of that folder, and the lock for taking turns.
        assert_eq!(entries().count(), 3);
        drop(server);
    }
}
