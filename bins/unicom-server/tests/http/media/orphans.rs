//! Tests that a server deletes files that no message refers to, and no others.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use unicom_models::Id;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::{TestApp, echo};
use crate::both;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn age(file: &Path, by: Duration) {
    let file = File::options().write(true).open(file).unwrap();
    file.set_modified(SystemTime::now() - by).unwrap();
}

/// Creates a file of this age in the media store. No row refers to it.
fn orphan(app: &TestApp, name: &str, age_of: Duration) -> PathBuf {
    let path = app.folder().join("media").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, PNG).unwrap();
    age(&path, age_of);
    path
}

both! {
    async fn server_sweeps_orphaned_files(db: &TestDatabase) {
        let mut app = TestApp::start(db).await;
        let guest = app.guest().await;
        for _ in 0..4 {
            guest.send_file("a.png", PNG).await.ok();
        }
        let of_messages = app.files();
        of_messages.iter().for_each(|file| age(file, 30 * DAY));
        app.crash();
        app.make_housekeeping_due().await;
        let name = |end: &str| format!("messages/{}{end}", Id::new());
        let old = [orphan(&app, &name(".png"), 8 * DAY), orphan(&app, &name(".jpg"), 800 * DAY)];
        let cut_off = orphan(&app, &name(".png#3"), 8 * DAY);
        let stay = [
            orphan(&app, &name(".png"), 6 * DAY),
            orphan(&app, &name(".png"), Duration::ZERO),
            // Files that unicom did not create.
            orphan(&app, "messages/readme.txt", 80 * DAY),
            orphan(&app, "others/a.png", 80 * DAY),
            orphan(&app, "a.png", 80 * DAY),
        ];
        app.run(Options::default(), echo());
        TestApp::wait_for("the sweep", async || {
            let there = |path: &PathBuf| path.exists();
            (!old.iter().any(there) && !cut_off.exists()).then_some(())
        })
        .await;
        for path in of_messages.iter().chain(&stay) {
            assert!(path.exists(), "{}", path.display());
        }
    }
}
