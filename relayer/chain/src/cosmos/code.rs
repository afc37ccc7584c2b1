//! Contract codes of a chain, for those who deploy.

use super::Cosmos;
use crate::{
    ChainError,
    rpc::{cut, failure::Failure, path, wire::AbciResponse},
    validate_address,
};
use cosmrs::proto::{
    cosmos::base::query::v1beta1::PageRequest,
    cosmwasm::wasm::v1::{
        CodeInfoResponse, QueryCodeRequest, QueryCodeResponse, QueryCodesRequest, QueryCodesResponse,
        QueryContractInfoRequest, QueryContractInfoResponse,
    },
};

/// Codes in one page, and the most pages of a listing, so that a node can't send pages without end.
const PAGE: u64 = 100;
const MAX_PAGES: usize = 1_000;

/// A code that a chain stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// Number of the code on its chain, from 1.
    pub code_id: u64,
    /// Who stored it.
    pub creator: String,
    /// SHA-256 of the wasm, uncompressed.
    pub checksum: [u8; 32],
}

/// What a chain knows of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractInfo {
    /// Code that it runs.
    pub code_id: u64,
    /// Who created it.
    pub creator: String,
    /// Who may migrate it; nobody when `None`.
    pub admin: Option<String>,
    /// Name shown to people.
    pub label: String,
}

impl Cosmos {
    /// A stored code; `None` when the chain has no such id.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`], [`ChainError::Decode`].
    pub async fn code_info(&self, code_id: u64) -> Result<Option<CodeInfo>, ChainError> {
        let response = self.query_raw(path::CODE, &QueryCodeRequest { code_id }).await?;
        let Some(answer) = self.found::<QueryCodeResponse>(path::CODE, &response, Failure::NoSuchCode)?
        else {
            return Ok(None);
        };
        let info = answer.code_info.ok_or_else(|| self.inner.rpc.malformed(path::CODE, "no code info"))?;
        if info.code_id != code_id {
            let reason = format!("code {}, asked for {code_id}", info.code_id);
            return Err(self.inner.rpc.malformed(path::CODE, reason));
        }
        self.code(path::CODE, info).map(Some)
    }

    /// All stored codes, in order of their ids.
    ///
    /// # Errors
    /// As [`Cosmos::code_info`].
    pub async fn codes(&self) -> Result<Vec<CodeInfo>, ChainError> {
        let (mut codes, mut key) = (Vec::new(), Vec::new());
        for _ in 0..MAX_PAGES {
            let pagination = Some(PageRequest { key, limit: PAGE, ..PageRequest::default() });
            let answer: QueryCodesResponse =
                self.query_proto(path::CODES, &QueryCodesRequest { pagination }).await?;
            for info in answer.code_infos {
                codes.push(self.code(path::CODES, info)?);
            }
            key = answer.pagination.map(|page| page.next_key).unwrap_or_default();
            if key.is_empty() {
                return Ok(codes);
            }
        }
        Err(self.inner.rpc.malformed(path::CODES, format!("more than {MAX_PAGES} pages")))
    }

    /// What the chain knows of a contract.
    ///
    /// # Errors
    /// [`ChainError::NoSuchContract`]; as [`Cosmos::code_info`].
    pub async fn contract_info(&self, contract: &str) -> Result<ContractInfo, ChainError> {
        validate_address(contract)?;
        let request = QueryContractInfoRequest { address: contract.into() };
        let response = self.query_raw(path::CONTRACT_INFO, &request).await?;
        let answer = self
            .found::<QueryContractInfoResponse>(path::CONTRACT_INFO, &response, Failure::NoSuchContract)?
            .ok_or_else(|| ChainError::NoSuchContract { address: contract.into() })?;
        match answer.contract_info {
            Some(info) if answer.address == contract => Ok(ContractInfo {
                code_id: info.code_id,
                creator: cut(&info.creator).into(),
                admin: (!info.admin.is_empty()).then(|| cut(&info.admin).into()),
                label: cut(&info.label).into(),
            }),
            _ => Err(self.inner.rpc.malformed(path::CONTRACT_INFO, format!("not about {contract}"))),
        }
    }

    /// The answer, or `None` where it is that there is no such thing.
    fn found<T: cosmrs::proto::traits::Message + Default>(
        &self,
        path: &str,
        response: &AbciResponse,
        missing: Failure,
    ) -> Result<Option<T>, ChainError> {
        if response.code == 0 {
            return self.read(path, response).map(Some);
        }
        match Failure::of(&response.codespace, response.code, &response.log) {
            Some(failure) if failure == missing || failure == Failure::KeyNotFound => Ok(None),
            _ => Err(self.inner.rpc.malformed(path, cut(&response.log))),
        }
    }

    fn code(&self, path: &str, info: CodeInfoResponse) -> Result<CodeInfo, ChainError> {
        let length = info.data_hash.len();
        let checksum = info.data_hash.try_into().map_err(|_| {
            self.inner.rpc.malformed(path, format!("checksum has {length} bytes, expected 32"))
        })?;
        Ok(CodeInfo { code_id: info.code_id, creator: cut(&info.creator).into(), checksum })
    }
}
