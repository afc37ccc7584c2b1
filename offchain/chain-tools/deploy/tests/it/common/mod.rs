//! An embedded chain on which nothing is deployed, and who deploys.

use std::sync::Arc;

use bithive_chain::{Embedded, Wallet};
use bithive_deploy::{Codes, DeployError, Outcome, Record, Terms, deploy};
use bithive_local::{Founders, ceremony, open_chain, terms};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

pub const CODES: Codes<'static> = Codes::Native;

pub struct World {
    pub chain: Embedded,
    pub founders: Founders,
    /// Of a market.
    pub terms: Terms,
}

impl World {
    pub fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let founders = Founders::generate(&mut rng).unwrap();
        let crs = ceremony(4, &mut rng).unwrap();
        let terms = terms(&founders, &crs, 1).unwrap();
        Self { chain: open_chain(None, &founders).unwrap(), founders, terms }
    }

    pub async fn operator(&self) -> Wallet {
        Wallet::connect(Arc::new(self.chain.clone()), self.founders.operator.clone()).await.unwrap()
    }

    /// Deploys a market.
    pub async fn go_on(&self, record: Record) -> Result<Outcome, DeployError> {
        deploy(&self.operator().await, CODES, &self.terms, record, &mut |_| Ok(())).await
    }
}
