//! Messages between verifier and prover.

use bithive_memory_proof::{Challenge, MAX_STEPS, MIN_BLOCKS, Request, Response};
use proptest::prelude::*;

fn requests() -> Vec<Request> {
    vec![
        Request::Fill(Challenge::new([1; 32], MIN_BLOCKS).unwrap()),
        Request::Roots,
        Request::Walk { start: [2; 32], steps: MAX_STEPS },
        Request::Prove([3; 32]),
        Request::Proof,
        Request::Rows { seed: [4; 32], rows: 10 },
        Request::End,
    ]
}

#[test]
fn every_message_reads_back_and_none_with_a_byte_more_or_less() {
    for request in requests() {
        let bytes = request.encode();
        assert_eq!(Request::decode(&bytes), Ok(request.clone()));
        assert!(Request::decode(&[&bytes[..], &[0]].concat()).is_err(), "{request:?}");
        assert!(Request::decode(&bytes[..bytes.len() - 1]).is_err(), "{request:?}");
    }
    for response in [Response::NotYet, Response::Done(vec![]), Response::Done(vec![5; 9])] {
        assert_eq!(Response::decode(&response.encode()), Ok(response));
    }
    assert!(Response::decode(&[0, 1]).is_err());
}

#[test]
fn what_asks_for_too_much_is_refused() {
    let steps = Request::Walk { start: [2; 32], steps: MAX_STEPS + 1 }.encode();
    assert!(Request::decode(&steps).unwrap_err().to_string().contains("expected 1 to"));
    let none = Request::Walk { start: [2; 32], steps: 0 }.encode();
    assert!(Request::decode(&none).is_err());
    let fill = [&[1][..], &[0; 32], &u32::MAX.to_be_bytes()].concat();
    assert!(Request::decode(&fill).unwrap_err().to_string().contains("blocks of 1 KiB"));
}

proptest! {
    #[test]
    fn what_reads_is_what_is_written(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert_eq!(request.encode(), bytes.clone());
        }
        if let Ok(response) = Response::decode(&bytes) {
            prop_assert_eq!(response.encode(), bytes);
        }
    }
}
