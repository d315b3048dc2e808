//! [`MessageDetails`]: what few messages have.

use diesel::prelude::*;

use crate::{AuthorKind, schema};

/// What few messages have.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = schema::unicom_message_details)]
pub struct MessageDetails {
    /// Who wrote the message, if that is not the usual author of such messages: see
    /// [`VisibleMessage::author_kind`](crate::VisibleMessage::author_kind).
    pub author: Option<AuthorKind>,
    /// The measures of the file.
    #[diesel(embed)]
    pub measures: MediaMeasures,
}

impl MessageDetails {
    /// Returns `true` if there is nothing to store.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The measures of an image, a video or a sound, as far as they are known.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = schema::unicom_message_details)]
pub struct MediaMeasures {
    /// Width in pixels.
    #[diesel(column_name = media_width)]
    pub width: Option<i32>,
    /// Height in pixels.
    #[diesel(column_name = media_height)]
    pub height: Option<i32>,
    /// Duration in milliseconds.
    #[diesel(column_name = media_duration_ms)]
    pub duration_ms: Option<i64>,
}
