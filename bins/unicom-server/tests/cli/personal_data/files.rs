//! Tests of a person's files: exported if the store still has them, and erased if it can delete
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Run, Workspace, has};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

const MP3: &[u8] = include_bytes!("../../fixtures/media/sound-plain.mp3");

/// Runs `unicom` with the files in `home`, on either engine.
fn run(home: &Workspace, arguments: &[&str]) -> Run {
    home.run(&[&["--data-dir", "data"], arguments].concat())
}

/// Sends both files as a guest. Returns the guest's account.
async fn guest_with_files(home: &Workspace) -> String {
    home.echo_channel();
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start({
        command.args(["--data-dir", "data"]);
        command
    });
    let guest = Visitor::of(&server);
    guest.send_file(GIF).await;
    let message = guest.send_file(MP3).await;
    assert_eq!(server.terminate(), Some(0));
    message["chat_id"].as_str().unwrap().to_owned()
}

/// Returns the file with this extension in the media store.
fn stored(home: &Workspace, extension: &str) -> PathBuf {
    let files = fs::read_dir(home.path().join("data/media/messages")).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|found| found == extension))
        .unwrap()
}

/// Returns the path of each exported file, oldest first.
fn paths(document: &Value) -> Vec<String> {
    let chats = document["chats"].as_array().unwrap().iter();
    let messages = chats.flat_map(|chat| chat["messages"].as_array().unwrap());
    let paths = messages.filter_map(|message| message["file"]["path"].as_str());
    paths.map(str::to_owned).collect()
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

both_engines! {
    migrations: [];

    async fn export_contains_files_and_names_missing_ones(db: &TestDatabase) {
        let home = Workspace::on(db);
        let guest = guest_with_files(&home).await;
        let export = |name: &str| {
            let output = format!("{name}.json");
            run(&home, &["account", "export", &guest, "--output", &output, "--files", name])
        };
        let document = || -> Value { serde_json::from_slice(&read(&home.path().join("half.json"))).unwrap() };

        has(&export("whole").ok(), &["is exported to `whole.json`"]);
        assert_eq!(fs::read_dir(home.path().join("whole")).unwrap().count(), 2);

        fs::remove_file(stored(&home, "gif")).unwrap();
        let said = export("half").failure();
        let [gif, mp3] = paths(&document()).try_into().unwrap();
        has(&said, &["unicom: exported, except files missing from the media store: ", &gif]);
        assert!(!said.contains(&mp3), "{said}");
        // The other files are exported, readable only by their owner.
        let copy = home.path().join("half").join(&mp3);
        assert_eq!(read(&copy), MP3);
        assert_eq!(fs::read_dir(home.path().join("half")).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&copy), mode(copy.parent().unwrap())), (0o600, 0o700));
        }

        fs::remove_file(stored(&home, "mp3")).unwrap();
        let said = export("none").failure();
        has(&said, &[&gif, &mp3]);
        // An export without files needs no store.
        run(&home, &["account", "export", &guest]).ok();
    }

    async fn undeleted_files_of_an_erased_account_are_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let guest = guest_with_files(&home).await;
        // A folder takes the file's place, so deleting the file fails.
        let gif = stored(&home, "gif");
        fs::remove_file(&gif).unwrap();
        fs::create_dir_all(gif.join("in it")).unwrap();
        let mp3 = stored(&home, "mp3");

        let erased = run(&home, &["account", "erase", &guest, "--yes"]);
        assert_eq!(erased.code, Some(1), "{erased:?}");
        has(&erased.out, &[&format!("of account `{guest}` were erased:"), "2 files"]);
        has(&erased.err, &["cannot delete a file that no message references", "unicom: files that could not be deleted: 1;"]);
        assert!(gif.exists() && !mp3.exists(), "the others are deleted all the same");
        has(&run(&home, &["account", "export", &guest]).failure(), &["does not exist"]);
    }
}
