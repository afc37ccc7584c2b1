//! The rules of a gateway with what they name: model, manifest, policy, prices. All of it is checked without a chain.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_client::amount;
use bithive_command_kit::input;
use bithive_fhir::Manifest;
use bithive_gateway::config::{ConsentRule, GatewayConfig, Rule};
use bithive_gateway::{ModelFacts, Prices};
use bithive_inference::{Device, MAX_ANSWER_VALUES, Model};
use bithive_requester::{Offer, Quorum, Windows};
use bytes::Bytes;

use crate::relied::read_file;

/// Most bytes of a manifest.
const MAX_MANIFEST_BYTES: usize = 1 << 20;

/// A rule, and all that a job of it is made of but its images.
pub(super) struct Prepared {
    pub(super) consent: Option<ConsentRule>,
    pub(super) model: Model,
    pub(super) model_bytes: Bytes,
    pub(super) facts: ModelFacts,
    pub(super) policy: Policy,
    pub(super) offer: Offer,
    pub(super) prices: Prices,
}

/// Reads what all rules name.
pub(super) fn load(config: &GatewayConfig) -> Result<BTreeMap<String, Prepared>> {
    let one = |rule: &Rule| {
        let prepared = prepare(rule).with_context(|| format!("rule {}", rule.name))?;
        Ok((rule.name.clone(), prepared))
    };
    config.rule.iter().map(one).collect()
}

fn prepare(rule: &Rule) -> Result<Prepared> {
    let price = |field: &'static str, text: &str| {
        amount::parse(text)
            .with_context(|| format!("{field} is {text:?}; expected an amount of BTT, like \"12.5\""))
    };
    let seconds = rule.window.as_secs();
    let quorum = Quorum { workers: rule.workers, quorum: rule.quorum, tolerance: rule.tolerance };
    let offer = Offer::new(price("price", &rule.price)?, quorum, Windows::same(seconds));
    offer.check()?;
    let prices = Prices {
        escrow: offer.escrow()?,
        most_per_job: price("most_price_per_job", &rule.most_price_per_job)?,
        most_per_day: price("most_price_per_day", &rule.most_price_per_day)?,
    };
    for (field, most) in
        [("most_price_per_job", prices.most_per_job), ("most_price_per_day", prices.most_per_day)]
    {
        ensure!(
            prices.escrow <= most,
            "{field} is {}; a job holds {}: {} workers at a price of {}",
            amount::show(most),
            amount::show(prices.escrow),
            rule.workers,
            amount::show(offer.price)
        );
    }
    let policy = Policy::parse(&rule.policy, &Schema::bithive());
    let policy = policy.with_context(|| format!("policy is {:?}", rule.policy))?;
    if let Some(consent) = &rule.consent {
        let folder = &consent.receipts;
        ensure!(folder.is_dir(), "consent.receipts: {} is no folder; make it", folder.display());
        for issuer in &consent.issuers {
            bithive_chain::validate_address(issuer).context("consent.issuers")?;
        }
    }
    let (bytes, model) = input::load_model(Some(&rule.model), Device::Cpu).context("model")?;
    let facts = facts(&model, &rule.manifest)?;
    let consent = rule.consent.clone();
    Ok(Prepared { consent, model, model_bytes: bytes.into(), facts, policy, offer, prices })
}

fn facts(model: &Model, manifest: &Path) -> Result<ModelFacts> {
    let answer = model.answer().context("model reads rows of tables; name one that reads images")?;
    let shown = || format!("manifest {}", manifest.display());
    let bytes = read_file(manifest, MAX_MANIFEST_BYTES).with_context(shown)?;
    let manifest: Manifest = serde_json::from_slice(&bytes).with_context(shown)?;
    let digest = hex::encode(model.digest());
    ensure!(
        manifest.blake3.eq_ignore_ascii_case(&digest),
        "manifest is of the model {}, and the file is {digest}; name the manifest of that model",
        manifest.blake3
    );
    let window = model.preprocessing().and_then(|image| image.window);
    let (classes, most_values) = (model.classes().to_vec(), MAX_ANSWER_VALUES);
    Ok(ModelFacts { answer, classes, window, manifest, most_values })
}
