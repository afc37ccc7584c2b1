//! Nodes and requesters work on data only while its subject permits it.

use bithive_api::grants::{Basis, ExecuteMsg, InstantiateMsg};
use bithive_api::jobs;
use bithive_chain::SigningKey;
use bithive_client::Account;
use bithive_consent::grant::commitment;
use bithive_contracts::Code;
use bithive_node::Report;
use bithive_requester::{RequesterError, Selection};

use crate::town::Town;

const OPENING: [u8; 32] = [7; 32];

/// A patient who has consented to uses by the town's requester, on a chain whose market asks about consents.
struct Patient {
    account: Account,
    digests: Vec<cosmwasm_std::HexBinary>,
}

impl Patient {
    async fn of(town: &mut Town) -> Self {
        let registry = town.local.client.deployment().registry().into();
        let operator = &town.local.operator;
        let terms = InstantiateMsg { registry };
        let created = operator.wallet().instantiate(Code::Grants.id(), &terms, "grants", None);
        let grants = Some(created.await.unwrap().contract);
        operator.jobs(&jobs::ExecuteMsg::SetGrants { grants }).await.unwrap();
        let account = town.local.account(SigningKey::generate(&mut town.rng)).await.unwrap();
        town.local.fund(account.address(), 1).await.unwrap();
        let requester = town.requester_account().await;
        let digests = vec![commitment(&OPENING, requester.address()).into()];
        let expires = town.local.client.chain().info().await.unwrap().time.seconds() + 86_400;
        let record = ExecuteMsg::Record { digests: digests.clone(), expires, signed: None };
        account.grants(&record).await.unwrap();
        Self { account, digests }
    }

    fn basis(&self) -> Basis {
        Basis::Consent { subject: self.account.address().into(), opening: OPENING.into() }
    }

    async fn revoke(&self) {
        let revoke = ExecuteMsg::Revoke { digests: self.digests.clone(), signed: None };
        self.account.grants(&revoke).await.unwrap();
    }
}

async fn post(town: &mut Town, basis: Basis) -> Result<u64, RequesterError> {
    let spec = town.spec();
    let mut requester = town.requester().await;
    requester.name_bases(vec![basis]);
    Ok(requester.post(&spec).await?.job_id)
}

#[tokio::test]
async fn a_job_under_a_live_consent_runs_to_its_end() {
    let mut town = Town::with_nodes(3).await;
    let patient = Patient::of(&mut town).await;
    let job_id = post(&mut town, patient.basis()).await.unwrap();
    town.live_all().await;
    town.requester().await.collect().await.unwrap();
    town.requester().await.assign(job_id, &Selection::default()).await.unwrap();
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, jobs::Phase::Settled);
    let uses = town.local.client.uses(patient.account.address()).await.unwrap();
    assert_eq!((uses.entries.len(), uses.entries[0].job_id, uses.complete), (1, job_id, true));
}

#[tokio::test]
async fn a_node_does_not_claim_and_a_requester_does_not_assign_what_was_revoked() {
    let mut town = Town::with_nodes(3).await;
    let patient = Patient::of(&mut town).await;
    let job_id = post(&mut town, patient.basis()).await.unwrap();
    patient.revoke().await;
    town.live_all().await;
    let declined =
        |report: &Report| matches!(report, Report::Declined { reason, .. } if reason.contains("revoked"));
    for node in &town.nodes {
        assert_eq!(node.log.count(declined), 1, "{:?}", node.log.all());
        assert_eq!(node.log.count(|report| matches!(report, Report::Claimed { .. })), 0);
    }
    let height = town.height().await;
    let refused = town.requester().await.assign(job_id, &Selection::default()).await.unwrap_err();
    assert!(
        matches!(&refused, RequesterError::Grant(_)) && refused.to_string().contains("revoked"),
        "{refused}"
    );
    let refused = post(&mut town, patient.basis()).await.unwrap_err();
    assert!(matches!(refused, RequesterError::Grant(_)), "{refused}");
    assert_eq!(town.height().await, height, "no transaction was sent");
}

#[tokio::test]
async fn an_input_whose_consent_was_revoked_after_the_assignment_is_not_opened_and_costs_no_bond() {
    let mut town = Town::with_nodes(3).await;
    let patient = Patient::of(&mut town).await;
    let job_id = post(&mut town, patient.basis()).await.unwrap();
    town.live_all().await;
    town.requester().await.collect().await.unwrap();
    town.requester().await.assign(job_id, &Selection::default()).await.unwrap();
    patient.revoke().await;
    town.live_all().await;
    for node in &town.nodes {
        let opened = |report: &Report| matches!(report, Report::Decrypted { .. } | Report::Committed { .. });
        assert_eq!(node.log.count(opened), 0);
        let (reason, retries) = node.log.failure();
        assert!(reason.contains("revoked") && !retries, "{reason}");
    }
    let window = town.job(job_id).await.terms.commit_seconds;
    let before = town.local.client.node(&town.nodes[0].address).await.unwrap().unwrap().bond;
    town.let_pass(job_id, window + 1).await;
    assert_eq!(town.phase(job_id).await, jobs::Phase::Disputed);
    assert_eq!(town.local.client.node(&town.nodes[0].address).await.unwrap().unwrap().bond, before);
    town.assert_books_balance().await;
}
