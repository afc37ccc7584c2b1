//! A modality that sends.

use std::net::SocketAddr;

use bithive_deid::split;
use bithive_dicomnet::Uid;
use bithive_dicomnet::command::{Request, Response, Status};
use dicom_dictionary_std::uids;
use dicom_ul::association::AsyncClientAssociation;
use dicom_ul::association::client::ClientAssociationOptions;
use dicom_ul::pdu::{PDataValue, PDataValueType};
use dicom_ul::{Pdu, association};
use tokio::net::TcpStream;

use crate::testing::{Phantom, file};

pub(crate) struct Peer(pub(crate) AsyncClientAssociation<TcpStream>);

/// What a peer says of itself and wants.
pub(crate) fn options(calling: &str, called: &str) -> ClientAssociationOptions<'static> {
    ClientAssociationOptions::new()
        .calling_ae_title(calling.to_owned())
        .called_ae_title(called.to_owned())
        .with_presentation_context(uids::VERIFICATION, vec![uids::IMPLICIT_VR_LITTLE_ENDIAN])
        .with_presentation_context(uids::CT_IMAGE_STORAGE, vec![uids::EXPLICIT_VR_LITTLE_ENDIAN])
        .with_presentation_context(uids::MR_IMAGE_STORAGE, vec![uids::EXPLICIT_VR_LITTLE_ENDIAN])
}

impl Peer {
    pub(crate) async fn call(address: SocketAddr) -> Self {
        Self::calling(address, "STORESCU", "BITHIVE").await.unwrap()
    }

    pub(crate) async fn calling(
        address: SocketAddr,
        calling: &str,
        called: &str,
    ) -> Result<Self, association::Error> {
        options(calling, called).establish_async(address).await.map(Self)
    }

    pub(crate) fn context(&self, class: &str) -> u8 {
        let contexts = self.0.presentation_contexts();
        contexts.iter().find(|context| context.abstract_syntax == class).unwrap().id
    }

    pub(crate) async fn send(
        &mut self,
        context: u8,
        value_type: PDataValueType,
        is_last: bool,
        data: Vec<u8>,
    ) {
        let value = PDataValue { presentation_context_id: context, value_type, is_last, data };
        self.0.send(&Pdu::PData { data: vec![value] }).await.unwrap();
    }

    /// The answer; none if the gateway has ended the association.
    pub(crate) async fn answer(&mut self) -> Option<Response> {
        match self.0.receive().await {
            Ok(Pdu::PData { data }) => Some(Response::decode(&data[0].data).unwrap()),
            Ok(Pdu::AbortRQ { .. }) | Err(_) => None,
            Ok(other) => panic!("{other:?}"),
        }
    }

    pub(crate) async fn echo(&mut self) -> Option<Status> {
        let context = self.context(uids::VERIFICATION);
        self.send(context, PDataValueType::Command, true, Request::Echo { id: 1 }.encode()).await;
        self.answer().await.map(|answer| answer.status)
    }

    /// Announces an object of a class under an identifier, and sends a data set in pieces.
    pub(crate) async fn store_as(&mut self, class: &str, instance: &str, data: &[u8]) -> Option<Response> {
        let context = self.context(class);
        let (class, instance) = (Uid::parse(class).unwrap(), Uid::parse(instance).unwrap());
        let command = Request::Store { id: 9, class, instance }.encode();
        let half = command.len() / 2;
        self.send(context, PDataValueType::Command, false, command[..half].to_vec()).await;
        self.send(context, PDataValueType::Command, true, command[half..].to_vec()).await;
        let mut pieces = data.chunks(100).peekable();
        while let Some(piece) = pieces.next() {
            self.send(context, PDataValueType::Data, pieces.peek().is_none(), piece.to_vec()).await;
        }
        self.answer().await
    }

    pub(crate) async fn store(&mut self, phantom: &Phantom) -> Option<Status> {
        let bytes = file(phantom);
        let parts = split(&bytes).unwrap();
        let instance = parts.instance.unwrap();
        self.store_as(uids::CT_IMAGE_STORAGE, &instance, parts.data).await.map(|answer| answer.status)
    }
}

impl Peer {
    /// A byte of a data set, to a gateway that may be gone.
    pub(crate) async fn send_quietly(&mut self, context: u8) {
        let value = PDataValue {
            presentation_context_id: context,
            value_type: PDataValueType::Data,
            is_last: false,
            data: vec![8],
        };
        let _ = self.0.send(&Pdu::PData { data: vec![value] }).await;
    }
}
