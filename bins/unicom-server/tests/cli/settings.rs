//! Where settings come from: flag beats environment beats file.

use unicom_testing::{TestDatabase, both_engines};

use crate::home::{Home, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [];

    async fn the_file_sets_what_nothing_else_does(db: &TestDatabase) {
        let home = Home::new();
        let url = db.url();
        home.write(
            "unicom.toml",
            &format!("database_url = {url:?}\nlisten = \"127.0.0.1:0\"\nbase_path = \"/chat\"\n"),
        );
        let server = Server::start(home.command(&["serve"]));
        let visitor = Visitor::of(&server);
        assert_eq!(visitor.get("/chat/auth/session/").await.0, 200);
        assert_eq!(visitor.get("/unicom/auth/session/").await.0, 404);
        assert!(!home.path().join("unicom.db").exists());
    }
}

#[test]
fn flag_beats_environment_beats_file() {
    let home = Home::new();
    let made = |name: &str| home.path().join(name).exists();
    home.write("unicom.toml", "database_url = \"sqlite://file.db\"\n");

    home.run(&["migrate"]).ok();
    assert_eq!(
        [made("file.db"), made("env.db"), made("flag.db")],
        [true, false, false]
    );
    let mut command = home.command(&["migrate"]);
    assert!(
        command
            .env("UNICOM_DATABASE_URL", "sqlite://env.db")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!([made("env.db"), made("flag.db")], [true, false]);
    std::fs::remove_file(home.path().join("env.db")).unwrap();
    let mut command = home.command(&["migrate", "--database-url", "sqlite://flag.db"]);
    assert!(
        command
            .env("UNICOM_DATABASE_URL", "sqlite://env.db")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!([made("env.db"), made("flag.db")], [false, true]);
}

#[test]
fn another_file_can_be_named() {
    let home = Home::new();
    home.write("other.toml", "database_url = \"sqlite://other.db\"\n");
    home.run(&["migrate", "--config-file", "other.toml"]).ok();
    assert!(home.path().join("other.db").exists());
    has(
        &home
            .run(&["migrate", "--config-file", "gone.toml"])
            .wrong_use(),
        &["cannot read `gone.toml`"],
    );
}

#[test]
fn what_is_wrong_in_the_file_is_named() {
    let home = Home::new();
    for (text, parts) in [
        (
            "colour = \"blue\"",
            ["unicom.toml", "`colour`", "`database_url`"],
        ),
        ("listen = \"here\"", ["unicom.toml", "address", ""]),
        ("listen = ", ["unicom.toml", "", ""]),
        ("workers = 0", ["workers", "1", "512"]),
        (
            "database_connections = 1",
            ["database_connections", "2", "1000"],
        ),
        ("base_path = \"chat\"", ["`chat`", "base path", "/unicom"]),
        (
            "public_origin = \"chat.example.com\"",
            ["chat.example.com", "", ""],
        ),
    ] {
        home.write("unicom.toml", text);
        has(&home.run(&["migrate"]).wrong_use(), &parts);
    }
    assert!(!home.path().join("unicom.db").exists());
}

#[test]
fn what_is_wrong_in_the_environment_or_a_flag_is_named() {
    let home = Home::new();
    let output = home
        .command(&["migrate"])
        .env("UNICOM_LISTEN", "here")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    has(
        &String::from_utf8_lossy(&output.stderr),
        &["here", "--listen"],
    );
    has(
        &home.run(&["migrate", "--workers", "0"]).wrong_use(),
        &["--workers", "1..=512"],
    );
    let mut command = home.command(&["serve"]);
    let output = command
        .env("UNICOM_SECRET_KEY", "tooshort")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        !String::from_utf8_lossy(&output.stderr).contains("tooshort"),
        "{output:?}"
    );
}

#[test]
fn names_of_cookies_are_those_that_browsers_accept() {
    let home = Home::new();
    let https = "public_origin = \"https://chat.example.com\"\n";
    for (text, part) in [
        (
            "session_cookie = \"a b\"".to_owned(),
            "`session_cookie` is `a b`: expected 1 to 64 letters, digits, `-`, `_` and `.`",
        ),
        (
            "csrf_cookie = \"\"".to_owned(),
            "`csrf_cookie` is ``: expected 1 to 64 letters",
        ),
        (
            "visitor_cookie = \"sessionid\"".to_owned(),
            "`session_cookie` and `visitor_cookie` are both `sessionid`",
        ),
        (
            "session_cookie = \"__Host-sessionid\"".to_owned(),
            "`session_cookie` is `__Host-sessionid`: browsers accept a cookie of this name over https only; set \
             `public_origin` to an https address",
        ),
        (
            "public_origin = \"http://chat.example.com\"\nvisitor_cookie = \"__secure-v\""
                .to_owned(),
            "`visitor_cookie` is `__secure-v`: browsers accept",
        ),
        (
            format!("{https}csrf_cookie = \"__Http-csrf\""),
            "`csrf_cookie` is `__Http-csrf`: browsers accept a cookie of this name only if scripts cannot read it",
        ),
    ] {
        home.write("unicom.toml", &text);
        has(&home.run(&["migrate"]).wrong_use(), &[part]);
    }
    home.write(
        "unicom.toml",
        &format!("{https}session_cookie = \"__Secure-shop\"\ncsrf_cookie = \"csrf\"\n"),
    );
    home.run(&["migrate"]).ok();
    // A flag counts before the file, as everywhere.
    let flags = ["migrate", "--visitor-cookie", "__Secure-shop"];
    has(&home.run(&flags).wrong_use(), &["are both `__Secure-shop`"]);
}
