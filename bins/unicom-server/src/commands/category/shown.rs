//! A category as the commands print it.

use serde::Serialize;
use unicom_db::{Db, DbError, queries::categories};
use unicom_models::{CategoryLinks, RequestCategory};

/// A category, with the channels it is restricted to and the members and groups that may use it.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    pub category: RequestCategory,
    #[serde(flatten)]
    pub links: CategoryLinks,
}

impl Shown {
    pub fn of(db: &mut Db, category: RequestCategory) -> Result<Self, DbError> {
        let links = categories::links(db, category.id)?;
        Ok(Self { category, links })
    }
}
