//! The server: HTTP and the pipeline over one database, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::sync::oneshot;
use unicom_auth::{api_tokens, csrf_protection};
use unicom_core::matchers::Matchers;
use unicom_core::{Bots, Pipeline, Platforms};
use unicom_db::Database;
use unicom_http::{Management, admin_routes, json_errors, request_routes};

use crate::service::Draining;
use crate::{Failure, Settings, Signals, service, wiring};

/// Seconds that requests under way may take to end once the server is told to stop.
const DRAIN_S: u64 = 30;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A server that listens already.
pub struct Server {
    http: actix_web::dev::Server,
    addresses: Vec<SocketAddr>,
    /// None where bots are left to other processes.
    pipeline: Option<Pipeline>,
    draining: Draining,
}

impl Server {
    /// Listens on the address of `settings`. Needs actix's runtime; works from [`Server::run`] on.
    ///
    /// # Errors
    /// [`Failure`] where the address is taken, or the secret key or the media store cannot be used.
    pub fn bind(
        settings: &Settings,
        database: Database,
        platforms: Platforms,
        bots: Bots,
    ) -> Result<Self, Failure> {
        let auth = wiring::auth(settings, &database)?;
        let api = wiring::api(settings, &database, &auth)?;
        let media = Arc::clone(&api.media);
        let draining = Draining::default();
        let data = (
            web::Data::new(draining.clone()),
            web::Data::new(database.clone()),
            web::Data::new(auth.clone()),
        );
        let management = Management {
            platforms: platforms.clone(),
            bots: bots.clone(),
            matchers: Matchers::default(),
        };
        let matchers = management.matchers.clone();
        let mut http = HttpServer::new(move || {
            let (draining, database, auth_data) = data.clone();
            let requests = request_routes(api.clone(), management.platforms.clone());
            let scope = unicom_http::scope(api.clone())
                .service(unicom_auth::routes())
                .service(admin_routes(management.clone()));
            App::new()
                .app_data(draining)
                .app_data(database)
                .app_data(auth_data)
                .configure(service::routes)
                // Before the scope, which would take its paths into the session.
                .service(requests)
                // The last one wrapped is the first one asked.
                .service(
                    scope
                        .wrap(from_fn(csrf_protection))
                        .wrap(auth.sessions())
                        .wrap(from_fn(api_tokens)),
                )
                .default_service(web::to(nothing_here))
                .wrap(from_fn(json_errors))
        })
        .disable_signals()
        .shutdown_timeout(DRAIN_S)
        .backlog(BACKLOG);
        if let Some(workers) = settings.workers {
            http = http.workers(workers);
        }
        let http = http.bind(settings.listen).map_err(|error| {
            Failure::Failed(format!("cannot listen on {}: {error}", settings.listen))
        })?;
        let pipeline = Pipeline::new(database, media, platforms, bots, settings.pipeline.clone())
            .with_matchers(matchers);
        Ok(Self {
            addresses: http.addrs(),
            http: http.run(),
            pipeline: (settings.pipeline.parallel > 0).then_some(pipeline),
            draining,
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Works until the first of `signals`: then it takes nothing new, ends what it has begun, and returns. A second
    /// signal stops it at once.
    ///
    /// # Errors
    /// [`Failure::Failed`] where HTTP fails.
    pub async fn run(self, mut signals: Signals) -> Result<(), Failure> {
        let handle = self.http.handle();
        let draining = self.draining;
        actix_web::rt::spawn(async move {
            signals.next().await;
            log::info!("stopping: ending what is under way; another signal stops at once");
            draining.begin();
            let stopping = actix_web::rt::spawn(stop(handle.clone(), true));
            signals.next().await;
            handle.stop(false).await;
            stopping.abort();
            std::process::exit(1);
        });
        Self::run_until_http_ends(self.http, self.pipeline).await
    }

    /// Works until the handle says stop. For tests and hosts that have signals of their own.
    ///
    /// # Errors
    /// As [`Server::run`].
    pub async fn run_until_stopped(self) -> Result<(), Failure> {
        Self::run_until_http_ends(self.http, self.pipeline).await
    }

    /// What stops [`Server::run_until_stopped`].
    pub fn handle(&self) -> ServerHandle {
        self.http.handle()
    }

    async fn run_until_http_ends(
        http: actix_web::dev::Server,
        pipeline: Option<Pipeline>,
    ) -> Result<(), Failure> {
        let (stop_pipeline, stopped) = oneshot::channel::<()>();
        let pipeline = actix_web::rt::spawn(async {
            if let Some(pipeline) = pipeline {
                // An error says that the sender is gone, which means stop as well.
                pipeline.run(async { drop(stopped.await) }).await;
            }
        });
        http.await?;
        let _ = stop_pipeline.send(());
        if tokio::time::timeout(Duration::from_secs(DRAIN_S), pipeline)
            .await
            .is_err()
        {
            log::warn!("bots were still at work; their requests will be taken up again");
        }
        Ok(())
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

async fn stop(handle: ServerHandle, graceful: bool) {
    handle.stop(graceful).await;
}

async fn nothing_here() -> Result<actix_web::HttpResponse, unicom_http::ApiError> {
    Err(unicom_http::ApiError::not_found(
        "there is nothing at this address",
    ))
}
