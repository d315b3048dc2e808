//! Tests of `unicom widget identity` and `unicom widget identity-key`.

use serde_json::{Value, json};
use unicom_auth::SecretKey;
use unicom_db::DbError;
use unicom_db::queries::channels;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::WebSettings;

use crate::checks::GOOD_KEY;
use crate::widget::stored;
use crate::workspace::{Run, Workspace, has};

const P256: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIJxpt+XDi4CGjh/0DQFW/NVeNI1E
Gdl1xJ1SQvG2hVHypzRaFSP4vVWjkdnyBsI/Fhgcy1rKwP1Cdurc8aqxwg==
-----END PUBLIC KEY-----
";

const ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAYSh5oUj3fNrVrG6qeqrGPZE5QNY+8eOk9uwxDjhNpYQ=
-----END PUBLIC KEY-----
";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn first_use_makes_issuer_and_key(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let made = run(&home, &["identity", "--channel", &id, "--issuer", "shop"]);
        let web = stored(&home, &id);
        assert_eq!(
            web["identity"],
            json!({ "issuer": "shop", "mode": "optional", "keys": [{ "kid": "1", "alg": "HS256" }] })
        );
        has(&made.err, &["channel", "`shop`", "never in a page", web["key"].as_str().unwrap()]);
        let secret = secret(db, "1");
        assert_eq!(made.ok(), format!("{secret}\n"), "nothing else on standard output");

        let show = ["identity-key", "show", "--channel", &id, "--kid", "1"];
        assert_eq!(run(&home, &show).ok(), format!("{secret}\n"));
        let shown: Value =
            serde_json::from_str(&run(&home, &[&show[..], &["--json"]].concat()).ok()).unwrap();
        let expected = json!({
            "channel": id.parse::<i64>().unwrap(), "key": web["key"], "issuer": "shop",
            "kid": "1", "alg": "HS256", "secret": secret,
        });
        assert_eq!(shown, expected);
    }

    fn secrets_are_printed_by_no_other_command(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        run(&home, &["identity", "--channel", &id, "--issuer", "shop", "--kid", "old"]).ok();
        let add = ["identity-key", "add", "--channel", &id, "--kid", "new", "--alg", "HS256"];
        run(&home, &add).ok();
        let secrets = [secret(db, "old"), secret(db, "new")];
        for arguments in [
            &["channel", "show", &id][..],
            &["channel", "list"],
            &["channel", "validate", &id],
            &["audit", "list"],
            &["check"],
            &["export"],
            &["widget", "allow", "--channel", &id, "--origin", "https://shop.example"],
            &["widget", "snippet", "--channel", &id, "--public-origin", "https://chat.example"],
            &["widget", "identity", "--channel", &id, "--mode", "required"],
            &["widget", "identity-key", "remove", "--channel", &id, "--kid", "new", "--yes"],
        ] {
            for format in [&[][..], &["--json"]] {
                let arguments = [arguments, format, &["--log", "trace"]].concat();
                let run = home.run_with_key(&arguments, GOOD_KEY);
                for secret in &secrets {
                    let said = format!("{}{}", run.out, run.err);
                    assert!(!said.contains(secret.as_str()), "{arguments:?}: {said}");
                }
            }
        }
        let trail = home.json(&["audit", "list"]).to_string();
        assert!(trail.contains("config_keys") && !trail.contains("shop"), "{trail}");
    }

    fn keys_are_rotated(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.write("p256.pem", P256);
        home.write("ed25519.pem", &ED25519.replace('\n', "\r\n"));
        let id = home.echo_channel().to_string();
        let add = |kid: &str, rest: &[&str]| {
            run(&home, &[&["identity-key", "add", "--channel", &id, "--kid", kid], rest].concat())
        };
        let remove = |kid: &str| {
            run(&home, &["identity-key", "remove", "--channel", &id, "--kid", kid, "--yes"])
        };
        has(&add("a", &["--alg", "HS256"]).failure(), &["only for pages of this server"]);
        home.run(&["widget", "allow", "--channel", &id, "--origin", "https://shop.example"]).ok();
        has(&add("a", &["--alg", "HS256"]).failure(), &["has no issuer", "unicom widget identity --channel"]);

        let first = ["identity", "--channel", &id, "--issuer", "shop", "--mode", "required", "--kid", "a"];
        let first = [&first[..], &["--alg", "ES256", "--public-key", "p256.pem"]].concat();
        has(&run(&home, &first).ok(), &["accepts tokens of `shop`", "the key `a` (ES256)"]);
        has(&remove("a").failure(), &["is the only key", "--mode off"]);
        has(&add("a", &["--alg", "EdDSA", "--public-key", "ed25519.pem"]).wrong_use(), &["two keys `a`"]);
        add("b", &["--alg", "EdDSA", "--public-key", "ed25519.pem"]).ok();
        has(&add("c", &["--alg", "HS256"]).failure(), &["has two keys already, \"a\" and \"b\""]);
        let show = ["identity-key", "show", "--channel", &id, "--kid", "b"];
        assert_eq!(run(&home, &show).ok(), ED25519);

        has(&remove("c").failure(), &["identity key `c` does not exist"]);
        remove("a").ok();
        add("c", &["--alg", "HS256"]).ok();
        remove("b").ok();
        let identity = stored(&home, &id)["identity"].clone();
        assert_eq!(identity["keys"], json!([{ "kid": "c", "alg": "HS256" }]));
        assert_eq!((&identity["mode"], &identity["issuer"]), (&json!("required"), &json!("shop")));
        has(&home.run(&["check"]).ok(), &["is active"]);
    }

    fn public_keys_are_checked(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let identity = |arguments: &[&str]| {
            let first = ["identity", "--channel", &id, "--issuer", "shop"];
            run(&home, &[&first[..], arguments].concat())
        };
        home.write("p256.pem", P256);
        home.write("private.pem", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n");
        home.write("text", "no key");
        let es256 = ["--alg", "ES256"];
        has(&identity(&es256).wrong_use(), &["ES256 needs `--public-key FILE`"]);
        has(&identity(&["--public-key", "p256.pem"]).wrong_use(), &["HS256 has a secret"]);
        has(&identity(&["--alg", "RS256"]).wrong_use(), &["HS256, ES256, EdDSA"]);
        has(&identity(&["--alg", "ES256", "--public-key", "none.pem"]).failure(), &["none.pem"]);
        has(&identity(&["--alg", "ES256", "--public-key", "text"]).wrong_use(), &["BEGIN PUBLIC KEY"]);
        has(&identity(&["--alg", "EdDSA", "--public-key", "p256.pem"]).wrong_use(), &["key `1` is not a key for EdDSA"]);
        let said = identity(&["--alg", "EdDSA", "--public-key", "private.pem"]).wrong_use();
        has(&said, &["`web.identity.keys[0].public_key`", "BEGIN PUBLIC KEY"]);
        assert!(!said.contains("MC4C"), "{said}");
        assert_eq!(stored(&home, &id), Value::Null);
    }

    fn check_names_channels_with_unreadable_keys(db: &TestDatabase) {
        let home = Workspace::on(db);
        let config = json!({ "web": {
            "key": "wk_0123456789abcdefABCDEF",
            "identity": {
                "issuer": "shop",
                "keys": [{ "kid": "k7", "alg": "EdDSA", "public_key": P256 }],
            },
        }});
        let channel = db.write(move |tx| -> Result<_, DbError> {
            let mut channel = channels::insert(tx, &"WebChat".into(), "Shop", &config)?;
            channel.active = true;
            channels::update(tx, &channel)?;
            Ok(channel)
        });
        let run = home.run(&["check"]);
        assert_eq!(run.code, Some(1));
        has(&run.out, &[&format!("{} `Shop`", channel.id), "of the key `k7` is not a key for EdDSA"]);
    }

    fn issuer_and_mode_are_changed(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let identity = |arguments: &[&str]| {
            run(&home, &[&["identity", "--channel", &id], arguments].concat())
        };
        has(&identity(&[]).wrong_use(), &["has no issuer", "`--issuer`"]);
        has(&identity(&["--mode", "required"]).wrong_use(), &["`--issuer`"]);
        has(&identity(&["--issuer", ""]).wrong_use(), &["`web.identity.issuer` must have 1 to 128"]);
        identity(&["--issuer", "shop"]).ok();
        let key = stored(&home, &id)["key"].clone();

        has(&identity(&[]).wrong_use(), &["nothing to change"]);
        has(&identity(&["--mode", "always"]).wrong_use(), &["off, optional, required"]);
        has(&identity(&["--kid", "2"]).wrong_use(), &["identity-key add"]);
        has(&identity(&["--mode", "required"]).ok(), &["must be identified by `shop`"]);
        has(&identity(&["--issuer", "shop", "--mode", "off"]).ok(), &["no longer identifies"]);
        has(&identity(&["--issuer", "bank"]).wrong_use(), &["--yes"]);
        assert_eq!(stored(&home, &id)["identity"]["issuer"], "shop");
        has(&identity(&["--issuer", "bank", "--mode", "optional", "--yes"]).ok(), &["may be identified by `bank`"]);
        let web = stored(&home, &id);
        let expected = json!({ "issuer": "bank", "mode": "optional", "keys": [{ "kid": "1", "alg": "HS256" }] });
        assert_eq!((&web["identity"], &web["key"]), (&expected, &key));
    }

    fn secret_depends_on_the_server_and_the_channels_key(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        // Without a key of the server, nothing is changed and no key is created.
        let first = ["widget", "identity", "--channel", &id, "--issuer", "shop"];
        has(&home.run(&first).failure(), &["there is no", "unicom.key", "unicom serve"]);
        assert_eq!(stored(&home, &id), Value::Null);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);

        let one = home.run_with_key(&first, GOOD_KEY).ok();
        let show = ["widget", "identity-key", "show", "--channel", &id, "--kid", "1"];
        let other = home.run_with_key(&show, "0f0d2c9b71e84a36b0c7d1f29e8a4b63").ok();
        assert_ne!(one, other);
        home.run(&["widget", "new-key", "--channel", &id, "--yes"]).ok();
        let next = home.run_with_key(&show, GOOD_KEY).ok();
        assert_ne!(one, next);
        assert_eq!(next.trim_end(), secret(db, "1"));
    }
}

/// Runs `unicom widget` with a secret key.
fn run(home: &Workspace, arguments: &[&str]) -> Run {
    home.run_with_key(&[&["widget"], arguments].concat(), GOOD_KEY)
}

/// Returns the secret of a key of the only channel.
fn secret(db: &TestDatabase, kid: &str) -> String {
    let channel = db.read(channels::list).remove(0);
    let web = WebSettings::of(&channel).unwrap();
    let secret_key = SecretKey::new(GOOD_KEY).unwrap();
    secret_key.identity_secret(&web.key, kid)
}
