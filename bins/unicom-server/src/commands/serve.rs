//! The command `unicom serve`.

use unicom_auth::users::fill_skeletons;

use super::published_passwords;
use crate::parts::Parts;
use crate::wiring::open_database;
use crate::{Failure, Metrics, Server, Settings, Signals, weaknesses};

/// Serves until the process is told to stop.
pub(crate) fn run(parts: &Parts, settings: &Settings) -> Result<(), Failure> {
    let metrics = Metrics::new()?;
    let database = metrics.record(|| open_database(settings))?;
    fill_skeletons(&database)?;
    published_passwords::warn(&database)?;
    let extensions = parts.extensions(settings, &database);
    actix_web::rt::System::new().block_on(async {
        // Before the address is logged, because its reader may stop the server.
        let signals = Signals::listen()?;
        let server = Server::bind(
            settings,
            database,
            extensions,
            parts.routes.clone(),
            metrics,
        )?;
        weaknesses::warn(settings);
        for address in server.addresses() {
            log::info!("listening on http://{address}{}", settings.base_path);
        }
        server.run(signals).await
    })
}
