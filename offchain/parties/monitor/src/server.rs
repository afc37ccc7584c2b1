//! `/metrics` and `/status` over HTTP, for programs of this machine only.

use std::future::ready;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bithive_chain::guard::Guard;
use bithive_chain::http::{HttpLimits, HttpServer, reply};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::{Metrics, StatusSource, is_loopback};

/// Whoever asks is on this machine, so that all have one address.
const LIMITS: HttpLimits = HttpLimits {
    connections_of_address: 16,
    lifetime: Some(Duration::from_secs(60)),
    ..HttpLimits::of_connections(16)
};

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// Others could reach the address.
    #[error(
        "metrics.listen is {0}; expected a loopback address, like 127.0.0.1:9464, because there is no authentication"
    )]
    NotLoopback(SocketAddr),
    /// Nobody can listen there.
    #[error("metrics.listen: {address}: {reason}")]
    Listen {
        /// Address to listen on.
        address: SocketAddr,
        /// The system's error message.
        reason: String,
    },
}

/// A server that runs; it stops when dropped, and from then on holds nothing of its source.
pub struct MonitorServer {
    http: HttpServer,
    served: Arc<Served>,
}

impl MonitorServer {
    /// Address on which it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.http.address()
    }
}

impl Drop for MonitorServer {
    fn drop(&mut self) {
        // The server's tasks end some time later; what the source has open is to be closed now.
        self.served.source().take();
    }
}

struct Served {
    metrics: Metrics,
    source: Mutex<Option<Arc<dyn StatusSource>>>,
    started: Instant,
}

impl Served {
    fn source(&self) -> MutexGuard<'_, Option<Arc<dyn StatusSource>>> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves `metrics` and the status of `source` at a loopback address; port 0 takes a free one.
///
/// # Errors
/// [`MonitorError`].
pub async fn serve(
    listen: SocketAddr,
    metrics: Metrics,
    source: Arc<dyn StatusSource>,
) -> Result<MonitorServer, MonitorError> {
    if !is_loopback(&listen) {
        return Err(MonitorError::NotLoopback(listen));
    }
    let served = Arc::new(Served { metrics, source: Mutex::new(Some(source)), started: Instant::now() });
    let answering = served.clone();
    let http =
        HttpServer::start(listen, LIMITS, move |request| ready(answer(listen, &answering, &request))).await;
    let http = http.map_err(|error| MonitorError::Listen { address: listen, reason: error.to_string() })?;
    Ok(MonitorServer { http, served })
}

fn answer(listen: SocketAddr, served: &Served, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if let Err(refusal) = Guard::local(listen).admits(request.uri(), request.headers()) {
        return reply(refusal.status, "text/plain", format!("{}\n", refusal.text));
    }
    if request.method() != Method::GET {
        return reply(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "expected GET\n".into());
    }
    let source = served.source();
    let Some(source) = source.as_ref() else {
        return reply(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "stopping\n".into());
    };
    match request.uri().path() {
        "/metrics" => {
            source.refresh();
            let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            reply(StatusCode::OK, form, served.metrics.encode())
        }
        "/status" => {
            source.refresh();
            let mut status = source.status();
            status.insert("role".into(), json!(served.metrics.role()));
            status.insert("uptime_seconds".into(), json!(served.started.elapsed().as_secs()));
            reply(StatusCode::OK, "application/json", serde_json::Value::Object(status).to_string())
        }
        _ => reply(StatusCode::NOT_FOUND, "text/plain", "expected /metrics or /status\n".into()),
    }
}
