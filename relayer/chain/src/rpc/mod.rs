//! What client and server of CometBFT's JSON-RPC share: the shapes of answers, `wire.rs`, and how a chain writes its
//! errors, `failure.rs`.

pub(crate) mod failure;
pub(crate) mod wire;

/// Paths of the queries that both sides know.
pub(crate) mod path {
    pub(crate) const SMART: &str = "/cosmwasm.wasm.v1.Query/SmartContractState";
    pub(crate) const CONTRACT_INFO: &str = "/cosmwasm.wasm.v1.Query/ContractInfo";
    pub(crate) const CODE: &str = "/cosmwasm.wasm.v1.Query/Code";
    pub(crate) const CODES: &str = "/cosmwasm.wasm.v1.Query/Codes";
    /// The base account of every kind of account, vesting ones included.
    pub(crate) const ACCOUNT: &str = "/cosmos.auth.v1beta1.Query/AccountInfo";
    pub(crate) const PREFIX: &str = "/cosmos.auth.v1beta1.Query/Bech32Prefix";
    pub(crate) const BALANCE: &str = "/cosmos.bank.v1beta1.Query/Balance";
    pub(crate) const IBC_CHANNELS: &str = "/ibc.core.channel.v1.Query/Channels";
    pub(crate) const IBC_COMMITMENTS: &str = "/ibc.core.channel.v1.Query/PacketCommitments";
    pub(crate) const IBC_UNRECEIVED: &str = "/ibc.core.channel.v1.Query/UnreceivedPackets";
    pub(crate) const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";
}

/// Longest text of a peer that is quoted in an error, in bytes; the rest is cut.
pub(crate) const MAX_TEXT: usize = 2_048;

/// The first [`MAX_TEXT`] bytes of a text.
pub(crate) fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default()
}
