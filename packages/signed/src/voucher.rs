//! Vouchers of a payment channel: what the holder of its key signs for the payee, each for all that is owed so far.

/// First line of every voucher: the purpose of the signature, and the version of its form.
const PURPOSE: &str = "BitHive payment voucher, version 1";

/// What a voucher says: that the payee of a flow may have `cumulative` in all, what was paid before included. So a later voucher
/// replaces all earlier ones, and no voucher pays twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voucher<'a> {
    /// Id of the chain.
    pub chain_id: &'a str,
    /// Address of the contract `flows`, bech32.
    pub contract: &'a str,
    /// Number of the flow, from 1.
    pub flow: u64,
    /// All that is owed since the flow was opened, in base units of its asset.
    pub cumulative: u128,
}

impl Voucher<'_> {
    /// The text that is signed, which a wallet can show: five lines, the last without an end. Ed25519 signs its bytes; ECDSA on
    /// secp256k1 signs their SHA-256, or the document of ADR-36 ([`adr36::sign_bytes`](crate::adr36::sign_bytes)) where a wallet signs.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { chain_id, contract, flow, cumulative } = self;
        format!("{PURPOSE}\nchain {chain_id}\ncontract {contract}\nflow {flow}\nowed in all {cumulative}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOUCHER: Voucher<'static> =
        Voucher { chain_id: "bithive-1", contract: "bithive1flows", flow: 7, cumulative: 12 };

    #[test]
    fn the_text_names_all_that_the_voucher_is_for() {
        let expected = "BitHive payment voucher, version 1\nchain bithive-1\ncontract bithive1flows\nflow 7\nowed in all 12";
        assert_eq!(VOUCHER.text(), expected);
    }

    #[test]
    fn vouchers_that_differ_have_texts_that_differ() {
        let others = [
            Voucher { chain_id: "bithive-2", ..VOUCHER },
            Voucher { contract: "bithive1other", ..VOUCHER },
            Voucher { flow: 71, cumulative: 2, ..VOUCHER },
            Voucher { cumulative: 13, ..VOUCHER },
        ];
        for other in others {
            assert_ne!(other.text(), VOUCHER.text(), "{other:?}");
        }
    }
}
