//! The command `unicom serve`, and serving for `unicom quickstart`.

use unicom_auth::users::fill_skeletons;

use super::{Context, published_passwords};
use crate::output::Format;
use crate::parts::Parts;
use crate::{Failure, Metrics, Routes, Server, Settings, Signals, weaknesses};

/// Serves until the process is told to stop.
pub(crate) fn run(parts: &Parts, settings: &Settings) -> Result<(), Failure> {
    let metrics = Metrics::new()?;
    let context = metrics.record(|| Context::open(parts, settings, Format::Text))?;
    serve(context, metrics, parts.routes.clone(), |server| {
        for address in server.addresses() {
            log::info!("listening on http://{address}{}", settings.base_path);
        }
        Ok(())
    })
}

/// Serves `routes` beside those of unicom until the process is told to stop. `announce` tells
/// people the address.
pub(super) fn serve(
    context: Context<'_>,
    metrics: Metrics,
    routes: Routes,
    announce: impl FnOnce(&Server) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (settings, extensions) = (context.settings, context.extensions());
    let database = context.database;
    database.read(|db| db.ping_to_write()).wait()?;
    fill_skeletons(&database)?;
    published_passwords::warn(&database)?;
    actix_web::rt::System::new().block_on(async {
        // Before the address is announced, because its reader may stop the server.
        let signals = Signals::listen()?;
        let server = Server::bind(settings, database, extensions, routes, metrics)?;
        weaknesses::warn(settings);
        announce(&server)?;
        server.run(signals).await
    })
}
