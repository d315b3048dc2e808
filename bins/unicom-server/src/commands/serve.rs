//! The command `unicom serve`.

use unicom_auth::users::fill_skeletons;

use super::published_passwords;
use crate::wiring::{bots, open_database, platforms};
use crate::{Failure, Metrics, Server, Settings, Signals, weaknesses};

/// Serves until the process is told to stop.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    let metrics = Metrics::new()?;
    let database = metrics.record(|| open_database(settings))?;
    fill_skeletons(&database)?;
    published_passwords::warn(&database)?;
    let bots = bots(settings, &database);
    actix_web::rt::System::new().block_on(async {
        // Before the address is logged, because its reader may stop the server.
        let signals = Signals::listen()?;
        let server = Server::bind(settings, database, platforms(), bots, metrics)?;
        weaknesses::warn(settings);
        for address in server.addresses() {
            log::info!("listening on http://{address}{}", settings.base_path);
        }
        server.run(signals).await
    })
}
