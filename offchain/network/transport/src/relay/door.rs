//! Connections to a relay, until their clients have shown who they are.
//!
//! The library that relays has a server of its own, which accepts any number of connections and lets one that has become a
//! websocket stay without a word. So connections are accepted here, and the library gets them one by one.

use std::io;
use std::net::{Shutdown, TcpStream as StdStream};
use std::sync::Arc;
use std::time::Duration;

use bithive_listener::{Listener, Place};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use iroh_relay::server::RelayService;
use iroh_relay::server::http_server::RelayServiceWithNotify;
use iroh_relay::server::streams::MaybeTlsStream;
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::members::PLACE;
use super::pages;

/// Most bytes of a request's head.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// What serves connections.
#[derive(Clone)]
pub(super) enum Serving {
    /// The relay itself, with or without TLS.
    Relay { service: RelayService, tls: Option<TlsAcceptor> },
    /// The page that is there without TLS.
    Probe,
}

/// Accepts connections until the relay stops. Those of clients that are not admitted then are closed.
pub(super) async fn run(
    listener: Listener,
    serving: Serving,
    establish: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, place) = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        connections.spawn(connection(stream, place, serving.clone(), establish));
    }
}

async fn connection(stream: TcpStream, mut place: Place, serving: Serving, establish: Duration) {
    let Ok((stream, hold)) = Hold::of(stream) else { return place.without_file() };
    let number = place.id();
    let served = async {
        // A connection that breaks is its client's matter.
        let _ = match serving {
            Serving::Relay { service, tls } => relay(stream, number, service, tls).await,
            Serving::Probe => probe(stream).await,
        };
    };
    tokio::select! {
        () = served => {}
        () = place.lost() => {}
        () = tokio::time::sleep(establish) => if !place.is_admitted() { place.late() },
    }
    if place.is_admitted() {
        hold.release();
    }
}

/// A second handle to a connection, since the library keeps the first to itself. The connection is closed with it, unless
/// its client was admitted.
struct Hold(Option<StdStream>);

impl Hold {
    fn of(stream: TcpStream) -> io::Result<(TcpStream, Self)> {
        let stream = stream.into_std()?;
        let hold = Self(Some(stream.try_clone()?));
        Ok((TcpStream::from_std(stream)?, hold))
    }

    /// Leaves the connection to the library.
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(stream) = self.0.take() {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Ends when the client is admitted, or refused, or gone.
async fn relay(
    stream: TcpStream,
    number: u64,
    service: RelayService,
    tls: Option<TlsAcceptor>,
) -> io::Result<()> {
    let stream = match tls {
        Some(tls) => MaybeTlsStream::Tls(tls.accept(stream).await?),
        None => MaybeTlsStream::Plain(stream),
    };
    // The library works on the request in a task of its own, and drops it when it knows whom it deals with.
    let (under_way, done) = oneshot::channel::<()>();
    let under_way = Arc::new(under_way);
    let service = RelayServiceWithNotify::new(service, Arc::new(Notify::new()));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.headers_mut().insert(PLACE, HeaderValue::from(number));
        request.extensions_mut().insert(under_way.clone());
        std::future::ready(service.call(request).into_inner().map_err(io::Error::other))
    });
    let connection = head_limits(&mut http1::Builder::new()).serve_connection(TokioIo::new(stream), service);
    connection.with_upgrades().await.map_err(io::Error::other)?;
    // Never sent: it ends when nobody has the other end any more.
    let _ = done.await;
    Ok(())
}

async fn probe(stream: TcpStream) -> io::Result<()> {
    let service = service_fn(|request: Request<Incoming>| {
        std::future::ready(pages::without_tls(&request).map_err(io::Error::other))
    });
    let mut builder = http1::Builder::new();
    head_limits(builder.keep_alive(false))
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

/// The time for a head is part of the time for everything.
fn head_limits(builder: &mut http1::Builder) -> &mut http1::Builder {
    builder.timer(TokioTimer::new()).max_buf_size(MAX_HEAD_BYTES)
}
