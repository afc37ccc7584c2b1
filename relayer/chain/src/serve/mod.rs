//! An [`Embedded`] for other processes: the part of CometBFT's JSON-RPC that [`crate::Cosmos`] and CosmJS use, over HTTP.
//!
//! - listening, limits, stopping: [`crate::http`]; requests: here; whose pages may ask, [`crate::guard`]; time, `clock.rs`;
//! - calls, `jsonrpc.rs`, their form in a URI, `uri.rs`; methods and their parameters, `methods.rs`;
//! - answers about the node, `node.rs`, blocks, `blocks.rs`, transactions, `txs.rs`, with `search.rs` and `stored.rs`; queries,
//!   `query.rs`; errors as a chain writes them, `failure.rs`.
//!
//! There is no authentication: transactions are signed, and everything else is public on any chain. Whoever can connect
//! can still keep the chain busy, so the default address is this machine's own, and web pages can't ask unless they are
//! allowed to.

mod blocks;
mod clock;
mod failure;
mod jsonrpc;
mod methods;
mod node;
mod query;
mod search;
mod stored;
mod txs;
mod uri;

pub use clock::BlockClock;

use crate::guard::{Guard, Refusal};
use crate::http::{HttpLimits, HttpServer, READ_TIMEOUT, begin_read, begin_work, keep, reply};
use crate::{ChainError, Embedded};
use bithive_listener::{Turned, raise_file_limit};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::{Bytes, Incoming},
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue,
        VARY,
    },
};
use jsonrpc::{Asked, Call, Fault, METHOD_NOT_FOUND};
use serde_json::{Value, value::RawValue};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

/// Connections are as many as parties of a test network, which may be all on one machine; they live as long as their
/// clients.
const LIMITS: HttpLimits = HttpLimits::of_connections(512);
/// Longest request: the longest transaction in base64, or in hex in a simulation, and what is around it.
const MAX_REQUEST_BYTES: usize = 4 << 20;

/// Answers to the calls of an array before this length are sent; those after it are told to come again.
const MAX_ARRAY_BYTES: usize = 16 << 20;
const JSON: &str = "application/json";

/// Where and how a chain is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// Address to listen at. Default 127.0.0.1 with a free port.
    pub listen: SocketAddr,
    /// Commits empty blocks while the chain is served, so that deadlines pass; `None` leaves time to transactions and
    /// to [`Embedded::advance_time`]. Default one second per second.
    pub clock: Option<BlockClock>,
    /// Names without port under which clients ask for the server (`Host`), beside its address and `localhost`.
    pub hosts: Vec<String>,
    /// Web pages that may ask in a browser (`Origin`), like `https://app.example`.
    pub origins: Vec<String>,
    /// What clients may use of the server. Default 512 connections, 256 of one address, 10 s for a head, 30 s to read
    /// an answer, 256 MiB of requests and answers.
    pub limits: HttpLimits,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Some(BlockClock::default()),
            hosts: vec![],
            origins: vec![],
            limits: LIMITS,
        }
    }
}

/// A chain being served. Dropping it breaks open connections off; [`Server::stop`] lets them finish.
pub struct Server {
    http: HttpServer,
    stop_clock: watch::Sender<bool>,
    clock: JoinHandle<ChainError>,
}

impl Embedded {
    /// Serves this chain to other processes until the [`Server`] is stopped. [`crate::Cosmos`] is the client. The
    /// process's limit of open files is raised as far as the system lets it.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] when nobody can listen at the address, the clock stands still, or a name or an
    /// origin is none.
    pub async fn serve(&self, options: ServeOptions) -> Result<Server, ChainError> {
        options.clock.map(BlockClock::validate).transpose()?;
        let invalid = |field: &str, reason: String| ChainError::InvalidConfig { field: field.into(), reason };
        let in_use = |error| invalid("listen", format!("{}: {error}", options.listen));
        raise_file_limit();
        let bound = HttpServer::bind(options.listen, options.limits).await.map_err(in_use)?;
        let guard = Guard::new(bound.address(), &options.hosts, &options.origins);
        let guard = Arc::new(guard.map_err(|(field, reason)| invalid(field, reason))?);
        let chain = self.clone();
        let http = bound.start(move |request| {
            let (chain, guard) = (chain.clone(), guard.clone());
            async move { guarded(&chain, &guard, request).await }
        });
        let (stop_clock, stopped) = watch::channel(false);
        let clock = tokio::spawn(clock::run(self.clone(), options.clock, stopped));
        Ok(Server { http, stop_clock, clock })
    }
}

impl Server {
    /// Address that it listens at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.http.address()
    }

    /// Connections that are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.http.connections()
    }

    /// Connections that were closed or refused, by reason.
    #[must_use]
    pub fn turned(&self) -> Turned {
        self.http.turned()
    }

    /// URL to give to [`crate::CosmosOptions::new`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Waits until the chain can't be read or written any more, and says why. Never returns otherwise.
    pub async fn failed(&mut self) -> ChainError {
        match (&mut self.clock).await {
            Ok(error) => error,
            Err(error) => ChainError::NodeDown { reason: format!("the chain's clock: {error}") },
        }
    }

    /// Answers the requests that have arrived, takes no more, and lets go of the chain.
    pub async fn stop(mut self) {
        self.stop_clock.send_replace(true);
        self.http.stop().await;
        if !self.clock.is_finished() {
            let _ = (&mut self.clock).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.clock.abort();
    }
}

/// Answers whoever may ask, and tells browsers so.
async fn guarded(chain: &Embedded, guard: &Guard, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let origin = match guard.admits(request.uri(), request.headers()) {
        Ok(origin) => origin,
        Err(Refusal { status, text }) => return fault(status, Fault::request(text)),
    };
    let Some(origin) = origin.and_then(|origin| HeaderValue::try_from(origin).ok()) else {
        return answer(chain, request).await;
    };
    let mut response = if request.method() == Method::OPTIONS {
        // A browser asks before it sends JSON for a page of another origin.
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        response
    } else {
        answer(chain, request).await
    };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.headers_mut().insert(VARY, HeaderValue::from_static("origin"));
    response
}

impl Embedded {
    /// Answers a body of JSON-RPC, one call or an array, for a server that has other answers as well. What is kept counts for
    /// the client of `request`.
    pub async fn answer_rpc<B: Sync>(&self, request: &Request<B>, body: &[u8]) -> Response<Full<Bytes>> {
        answer_body(self, request, body).await
    }

    /// Answers a call in a URI, whose path is the method, likewise.
    pub async fn answer_rpc_uri(&self, uri: &Uri) -> Response<Full<Bytes>> {
        answer_uri(self, uri).await
    }
}

async fn answer(chain: &Embedded, mut request: Request<Incoming>) -> Response<Full<Bytes>> {
    match *request.method() {
        Method::GET => {
            let _work = begin_work(&request);
            answer_uri(chain, request.uri()).await
        }
        Method::POST => {
            let _weight = match begin_read(&request, MAX_REQUEST_BYTES) {
                Ok(weight) => weight,
                Err(error) => {
                    return fault(StatusCode::SERVICE_UNAVAILABLE, Fault::internal(error.to_string()));
                }
            };
            let body = match read(&mut request).await {
                Ok(body) => body,
                Err(error) => return fault(StatusCode::INTERNAL_SERVER_ERROR, error),
            };
            let _work = begin_work(&request);
            answer_body(chain, &request, &body).await
        }
        _ => {
            let text = "expected GET with a method in the path, or POST with a JSON-RPC request";
            fault(StatusCode::METHOD_NOT_ALLOWED, Fault::request(text))
        }
    }
}

/// As CometBFT, whose URI form alone has errors in the status.
async fn answer_uri(chain: &Embedded, uri: &Uri) -> Response<Full<Bytes>> {
    let result = match uri::read(uri) {
        Ok((method, params)) => methods::call(chain, &method, params).await,
        Err(fault) => Err(fault),
    };
    let status = match &result {
        Ok(_) => StatusCode::OK,
        Err(fault) if fault.code == METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    reply(status, JSON, jsonrpc::write(&jsonrpc::uri_id(), result))
}

async fn answer_body<B: Sync>(chain: &Embedded, request: &Request<B>, body: &[u8]) -> Response<Full<Bytes>> {
    match jsonrpc::read(body) {
        Ok(Asked::One(call)) => {
            let result = methods::call(chain, &call.method, call.params).await;
            reply(StatusCode::OK, JSON, jsonrpc::write(&call.id, result))
        }
        Ok(Asked::Many(calls)) => reply(StatusCode::OK, JSON, answer_array(chain, request, calls).await),
        Err(error) => fault(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

/// Answers one call after another, so that an array takes no more of the chain at a time than one call. Answers that wait for
/// the others count as kept.
async fn answer_array<B: Sync>(chain: &Embedded, request: &Request<B>, calls: Vec<&RawValue>) -> String {
    let (mut body, mut weights) = (String::from("["), vec![]);
    for call in calls {
        if body.len() > 1 {
            body.push(',');
        }
        let (id, result) = match jsonrpc::read_one(call) {
            Ok(Call { id, .. }) if body.len() > MAX_ARRAY_BYTES => {
                let reason =
                    format!("the answers before this one have more than {MAX_ARRAY_BYTES} bytes; ask again");
                (id, Err(Fault::internal(reason)))
            }
            Ok(Call { id, method, params }) => (id, methods::call(chain, &method, params).await),
            Err(fault) => (Value::Null, Err(fault)),
        };
        let answer = jsonrpc::write(&id, result);
        match keep(request, answer.len()) {
            Ok(weight) => {
                weights.push(weight);
                body.push_str(&answer);
            }
            Err(error) => body.push_str(&jsonrpc::write(&id, Err(Fault::internal(error.to_string())))),
        }
    }
    body.push(']');
    body
}

async fn read(request: &mut Request<Incoming>) -> Result<Bytes, Fault> {
    let body = timeout(READ_TIMEOUT, Limited::new(request.body_mut(), MAX_REQUEST_BYTES).collect())
        .await
        .map_err(|_| Fault::request(format!("no whole request in {} s", READ_TIMEOUT.as_secs())))?
        .map_err(|error| match error.downcast_ref::<http_body_util::LengthLimitError>() {
            Some(_) => Fault::request(format!("http: request body too large, limit {MAX_REQUEST_BYTES}")),
            None => Fault::request(error.to_string()),
        })?;
    Ok(body.to_bytes())
}

/// The answer to a request of which no call could be read.
fn fault(status: StatusCode, fault: Fault) -> Response<Full<Bytes>> {
    reply(status, JSON, jsonrpc::write(&Value::Null, Err(fault)))
}
