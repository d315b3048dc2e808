//! The erasure and the export of a person, given by an account or as a member.

mod erase;
mod export;

pub(crate) use erase::{ErasePerson, erase_person};
pub(crate) use export::{ExportPerson, export_person};
