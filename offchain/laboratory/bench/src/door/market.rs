//! A chain in this process, a seller and payers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bithive_api::asset::Asset;
use bithive_api::flows::{Event, FlowResponse, Key, Open, SignedVoucher, Terms, events};
use bithive_chain::{Chain as _, Embedded, SigningKey, Wallet};
use bithive_client::{Account, Client, Flows, holds};
use bithive_door::{Door, DoorTerms};
use bithive_local::{Founders, Groups, UNIT, ceremony, deploy_economy, open_chain};
use bithive_signed::voucher::Voucher as Text;
use bithive_x402::{Accepted, Amount, Payment, PaymentRequired, Signature, Voucher, header};
use ed25519_dalek::Signer as _;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::client::Connection;
use super::micros::micros;
use crate::seed::SEED;

/// Price of a request, in base units.
pub(super) const PRICE: u128 = 1;
/// Repetitions of what is timed alone.
const TIMES: u32 = 200;
/// Seconds until a flow ends: ten days.
const DAYS: u64 = 10 * 86_400;
const HOUR: u64 = 3_600;

/// What signs vouchers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payer {
    Ed25519,
    Secp256k1,
}

impl Payer {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Secp256k1 => "secp256k1",
        }
    }
}

pub(super) struct Market {
    chain: Embedded,
    seller: Account,
    flows: Flows,
    btt: Asset,
    wallet_key: SigningKey,
    voucher_key: ed25519_dalek::SigningKey,
    payer: Account,
}

impl Market {
    pub(super) async fn found() -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        let groups = Groups::new(1, 4)?;
        let crs = ceremony(groups.size(), &mut rng)?;
        let founders = Founders::generate(&mut rng)?;
        let chain = open_chain(None, &founders)?;
        let deployment = deploy_economy(Arc::new(chain.clone()), &founders, &crs, groups.count()).await?;
        let client = Client::new(Arc::new(chain.clone()), deployment);
        let account = async |key: &SigningKey| -> Result<Account> {
            let wallet = Wallet::connect(client.chain().clone(), key.clone()).await?;
            Ok(Account::new(client.clone(), wallet))
        };
        // It has the genesis BTT, and the treasury's account coins for fees.
        let (payer, seller) = (account(&founders.operator).await?, account(&founders.treasury).await?);
        let btt = Asset::Cw20(client.deployment().token().to_owned());
        let (flows, wallet_key) = (Flows::new(client)?, founders.operator.clone());
        let voucher_key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        Ok(Self { chain, seller, flows, btt, wallet_key, voucher_key, payer })
    }

    pub(super) const fn seller(&self) -> &Account {
        &self.seller
    }

    /// What it is paid in.
    pub(super) const fn btt(&self) -> &Asset {
        &self.btt
    }

    /// The key of the account that pays.
    pub(super) const fn wallet_key(&self) -> &SigningKey {
        &self.wallet_key
    }

    pub(super) fn contract(&self) -> &str {
        self.flows.contract()
    }

    pub(super) fn terms(&self) -> DoorTerms {
        DoorTerms {
            payee: self.seller.address().into(),
            asset: self.btt.clone(),
            price: PRICE,
            min_deposit: 1,
            min_notice: HOUR,
            exposure: u128::MAX,
            redeem_every: Duration::from_secs(DAYS),
            offer: None,
        }
    }

    /// A new flow, as the chain has it.
    pub(super) async fn open(&self, payer: Payer) -> Result<u64> {
        let key = match payer {
            Payer::Ed25519 => Key::Ed25519(self.voucher_key.verifying_key().as_bytes().into()),
            Payer::Secp256k1 => Key::Secp256k1(self.wallet_key.public_key().to_bytes().into()),
        };
        let ends = self.chain.info().await?.time.seconds().saturating_add(DAYS);
        let terms = Terms::Vouchers { key, notice: HOUR, ends };
        let open = Open { payee: self.seller.address().into(), terms, transferable: false };
        let receipt = self.flows.open(&self.payer, (&self.btt, UNIT), open).await?;
        let opened = |event| match event {
            Event::Opened { id, .. } => Some(id),
            _ => None,
        };
        Ok(receipt.announced(self.flows.contract(), events::OPENED, opened)?.0)
    }

    /// What a door asks for: a way to pay of this scheme.
    pub(super) async fn accepted(&self, door: &Door, body: &[u8], scheme: &str) -> Result<Accepted> {
        let head = Connection::to(door.address()).await?.head(body).await?;
        let prefix = format!("{}: ", header::PAYMENT_REQUIRED);
        let value = head.lines().find_map(|line| line.strip_prefix(&prefix)).context("PAYMENT-REQUIRED")?;
        let required: PaymentRequired = header::decode(value.as_bytes())?;
        required.accepts.into_iter().find(|way| way.scheme == scheme).context("a way to pay")
    }

    /// The header that pays for the n-th request of a flow.
    pub(super) fn payment(
        &self,
        payer: Payer,
        (flow, nth): (u64, usize),
        accepted: &Accepted,
    ) -> Result<String> {
        let cumulative = PRICE * nth as u128;
        let signature = Signature(self.sign(payer, flow, cumulative)?);
        let (chain_id, contract) = (self.flows.chain_id().to_owned(), self.flows.contract().to_owned());
        let voucher = Voucher { chain_id, contract, flow, cumulative: Amount(cumulative), signature };
        Ok(header::encode(&Payment::with_voucher(None, accepted.clone(), voucher))?)
    }

    fn sign(&self, payer: Payer, flow: u64, cumulative: u128) -> Result<[u8; 64]> {
        let (chain_id, contract) = (self.flows.chain_id(), self.flows.contract());
        let text = Text { chain_id, contract, flow, cumulative }.text();
        Ok(match payer {
            Payer::Ed25519 => self.voucher_key.sign(text.as_bytes()).to_bytes(),
            Payer::Secp256k1 => {
                let signature: Result<[u8; 64], _> = self.wallet_key.sign(text.as_bytes())?.try_into();
                signature.ok().context("64 bytes")?
            }
        })
    }

    /// Microseconds of one check of a voucher's signature.
    pub(super) fn check(&self, payer: Payer, flow: u64) -> Result<f64> {
        let key = match payer {
            Payer::Ed25519 => Key::Ed25519(self.voucher_key.verifying_key().as_bytes().into()),
            Payer::Secp256k1 => Key::Secp256k1(self.wallet_key.public_key().to_bytes().into()),
        };
        let address = |account: &Account| cosmwasm_std::Addr::unchecked(account.address());
        let flow = FlowResponse {
            id: flow,
            payer: address(&self.payer),
            payee: address(&self.seller),
            asset: bithive_api::flows::Asset::Native("ubee".into()),
            terms: Terms::Vouchers { key, notice: HOUR, ends: u64::MAX },
            transferable: false,
            start: 0,
            deposit: UNIT.into(),
            paid: 0u128.into(),
            due: 0u128.into(),
            ends: u64::MAX,
            closing: false,
        };
        let signature = self.sign(payer, flow.id, PRICE)?.to_vec().into();
        let voucher = SignedVoucher { id: flow.id, cumulative: PRICE.into(), signature };
        let start = Instant::now();
        for _ in 0..TIMES {
            ensure!(std::hint::black_box(holds(&self.flows, &flow, &voucher)), "the signature holds");
        }
        Ok(micros(start.elapsed()) / f64::from(TIMES))
    }
}
