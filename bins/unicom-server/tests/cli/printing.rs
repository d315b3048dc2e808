//! Tests of how commands print text that others wrote: control characters are not printed, and
//! nothing is hidden.

use serde_json::{Value, json};
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Workspace, has};

/// Characters that control a terminal (ESC, CSI and others), change the text direction or are
/// invisible.
const ACTS: [char; 9] = [
    '\u{1b}',
    '\u{9b}',
    '\u{85}',
    '\u{7f}',
    '\u{202e}',
    '\u{2066}',
    '\u{200b}',
    '\u{3164}',
    '\u{e0041}',
];

fn text() -> String {
    format!("ä{}2J", ACTS.iter().collect::<String>())
}

/// Asserts that `ä`, the letter next to the control characters, is printed and that they are not.
#[track_caller]
fn acts_on_nothing(printed: &str) {
    assert!(
        printed.contains('ä') && !printed.contains(ACTS),
        "{printed:?}"
    );
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn message_texts_are_escaped(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        Visitor::of(&server).send(&text()).await;
        let requests = home.json(&["request", "list"]);
        let (id, account) = (&requests[0]["id"], &requests[0]["account_id"]);
        assert_eq!(requests[0]["display_text"], text(), "JSON means what it meant");
        let (id, account) = (id.as_str().unwrap(), account.as_str().unwrap());
        for run in [
            &["request", "list"][..],
            &["request", "show", id],
            &["request", "list", "--json"],
            &["request", "show", id, "--json"],
            &["account", "export", account],
            &["export", "-"],
        ] {
            acts_on_nothing(&home.run(run).ok());
        }
        let exported = home.run(&["account", "export", account]).ok();
        let exported: Value = serde_json::from_str(&exported).unwrap();
        assert!(exported.to_string().contains(&json!(text()).to_string()[1..]), "{exported}");
    }

    fn names_and_errors_are_escaped(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = ["channel", "create", "--platform", "WebChat", "--name"];
        let name = text();
        home.run(&[create.as_slice(), &[&name]].concat()).ok();
        acts_on_nothing(&home.run(&["channel", "list"]).ok());
        acts_on_nothing(&home.run(&["channel", "show", "1"]).ok());
        acts_on_nothing(&home.run(&["channel", "list", "--json"]).ok());
        acts_on_nothing(&home.run(&["check"]).ok());
        let config = json!({ "bot": name }).to_string();
        let said = home.run(&["channel", "update", "1", "--config", &config]).wrong_use();
        has(&said, &["is not registered"]);
        acts_on_nothing(&said);
    }
}

#[test]
fn exit_code_is_right_if_the_output_is_not_read() {
    let home = Workspace::new();
    let code = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = home.command(arguments);
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        command.status().unwrap().code()
    };
    assert_eq!(code(&["check"]), Some(1));
    assert_eq!(code(&["migrate"]), Some(0));
    assert_eq!(code(&["channel", "show", "1"]), Some(1));
    assert_eq!(code(&["channel", "show", "x"]), Some(2));
    assert_eq!(code(&["export", "-"]), Some(1));
    home.echo_channel();
    assert_eq!(code(&["check"]), Some(0));
    assert_eq!(code(&["user", "delete", "eve"]), Some(2));
}
