//! The erasure and the export of a person, given by an account or as a member.

mod erase;
mod export;

use unicom_core::person::PersonRef;

use crate::Failure;

pub(crate) use erase::{ErasePerson, erase_person};
pub(crate) use export::{ExportPerson, export_person};

/// Returns the kind of what is referred to, `account` or `member`, and its id.
fn named(whom: &PersonRef) -> (&'static str, String) {
    match whom {
        PersonRef::Account(id) => ("account", id.to_string()),
        PersonRef::Member(id) => ("member", id.to_string()),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(Failure::failed)
}
