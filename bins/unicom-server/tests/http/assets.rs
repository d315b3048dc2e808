//! Tests of the files of the widget: what a page of any site loads, without a session.

use reqwest::{Client, Method};
use unicom_server::Options;
use unicom_testing::TestDatabase;
use unicom_ui::{Asset, asset, assets};

use crate::app::TestApp;
use crate::both;
use crate::client::provide_tls;
use crate::response::Response;

const SCRIPT: &str = "/unicom/widget.js";

fn widget() -> &'static Asset {
    asset("widget.js").unwrap()
}

fn path(asset: &Asset) -> String {
    format!("/unicom/assets/{}/{}", &asset.hash[..8], asset.name)
}

/// Sends a request as a page does, without cookies. These files are not part of the API.
async fn request(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    provide_tls();
    let mut request = Client::new().request(method, format!("{}{path}", app.base()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Response::of(request.send().await.unwrap()).await
}

async fn get(app: &TestApp, path: &str) -> Response {
    request(app, Method::GET, path, &[]).await
}

async fn encoded(app: &TestApp, path: &str, accepted: &str) -> Response {
    request(app, Method::GET, path, &[("Accept-Encoding", accepted)]).await
}

both! {
    async fn script_is_for_pages_of_any_site(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let got = request(&app, Method::GET, SCRIPT, &[("Origin", "https://shop.example")]).await;
        assert_eq!((got.status, got.body.as_slice()), (200, widget().raw));
        assert_eq!(got.set_cookie("csrftoken"), None);
        for (name, value) in [
            ("content-type", "text/javascript; charset=utf-8"),
            ("cache-control", "public, max-age=300, stale-while-revalidate=86400"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-encoding"),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
        let head = request(&app, Method::HEAD, SCRIPT, &[]).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), widget().raw.len().to_string());
    }

    async fn best_accepted_encoding_is_sent(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (raw, brotli, gzip) = (widget().raw, widget().brotli, widget().gzip);
        let mut tags = Vec::new();
        for (accepted, coding, body) in [
            ("gzip, deflate, br, zstd", "br", brotli),
            ("br;q=0.5, gzip", "gzip", gzip),
            ("gzip", "gzip", gzip),
            ("br;q=0, gzip;q=0", "", raw),
            ("identity", "", raw),
            ("zstd", "", raw),
            (";;,", "", raw),
        ] {
            let got = encoded(&app, SCRIPT, accepted).await;
            assert_eq!((got.status, got.header("content-encoding")), (200, coding), "{accepted}");
            assert_eq!(got.body, body, "{accepted}");
            tags.push(got.header("etag").to_owned());
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 3, "each form has its own tag: {tags:?}");
    }

    async fn known_script_is_not_sent_again(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let tag = encoded(&app, SCRIPT, "br").await.header("etag").to_owned();
        let headers = [("Accept-Encoding", "br"), ("If-None-Match", &tag)];
        let got = request(&app, Method::GET, SCRIPT, &headers).await;
        assert_eq!((got.status, got.body.as_slice()), (304, b"".as_slice()));
        assert_eq!(got.header("vary"), "accept-encoding");
    }

    async fn addresses_of_files_name_their_version(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for asset in assets() {
            let got = get(&app, &path(asset)).await;
            assert_eq!((got.status, got.body.as_slice()), (200, asset.raw), "{}", asset.name);
            assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
        }
        // A page from before an update still finds the panel, and does not keep it.
        for version in ["00000000", "x", widget().hash] {
            let got = get(&app, &format!("/unicom/assets/{version}/app.js")).await;
            assert_eq!((got.status, got.header("cache-control")), (200, "no-cache"), "{version}");
        }
    }

    async fn other_files_do_not_exist(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for name in ["x.js", "widget.js.br", "assets.rs", "..%2fwidget.js", "%00", "widget.js%00"] {
            let got = get(&app, &format!("/unicom/assets/00000000/{name}")).await;
            assert!([400, 404].contains(&got.status), "{name}: {}", got.status);
            assert_eq!(got.set_cookie("csrftoken"), None, "{name}");
        }
        get(&app, "/unicom/assets/00000000/x.js").await.is(404, "not_found");
        let written = request(&app, Method::POST, SCRIPT, &[]).await;
        written.is(405, "method_not_allowed");
    }

    async fn folder_takes_the_place_of_the_program(db: &TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let ui = folder.path().join("ui");
        std::fs::create_dir(&ui).unwrap();
        std::fs::write(ui.join("widget.js"), "first").unwrap();
        std::fs::write(folder.path().join("secret.js"), "secret").unwrap();
        let options = Options { ui_dir: Some(ui.clone()), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let got = encoded(&app, SCRIPT, "br").await;
        assert_eq!((got.text().as_str(), got.header("cache-control")), ("first", "no-cache"));
        std::fs::write(ui.join("widget.js"), "second").unwrap();
        assert_eq!(get(&app, SCRIPT).await.text(), "second");
        for name in ["app.js", "..%2fsecret.js", "%2e%2e%2fsecret.js", ".js", "widget.js%2f..%2f..%2fsecret.js"] {
            let got = get(&app, &format!("/unicom/assets/00000000/{name}")).await;
            assert!([400, 404].contains(&got.status), "{name}: {}", got.text());
        }
    }
}
