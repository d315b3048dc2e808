//! `NoSideEffects`: asserts that a refused request left nothing behind and changed nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::TestApp;
use crate::client::Request;
use crate::response::Response;

/// A snapshot of rows and files.
pub struct NoSideEffects<'a> {
    app: &'a TestApp,
    rows: BTreeMap<String, Vec<String>>,
    files: Vec<PathBuf>,
}

impl<'a> NoSideEffects<'a> {
    /// Takes a snapshot once the pipeline is idle.
    pub async fn of(app: &'a TestApp) -> Self {
        app.settled().await;
        Self {
            app,
            rows: app.rows().await,
            files: app.files(),
        }
    }

    /// Fails if any row or file was added, removed or changed.
    pub async fn unchanged(&self, what: &str) {
        let now = self.app.rows().await;
        for (table, before) in &self.rows {
            assert_eq!(&now[table], before, "{what} changed {table}");
        }
        assert_eq!(self.app.files(), self.files, "{what} changed the files");
        TestApp::wait_for("the end of what was received", async || {
            self.app.uploads().is_empty().then_some(())
        })
        .await;
    }

    /// Sends a request that must be refused with this status and code and leave nothing behind.
    pub async fn refused(
        &self,
        what: &str,
        request: Request<'_>,
        (status, code): (u16, &str),
    ) -> Response {
        let answer = request.send().await;
        let said = (answer.status, answer.code());
        assert_eq!(said, (status, code), "{what}: {}", answer.text());
        self.unchanged(what).await;
        answer
    }
}
