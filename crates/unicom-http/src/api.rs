//! `Api`: the state shared by all routes, and the identification of the caller.

use std::sync::{Arc, OnceLock};

use actix_web::HttpRequest;
use actix_web::http::Method;
use tokio::sync::Semaphore;
use unicom_core::live::Hub;
use unicom_core::media::MediaStore;
use unicom_db::Database;
use unicom_models::ChannelId;
use unicom_webchat::{Guest, GuestId, Visitor, WebChatError};

use crate::identity::random_token;
use crate::live::SharedReads;
use crate::security_log::note_reading;
use crate::{Admin, ApiError, Arrival, IdentityProvider, Limits, UploadFolder, storage::Storage};

/// Maximum number of live connections that read at the same time.
const LIVE_READS: usize = 64;

/// State that the routes need. Cheap to clone.
#[derive(Clone)]
#[non_exhaustive]
pub struct Api {
    /// The database.
    pub database: Database,
    /// The store of media files.
    pub media: Arc<dyn MediaStore>,
    /// Identifies the caller of each request.
    pub identity: Arc<dyn IdentityProvider>,
    /// Limits on the size of requests and files.
    pub limits: Limits,
    /// The folder for files that are being received. Defaults to the system's folder for temporary
    /// files.
    pub uploads: UploadFolder,
    /// Checks that there is room for files. By default there always is.
    pub storage: Storage,
    /// The path under which the routes are mounted, without a trailing slash.
    pub base_path: String,
    /// Started by the first request that waits for changes.
    hub: Arc<OnceLock<Hub>>,
    pub(crate) shared_reads: Arc<SharedReads>,
    /// Limits how many live connections read at the same time, so that they leave the database to
    /// other requests when all of them have to.
    pub(crate) live_reads: Arc<Semaphore>,
}

/// The visitor who makes a writing request, and the guest id to remember if it is new.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub visitor: Visitor,
    new_guest: Option<GuestId>,
}

impl Api {
    /// Creates the state of routes under `base_path`, such as `/support/chat`, with the default
    /// limits and folder for uploads, and without a check for room.
    pub fn new(
        database: Database,
        media: Arc<dyn MediaStore>,
        identity: Arc<dyn IdentityProvider>,
        base_path: impl Into<String>,
    ) -> Self {
        Self {
            database,
            media,
            identity,
            limits: Limits::default(),
            uploads: UploadFolder::default(),
            storage: Storage::default(),
            base_path: base_path.into(),
            hub: Arc::default(),
            shared_reads: Arc::default(),
            live_reads: Arc::new(Semaphore::new(LIVE_READS)),
        }
    }

    /// Returns the hub, which tells requests of this process which chats have changed.
    pub(crate) fn hub(&self) -> Result<&Hub, ApiError> {
        match self.hub.get() {
            Some(hub) => Ok(hub),
            None => {
                // Of two that are started at the same time, one is dropped.
                let started = Hub::start(&self.database)?;
                Ok(self.hub.get_or_init(|| started))
            }
        }
    }

    /// Ends the live connections, and tells their clients to connect again. Those that begin
    /// afterwards end at once. Called when the process stops accepting requests.
    ///
    /// # Errors
    /// That of the database, if nothing listens to it yet and cannot begin to.
    pub fn end_live_connections(&self) -> Result<(), ApiError> {
        self.hub()?.stop();
        Ok(())
    }

    /// Returns the visitor who makes the request, with the time at which the whole request had
    /// arrived. Returns `None` if there is no session.
    async fn identify(&self, request: &HttpRequest) -> Result<Option<Visitor>, ApiError> {
        let visitor = self.identity.identify(request).await?;
        Ok(visitor.map(|visitor| visitor.with_arrival(Arrival::of_whole(request))))
    }

    /// Returns the visitor who opens a live connection.
    ///
    /// # Errors
    /// [`ApiError::login_required`] if there is no session: the connection would not learn of the
    /// one that begins with the first message.
    pub(crate) async fn session_visitor(&self, request: &HttpRequest) -> Result<Visitor, ApiError> {
        let visitor = self.identify(request).await?;
        visitor.ok_or_else(|| {
            ApiError::login_required(
                "there is no session yet; connect after the first message is sent",
            )
        })
    }

    /// Returns the visitor who makes a reading request. A client without a session is a new guest
    /// with a random id, which is not remembered.
    pub(crate) async fn reader(&self, request: &HttpRequest) -> Result<Visitor, ApiError> {
        match self.identify(request).await? {
            Some(visitor) => Ok(visitor),
            None => Ok(Visitor::guest(random_token()?)),
        }
    }

    /// Returns the visitor who makes a writing request. A client without a session gets a new guest
    /// id from the host.
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

    /// Returns the channel that a request names, or else the only one that the caller may use.
    ///
    /// # Errors
    /// [`ApiError::no_channel`] if the caller may not use the channel that the request names.
    pub(crate) fn channel(
        &self,
        request: &HttpRequest,
        named: Option<ChannelId>,
    ) -> Result<Option<ChannelId>, ApiError> {
        match (self.identity.channel(request), named) {
            (Some(only), Some(named)) if only != named => Err(WebChatError::NoChannel.into()),
            (only, named) => Ok(named.or(only)),
        }
    }

    /// Returns the admin who makes the request, and writes what is read to the security log.
    ///
    /// # Errors
    /// [`ApiError::login_required`] for guests and clients without a session,
    /// [`ApiError::staff_only`] for users who are not admins.
    pub(crate) async fn admin(&self, request: &HttpRequest) -> Result<Admin, ApiError> {
        if let Some(admin) = self.identity.admin(request).await? {
            if matches!(*request.method(), Method::GET | Method::HEAD) {
                // What admins write is in the audit trail.
                note_reading(request, &admin);
            }
            return Ok(admin);
        }
        match self.identify(request).await? {
            Some(Visitor::User(_)) => Err(ApiError::staff_only("this requires an admin")),
            Some(Visitor::Guest(_)) | None => {
                Err(ApiError::login_required("log in or send an API token"))
            }
        }
    }

    /// Begins the session of a new guest. Must be called after the first write, so that a refused
    /// write leaves no session.
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
