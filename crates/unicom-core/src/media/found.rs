//! What the readers of formats return: the type of a file and its measures, or why there is none.

use std::io;

use unicom_models::MediaMeasures;

use super::MediaKind;
use super::scan::Broken;
use super::unsupported::Unsupported;

/// A type of file and its measures.
pub(super) type Found = (MediaKind, MediaMeasures);

/// Reason why a reader of a format returns no type.
#[derive(Debug)]
pub(super) enum Miss {
    /// The file has this format, which is not supported.
    Unsupported(Unsupported),
    /// The file does not follow the format.
    Unknown,
    /// The file cannot be read.
    Io(io::Error),
}

impl From<Broken> for Miss {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Format => Self::Unknown,
            Broken::Io(error) => Self::Io(error),
        }
    }
}
