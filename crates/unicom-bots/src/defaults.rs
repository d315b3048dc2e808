//! `with_defaults`: registers the bots of this crate under their default names.

use unicom_core::Bots;
use unicom_db::Database;
use unicom_outbound::Outbound;

use crate::{Llm, Webhook};

/// Returns `bots` with a [`Webhook`] as `webhook` and an [`Llm`] as `llm`. They replace bots that
/// are registered under these names.
///
/// ```
/// use unicom_bots::with_defaults;
/// use unicom_core::{Bots, bots::Echo};
/// use unicom_outbound::{Outbound, OutboundOptions};
/// # use unicom_db::Database;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}", folder.path().join("unicom.db").display());
/// # let database = Database::connect(&url)?;
///
/// let outbound = Outbound::new(OutboundOptions::default());
/// let bots = with_defaults(Bots::default().with("echo", Echo), &database, &outbound);
/// assert_eq!(bots.names().collect::<Vec<_>>(), ["echo", "llm", "webhook"]);
/// # Ok(())
/// # }
/// ```
pub fn with_defaults(bots: Bots, database: &Database, outbound: &Outbound) -> Bots {
    bots.with("webhook", Webhook::new(database.clone(), outbound.clone()))
        .with("llm", Llm::new(database.clone(), outbound.clone()))
}
