//! Tests of the text of HTML that an admin sends.

use serde_json::json;
use unicom_testing::TestDatabase;

use crate::admin::path;
use crate::app::TestApp;
use crate::both;

both! {
    async fn text_of_html_keeps_lines_and_cells_apart(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let admin = app.program().await;
        let messages = path(&format!("chats/{}/messages/", guest.account_id().await));
        for (html, text) in [
            (
                "<p>Hello <b>you</b></p><ul><li>one</li><li>two</li></ul>",
                "Hello you\none\ntwo",
            ),
            ("<p>a</p>\n<p>b</p>", "a\nb"),
            ("a<br>b<br/>c<br>", "a\nb\nc"),
            ("<h2>News</h2>today <i>only</i>", "News\ntoday only"),
            (
                "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",
                "1\t2\n3\t4",
            ),
            ("<div><div>a</div><div>b</div></div>", "a\nb"),
            ("fish &amp; chips &lt;3", "fish & chips <3"),
            ("<pre>a\n  b</pre>", "a\n  b"),
        ] {
            let sent = admin.post(&messages, json!({ "html": html })).await.ok();
            assert_eq!(sent["message"]["text"], text, "{html}");
            let listed = guest.chats("").await[0]["last_message"]["text"].clone();
            assert_eq!(listed, text, "{html}");
        }
        for empty in ["<p>\u{200b}</p>", "<p>&nbsp;</p><br>", "<ul><li></li></ul>"] {
            let refused = admin.post(&messages, json!({ "html": empty })).await;
            refused.is(400, "empty_message");
        }
    }
}
