//! A scanner that sends its objects by C-STORE, as any modality does.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use bithive_deid::split;
use bithive_dicomnet::Uid;
use bithive_dicomnet::command::{Request, Response, Status};
use dicom_dictionary_std::uids;
use dicom_ul::Pdu;
use dicom_ul::association::AsyncClientAssociation;
use dicom_ul::association::client::ClientAssociationOptions;
use dicom_ul::pdu::{PDataValue, PDataValueType};
use tokio::net::TcpStream;

/// AE titles of the scanner and of the gateway, as the gateway's own template has them.
const TITLES: (&str, &str) = ("STORESCU", "BITHIVE");
/// Bytes of a data set in one message: below what each peer has to take.
const PIECE: usize = 8_000;

/// Sends files in one association; an error if one is not answered with success.
pub(super) async fn send(files: &[Vec<u8>], to: SocketAddr) -> Result<()> {
    let association = ClientAssociationOptions::new()
        .calling_ae_title(TITLES.0)
        .called_ae_title(TITLES.1)
        .with_presentation_context(uids::CT_IMAGE_STORAGE, vec![uids::EXPLICIT_VR_LITTLE_ENDIAN])
        .establish_async(to)
        .await?;
    let context = association.presentation_contexts().first().context("no context was accepted")?.id;
    let mut scanner = Scanner { association, context };
    for file in files {
        scanner.store(file).await?;
    }
    Ok(scanner.association.release().await?)
}

struct Scanner {
    association: AsyncClientAssociation<TcpStream>,
    context: u8,
}

impl Scanner {
    async fn store(&mut self, file: &[u8]) -> Result<()> {
        let parts = split(file)?;
        let uid = |text: &Option<String>| Uid::parse(text.as_deref().unwrap_or_default());
        let command =
            Request::Store { id: 1, class: uid(&parts.class)?, instance: uid(&parts.instance)? }.encode();
        self.send(PDataValueType::Command, true, command).await?;
        let mut pieces = parts.data.chunks(PIECE).peekable();
        while let Some(piece) = pieces.next() {
            self.send(PDataValueType::Data, pieces.peek().is_none(), piece.to_vec()).await?;
        }
        let Pdu::PData { data } = self.association.receive().await? else {
            bail!("the gateway has ended the association")
        };
        let answer = Response::decode(&data.first().context("an empty answer")?.data)?;
        ensure!(
            answer.status == Status::SUCCESS,
            "the gateway has answered {:04X}: {}",
            answer.status.0,
            answer.comment.unwrap_or_default()
        );
        Ok(())
    }

    async fn send(&mut self, value_type: PDataValueType, is_last: bool, data: Vec<u8>) -> Result<()> {
        let value = PDataValue { presentation_context_id: self.context, value_type, is_last, data };
        Ok(self.association.send(&Pdu::PData { data: vec![value] }).await?)
    }
}
