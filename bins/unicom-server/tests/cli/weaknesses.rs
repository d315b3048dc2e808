//! Tests of settings that weaken the server: `unicom check` prints "ok, but", and `unicom serve`
//! logs the same warning.

use std::path::Path;

use serde_json::{Value, json};
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::workspace::{Run, Workspace, has, skip_without_root};

type Variables<'a> = &'a [(&'a str, &'a str)];

/// Returns the warnings of `unicom check --json` with these variables: id and text.
#[track_caller]
fn warnings(home: &Workspace, variables: Variables<'_>) -> Vec<(String, String)> {
    let mut command = home.command(&["check", "--json"]);
    let run = Run::of(command.envs(variables.iter().copied()).output().unwrap());
    let findings: Value = serde_json::from_str(&run.ok()).unwrap();
    let warned = findings.as_array().unwrap().iter().filter(|found| {
        assert_eq!(found["ok"], true, "{found}");
        !found["warning"].is_null()
    });
    let text = |found: &Value, field: &str| found[field].as_str().unwrap().to_owned();
    warned
        .map(|found| (text(found, "warning"), text(found, "detail")))
        .collect()
}

#[track_caller]
fn warned(home: &Workspace, variables: Variables<'_>) -> Vec<String> {
    warnings(home, variables)
        .into_iter()
        .map(|(id, _)| id)
        .collect()
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn weaknesses_are_warnings_and_logged_once(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        assert_eq!(warned(&home, &[]), [""; 0]);
        home.write("unicom.toml", "rate_limit = \"off\"\ntrusted_proxies = [\"0.0.0.0/0\"]\n");
        let said = home.run(&["check"]).ok();
        let line = |what: &str| said.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{said}"));
        has(line("rate_limit"), &["ok, but", "is off"]);
        has(line("trusted_proxies"), &["ok, but", "opens `0.0.0.0/0`"]);
        let findings = home.json(&["check"]);
        let found = findings.as_array().unwrap().iter().find(|found| found["what"] == "rate_limit").unwrap();
        assert_eq!((&found["ok"], &found["warning"]), (&json!(true), &json!("rate_limit_off")));
        let server = Server::serve(&home);
        let log = server.err();
        for id in ["weakness=rate_limit_off", "weakness=trusted_proxies_wide"] {
            let lines: Vec<_> = log.lines().filter(|line| line.contains(id)).collect();
            assert!(lines.len() == 1 && lines[0].contains("WARN"), "{log}");
        }
        assert_eq!(server.terminate(), Some(0));
    }
}

/// Returns a workspace with a database that causes no warnings.
fn ready() -> Workspace {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    assert_eq!(warned(&home, &[]), [""; 0], "the defaults weaken nothing");
    home
}

#[test]
fn unencrypted_connections_to_postgres_are_reported() {
    let url = "postgres://unicom:hunter2@db.invalid/unicom";
    let check = Workspace::with_url(url).run(&["check"]);
    assert_eq!(check.code, Some(1));
    let (what, has_tls) = ("database_url", cfg!(feature = "postgres-tls"));
    let reason = if has_tls {
        "does not require TLS"
    } else {
        "built without TLS"
    };
    has(
        &check.out,
        &[what, "ok, but", "names another machine", reason],
    );
    assert!(!check.out.contains("hunter2"), "{}", check.out);

    let required = Workspace::with_url("postgres://unicom@127.0.0.1:1/unicom?sslmode=require");
    let check = required.run(&["check"]);
    let missing = ["asks for TLS", "enable the feature `postgres-tls`"];
    assert_eq!(
        missing.map(|text| check.out.contains(text)),
        [!has_tls; 2],
        "{}",
        check.out
    );
}

#[test]
fn unencrypted_connections_are_reported() {
    let home = ready();
    let (listen, origin, trusted) = (
        "UNICOM_LISTEN",
        "UNICOM_PUBLIC_ORIGIN",
        "UNICOM_TRUSTED_ORIGINS",
    );
    for (variables, expected) in [
        (
            &[(listen, "0.0.0.0:8080")][..],
            &["listen_without_https"][..],
        ),
        (
            &[
                (origin, "https://chat.example.com"),
                ("UNICOM_SESSION_COOKIE", "sessionid"),
            ],
            &["cookies_without_host_prefix"],
        ),
        (
            &[
                (origin, "https://chat.example.com"),
                ("UNICOM_CSRF_COOKIE", "__Secure-token"),
            ],
            &["cookies_without_host_prefix"],
        ),
        (
            &[
                (origin, "https://chat.example.com"),
                ("UNICOM_VISITOR_COOKIE", "__Host-v"),
            ],
            &[],
        ),
        (&[("UNICOM_SESSION_COOKIE", "mine")], &[]),
        (&[(listen, "[::]:8080")], &["listen_without_https"]),
        (&[(listen, "192.0.2.1:8080")], &["listen_without_https"]),
        (
            &[(listen, "0.0.0.0:8080"), (origin, "http://localhost:8080")],
            &["listen_without_https"],
        ),
        (
            &[
                (listen, "0.0.0.0:8080"),
                (origin, "http://chat.example.com"),
            ],
            &["origin_without_https"],
        ),
        (
            &[(origin, "http://chat.example.com")],
            &["origin_without_https"],
        ),
        (
            &[(origin, "http://localhost.example.com")],
            &["origin_without_https"],
        ),
        (
            &[
                (listen, "0.0.0.0:8080"),
                (origin, "https://chat.example.com"),
            ],
            &[],
        ),
        (&[(listen, "127.0.0.2:8080")], &[]),
        (&[(listen, "[::1]:8080")], &[]),
        (&[(listen, "[::ffff:127.0.0.1]:8080")], &[]),
        (&[(origin, "http://127.0.0.1:8080")], &[]),
        (
            &[
                (origin, "https://chat.example.com"),
                (trusted, "https://a.example,http://b.example"),
            ],
            &["trusted_origins_without_https"],
        ),
        (
            &[
                (origin, "https://chat.example.com"),
                (trusted, "https://a.example,http://localhost:3000"),
            ],
            &[],
        ),
    ] {
        assert_eq!(warned(&home, variables), expected, "{variables:?}");
    }
}

#[test]
fn overly_wide_networks_are_reported() {
    let home = ready();
    let wide = [
        "0.0.0.0/0",
        "::/0",
        "0.0.0.0/1",
        "8.0.0.0/5",
        "2000::/3",
        "10.0.0.0/8, 0.0.0.0/0",
        // Each list covers all addresses.
        "0.0.0.0/1,128.0.0.0/1",
        "0.0.0.0/8,1.0.0.0/8",
        "8000::/1, ::/1",
    ];
    let narrow = [
        "",
        "10.0.0.0/8,172.16.0.0/12, 192.168.0.0/16",
        "127.0.0.0/8,::1",
        "192.0.2.1",
        "2001:db8::/32,fe80::/10,fd12:3456:789a::/48",
        "10.0.0.0/9,10.128.0.0/9",
    ];
    for (variable, id) in [
        ("UNICOM_TRUSTED_PROXIES", "trusted_proxies_wide"),
        ("UNICOM_METRICS_NETWORKS", "metrics_networks_wide"),
        ("UNICOM_PRIVATE_NETWORKS", "private_networks_wide"),
    ] {
        for networks in wide {
            let found = warned(&home, &[(variable, networks)]);
            assert_eq!(
                found.first().map(String::as_str),
                Some(id),
                "{variable}={networks}"
            );
        }
        for networks in narrow {
            assert_eq!(
                warned(&home, &[(variable, networks)]),
                [""; 0],
                "{variable}={networks}"
            );
        }
    }
    let all = warnings(
        &home,
        &[("UNICOM_TRUSTED_PROXIES", "128.0.0.0/1,0.0.0.0/1")],
    );
    has(&all[0].1, &["opens `0.0.0.0/0`"]);
    for networks in [
        "169.254.0.0/16",
        "10.0.0.0/8, 169.254.169.254",
        "169.254.169.254/32",
        "fd00:ec2::254",
        "fc00::/7",
    ] {
        let found = warned(&home, &[("UNICOM_PRIVATE_NETWORKS", networks)]);
        assert_eq!(found, ["private_networks_metadata"], "{networks}");
    }
}

#[test]
fn disabled_limits_and_logs_are_reported() {
    let home = ready();
    for (variables, expected) in [
        (&[("UNICOM_RATE_LIMIT", "off")][..], &["rate_limit_off"][..]),
        (&[("UNICOM_RATE_LIMIT", "OFF")], &["rate_limit_off"]),
        (&[("UNICOM_RATE_LOGIN_NAME", "off")], &["rate_off"]),
        (
            &[
                ("UNICOM_RATE_LOGIN_NAME", "off"),
                ("UNICOM_RATE_NEW_GUESTS", "off"),
            ],
            &["rate_off", "rate_off"],
        ),
        (&[("UNICOM_RATE_ADDRESS_KIB", "off")], &["rate_off"]),
        (&[("UNICOM_GUEST_QUOTA", "0")], &["guest_quota_off"]),
        (&[("UNICOM_ACCOUNT_QUOTA", "0")], &["account_quota_off"]),
        (
            &[
                ("UNICOM_ACCOUNT_QUOTA", "0"),
                ("UNICOM_REGISTRATION", "closed"),
            ],
            &[],
        ),
        (
            &[("UNICOM_ALL_GUESTS_QUOTA", "0")],
            &["all_guests_quota_off"],
        ),
        (&[("UNICOM_MIN_FREE_SPACE", "0")], &["min_free_space_off"]),
        (&[("UNICOM_SECURITY_LOG", "off")], &["security_log_off"]),
        (&[("UNICOM_SECURITY_LOG", "OFF")], &["security_log_off"]),
        (
            &[
                ("UNICOM_RATE_LOGIN_NAME", "600:600"),
                ("UNICOM_LOG", "off"),
                ("UNICOM_ACCESS_LOG", "off"),
            ],
            &[],
        ),
    ] {
        assert_eq!(warned(&home, variables), expected, "{variables:?}");
    }
}

#[test]
fn password_visible_in_the_process_list_is_reported() {
    let home = Workspace::with_url("sqlite://unicom.db");
    let url = "postgres://unicom:a%20secret@127.0.0.1:1/unicom";
    let found = |run: Run| {
        let findings: Value = serde_json::from_str(&run.out).unwrap();
        let all = findings.as_array().unwrap().iter();
        let mut warnings = all.filter_map(|found| found["warning"].as_str());
        warnings.any(|warning| warning == "database_url_argument")
    };
    for (flag, variable, expected) in [
        (Some(url), None, true),
        (None, Some(url), false),
        (Some("postgres://unicom@127.0.0.1:1/unicom"), None, false),
    ] {
        let mut command = home.command(&["check", "--json"]);
        command.env_remove("UNICOM_DATABASE_URL");
        command.envs(variable.map(|url| ("UNICOM_DATABASE_URL", url)));
        command.args(flag.into_iter().flat_map(|url| ["--database-url", url]));
        let run = Run::of(command.output().unwrap());
        assert!(!run.out.contains("a%20secret"), "{}", run.out);
        assert_eq!(found(run), expected, "{flag:?} {variable:?}");
    }
}

#[cfg(unix)]
#[test]
fn security_log_readable_by_others_is_reported() {
    let home = ready();
    let variables = [("UNICOM_SECURITY_LOG", "security.jsonl")];
    home.write_private("security.jsonl", "");
    assert_eq!(warned(&home, &variables), [""; 0]);
    chmod(&home.path().join("security.jsonl"), 0o644);
    assert_eq!(warned(&home, &variables), ["security_log_mode"]);
}

#[cfg(unix)]
#[test]
fn files_accessible_to_others_are_reported() {
    let home = ready();
    let serve = || assert_eq!(Server::serve(&home).terminate(), Some(0));
    serve();
    // As created, the files are accessible only to their owner.
    assert_eq!(warned(&home, &[]), [""; 0]);
    for (path, private, id) in [
        ("unicom.db", 0o600, "database_mode"),
        ("unicom.db-wal", 0o600, "database_mode"),
        ("unicom-data", 0o700, "data_dir_mode"),
        ("unicom-data/media", 0o700, "media_mode"),
        ("unicom-data/unicom.key", 0o600, "secret_key_mode"),
    ] {
        for (open, does) in [
            (0o040, "read"),
            (0o004, "read"),
            (0o020, "change"),
            (0o002, "change"),
            (0o066, "read and change"),
        ] {
            let mode = private | open;
            if path.ends_with("-wal") {
                // SQLite deletes the write-ahead log when the last connection closes.
                std::fs::write(home.path().join(path), "").unwrap();
            }
            chmod(&home.path().join(path), mode);
            let found = warnings(&home, &[]);
            assert_eq!(found.len(), 1, "{path} {mode:o}: {found:?}");
            assert_eq!(found[0].0, id);
            has(
                &found[0].1,
                &[
                    &format!("{path}`"),
                    &format!("may {does} it (mode {mode:o})"),
                    "chmod",
                ],
            );
        }
        if home.path().join(path).exists() {
            chmod(&home.path().join(path), private);
        }
    }
    assert_eq!(warned(&home, &[]), [""; 0]);
    // A key file elsewhere, and a settings file that contains a secret.
    home.write_private("the.key", crate::checks::GOOD_KEY);
    chmod(&home.path().join("the.key"), 0o640);
    assert_eq!(
        warned(&home, &[("UNICOM_SECRET_KEY_FILE", "the.key")]),
        ["secret_key_mode"]
    );
    for (text, expected) in [
        (
            format!("secret_key = \"{}\"\n", crate::checks::GOOD_KEY),
            &["config_file_mode"][..],
        ),
        (
            "[media_options]\nsecret_access_key = \"x\"\n".to_owned(),
            &["config_file_mode"],
        ),
        (
            "workers = 2\n[media_options]\nregion = \"x\"\n".to_owned(),
            &[],
        ),
    ] {
        home.write_private("unicom.toml", &text);
        assert_eq!(warned(&home, &[]), [""; 0], "{text}");
        chmod(&home.path().join("unicom.toml"), 0o640);
        assert_eq!(warned(&home, &[]), expected, "{text}");
        std::fs::remove_file(home.path().join("unicom.toml")).unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn created_files_are_readable_only_by_their_owner() {
    let home = Workspace::with_url("sqlite://unicom.db");
    // Files are private with any umask of the calling process.
    let binary = env!("CARGO_BIN_EXE_unicom");
    let mut command = home.command(&[]);
    let arguments: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
        .collect();
    command = std::process::Command::new("sh");
    for (name, value) in arguments {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(home.path());
    command.args([
        "-c",
        &format!("umask 0; exec {binary} quickstart --listen 127.0.0.1:0"),
    ]);
    let server = Server::start(command);
    let visitor = crate::visitor::Visitor::of(&server);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdacd\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82";
    visitor.send_file(png).await;
    for path in [
        "unicom.db",
        "unicom.db-wal",
        "unicom.db-shm",
        "unicom-data/unicom.key",
    ] {
        assert_eq!(mode(&home.path().join(path)), 0o600, "{path}");
    }
    for path in ["unicom-data", "unicom-data/media", "unicom-data/uploads"] {
        assert_eq!(mode(&home.path().join(path)), 0o700, "{path}");
    }
    server.kill();
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    let metadata = path
        .metadata()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

/// Needs root, because only root can give files to another user.
#[cfg(unix)]
#[test]
fn files_of_another_user_are_reported() {
    let home = ready();
    assert_eq!(Server::serve(&home).terminate(), Some(0));
    for (path, id) in [
        ("unicom.db", "database_owner"),
        ("unicom-data/media", "media_owner"),
        ("unicom-data/unicom.key", "secret_key_owner"),
    ] {
        let path = home.path().join(path);
        if let Err(error) = std::os::unix::fs::chown(&path, Some(4711), None) {
            skip_without_root(&format!("only root gives files away: {error}"));
            return;
        }
        let found = warnings(&home, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, id);
        has(
            &found[0].1,
            &["belongs to another user (number 4711, not 0)"],
        );
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
    }
    // If all files belong to one other user, root takes that user for the server's.
    let mut chown = std::process::Command::new("chown");
    chown.args(["-R", "4711"]).arg(home.path());
    assert!(chown.status().unwrap().success());
    assert_eq!(warned(&home, &[]), [""; 0]);
}

#[cfg(unix)]
pub fn chmod(path: &Path, mode: u32) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, mode).unwrap();
}
