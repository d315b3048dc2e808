//! Tests of how long a response waits for its reader. Only Linux shows whether the server still
//! holds a connection.

use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::raw_connection::RawConnection;
use crate::sample_images::png_and;

both! {
    async fn stalled_download_is_closed_after_a_timeout(db: &TestDatabase) {
        let options = Options {
            body_timeout: Some(1),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        // More than the socket buffers hold.
        let file = png_and(&vec![7; 16 << 20]);
        let sent = guest.send_file("a.png", &file).await.ok();
        let (mut quiet, mut reader) = (RawConnection::to(&app), RawConnection::to(&app));
        assert_eq!(quiet.get("/healthz").status, 200);
        let path = sent["message"]["media_url"].as_str().unwrap();
        reader.write_head(&format!("GET {path}"), &guest, "");
        TestApp::wait_for("the answer to begin", async || reader.has_answer().then_some(())).await;
        TestApp::wait_for("the end", async || reader.timer_of_server().is_none().then_some(())).await;
        // If no response is waiting to be read, the connection is not closed.
        assert_eq!(quiet.get("/healthz").status, 200);
        assert_eq!(guest.get(path).await.body, file);
    }

    async fn vanished_client_is_detected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (mut quiet, mut half) = (RawConnection::to(&app), RawConnection::to(&app));
        for raw in [&mut quiet, &mut half] {
            assert_eq!(raw.get("/healthz").status, 200);
        }
        // actix sets no timer for the rest of a second head.
        assert!(half.write("GET /healthz HTT"));
        for raw in [quiet, half] {
            const KEEP_ALIVE: &str = "02";
            TestApp::wait_for("a question", async || (raw.timer_of_server()? == KEEP_ALIVE).then_some(())).await;
        }
    }
}
