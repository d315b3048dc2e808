//! Tests of the quota that all guests' files share.

use futures_util::future::join_all;
use serde_json::json;
use unicom_server::Options;
use unicom_testing::{TestClock, TestDatabase};

use super::PNG;
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::prometheus_text::Exposition;
use crate::response::Response;

/// Returns options with room for this many [`PNG`] files of all guests.
fn room_for(files: u64) -> Options {
    Options {
        all_guests_quota: Some(PNG.len() as u64 * files),
        ..Options::default()
    }
}

async fn send(client: &Client) -> Response {
    client.send_file("a.png", PNG).await
}

#[track_caller]
fn is_full(answer: &Response) {
    answer.is(503, "storage_full").names("guests");
    assert_eq!(answer.header("retry-after"), "60");
}

/// Returns the counted bytes of all guests' files.
async fn counted(app: &TestApp) -> i64 {
    let query = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS number FROM unicom_guest_files";
    app.number(query).await
}

both! {
    async fn guests_share_one_quota_that_excludes_users(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(3)).await;
        for _ in 0..3 {
            send(&app.guest().await).await.ok();
        }
        let (guest, user) = (app.guest_who_wrote("hi").await, app.user("ada").await);
        let watch = NoSideEffects::of(&app).await;
        is_full(&send(&guest).await);
        is_full(&send(&app.guest().await).await);
        watch.unchanged("a file of a guest too many").await;
        guest.say("a text goes as ever").await;
        send(&user).await.ok();
        assert_eq!(counted(&app).await, 3 * PNG.len() as i64);
        let shown = Exposition::of(&app).await;
        assert_eq!(shown.known(r#"unicom_uploads_refused_total{reason="guests_quota"}"#), 2.0);
        assert_eq!(shown.known("unicom_guest_file_bytes"), 3.0 * PNG.len() as f64);
    }

    async fn counter_rows_are_merged_without_a_quota(db: &TestDatabase) {
        let no_quota = || Options { all_guests_quota: Some(0), ..Options::default() };
        let mut app = TestApp::with_options(db, no_quota()).await;
        for _ in 0..3 {
            send(&app.guest().await).await.ok();
        }
        app.crash();
        // The files of guests are added up every ten minutes.
        app.make_housekeeping_due().await;
        app.run(no_quota(), crate::app::echo());
        let rows = "SELECT count(*) AS number FROM unicom_guest_files";
        TestApp::wait_for("one row", async || (app.number(rows).await == 1).then_some(())).await;
        assert_eq!(counted(&app).await, 3 * PNG.len() as i64);
    }

    async fn resent_file_counts_once(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1)).await;
        let guest = app.guest().await;
        let again = || Form::default().text("client_message_id", "a").file("media", "a.png", PNG);
        let first = guest.post_form("/unicom/webchat/send/", again()).await.ok();
        let second = guest.post_form("/unicom/webchat/send/", again()).await;
        assert_eq!(second.header("idempotent-replayed"), "true");
        assert_eq!(second.ok()["message"], first["message"]);
        assert_eq!((counted(&app).await, app.files().len()), (PNG.len() as i64, 1));
    }

    async fn concurrent_uploads_do_not_exceed_the_quota(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(3)).await;
        let guests = join_all((0..12).map(|_| app.guest())).await;
        let answers = join_all(guests.iter().map(send)).await;
        let (taken, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(taken.len(), 3);
        refused.into_iter().for_each(is_full);
        assert_eq!((counted(&app).await, app.files().len()), (3 * PNG.len() as i64, 3));
    }

    async fn two_processes_share_the_quota(db: &TestDatabase) {
        // Each with separate connections.
        let start = async || {
            let setup = Setup { options: room_for(5), clock: Some(TestClock::new()), ..Setup::default() };
            TestApp::with(db, setup).await
        };
        let apps = [start().await, start().await];
        let guests = join_all((0..12).map(|number| apps[number % 2].guest())).await;
        let answers = join_all(guests.iter().map(send)).await;
        let (taken, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(taken.len(), 5);
        refused.into_iter().for_each(is_full);
        assert_eq!(apps[0].files().len() + apps[1].files().len(), 5);
        assert_eq!(counted(&apps[0]).await, 5 * PNG.len() as i64);
        is_full(&send(&apps[1].guest().await).await);
    }

    async fn every_removal_of_a_file_frees_quota(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1)).await;
        let admin = app.program().await;
        for way in ["delete", "erase", "register", "log in"] {
            let guest = app.guest().await;
            send(&guest).await.ok();
            is_full(&send(&app.guest().await).await);
            let account = guest.account_id().await;
            match way {
                "delete" => {
                    // An archived chat still counts.
                    guest.delete(&format!("/unicom/webchat/chat/{account}/")).await.ok();
                    is_full(&send(&app.guest().await).await);
                    guest.delete(&format!("/unicom/webchat/chat/{account}/?hard_delete=true")).await.ok();
                }
                "erase" => {
                    admin.post(&format!("/unicom/admin/accounts/{account}/erase/"), json!({})).await.ok();
                }
                "register" => {
                    guest.register("ada").await;
                }
                _ => {
                    guest.log_in("ada").await;
                }
            }
            assert_eq!(counted(&app).await, 0, "{way}");
        }
        // The guest's files belong to the user, to whom the guests' quota does not apply.
        let user = app.guest().await;
        user.log_in("ada").await;
        send(&user).await.ok();
        send(&user).await.ok();
        assert_eq!(counted(&app).await, 0);
    }

    async fn failed_write_is_not_counted(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(9)).await;
        let guest = app.guest_who_wrote("hi").await;
        let form = Form::default().text("reply_to_message_id", "01890000-0000-7000-8000-000000000000").file("media", "a.png", PNG);
        guest.post_form("/unicom/webchat/send/", form).await.is(404, "not_found");
        let form = Form::default().text("chat_id", "x").file("media", "a.png", PNG);
        guest.post_form("/unicom/webchat/send/", form).await.is(404, "chat_not_found");
        assert_eq!((counted(&app).await, app.files().len()), (0, 0));
    }

    async fn zero_means_unlimited(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(0)).await;
        for _ in 0..3 {
            send(&app.guest().await).await.ok();
        }
        // The files are counted nevertheless, since the quota may be set later.
        assert_eq!(counted(&app).await, 3 * PNG.len() as i64);
    }
}
