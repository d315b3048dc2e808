//! Where a server keeps its files.

use std::path::Path;

/// Where a server keeps what is not in the database, below the stage's folder.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The folder of the secret key.
    pub data: &'static str,
    /// The folder of files, which is said to the server where it is not the usual one.
    media: &'static str,
    pub is_media_said: bool,
}

impl Layout {
    /// The data folder beside the database, and files in it.
    pub const BESIDE: Self = Self {
        data: "data",
        media: "data/media",
        is_media_said: false,
    };

    /// The data folder away from the database; and files away from both.
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

    /// Where files are, from the stage's folder.
    pub fn media(self) -> &'static Path {
        Path::new(self.media)
    }
}
