//! Which consents have a study become a job, by receipts in a folder and the contract of consents.

use bithive_consent::{Digest, Name, Revocations, RevocationsKind, data_digest};
use bithive_gateway::{Market as _, Permission, Stage, Trouble};
use bithive_inference::{Images, Shape};
use bithive_signed::Signed;

use super::{DAY, World, now, signed};
use crate::gateway::market::RequesterMarket;

/// Images that the model of the rule reads, as a file.
fn images() -> Vec<u8> {
    Images::new(Shape::new(1, 1, 64, 64).unwrap(), None, vec![0.0; 64 * 64]).unwrap().encode()
}

fn names(codes: &[&str]) -> Vec<Name> {
    codes.iter().map(|code| code.parse().unwrap()).collect()
}

/// Neither a permission nor a job; what is said of a consent that is missing.
async fn missing(market: &mut RequesterMarket, job: &str) -> String {
    let found = market.permission("ct", &images()).await;
    let Permission::Missing(said) = &found else { panic!("{found:?}") };
    let refused = market.post(job, "ct", &images()).await.unwrap_err();
    assert_eq!(refused, Trouble::Permission(found.clone()));
    said.clone()
}

/// As [`missing`], of a consent that was taken back.
async fn revoked(market: &mut RequesterMarket, job: &str) -> String {
    let found = market.permission("ct", &images()).await;
    let Permission::Revoked(said) = &found else { panic!("{found:?}") };
    let refused = market.post(job, "ct", &images()).await.unwrap_err();
    assert_eq!(refused, Trouble::Permission(found.clone()));
    said.clone()
}

#[tokio::test]
async fn a_study_becomes_a_job_under_a_recorded_consent_and_the_next_one_none_once_it_is_revoked() {
    let mut world = World::new().await;
    let says =
        |words: &'static str| move |found: &str| assert!(found.contains(words), "expected {words}: {found}");
    world.arrives(1).await;
    let held = world.works_until(1, |study| study.stage == Stage::Imported && study.reason.is_some()).await;
    says("no receipt of")(held.reason.as_deref().unwrap());
    let data: Digest = held.parts[0].digest.parse().unwrap();
    // A receipt alone is not enough where the rule wants the chain to know it.
    let receipt = world.given(data, |_| {});
    let unrecorded = |study: &bithive_gateway::Study| {
        study.reason.as_deref().is_some_and(|reason| reason.contains("has not recorded its consent"))
    };
    let held = world.works_until(1, unrecorded).await;
    assert_eq!((held.stage, world.jobs().await), (Stage::Imported, 0));
    let patient = world.patient.clone();
    world.record(&patient, (&receipt, "TREAT"), DAY).await;
    let posted = world.works_until(1, |study| study.stage == Stage::Posted).await;
    let job = posted.parts[0].job.unwrap();
    let uses = world.local.client.uses(patient.address()).await.unwrap().entries;
    assert_eq!(uses.iter().map(|used| used.job_id).collect::<Vec<_>>(), [job], "the patient sees it");

    world.revoke(&receipt, "TREAT").await;
    world.arrives(2).await;
    let refused = world.works_until(2, |study| study.stage >= Stage::Permitted).await;
    assert_eq!((refused.stage, refused.parts[0].job), (Stage::Refused, None));
    assert_eq!(refused.parts[0].digest, posted.parts[0].digest, "it is the consent that differs");
    let said = format!("its consent was revoked on the chain by {}", patient.address());
    assert_eq!(refused.reason, Some(said));
    assert_eq!(world.jobs().await, 1);
}

#[tokio::test]
async fn a_receipt_that_does_not_permit_these_images_for_this_purpose_now_makes_no_job() {
    let mut world = World::new().await;
    let mut market = world.market().await;
    let (data, patient, stranger) = (data_digest(&images()), world.patient.clone(), world.stranger.clone());
    let other: Name = stranger.address().parse().unwrap();
    let none = missing(&mut market, "none").await;
    assert!(none.contains("no receipt of") && none.contains(world.reader()), "{none}");

    let research = world.given(data, |receipt| receipt.purposes = names(&["HRESCH"]));
    world.record(&patient, (&research, "HRESCH"), DAY).await;
    let said = missing(&mut market, "research").await;
    assert!(said.contains("does not permit the purpose TREAT; it permits: HRESCH"), "{said}");

    let begun = now() - 2 * DAY;
    let ended = world.given(data, |receipt| {
        (receipt.iat, receipt.nbf, receipt.exp) = (begun, begun, begun + DAY);
    });
    // The chain can be told that it holds for longer than it says.
    world.record(&patient, (&ended, "TREAT"), DAY).await;
    let said = missing(&mut market, "ended").await;
    assert!(said.contains("it has expired"), "{said}");

    let of_other = world.given(data, |receipt| receipt.readers = vec![other.clone()]);
    world.record(&patient, (&of_other, "TREAT"), DAY).await;
    let said = missing(&mut market, "reader").await;
    assert!(said.contains(&format!("does not permit {} to read", world.reader())), "{said}");

    let elsewhere = world.given(Digest([9; 32]), |_| {});
    world.record(&patient, (&elsewhere, "TREAT"), DAY).await;
    let said = missing(&mut market, "images").await;
    assert!(said.contains("no receipt of"), "{said}");
    assert_eq!(world.jobs().await, 0);
}

#[tokio::test]
async fn a_receipt_that_lies_or_that_the_chain_does_not_know_makes_no_job() {
    let mut world = World::new().await;
    let mut market = world.market().await;
    let (data, patient, stranger) = (data_digest(&images()), world.patient.clone(), world.stranger.clone());

    // Somebody consents in the patient's name.
    let forged = signed(world.receipt(data, |_| {}), &stranger);
    world.only(&forged);
    let said = missing(&mut market, "forged").await;
    assert!(said.contains("no receipt of"), "{said}");
    // Somebody changes what the patient has signed.
    let mut altered = signed(world.receipt(data, |receipt| receipt.purposes = names(&["HRESCH"])), &patient);
    altered.document.purposes = names(&["TREAT"]);
    world.only(&altered);
    let said = missing(&mut market, "altered").await;
    assert!(said.contains("no receipt of"), "{said}");
    // Somebody consents in his own name, and tells the chain.
    let own = world.receipt(data, |receipt| receipt.issuer = stranger.address().parse().unwrap());
    let own = signed(own, &stranger);
    world.only(&own);
    let own = bithive_consent::SignedReceipt::of(own.document, own.signature).unwrap();
    world.record(&stranger, (&own, "TREAT"), DAY).await;
    let said = missing(&mut market, "own").await;
    assert!(said.contains("is not one whose consents count here"), "{said}");

    let unknown = world.given(data, |receipt| receipt.purposes = names(&["HRESCH", "TREAT"]));
    let expected = format!("{} has not recorded its consent on the chain", patient.address());
    let said = missing(&mut market, "unknown").await;
    assert!(said.contains(&expected), "{said}");
    // Neither what is recorded for another purpose counts, nor what another account records.
    world.record(&patient, (&unknown, "HRESCH"), DAY).await;
    world.record(&stranger, (&unknown, "TREAT"), DAY).await;
    let said = missing(&mut market, "another's").await;
    assert!(said.contains(&expected), "{said}");
    assert_eq!(world.jobs().await, 0);
    // The same receipt permits it once the patient has recorded this purpose.
    world.record(&patient, (&unknown, "TREAT"), 3_600).await;
    assert_eq!(market.permission("ct", &images()).await, Permission::Given);
    let job = market.post("known", "ct", &images()).await.unwrap();
    let bases = world.local.client.bases(job).await.unwrap();
    assert_eq!(bases.len(), 1, "the job names it");
    assert_eq!(bases[0].subject().as_str(), patient.address());
    // Until the time is over for which it was recorded.
    world.local.chain.advance_time(3_601).await.unwrap();
    let said = missing(&mut market, "over").await;
    assert!(said.contains("it has expired"), "{said}");
    assert_eq!(world.jobs().await, 1);
}

#[tokio::test]
async fn a_consent_that_was_taken_back_on_the_chain_or_by_a_signed_list_makes_no_job() {
    let mut world = World::new().await;
    let mut market = world.market().await;
    let (data, patient) = (data_digest(&images()), world.patient.clone());
    let receipt = world.given(data, |_| {});
    world.record(&patient, (&receipt, "TREAT"), DAY).await;
    assert_eq!(market.permission("ct", &images()).await, Permission::Given);
    // Between the answer and the job.
    world.revoke(&receipt, "TREAT").await;
    let said = revoked(&mut market, "chain").await;
    assert_eq!(said, format!("its consent was revoked on the chain by {}", patient.address()));

    let receipt = world.given(data, |receipt| receipt.salt = Digest([3; 32]));
    world.record(&patient, (&receipt, "TREAT"), DAY).await;
    let list = Revocations {
        iat: now(),
        issuer: patient.address().parse().unwrap(),
        kind: RevocationsKind::Revocations1,
        revoked: vec![receipt.digest().unwrap()],
    };
    let sign = |bytes: &[u8]| patient.sign(bytes).map_err(anyhow::Error::from);
    let list = Signed::sign(list, (patient.address(), &patient.public_key().to_bytes()), sign).unwrap();
    std::fs::write(world.receipts().join("list.json"), serde_json::to_vec(&list).unwrap()).unwrap();
    let said = revoked(&mut market, "list").await;
    assert!(said.contains("it was withdrawn"), "{said}");
    // A new consent is another one, and counts beside those that were taken back.
    let again = signed(world.receipt(data, |receipt| receipt.salt = Digest([4; 32])), &patient);
    std::fs::write(world.receipts().join("two.json"), serde_json::to_vec(&again).unwrap()).unwrap();
    let again = bithive_consent::SignedReceipt::of(again.document, again.signature).unwrap();
    world.record(&patient, (&again, "TREAT"), DAY).await;
    assert_eq!(world.jobs().await, 0);
    market.post("again", "ct", &images()).await.unwrap();
    assert_eq!(world.jobs().await, 1);
}
