//! Domain separation: one encoder for everything that is signed or committed to.
//!
//! A byte string starts with `BITHIVE-V1/<purpose>/`, then the chain id and the contract address, each with
//! its length; integers are big-endian; every variable part carries a 32-bit length. Two different inputs
//! can't encode to the same bytes, and nothing signed for one chain, contract or purpose is valid for another.

/// Where a statement is valid: one contract on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain<'a> {
    /// Id of the chain on which the signature is used.
    pub chain_id: &'a str,
    /// Contract address (bech32).
    pub contract: &'a str,
}

/// Builds a byte string in the crate's encoding.
pub struct Encoder(Vec<u8>);

impl Encoder {
    /// Starts with the tag of `purpose`; `purpose` is a constant of the program, never input.
    #[must_use]
    pub fn new(purpose: &'static str) -> Self {
        Self(format!("BITHIVE-V1/{purpose}/").into_bytes())
    }

    /// Starts with the tag of `purpose`, bound to `domain`.
    #[must_use]
    pub fn bound(purpose: &'static str, domain: Domain<'_>) -> Self {
        Self::new(purpose).bytes(domain.chain_id.as_bytes()).bytes(domain.contract.as_bytes())
    }

    /// Appends a variable part behind its length (32 bits, saturating: parts are far below 4 GiB).
    #[must_use]
    pub fn bytes(mut self, part: &[u8]) -> Self {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(part);
        self
    }

    /// Appends a part whose length is fixed by its position.
    #[must_use]
    pub fn fixed<const N: usize>(mut self, part: &[u8; N]) -> Self {
        self.0.extend_from_slice(part);
        self
    }

    /// Appends a number.
    #[must_use]
    pub fn number(mut self, value: u128) -> Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// The finished bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_split_differently_encode_differently() {
        let joined = |a: &[u8], b: &[u8]| Encoder::new("test").bytes(a).bytes(b).finish();
        assert_ne!(joined(b"ab", b"c"), joined(b"a", b"bc"));
        assert_ne!(joined(b"", b"abc"), joined(b"abc", b""));
    }

    #[test]
    fn chain_contract_and_purpose_separate() {
        let of =
            |purpose, chain_id, contract| Encoder::bound(purpose, Domain { chain_id, contract }).finish();
        let base = of("test", "chain-1", "contract");
        assert_ne!(base, of("test", "chain-2", "contract"));
        assert_ne!(base, of("test", "chain-1", "contract2"));
        assert_ne!(base, of("other", "chain-1", "contract"));
        assert_ne!(of("test", "chain", "-1contract"), of("test", "chain-1", "contract"));
    }
}
