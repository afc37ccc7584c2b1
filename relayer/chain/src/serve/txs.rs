//! Transactions: taking them, and showing those that are in blocks.

use super::{
    failure::{self, AbciError, internal},
    jsonrpc::Fault,
    search::{Place, Search},
    stored,
};
use crate::{
    Chain, Embedded, TxHash, TxResult,
    embedded::Included,
    rpc::wire::{BroadcastTx, ExecTxResult, Tx},
};
use cosmrs::{
    Any,
    proto::{
        cosmos::{
            base::abci::v1beta1::TxMsgData,
            tx::v1beta1::{TxBody, TxRaw},
        },
        cosmwasm::wasm::v1::{
            MsgExecuteContract, MsgExecuteContractResponse, MsgInstantiateContract,
            MsgInstantiateContractResponse, MsgMigrateContract, MsgMigrateContractResponse,
        },
        traits::{Message, Name},
    },
};

/// A node answers when its mempool has a transaction; here its block is made at once, before the answer.
pub(super) async fn broadcast(chain: &Embedded, tx: &[u8]) -> Result<BroadcastTx, Fault> {
    let hash = TxHash::of(tx);
    let included = || chain.stored_tx(hash).map_err(internal);
    let known = || Fault::internal("tx already exists in cache");
    if included()?.is_some() {
        return Err(known());
    }
    let answer = |error: AbciError| {
        let AbciError { codespace, code, log } = error;
        BroadcastTx { code, log, codespace: codespace.into(), hash: hash.to_string() }
    };
    let taken = || answer(AbciError { codespace: "", code: 0, log: String::new() });
    let Err(error) = chain.broadcast(tx).await else { return Ok(taken()) };
    match included()? {
        // In a block its messages failed, but it was taken.
        Some(tx) if tx.result.error.as_ref() == Some(&error) => Ok(taken()),
        // Somebody sent the same bytes at the same time, and theirs came first.
        Some(_) => Err(known()),
        None => failure::write(&error).map(answer),
    }
}

/// The transaction with a hash.
pub(super) fn find(chain: &Embedded, hash: &[u8]) -> Result<Tx, Fault> {
    let length = hash.len();
    let hash = hash
        .try_into()
        .map(TxHash)
        .map_err(|_| Fault::params(format!("hash: {length} bytes, expected 32")))?;
    let found = chain
        .stored_tx(hash)
        .map_err(internal)?
        .ok_or_else(|| Fault::internal(format!("tx ({hash}) not found")))?;
    shown(chain, found)
}

/// Those of a page that a search asks for, in the order of their block, and how many there are in all.
pub(super) fn search(chain: &Embedded, search: &Search, page: Page) -> Result<(Vec<Tx>, usize), Fault> {
    let candidates = match search.place {
        Place::Hash(hash) => chain.stored_tx(hash).map_err(internal)?.into_iter().collect(),
        Place::Height(height) if (1..=chain.head().height).contains(&height) => {
            let results = stored::block(chain, height)?.txs;
            (0..).zip(results).map(|(index, result)| Included { height, index, result }).collect()
        }
        Place::Height(_) => vec![],
    };
    let mut found: Vec<_> = candidates.into_iter().filter(|tx| search.matches(&tx.result.events)).collect();
    let total = found.len();
    if page.backwards {
        found.reverse();
    }
    let shown = found.into_iter().skip(page.skip(total)?).take(page.size).map(|tx| shown(chain, tx));
    Ok((shown.collect::<Result<_, _>>()?, total))
}

/// A part of what was found.
pub(super) struct Page {
    /// Number of the page, from 1.
    pub(super) number: usize,
    /// Most on a page, 1 or more.
    pub(super) size: usize,
    /// The last ones first.
    pub(super) backwards: bool,
}

impl Page {
    /// How many are on the pages before.
    fn skip(&self, total: usize) -> Result<usize, Fault> {
        let pages = total.div_ceil(self.size.max(1)).max(1);
        match self.number.checked_sub(1) {
            Some(before) if before < pages => Ok(before.saturating_mul(self.size)),
            _ => Err(Fault::internal(format!(
                "page should be within [1, {pages}] range, given {}",
                self.number
            ))),
        }
    }
}

fn shown(chain: &Embedded, found: Included) -> Result<Tx, Fault> {
    let Included { height, index, result } = found;
    let hash = result.hash;
    let tx = stored::raw(chain, hash)?;
    let tx_result = self::result(&tx, result)?;
    Ok(Tx { hash: hash.to_string(), height: height.into(), index, tx_result, tx })
}

/// What running a transaction of these bytes gave.
pub(super) fn result(tx: &[u8], result: TxResult) -> Result<ExecTxResult, Fault> {
    let answer = ExecTxResult {
        gas_wanted: result.gas_wanted.into(),
        gas_used: result.gas_used.into(),
        events: result.events.into_iter().map(Into::into).collect(),
        ..ExecTxResult::default()
    };
    match result.error {
        Some(error) => {
            let AbciError { codespace, code, log } = failure::write(&error)?;
            Ok(ExecTxResult { code, codespace: codespace.into(), log, ..answer })
        }
        None => Ok(ExecTxResult { data: responses(tx, result.data)?.into(), ..answer }),
    }
}

/// Each message's response around what its contract returned.
fn responses(tx: &[u8], data: Vec<Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let body = TxRaw::decode(tx)
        .and_then(|raw| TxBody::decode(raw.body_bytes.as_slice()))
        .map_err(|error| Fault::internal(format!("stored transaction: {error}")))?;
    let msg_responses =
        body.messages.iter().zip(data).map(|(message, data)| response(&message.type_url, data)).collect();
    Ok(TxMsgData { msg_responses, ..TxMsgData::default() }.encode_to_vec())
}

fn response(type_url: &str, data: Vec<u8>) -> Any {
    match type_url {
        url if url == MsgExecuteContract::type_url() => any(&MsgExecuteContractResponse { data }),
        url if url == MsgInstantiateContract::type_url() => {
            any(&MsgInstantiateContractResponse { address: String::new(), data })
        }
        url if url == MsgMigrateContract::type_url() => any(&MsgMigrateContractResponse { data }),
        url => Any { type_url: format!("{url}Response"), value: vec![] },
    }
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}
