//! An HTTP/1 server: accepting, limits, stopping. What is answered is the caller's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bithive_listener::{Limits, Listener, Place, Places, Prompt, Turned, Weight, Work, Worker};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Time for a request to arrive, head and body each.
pub const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Time for a client to read an answer.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Time for open requests to be answered when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of a head, and of a body that nobody has read yet.
const MAX_BUFFER_BYTES: usize = 64 << 10;

/// Bytes that a server keeps for its clients.
const BYTES: usize = 256 << 20;

/// Limits on what clients use of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// Connections at one time. A further one takes the place of one that waits for nothing.
    pub connections: usize,
    /// Connections of one address (IPv4 address, or /64 of an IPv6 address). A further one takes the place of another
    /// of the same address.
    pub connections_of_address: usize,
    /// Bytes of requests that are read or worked on, and of answers that are sent, together. For further ones, the
    /// connection that has held some for longest is closed.
    pub bytes: usize,
    /// Time for the head of a request to arrive. A connection without a request is closed after that, too.
    pub head: Duration,
    /// Time for a client to read an answer.
    pub send: Duration,
    /// Longest life of a connection: one that is only held open makes room for others. No limit if there is none.
    pub lifetime: Option<Duration>,
}

impl HttpLimits {
    /// So many connections, half of them at most of one address, and the usual times.
    #[must_use]
    pub const fn of_connections(connections: usize) -> Self {
        Self {
            connections,
            connections_of_address: connections.div_ceil(2),
            bytes: BYTES,
            head: READ_TIMEOUT,
            send: SEND_TIMEOUT,
            lifetime: None,
        }
    }
}

/// A server that has its address and does not answer yet.
pub struct Bound {
    listener: Listener,
    places: Places,
    limits: HttpLimits,
}

impl Bound {
    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Answers each request with what `answer` makes of it.
    pub fn start<A, F, B>(self, answer: A) -> HttpServer
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Into<ReplyBody> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        let address = self.address();
        let accept = tokio::spawn(accept(self.listener, self.limits, answer, stopped));
        HttpServer { address, places: self.places, stop, accept }
    }
}

/// A server that runs. Dropping it breaks open connections off; [`HttpServer::stop`] lets them finish.
pub struct HttpServer {
    address: SocketAddr,
    places: Places,
    stop: watch::Sender<bool>,
    accept: JoinHandle<()>,
}

impl HttpServer {
    /// Listens at an address; port 0 takes a free one.
    ///
    /// # Errors
    /// The system's, when nobody can listen at the address.
    pub async fn bind(listen: SocketAddr, limits: HttpLimits) -> std::io::Result<Bound> {
        // Nobody is admitted: a client does not show who it is.
        let places = Places::new(Limits {
            strangers: limits.connections,
            strangers_of_address: limits.connections_of_address,
            admitted: 0,
            admitted_of_address: 0,
            bytes: limits.bytes,
        });
        let listener = Listener::bind(listen, places.clone()).await?;
        Ok(Bound { listener, places, limits })
    }

    /// Listens at an address, and answers each request with what `answer` makes of it; port 0 takes a free one.
    ///
    /// # Errors
    /// As [`HttpServer::bind`].
    pub async fn start<A, F, B>(listen: SocketAddr, limits: HttpLimits, answer: A) -> std::io::Result<Self>
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Into<ReplyBody> + Send + 'static,
    {
        Ok(Self::bind(listen, limits).await?.start(answer))
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What can be counted of it, also for others.
    #[must_use]
    pub fn tally(&self) -> HttpTally {
        HttpTally(self.places.clone())
    }

    /// Connections that are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.places.strangers()
    }

    /// Connections that were closed or refused, by reason.
    #[must_use]
    pub fn turned(&self) -> Turned {
        self.places.turned()
    }

    /// Answers the requests that have arrived, and takes no more.
    pub async fn stop(&mut self) {
        self.stop.send_replace(true);
        // A task that panicked has nothing left to stop.
        let _ = (&mut self.accept).await;
    }
}

/// Counts the connections of a server.
#[derive(Clone)]
pub struct HttpTally(Places);

impl HttpTally {
    /// Connections that are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.strangers()
    }

    /// Connections that were closed or refused, by reason.
    #[must_use]
    pub fn turned(&self) -> Turned {
        self.0.turned()
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

/// Says that a request is worked on, until the answer of this function is dropped: its connection makes no room for
/// others meanwhile. To be called once the request has been read, because a client can take its time to send it.
#[must_use]
pub fn begin_work<B>(request: &Request<B>) -> Option<Work> {
    request.extensions().get::<Worker>().cloned().map(Worker::begin)
}

/// Says that the body of a request is kept, until the answer of this function is dropped. To be called before the body is
/// read; one that does not say its length counts as `most`.
///
/// # Errors
/// [`TooMuch`].
pub fn begin_read<B: Body>(request: &Request<B>, most: usize) -> Result<Option<Weight>, TooMuch> {
    let stated = request.body().size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    keep(request, stated.unwrap_or(most).min(most))
}

/// Says that so many bytes are kept for a request's client, a part of an answer for example, until the answer of this function
/// is dropped.
///
/// # Errors
/// [`TooMuch`].
pub fn keep<B>(request: &Request<B>, bytes: usize) -> Result<Option<Weight>, TooMuch> {
    let Some(worker) = request.extensions().get::<Worker>() else { return Ok(None) };
    worker.weigh(bytes).map(Some).ok_or(TooMuch)
}

/// The server keeps as much for its clients as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server has too many requests and answers under way; try again in a moment")]
pub struct TooMuch;

/// The body of an answer.
pub enum ReplyBody {
    /// All of it. It counts as kept until it is sent.
    Whole(Full<Bytes>),
    /// Parts, as they come.
    Parts(Parts),
}

/// An answer whose parts come one after another. Whoever makes them waits until the client has read most of those before.
pub struct Parts {
    from: mpsc::Receiver<Result<Bytes, Broken>>,
    _weight: Option<Weight>,
}

impl Parts {
    /// The parts that come out of a channel. The answer ends with the channel, or breaks off at [`Broken`]. `weight` is what
    /// [`keep`] gave for as much as the channel holds.
    #[must_use]
    pub const fn new(from: mpsc::Receiver<Result<Bytes, Broken>>, weight: Option<Weight>) -> Self {
        Self { from, _weight: weight }
    }
}

/// The rest of an answer can't be had. The client sees that it broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rest of the answer can't be had")]
pub struct Broken;

impl From<Full<Bytes>> for ReplyBody {
    fn from(whole: Full<Bytes>) -> Self {
        Self::Whole(whole)
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut *self {
            Self::Whole(whole) => Pin::new(whole)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
            Self::Parts(parts) => parts.from.poll_recv(cx).map(|part| part.map(|part| part.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Parts(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Parts(_) => SizeHint::default(),
        }
    }
}

/// Names and values of a URI's query, decoded; each as often as it is there.
#[must_use]
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    // Any base will do: it is the rules for queries that are wanted.
    let Ok(mut url) = Url::parse("http://localhost/") else { return vec![] };
    url.set_query(Some(query));
    url.query_pairs().map(|(name, text)| (name.into_owned(), text.into_owned())).collect()
}

/// An answer that counts as kept until it is sent.
struct Sent {
    bytes: Bytes,
    _weight: Weight,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

async fn weighed(response: Response<ReplyBody>, worker: &Worker) -> Response<ReplyBody> {
    let (head, body) = response.into_parts();
    let whole = match body {
        ReplyBody::Whole(whole) => whole,
        parts @ ReplyBody::Parts(_) => return Response::from_parts(head, parts),
    };
    let bytes = whole.collect().await.map_or_else(|never| match never {}, Collected::to_bytes);
    match worker.weigh(bytes.len()) {
        Some(weight) => {
            let sent = Full::new(Bytes::from_owner(Sent { bytes, _weight: weight }));
            Response::from_parts(head, ReplyBody::Whole(sent))
        }
        None => {
            reply(StatusCode::SERVICE_UNAVAILABLE, "text/plain", format!("{TooMuch}\n")).map(ReplyBody::Whole)
        }
    }
}

async fn accept<A, F, B>(
    listener: Listener,
    limits: HttpLimits,
    answer: A,
    mut stopped: watch::Receiver<bool>,
) where
    A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Into<ReplyBody> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let (stream, place) = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let connection = connection(stream, place, limits, answer.clone(), stopped.clone());
        connections.spawn(async move {
            match limits.lifetime {
                Some(lifetime) => drop(timeout(lifetime, connection).await),
                None => connection.await,
            }
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Those that take longer are broken off with the set.
    let _ = timeout(STOP_TIMEOUT, all).await;
}

async fn connection<A, F, B>(
    stream: TcpStream,
    mut place: Place,
    limits: HttpLimits,
    answer: A,
    mut stopped: watch::Receiver<bool>,
) where
    A: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Into<ReplyBody> + Send + 'static,
{
    let worker = place.worker();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let worker = worker.clone();
        request.extensions_mut().insert(worker.clone());
        let response = answer(request);
        async move { Ok::<_, Infallible>(weighed(response.await.map(Into::into), &worker).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_BUFFER_BYTES)
        .serve_connection(TokioIo::new(Prompt::new(stream, limits.send)), service);
    tokio::pin!(connection);
    // A connection that breaks is its client's matter.
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = place.lost() => return,
        _ = stopped.wait_for(|stopped| *stopped) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if ended.is_err_and(|error| is_late(&error)) {
        place.late();
    }
}

/// Whether a connection ended because its client took too long to send a head, or to read an answer.
fn is_late(error: &hyper::Error) -> bool {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    error.is_timeout() || io.is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
}
