//! Nodes that do not do as they should. What the mathematics holds against is tested in `bithive-memory-proof`.

use std::sync::Arc;

use bithive_inference::Device;
use bithive_measurement::{MeasurementError, MemoryOutcome};
use bithive_memory_proof::{MIN_BLOCKS, ProofError, Request, Response};
use bithive_node::Onnx;
use tokio::time::{Duration, sleep};

use crate::world::{Between, measured, plan, service, serving};

fn honest() -> bithive_measurement::MeasurementService {
    service(Device::Cpu, Arc::new(Onnx::new(Device::Cpu)))
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_that_answers_too_late_does_not_count() {
    let change = |request, response| async move {
        if matches!(request, Request::Walk { .. }) {
            sleep(Duration::from_millis(300)).await;
        }
        response
    };
    let network = serving(Between { honest: honest(), change });
    let mut tight = plan(MIN_BLOCKS);
    (tight.step_limit, tight.network) = (Duration::from_nanos(1), Duration::from_millis(200));
    let figures = measured(&network, &tight).await.unwrap();
    assert_eq!(figures.outcome, MemoryOutcome::TooSlow);
    assert!(figures.walks.iter().all(|walk| *walk > figures.limit));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_was_answered_before_it_was_taken_is_found_out() {
    // The answer is quick, and says nothing about memory.
    let change = |request, response| async move {
        match request {
            Request::Walk { .. } => Response::Done(vec![7; 32]),
            _ => response,
        }
    };
    let figures = measured(&serving(Between { honest: honest(), change }), &plan(MIN_BLOCKS)).await.unwrap();
    let wrong = MemoryOutcome::Wrong(ProofError::State { walk: 0, state: 0 });
    assert_eq!(figures.outcome, wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_roots_than_those_of_the_fill_are_found_out() {
    let change = |request, response| async move {
        match request {
            Request::Roots if response != Response::NotYet => Response::Done(vec![7; 96]),
            _ => response,
        }
    };
    let figures = measured(&serving(Between { honest: honest(), change }), &plan(MIN_BLOCKS)).await.unwrap();
    assert!(matches!(figures.outcome, MemoryOutcome::Wrong(ProofError::Block(_))), "{:?}", figures.outcome);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_never_ready_is_not_waited_for_for_ever() {
    let change = |request, response| async move {
        match request {
            Request::Roots => Response::NotYet,
            _ => response,
        }
    };
    let network = serving(Between { honest: honest(), change });
    let mut short = plan(MIN_BLOCKS);
    short.patience = Duration::from_millis(50);
    let error = measured(&network, &short).await.unwrap_err();
    assert!(matches!(error, MeasurementError::Patience { what: "filled its memory", .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_another_length_are_errors() {
    for wrong in [0, 31, 33, 95, 97] {
        let change = move |request, response| async move {
            match request {
                Request::Roots if response != Response::NotYet => Response::Done(vec![7; wrong]),
                _ => response,
            }
        };
        let error = measured(&serving(Between { honest: honest(), change }), &plan(MIN_BLOCKS)).await;
        assert!(matches!(error, Err(MeasurementError::Length { expected: 96, .. })), "{wrong}");
    }
}
