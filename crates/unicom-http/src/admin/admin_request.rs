//! [`AdminRequest`]: a request of an admin, and what each handler does with it.

use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use unicom_core::admin::{Actor, Extensions};
use unicom_db::{Db, DbError, Tx};
use unicom_models::ChatId;

use crate::{Admin, Api, ApiError, ids, read_json};

/// The admin who makes a request. As the first argument of a handler, it refuses all other
/// requests.
pub(super) struct AdminRequest {
    pub admin: Admin,
    pub api: web::Data<Api>,
    pub extensions: web::Data<Extensions>,
    pub http: HttpRequest,
}

impl FromRequest for AdminRequest {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (api, extensions) = (web::Data::extract(request), web::Data::extract(request));
        let request = request.clone();
        async move {
            let (api, extensions): (web::Data<Api>, _) = (api.await?, extensions.await?);
            Ok(Self {
                admin: api.admin(&request).await?,
                api,
                extensions,
                http: request,
            })
        }
        .boxed_local()
    }
}

impl AdminRequest {
    /// Parses the id in the path, a number or a UUID. `what` is its kind.
    ///
    /// # Errors
    /// [`ApiError::not_found`] for a malformed id.
    pub fn id<T: FromStr>(&self, what: &'static str) -> Result<T, ApiError> {
        ids::parsed(what, &self.in_path::<String>(what)?)
    }

    /// Returns the name or textual id in the path. `what` is its kind.
    ///
    /// # Errors
    /// [`ApiError::not_found`] for one with a NUL character.
    pub fn name(&self, what: &'static str) -> Result<String, ApiError> {
        ids::text(what, self.in_path(what)?)
    }

    /// Returns the id of the chat in the path.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`] for one with a NUL character.
    pub fn chat_id(&self) -> Result<ChatId, ApiError> {
        ids::chat_id(self.in_path::<String>("chat")?)
    }

    /// Returns the parameters of the path.
    ///
    /// # Errors
    /// [`ApiError::not_found`] if there are none of this type.
    pub fn in_path<T: DeserializeOwned>(&self, what: &'static str) -> Result<T, ApiError> {
        let parameters = self.http.match_info().load();
        parameters.map_err(|_| ids::missing(what))
    }

    /// Reads the JSON body.
    ///
    /// # Errors
    /// Those of [`read_json`].
    pub async fn body<T: DeserializeOwned>(&self, payload: web::Payload) -> Result<T, ApiError> {
        read_json(&self.http, payload, self.api.limits.body).await
    }

    /// Reads from the database.
    pub async fn read<T, E>(
        &self,
        read: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        ApiError: From<E>,
    {
        Ok(self.api.database.read(read).await?)
    }

    /// Writes to the database on behalf of the admin.
    pub async fn write<T, E>(
        &self,
        write: impl FnOnce(&mut Tx<'_>, &Actor, &Extensions) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (actor, extensions) = (self.admin.actor.clone(), self.extensions.clone());
        let written = self
            .api
            .database
            .write(move |tx| write(tx, &actor, &extensions));
        written.await
    }
}
