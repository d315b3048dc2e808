//! Tests that a received file is deleted when its request has ended, whatever the outcome.

use std::net::Shutdown;
use std::ops::Range;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, LocalBoxFuture};
use futures_util::stream::BoxStream;
use reqwest::Method;
use unicom_core::media::{MediaError, MediaSource, MediaStore};
use unicom_http::{Api, ApiError, IdentityProvider, UploadFolder};
use unicom_server::Options;
use unicom_testing::TestDatabase;
use unicom_webchat::{GuestId, Visitor};

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::client::{Client, provide_tls};
use crate::custom_identity::Host;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::RawConnection;
use crate::sample_images::png_and;

const SEND: &str = "/unicom/webchat/send/";

async fn all_gone(app: &TestApp) {
    TestApp::wait_for("the end of what was received", async || {
        app.uploads().is_empty().then_some(())
    })
    .await;
}

/// Begins to send a file, and waits until the server has begun to store it.
async fn begin(app: &TestApp, client: &Client) -> RawConnection {
    let (kind, body) = Form::default()
        .file("media", "a.png", &png_and(&[7; 100_000]))
        .finish();
    let mut raw = RawConnection::to(app);
    let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
    raw.write_head(&format!("POST {SEND}"), client, &headers);
    raw.write(&body[..60_000]);
    TestApp::wait_for("a file that is being received", async || {
        (app.uploads().len() == 1).then_some(())
    })
    .await;
    raw
}

both! {
    async fn completed_upload_leaves_no_temporary_file(db: &TestDatabase) {
        let options = Options { max_file: Some(200_000), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("hi").await;
        guest.send_file("a.png", PNG).await.ok();
        all_gone(&app).await;
        let large = png_and(&[0; 250_000]);
        // `NoSideEffects` also checks the files being received.
        let watch = NoSideEffects::of(&app).await;
        for (what, form, refusal) in [
            ("too large", Form::default().file("media", "a.png", &large), (413, "too_large")),
            ("far too large", Form::default().file("media", "a.png", &large.repeat(4)), (413, "too_large")),
            ("no picture", Form::default().file("media", "a.png", b"a\0b"), (415, "unsupported_media_type")),
            ("not whole", Form::default().file("media", "a.png", &PNG[..40]), (415, "unsupported_media_type")),
            ("no chat", Form::default().file("media", "a.png", PNG).text("chat_id", "x"), (404, "chat_not_found")),
            ("twice", Form::default().file("media", "a.png", PNG).file("media", "b.png", PNG), (400, "invalid_body")),
            ("a NUL", Form::default().file("media", "a.png", PNG).text("text", "\0"), (400, "invalid_text")),
        ] {
            let (kind, body) = form.finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch.refused(what, request, refusal).await;
        }
        let (kind, body) = Form::default().file("media", "a.png", PNG).finish_truncated();
        let request = guest.request(Method::POST, SEND).body(&kind, body);
        watch.refused("a form that is cut off", request, (400, "invalid_body")).await;
    }

    async fn disconnected_client_leaves_no_temporary_file(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        drop(begin(&app, &guest).await);
        watch.unchanged("a connection that was cut").await;
        let raw = begin(&app, &guest).await;
        raw.writer().shutdown(Shutdown::Write).unwrap();
        watch.unchanged("a body that was cut").await;
    }

    async fn stalled_client_leaves_no_temporary_file(db: &TestDatabase) {
        let options = Options { body_timeout: Some(1), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        begin(&app, &guest).await.answer().is(408, "request_timeout");
        watch.unchanged("a client that stopped").await;
    }

    async fn stopped_server_leaves_no_temporary_file(db: &TestDatabase) {
        let mut app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let raw = begin(&app, &guest).await;
        app.crash();
        all_gone(&app).await;
        drop(raw);
    }

    async fn failures_and_panics_leave_no_temporary_file(db: &TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        for (name, status) in [("away", Some(503)), ("panics", None)] {
            let uploads = UploadFolder::within(folder.path()).unwrap();
            let own = uploads.path().unwrap().to_owned();
            let (media, identity) = (Arc::new(Away(name)), Arc::new(SharedGuest));
            let mut api = Api::new(db.database().clone(), media, identity, "/unicom");
            api.uploads = uploads;
            let host = Host::serve(api);
            let url = format!("{}{SEND}", host.base);
            let (kind, body) = Form::default().file("media", "a.png", PNG).finish();
            provide_tls();
            let request = reqwest::Client::new().post(url).header("content-type", kind).body(body);
            let answer = request.send().await.ok().map(|answer| answer.status().as_u16());
            assert_eq!(answer, status, "{name}");
            TestApp::wait_for(name, async || {
                (std::fs::read_dir(&own).unwrap().count() == 0).then_some(())
            })
            .await;
        }
    }
}

/// A media store that fails: it panics or is unavailable.
#[derive(Debug)]
struct Away(&'static str);

impl MediaStore for Away {
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        async move {
            let MediaSource::File(path) = source else {
                panic!("an upload is a file");
            };
            assert!(path.exists(), "it is there until it is stored");
            assert_ne!(self.0, "panics", "as it was told to");
            Err(MediaError::Unavailable {
                key,
                reason: "away".to_owned(),
            })
        }
        .boxed()
    }

    fn open(
        &self,
        key: String,
        _range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>> {
        async { Err(MediaError::NotFound { key }) }.boxed()
    }

    fn delete(&self, _key: String) -> BoxFuture<'_, Result<(), MediaError>> {
        async { Ok(()) }.boxed()
    }
}

/// An identity provider for which every client is the same guest.
struct SharedGuest;

impl IdentityProvider for SharedGuest {
    fn identify<'a>(
        &'a self,
        _: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        async { Ok(Some(Visitor::guest("4f3c"))) }.boxed_local()
    }

    fn remember_guest(&self, _: &HttpRequest, _: &GuestId) -> Result<(), ApiError> {
        Ok(())
    }
}
