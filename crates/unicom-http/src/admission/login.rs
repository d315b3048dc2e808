//! `Login`: counts failed logins.

use std::net::IpAddr;

use actix_web::HttpRequest;

use super::Admission;
use crate::ApiError;

/// A login attempt. It counts as failed unless [`Login::succeeded`] is called.
#[derive(Debug)]
#[must_use]
pub struct Login {
    admission: Admission,
    address: Option<IpAddr>,
    /// The name of the user, if there is one.
    name: Option<String>,
}

impl Login {
    /// Reports that the password was right, so that the attempt no longer counts as failed.
    pub fn succeeded(self) {
        let parts = &self.admission.0;
        if let Some(address) = &self.address {
            parts.login_address.give_back(address);
        }
        if let Some(name) = &self.name {
            parts.login_name.give_back(name);
        }
    }
}

/// The error for a login that is not attempted because too many have failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct LoginRefused {
    /// Which limit was reached.
    pub by: LoginLimit,
    /// The error for the client.
    pub error: ApiError,
}

/// What failed logins are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginLimit {
    /// The network address.
    Address,
    /// The user name.
    Name,
}

impl From<LoginRefused> for ApiError {
    fn from(refused: LoginRefused) -> Self {
        refused.error
    }
}

impl Admission {
    /// Counts an attempt to identify a visitor by a signed token as failed until
    /// [`Login::succeeded`] is called. It counts like a login, by address only: what the
    /// token says is unknown until it is verified.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if too many attempts from the address have failed.
    pub fn begin_identification(&self, request: &HttpRequest) -> Result<Login, ApiError> {
        let address = self.address(request);
        if let Some(address) = &address {
            self.0.login_address.take(address)?;
        }
        Ok(Login {
            admission: self.clone(),
            address,
            name: None,
        })
    }

    /// Counts a login with this name as failed until [`Login::succeeded`] is called, so that even
    /// concurrent logins cannot exceed the allowed number of guesses (ASVS 5.0, 6.3.1; CWE-307).
    ///
    /// `name` must be in the normal form in which user names are compared. A name that no user has
    /// counts like any other.
    ///
    /// # Errors
    /// [`LoginRefused`] with an [`ApiError::rate_limited`], before the name is looked up.
    pub fn begin_login(&self, request: &HttpRequest, name: &str) -> Result<Login, LoginRefused> {
        let refuse = |by| move |error| LoginRefused { by, error };
        let address = self.address(request);
        if let Some(address) = &address {
            let taken = self.0.login_address.take(address);
            taken.map_err(refuse(LoginLimit::Address))?;
        }
        if let Err(refused) = self.0.login_name.take(name) {
            // This was not a guess: the password is not checked.
            if let Some(address) = &address {
                self.0.login_address.give_back(address);
            }
            return Err(refuse(LoginLimit::Name)(refused));
        }
        Ok(Login {
            admission: self.clone(),
            address,
            name: Some(name.to_owned()),
        })
    }
}
