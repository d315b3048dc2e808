//! [`App`]: the program: what it offers beyond the parts of unicom itself, and its command line.

use actix_web::web::ServiceConfig;
use clap::ArgMatches;
use unicom_core::matchers::CategoryMatcher;
use unicom_core::platform::PlatformContext;
use unicom_core::{Bots, Platform, Platforms};
use unicom_db::Database;
use unicom_outbound::Outbound;

use crate::parts::Parts;
use crate::{Context, Failure};

/// A program with the whole command line of `unicom`, whose server has further platforms, bots,
/// category matchers, routes and commands. [`App::default`] is `unicom` itself.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use unicom_core::bots::Echo;
/// use unicom_server::{App, clap};
///
/// fn main() -> ExitCode {
///     App::default()
///         .with_name("shop", env!("CARGO_PKG_VERSION"))
///         .with_bots(|bots, _, _| bots.with("parrot", Echo))
///         .with_command(clap::Command::new("where"), |context, _| {
///             println!("{}", context.settings.database_url);
///             Ok(())
///         })
///         .run()
/// }
/// ```
pub struct App {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) parts: Parts,
    pub(crate) commands: Vec<OwnCommand>,
}

/// A command of the program that is not one of unicom's.
pub(crate) struct OwnCommand {
    pub command: clap::Command,
    pub run: RunCommand,
}

pub(crate) type RunCommand = Box<dyn Fn(&Context<'_>, &ArgMatches) -> Result<(), Failure>>;

impl Default for App {
    fn default() -> Self {
        Self {
            name: "unicom",
            version: env!("CARGO_PKG_VERSION"),
            parts: Parts::default(),
            commands: Vec::new(),
        }
    }
}

impl App {
    /// Sets the name that the program is called by, and its version.
    #[must_use]
    pub fn with_name(self, name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            ..self
        }
    }

    /// Adds a platform. Replaces a platform of the same kind.
    #[must_use]
    pub fn with_platform(mut self, platform: impl Platform) -> Self {
        self.parts.platforms = self.parts.platforms.with(platform);
        self
    }

    /// Adds platforms to those that are given, with `add`. The context has the secrets that
    /// settings of channels name, and the addresses and secrets of webhooks. Platforms that call
    /// other servers do so with [`Outbound`], which keeps them out of private networks. `add` is
    /// called whenever a command needs the platforms, also for its help, without secrets then.
    #[must_use]
    pub fn with_platforms(
        mut self,
        add: impl Fn(Platforms, &PlatformContext, &Outbound) -> Platforms + 'static,
    ) -> Self {
        self.parts.further_platforms.push(Box::new(add));
        self
    }

    /// Adds kinds of bots to those that are given, with `add`. Bots that call other servers do so
    /// with [`Outbound`], which keeps them out of private networks. `add` is called whenever a
    /// command needs the bots.
    #[must_use]
    pub fn with_bots(mut self, add: impl Fn(Bots, &Database, &Outbound) -> Bots + 'static) -> Self {
        self.parts.bots.push(Box::new(add));
        self
    }

    /// Adds a category matcher. Categories name it as `{"kind": "custom", "name": …}`. Replaces a
    /// matcher of the same name.
    #[must_use]
    pub fn with_matcher(mut self, name: &str, matcher: impl CategoryMatcher) -> Self {
        self.parts.matchers = self.parts.matchers.with(name, matcher);
        self
    }

    /// Adds routes under `path`, for example `/sms`, which stands under the base path. They are
    /// called by programs, such as the provider of a platform: requests count towards the limits of
    /// rates and concurrency, but there is no session and no CSRF check, so handlers verify who
    /// calls. They find the database as `web::Data<Database>`, and return
    /// [`ApiError`](unicom_http::ApiError).
    ///
    /// `path` must not be the beginning of one of unicom's paths, which it would hide.
    #[must_use]
    pub fn with_routes(
        mut self,
        path: &str,
        configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static,
    ) -> Self {
        self.parts.routes = self.parts.routes.with(path, configure);
        self
    }

    /// Adds a command, which `run` runs with the database open and migrated. Its name must not be
    /// that of a command of unicom.
    #[must_use]
    pub fn with_command(
        mut self,
        command: clap::Command,
        run: impl Fn(&Context<'_>, &ArgMatches) -> Result<(), Failure> + 'static,
    ) -> Self {
        let run = Box::new(run);
        self.commands.push(OwnCommand { command, run });
        self
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("name", &self.name)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}
