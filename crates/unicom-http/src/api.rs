//! `Api`: what the routes need, and who is asking them.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::Method;
use unicom_core::media::{ImageLimits, MediaStore};
use unicom_db::Database;
use unicom_webchat::{Guest, GuestId, MediaQuota, Visitor};

use crate::identity::random_token;
use crate::security_log::note_reading;
use crate::{Admin, ApiError, Arrival, IdentityProvider, Storage, UploadFolder};

/// What the routes need. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// Where everything is stored.
    pub database: Database,
    /// Where files are kept.
    pub media: Arc<dyn MediaStore>,
    /// Who is asking.
    pub identity: Arc<dyn IdentityProvider>,
    /// How large things may be.
    pub limits: Limits,
    /// Where files lie while they are received. Defaults to the system's folder for temporary files.
    pub uploads: UploadFolder,
    /// Whether there is room for files. By default there always is.
    pub storage: Storage,
    /// The path under which the routes are mounted, without a slash at its end.
    pub base_path: String,
}

/// How large things may be, in bytes, and how long bodies may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A message's text. Defaults to 16 KiB.
    pub text: usize,
    /// A body without a file. Defaults to 256 KiB.
    pub body: usize,
    /// A file. Defaults to 20 MiB.
    pub file: usize,
    /// What an image may ask of whoever shows it.
    pub image: ImageLimits,
    /// All files of a user together. Defaults to 1 GiB; none: any number of bytes.
    pub user_quota: Option<u64>,
    /// All files of a guest together. Defaults to 100 MiB; none: any number of bytes. Anybody can be a guest.
    pub guest_quota: Option<u64>,
    /// All files of all guests together. Defaults to 10 GiB; none: any number of bytes. It bounds a visitor who becomes a
    /// new guest again and again.
    pub all_guests_quota: Option<u64>,
    /// How long a body may take to arrive; one more second for every 8 KiB of it that has come. Defaults to 30 s.
    pub body_time: Duration,
}

impl Limits {
    /// Returns how many bytes files may have together when this visitor sends one.
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

/// Who wants to write, and whether a session knows.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub visitor: Visitor,
    new_guest: Option<GuestId>,
}

impl Api {
    /// Returns who is asking, with the time at which the request had arrived whole.
    async fn identify(&self, request: &HttpRequest) -> Result<Option<Visitor>, ApiError> {
        let visitor = self.identity.identify(request).await?;
        Ok(visitor.map(|visitor| visitor.with_arrival(Arrival::of_whole(request))))
    }

    /// Who wants to read. Somebody without a session is a guest whom nobody has seen before.
    pub(crate) async fn reader(&self, request: &HttpRequest) -> Result<Visitor, ApiError> {
        match self.identify(request).await? {
            Some(visitor) => Ok(visitor),
            None => Ok(Visitor::guest(random_token()?)),
        }
    }

    /// Who wants to write.
    pub(crate) async fn writer(&self, request: &HttpRequest) -> Result<Writer, ApiError> {
        if let Some(visitor) = self.identify(request).await? {
            return Ok(Writer {
                visitor,
                new_guest: None,
            });
        }
        let guest = self.identity.new_guest(request).await?;
        Ok(Writer {
            visitor: Visitor::Guest(Guest {
                id: guest.clone(),
                arrived_at: Arrival::of_whole(request),
            }),
            new_guest: Some(guest),
        })
    }

    /// Returns who wants to manage unicom, and notes what is read in the security log.
    ///
    /// # Errors
    /// [`ApiError::login_required`] for guests and nobody, [`ApiError::staff_only`] for users who are not staff.
    pub(crate) async fn staff(&self, request: &HttpRequest) -> Result<Admin, ApiError> {
        if let Some(staff) = self.identity.staff(request).await? {
            if matches!(*request.method(), Method::GET | Method::HEAD) {
                // What staff writes is in the audit trail.
                note_reading(request, &staff);
            }
            return Ok(staff);
        }
        match self.identify(request).await? {
            Some(Visitor::User(_)) => Err(ApiError::staff_only("this is for staff only")),
            Some(Visitor::Guest(_)) | None => Err(ApiError::login_required(
                "log in, or send an API token, to manage unicom",
            )),
        }
    }

    /// Begins the session of a new guest. To be called after the first write, so that a refused one leaves nothing.
    pub(crate) fn remember(&self, request: &HttpRequest, writer: &Writer) -> Result<(), ApiError> {
        match &writer.new_guest {
            Some(guest) => self.identity.remember_guest(request, guest),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api")
            .field("base_path", &self.base_path)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
