//! Tests of `unicom check`: its exit code and its output.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use unicom_db::DbError;
use unicom_db::queries::{bots, channels};
use unicom_models::ConfiguredBot;
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
#[cfg(unix)]
use crate::weaknesses::chmod;
use crate::workspace::{Run, Workspace, has};

/// Time limit for background work.
const PATIENCE: Duration = Duration::from_secs(60);

/// A secret key that passes all checks.
pub const GOOD_KEY: &str = "5f0d2c9b71e84a36b0c7d1f29e8a4b63";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn valid_installation_passes(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel();
        has(&home.run(&["check"]).ok(), &["up to date", &format!("{id} `Site` is active")]);
        let findings = home.json(&["check"]);
        assert!(findings.as_array().unwrap().iter().all(|found| found["ok"] == true));
    }

    fn missing_channel_fails(db: &TestDatabase) {
        wrong(Workspace::on(db).run(&["check"]), &["channels", "unicom channel create"]);
    }

    fn channel_with_unknown_platform_fails(db: &TestDatabase) {
        channel(db, "Pigeon", json!({}), true);
        wrong(Workspace::on(db).run(&["check"]), &["`Broken`", "`Pigeon`", "expected one of Internal, WebChat"]);
    }

    fn channel_with_unknown_bot_fails(db: &TestDatabase) {
        channel(db, "WebChat", json!({ "bot": "nobody" }), true);
        wrong(Workspace::on(db).run(&["check"]), &["`Broken`", "`nobody`", "expected one of echo"]);
    }

    fn inactive_channel_passes(db: &TestDatabase) {
        channel(db, "Pigeon", json!({}), false);
        has(&Workspace::on(db).run(&["check"]).ok(), &["`Broken` is switched off"]);
    }

    fn bots_with_invalid_variables_are_reported_with_a_fix(db: &TestDatabase) {
        // The configuration of an installation made when other variable names were accepted.
        let old = json!({ "base_url": "https://api.openai.com/v1", "model": "m", "api_key_env": "OPENAI_API_KEY" });
        let home = Workspace::on(db);
        home.echo_channel();
        let config = old.clone();
        db.write(move |tx| -> Result<(), DbError> {
            let now = tx.now();
            let (name, kind) = ("helper".to_owned(), "llm".to_owned());
            let bot = ConfiguredBot::new(name, kind, config, now);
            assert!(bots::insert_if_absent(tx, &bot)?);
            Ok(())
        });
        let check = |variables: &[(&str, &str)]| {
            let mut command = home.command(&["check"]);
            command.env("OPENAI_API_KEY", "sk-1").envs(variables.iter().copied());
            Run::of(command.output().unwrap())
        };
        let set = "set `UNICOM_BOT_OPENAI_API_KEY` to the key, and `UNICOM_BOT_OPENAI_API_KEY_HOSTS=api.openai.com`";
        wrong(check(&[]), &["`helper`", set]);

        let mut config = old;
        config["api_key_env"] = json!("UNICOM_BOT_OPENAI_API_KEY");
        let key = ("UNICOM_BOT_OPENAI_API_KEY", "sk-1");
        let hosts = ("UNICOM_BOT_OPENAI_API_KEY_HOSTS", "api.openai.com");
        let mut command = home.command(&["bot", "update", "helper", "--config", &config.to_string()]);
        Run::of(command.envs([key, hosts]).output().unwrap()).ok();
        has(&check(&[key, hosts]).ok(), &["`helper` can be asked"]);
        let hint = "as in `UNICOM_BOT_OPENAI_API_KEY_HOSTS=api.openai.com`";
        wrong(check(&[key]), &["`helper`", hint]);
        wrong(check(&[hosts]), &["`helper`", hint]);

        // The bot of a category, which has no name.
        config["kind"] = json!("llm");
        home.run(&["bot", "delete", "helper", "--yes"]).ok();
        let mut command = home.command(&["category", "create", "Sales", "--bot", &config.to_string()]);
        Run::of(command.envs([key, hosts]).output().unwrap()).ok();
        has(&check(&[key, hosts]).ok(), &["`Sales` can be asked"]);
        wrong(check(&[key]), &["`Sales`", hint]);
    }

    fn secret_key_is_checked_as_by_the_server(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        has(&home.run(&["check"]).ok(), &["secret key", "unicom-data/unicom.key` will be created"]);
        let key = key_file(&home, db);
        assert!(!key.parent().unwrap().exists(), "checking makes nothing");
        private_folder(key.parent().unwrap());
        for (text, reason) in [
            ("too short", "has fewer than 32 characters"),
            (&*"\0".repeat(64), "repeats one character"),
            (&*"k".repeat(64), "repeats one character"),
            (&*"abc".repeat(20), "repeats a few characters"),
        ] {
            std::fs::write(&key, text).unwrap();
            let parts = ["unicom-data/unicom.key` is not a secret key", reason];
            wrong(home.run(&["check"]), &parts);
            has(&home.run(&["serve", "--listen", "127.0.0.1:0"]).failure(), &parts);
            // The file is not read if the key is given in the environment.
            home.run_with_key(&["check"], GOOD_KEY).ok();
        }
        std::fs::write(&key, "an operator wrote this, and ended the line\n").unwrap();
        #[cfg(unix)]
        chmod(&key, 0o600);
        let said = home.run(&["check"]).ok();
        has(&said, &["unicom-data/unicom.key` can be used"]);
        assert!(!said.contains("but"), "{said}");
    }

    async fn new_key_ends_sessions_with_a_warning(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        assert!(!server.err().contains("made anew"), "there was no session: {}", server.err());
        Visitor::of(&server).send("m0").await;
        assert_eq!(server.terminate(), Some(0));
        std::fs::remove_file(key_file(&home, db)).unwrap();
        let server = Server::serve(&home);
        let since = Instant::now();
        while !server.err().contains("made anew") && since.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        has(&server.err(), &["WARN", "unicom.key` was not there and is made anew", "unicom backup --files"]);
        assert_eq!(server.terminate(), Some(0));
        let server = Server::serve(&home);
        assert!(!server.err().contains("made anew"), "{}", server.err());
    }

    fn check_runs_beside_a_server(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let _server = Server::serve(&home);
        home.run(&["check"]).ok();
    }
}

#[cfg(unix)]
mod of_who_may_read {
    use super::*;

    both_engines! {
        migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

        fn key_readable_by_others_causes_a_warning(db: &TestDatabase) {
            let home = Workspace::on(db);
            home.echo_channel();
            let key = key_file(&home, db);
            assert_eq!(Server::serve(&home).terminate(), Some(0));
            let warning = |mode| format!("others than its owner may read it (mode {mode:o})");
            for mode in [0o640, 0o604] {
                chmod(&key, mode);
                has(&home.run(&["check"]).ok(), &["can be used", "ok, but", &warning(mode)]);
                let server = Server::serve(&home);
                has(&server.err(), &["WARN", "unicom-data/unicom.key`", &warning(mode), "weakness=secret_key_mode"]);
                assert_eq!(server.terminate(), Some(0));
            }
            chmod(&key, 0o600);
            assert!(!home.run(&["check"]).ok().contains("others"));
            let server = Server::serve(&home);
            assert!(!server.err().contains("WARN"), "{}", server.err());
        }
    }
}

mod of_a_new_database {
    use super::*;

    both_engines! {
        migrations: [];

        fn pending_migrations_fail(db: &TestDatabase) {
            let home = Workspace::on(db);
            for _ in 0..2 {
                wrong(home.run(&["check"]), &["migrations have not run: `unicom migrate` runs them"]);
            }
        }
    }
}

#[test]
fn missing_database_fails() {
    let home = Workspace::new();
    wrong(
        home.run(&["check"]),
        &["`unicom.db` does not exist: `unicom migrate` creates it"],
    );
    let made = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(made, 0, "checking makes nothing");
}

#[test]
fn unreachable_database_server_fails() {
    let home = Workspace::with_url("postgres://ada:sesame@127.0.0.1:1/unicom");
    let said = wrong(home.run(&["check"]), &["cannot connect to the database"]);
    assert!(!said.contains("sesame"), "{said}");
}

fn private_folder(path: &Path) {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).unwrap();
}

/// Returns the path of the key file: next to the SQLite file, else in the working directory.
fn key_file(home: &Workspace, db: &TestDatabase) -> PathBuf {
    let file = db.url().strip_prefix("sqlite://").map(Path::new);
    let folder = file.map_or(home.path(), |file| file.parent().unwrap());
    folder.join("unicom-data/unicom.key")
}

/// Asserts that one check failed and that the command listed its findings and reported the failure
/// at the end. Returns the list.
fn wrong(run: Run, parts: &[&str]) -> String {
    assert_eq!(run.code, Some(1), "{run:?}");
    has(&run.err, &["unicom: 1 of", "checks failed"]);
    has(&run.out, parts);
    run.out
}

fn channel(db: &TestDatabase, platform: &'static str, config: serde_json::Value, active: bool) {
    db.write(move |tx| -> Result<(), DbError> {
        let mut channel = channels::insert(tx, &platform.into(), "Broken", &config)?;
        channel.active = active;
        channels::update(tx, &channel)?;
        Ok(())
    });
}
