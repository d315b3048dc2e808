//! The folders of a server's files.

use std::path::Path;

/// The location of the files outside the database, relative to the folder of the test database.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The folder of the secret key.
    pub data: &'static str,
    /// The folder of media files. The server is told about it only if it is not the default.
    media: &'static str,
    pub is_media_said: bool,
}

impl Layout {
    /// The data folder beside the database, with the media files in it.
    pub const BESIDE: Self = Self {
        data: "data",
        media: "data/media",
        is_media_said: false,
    };

    /// All layouts: the default, the data folder away from the database, and media files away from
    /// both.
    pub const ALL: [Self; 3] = [
        Self::BESIDE,
        Self {
            data: "apart/data",
            media: "apart/data/media",
            is_media_said: false,
        },
        Self {
            data: "apart/data",
            media: "files/media",
            is_media_said: true,
        },
    ];

    /// Returns the folder of media files, relative to the folder of the test database.
    pub fn media(self) -> &'static Path {
        Path::new(self.media)
    }
}
