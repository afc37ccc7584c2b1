//! Memory of nodes that do as they should, and who may measure it.

use std::sync::{Arc, Mutex};

use bithive_inference::Device;
use bithive_measurement::{MemoryOutcome, Progress, measure_memory};
use bithive_memory_proof::{Challenge, MIN_BLOCKS, Request, Response};
use bithive_node::Onnx;
use tokio::time::{Duration, sleep};

use crate::world::{ACCREDITOR, NODE, OTHER, asked, honest, measured, plan, rng, service, serving};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_holds_the_memory_shows_it_again_and_again() {
    let network = honest();
    for blocks in [MIN_BLOCKS, 3 * MIN_BLOCKS + 7] {
        let steps = Mutex::new(Vec::new());
        let note = |step| steps.lock().unwrap().push(step);
        let figures = measure_memory(&network.endpoint(ACCREDITOR), NODE, &plan(blocks), &mut rng(), note)
            .await
            .unwrap();
        assert_eq!((figures.outcome, figures.blocks, figures.walks.len()), (MemoryOutcome::Held, blocks, 3));
        let walks = [1, 2, 3].map(Progress::Walking);
        let expected = [&[Progress::Filling][..], &walks, &[Progress::Proving]].concat();
        assert_eq!(*steps.lock().unwrap(), expected);
        let after = asked(&network.endpoint(ACCREDITOR), &Request::Roots).await.unwrap_err();
        assert!(after.contains("no measurement goes on"), "the memory is given back: {after}");
    }
}

#[tokio::test]
async fn nobody_measures_whom_the_operator_has_not_named() {
    let network = honest();
    let stranger = network.endpoint(bithive_exchange::PeerId([9; 32]));
    for request in [Request::Fill(Challenge::new([0; 32], MIN_BLOCKS).unwrap()), Request::End, Request::Roots]
    {
        let refused = asked(&stranger, &request).await.unwrap_err();
        assert!(refused.contains("its operator names accreditors"), "{refused}");
    }
}

#[tokio::test]
async fn no_more_is_filled_than_the_operator_permits_and_nothing_for_a_gpu() {
    let error = measured(&honest(), &plan(4 * MIN_BLOCKS + 1)).await.unwrap_err().to_string();
    assert!(error.contains("the operator lets 4096 be filled"), "{error}");
    let network = serving(service(Device::Gpu, Arc::new(Onnx::new(Device::Gpu))));
    let error = measured(&network, &plan(MIN_BLOCKS)).await.unwrap_err().to_string();
    assert!(error.contains("GPU here, whose memory is not measured"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_accreditor_measures_at_a_time() {
    let network = honest();
    let (one, other) = (network.endpoint(ACCREDITOR), network.endpoint(OTHER));
    let fill = Request::Fill(Challenge::new([0; 32], MIN_BLOCKS).unwrap());
    asked(&one, &fill).await.unwrap();
    let refused = asked(&other, &fill).await.unwrap_err();
    assert!(refused.contains("another accreditor measures this node"), "{refused}");
    assert!(
        asked(&other, &Request::Roots).await.is_err(),
        "what one has asked for is answered to nobody else"
    );
    asked(&other, &Request::End).await.unwrap();
    while asked(&one, &Request::Roots).await.unwrap() == Response::NotYet {
        sleep(Duration::from_millis(5)).await;
    }
    asked(&one, &Request::End).await.unwrap();
    asked(&other, &fill).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_walks_are_taken_than_are_proven() {
    let network = honest();
    let one = network.endpoint(ACCREDITOR);
    let walk = Request::Walk { start: [0; 32], steps: 5 };
    assert!(asked(&one, &walk).await.unwrap_err().contains("no measurement goes on"));
    asked(&one, &Request::Fill(Challenge::new([0; 32], MIN_BLOCKS).unwrap())).await.unwrap();
    while asked(&one, &Request::Roots).await.unwrap() == Response::NotYet {
        sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..3 {
        asked(&one, &walk).await.unwrap();
    }
    assert!(asked(&one, &walk).await.unwrap_err().contains("3 walks were taken"));
    assert!(asked(&one, &Request::Proof).await.unwrap_err().contains("nothing was asked yet"));
}
