//! `Limits`: maximum sizes of texts, bodies and files, quotas, and the time a body may take.

use std::time::Duration;

use unicom_content::media::ImageLimits;
use unicom_webchat::{MediaQuota, Visitor};

/// Size limits in bytes, and the time limit for request bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The text of a message. Defaults to 16 KiB.
    pub text: usize,
    /// A body without a file. Defaults to 256 KiB.
    pub body: usize,
    /// A file. Defaults to 20 MiB.
    pub file: usize,
    /// Limits on the memory and work that displaying an image may require.
    pub image: ImageLimits,
    /// All files of a user together. Defaults to 1 GiB; `None` means no limit.
    pub user_quota: Option<u64>,
    /// All files of a guest together. Defaults to 100 MiB; `None` means no limit. Any visitor can
    /// be a guest.
    pub guest_quota: Option<u64>,
    /// All files of all guests together. Defaults to 10 GiB; `None` means no limit. Bounds a
    /// visitor who becomes a new guest again and again.
    pub all_guests_quota: Option<u64>,
    /// Time in which a body must arrive, plus one second for every 8 KiB received. Defaults to 30
    /// seconds.
    pub body_time: Duration,
}

impl Limits {
    /// Returns the media quota that applies when this visitor sends a file.
    pub(crate) fn quota(&self, visitor: &Visitor) -> MediaQuota {
        MediaQuota {
            account: match visitor {
                Visitor::User(_) => self.user_quota,
                Visitor::Guest(_) => self.guest_quota,
            },
            all_guests: self.all_guests_quota,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text: 16 << 10,
            body: 256 << 10,
            file: 20 << 20,
            image: ImageLimits::default(),
            user_quota: Some(1 << 30),
            guest_quota: Some(100 << 20),
            all_guests_quota: Some(10 << 30),
            body_time: Duration::from_secs(30),
        }
    }
}
