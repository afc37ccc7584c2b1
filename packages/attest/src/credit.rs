//! What oracles attest of volunteer computing projects.

use crate::domain::{Domain, Encoder};

/// The total credit of a host in a BOINC project, and the account on this chain that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoincCredit<'a> {
    /// Account on this chain.
    pub account: &'a str,
    /// URL of the project.
    pub project: &'a str,
    /// The host's number in the project.
    pub host: u64,
    /// Credit granted to the host since it began, in whole cobblestones. It only grows, so an old statement says
    /// nothing new.
    pub total: u64,
}

impl BoincCredit<'_> {
    /// The bytes that each oracle signs (under [`crate::SIGNATURE_DST`]), valid for one time bank.
    #[must_use]
    pub fn sign_bytes(&self, timebank: Domain<'_>) -> Vec<u8> {
        Encoder::bound("boinc-credit", timebank)
            .bytes(self.account.as_bytes())
            .bytes(self.project.as_bytes())
            .number(self.host.into())
            .number(self.total.into())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDIT: BoincCredit<'_> = BoincCredit { account: "a", project: "p", host: 1, total: 2 };

    #[test]
    fn every_field_and_the_domain_change_the_bytes() {
        let domain = Domain { chain_id: "chain-1", contract: "bank" };
        let base = CREDIT.sign_bytes(domain);
        let others = [
            BoincCredit { account: "b", ..CREDIT },
            BoincCredit { project: "q", ..CREDIT },
            BoincCredit { host: 2, ..CREDIT },
            BoincCredit { total: 1, ..CREDIT },
            BoincCredit { account: "ap", project: "", ..CREDIT },
            BoincCredit { host: 2, total: 1, ..CREDIT },
        ];
        for other in others {
            assert_ne!(other.sign_bytes(domain), base, "{other:?}");
        }
        assert_ne!(CREDIT.sign_bytes(Domain { contract: "other", ..domain }), base);
        assert_ne!(CREDIT.sign_bytes(Domain { chain_id: "chain-2", ..domain }), base);
    }
}
