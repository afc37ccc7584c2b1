//! An HTTP/1 server for few clients: accepting, limits, stopping. What is answered is the caller's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Time for a request to arrive, head and body each.
pub const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Time for open requests to be answered when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// Wait after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Limits on what clients use of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// Connections at one time; further ones are closed at once.
    pub connections: usize,
    /// Longest life of a connection: one that is only held open makes room for others. No limit if there is none.
    pub lifetime: Option<Duration>,
}

/// A server that runs. Dropping it breaks open connections off; [`HttpServer::stop`] lets them finish.
pub struct HttpServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accept: JoinHandle<()>,
}

impl HttpServer {
    /// Listens at an address, and answers each request with what `answer` makes of it; port 0 takes a free one.
    ///
    /// # Errors
    /// The system's, when nobody can listen at the address.
    pub async fn start<A, F>(listen: SocketAddr, limits: HttpLimits, answer: A) -> std::io::Result<Self>
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let accept = tokio::spawn(accept(listener, limits, answer, stopped));
        Ok(Self { address, stop, accept })
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers the requests that have arrived, and takes no more.
    pub async fn stop(&mut self) {
        self.stop.send_replace(true);
        // A task that panicked has nothing left to stop.
        let _ = (&mut self.accept).await;
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

/// An answer with a body of this content type.
#[must_use]
pub fn reply(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

async fn accept<A, F>(
    listener: TcpListener,
    limits: HttpLimits,
    answer: A,
    mut stopped: watch::Receiver<bool>,
) where
    A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let connection = connection(stream, answer.clone(), stopped.clone());
                    connections.spawn(async move {
                        match limits.lifetime {
                            Some(lifetime) => drop(timeout(lifetime, connection).await),
                            None => connection.await,
                        }
                        drop(place);
                    });
                }
            }
            // Out of file descriptors, or a connection that was gone already: others may fare better.
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Those that take longer are broken off with the set.
    let _ = timeout(STOP_TIMEOUT, all).await;
}

async fn connection<A, F>(stream: TcpStream, answer: A, mut stopped: watch::Receiver<bool>)
where
    A: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let response = answer(request);
        async move { Ok::<_, Infallible>(response.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // A connection that breaks is its client's matter.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
