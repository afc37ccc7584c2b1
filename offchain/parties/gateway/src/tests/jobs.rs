//! Studies on their way to an answer, with a market that notes what it is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bithive_deid::read;
use bithive_dicomnet::Uid;
use bithive_fhir::{Json, check};
use bithive_tensor::{Answer, Tensor};
use dicom_dictionary_std::tags;

use super::Place;
use crate::arrival::text;
use crate::config::GatewayConfig;
use crate::market::{Market, ModelFacts, Permission, Prices, Progress, Settled, Trouble};
use crate::outbox::letters;
use crate::run::Gateway;
use crate::seal::SpoolKey;
use crate::spool::OWN;
use crate::study::{Stage, Study, again, studies};
use crate::testing::{Phantom, arrival};

const RULE: &str = r#"
[jobs]
requester = "requester.toml"
password = "requester.password"
deid_key = "deid.key"
[[rule]]
name = "ct"
modality = ["CT"]
quiet = "1s"
model = "model.onnx"
manifest = "model.json"
policy = "vram >= 16"
price = "5"
most_price_per_job = "15"
most_price_per_day = "30"
"#;

/// What a market was asked, by name of the job.
#[derive(Default)]
struct Asked {
    jobs: BTreeMap<String, u64>,
    images: Vec<Vec<u8>>,
    posts: usize,
}

/// A market that settles what it is asked.
#[derive(Clone)]
struct Double {
    asked: Arc<Mutex<Asked>>,
    model: ModelFacts,
    permission: Arc<Mutex<Permission>>,
    progress: Option<Progress>,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

impl Double {
    fn new(answer: Answer) -> Self {
        let manifest = serde_json::from_str(
            r#"{"name":"phantoms","blake3":"aa","notice":"Demonstration only.","output":{"name":"logits","meaning":"lesion"},"image":{}}"#,
        );
        let model = ModelFacts {
            answer,
            classes: vec!["lesion".into()],
            window: None,
            manifest: manifest.unwrap(),
            most_values: 1_000,
        };
        Self {
            asked: Arc::default(),
            model,
            permission: Arc::new(Mutex::new(Permission::Given)),
            progress: None,
            trouble: Arc::default(),
        }
    }

    fn mask() -> Self {
        Self::new(Answer { classes: 1, mask: Some([4, 4]) })
    }
}

impl Market for Double {
    fn model(&self, _: &str) -> Option<&ModelFacts> {
        Some(&self.model)
    }

    fn prices(&self, _: &str) -> Option<Prices> {
        Some(Prices { escrow: 15, most_per_job: 15, most_per_day: 30 })
    }

    fn show(&self, amount: u128) -> String {
        format!("{amount} units")
    }

    fn check(&self, _: &str, images: &Tensor) -> Result<(), String> {
        if images.shape().height() == 8 { Ok(()) } else { Err("expected 8 x 8 pixels".into()) }
    }

    async fn permission(&mut self, _: &str, _: &[u8]) -> Permission {
        self.permission.lock().unwrap().clone()
    }

    async fn post(&mut self, name: &str, _: &str, images: &[u8]) -> Result<u64, Trouble> {
        if let Some(trouble) = self.trouble.lock().unwrap().clone() {
            return Err(trouble);
        }
        let mut asked = self.asked.lock().unwrap();
        asked.posts += 1;
        asked.images.push(images.to_vec());
        let next = asked.jobs.len() as u64 + 1;
        Ok(*asked.jobs.entry(name.to_owned()).or_insert(next))
    }

    async fn follow(&mut self, job: u64) -> Progress {
        if let Some(progress) = &self.progress {
            return progress.clone();
        }
        let asked = self.asked.lock().unwrap();
        let images = Tensor::decode(&asked.images[job as usize - 1]).unwrap().shape().images();
        // The upper half of each image, or of the chances.
        let each = self.model.answer.values();
        let values = (0..images * each).map(|at| if at % each < each.div_ceil(2) { 1.0 } else { -1.0 });
        let job = bithive_fhir::Job {
            chain: "test".into(),
            contract: "jobs".into(),
            number: job,
            model: "aa".into(),
            input: "bb".into(),
            attestation: "cc".into(),
            workers: vec!["one".into(), "two".into()],
        };
        Progress::Settled(Box::new(Settled { values: values.collect(), job }))
    }
}

fn place(more: &str) -> Place {
    let mut place = Place::new();
    let folder = place.folder.path().to_owned();
    let text = crate::config::TEMPLATE.replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
    let text = text.replace("[metrics]", &format!("{RULE}{more}\n[metrics]"));
    place.config = GatewayConfig::parse(&text, &folder.join("gateway.toml")).unwrap();
    bithive_keystore::private::create(&folder.join("deid.key"), "ab".repeat(32).as_bytes()).unwrap();
    place
}

fn records(place: &Place) -> Vec<Study> {
    studies(&place.config.spool, &SpoolKey::read(&place.config.key).unwrap()).unwrap()
}

/// Works until the first study is at a stage, or gives up.
async fn until(
    gateway: &mut Gateway,
    market: &mut Double,
    place: &Place,
    fits: impl Fn(&Study) -> bool,
) -> Study {
    let found = async {
        loop {
            if let Some(study) = records(place).into_iter().find(&fits) {
                return study;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = gateway.work(market) => panic!("it has no rules"),
        study = found => study,
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("{:?}", records(place)),
    }
}

fn store(gateway: &Gateway, instance: u32) {
    gateway.spool().store(arrival(&Phantom { instance, ..Phantom::default() })).unwrap();
}

#[tokio::test]
async fn a_study_becomes_a_job_without_its_patient_and_an_answer_with_him() {
    let place = place("");
    let mut gateway = place.start().await;
    store(&gateway, 1);
    store(&gateway, 2);
    let mut market = Double::mask();
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    assert_eq!((study.rule.as_deref(), study.parts.len()), (Some("ct"), 1));
    assert_eq!(study.parts[0].job, Some(1));
    let images = Tensor::decode(&market.asked.lock().unwrap().images[0]).unwrap();
    assert_eq!((images.shape().images(), images.shape().height()), (2, 8));
    // In the order of their place in the body.
    let from: Vec<&str> = study.parts[0].images.iter().map(|source| source.instance.as_str()).collect();
    assert_eq!(from, ["1.2.826.0.1.99.1.1.1", "1.2.826.0.1.99.1.1.2"]);
    let own: Vec<_> =
        gateway.spool().study(&study.study).into_iter().filter(|about| about.from == OWN).collect();
    assert_eq!(own.len(), 2, "a capture for each image");
    for about in own {
        let object = read(&gateway.spool().file(&about.instance).unwrap().unwrap()).unwrap();
        assert_eq!(text(&object, tags::PATIENT_ID), "P-1");
        assert_eq!(text(&object, tags::PATIENT_NAME), "Doe^Jane");
        assert_eq!(text(&object, tags::STUDY_INSTANCE_UID), study.study.as_str());
        let pixels = object.get(tags::PIXEL_DATA).unwrap().to_bytes().unwrap();
        let pixels: Vec<&[u8]> = pixels.chunks(3).collect();
        assert_eq!(pixels.len(), 64);
        let coloured: Vec<bool> = pixels.iter().map(|pixel| pixel[0] != pixel[1]).collect();
        assert!(
            coloured[..32].iter().all(|is| *is) && !coloured[32..].iter().any(|is| *is),
            "the upper half"
        );
    }
    // Nothing is left of what was made on the way.
    for kind in ["deidentified", "images"] {
        assert_eq!(std::fs::read_dir(place.config.spool.join(kind)).unwrap().count(), 0, "{kind}");
    }
    let client = super::http::Client { address: gateway.web().unwrap(), token: place.token() };
    let name = "https://github.com/bithive/bithive/fhir/job|test/jobs/1";
    let found = client.get(&format!("/fhir/Bundle?identifier={name}")).await;
    assert_eq!(found.status, 200, "{}", found.text());
    let bundle = &found.json()["entry"][0]["resource"];
    let checked = check(&Json::parse(bundle.to_string().as_bytes()).unwrap());
    assert!(checked.issues.is_empty(), "{:?}", checked.issues);
    assert!(bundle.to_string().contains(&format!("urn:oid:{}", study.study)));
    let subject = bundle["entry"][0]["resource"]["subject"]["reference"].as_str().unwrap();
    let patient = client.get(&format!("/fhir/{subject}")).await;
    assert_eq!(patient.json()["identifier"][0]["value"], "P-1");
    // As a page asks for it.
    let url = format!("http://{}", client.address);
    let reports = crate::Reports::of(&url, &place.folder.path().join("web.token")).unwrap();
    let report = reports.of_job("test/jobs/1").await.unwrap().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report).unwrap(), *bundle);
}

#[tokio::test]
async fn a_gateway_that_ends_at_any_stage_goes_on_there_and_posts_once() {
    let place = place("");
    let mut market = Double::mask();
    market.progress = Some(Progress::Waiting("open".into()));
    let gateway = place.start().await;
    store(&gateway, 1);
    gateway.stop().await;
    for stage in Stage::ALL.into_iter().skip(1).take(6) {
        let mut gateway = place.start().await;
        // It is cut off as soon as the record has the stage, or a later one.
        until(&mut gateway, &mut market, &place, |study| study.stage >= stage).await;
        drop(gateway);
    }
    // As if it had been killed between the post and its record.
    let gateway = place.start().await;
    let mut study = records(&place).remove(0);
    study.go(Stage::Posting, None, 1);
    study.parts[0].job = None;
    crate::study::put(gateway.spool(), &study).unwrap();
    drop(gateway);
    market.progress = None;
    let mut gateway = place.start().await;
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    assert_eq!(study.parts[0].job, Some(1));
    let (jobs, posts) = {
        let asked = market.asked.lock().unwrap();
        (asked.jobs.len(), asked.posts)
    };
    assert_eq!((jobs, posts), (1, 2), "the market was asked twice under one name");
    // As if it had been killed between the answers and their record: they are made again, and are the same objects and document.
    let made = |gateway: &Gateway| {
        let mut made: Vec<String> =
            gateway.spool().study(&study.study).into_iter().map(|about| about.digest).collect();
        made.sort();
        (made, gateway.spool().all::<serde_json::Value>("documents").unwrap().len())
    };
    let before = made(&gateway);
    let mut settled = study.clone();
    settled.go(Stage::Deidentified, None, 1);
    let objects = settled.objects.clone();
    let key = bithive_deid::DeidKey::from_hex(&"ab".repeat(32)).unwrap();
    crate::images::deidentify(gateway.spool(), &objects, &bithive_deid::Profile::default(), &key).unwrap();
    crate::images::import(gateway.spool(), &study.study, &objects, (16, 1_000)).unwrap();
    settled.go(Stage::Settled, None, 1);
    crate::study::put(gateway.spool(), &settled).unwrap();
    drop(gateway);
    let mut gateway = place.start().await;
    until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    assert_eq!(made(&gateway), before);
}

#[tokio::test]
async fn a_study_that_no_rule_takes_stays_and_is_said() {
    let place = place("");
    let mut text = place.config.clone();
    text.rule[0].modality = vec!["MR".into()];
    let mut gateway = Gateway::start(&text).await.unwrap();
    store(&gateway, 1);
    let mut market = Double::mask();
    let study = until(&mut gateway, &mut market, &place, |study| study.reason.is_some()).await;
    assert_eq!(study.stage, Stage::Arriving);
    assert!(study.reason.unwrap().contains("no rule takes it: modality \"CT\", sent by \"TEST\""));
    assert!(market.asked.lock().unwrap().jobs.is_empty());
}

#[tokio::test]
async fn a_missing_consent_holds_a_study_and_a_revoked_one_refuses_it() {
    let place = place("");
    let mut gateway = place.start().await;
    store(&gateway, 1);
    let mut market = Double::mask();
    *market.permission.lock().unwrap() = Permission::Missing("no receipt".into());
    let held = until(&mut gateway, &mut market, &place, |study| study.reason.is_some()).await;
    assert_eq!(held.stage, Stage::Imported);
    let reason = held.reason.unwrap();
    assert!(reason.contains(&held.parts[0].digest) && reason.contains("no receipt"), "{reason}");
    drop(gateway);
    *market.permission.lock().unwrap() = Permission::Revoked("it was revoked".into());
    let mut gateway = place.start().await;
    let refused = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Refused).await;
    assert_eq!(refused.reason.as_deref(), Some("it was revoked"));
    assert!(market.asked.lock().unwrap().jobs.is_empty());
    // Somebody has it begin again, with a consent.
    *market.permission.lock().unwrap() = Permission::Given;
    drop(gateway);
    let gateway = place.start().await;
    assert!(again(gateway.spool(), &refused.study).unwrap());
    assert!(!again(gateway.spool(), &refused.study).unwrap(), "it has begun");
    drop(gateway);
    let mut gateway = place.start().await;
    until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    assert!(market.asked.lock().unwrap().jobs.len() == 1);
}

#[tokio::test]
async fn what_a_study_holds_is_within_the_price_of_the_day() {
    let place = place("");
    let mut gateway = place.start().await;
    let mut market = Double::mask();
    market.progress = Some(Progress::Waiting("open".into()));
    for study in 1..=3 {
        gateway.spool().store(arrival(&Phantom { study, ..Phantom::default() })).unwrap();
    }
    let waits = |study: &Study| study.reason.as_deref().is_some_and(|reason| reason.contains("next day"));
    let held = until(&mut gateway, &mut market, &place, waits).await;
    assert_eq!(held.stage, Stage::Permitted);
    assert!(held.reason.unwrap().contains("jobs of today hold 30 units, these 15 units"));
    assert_eq!(market.asked.lock().unwrap().jobs.len(), 2);
}

#[tokio::test]
async fn a_study_larger_than_a_job_becomes_several() {
    let place = place("");
    let mut gateway = place.start().await;
    for instance in 1..=3 {
        store(&gateway, instance);
    }
    let mut market = Double::mask();
    // Two masks of 16 pixels.
    market.model.most_values = 32;
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    let sizes: Vec<usize> = study.parts.iter().map(|part| part.images.len()).collect();
    assert_eq!(sizes, [2, 1]);
    assert_eq!(market.asked.lock().unwrap().jobs.len(), 2);
    assert_eq!(gateway.spool().study(&study.study).len(), 6, "and a capture for each");
}

#[tokio::test]
async fn what_comes_late_is_taken_before_the_job_is_posted_and_said_afterwards() {
    let place = place("");
    let mut gateway = place.start().await;
    store(&gateway, 1);
    let mut market = Double::mask();
    *market.permission.lock().unwrap() = Permission::Missing("none".into());
    until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Imported).await;
    store(&gateway, 2);
    drop(gateway);
    let mut gateway = place.start().await;
    let study = until(&mut gateway, &mut market, &place, |study| study.objects.len() == 2).await;
    assert_eq!(study.attempt, 1);
    drop(gateway);
    *market.permission.lock().unwrap() = Permission::Given;
    let mut gateway = place.start().await;
    until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    store(&gateway, 3);
    drop(gateway);
    let mut gateway = place.start().await;
    let said = until(&mut gateway, &mut market, &place, |study| study.left_out == 1).await;
    assert!(said.reason.unwrap().contains("1 objects came after its images were taken"));
}

#[tokio::test]
async fn a_study_that_can_not_be_used_is_refused_with_the_reason() {
    let other_size = Phantom { side: 9, instance: 2, ..Phantom::default() };
    for (phantoms, said) in [
        (vec![Phantom::default(), other_size.clone()], "different sizes"),
        (vec![other_size], "expected 8 x 8 pixels"),
    ] {
        let place = place("");
        let mut gateway = place.start().await;
        for phantom in &phantoms {
            gateway.spool().store(arrival(phantom)).unwrap();
        }
        let mut market = Double::mask();
        let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Refused).await;
        assert!(study.reason.as_deref().unwrap().contains(said), "{:?}", study.reason);
    }
    let place = place("");
    let mut gateway = place.start().await;
    store(&gateway, 1);
    let mut market = Double::mask();
    market.progress = Some(Progress::Ended("nobody took it".into()));
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Refused).await;
    assert_eq!(study.reason.as_deref(), Some("job 1: nobody took it"));
}

#[tokio::test]
async fn classes_are_said_in_a_report_of_text_that_names_its_images() {
    let place = place("");
    let mut gateway = place.start().await;
    store(&gateway, 1);
    let mut market = Double::new(Answer { classes: 2, mask: None });
    market.model.classes = vec!["one".into(), "two".into()];
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    let own = gateway.spool().study(&study.study).into_iter().find(|about| about.from == OWN).unwrap();
    let object = read(&gateway.spool().file(&own.instance).unwrap().unwrap()).unwrap();
    assert_eq!(text(&object, tags::VERIFICATION_FLAG), "UNVERIFIED");
    let content = object.get(tags::CONTENT_SEQUENCE).unwrap().items().unwrap();
    assert_eq!(content.len(), 2, "a comment and a finding");
    let said = content[1].get(tags::TEXT_VALUE).unwrap().to_str().unwrap().into_owned();
    assert_eq!(said.trim_end(), "Image 1: one, chance 0.8808");
    let image = &content[1].get(tags::CONTENT_SEQUENCE).unwrap().items().unwrap()[0];
    let named = &image.get(tags::REFERENCED_SOP_SEQUENCE).unwrap().items().unwrap()[0];
    let named = named.get(tags::REFERENCED_SOP_INSTANCE_UID).unwrap().to_str().unwrap().into_owned();
    assert_eq!(named, "1.2.826.0.1.99.1.1.1");
}

#[tokio::test]
async fn an_erased_study_leaves_nothing_of_what_was_made_of_it() {
    let place = place(
        "send = [\"pacs\", \"ehr\"]\n[[pacs]]\nname = \"pacs\"\naddress = \"127.0.0.1:9\"\ncalled = \"A\"\ncalling = \"B\"\n[[ehr]]\nname = \"ehr\"\nurl = \"http://127.0.0.1:9\"\n",
    );
    let mut gateway = place.start().await;
    store(&gateway, 1);
    let mut market = Double::mask();
    let study = until(&mut gateway, &mut market, &place, |study| study.stage == Stage::Answered).await;
    let key = SpoolKey::read(&place.config.key).unwrap();
    assert_eq!(letters(&place.config.spool, &key).unwrap().len(), 2, "a capture and a report");
    assert_eq!(crate::forget(gateway.spool(), &study.study).unwrap(), 2);
    for kind in ["studies", "images", "deidentified", "results", "outbox", "documents"] {
        assert_eq!(std::fs::read_dir(place.config.spool.join(kind)).unwrap().count(), 0, "{kind}");
    }
    assert_eq!(gateway.spool().study(&Uid::parse("1.2.826.0.1.99.1").unwrap()).len(), 0);
}
