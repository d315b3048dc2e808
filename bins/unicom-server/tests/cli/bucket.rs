//! Tests of media files in an S3 bucket: where they are stored, how requests are signed, and what
//! happens if the bucket refuses them.

use std::process::Command;

use serde_json::{Value, json};
use unicom_testing::{FakeS3, TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Run, Workspace, has};

const SECRET: &str = "the-secret-access-key-of-this-bucket";

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Returns a command in `home` that stores its files in this bucket.
fn with_bucket(home: &Workspace, bucket: &FakeS3, arguments: &[&str]) -> Command {
    let mut command = home.command(arguments);
    command.envs([
        ("UNICOM_MEDIA_URL", "s3://bucket/some/prefix"),
        ("UNICOM_DATA_DIR", "data"),
        ("UNICOM_LOG", "debug,unicom=trace"),
        ("AWS_ENDPOINT", bucket.endpoint().as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "north-1"),
        ("AWS_ACCESS_KEY_ID", "the-key-id"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ]);
    command
}

fn run(home: &Workspace, bucket: &FakeS3, arguments: &[&str]) -> Run {
    Run::of(with_bucket(home, bucket, arguments).output().unwrap())
}

fn serve(home: &Workspace, bucket: &FakeS3) -> Server {
    Server::start(with_bucket(
        home,
        bucket,
        &["serve", "--listen", "127.0.0.1:0"],
    ))
}

/// Asserts that every request was signed with this key, for this region.
#[track_caller]
fn signed(bucket: &FakeS3, key_id: &str, region: &str) {
    let heads = bucket.heads();
    assert!(!heads.is_empty());
    for head in heads {
        let (_, signature) = head.split_once("AWS4-HMAC-SHA256 Credential=").unwrap();
        let scope: Vec<&str> = signature.split([',', '/']).collect();
        assert_eq!(
            (scope[0], scope[2], scope[3]),
            (key_id, region, "s3"),
            "{head}"
        );
    }
}

/// Asserts that the run did part of its work and then failed. Returns its JSON output and the last
/// line of standard error.
#[track_caller]
fn half_done(run: Run) -> (Value, String) {
    assert_eq!(run.code, Some(1), "{run:?}");
    let last = run.err.lines().last().unwrap_or_default().to_owned();
    (serde_json::from_str(&run.out).unwrap(), last)
}

both_engines! {
    migrations: [];

    async fn uploaded_file_is_stored_in_and_served_from_the_bucket(db: &TestDatabase) {
        let (home, bucket) = (Workspace::on(db), FakeS3::start());
        home.echo_channel();
        let server = serve(&home, &bucket);
        let visitor = Visitor::of(&server);
        let message = visitor.send_file(GIF).await;
        let [path] = bucket.objects().try_into().unwrap();
        assert!(path.starts_with("/bucket/some/prefix/messages/") && path.ends_with(".gif"), "{path}");
        assert_eq!(bucket.object(&path).unwrap(), GIF);
        signed(&bucket, "the-key-id", "north-1");

        let url = message["media_url"].as_str().unwrap();
        assert_eq!(visitor.file(url, None).await, (200, GIF.to_vec()));
        assert_eq!(visitor.file(url, Some("bytes=3-5")).await, (206, b"89a".to_vec()));
        assert_eq!(Visitor::of(&server).file(url, None).await.0, 404, "it belongs to another visitor");
        let said = server.out() + server.err().as_str();
        assert_eq!(server.terminate(), Some(0));
        for text in bucket.heads().iter().chain([&said]) {
            assert!(!text.contains(SECRET), "{text}");
        }
        assert!(!home.path().join("data/media").exists(), "nothing is kept here");
    }

    async fn undeleted_files_are_reported_and_swept_later(db: &TestDatabase) {
        let (home, bucket) = (Workspace::on(db), FakeS3::start());
        home.echo_channel();
        let server = serve(&home, &bucket);
        let visitor = Visitor::of(&server);
        let message = visitor.send_file(GIF).await;
        visitor.send_file(GIF).await;
        let account = message["chat_id"].as_str().unwrap();
        assert_eq!(server.terminate(), Some(0));

        // The account is erased nevertheless: its rows are deleted.
        bucket.refuse_deletions(true);
        let erase = ["account", "erase", account, "--yes", "--json"];
        let (erased, said) = half_done(run(&home, &bucket, &erase));
        assert_eq!((&erased["erased"]["files"], &erased["dry_run"]), (&json!(2), &json!(false)));
        has(&said, &["unicom: files that could not be deleted: 2;", "the server sweeps them away"]);
        assert_eq!(bucket.objects().len(), 2);
        assert_eq!(home.audited()[0], format!("cli account.erase account:{account}"));
        has(&run(&home, &bucket, &erase).fails(1), &["does not exist"]);

        // The bucket reports old modification times.
        let sweep = ["media", "sweep", "--yes", "--force", "--json"];
        let (swept, said) = half_done(run(&home, &bucket, &sweep));
        let counts = json!({ "files": 2, "orphans": 2, "deleted": 0, "not_deleted": 2, "unfinished": 0 });
        assert_eq!(swept, counts);
        has(&said, &["unicom: files that the media store failed to delete: 2; the next sweep tries again"]);
        assert_eq!(home.audited()[0], format!("cli account.erase account:{account}"), "nothing was swept");

        bucket.refuse_deletions(false);
        let swept: Value = serde_json::from_str(&run(&home, &bucket, &sweep).ok()).unwrap();
        assert_eq!((&swept["deleted"], &swept["not_deleted"]), (&json!(2), &json!(0)));
        assert_eq!(bucket.objects(), [""; 0]);
        assert_eq!(home.audited()[0], "cli media.sweep media");
    }
}

#[test]
fn environment_overrides_options_in_the_file() {
    let (home, bucket) = (Workspace::new(), FakeS3::start());
    let options = |endpoint: &str| {
        format!(
            "media_url = \"s3://bucket\"\n[media_options]\nendpoint = {endpoint:?}\nallow_http = \"true\"\n\
             region = \"south-1\"\naccess_key_id = \"of-the-file\"\nsecret_access_key = \"of-the-file-as-well\"\n"
        )
    };
    home.write("unicom.toml", &options(&bucket.endpoint()));
    home.run(&["media", "sweep", "--yes"]).ok();
    signed(&bucket, "of-the-file", "south-1");

    // The file names an endpoint that no server listens on.
    home.write("unicom.toml", &options("http://127.0.0.1:1"));
    let bucket = FakeS3::start();
    run(&home, &bucket, &["media", "sweep", "--yes"]).ok();
    signed(&bucket, "the-key-id", "north-1");
    let [head] = bucket.heads().try_into().unwrap();
    has(&head, &["GET /bucket?", "prefix=some%2Fprefix%2Fmessages"]);
}

#[test]
fn invalid_media_store_is_reported_at_startup() {
    let home = Workspace::new();
    let refused = |url: &str, endpoint: Option<&str>| {
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("UNICOM_MEDIA_URL", url);
        command.env("AWS_ACCESS_KEY_ID", "the-key-id");
        command.env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.envs(endpoint.map(|endpoint| ("AWS_ENDPOINT", endpoint)));
        let said = Run::of(command.output().unwrap()).wrong_use();
        assert!(!said.contains(SECRET), "{said}");
        said.lines().last().unwrap_or_default().to_owned()
    };
    let choices = [
        "unicom: `media_url`: ",
        "`file:///dir` or `s3://bucket/prefix`",
    ];
    has(&refused("media", None), &choices);
    has(&refused("gs://bucket", None), &choices);
    has(&refused("gs://bucket", None), &["`gs`"]);
    has(&refused("file://host/dir", None), &choices);
    let credentials = format!("s3://the-key-id:{SECRET}@bucket");
    has(
        &refused(&credentials, None),
        &["`media_url`", "credentials"],
    );
    has(
        &refused("s3://bucket", Some("http://127.0.0.1:1")),
        &["`media_url`", "`allow_http`"],
    );
    home.write("unicom.toml", "[media_options]\nregoin = \"x\"\n");
    has(
        &refused("s3://bucket", None),
        &["`media_url`", "`regoin`", "`region`"],
    );
}
