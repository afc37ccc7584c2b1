//! Statements that oracles have signed, and what several of them make together.

use std::collections::BTreeMap;

use bithive_api::timebank::{BoincStatement, OraclesResponse};
use bithive_attest::{BoincCredit, Domain, bls};
use cosmwasm_std::HexBinary;
use serde::{Deserialize, Serialize};

/// Most statements of one file.
pub const MAX_STATEMENTS: usize = 100_000;

/// What an oracle publishes for the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Chain that the signatures are for.
    pub chain_id: String,
    /// Address of the time bank that they are for.
    pub timebank: String,
    /// BLS public key of the oracle, 48 bytes.
    pub bls_key: HexBinary,
    /// What it has signed.
    pub statements: Vec<Signed>,
}

/// A statement and an oracle's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What it states.
    pub statement: BoincStatement,
    /// BLS signature, 96 bytes.
    pub signature: HexBinary,
}

/// The bytes that are signed.
#[must_use]
pub fn sign_bytes(statement: &BoincStatement, timebank: Domain<'_>) -> Vec<u8> {
    let BoincStatement { account, project, host, total } = statement;
    BoincCredit { account, project, host: *host, total: *total }.sign_bytes(timebank)
}

/// A statement that enough oracles have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// What they state.
    pub statement: BoincStatement,
    /// Bit i: oracle i signed.
    pub signers: u32,
    /// Aggregate of their signatures.
    pub signature: HexBinary,
}

/// Project, host, account and total, in this order, so that the largest total of a host and account is its last.
type Stated = (String, u64, String, u64);

/// Signatures of different oracles, by what they sign.
#[derive(Default)]
pub struct Agreement {
    /// Index of the oracle, and its signature.
    found: BTreeMap<Stated, BTreeMap<u32, [u8; 96]>>,
}

impl Agreement {
    /// Takes what an oracle has signed and is `wanted`, as far as it is one of `oracles` and its signatures are right; returns what
    /// was taken. What is not wanted costs no check of a signature.
    pub fn add(
        &mut self,
        published: &Published,
        oracles: &OraclesResponse,
        timebank: Domain<'_>,
        wanted: impl Fn(&BoincStatement) -> bool,
    ) -> Vec<BoincStatement> {
        if published.chain_id != timebank.chain_id || published.timebank != timebank.contract {
            return Vec::new();
        }
        let place = oracles.oracles.iter().position(|oracle| oracle.bls_key == published.bls_key);
        let Some(index) = place.and_then(|place| u32::try_from(place).ok()) else { return Vec::new() };
        let mut taken = Vec::new();
        let statements = published.statements.iter().take(MAX_STATEMENTS);
        for Signed { statement, signature } in statements.filter(|signed| wanted(&signed.statement)) {
            let Ok(bytes) = <[u8; 96]>::try_from(signature.as_slice()) else { continue };
            let message = sign_bytes(statement, timebank);
            if bls::verify(&published.bls_key, &message, &bytes).is_err() {
                continue;
            }
            let BoincStatement { account, project, host, total } = statement.clone();
            self.found.entry((project, host, account, total)).or_default().insert(index, bytes);
            taken.push(statement.clone());
        }
        taken
    }

    /// The largest total of each host that at least `threshold` oracles have signed.
    #[must_use]
    pub fn agreed(&self, threshold: u8) -> Vec<Agreed> {
        let mut largest = BTreeMap::new();
        // In the order of totals, so that the last one of a host and account is the largest.
        for ((project, host, account, total), signatures) in &self.found {
            if threshold == 0 || signatures.len() < usize::from(threshold) {
                continue;
            }
            let signers =
                signatures.keys().fold(0u32, |bits, index| bits | 1u32.checked_shl(*index).unwrap_or(0));
            let signatures: Vec<[u8; 96]> = signatures.values().copied().collect();
            let Ok(signature) = bls::aggregate(&signatures) else { continue };
            let (account, project) = (account.clone(), project.clone());
            let statement = BoincStatement { account, project, host: *host, total: *total };
            let agreed = Agreed { statement, signers, signature: HexBinary::from(&signature) };
            largest
                .insert((agreed.statement.project.clone(), *host, agreed.statement.account.clone()), agreed);
        }
        largest.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use bithive_api::timebank::OracleResponse;
    use bithive_attest::bls::SecretKey;
    use cosmwasm_std::Addr;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    const BANK: Domain<'_> = Domain { chain_id: "chain-1", contract: "bank" };

    struct World {
        keys: Vec<SecretKey>,
        oracles: OraclesResponse,
    }

    fn world() -> World {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let keys: Vec<_> = (0..4).map(|_| SecretKey::generate(&mut rng).unwrap()).collect();
        let oracle = |key: &SecretKey| OracleResponse {
            account: Addr::unchecked("x"),
            bls_key: HexBinary::from(&key.public_key()),
        };
        // The last key is a stranger's.
        let oracles = OraclesResponse { oracles: keys[..3].iter().map(oracle).collect(), threshold: 2 };
        World { keys, oracles }
    }

    fn statement(host: u64, total: u64) -> BoincStatement {
        BoincStatement { account: "alice".into(), project: "p".into(), host, total }
    }

    impl World {
        fn published(&self, key: usize, statements: &[BoincStatement]) -> Published {
            let sign = |statement: &BoincStatement| Signed {
                statement: statement.clone(),
                signature: HexBinary::from(&self.keys[key].sign(&sign_bytes(statement, BANK))),
            };
            Published {
                chain_id: BANK.chain_id.into(),
                timebank: BANK.contract.into(),
                bls_key: HexBinary::from(&self.keys[key].public_key()),
                statements: statements.iter().map(sign).collect(),
            }
        }
    }

    fn all(_: &BoincStatement) -> bool {
        true
    }

    #[test]
    fn the_largest_total_that_enough_oracles_sign_is_agreed_on() {
        let (world, mut agreement) = (world(), Agreement::default());
        let own = world.published(0, &[statement(1, 10), statement(1, 8), statement(2, 5)]);
        assert_eq!(agreement.add(&own, &world.oracles, BANK, all).len(), 3);
        assert_eq!(agreement.add(&own, &world.oracles, BANK, all).len(), 3, "one oracle twice is one");
        assert_eq!(agreement.agreed(2), []);
        agreement.add(&world.published(2, &[statement(1, 8), statement(2, 6)]), &world.oracles, BANK, all);
        let agreed = agreement.agreed(2);
        assert_eq!(agreed.len(), 1);
        assert_eq!((&agreed[0].statement, agreed[0].signers), (&statement(1, 8), 0b101));
        let keys = [0, 2].map(|key: usize| world.keys[key].public_key());
        bls::verify_aggregate(&keys, &sign_bytes(&statement(1, 8), BANK), &agreed[0].signature).unwrap();
        agreement.add(&world.published(1, &[statement(1, 10)]), &world.oracles, BANK, all);
        assert_eq!(agreement.agreed(2)[0].statement, statement(1, 10));
        assert_eq!(agreement.agreed(0), [], "a time bank without oracles");
    }

    #[test]
    fn what_a_stranger_signs_or_nobody_has_signed_is_not_taken() {
        let (world, mut agreement) = (world(), Agreement::default());
        let own = [statement(1, 10)];
        assert_eq!(
            agreement.add(&world.published(3, &own), &world.oracles, BANK, all).len(),
            0,
            "a stranger"
        );
        let other = Domain { contract: "other", ..BANK };
        assert_eq!(
            agreement.add(&world.published(0, &own), &world.oracles, other, all).len(),
            0,
            "of another bank"
        );
        let mut forged = world.published(0, &own);
        forged.statements[0].statement.total = 11;
        assert_eq!(agreement.add(&forged, &world.oracles, BANK, all).len(), 0, "another total");
        let mut borrowed = world.published(1, &own);
        borrowed.bls_key = HexBinary::from(&world.keys[0].public_key());
        assert_eq!(agreement.add(&borrowed, &world.oracles, BANK, all).len(), 0, "in another's name");
        let mut short = world.published(0, &own);
        short.statements[0].signature = HexBinary::from([1, 2]);
        assert_eq!(agreement.add(&short, &world.oracles, BANK, all).len(), 0);
        assert_eq!(agreement.agreed(1), []);
    }
    #[test]
    fn what_is_not_wanted_is_not_taken() {
        let (world, mut agreement) = (world(), Agreement::default());
        let own = world.published(0, &[statement(1, 10), statement(2, 10)]);
        let taken = agreement.add(&own, &world.oracles, BANK, |statement| statement.host == 2);
        assert_eq!(taken, [statement(2, 10)]);
        assert_eq!(agreement.agreed(1).len(), 1);
    }
}
