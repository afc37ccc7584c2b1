//! Inputs and outputs survive the way there, and nothing else passes for them.

use bithive_attest::Domain;
use bithive_dgkbe::kem::SharedKey;
use bithive_payload::{Input, InputWriter, JobRef, Output, OutputError, OutputKey, PayloadError, ReadError};
use proptest::prelude::*;

fn job(job_id: u64, round: u8) -> JobRef<'static> {
    JobRef { jobs: Domain { chain_id: "bithive-1", contract: "bithive1jobs" }, job_id, round }
}

#[test]
fn an_output_opens_only_for_its_job_round_worker_and_key() {
    let shared = SharedKey::from_bytes([3; 32]);
    let output = Output { values: vec![0.5, -2.25] };
    let sealed = output.seal(OutputKey::new(job(1, 1), &job(1, 1).key(&shared), "worker").unwrap()).unwrap();
    let open = |job: JobRef<'static>, account: &str, shared: &SharedKey, sealed: &[u8]| {
        Output::open(job, &job.key(shared), account, sealed)
    };
    assert_eq!(open(job(1, 1), "worker", &shared, &sealed).unwrap(), output);
    let refused = |result: Result<Output, PayloadError>| matches!(result, Err(PayloadError::Sealed(_)));
    assert!(refused(open(job(2, 1), "worker", &shared, &sealed)));
    assert!(refused(open(job(1, 2), "worker", &shared, &sealed)));
    assert!(refused(open(job(1, 1), "other", &shared, &sealed)));
    assert!(refused(open(job(1, 1), "worker", &SharedKey::from_bytes([4; 32]), &sealed)));
    assert!(refused(open(job(1, 1), "worker", &shared, &sealed[..sealed.len() - 1])));
}

#[test]
fn an_output_is_used_only_with_the_result_that_was_made_from_it() {
    let shared = SharedKey::from_bytes([3; 32]);
    let (key, output) = (job(1, 1).key(&shared), Output { values: vec![0.5, -2.25] });
    let sealed = output.seal(OutputKey::new(job(1, 1), &key, "worker").unwrap()).unwrap();
    let masked = key.masked(&output.values).unwrap();
    let open =
        |sealed: &[u8], masked: &[u8]| Output::open_checked(job(1, 1), &key, "worker", (sealed, masked));
    assert_eq!(open(&sealed, &masked).unwrap(), output);
    let other = key.masked(&[0.5, -2.0]).unwrap();
    assert_eq!(open(&sealed, &other), Err(OutputError::Disagrees));
    assert_eq!(open(&sealed, &masked[..4]), Err(OutputError::Disagrees));
    assert!(matches!(open(&sealed[1..], &masked), Err(OutputError::Payload(_))));
}

#[test]
fn printing_an_output_shows_its_length_and_no_value() {
    let output = Output { values: vec![1234.5, -678.25, 0.0] };
    for printed in [format!("{output:?}"), format!("{output:#?}")] {
        assert_eq!(printed, "Output(3 values)");
    }
}

#[test]
fn a_malformed_input_says_what_is_wrong() {
    for bad in [&[][..], &[1, 0, 0], &[2, 0, 0, 0, 0], &[1, 0, 0, 0, 9, 1]] {
        assert!(matches!(Input::decode(bad), Err(PayloadError::Malformed { what: "input", .. })));
    }
}

#[test]
fn an_input_is_read_up_to_the_limit_and_not_beyond() {
    let input = Input { salt: [5; 32], policy: vec![7; 1000], rows: vec![9; 300_000] };
    let encoded = input.encode();
    assert_eq!(encoded.len() as u64, input.encoded_len());
    assert!(Input::read_from(&encoded[..], 301_000).unwrap() == input);
    for limit in [300_999, 1000, 999, 0] {
        let refused = Input::read_from(&encoded[..], limit);
        assert!(matches!(refused, Err(ReadError::TooLarge { limit: found }) if found == limit));
    }
}

#[test]
fn an_input_that_comes_as_a_stream_opens_the_commitment_to_it_whole() {
    let (jobs, id) = (job(1, 1).jobs, 1);
    let input = Input { salt: [5; 32], policy: b"policy".to_vec(), rows: vec![1; 70_000] };
    assert_eq!(
        input.commitment(jobs, id),
        bithive_attest::result::input_commitment(jobs, id, &input.encode())
    );
    let salted = Input { salt: [6; 32], policy: b"policy".to_vec(), rows: vec![1; 70_000] };
    assert_ne!(input.commitment(jobs, id), salted.commitment(jobs, id));
    let other = Input { salt: [5; 32], policy: b"policy".to_vec(), rows: vec![2; 70_000] };
    assert_ne!(input.commitment(jobs, id), other.commitment(jobs, id));
}

proptest! {
    #[test]
    fn an_input_reads_back(policy in any::<Vec<u8>>(), rows in any::<Vec<u8>>()) {
        let input = Input { salt: [5; 32], policy, rows };
        let mut written = Vec::new();
        input.write_to(&mut written).unwrap();
        let of = (job(1, 1).jobs, 1);
        let mut parts = InputWriter::start(of, &input.salt, &input.policy, Vec::new()).unwrap();
        input.rows.chunks(7).for_each(|part| parts.rows(part).unwrap());
        let (commitment, in_parts) = parts.finish();
        prop_assert!(in_parts == written);
        prop_assert_eq!(commitment, input.commitment(of.0, of.1));
        prop_assert!(written == *input.encode());
        prop_assert!(Input::read_from(&written[..], written.len()).unwrap() == input);
        prop_assert!(Input::decode(&written).unwrap() == input);
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in any::<Vec<u8>>()) {
        // Both ways of reading agree.
        match (Input::decode(&bytes), Input::read_from(&bytes[..], bytes.len())) {
            (Ok(decoded), Ok(read)) => prop_assert!(decoded == read),
            (Err(decoded), Err(ReadError::Payload(read))) => prop_assert_eq!(decoded, read),
            // A length that is cut off may also be over the limit.
            (decoded, read) => {
                let too_large = matches!(read, Err(ReadError::TooLarge { .. }));
                prop_assert!(decoded.is_err() && too_large);
            }
        }
        let shared = SharedKey::from_bytes([3; 32]);
        prop_assert!(Output::open(job(1, 1), &job(1, 1).key(&shared), "a", &bytes).is_err());
    }
}
