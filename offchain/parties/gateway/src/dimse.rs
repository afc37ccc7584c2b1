//! Associations: C-ECHO and C-STORE (PS3.4 A and B, PS3.7, PS3.8).
//!
//! A peer is answered "success" once its object is on disk. It may be slow, silent, or hostile: there are as many associations at once as
//! places, a silence ends an association, an object has a time and a size, and what all associations hold of objects that are not there as a
//! whole has a limit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bithive_audit::{Act, Outcome};
use bithive_dicomnet::command::{MAX_BYTES as MAX_COMMAND, Request, Status};
use bithive_listener::{Limits, Listener, Place, Places};
use dicom_dictionary_std::uids;
use dicom_ul::association::server::{AccessControl, DefaultNegotiation};
use dicom_ul::association::{AsyncServerAssociation, Error};
use dicom_ul::pdu::{AssociationRJServiceUserReason, PDataValue, PDataValueType, UserIdentity};
use dicom_ul::prelude::*;
use dicom_ul::{Pdu, ServerAssociationOptions};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::arrival::{Announced, Arrival, MAX_OBJECT, Refused};
use crate::audit::{Audit, Receiving};
use crate::classes::STORED;
use crate::clock::now;
use crate::config::DicomConfig;
use crate::error::GatewayError;
use crate::spool::Spool;
use crate::tally::{DIMSE, GatewayMonitor};
use crate::tls;

/// Associations at once.
const ASSOCIATIONS: usize = 16;
/// Most bytes of a PDU that is received.
const MAX_PDU: u32 = 128 << 10;
/// Time for a peer to name itself and what it wants, TLS included.
const ESTABLISH: Duration = Duration::from_secs(10);
/// Time for a peer to read an answer.
const SEND: Duration = Duration::from_secs(30);
/// Bytes of objects that are not there as a whole, of all associations.
const BUDGET: usize = 512 << 20;
/// How long associations may go on when the gateway stops.
const STOP: Duration = Duration::from_secs(5);

/// Who may call whom.
#[derive(Clone)]
struct Allowed(Arc<Vec<String>>);

impl AccessControl for Allowed {
    fn check_access(
        &self,
        this: &str,
        calling: &str,
        called: &str,
        _: Option<&UserIdentity>,
    ) -> Result<(), AssociationRJServiceUserReason> {
        if called.trim() != this {
            return Err(AssociationRJServiceUserReason::CalledAETitleNotRecognized);
        }
        if !self.0.iter().any(|allowed| allowed == calling.trim()) {
            return Err(AssociationRJServiceUserReason::CallingAETitleNotRecognized);
        }
        Ok(())
    }
}

/// Bytes of all objects that are being received.
#[derive(Default)]
struct Budget(AtomicUsize);

/// A part of the budget, which goes back when it is dropped.
struct Share(Arc<Shared>, usize);

impl Share {
    /// Takes more, unless too much is taken.
    fn grow(&mut self, bytes: usize) -> bool {
        let taken = &self.0.budget.0;
        let fits = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= BUDGET);
        let grown = taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).is_ok();
        if grown {
            self.1 = self.1.saturating_add(bytes);
        }
        grown
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.budget.0.fetch_sub(self.1, Ordering::AcqRel);
    }
}

struct Shared {
    spool: Arc<Spool>,
    monitor: Arc<GatewayMonitor>,
    audit: Audit,
    options: ServerAssociationOptions<'static, Allowed, DefaultNegotiation>,
    is_tls: bool,
    object_time: Duration,
    budget: Budget,
}

/// Takes associations, until it is stopped.
pub struct Dimse {
    listener: Listener,
    shared: Arc<Shared>,
}

impl Dimse {
    /// Listens.
    ///
    /// # Errors
    /// [`GatewayError::Listen`], [`GatewayError::Tls`].
    pub async fn bind(
        config: &DicomConfig,
        spool: Arc<Spool>,
        (monitor, audit): (Arc<GatewayMonitor>, Audit),
    ) -> Result<Self, GatewayError> {
        let mut options = ServerAssociationOptions::new()
            .ae_access_control(Allowed(Arc::new(config.callers.clone())))
            .ae_title(config.title.clone())
            .max_pdu_length(MAX_PDU)
            .strict(true)
            .read_timeout(config.idle)
            .write_timeout(SEND)
            .with_abstract_syntax(uids::VERIFICATION);
        for class in STORED {
            options = options.with_abstract_syntax(*class);
        }
        if let Some(files) = &config.tls {
            options = options.tls_config(tls::server(files)?);
        }
        // A further one takes the place of one that has not said who it is; an established one stays.
        let places = Places::new(Limits {
            strangers: ASSOCIATIONS,
            strangers_of_address: ASSOCIATIONS,
            admitted: 0,
            admitted_of_address: 0,
            bytes: 0,
        });
        let address = config.listen;
        let listen = |problem| GatewayError::Listen { field: "dicom.listen", address, problem };
        let listener = Listener::bind(address, places).await.map_err(listen)?;
        let (is_tls, object_time) = (config.tls.is_some(), config.object_time);
        let budget = Budget::default();
        let shared = Shared { spool, monitor, audit, options, is_tls, object_time, budget };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Takes associations until `stopped` says so. Those that are under way get some seconds; an object that is not there as a whole then was
    /// not answered, and its peer sends it again.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut associations = JoinSet::new();
        loop {
            let (stream, place) = tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = associations.join_next() => {
                    if let Err(error) = ended {
                        // The decoder of PDUs is not ours: what breaks there ends one association.
                        tracing::error!(%error, "an association ended badly");
                    }
                    continue;
                }
                accepted = self.listener.accept() => accepted,
            };
            associations.spawn(connection(stream, place, self.shared.clone()));
        }
        drop(self.listener);
        let all = async { while associations.join_next().await.is_some() {} };
        let _ = timeout(STOP, all).await;
    }
}

async fn connection(stream: TcpStream, mut place: Place, shared: Arc<Shared>) {
    let worker = place.worker();
    let established = async {
        // Small answers must not wait for more.
        let _ = stream.set_nodelay(true);
        if shared.is_tls {
            let association = shared.options.establish_tls_async(stream).await;
            association.map(|association| Either::Tls(Box::new(association))).map_err(|error| words(&error))
        } else {
            let association = shared.options.establish_async(stream).await;
            association.map(|association| Either::Plain(Box::new(association))).map_err(|error| words(&error))
        }
    };
    let established = tokio::select! {
        () = place.lost() => return,
        established = timeout(ESTABLISH, established) => established,
    };
    let problem = match established {
        Ok(Ok(association)) => {
            let _work = worker.begin();
            shared.monitor.associations.inc();
            match association {
                Either::Plain(association) => serve(*association, &shared).await,
                Either::Tls(association) => serve(*association, &shared).await,
            }
            return;
        }
        Ok(Err(problem)) => problem,
        Err(_) => "the peer takes too long to name itself".into(),
    };
    shared.monitor.rejected.inc();
    tracing::info!(problem, "no association");
    shared.audit.count(shared.audit.stranger(), Act::SignedIn, Outcome::Refused, "association").await;
}

/// What went wrong, without a byte of what the peer has sent: the library's own words may quote all of it.
fn words(error: &Error) -> String {
    match error {
        Error::Rejected { association_rj, .. } => association_rj.source.to_string(),
        Error::Timeout { .. } => "the peer is silent".into(),
        Error::ConnectionClosed { .. } => "the peer has closed the connection".into(),
        Error::ReceivePdu { .. } => "what the peer sends is no PDU, or the connection broke".into(),
        Error::UnexpectedPdu { .. } | Error::UnknownPdu { .. } => {
            "the peer sends a PDU that is not its turn".into()
        }
        Error::TlsHandshake { .. } | Error::TlsConnection { .. } => "the TLS handshake failed".into(),
        Error::TlsNotSupported => "the peer speaks TLS, and dicom.tls is not set".into(),
        _ => "the association broke".into(),
    }
}

type Plain = AsyncServerAssociation<TcpStream>;
type Tls = AsyncServerAssociation<tokio_rustls::server::TlsStream<TcpStream>>;

enum Either {
    Plain(Box<Plain>),
    Tls(Box<Tls>),
}

/// An object on its way.
struct Incoming {
    context: u8,
    request: Request,
    data: Vec<u8>,
    share: Share,
    /// All bytes, also those that are not kept.
    received: usize,
    refused: Option<Refused>,
    until: Instant,
}

/// Why an association ends other than by a release.
enum End {
    /// The peer has ended it, or is gone.
    Gone,
    /// The peer does what it must not: it is told.
    Abort(&'static str),
}

async fn serve<S>(mut association: AsyncServerAssociation<S>, shared: &Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let caller = association.peer_ae_title().to_owned();
    let who = shared.audit.peer(&caller);
    shared.audit.count(who.clone(), Act::SignedIn, Outcome::Success, "association").await;
    let receiving = Arc::new(Receiving::new(shared.audit.clone(), who, "c-store"));
    let mut session =
        Session { shared, caller, receiving: receiving.clone(), command: Vec::new(), incoming: None };
    let ended = converse(&mut session, &mut association).await;
    let closed = tokio::task::spawn_blocking(move || receiving.close()).await;
    if !closed.is_ok_and(|closed| closed.is_ok()) {
        tracing::error!(caller = session.caller, "what an association has sent is missing in the audit log");
    }
    match ended {
        Ended::Released => {
            let _ = association.send(&Pdu::ReleaseRP).await;
        }
        Ended::Gone => {}
        Ended::Broken(problem) => {
            tracing::warn!(caller = session.caller, problem, "an association is aborted");
            let _ = timeout(SEND, association.abort()).await;
        }
    }
}

/// How an association ends.
enum Ended {
    /// By the peer, who waits for an answer.
    Released,
    /// The peer is gone.
    Gone,
    /// By what the peer must not do.
    Broken(&'static str),
}

/// Answers a peer until one of the two ends the association.
async fn converse<S>(session: &mut Session<'_>, association: &mut AsyncServerAssociation<S>) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    loop {
        let until = session.incoming.as_ref().map(|incoming| incoming.until);
        let received = match until {
            Some(until) => match timeout_at(until, association.receive()).await {
                Ok(received) => received,
                Err(_) => return Ended::Broken("an object took longer than dicom.object_time"),
            },
            None => association.receive().await,
        };
        match received {
            Ok(Pdu::PData { data }) => match session.take(data, association).await {
                Ok(()) => {}
                Err(End::Gone) => return Ended::Gone,
                Err(End::Abort(problem)) => return Ended::Broken(problem),
            },
            Ok(Pdu::ReleaseRQ) => return Ended::Released,
            Ok(Pdu::AbortRQ { .. }) => return Ended::Gone,
            Ok(_) => return Ended::Broken("a PDU that does not belong into an association"),
            Err(error) => {
                tracing::info!(caller = session.caller, problem = words(&error), "an association ended");
                return Ended::Gone;
            }
        }
    }
}

struct Session<'a> {
    shared: &'a Arc<Shared>,
    /// AE title of the peer.
    caller: String,
    /// What the audit log says of its objects.
    receiving: Arc<Receiving>,
    /// Parts of a command that is not there as a whole.
    command: Vec<u8>,
    incoming: Option<Incoming>,
}

impl Session<'_> {
    async fn take<S>(
        &mut self,
        values: Vec<PDataValue>,
        association: &mut AsyncServerAssociation<S>,
    ) -> Result<(), End>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        for PDataValue { presentation_context_id: context, value_type, is_last, data } in values {
            match (value_type, self.incoming.as_mut()) {
                (PDataValueType::Command, None) => {
                    if self.command.len().saturating_add(data.len()) > MAX_COMMAND {
                        return Err(End::Abort("a command that is too long"));
                    }
                    self.command.extend_from_slice(&data);
                    if is_last {
                        let command = std::mem::take(&mut self.command);
                        let request = Request::decode(&command).map_err(|error| {
                            tracing::info!(%error, "no command");
                            End::Abort("a command that can't be read")
                        })?;
                        self.begin(context, request, association).await?;
                    }
                }
                (PDataValueType::Data, Some(incoming)) if incoming.context == context => {
                    incoming.received = incoming.received.saturating_add(data.len());
                    if incoming.received > MAX_OBJECT.saturating_mul(2) {
                        return Err(End::Abort("an object without an end"));
                    }
                    incoming.keep(&data);
                    if is_last && let Some(incoming) = self.incoming.take() {
                        self.finish(incoming, association).await?;
                    }
                }
                (PDataValueType::Command, Some(_)) => return Err(End::Abort("a command within an object")),
                (PDataValueType::Data, _) => return Err(End::Abort("data that no command announced")),
            }
        }
        Ok(())
    }

    /// Answers a command, or waits for its data set.
    async fn begin<S>(
        &mut self,
        context: u8,
        request: Request,
        association: &mut AsyncServerAssociation<S>,
    ) -> Result<(), End>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        if request.has_data_set() {
            let until = Instant::now().checked_add(self.shared.object_time).ok_or(End::Gone)?;
            let share = Share(self.shared.clone(), 0);
            // Of what is not asked for, nothing is kept.
            let is_store = matches!(request, Request::Store { .. });
            let refused = (!is_store).then_some(Refused::Mismatch { what: "request" });
            let data = Vec::new();
            self.incoming = Some(Incoming { context, request, data, share, received: 0, refused, until });
            return Ok(());
        }
        let status =
            if matches!(request, Request::Echo { .. }) { Status::SUCCESS } else { Status::UNRECOGNIZED };
        respond(association, context, &request, status, None).await
    }

    /// Stores an object and answers.
    async fn finish<S>(
        &mut self,
        incoming: Incoming,
        association: &mut AsyncServerAssociation<S>,
    ) -> Result<(), End>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let Incoming { context, request, data, share, refused, .. } = incoming;
        let Request::Store { class, instance, .. } = &request else {
            return respond(association, context, &request, Status::UNRECOGNIZED, None).await;
        };
        let contexts = association.presentation_contexts();
        let Some(agreed) = contexts.iter().find(|agreed| agreed.id == context) else {
            return Err(End::Abort("a presentation context that was not agreed on"));
        };
        let announced =
            Announced { class: Some(class.clone()), instance: Some(instance.clone()), study: None };
        let mismatch = agreed.abstract_syntax != class.as_str();
        let refused = refused.or(mismatch.then_some(Refused::Mismatch { what: "SOP class" }));
        let (syntax, caller, spool, receiving) = (
            agreed.transfer_syntax.clone(),
            self.caller.clone(),
            self.shared.spool.clone(),
            self.receiving.clone(),
        );
        let stored = match refused {
            Some(refused) => {
                receiving.end(None, Some(&refused));
                Err(refused)
            }
            None => {
                let store = move || {
                    let from = (caller.as_str(), now());
                    let arrival = Arrival::of_data_set(&announced, &syntax, &data, from);
                    // The arrival has its own copy.
                    drop(data);
                    match arrival {
                        Ok(arrival) => receiving.store(&spool, arrival),
                        Err(refused) => {
                            receiving.end(None, Some(&refused));
                            Err(refused)
                        }
                    }
                };
                tokio::task::spawn_blocking(store).await.unwrap_or(Err(Refused::Disk))
            }
        };
        drop(share);
        match stored {
            Ok(_) => {
                self.shared.monitor.stored.of(DIMSE).inc();
                respond(association, context, &request, Status::SUCCESS, None).await
            }
            Err(refused) => {
                self.shared.monitor.refused.of(DIMSE).inc();
                tracing::warn!(caller = self.caller, reason = %refused, "an object is refused");
                respond(association, context, &request, refused.status(), Some(refused.to_string())).await
            }
        }
    }
}

impl Incoming {
    /// Keeps a part of the data set. Of an object that is refused already, nothing is kept: its peer is answered once it is through.
    fn keep(&mut self, part: &[u8]) {
        if self.refused.is_some() {
            return;
        }
        if self.data.len().saturating_add(part.len()) > MAX_OBJECT {
            self.refused = Some(Refused::TooLong);
        } else if !self.share.grow(part.len()) {
            self.refused = Some(Refused::Full { what: "objects on their way" });
        } else {
            self.data.extend_from_slice(part);
            return;
        }
        self.data = Vec::new();
    }
}

async fn respond<S>(
    association: &mut AsyncServerAssociation<S>,
    context: u8,
    request: &Request,
    status: Status,
    comment: Option<String>,
) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let data = request.answered(status, comment).encode();
    let value = PDataValue {
        presentation_context_id: context,
        value_type: PDataValueType::Command,
        is_last: true,
        data,
    };
    association.send(&Pdu::PData { data: vec![value] }).await.map_err(|_| End::Gone)
}
