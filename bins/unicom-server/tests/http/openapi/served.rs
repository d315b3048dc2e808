//! Tests of how the document is served: to every client, from caches, wherever the routes are
//! mounted.

use reqwest::Method;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::DOCUMENT;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;

const PATH: &str = "/unicom/openapi.json";

both! {
    async fn document_is_public_and_starts_no_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let anonymous = Client::new(app.base());
        for path in [PATH.to_owned(), format!("{PATH}/")] {
            let answer = anonymous.get(&path).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.json, *DOCUMENT);
            assert!(answer.headers.get("set-cookie").is_none());
            assert_eq!(answer.header("cache-control"), "public, max-age=300");
            assert_eq!(answer.header("content-type"), "application/json");

            let head = anonymous.head(&path).await;
            assert_eq!(head.status, 200);
            assert!(head.body.is_empty());
            assert_eq!(head.header("etag"), answer.header("etag"));
            assert_eq!(head.header("content-length"), answer.body.len().to_string());
        }
        anonymous.request(Method::POST, PATH).send().await.is(405, "method_not_allowed");
    }

    async fn unchanged_document_is_not_modified(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let anonymous = Client::new(app.base());
        let first = anonymous.get(PATH).await;
        let tag = first.header("etag");
        let again = anonymous.request(Method::GET, PATH).header("if-none-match", tag).send().await;
        assert_eq!(again.status, 304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), tag);
        assert_eq!(again.header("cache-control"), "public, max-age=300");
        let other = anonymous.request(Method::GET, PATH).header("if-none-match", "\"x\"").send().await;
        assert_eq!(other.status, 200);
    }

    async fn document_paths_include_the_base_path(db: &TestDatabase) {
        let options = Options { base_path: Some("/a/b".to_owned()), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let anonymous = Client::new(app.base());
        let document = anonymous.get("/a/b/openapi.json").await.json;
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.contains_key("/a/b/webchat/send"));
        assert!(paths.contains_key("/a/b/requests/{id}/reply"));
        assert!(paths.contains_key("/a/b/openapi.json"));
        assert!(paths.contains_key("/healthz"));
        assert_eq!(paths.len(), DOCUMENT["paths"].as_object().unwrap().len());
        anonymous.get(PATH).await.is(404, "not_found");
    }
}
