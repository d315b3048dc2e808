//! [`Context`]: what a command works with: the database, the settings and the output format.

use std::fmt::Display;

use serde::Serialize;
use unicom_core::CoreError;
use unicom_core::admin::{Actor, Extensions};
use unicom_db::{Database, Db, DbError, Tx};

use super::nearest::nearest;
use crate::output::Format;
use crate::parts::Parts;
use crate::wiring::open_database;
use crate::{Failure, Settings};

/// What a command works with.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The settings of the program.
    pub settings: &'a Settings,
    /// The database, whose tables are up to date.
    pub database: Database,
    pub(crate) parts: &'a Parts,
    pub(crate) format: Format,
}

impl<'a> Context<'a> {
    /// Opens the database.
    pub(crate) fn open(
        parts: &'a Parts,
        settings: &'a Settings,
        format: Format,
    ) -> Result<Self, Failure> {
        Ok(Self {
            settings,
            database: open_database(settings)?,
            parts,
            format,
        })
    }

    /// Returns the platforms, bots and matchers of the program.
    pub fn extensions(&self) -> Extensions {
        self.parts.extensions(self.settings, &self.database)
    }

    /// Prints the outcome of a command: `item` if the command line asks for JSON, otherwise
    /// `sentence`, in which characters that a terminal acts on are printed as escapes.
    ///
    /// # Errors
    /// Returns [`Failure::Failed`] if standard output cannot be written.
    pub fn done<T: Serialize>(&self, sentence: &str, item: &T) -> Result<(), Failure> {
        self.format.done(sentence, item)
    }

    /// Reads from the database.
    pub(crate) fn read<T, E>(
        &self,
        read: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        Failure: From<E>,
    {
        let found = self.database.read(read).wait();
        found.map_err(|error| self.suggest(error.into()))
    }

    /// Reads an item. Fails if it does not exist; `what` is its kind, such as `category`.
    pub(crate) fn get<T: Send + 'static>(
        &self,
        what: &str,
        id: impl Display,
        get: impl FnOnce(&mut Db) -> Result<Option<T>, DbError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read(get)?
            .ok_or_else(|| self.suggest(Failure::missing(what, id)))
    }

    /// Writes to the database on behalf of the person at the command line.
    pub(crate) fn write<T, E>(
        &self,
        write: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        Failure: From<E>,
    {
        let written = self.database.write(|tx| write(tx, &Actor::COMMAND_LINE));
        written.wait().map_err(|error| self.suggest(error.into()))
    }

    /// Awaits an action, such as one that asks a provider.
    pub(crate) fn wait<T>(
        &self,
        action: impl Future<Output = Result<T, CoreError>>,
    ) -> Result<T, Failure> {
        let done = super::runtime()?.block_on(action);
        done.map_err(|error| self.suggest(error.into()))
    }

    /// Adds what was probably meant to the failure that an item does not exist.
    fn suggest(&self, failure: Failure) -> Failure {
        let Failure::Missing { what, id } = &failure else {
            return failure;
        };
        let (what, id) = (what.clone(), id.clone());
        let found = self.database.read(move |db| nearest(db, &what, &id));
        match found.wait() {
            Ok(Some(meant)) => Failure::Failed(format!("{failure}: did you mean `{meant}`?")),
            _ => failure,
        }
    }
}
