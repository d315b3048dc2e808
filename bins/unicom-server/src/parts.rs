//! [`Parts`]: the platforms, bots, category matchers and routes of the program.

use unicom_core::admin::Extensions;
use unicom_core::platform::PlatformContext;
use unicom_core::{Bots, Platforms};
use unicom_db::Database;
use unicom_matchers::Matchers;
use unicom_outbound::Outbound;

use crate::routes::Routes;
use crate::{Settings, wiring};

/// The parts that a program can add to. By default those of unicom.
pub(crate) struct Parts {
    pub platforms: Platforms,
    pub further_platforms: Vec<AddPlatforms>,
    pub bots: Vec<AddBots>,
    pub matchers: Matchers,
    pub routes: Routes,
}

/// Adds platforms to those that are given.
pub(crate) type AddPlatforms = Box<dyn Fn(Platforms, &PlatformContext, &Outbound) -> Platforms>;

/// Adds kinds of bots to those that are given.
pub(crate) type AddBots = Box<dyn Fn(Bots, &Database, &Outbound) -> Bots>;

impl Default for Parts {
    fn default() -> Self {
        Self {
            platforms: wiring::platforms(),
            further_platforms: Vec::new(),
            bots: Vec::new(),
            matchers: Matchers::default(),
            routes: Routes::default(),
        }
    }
}

impl Parts {
    /// Returns the platforms.
    pub fn platforms(&self, context: &PlatformContext, outbound: &Outbound) -> Platforms {
        let platforms = self.platforms.clone();
        let platforms = platforms.with_context(context.clone());
        let add = |platforms, add: &AddPlatforms| add(platforms, context, outbound);
        self.further_platforms.iter().fold(platforms, add)
    }

    /// Returns what channels, bots and categories can use.
    pub fn extensions(&self, settings: &Settings, database: &Database) -> Extensions {
        let outbound = wiring::outbound(settings);
        let bots = wiring::bots(database, &outbound);
        let add = |bots, add: &AddBots| add(bots, database, &outbound);
        let context = wiring::platform_context(settings, database);
        Extensions::default()
            .with_platforms(self.platforms(&context, &outbound))
            .with_bots(self.bots.iter().fold(bots, add))
            .with_matchers(self.matchers.clone())
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("platforms", &self.platforms)
            .field("matchers", &self.matchers)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}
