//! The end of the demo: the result, the books, and the checks.

use anyhow::{Context, Result};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::vault::Vault;
use bithive_client::Account;
use bithive_client::amount::show;
use bithive_command_kit::input::JobInput;
use bithive_inference::{Label, accuracy, sigmoid};
use bithive_requester::AssignmentSummary;
use bithive_requester::JobSpec;

use super::args::DemoArgs;
use super::balances::BalanceChanges;
use super::check::{self, Check, Observations, Secret};
use super::curious::{self, Curious};
use super::dishonest;
use super::gas;
use super::network::Posted;
use super::outsiders::Attempt;
use super::profiles::POLICY;
use super::setup::{DemoState, NOTICE, REQUESTER, name_of};
use super::summary::{Lie, Prediction, Summary};

/// One finished job.
pub(super) struct FinishedJob {
    pub(super) policy: Policy,
    pub(super) posted: Posted,
    pub(super) assigned: AssignmentSummary,
    pub(super) job: JobResponse,
    pub(super) attempts: Vec<Attempt>,
    pub(super) matched: Vec<usize>,
}

/// The requester's output.
pub(super) struct JobOutput {
    pub(super) predictions: Vec<Prediction>,
    pub(super) accuracy: Option<f64>,
    pub(super) checks: Vec<Check>,
    pub(super) values: Vec<f32>,
}

pub(super) fn settle(demo: &DemoState, values: Vec<f32>, input: &JobInput) -> Result<JobOutput> {
    let own = input.model.run(input.table.features())?;
    let furthest = values.iter().zip(&own).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    let near = Check::new(
        "the output is what the model gives on the requester's own machine",
        values.len() == own.len() && furthest < 1e-3,
        format!("{} values, largest difference {furthest:e}", values.len()),
    );
    let probabilities: Vec<f32> = values.iter().map(|logit| sigmoid(*logit)).collect();
    let labels = input.table.labels();
    let class = |label: Label| if label == Label::Positive { "malignant" } else { "benign" };
    let predictions: Vec<Prediction> = probabilities
        .iter()
        .enumerate()
        .map(|(row, probability)| Prediction {
            row,
            probability: *probability,
            class: class(Label::from_probability(*probability)),
            label: labels.and_then(|labels| labels.get(row)).map(|label| class(*label)),
        })
        .collect();
    for prediction in predictions.iter().take(5) {
        let label = prediction.label.map(|label| format!(", label {label}")).unwrap_or_default();
        demo.screen.line(format!(
            "row {}: {:.4} {}{label}",
            prediction.row, prediction.probability, prediction.class
        ));
    }
    if predictions.len() > 5 {
        demo.screen.line(format!("... and {} more rows", predictions.len() - 5));
    }
    let accuracy = labels.map(|labels| accuracy(&probabilities, labels)).transpose()?;
    Ok(JobOutput { predictions, accuracy, checks: vec![near], values })
}

/// Every account whose money the job can move, by the name under which it is shown.
pub(super) fn accounts(demo: &DemoState, requester: &Account) -> Vec<(String, String)> {
    let nodes = demo.nodes.iter().map(|node| (node.profile.name.clone(), node.address.clone()));
    let others =
        demo.accounts.iter().map(|(name, account)| ((*name).to_owned(), account.address().to_owned()));
    let requester = (REQUESTER.to_owned(), requester.address().to_owned());
    nodes.chain(others).chain([requester]).collect()
}

/// Everyone else who is owed something takes it.
pub(super) async fn withdraw_all(demo: &DemoState, requester: &Account) -> Result<()> {
    let others = demo.accounts.iter().map(|(name, account)| (*name, account));
    for (name, account) in others.chain([(REQUESTER, requester)]) {
        let amount = demo.network.client.claimable(account.address()).await?;
        if amount > 0 {
            account.jobs(&ExecuteMsg::Withdraw {}).await?;
            demo.screen.line(format!("{name} withdraws {} of both jobs", show(amount)));
        }
    }
    Ok(())
}

/// Results of the demo.
pub(super) struct Results {
    pub(super) first: FinishedJob,
    pub(super) main: FinishedJob,
    pub(super) dishonest: (FinishedJob, Lie),
    pub(super) curious: Curious,
    pub(super) outcome: JobOutput,
    pub(super) changes: BalanceChanges,
    pub(super) input: JobInput,
    pub(super) spec: JobSpec,
    pub(super) observed: Observations,
}

pub(super) async fn summarise(args: &DemoArgs, mut demo: DemoState, results: Results) -> Result<Summary> {
    let Results { first, main, dishonest: (lied, lie), curious, outcome, changes, input, spec, observed } =
        results;
    let (books, mut checks) = check::conservation(&demo.network.client).await?;
    let escrow = spec.escrow()?;
    let paid: u128 = changes.payments.iter().map(|payment| payment.amount).sum();
    let refunded = escrow.saturating_sub(changes.spent);
    checks.push(Check::new(
        "escrow = paid + refunded",
        escrow == paid + refunded,
        format!("{} = {} + {}", show(escrow), show(paid), show(refunded)),
    ));
    let eligible: Vec<usize> = qualifying(&demo);
    checks.push(Check::new(
        "exactly the nodes that satisfy the policy opened the vault",
        main.matched == eligible && first.matched == eligible,
        format!("{} opened it, {} satisfy it", main.matched.len(), eligible.len()),
    ));
    let refused = main.attempts.iter().filter(|attempt| attempt.refused).count();
    checks.push(Check::new(
        "nobody but the chosen opens the input",
        refused == main.attempts.len() && refused > 0,
        format!("{refused} of {} attempts refused", main.attempts.len()),
    ));
    let cheat = &demo.nodes[demo.roles.cheat].profile.name;
    checks.push(Check::new(
        "the cheat, and nobody else, lost bond",
        changes.slashed.len() == 1 && changes.slashed.iter().all(|slash| slash.to == *cheat),
        format!("{cheat} cheated; bonds cut: {}", changes.slashed.len()),
    ));
    let most = demo.network.client.jobs_config().await?.slash_amount.u128();
    let due = (demo.nodes[demo.roles.cheat].profile.ask / 2).min(most);
    checks.push(Check::new(
        "the cheat's bond lost half of its ask, and half of that is burnt",
        changes.slashed.iter().all(|slash| slash.amount == due) && changes.burnt == due / 2,
        format!("{} of {}", show(changes.burnt), show(due)),
    ));
    checks.extend(dishonest::checks(&lie, &demo, &lied.policy, &lied.matched));
    checks.extend(curious::checks(&curious, &demo)?);
    checks.extend(outcome.checks);
    checks.extend(secrets(&demo, &observed, &input, &outcome.values, &main).await?);
    demo.timer.lap("9b_checks");

    let workers = main.assigned.workers.iter().map(|worker| name_of(&demo, &worker.address).to_owned());
    let quorum = main.job.outcome.as_ref().map_or(0, |outcome| outcome.quorum.count_ones());
    Ok(Summary {
        ok: checks.iter().all(|check| check.ok),
        notice: NOTICE,
        nodes: args.nodes,
        slots: args.slots,
        groups: demo.network.groups.count(),
        seed: args.seed,
        matched: main.matched.len(),
        eligible: eligible.len(),
        chosen: workers.collect(),
        headers: main.assigned.headers,
        header_bytes: main.assigned.header_bytes,
        mask_bytes: main.assigned.mask_bytes,
        vault_bytes: main.posted.vault.len(),
        vault_leaves: Vault::decode(&main.posted.vault)?.tree().leaves().len(),
        payload_bytes: main.assigned.payload_bytes,
        changed_slots: main.assigned.changed_slots,
        decrypt_attempts: main.attempts.len(),
        decrypt_refused: refused,
        attempts: main.attempts,
        quorum,
        quorum_needed: main.job.terms.quorum,
        slashed: changes.slashed,
        dishonest_requester: lie,
        curious,
        accuracy: outcome.accuracy,
        rows: outcome.predictions.len(),
        predictions: outcome.predictions,
        paid,
        payments: changes.payments,
        escrow,
        refunded,
        minted: books.minted,
        burnt: books.burnt,
        balances_total: books.balances_total,
        gas_notice: gas::notice(args.chain),
        gas: gas::by_step(&demo.network).await?,
        chain: demo.network.client.deployment().chain_id.clone(),
        stage_ms: demo.timer.stages.clone(),
        refused_registrations: demo.refused.clone(),
        checks,
    })
}

fn qualifying(demo: &DemoState) -> Vec<usize> {
    let profiles = demo.nodes.iter().enumerate();
    profiles.filter(|(_, node)| node.profile.qualifies).map(|(index, _)| index).collect()
}

/// Searches everything public and everything delivered for what nobody may see.
async fn secrets(
    demo: &DemoState,
    observed: &Observations,
    input: &JobInput,
    values: &[f32],
    main: &FinishedJob,
) -> Result<Vec<Check>> {
    let transcript = check::chain_transcript(&demo.network.client, demo.network.first_height).await?;
    let floats = |row: &[f32]| row.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let first_row = input.table.features().rows().next().context("there are no rows")?;
    let fixed = bithive_attest::result::to_fixed(values)?;
    let mut secrets = vec![
        Secret {
            name: "an input row is nowhere in the clear",
            bytes: floats(&first_row[..first_row.len().min(8)]),
        },
        Secret { name: "the policy's text is nowhere in the clear", bytes: POLICY.as_bytes().to_vec() },
        Secret { name: "the policy's JSON is nowhere in the clear", bytes: policy_json()? },
    ];
    if values.len() >= 3 {
        secrets.push(Secret { name: "the output is nowhere in the clear", bytes: floats(&values[..3]) });
        let words = fixed.iter().take(3).flat_map(|word| word.to_le_bytes()).collect();
        secrets.push(Secret { name: "the unmasked result is nowhere in the clear", bytes: words });
    }
    let mut checks = check::secrecy(&transcript, observed, &secrets);
    checks.extend(observed.checks.iter().cloned());
    checks.push(vault_check(demo, main)?);
    Ok(checks)
}

fn policy_json() -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Policy::parse(POLICY, &Schema::bithive())?)?)
}

/// The vault's public part is that of a policy over the same attributes with other values.
fn vault_check(demo: &DemoState, main: &FinishedJob) -> Result<Check> {
    const OTHER: &str = "vram >= 80 and region in (us, jp) and any 2 of (iso27001, hipaa, gdpr)";
    let schema = &demo.network.schema;
    let vault = Vault::decode(&main.posted.vault)?;
    let slots: Vec<u16> = vault.tree().leaves().iter().map(|slot| slot.0).collect();
    let named = Policy::parse(OTHER, schema)?.compile(schema)?;
    let other: Vec<u16> = named.tree().leaves().iter().map(|leaf| leaf.slot().0).collect();
    Ok(Check::new(
        "the vault names attributes, not values",
        slots == other,
        format!("its {} leaves are those of \"{OTHER}\"", slots.len()),
    ))
}
