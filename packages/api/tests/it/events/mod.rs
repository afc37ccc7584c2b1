//! The wire form of every event, and how it reads back.

mod samples;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

use bithive_api::event::{CONTRACT, PREFIX};
use bithive_api::{ChainEvent as _, ContractEvent, EventError, jobs, staking, treasury};
use cosmwasm_std::{Event, attr};

const HOME: &str = "cosmwasm1home";

/// As a chain tells an event of the contract at [`HOME`].
fn told(event: impl Into<Event>) -> Event {
    let Event { ty, attributes, .. } = event.into();
    let mut told = Event::new(format!("{PREFIX}{ty}"));
    // The chain's own keys begin with an underscore, which `attr` refuses.
    told = told.add_attribute(CONTRACT, HOME).add_attributes(attributes);
    told.add_attribute("msg_index", "0")
}

/// Compares what the samples are on the wire with the golden file, or writes it with BITHIVE_WRITE_GOLDEN=1; reads each
/// sample back, and without each of its attributes.
fn check<E: ContractEvent + Into<Event> + Clone + Debug + PartialEq>(
    contract: &str,
    kinds: &[&str],
    samples: Vec<E>,
) {
    let wire: Vec<Event> = samples.iter().cloned().map(Into::into).collect();
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{contract}.json"));
    let text = serde_json::to_string_pretty(&wire).unwrap() + "\n";
    if std::env::var_os("BITHIVE_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "{contract}: the wire form is not that of {}; relayers and indexers read it. If it has to change: \
         BITHIVE_WRITE_GOLDEN=1 cargo test -p bithive-api --test it\n{text}",
        path.display()
    );

    let known: BTreeSet<&str> = kinds.iter().copied().collect();
    assert_eq!(known.len(), kinds.len(), "{contract}: two events have one type");
    let sampled: BTreeSet<&str> = wire.iter().map(|event| event.ty.as_str()).collect();
    assert_eq!(sampled, known, "{contract}: every event has a sample");

    for (sample, wire) in samples.into_iter().zip(wire) {
        let keys: BTreeSet<&str> = wire.attributes.iter().map(|pair| pair.key.as_str()).collect();
        assert_eq!(keys.len(), wire.attributes.len(), "{wire:?}: a key repeats");
        let event = told(wire.clone());
        assert_eq!(E::read(HOME, &event), Ok(Some(sample.clone())));
        assert_eq!(E::read("cosmwasm1stranger", &event), Ok(None), "{wire:?}");
        // What no chain has prefixed was not sent by a contract.
        let raw = Event::new(&wire.ty).add_attributes(event.attributes.clone());
        assert_eq!(E::read(HOME, &raw), Ok(None));
        for index in 0..wire.attributes.len() {
            let mut less = wire.clone();
            let removed = less.attributes.remove(index);
            match E::read(HOME, &told(less.clone())) {
                Err(EventError::Missing { kind, key }) => {
                    assert_eq!(kind, wire.ty);
                    assert_eq!(less.attribute(key), None, "{key}");
                }
                // An attribute that may be left out: the event says less.
                Ok(Some(read)) => assert_ne!(read, sample, "{removed:?}"),
                other => panic!("{wire:?} without {removed:?}: {other:?}"),
            }
        }
    }
}

/// A test for each contract of the table.
macro_rules! checks {
    // Its events are those of cw20: `balances.rs`.
    (@of token) => {};
    (@of $module:ident) => {
        #[test]
        fn $module() {
            check(stringify!($module), bithive_api::$module::events::ALL, samples::$module());
        }
    };
    ($($id:literal $contract:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        $(checks! { @of $contract })+
    };
}

bithive_contracts::codes!(checks);
checks! { @of delay }

#[test]
fn a_malformed_attribute_is_named_with_what_it_may_be() {
    let settled = |job: &str| {
        let event = Event::new("wasm-job_settled").add_attribute(CONTRACT, HOME).add_attribute("job_id", job);
        event.add_attribute("paid", "1").add_attribute("refunded", "0")
    };
    let malformed = |found: &str| {
        let (kind, key, found) = ("job_settled", "job_id", found.to_owned());
        Err(EventError::Malformed { kind, key, found, expected: "a number of type u64" })
    };
    for job in ["seven", "", "-1", "+1", " 1", "1.0", "18446744073709551616"] {
        assert_eq!(jobs::Event::read(HOME, &settled(job)), malformed(job), "{job:?}");
    }
    let error = jobs::Event::read(HOME, &settled("seven")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "event job_settled has job_id = \"seven\", expected a number of type u64; use the release that the contracts are of"
    );
    let event = Event::new("wasm-staking_slasher").add_attribute(CONTRACT, HOME);
    let event = event.add_attribute("slasher", "").add_attribute("allowed", "yes");
    assert_eq!(
        staking::Event::read(HOME, &event).unwrap_err().to_string(),
        "event staking_slasher has slasher = \"\", expected an address; use the release that the contracts are of"
    );
}

#[test]
fn what_the_contract_does_not_have_is_no_event_of_it() {
    for kind in ["wasm", "wasm-", "wasm-job", "wasm-job_settled2", "job_settled", "transfer", ""] {
        let event = Event::new(kind).add_attribute(CONTRACT, HOME).add_attribute("job_id", "1");
        assert_eq!(jobs::Event::read(HOME, &event), Ok(None), "{kind}");
    }
    // Without the chain's word nobody sent it.
    let event = Event::new("wasm-jobs_paused").add_attribute("paused", "true");
    assert_eq!(jobs::Event::read(HOME, &event), Ok(None));
    assert_eq!(jobs::Event::parse(&event), Ok(Some(jobs::Event::Paused { paused: true })));
}

#[test]
fn the_events_of_one_contract_are_found_in_their_order() {
    let paused = |paused| told(treasury::Event::Paused { paused });
    let events = [Event::new("tx").add_attributes([attr("fee", "1")]), paused(true), paused(false)];
    let read = |contract| treasury::Event::of(contract, &events).map(Result::unwrap).collect::<Vec<_>>();
    let expected = [true, false].map(|paused| treasury::Event::Paused { paused });
    assert_eq!(read(HOME), expected);
    assert_eq!(read("cosmwasm1stranger"), []);
    assert_eq!(events[1].kind(), "wasm-treasury_paused");
}

#[test]
fn an_event_of_a_job_names_it_and_the_state_that_follows() {
    use jobs::{Event, Phase, Round};
    let mut phases = BTreeSet::new();
    for event in samples::jobs() {
        let wire = cosmwasm_std::Event::from(event.clone());
        let job = wire.attribute("job_id").map(|text| text.parse().unwrap());
        assert_eq!(event.job_id(), job, "{event:?}");
        if let Some((phase, round)) = event.transition() {
            assert_eq!(wire.attribute("round").map_or(0, |text| text.parse().unwrap()), round.0);
            phases.insert(format!("{phase:?}"));
        }
    }
    assert_eq!(phases.len(), 7, "{phases:?}");
    let refunded =
        Event::Refunded { job_id: 1, round: Round(2), refunded: 3_u128.into(), reason: String::new() };
    assert_eq!(refunded.transition(), Some((Phase::Refunded, Round(2))));
}
