//! A gateway's market of jobs on a whole network in this process: the real contracts, and consents of a patient.

mod consents;
mod slice;

use std::path::PathBuf;
use std::time::Duration;

use bithive_api::grants::{ExecuteMsg, InstantiateMsg};
use bithive_api::jobs;
use bithive_chain::{Chain as _, SigningKey};
use bithive_client::Account;
use bithive_consent::grant::{commitment, opening};
use bithive_consent::{Digest, Name, Receipt, ReceiptKind, SignedReceipt};
use bithive_contracts::Code;
use bithive_exchange::{EndpointKey, LocalNetwork, PeerId};
use bithive_gateway::config::{GatewayConfig, TEMPLATE};
use bithive_gateway::{Gateway, GatewayError, SpoolKey, Study, Token, studies};
use bithive_keystore::private;
use bithive_local::{Groups, Local, REQUESTER_BOND, UNIT, fork};
use bithive_requester::Requester;
use bithive_signed::Signed;
use bithive_state::State;
use cosmwasm_std::HexBinary;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tempfile::TempDir;

use super::market::RequesterMarket;
use super::rules;
use crate::relied::now;

const DAY: u64 = 86_400;
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../models");

/// A chain whose market asks about consents, a registered requester, a patient, and the folder of a gateway whose rule wants a consent to
/// treatment.
struct World {
    local: Local,
    rng: ChaCha20Rng,
    requester: (SigningKey, PeerId, State),
    patient: SigningKey,
    /// Somebody whose consents do not count.
    stranger: SigningKey,
    folder: TempDir,
    config: GatewayConfig,
}

impl World {
    async fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(17);
        let network = LocalNetwork::in_memory();
        let local = Local::in_memory(Groups::new(1, 8).unwrap(), network, &mut rng).await.unwrap();
        let terms = InstantiateMsg { registry: local.client.deployment().registry().into() };
        let created = local.operator.wallet().instantiate(Code::Grants.id(), &terms, "grants", None);
        let grants = Some(created.await.unwrap().contract);
        local.operator.jobs(&jobs::ExecuteMsg::SetGrants { grants }).await.unwrap();
        let [requester, patient, stranger] = [(); 3].map(|()| SigningKey::generate(&mut rng));
        for (key, amount) in
            [(&requester, 1_000 * UNIT + REQUESTER_BOND), (&patient, UNIT), (&stranger, UNIT)]
        {
            local.fund(key.address(), amount).await.unwrap();
        }
        let endpoint = EndpointKey::generate(&mut rng).id();
        let account = local.account(requester.clone()).await.unwrap();
        account.register_requester(endpoint.0, REQUESTER_BOND).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("consents")).unwrap();
        let config = configuration(&folder, patient.address());
        let requester = (requester, endpoint, State::in_memory().unwrap());
        Self { local, rng, requester, patient, stranger, folder, config }
    }

    fn reader(&self) -> &str {
        self.requester.0.address()
    }

    /// The requester's program, started again.
    async fn market(&mut self) -> RequesterMarket {
        let (key, endpoint, records) = &self.requester;
        let account = self.local.account(key.clone()).await.unwrap();
        let exchange = self.local.exchange(*endpoint);
        let tags = self.local.tags(&exchange, records);
        let groups = (self.local.crs.clone(), self.local.groups);
        let requester =
            Requester::new(account, exchange, tags, records.clone(), groups, fork(&mut self.rng)).unwrap();
        RequesterMarket::new(requester, rules::load(&self.config).unwrap())
    }

    async fn jobs(&self) -> usize {
        self.local.client.all_jobs().await.unwrap().len()
    }

    fn receipts(&self) -> PathBuf {
        self.folder.path().join("consents")
    }

    /// A receipt of the patient for treatment by the requester, for a day, with changes.
    fn receipt(&self, data: Digest, change: impl FnOnce(&mut Receipt)) -> Receipt {
        let begins = now().saturating_sub(60);
        let mut receipt = Receipt {
            data: vec![data],
            exp: begins + DAY,
            iat: begins,
            issuer: self.patient.address().parse().unwrap(),
            kind: ReceiptKind::Consent1,
            nbf: begins,
            purposes: vec!["TREAT".parse().unwrap()],
            readers: vec![self.reader().parse().unwrap()],
            salt: Digest([1; 32]),
            subject: Digest([2; 32]),
        };
        change(&mut receipt);
        receipt
    }

    /// Puts a receipt into the folder, and nothing else is there.
    fn only(&self, receipt: &Signed<Receipt>) {
        std::fs::remove_dir_all(self.receipts()).unwrap();
        std::fs::create_dir(self.receipts()).unwrap();
        std::fs::write(self.receipts().join("one.json"), serde_json::to_vec(receipt).unwrap()).unwrap();
    }

    /// The patient signs a receipt, which is alone in the folder.
    fn given(&self, data: Digest, change: impl FnOnce(&mut Receipt)) -> SignedReceipt {
        let signed = signed(self.receipt(data, change), &self.patient);
        self.only(&signed);
        SignedReceipt::of(signed.document, signed.signature).unwrap()
    }

    /// What the chain has of a receipt for a purpose.
    fn digests(&self, receipt: &SignedReceipt, purpose: &str) -> Vec<HexBinary> {
        let purpose: Name = purpose.parse().unwrap();
        let opening = opening(&receipt.digest().unwrap(), &purpose, self.reader());
        vec![commitment(&opening, self.reader()).into()]
    }

    async fn account(&self, key: &SigningKey) -> Account {
        self.local.account(key.clone()).await.unwrap()
    }

    /// Somebody records a consent on the chain, for so many seconds.
    async fn record(&self, by: &SigningKey, (receipt, purpose): (&SignedReceipt, &str), seconds: u64) {
        let expires = self.local.chain.info().await.unwrap().time.seconds() + seconds;
        let record = ExecuteMsg::Record { digests: self.digests(receipt, purpose), expires, signed: None };
        self.account(by).await.grants(&record).await.unwrap();
    }

    async fn revoke(&self, receipt: &SignedReceipt, purpose: &str) {
        let revoke = ExecuteMsg::Revoke { digests: self.digests(receipt, purpose), signed: None };
        self.account(&self.patient).await.grants(&revoke).await.unwrap();
    }

    async fn start(&self) -> Gateway {
        // The tasks of one that has ended give the folder back a moment later.
        for _ in 0..500 {
            match Gateway::start(&self.config).await {
                Err(GatewayError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(10)).await,
                started => return started.unwrap(),
            }
        }
        panic!("the folder is still in use");
    }

    /// A study with one slice of CT arrives; all have the same pixels.
    async fn arrives(&self, study: u32) {
        let gateway = self.start().await;
        gateway.spool().store(slice::arrival(study)).unwrap();
        gateway.stop().await;
    }

    /// A gateway works until the record of a study fits.
    async fn works_until(&mut self, study: u32, fits: impl Fn(&Study) -> bool) -> Study {
        let mut market = self.market().await;
        let mut gateway = self.start().await;
        let key = SpoolKey::read(&self.config.key).unwrap();
        let records = || studies(&self.config.spool, &key).unwrap();
        let uid = slice::study(study);
        let found = async {
            loop {
                let one = records().into_iter().find(|found| found.study.as_str() == uid && fits(found));
                match one {
                    Some(found) => return found,
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let found = tokio::select! {
            () = gateway.work(&mut market) => panic!("it has no rules"),
            found = found => found,
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("{:?}", records()),
        };
        gateway.stop().await;
        found
    }
}

fn configuration(folder: &TempDir, issuer: &str) -> GatewayConfig {
    let rule = format!(
        "[jobs]\nrequester = \"requester.toml\"\npassword = \"requester.password\"\ndeid_key = \"deid.key\"\n\
         [[rule]]\nname = \"ct\"\nmodality = [\"CT\"]\nquiet = \"1s\"\nmodel = \"{MODELS}/phantoms.onnx\"\n\
         manifest = \"{MODELS}/phantoms.json\"\npolicy = \"vram >= 16\"\nprice = \"5\"\nmost_price_per_job = \"15\"\n\
         most_price_per_day = \"300\"\n\
         [rule.consent]\npurpose = \"TREAT\"\nissuers = [\"{issuer}\"]\nreceipts = \"consents\"\n"
    );
    let text = TEMPLATE.replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
    let text = text.replace("[metrics]", &format!("{rule}\n[metrics]"));
    let config = GatewayConfig::parse(&text, &folder.path().join("gateway.toml")).unwrap();
    SpoolKey::create(&config.key).unwrap();
    Token::create(&folder.path().join("web.token")).unwrap();
    private::create(&folder.path().join("deid.key"), "ab".repeat(32).as_bytes()).unwrap();
    config
}

fn signed(receipt: Receipt, by: &SigningKey) -> Signed<Receipt> {
    let public = by.public_key().to_bytes();
    let sign = |bytes: &[u8]| by.sign(bytes).map_err(anyhow::Error::from);
    Signed::sign(receipt, (by.address(), &public), sign).unwrap()
}
