//! `/metrics` and `/status` over HTTP, for this machine only.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::{Metrics, StatusSource, is_loopback};

/// Connections at one time; further ones are closed at once.
const MAX_CONNECTIONS: usize = 16;
/// Time for the head of a request to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest life of a connection: one that is only held open makes room for others.
const LIFETIME: Duration = Duration::from_secs(60);

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// Others could reach the address.
    #[error(
        "metrics.listen is {0}; expected a loopback address, like 127.0.0.1:9464: nobody is asked who they are"
    )]
    NotLoopback(SocketAddr),
    /// Nobody can listen there.
    #[error("metrics.listen: {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        reason: String,
    },
}

/// A server that runs; it stops when dropped, and from then on holds nothing of its source.
pub struct MonitorServer {
    address: SocketAddr,
    served: Arc<Served>,
    accept: JoinHandle<()>,
}

impl MonitorServer {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for MonitorServer {
    fn drop(&mut self) {
        self.accept.abort();
        // The tasks end some time later; what the source has open is to be closed now.
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

/// Serves `metrics` and what `source` says at a loopback address; port 0 takes a free one.
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
    let refused = |error: std::io::Error| MonitorError::Listen { address: listen, reason: error.to_string() };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let served = Arc::new(Served { metrics, source: Mutex::new(Some(source)), started: Instant::now() });
    let accept = tokio::spawn(accept(listener, served.clone()));
    Ok(MonitorServer { address, served, accept })
}

async fn accept(listener: TcpListener, served: Arc<Served>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let served = served.clone();
                    connections.spawn(async move {
                        let _ = timeout(LIFETIME, connection(stream, served)).await;
                        drop(place);
                    });
                }
            }
            // Out of file descriptors, or a connection that was gone already: others may fare better.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, served: Arc<Served>) {
    let service = service_fn(|request| {
        let served = served.clone();
        async move { Ok::<_, Infallible>(answer(&served, &request)) }
    });
    // A connection that breaks is its client's matter.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(served: &Served, request: &Request<Incoming>) -> Response<Full<Bytes>> {
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

fn reply(status: StatusCode, form: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(form));
    response
}
