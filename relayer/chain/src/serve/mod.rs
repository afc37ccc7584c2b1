//! An [`Embedded`] for other processes: the part of CometBFT's JSON-RPC that [`crate::Cosmos`] uses, over HTTP.
//!
//! - listening, limits, stopping: [`crate::http`]; requests: here; methods, `methods.rs`; queries, `query.rs`; errors as a chain writes them,
//!   `failure.rs`; time, `clock.rs`.
//!
//! There is no authentication: transactions are signed, and everything else is public on any chain. Whoever can connect
//! can still keep the chain busy, so the default address is this machine's own.

mod clock;
mod failure;
mod methods;
mod query;

pub use clock::BlockClock;

use crate::http::{HttpLimits, HttpServer, READ_TIMEOUT, reply};
use crate::{ChainError, Embedded};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::{sync::watch, task::JoinHandle, time::timeout};

/// Connections are as many as parties of a test network; they live as long as their clients.
const LIMITS: HttpLimits = HttpLimits { connections: 256, lifetime: None };
/// Longest request: the longest transaction in base64, or in hex in a simulation, and what is around it.
const MAX_REQUEST_BYTES: usize = 4 << 20;

/// Where and how a chain is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// Address to listen at. Default 127.0.0.1 with a free port.
    pub listen: SocketAddr,
    /// Commits empty blocks while the chain is served, so that deadlines pass; `None` leaves time to transactions and
    /// to [`Embedded::advance_time`]. Default one second per second.
    pub clock: Option<BlockClock>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), clock: Some(BlockClock::default()) }
    }
}

/// A chain being served. Dropping it breaks open connections off; [`Server::stop`] lets them finish.
pub struct Server {
    http: HttpServer,
    stop_clock: watch::Sender<bool>,
    clock: JoinHandle<ChainError>,
}

impl Embedded {
    /// Serves this chain to other processes until the [`Server`] is stopped. [`crate::Cosmos`] is the client.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] when nobody can listen at the address, or the clock stands still.
    pub async fn serve(&self, options: ServeOptions) -> Result<Server, ChainError> {
        options.clock.map(BlockClock::validate).transpose()?;
        let chain = self.clone();
        let answer = move |request| {
            let chain = chain.clone();
            async move { answer(&chain, request).await }
        };
        let http = HttpServer::start(options.listen, LIMITS, answer).await.map_err(|error| {
            let reason = format!("{}: {error}", options.listen);
            ChainError::InvalidConfig { field: "listen".into(), reason }
        })?;
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

    /// URL to give to [`crate::CosmosOptions::new`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Waits until the chain fails to commit a block by the clock, and says why. Never returns otherwise.
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

/// A request of JSON-RPC.
#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    id: Value,
    method: String,
    #[serde(default)]
    params: Value,
}

/// An error of JSON-RPC, with CometBFT's codes.
struct Fault {
    code: i32,
    message: &'static str,
    data: String,
}

impl Fault {
    fn request(data: impl Into<String>) -> Self {
        Self { code: -32600, message: "Invalid Request", data: data.into() }
    }

    fn method(data: impl Into<String>) -> Self {
        Self { code: -32601, message: "Method not found", data: data.into() }
    }

    fn params(data: impl Into<String>) -> Self {
        Self { code: -32602, message: "Invalid params", data: data.into() }
    }

    fn internal(data: impl Into<String>) -> Self {
        Self { code: -32603, message: "Internal error", data: data.into() }
    }
}

async fn answer(chain: &Embedded, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let call = match read(request).await {
        Ok(call) => call,
        Err(fault) => return respond(&Value::Null, Err(fault)),
    };
    let result = methods::call(chain, &call.method, call.params).await;
    respond(&call.id, result)
}

async fn read(request: Request<Incoming>) -> Result<Call, Fault> {
    if request.method() != Method::POST {
        return Err(Fault::request("expected POST with a JSON-RPC request"));
    }
    let body = timeout(READ_TIMEOUT, Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect())
        .await
        .map_err(|_| Fault::request(format!("no whole request in {} s", READ_TIMEOUT.as_secs())))?
        .map_err(|error| match error.downcast_ref::<http_body_util::LengthLimitError>() {
            Some(_) => Fault::request(format!("http: request body too large, limit {MAX_REQUEST_BYTES}")),
            None => Fault::request(error.to_string()),
        })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| Fault::request(error.to_string()))
}

fn respond(id: &Value, result: Result<Value, Fault>) -> Response<Full<Bytes>> {
    let (status, body) = match result {
        Ok(result) => (StatusCode::OK, json!({ "jsonrpc": "2.0", "id": id, "result": result })),
        Err(Fault { code, message, data }) => {
            let error = json!({ "code": code, "message": message, "data": data });
            (StatusCode::INTERNAL_SERVER_ERROR, json!({ "jsonrpc": "2.0", "id": id, "error": error }))
        }
    };
    reply(status, "application/json", body.to_string())
}
