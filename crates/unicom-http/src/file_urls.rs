//! [`FileUrls`]: the addresses of messages' files.

use unicom_models::MessageId;
use unicom_webchat::Visitor;

use crate::webchat::media::path_of;
use crate::{Api, IdentityProvider};

/// Makes the addresses of messages' files for one reader.
pub(crate) struct FileUrls<'a> {
    folder: String,
    visitor: Option<(&'a dyn IdentityProvider, &'a Visitor)>,
}

impl<'a> FileUrls<'a> {
    /// Makes the addresses for a visitor. They are signed if the visitor's browser cannot prove an
    /// identity when it loads a file.
    pub fn of_visitor(api: &'a Api, visitor: &'a Visitor) -> Self {
        Self {
            folder: format!("{}/media", api.base_path),
            visitor: Some((&*api.identity, visitor)),
        }
    }

    /// Makes the addresses for a program that does not read for a visitor.
    pub fn of_program(api: &Api) -> Self {
        Self {
            folder: format!("{}/media", api.base_path),
            visitor: None,
        }
    }

    /// Makes the addresses for admins.
    pub fn of_admins(api: &Api) -> Self {
        Self {
            folder: format!("{}/admin/media", api.base_path),
            visitor: None,
        }
    }

    /// Returns the address of a message's file, or of a further one with its number.
    pub fn url(&self, id: MessageId, name: &str, further: Option<i32>) -> String {
        let signed = self
            .visitor
            .and_then(|(host, visitor)| host.file_query(visitor, id));
        let parameters = [further.map(|number| format!("file={number}")), signed];
        let query = parameters
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/{}{mark}{query}", self.folder, path_of(id, name))
    }
}
