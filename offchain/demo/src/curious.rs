//! A requester that wants to know more of a node than that it qualifies, and a stranger that wants to know who does. Both play their
//! attack with vaults that they make themselves; nodes see through both.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bithive_api::jobs::{Event, ExecuteMsg, Hook, Terms, events};
use bithive_blindmatch::claim::{ClaimContext, RequesterKey};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, MatchKey, Poster, Vault};
use bithive_chain::Receipt;
use bithive_client::Account;
use bithive_command_kit::input::model_file;
use bithive_exchange::Protocol;
use bithive_local::UNIT;
use bithive_node::Report;
use bithive_payload::ClaimMessage;
use serde::Serialize;

use super::check::Check;
use super::forged::{ForgedVault, SHARE_BYTES, tag_of};
use super::network::Attacker;
use super::setup::DemoState;

/// Leaves of an OR. The vault is committed to the secret of the first one.
const CONDITIONS: [&str; 3] = ["vram >= 16", "region = eu", "certifications has gdpr"];
/// More than any node asks for.
const PRICE: u128 = 20 * UNIT;
const HOUR: u64 = 3_600;
/// Longest wait for a claim that a node has sent.
const PATIENCE: Duration = Duration::from_secs(120);

/// What both have learnt.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Curious {
    /// Conditions whose leaves had a secret each; the vault was committed to that of the first.
    pub(super) conditions: [&'static str; 3],
    /// Number of that job.
    pub(super) job_id: u64,
    /// Nodes that opened its vault, by index.
    pub(super) opened: Vec<usize>,
    /// Claims on it.
    pub(super) claims: usize,
    /// By condition: claims that its secret opens.
    pub(super) claims_by_key: [usize; 3],
    /// Vaults made of the main job's.
    pub(super) copies: Vec<VaultCopy>,
}

/// A vault made of somebody else's.
#[derive(Clone, Debug, Serialize)]
pub(super) struct VaultCopy {
    /// What was done to it.
    pub(super) how: &'static str,
    /// Nodes that tried it.
    pub(super) tried: usize,
    /// Nodes that opened it.
    pub(super) opened: usize,
}

/// What came of the vault whose conditions have a secret each.
struct ManySecrets {
    job_id: u64,
    opened: Vec<usize>,
    claims: usize,
    claims_by_key: [usize; 3],
}

/// Plays both. `main` is the vault of the main job, which `requester` posted.
pub(super) async fn play(
    demo: &mut DemoState,
    attacker: &Attacker,
    requester: &Account,
    main: &[u8],
) -> Result<Curious> {
    let ManySecrets { job_id, opened, claims, claims_by_key } = many_secrets(demo, attacker).await?;
    let copies = copies(demo, attacker, requester, main).await?;
    for account in [&attacker.account, requester] {
        if demo.network.client.claimable(account.address()).await? > 0 {
            account.jobs(&ExecuteMsg::Withdraw {}).await?;
        }
    }
    let curious = Curious { conditions: CONDITIONS, job_id, opened, claims, claims_by_key, copies };
    show(demo, &curious);
    Ok(curious)
}

/// A requester posts an OR whose leaves have a secret each, so that the key of a claim would say which condition its sender
/// meets.
async fn many_secrets(demo: &mut DemoState, attacker: &Attacker) -> Result<ManySecrets> {
    let schema = demo.network.schema.clone();
    let compiled = Policy::parse(&CONDITIONS.join(" or "), &schema)?.compile(&schema)?;
    let epoch = attacker.tags.epoch().await?;
    let tags = attacker.tags.tags(epoch, &compiled.evaluations(), &mut demo.rng).await?;
    let key = RequesterKey::generate(&mut demo.rng);
    let (endpoint, domain) = (attacker.exchange.id().0, demo.network.client.deployment().jobs_domain());
    let poster = [domain.chain_id, domain.contract, attacker.account.address()];
    let posted_by = Poster::new(poster[0], poster[1], poster[2]);
    let rng = &mut demo.rng;
    let (honest, _) = Vault::seal(&compiled, &tags, &posted_by, key.public(), endpoint, DEFAULT_BUDGET, rng)?;
    let mut forged = ForgedVault::of(&honest.encode(), poster)?;

    let mut secrets = [[0; SHARE_BYTES]; 3];
    for ((number, condition), secret) in (0..).zip(CONDITIONS).zip(&mut secrets) {
        let alone = Policy::parse(condition, &schema)?.compile(&schema)?;
        let input = alone.inputs().into_iter().next().context("a condition has a value")?;
        let tag = tag_of(&tags, &input).context("the committee has evaluated it")?;
        // Every leaf of an OR has the secret; the right one is where its check, eight zero bytes, shows.
        let leaves = honest.tree().leaves();
        let of_slot =
            leaves.iter().enumerate().filter(|(_, slot)| ***slot == input.slot).map(|(leaf, _)| leaf);
        let mut shares = of_slot.filter_map(|leaf| Some((leaf, forged.share(leaf, &tag)?)));
        let (leaf, share) = shares.find(|(_, share)| share.starts_with(&[0; 8])).context("a leaf opens")?;
        *secret = share;
        secret[SHARE_BYTES - 1] ^= number;
        forged.put(leaf, &tag, secret);
    }
    forged.authenticate(&secrets[0]);

    let job_id = post(demo, attacker, &forged.encode(), None).await?;
    let opened = tried(demo, job_id).await?;
    let claims = claims(attacker, job_id, opened.len()).await?;
    let deployment = demo.network.client.deployment();
    let context = ClaimContext::new(&deployment.chain_id, deployment.jobs(), job_id)?;
    let mut by_key = [0; 3];
    for (count, secret) in by_key.iter_mut().zip(&secrets) {
        let match_key: MatchKey = forged.match_key(secret)?;
        *count = claims.iter().filter(|claim| key.open(&context, &match_key, &claim.sealed).is_ok()).count();
    }
    attacker.account.jobs(&ExecuteMsg::Cancel { job_id }).await?;
    Ok(ManySecrets { job_id, opened, claims: claims.len(), claims_by_key: by_key })
}

/// A stranger posts the main job's vault again, to be told who qualifies for it.
async fn copies(
    demo: &mut DemoState,
    attacker: &Attacker,
    requester: &Account,
    main: &[u8],
) -> Result<Vec<VaultCopy>> {
    let domain = demo.network.client.deployment().jobs_domain();
    let original = |account| ForgedVault::of(main, [domain.chain_id, domain.contract, account]);
    let own_key = RequesterKey::generate(&mut demo.rng).public();
    let mut redirected = original(attacker.account.address())?;
    redirected.redirect(&own_key, &attacker.exchange.id().0);
    let mut reduced = redirected.clone();
    reduced.take_out(0);
    let mut in_its_name = original(requester.address())?;
    in_its_name.take_out(0);
    let plans = [
        ("posted as its own, with its key and endpoint in it", redirected, None),
        ("the same with a leaf taken out", reduced, None),
        ("posted in the requester's name with a leaf taken out", in_its_name, Some(requester)),
    ];
    let mut copies = Vec::new();
    for (how, vault, in_the_name_of) in plans {
        let job_id = post(demo, attacker, &vault.encode(), in_the_name_of).await?;
        let opened = tried(demo, job_id).await?.len();
        in_the_name_of.unwrap_or(&attacker.account).jobs(&ExecuteMsg::Cancel { job_id }).await?;
        copies.push(VaultCopy { how, tried: demo.nodes.len(), opened });
    }
    Ok(copies)
}

/// Posts a job for one worker, whatever its vault is; the attacker pays the escrow, also where somebody else is named as the
/// requester.
async fn post(
    demo: &DemoState,
    attacker: &Attacker,
    vault: &[u8],
    in_the_name_of: Option<&Account>,
) -> Result<u64> {
    let client = &demo.network.client;
    let now = client.chain().info().await?.time.seconds();
    // A node looks at the model before it claims, so the attacker has to have one.
    let (model, _) = model_file(None)?;
    let model = attacker.exchange.publish(model.into()).await?;
    let terms = Terms {
        workers: 1,
        quorum: 1,
        tolerance: 0,
        dimensions: 1,
        price: PRICE.into(),
        assign_by: now + HOUR,
        commit_seconds: HOUR,
        reveal_seconds: HOUR,
        finalize_seconds: HOUR,
        model: (&model).into(),
        model_owner: None,
        data_owner: None,
    };
    let (vault, terms) = (vault.into(), Box::new(terms));
    let hook = match in_the_name_of {
        None => Hook::Post { vault, terms, bases: vec![] },
        Some(requester) => {
            Hook::PostFor { requester: requester.address().into(), vault, terms, bases: vec![] }
        }
    };
    let market = client.deployment().jobs();
    let receipt: Receipt = attacker.account.send(market, PRICE, &hook).await?;
    let posted = |event| match event {
        Event::Posted { job_id, .. } => Some(job_id),
        _ => None,
    };
    Ok(receipt.announced(market, events::POSTED, posted).map(|(job_id, _)| job_id)?)
}

/// The nodes that opened a vault, once every node has tried it.
async fn tried(demo: &mut DemoState, job_id: u64) -> Result<Vec<usize>> {
    let everybody = demo.nodes.len();
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    demo.reports.until("tried the vault", everybody, tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    Ok(demo.reports.nodes(opened))
}

/// As many claims on a job as nodes have opened its vault.
async fn claims(attacker: &Attacker, job_id: u64, count: usize) -> Result<Vec<ClaimMessage>> {
    let (started, mut claims) = (Instant::now(), Vec::new());
    while claims.len() < count {
        ensure!(started.elapsed() < PATIENCE, "only {} of {count} claims came", claims.len());
        let messages = attacker.exchange.receive(Protocol::Claim).await?;
        let read = messages.iter().filter_map(|message| ClaimMessage::decode(&message.body));
        claims.extend(read.filter(|claim| claim.job_id == job_id));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(claims)
}

fn show(demo: &DemoState, curious: &Curious) {
    let screen = demo.screen;
    let [first, second, third] = curious.conditions;
    screen.line(format!("a requester gives the leaves of \"{first} or {second} or {third}\" a secret each"));
    let [by_first, by_second, by_third] = curious.claims_by_key;
    screen.line(format!(
        "{} nodes claim: {by_first} under the secret that the vault is committed to, {by_second} and {by_third} under the others",
        curious.claims
    ));
    screen.hidden(
        "it",
        format!("which of its conditions those nodes meet beside \"{first}\", and who meets only others"),
    );
    for VaultCopy { how, tried, opened } in &curious.copies {
        screen.line(format!("a stranger: the main job's vault {how}: {opened} of {tried} nodes open it"));
    }
    screen.hidden("the stranger", "who qualifies for somebody else's job");
}

/// Neither has learnt what it wanted.
pub(super) fn checks(curious: &Curious, demo: &DemoState) -> Result<Vec<Check>> {
    let committed = Policy::parse(CONDITIONS[0], &demo.network.schema)?;
    let satisfying =
        (0..).zip(&demo.nodes).filter(|(_, node)| committed.is_satisfied(&node.profile.attributes));
    let satisfying: Vec<usize> = satisfying.map(|(index, _)| index).collect();
    let [by_first, others @ ..] = curious.claims_by_key;
    let opened: usize = curious.copies.iter().map(|copy| copy.opened).sum();
    Ok(vec![
        Check::new(
            "a requester whose conditions have a secret each is told of one of them only",
            curious.opened == satisfying
                && by_first == curious.claims
                && by_first > 0
                && others.iter().all(|count| *count == 0),
            format!(
                "{} claims, by secret {:?}; {} satisfy the first",
                curious.claims,
                curious.claims_by_key,
                satisfying.len()
            ),
        ),
        Check::new(
            "a vault that somebody else posts or changes is opened by nobody",
            !curious.copies.is_empty() && opened == 0,
            format!("{} vaults made of the main job's, opened {opened} times", curious.copies.len()),
        ),
    ])
}
