//! The server: HTTP and the pipeline on one database, until it is told to stop.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use tokio::sync::oneshot;
use unicom_auth::{Auth, protected};
use unicom_core::Pipeline;
use unicom_core::admin::Extensions;
use unicom_core::media::MediaStore;
use unicom_db::Database;
use unicom_http::openapi::Description;
use unicom_http::{
    Api,
    admin::admin_routes,
    admission::{Admission, admit},
    assets::Assets,
    bot_replies::request_routes,
    json_errors,
    security_log::Sources,
    target::{AllowedHosts, allowed_hosts, plain_paths},
    webchat::component_scope,
    webhooks::webhook_routes,
};

use crate::health::{Draining, Readiness};
use crate::housekeeping::run_housekeeping;
use crate::metrics::{self, HttpMetrics, Metrics, MetricsPage};
use crate::no_route::no_route;
use crate::request_log::{RequestLog, log_requests};
use crate::sockets::configure_socket;
use crate::{AccessLog, Failure, Routes, Settings, Signals, health, openapi, wiring};

/// The number of seconds that requests in progress may take to end after the server is told to
/// stop.
const DRAIN_S: u64 = 30;

/// The number of connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Data that handlers and middleware read; the same for all worker threads.
#[derive(Clone)]
struct AppData {
    draining: web::Data<Draining>,
    database: web::Data<Database>,
    admission: web::Data<Admission>,
    hosts: web::Data<AllowedHosts>,
    readiness: web::Data<Readiness>,
    sources: web::Data<Sources>,
    watch: web::Data<RequestLog>,
    metrics: web::Data<MetricsPage>,
}

impl AppData {
    fn configure(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.draining.clone())
            .app_data(self.database.clone())
            .app_data(self.admission.clone())
            .app_data(self.hosts.clone())
            .app_data(self.readiness.clone())
            .app_data(self.sources.clone())
            .app_data(self.watch.clone())
            .app_data(self.metrics.clone());
    }
}

/// Binds the routes to the address of `settings`. Returns the addresses that were bound.
fn bind_http(
    settings: &Settings,
    data: AppData,
    auth: Auth,
    api: Api,
    extensions: Extensions,
    routes: Routes,
) -> Result<(actix_web::dev::Server, Vec<SocketAddr>), Failure> {
    // The same number as actix's default.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let workers = settings.workers.unwrap_or(cores.min(512));
    // A client may take as long to receive a response as to send a body.
    let patience = settings.limits.body_time;
    let description = Description::new({
        let base_path = api.base_path.clone();
        move || openapi(&base_path)
    });
    let assets = match &settings.ui_dir {
        Some(folder) => Assets::in_folder(folder.clone()),
        None => Assets::embedded(),
    };
    let http = HttpServer::new(move || {
        let requests = request_routes(api.clone(), extensions.platforms.clone());
        let webhooks = webhook_routes(api.clone(), extensions.platforms.clone());
        let document = description.scope(&openapi::document_path(&api.base_path));
        let scope = unicom_http::webchat::scope(api.clone())
            .configure(unicom_auth::ROUTES.configure)
            .configure(unicom_auth::SITE_ROUTES.configure)
            .service(admin_routes(extensions.clone()));
        let [script, files] = assets.resources(&api.base_path);
        actix_web::App::new()
            .configure(|config| data.configure(config))
            .configure(health::ROUTES.configure)
            .configure(metrics::ROUTES.configure)
            // Before the scope, which would otherwise pass these paths to the session.
            .service(requests.wrap(from_fn(admit)))
            .service(webhooks.wrap(from_fn(admit)))
            .service(document.wrap(from_fn(admit)))
            .service(script.wrap(from_fn(admit)))
            .service(files.wrap(from_fn(admit)))
            .configure(|config| routes.mount(&api.base_path, config))
            .service(protected(component_scope(api.clone()), &auth))
            .service(protected(scope, &auth))
            .default_service(web::to(no_route))
            .wrap(from_fn(json_errors))
            .wrap(from_fn(plain_paths))
            .wrap(from_fn(allowed_hosts))
            .wrap(from_fn(log_requests))
    })
    .disable_signals()
    .shutdown_timeout(DRAIN_S)
    .backlog(BACKLOG)
    .workers(workers)
    .max_connections(settings.max_connections.div_ceil(workers))
    .client_request_timeout(settings.header_timeout)
    .keep_alive(settings.keep_alive)
    .on_connect(move |connection, _| configure_socket(connection, patience));
    let http = http.bind(settings.listen).map_err(|error| {
        Failure::Failed(format!("cannot listen on {}: {error}", settings.listen))
    })?;
    let addresses = http.addrs();
    Ok((http.run(), addresses))
}

/// A server that is bound to its address.
pub struct Server {
    http: actix_web::dev::Server,
    addresses: Vec<SocketAddr>,
    /// `None` if bots run in other processes.
    pipeline: Option<Pipeline>,
    database: Database,
    media: Arc<dyn MediaStore>,
    sources: Sources,
    metrics: Metrics,
    draining: Draining,
    api: Api,
}

impl Server {
    /// Binds to the address of `settings`, with `routes` beside those of unicom. Needs actix's
    /// runtime. The server works from
    /// [`Server::run`] on.
    ///
    /// `/metrics` shows `metrics`. They include the database if it was connected in
    /// [`Metrics::record`].
    ///
    /// # Errors
    /// Returns a [`Failure`] if the address is in use, or if the secret key, the media store, the
    /// folder for uploads or the file of the security log cannot be used.
    pub fn bind(
        settings: &Settings,
        database: Database,
        extensions: Extensions,
        routes: Routes,
        metrics: Metrics,
    ) -> Result<Self, Failure> {
        settings.security_log.check().map_err(Failure::Failed)?;
        let admission = Admission::new(settings.admission.clone());
        let auth = wiring::auth(settings, &database, &admission)?;
        let sources = wiring::sources(settings, &admission, &auth);
        let api = wiring::api(settings, &database, &auth)?;
        let media = Arc::clone(&api.media);
        let draining = Draining::default();
        let readers = settings.metrics_networks.clone();
        let metrics_page = MetricsPage::new(metrics.clone(), api.storage.clone(), readers);
        let data = AppData {
            draining: web::Data::new(draining.clone()),
            database: web::Data::new(database.clone()),
            admission: web::Data::new(admission),
            hosts: web::Data::new(settings.allowed_hosts.clone()),
            readiness: web::Data::new(Readiness::new(database.clone(), api.storage.clone())),
            sources: web::Data::new(sources.clone()),
            watch: web::Data::new(RequestLog {
                metrics: HttpMetrics::new(metrics.clone()),
                access_log: settings.access_log == AccessLog::On,
                trusted_proxies: settings.admission.trusted_proxies.clone(),
            }),
            metrics: web::Data::new(metrics_page),
        };
        let pipeline = Pipeline::new(
            database.clone(),
            Arc::clone(&media),
            extensions.clone(),
            settings.pipeline.clone(),
        );
        let (http, addresses) = bind_http(settings, data, auth, api.clone(), extensions, routes)?;
        Ok(Self {
            http,
            addresses,
            pipeline: (settings.pipeline.parallel > 0).then_some(pipeline),
            database,
            media,
            sources,
            metrics,
            draining,
            api,
        })
    }

    /// Returns the addresses that the server listens on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Runs until the first of `signals`. Then it accepts nothing new, finishes what is in
    /// progress, and returns. A second signal ends the process immediately with exit code 1.
    ///
    /// # Errors
    /// Returns [`Failure::Failed`] if HTTP fails.
    pub async fn run(self, mut signals: Signals) -> Result<(), Failure> {
        let handle = self.http.handle();
        let (draining, api) = (self.draining, self.api);
        actix_web::rt::spawn(async move {
            signals.next().await;
            log::info!(
                "stopping: finishing requests in progress; another signal stops immediately"
            );
            draining.begin();
            if let Err(error) = api.end_live_connections() {
                log::warn!("live connections could not be ended: {error}");
            }
            actix_web::rt::spawn(handle.stop(true));
            signals.next().await;
            // actix handles a second stop only after the first one has ended. What is logged is
            // written by then.
            log::warn!("stopping immediately: requests in progress are aborted");
            std::process::exit(1);
        });
        let house = run_housekeeping(self.database, self.media, self.sources, self.metrics);
        Self::run_until_http_ends(self.http, self.pipeline, house).await
    }

    /// Runs until [`Server::handle`] stops it. For tests, and for hosts that handle signals
    /// themselves.
    ///
    /// # Errors
    /// Returns an error in the same cases as [`Server::run`].
    pub async fn run_until_stopped(self) -> Result<(), Failure> {
        let house = run_housekeeping(self.database, self.media, self.sources, self.metrics);
        Self::run_until_http_ends(self.http, self.pipeline, house).await
    }

    /// Returns the handle that stops [`Server::run_until_stopped`].
    pub fn handle(&self) -> ServerHandle {
        self.http.handle()
    }

    async fn run_until_http_ends(
        http: actix_web::dev::Server,
        pipeline: Option<Pipeline>,
        house: impl Future<Output = ()> + 'static,
    ) -> Result<(), Failure> {
        let (stop_pipeline, stopped) = oneshot::channel::<()>();
        let pipeline = actix_web::rt::spawn(async {
            if let Some(pipeline) = pipeline {
                // An error means that the sender was dropped, which also means to stop.
                pipeline.run(async { drop(stopped.await) }).await;
            }
        });
        let house = actix_web::rt::spawn(house);
        http.await?;
        house.abort();
        let _ = stop_pipeline.send(());
        if tokio::time::timeout(Duration::from_secs(DRAIN_S), pipeline)
            .await
            .is_err()
        {
            log::warn!("bots were still running; their requests will be retried");
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
