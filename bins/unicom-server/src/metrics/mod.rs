//! `GET /metrics`: what the server has done and what is waiting, in the text format of Prometheus.
//!
//! Labels are few, whatever clients request, and reveal nothing about any person.

mod http;
mod process;
mod recorder;
mod storage;
mod work;

use std::time::SystemTime;

use actix_web::http::header::{CACHE_CONTROL, HeaderName, VIA};
use actix_web::{HttpRequest, HttpResponse, web};
use ipnet::IpNet;
use metrics::{gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use unicom_db::{Database, Engine};
use unicom_http::openapi::{ErrorResponses, Kind, Routes, error_kinds};
use unicom_http::{ApiError, routes, storage::Storage};

use crate::no_route::no_route;
use work::RecentWork;

pub(crate) use http::HttpMetrics;
pub use recorder::Metrics;

/// The headers that show that a proxy forwarded a request.
const FORWARDED: [HeaderName; 4] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
    VIA,
];

/// What `/metrics` shows, and the networks that may read it.
#[derive(Debug)]
pub(crate) struct MetricsPage {
    metrics: Metrics,
    work: RecentWork,
    storage: Storage,
    readers: Vec<IpNet>,
    began: SystemTime,
}

impl MetricsPage {
    /// Creates the page, which clients in the networks `readers` may read.
    pub fn new(metrics: Metrics, storage: Storage, readers: Vec<IpNet>) -> Self {
        Self {
            metrics,
            work: RecentWork::default(),
            storage,
            readers,
            began: SystemTime::now(),
        }
    }

    /// Returns `true` if the client may read the metrics. A forwarded request may come from any
    /// client, however near the proxy is, so it may not read them.
    fn may_be_read_by(&self, request: &HttpRequest) -> bool {
        let is_forwarded = FORWARDED
            .iter()
            .any(|header| request.headers().contains_key(header));
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let is_near = |peer| self.readers.iter().any(|network| network.contains(&peer));
        !is_forwarded && peer.is_some_and(is_near)
    }

    /// Returns all metrics in the text format.
    async fn render(&self, database: &Database) -> String {
        let work = self.work.of(database).await;
        let storage = self.storage.clone();
        let spaces = web::block(move || storage.spaces()).await;
        database.refresh_gauges();
        // In a new recorder, so that values that are not known this time are absent.
        let looked_up = PrometheusBuilder::new().build_recorder();
        with_local_recorder(&looked_up, || {
            record_info(database);
            work::record(work.as_deref(), database.now());
            storage::record(&self.storage, spaces.unwrap_or_default());
            process::record(self.began);
        });
        let looked_up = looked_up.handle().render();
        [self.metrics.render(), looked_up, process::cpu_time()].concat()
    }
}

/// The route `/metrics`.
pub(crate) const ROUTES: Routes = routes! {
    self => [metrics],
};

/// Returns the server's metrics
///
/// The body has the text format of Prometheus. Only clients in the networks that may read the
/// metrics get it.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "service",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        ErrorResponses<{ error_kinds(&[Kind::NotFound]) }>,
    ),
)]
async fn metrics(
    request: HttpRequest,
    page: web::Data<MetricsPage>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    if !page.may_be_read_by(&request) {
        return no_route(request).await;
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page.render(&database).await))
}

/// Records the version and the database engine.
fn record_info(database: &Database) {
    let engine = match database.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgresql",
    };
    gauge!(
        description: "Always 1: the version that runs, and its database",
        "unicom_info",
        "database" => engine,
        "version" => env!("CARGO_PKG_VERSION")
    )
    .set(1);
}
