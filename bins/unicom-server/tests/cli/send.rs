//! Tests of `unicom send`.

use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Run, Workspace, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn visitor_receives_the_message(db: &TestDatabase) {
        let home = Workspace::on(db);
        let channel = home.echo_channel();
        let server = Server::serve(&home);
        let visitor = Visitor::of(&server);
        let chat = visitor.send("Hello!").await;
        visitor.texts_once(2).await;

        has(&send(&home, channel, &chat, &["--text", "Good morning"]).ok(), &["is stored"]);
        let html = "<b>Good</b> <script>alert(1)</script><a href=\"javascript:x()\" onclick=y()>day</a>";
        send(&home, channel, &chat, &["--html", html, "--json"]).ok();
        assert_eq!(home.audited()[..2], [(); 2].map(|()| format!("cli message.send chat:{chat}")));
        let messages = visitor.messages().await;
        assert_eq!(messages[2]["text"], "Good morning");
        assert_eq!(messages[2]["is_outgoing"], true);
        let kept = messages[3]["html"].as_str().unwrap();
        has(kept, &["<b>Good</b>", "day"]);
        for bad in ["script", "onclick"] {
            assert!(!kept.contains(bad), "{kept}");
        }
    }

    async fn invalid_message_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let channel = home.echo_channel();
        let other = home.echo_channel();
        let server = Server::serve(&home);
        let chat = Visitor::of(&server).send("Hello!").await;

        let text = ["--text", "Good morning"];
        has(&send(&home, channel, "nobody", &text).failure(), &["chat `nobody` does not exist"]);
        has(&send(&home, other, &chat, &text).failure(), &["does not exist on this channel"]);
        has(&send(&home, 999, &chat, &text).failure(), &["channel `999` does not exist"]);
        has(&send(&home, channel, &chat, &["--text", " "]).failure(), &["the message is empty"]);
        has(&send(&home, channel, &chat, &[]).wrong_use(), &["--text"]);
        home.run(&["channel", "update", &channel.to_string(), "--active", "false"]).ok();
        has(&send(&home, channel, &chat, &text).failure(), &["is not active"]);
        assert!(!home.audited().iter().any(|line| line.contains("message.send")));
    }
}

fn send(home: &Workspace, channel: i64, chat: &str, content: &[&str]) -> Run {
    let channel = channel.to_string();
    home.run(&[&["send", "--channel", &channel, "--chat", chat], content].concat())
}
