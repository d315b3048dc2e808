//! [`Context`]: what a command works with: the database, the settings and the output format.

use std::fmt::Display;

use unicom_core::admin::{Actor, Extensions};
use unicom_db::{Database, Db, DbError, Tx};

use super::missing;
use crate::output::Format;
use crate::wiring::{self, open_database};
use crate::{Failure, Settings};

/// What a command works with.
pub(crate) struct Context<'a> {
    pub settings: &'a Settings,
    pub format: Format,
    pub database: Database,
}

impl<'a> Context<'a> {
    /// Opens the database.
    pub fn open(settings: &'a Settings, format: Format) -> Result<Self, Failure> {
        Ok(Self {
            settings,
            format,
            database: open_database(settings)?,
        })
    }

    /// Returns the platforms, bots and matchers of this program.
    pub fn extensions(&self) -> Extensions {
        wiring::extensions(self.settings, &self.database)
    }

    /// Reads from the database.
    pub fn read<T, E>(
        &self,
        read: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        Failure: From<E>,
    {
        Ok(self.database.read(read).wait()?)
    }

    /// Reads an item. Fails if it does not exist; `what` is its kind, such as `category`.
    pub fn get<T: Send + 'static>(
        &self,
        what: &str,
        id: impl Display,
        get: impl FnOnce(&mut Db) -> Result<Option<T>, DbError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read(get)?.ok_or_else(|| missing(what, id))
    }

    /// Writes to the database on behalf of the person at the command line.
    pub fn write<T, E>(
        &self,
        write: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        Failure: From<E>,
    {
        let written = self.database.write(|tx| write(tx, &Actor::COMMAND_LINE));
        Ok(written.wait()?)
    }
}
