//! A server's routes on a database, and what can be seen of it from outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_core::media::ObjectMediaStore;
use unicom_core::{Bots, Echo, Incoming, Outcome, token_hash};
use unicom_db::queries::queue;
use unicom_db::{Database, DatabaseOptions, Db, DbError, Synchronous, on_engine, transfer};
use unicom_http::{Admission, UploadFolder};
use unicom_models::UtcTime;
use unicom_testing::all_rows;

use super::things::BOT_TOKEN;
use crate::app::{self, Parts, Routes};
use crate::import_lines::SETS;

/// A server on a database.
pub(super) struct Live {
    pub path: PathBuf,
    pub routes: Routes,
    pub parts: Parts,
    /// A connection of its own, which sees what others commit.
    watcher: Db,
    version: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

impl Live {
    /// A server on the database at `path`, with a clock that stands still at `now`.
    pub async fn begin(
        path: &Path,
        media: &Arc<ObjectMediaStore>,
        admission: &Admission,
        now: Option<UtcTime>,
    ) -> Self {
        let url = format!("sqlite://{}", path.display());
        let mut options = DatabaseOptions {
            readers: 1,
            synchronous: Synchronous::Normal,
            ..DatabaseOptions::default()
        };
        if let Some(now) = now {
            options.clock = Arc::new(move || now);
        }
        let database = Database::connect_with(&url, options).expect("a database");
        let uploads = path.parent().unwrap_or(path).join("uploads");
        let parts = Parts {
            bots: bots(&database),
            database,
            media: Arc::clone(media),
            uploads: UploadFolder::within(&uploads).expect("a folder"),
            admission: admission.clone(),
        };
        let mut live = Self {
            path: path.to_owned(),
            routes: app::routes(&parts).await,
            parts,
            watcher: Db::connect(&url).expect("a connection"),
            version: 0,
        };
        live.has_changed();
        live
    }

    /// Whether anything was committed since this was last asked.
    pub fn has_changed(&mut self) -> bool {
        let version = on_engine!(&mut self.watcher, conn => {
            diesel::sql_query("PRAGMA data_version").get_result::<Version>(conn)
        });
        let version = version.expect("the version").data_version;
        std::mem::replace(&mut self.version, version) != version
    }

    /// Everything that is stored.
    pub fn rows(&mut self) -> BTreeMap<String, Vec<String>> {
        all_rows(&mut self.watcher).expect("the rows")
    }

    /// The same as `unicom export` writes it.
    pub fn export(&mut self) -> String {
        let mut all = Vec::new();
        transfer::export(&mut self.watcher, &SETS, &mut all).expect("an export");
        String::from_utf8(all).expect("text")
    }

    /// Files that are being received.
    pub fn uploads(&self) -> usize {
        let folder = self.parts.uploads.path().expect("a folder of its own");
        fs::read_dir(folder).expect("the folder").count()
    }
}

/// The echo bot, and one that lets whoever has the token answer later.
fn bots(database: &Database) -> Bots {
    let database = database.clone();
    Bots::default()
        .with("echo", Echo)
        .with("later", move |incoming: Incoming| {
            let database = database.clone();
            async move {
                let request = incoming.request;
                let hash = token_hash(BOT_TOKEN);
                let held = database.write(move |tx| queue::set_reply_token(tx, &request, &hash));
                let held: Result<bool, DbError> = held.await;
                assert!(held.expect("a token"));
                Ok(Outcome::later(Duration::from_secs(300)))
            }
        })
}
