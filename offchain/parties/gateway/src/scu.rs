//! Objects to a DICOM peer: C-STORE, as whoever calls (PS3.4 B, PS3.7 9.3.1), with TLS where the peer wants it (PS3.15 B.12).

use std::sync::Arc;
use std::time::Duration;

use bithive_deid::split;
use bithive_dicomnet::Uid;
use bithive_dicomnet::command::{Request, Response, Status};
use dicom_ul::Pdu;
use dicom_ul::association::AsyncClientAssociation;
use dicom_ul::association::client::ClientAssociationOptions;
use dicom_ul::pdu::{PDataValue, PDataValueType, PresentationContextResultReason};
use rustls::{CertificateError, ClientConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::arrival::About;
use crate::destinations::PacsConfig;
use crate::error::GatewayError;
use crate::spool::Spool;
use crate::tls;

/// Time to connect and agree, and for an answer to an object.
const ESTABLISH: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(120);
/// Bytes of a PDU that are not data: its head, and that of its value.
const PDU_HEAD: u32 = 12;
/// Bytes of a piece of data, between these.
const PIECE: (u32, u32) = (1_024, 64 << 10);
/// Stored, with something to be said about it: coercion, elements left out (PS3.4, B.2.3).
const WARNINGS: [Status; 3] = [Status(0xB000), Status(0xB006), Status(0xB007)];

/// A DICOM peer.
pub(crate) struct Pacs {
    config: PacsConfig,
    tls: Option<Arc<ClientConfig>>,
}

impl Pacs {
    /// Reads certificates, where it is reached by TLS.
    ///
    /// # Errors
    /// [`GatewayError::Tls`].
    pub(crate) fn new(config: &PacsConfig) -> Result<Self, GatewayError> {
        let tls = config.tls.as_ref().map(tls::client).transpose()?.map(Arc::new);
        Ok(Self { config: config.clone(), tls })
    }

    /// Sends objects over one association, and says of each whether the peer has it.
    pub(crate) async fn store(&self, spool: &Spool, objects: &[Uid]) -> Vec<Result<(), String>> {
        let known: Vec<Option<About>> = objects.iter().map(|instance| spool.about(instance)).collect();
        let all = |problem: &str| objects.iter().map(|_| Err(problem.to_owned())).collect();
        let Some(options) = self.offer(&known) else {
            return all("the object is not in the spool any more");
        };
        let address = self.config.address.as_str();
        let sent = match &self.tls {
            None => match timeout(ESTABLISH, options.establish_async(address)).await {
                Ok(Ok(association)) => Ok(Ok(send(association, spool, &known).await)),
                other => other.map(|agreed| agreed.map(|_| vec![])),
            },
            Some(tls) => {
                let options = options.tls_config(tls.clone()).server_name(self.config.server_name());
                match timeout(ESTABLISH, options.establish_tls_async(address)).await {
                    Ok(Ok(association)) => Ok(Ok(send(association, spool, &known).await)),
                    other => other.map(|agreed| agreed.map(|_| vec![])),
                }
            }
        };
        match sent {
            Ok(Ok(outcomes)) => outcomes,
            // Its own words may quote what the peer has sent.
            Ok(Err(error)) => all(&format!("no association with {address}: {}", words(&error))),
            Err(_) => all(&format!("{address} does not answer")),
        }
    }

    /// An association for these objects; none if there are none.
    fn offer(&self, known: &[Option<About>]) -> Option<ClientAssociationOptions<'_>> {
        let mut options = ClientAssociationOptions::new()
            .calling_ae_title(self.config.calling.clone())
            .called_ae_title(self.config.called.clone())
            .read_timeout(ANSWER)
            .write_timeout(ANSWER)
            .connection_timeout(ESTABLISH);
        let mut offered: Vec<(Uid, Uid)> = Vec::new();
        for about in known.iter().flatten() {
            let context = (about.class.clone(), about.transfer_syntax.clone());
            if !offered.contains(&context) {
                let (class, syntax) = (context.0.to_string(), vec![context.1.to_string()]);
                options = options.with_presentation_context(class, syntax);
                offered.push(context);
            }
        }
        (!offered.is_empty()).then_some(options)
    }
}

/// Sends objects one after the other.
async fn send<S: AsyncRead + AsyncWrite + Unpin + Send>(
    mut association: AsyncClientAssociation<S>,
    spool: &Spool,
    known: &[Option<About>],
) -> Vec<Result<(), String>> {
    let mut outcomes = Vec::with_capacity(known.len());
    let mut is_broken = false;
    for (number, about) in known.iter().enumerate() {
        if is_broken {
            outcomes.push(Err("the association broke before it was its turn".to_owned()));
            continue;
        }
        let Some(about) = about else {
            outcomes.push(Err("the object is not in the spool any more".to_owned()));
            continue;
        };
        let id = u16::try_from(number).unwrap_or(u16::MAX);
        let outcome = one(&mut association, spool, about, id).await;
        is_broken = matches!(outcome, Err(Failed::Association(_)));
        outcomes.push(outcome.map_err(|failed| match failed {
            Failed::Association(words) | Failed::Object(words) => words,
        }));
    }
    if !is_broken {
        // What it has said of each object counts, however it says goodbye.
        let _ = timeout(ESTABLISH, association.release()).await;
    }
    outcomes
}

enum Failed {
    /// Nothing more can be sent.
    Association(String),
    /// The peer does not take this one.
    Object(String),
}

async fn one<S: AsyncRead + AsyncWrite + Unpin + Send>(
    association: &mut AsyncClientAssociation<S>,
    spool: &Spool,
    about: &About,
    id: u16,
) -> Result<(), Failed> {
    let broke = |problem: &str| Failed::Association(problem.to_owned());
    let contexts = association.presentation_contexts();
    let agreed = contexts.iter().find(|context| {
        context.reason == PresentationContextResultReason::Acceptance
            && context.abstract_syntax == about.class.as_str()
            && context.transfer_syntax.trim_end_matches('\0') == about.transfer_syntax.as_str()
    });
    let Some(context) = agreed.map(|context| context.id) else {
        let problem = format!("the peer does not take SOP class {} as it is encoded", about.class);
        return Err(Failed::Object(problem));
    };
    let file = spool.file(&about.instance).map_err(|error| Failed::Object(error.to_string()))?;
    let file = file.ok_or_else(|| Failed::Object("the object is not in the spool any more".into()))?;
    let data = split(&file).map_err(|error| Failed::Object(error.to_string()))?.data;
    let (least, most) = PIECE;
    let piece = match association.acceptor_max_pdu_length() {
        0 => most,
        length => length.saturating_sub(PDU_HEAD).clamp(least, most),
    };
    let command = Request::Store { id, class: about.class.clone(), instance: about.instance.clone() };
    let command = command.encode();
    let pieces = data.chunks(usize::try_from(piece).unwrap_or(1_024)).collect::<Vec<_>>();
    let last = pieces.len().saturating_sub(1);
    let values = std::iter::once((PDataValueType::Command, true, command.as_slice()))
        .chain(pieces.into_iter().enumerate().map(|(at, piece)| (PDataValueType::Data, at == last, piece)));
    for (value_type, is_last, data) in values {
        let data = data.to_vec();
        let value = PDataValue { presentation_context_id: context, value_type, is_last, data };
        let sent = association.send(&Pdu::PData { data: vec![value] }).await;
        sent.map_err(|_| broke("the connection broke while an object was sent"))?;
    }
    let answer = timeout(ANSWER, association.receive()).await;
    let answer = answer.map_err(|_| broke("the peer does not answer to an object"))?;
    let Ok(Pdu::PData { data: values }) = answer else {
        return Err(broke("the peer has ended the association"));
    };
    let bytes: Vec<u8> = values.into_iter().flat_map(|value| value.data).collect();
    let answer = Response::decode(&bytes).map_err(|_| broke("the peer's answer can't be read"))?;
    if answer.id != id {
        return Err(broke("the peer's answer is to another request"));
    }
    if answer.status == Status::SUCCESS || WARNINGS.contains(&answer.status) {
        return Ok(());
    }
    let Status(code) = answer.status;
    let comment = answer.comment.map_or_else(String::new, |comment| format!(": {comment}"));
    Err(Failed::Object(format!("the peer answers with status {code:04X}{comment}")))
}

fn words(error: &dicom_ul::association::Error) -> String {
    use dicom_ul::association::Error;
    match tls::refused(error) {
        Some(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            return "its certificate is of an authority that is not in pacs.tls.authorities".into();
        }
        Some(problem) => {
            return format!("its certificate is refused: {problem}; pacs.tls.name is the name in it");
        }
        None => {}
    }
    match error {
        Error::Rejected { association_rj, .. } => association_rj.source.to_string(),
        Error::NoAcceptedPresentationContexts { .. } => "it takes none of the classes".into(),
        Error::Timeout { .. } => "it is silent".into(),
        Error::TlsHandshake { .. } => "it ends TLS at once; it may speak none".into(),
        Error::Connect { .. } => "nobody listens, or the network does not lead there".into(),
        _ => "it broke".into(),
    }
}
