//! Tests of messages with several files, which the provider of a platform has.

use serde_json::{Value, json};
use unicom_db::queries::chats;
use unicom_models::ChatId;
use unicom_testing::{FakePlatform, TestDatabase};

use super::{GIF, PNG};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;

const PDF: &[u8] = b"%PDF-1.7";

/// Receives a message with these files of the provider. Returns its chat, and the path where admins
/// read it.
async fn receive(app: &TestApp, admin: &Client, files: &[&str]) -> (ChatId, String) {
    let new = json!({ "platform": FakePlatform::KIND, "name": "Fake", "config": { "token": "t" } });
    let made = admin.post("/unicom/admin/channels/", new).await.ok();
    let id = made["channel"]["id"].to_string();
    let message = json!({ "id": "m-1", "from": "4917", "text": "look", "files": files });
    let called = Client::new(app.base())
        .post(
            &format!("/unicom/hooks/fake/{id}/?token=t"),
            json!({ "messages": [message] }),
        )
        .await;
    assert_eq!(called.status, 200, "{}", called.text());
    let chats = format!("/unicom/admin/chats/?channel_id={id}");
    let chat = admin.get(&chats).await.ok()["chats"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/unicom/admin/chats/{chat}/messages/");
    TestApp::wait_for("the files", async || {
        let waiting = "SELECT count(*) AS number FROM unicom_files WHERE state = 'waiting'";
        (app.number(waiting).await == 0).then_some(())
    })
    .await;
    (chat.into(), path)
}

/// Returns the files of the only message of a page, without their paths, and the paths.
fn files_of(page: &Value) -> (Vec<Value>, Vec<String>) {
    let mut files = page["messages"][0]["files"].as_array().unwrap().clone();
    let path = |file: &mut Value| {
        let path = file.as_object_mut().unwrap().remove("media_url").unwrap();
        path.as_str().unwrap().to_owned()
    };
    let paths = files.iter_mut().map(path).collect();
    (files, paths)
}

both! {
    async fn further_files_are_shown_and_served_like_the_first(db: &TestDatabase) {
        let fake = FakePlatform::default()
            .with_file("cat.gif", GIF)
            .with_file("plan (1).pdf", PDF)
            .with_file("dog.png", PNG);
        let platforms = unicom_server::platforms().with(fake);
        let app = TestApp::with(db, Setup { platforms, ..Setup::default() }).await;
        let admin = app.program().await;
        let names = ["cat.gif", "plan (1).pdf", "cat.gif", "lost.gif", "dog.png"];
        let (chat, path) = receive(&app, &admin, &names).await;
        let page = admin.get(&path).await.ok();
        assert_eq!(page["messages"][0]["media_type"], "image");
        let expected = [
            json!({ "name": "plan-1.pdf", "media_type": "file", "media_content_type": "application/pdf",
                "media_size": PDF.len() }),
            json!({ "name": "cat.gif", "media_type": "image", "media_content_type": "image/gif", "media_size": GIF.len() }),
            json!({ "name": "dog.png", "media_type": "image", "media_content_type": "image/png", "media_size": PNG.len() }),
        ];
        let (files, of_admins) = files_of(&page);
        assert_eq!(files, expected);
        for (url, content) in of_admins.iter().zip([PDF, GIF, PNG]) {
            assert!(url.starts_with("/unicom/admin/media/"), "{url}");
            let file = admin.get(url).await;
            assert_eq!((file.status, &file.body[..]), (200, content));
            assert_eq!(file.header("content-security-policy"), "sandbox");
        }
        assert!(admin.get(&of_admins[0]).await.header("content-disposition").starts_with("attachment"));

        // A visitor who does not take part in the chat gets what a missing file gets.
        let guest = app.guest_who_wrote("hi").await;
        let of_visitors: Vec<String> = of_admins.iter().map(|url| url.replace("/admin/", "/")).collect();
        for url in &of_visitors {
            let refused = guest.get(url).await;
            let missing = guest.get(&url.replace("?file=", "?file=9")).await;
            assert_eq!((refused.status, refused.text()), (missing.status, missing.text()));
            refused.is(404, "not_found");
            guest.get(&url.replace("/media/", "/admin/media/")).await.is(401, "login_required");
        }
        let account = guest.account_id().await.into();
        let joined = chat.clone();
        let join = app.database().write(move |tx| chats::join(tx, &account, &joined));
        join.await.unwrap();
        let page = guest.messages(&format!("chat_id={chat}")).await;
        assert_eq!(files_of(&page), (expected.to_vec(), of_visitors.clone()));
        for (url, content) in of_visitors.iter().zip([PDF, GIF, PNG]) {
            assert_eq!(guest.get(url).await.body, content);
        }
        let first = page["messages"][0]["media_url"].as_str().unwrap();
        assert_eq!(guest.get(first).await.body, GIF);
        // The first file has another path, one was not there, and names belong to files.
        for wrong in ["?file=0", "?file=3", "?file=4", "?file=-1"] {
            guest.get(&format!("{first}{wrong}")).await.is(404, "not_found");
            admin.get(&format!("{first}{wrong}").replace("/media/", "/admin/media/")).await.is(404, "not_found");
        }
        for wrong in ["?file=x", "?file=1&file=2", "?file=99999999999"] {
            guest.get(&format!("{first}{wrong}")).await.is(400, "invalid_parameter").names("file");
        }
        assert_eq!(files_of(&guest.messages("").await).0, [Value::Null; 0]);
        app.block(&guest.account_id().await).await;
        guest.get(&of_visitors[0]).await.is(403, "account_blocked");
    }
}
