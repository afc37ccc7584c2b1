//! Writes one real encoding for every decoder of every target, to grow a corpus from: `seeds <folder>`.

use std::io::Cursor;
use std::path::Path;

use bithive_api::{attestations, ics20, jobs, registry, token};
use bithive_blindmatch::committee::contribute;
use bithive_blindmatch::quota::Quota;
use bithive_blindmatch::schema::{Schema, SlotId};
use bithive_committee::ShareKeyRequest;
use bithive_curve::{G1, G2, Scalar};
use bithive_dgkbe::dem::SealingKey;
use bithive_dgkbe::opening::{KeyFile, Part, crs_header_range, extract, power_range};
use bithive_dgkbe::{GroupedSet, Groups, SlotSet, dem};
use bithive_dicomnet::command::{Request as DimseRequest, Status};
use bithive_dicomnet::{Uid, multipart};
use bithive_exchange::{PeerId, Protocol};
use bithive_fuzz_checks::{
    attest, blindmatch, broadcast, chain, cometbft, dicom, extractor, measurement, transport,
};
use bithive_inference::{Images, Shape, Spacing};
use bithive_memory_proof::{Challenge, MIN_BLOCKS, Request, Response};
use bithive_node::NodeKeys;
use bithive_payload::{ClaimMessage, Input, Output, SignatureMessage};
use bithive_transport::records::{self, Outgoing};
use bithive_transport::{gossip, wire};
use cosmrs::cosmwasm::MsgExecuteContract;
use cosmrs::tx::Msg;
use cosmwasm_std::{Binary, Uint128, to_json_vec};
use ed25519_dalek::SigningKey;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let folder = std::env::args().nth(1).ok_or("expected a folder")?;
    let seeds = Seeds(Path::new(&folder));
    curve(&seeds)?;
    slots(&seeds)?;
    broadcast_seeds(&seeds)?;
    blindmatch_seeds(&seeds)?;
    policy(&seeds)?;
    attest_seeds(&seeds)?;
    extractor_seeds(&seeds)?;
    chain_and_messages(&seeds)?;
    cometbft_seeds(&seeds)?;
    party(&seeds)?;
    transport_seeds(&seeds)?;
    measurement_seeds(&seeds)?;
    bank_seeds(&seeds)?;
    boinc_seeds(&seeds)?;
    fhir_seeds(&seeds)?;
    images(&seeds)?;
    dicom_seeds(&seeds)?;
    dicom_peers(&seeds)?;
    audit_and_consent(&seeds)?;
    x402(&seeds)?;
    models_and_tables(&seeds)
}

struct Seeds<'a>(&'a Path);

impl Seeds<'_> {
    /// `head` is what chooses the decoder.
    fn put(&self, target: &str, name: &str, head: &[u8], bytes: &[u8]) -> Result<(), Fault> {
        let folder = self.0.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{name}")), [head, bytes].concat())?;
        Ok(())
    }
}

fn curve(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let scalar = Scalar::random(&mut broadcast::rng());
    let (a, b) = (G1::generator() * &scalar, G2::generator() * &scalar);
    seeds.put("curve", "g1", &[0], &a.encode())?;
    seeds.put("curve", "g1-identity", &[0], &G1::identity().encode())?;
    seeds.put("curve", "g2", &[1], &b.encode())?;
    seeds.put("curve", "g2-identity", &[1], &G2::identity().encode())?;
    seeds.put("curve", "g1-list", &[2], &[a.encode(), G1::generator().encode()].concat())?;
    seeds.put("curve", "g2-list", &[3], &[b.encode(), G2::generator().encode()].concat())?;
    seeds.put("curve", "scalars", &[4], &[*scalar.encode(), *scalar.neg().encode()].concat())
}

fn slots(seeds: &Seeds<'_>) -> Result<(), Fault> {
    for (name, capacity, members) in [
        ("empty", 8, vec![]),
        ("list", 4096, vec![1, 200, 4096]),
        ("bitmap", 64, (1..=64).collect()),
        ("odd", 13, vec![2, 3, 5, 7, 11, 13]),
    ] {
        let set = SlotSet::from_slots(capacity, members)?;
        seeds.put("slots", name, &capacity.to_be_bytes(), &set.encode())?;
    }
    let set = GroupedSet::from_slots(Groups::new(5, 64)?, [1, 2, 64, 65, 200, 320])?;
    seeds.put("slots", "groups", &[0, 64, 0, 5], &set.encode())
}

fn broadcast_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let mut group = broadcast::Group::new()?;
    let set = GroupedSet::from_slots(group.groups, [1, 2, 5])?;
    let message = group.sender.encrypt(&set, broadcast::CONTEXT, b"rows", &mut broadcast::rng())?;
    let key = group.pairs[0].public.encode();
    seeds.put("broadcast", "header", &[0], &message.headers[..128])?;
    seeds.put("broadcast", "public-key", &[1], &key)?;
    seeds.put("broadcast", "secret-key", &[2], &group.pairs[1].secret.encode())?;
    seeds.put("broadcast", "reference-string", &[3], &group.crs.encode())?;
    seeds.put("broadcast", "transcript", &[4], &group.transcript.encode()?)?;
    let (shared, data) = broadcast::payload_key();
    seeds.put("broadcast", "payload", &[5], &dem::seal(SealingKey::once(shared, data)?, b"rows")?)?;
    seeds.put("broadcast", "column", &[6, 1, 1], &key)?;
    let mask = set.encode();
    let body = [&[mask.len() as u8][..], &mask, &message.headers, &message.payload].concat();
    seeds.put("broadcast", "message", &[7], &body)?;
    let (public, crs) = (&group.pairs[0].public, &group.crs);
    let (slots, commitment) = (crs.slots(), public.commitment().encode());
    let file = KeyFile { slots, slot: 1, crs_digest: crs.digest(), commitment: &commitment };
    for (choice, name, part) in
        [(0, "header", Part::Header), (1, "end", Part::End), (2, "element", Part::Element(2))]
    {
        let slice = extract(Cursor::new(public.encode()), file.range(part)?)?.1;
        seeds.put("broadcast", &format!("opening-{name}"), &[8, choice, 2], &slice)?;
    }
    let power = extract(Cursor::new(crs.encode()), power_range(slots, 2)?)?.1;
    seeds.put("broadcast", "opening-power", &[8, 3, 2], &power)?;
    let header = extract(Cursor::new(crs.encode()), crs_header_range())?.1;
    seeds.put("broadcast", "opening-crs", &[8, 4, 2], &header)
}

fn blindmatch_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let fixture = blindmatch::Fixture::new()?;
    let pending = fixture.pending();
    let answer = fixture.keys[0].evaluate(pending.request(), &mut blindmatch::rng())?;
    let contributions = contribute(fixture.params, fixture.member(), &mut blindmatch::rng());
    let mut quota = Quota::new();
    quota.check_and_record_all("bithive1node", [SlotId(1), SlotId(2)], blindmatch::EPOCH, 1)?;
    let claim = fixture.claim().seal(
        &fixture.context,
        &fixture.key,
        &fixture.requester.public(),
        &mut blindmatch::rng(),
    )?;
    for (choice, name, bytes) in [
        (0, "vault", fixture.vault.encode()),
        (1, "request", pending.request().encode()),
        (2, "response", answer.encode()),
        (3, "tags", fixture.own.encode().to_vec()),
        (4, "seeds", fixture.seeds[0].encode().to_vec()),
        (5, "contribution", contributions[0].encode().to_vec()),
        (6, "partial-table", fixture.partials[0].encode()),
        (7, "table", fixture.table.encode().to_vec()),
        (8, "quota", quota.encode()),
        (9, "claim", claim),
        (10, "requester-key", fixture.requester.encode().to_vec()),
        (11, "statement", fixture.seeds[0].statement(fixture.commitments.term()).encode()),
        (12, "commitments", fixture.commitments.encode()),
        (1, "proven-request", fixture.proven().request().encode()),
        (
            14,
            "disclosure",
            fixture.answers().disclose(&Schema::bithive(), &["region".to_owned()])?.encode().to_vec(),
        ),
        (13, "table-request", ShareKeyRequest::Table(blindmatch::EPOCH).encode().to_vec()),
        (13, "statement-request", ShareKeyRequest::Statement([7; 32]).encode().to_vec()),
    ] {
        seeds.put("blindmatch", name, &[choice], &bytes)?;
    }
    Ok(())
}

fn policy(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let schema = Schema::bithive();
    let text = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
    let parsed = bithive_blindmatch::policy::Policy::parse(text, &schema)?;
    let attributes = br#"{"vram":24,"region":"eu","certifications":["gdpr"]}"#;
    seeds.put("policy", "text", &[0], text.as_bytes())?;
    seeds.put("policy", "nested", &[0], b"(vram >= 8 or region = us) and (gdpr or (hipaa and iso27001))")?;
    seeds.put("policy", "json", &[1], &serde_json::to_vec(&parsed)?)?;
    seeds.put("policy", "schema", &[2], &serde_json::to_vec(&schema)?)?;
    seeds.put("policy", "attributes", &[3], attributes)?;
    seeds.put("policy", "both", &[4], &[&serde_json::to_vec(&schema)?[..], b"\0", text.as_bytes()].concat())
}

fn attest_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let (first, second) = (attest::signer(1), attest::signer(2));
    let signature = first.sign(attest::MESSAGE);
    let both = [signature, second.sign(attest::MESSAGE)];
    let values = [0.5f32, -1.0, 3.25];
    let output = Output { values: values.to_vec() }.seal(attest::output_key())?;
    let input = Input { salt: [7; 32], policy: b"{}".to_vec(), rows: vec![1, 2, 3] };
    seeds.put("attest", "secret-key", &[0], &[&first.to_bytes()[..], attest::MESSAGE].concat())?;
    seeds.put("attest", "signature", &[1], &[&first.public_key()[..], &signature].concat())?;
    seeds.put("attest", "aggregate", &[2], both.as_flattened())?;
    seeds.put("attest", "masked", &[3], &attest::KEY.masked(&values)?)?;
    let floats: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    seeds.put("attest", "values", &[4], &floats)?;
    seeds.put("attest", "quorum", &[5, 0, 0, 0, 2, 3], &[1, 0, 0, 0, 2, 0, 0, 0, 200, 0, 0, 0])?;
    seeds.put("attest", "input", &[6], &input.encode())?;
    seeds.put("attest", "output", &[7], &output)?;
    seeds.put("attest", "claim", &[8], &ClaimMessage { job_id: 7, sealed: vec![1, 2, 3] }.encode())?;
    let message = SignatureMessage { job_id: 7, round: 1, index: 2, signature };
    seeds.put("attest", "signature-message", &[9], &message.encode())?;
    let proof = first.prove_possession(attest::PROVEN);
    seeds.put("attest", "possession", &[10], &[&first.public_key()[..], &proof].concat())?;
    let published: serde_json::Value =
        serde_json::from_str(include_str!("../../../packages/drand/tests/vectors/quicknet.json"))?;
    let round = &published["rounds"][0];
    let number = round["round"].as_u64().ok_or("a round has a number")?;
    let signature = hex::decode(round["signature"].as_str().ok_or("a round has a signature")?)?;
    seeds.put("attest", "beacon", &[11], &[&number.to_be_bytes()[..], &signature].concat())
}

fn measurement_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let requests = [
        ("fill", Request::Fill(Challenge::new([1; 32], MIN_BLOCKS)?)),
        ("roots", Request::Roots),
        ("walk", Request::Walk { start: [2; 32], steps: 50 }),
        ("prove", Request::Prove(measurement::QUESTION)),
        ("proof", Request::Proof),
        ("rows", Request::Rows { seed: [4; 32], rows: 10_000 }),
        ("end", Request::End),
    ];
    for (name, request) in requests {
        seeds.put("measurement", name, &[0], &request.encode())?;
    }
    seeds.put("measurement", "not-yet", &[1], &Response::NotYet.encode())?;
    seeds.put("measurement", "done", &[1], &Response::Done(vec![1, 2, 3]).encode())?;
    // Its first states and what leads to their root.
    let (_, proof) = &*measurement::HONEST;
    seeds.put("measurement", "states", &[2], proof.get(..1 << 10).unwrap_or_default())
}

fn extractor_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    for enrolment in extractor::enrolments()? {
        let name = enrolment.helper.profile().name();
        seeds.put("extractor", name, &[], &enrolment.helper.encode())?;
    }
    Ok(())
}

/// What a real chain answers, as a result; and errors as a CometBFT node writes them.
fn cometbft_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let fixture = cometbft::Fixture::new()?;
    for (choice, ((question, method), answer)) in
        (0u8..).zip(cometbft::QUESTIONS.iter().zip(&fixture.answers))
    {
        seeds.put("cometbft", &format!("{question}-{method}"), &[choice], answer)?;
    }
    let questions = cometbft::QUESTIONS.len() as u8;
    let height = "height 9 must be less than or equal to the current blockchain height 2";
    for (name, choice, words) in [
        ("pruned", 1, "height 1 is not available, lowest height is 7"),
        ("ahead", 1, height),
        ("no-tx", 3, "tx (AB) not found"),
        ("cached", 4, "tx already exists in cache"),
        ("full", 4, "mempool is full: number of txs 5000 (max: 5000)"),
    ] {
        seeds.put("cometbft", name, &[questions + choice], words.as_bytes())?;
    }
    let page = "<html><title>502 Bad Gateway</title></html>";
    seeds.put("cometbft", "proxy", &[2 * questions], page.as_bytes())
}

fn chain_and_messages(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let fixture = chain::Fixture::new()?;
    let [operator, worker] = fixture.keys.each_ref().map(|key| key.address().to_owned());
    let deployment = &fixture.deployment;
    let mut group = broadcast::Group::new()?;
    let one = GroupedSet::from_slots(group.groups, [1])?;
    let assignment = jobs::Assignment {
        mask: one.encode().into(),
        asks: vec![Uint128::new(5)],
        headers: group
            .sender
            .encrypt(&one, broadcast::CONTEXT, b"", &mut broadcast::rng())?
            .headers
            .as_slice()
            .into(),
        payload: (&[1; 32]).into(),
        input_commitment: (&[2; 32]).into(),
        consent: attest::signer(1).sign(attest::MESSAGE).as_slice().into(),
    };
    let bytes32 = || (&[3; 32]).into();
    let jobs_messages = [
        ("cancel", jobs::ExecuteMsg::Cancel { job_id: 1 }),
        ("assign", jobs::ExecuteMsg::Assign { job_id: 1, assignment }),
        ("commit", jobs::ExecuteMsg::Commit { job_id: 1, commitment: bytes32() }),
        (
            "reveal",
            jobs::ExecuteMsg::Reveal {
                job_id: 1,
                masked: Binary::from([0; 16]),
                output: bytes32(),
                nonce: bytes32(),
            },
        ),
        ("advance", jobs::ExecuteMsg::Advance { job_id: 1 }),
        ("withdraw", jobs::ExecuteMsg::Withdraw {}),
    ];
    for (name, message) in &jobs_messages {
        let message = to_json_vec(message)?;
        seeds.put("messages", &format!("jobs-{name}"), &[0], &message)?;
        seeds.put("chain", &format!("jobs-{name}"), &[2, 0, 2], &message)?;
    }
    let registry_messages = [
        ("unbond", registry::ExecuteMsg::Unbond {}),
        ("withdraw", registry::ExecuteMsg::WithdrawBond { address: worker.clone() }),
        ("set-jobs", registry::ExecuteMsg::SetJobs { jobs: deployment.jobs().to_owned() }),
        ("owner", registry::ExecuteMsg::TransferOwnership { new_owner: worker.clone() }),
    ];
    for (name, message) in &registry_messages {
        let message = to_json_vec(message)?;
        seeds.put("messages", &format!("registry-{name}"), &[4], &message)?;
        seeds.put("chain", &format!("registry-{name}"), &[2, 1, 1], &message)?;
    }
    let transfer = token::ExecuteMsg::Transfer { recipient: worker.clone(), amount: Uint128::new(5) };
    seeds.put("messages", "token-transfer", &[8], &to_json_vec(&transfer)?)?;
    seeds.put("chain", "token-transfer", &[2, 0, 0], &to_json_vec(&transfer)?)?;
    let packet = ics20::Packet {
        amount: Uint128::new(5),
        denom: "transfer/channel-0/btt".into(),
        receiver: worker.clone(),
        sender: operator.clone(),
        memo: None,
    };
    seeds.put("messages", "ics20-packet", &[14], &to_json_vec(&packet)?)?;
    let workers = attestations::Packet::Workers(attestations::WorkerSet {
        source: attestations::Source {
            chain_id: deployment.chain_id.clone(),
            jobs: deployment.jobs().to_owned(),
        },
        job_id: 1,
        round: 1,
        quorum: 2,
        model: bytes32(),
        input_commitment: bytes32(),
        keys: vec![(&[4; 48]).into(); 3],
    });
    seeds.put("messages", "attestations-workers", &[18], &to_json_vec(&workers)?)?;
    let post = to_json_vec(&jobs::Hook::Post {
        vault: chain::VAULT.into(),
        terms: Box::new(fixture.terms.clone()),
        bases: vec![],
    })?;
    seeds.put("messages", "jobs-post", &[1], &post)?;
    let escrow = fixture.terms.price.u128() as u64;
    seeds.put("chain", "jobs-post", &[&[3, 0, 2][..], &escrow.to_be_bytes()].concat(), &post)?;
    let register = to_json_vec(&registry::Hook::RegisterNode(fixture.node.clone()))?;
    seeds.put("messages", "registry-register", &[5], &register)?;
    seeds.put(
        "chain",
        "registry-register",
        &[&[3, 1, 1][..], &u64::MAX.to_be_bytes()].concat(),
        &register,
    )?;
    seeds.put("messages", "jobs-query", &[3], &to_json_vec(&jobs::QueryMsg::Job { job_id: 1 })?)?;
    for (name, contract, query) in [
        ("jobs-job", 2, to_json_vec(&jobs::QueryMsg::Job { job_id: 1 })?),
        ("jobs-totals", 2, to_json_vec(&jobs::QueryMsg::Totals {})?),
        ("registry-config", 1, to_json_vec(&registry::QueryMsg::Config {})?),
        ("token-balance", 0, to_json_vec(&token::QueryMsg::Balance { address: operator.clone() })?),
    ] {
        seeds.put("chain", &format!("query-{name}"), &[4, contract], &query)?;
        let answer = fixture.runtime.block_on(bithive_chain::Chain::query_smart(
            &fixture.chain,
            [deployment.token(), deployment.registry(), deployment.jobs()][usize::from(contract)],
            query,
        ))?;
        if name == "jobs-job" {
            seeds.put("messages", "answer-job", &[11], &answer)?;
        }
    }
    let execute = MsgExecuteContract {
        sender: fixture.keys[0].account_id().clone(),
        contract: deployment.token().parse()?,
        msg: to_json_vec(&transfer)?,
        funds: vec![],
    };
    let transaction = fixture.transaction(&fixture.keys[0], vec![execute.to_any()?])?;
    seeds.put("chain", "transaction", &[0], &transaction)?;
    seeds.put("chain", "forged", &[1], &transaction)?;
    seeds.put("chain", "address", &[5], worker.as_bytes())?;
    let unsigned = include_bytes!("../../../relayer/chain/tests/vectors/tx_file_unsigned.json");
    seeds.put("chain", "tx-file-unsigned", &[6], unsigned)?;
    let signed = include_bytes!("../../../relayer/chain/tests/vectors/tx_file_signed.json");
    seeds.put("chain", "tx-file-signed", &[6], signed)?;
    let instantiate = registry::InstantiateMsg {
        owner: operator,
        token: deployment.token().to_owned(),
        treasury: deployment.treasury.clone(),
        params: registry::Params {
            slots: 3,
            groups: 2,
            node_bond: Uint128::new(1),
            requester_bond: Uint128::new(1),
            unbonding_seconds: 86_400,
            epoch_seconds: 600,
            burn_bps: 5_000,
            dispute_deposit: Uint128::new(1),
            bounty_bps: 1_000,
        },
        crs_digest: bytes32(),
        crs_opening: Binary::from([0; 16]),
    };
    seeds.put("messages", "registry-instantiate", &[6], &to_json_vec(&instantiate)?)
}

fn party(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let group = broadcast::Group::new()?;
    let (keys, _) = NodeKeys::generate(&group.crs, group.groups, 2, &mut broadcast::rng())?;
    seeds.put("party", "file", &[0], &[&[1; 32][..], b"a message"].concat())?;
    seeds.put("party", "message", &[1], b"a message")?;
    seeds.put("party", "record", &[2], b"{\"1\":[1,2,3]}")?;
    seeds.put("party", "keys", &[3], &keys.encode()?)
}

fn transport_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let put = |name: &str, head: &[u8], bytes: &[u8]| seeds.put("transport", name, head, bytes);
    let mut bodies = vec![b"a body".to_vec(); transport::kinds().len()];
    let content = &transport::CONTENTS[0];
    bodies[0] = wire::encode_segment_request(&content.digest, 3).to_vec();
    bodies[1] = content.digest.to_vec();
    bodies[2] = gossip::sign(&transport::ORIGIN, 1_700_000_000_000, 1, b"vault");
    for (index, (kind, body)) in (0u8..).zip(transport::kinds().into_iter().zip(&bodies)) {
        let length = u32::try_from(body.len())?.to_be_bytes();
        put(&format!("request-{index}"), &[0], &[&kind.encode()[..], &length, body].concat())?;
        let response = [&wire::response_head(wire::Status::Ok, body.len())[..], body].concat();
        put(&format!("response-{index}"), &[1, index], &response)?;
    }
    let refused = [&wire::response_head(wire::Status::Refused, 6)[..], b"no key"].concat();
    put("response-refused", &[1, 3], &refused)?;
    put("segment-request", &[2], &bodies[0])?;
    put("announcement", &[2], &bodies[1])?;
    put("message", &[2], &[&[5; 16][..], b"claim"].concat())?;
    put("broadcast", &[3], &bodies[2])?;
    put("broadcast-other", &[3], &gossip::sign(&SigningKey::from_bytes(&[8; 32]), 5, 6, b""))?;
    for (index, content) in (0u8..).zip(transport::CONTENTS.iter()).take(2) {
        let end = content.encode(wire::SIZE_PROOF)?;
        let size = (content.bytes.len() as u64).to_be_bytes();
        put(&format!("size-{index}"), &[4, index], &[&size[..], &end].concat())?;
        put(&format!("end-{index}"), &[5, index, u8::MAX], &end)?;
        put(&format!("segment-{index}"), &[5, index, 0], &content.encode(0)?)?;
    }
    let last = transport::CONTENTS[2].encode(1)?;
    put("segment-last", &[5, 2, 1], &last)?;
    let key = records::outgoing_key(PeerId([1; 32]), 7);
    let value = Outgoing::encode(Protocol::Claim, &[5; 16], 1_700_000_000, b"claim");
    put("outgoing", &[6], &[key, value].concat())?;
    let key = records::incoming_key(Protocol::Signature, 7);
    put("incoming", &[7], &[key, records::incoming(PeerId([1; 32]), b"signature")].concat())?;
    let held: Vec<bool> = (0..300).map(|index| index % 3 > 0).collect();
    put("held", &[8, 1, 44], &wire::encode_held(300 * wire::SEGMENT_BYTES, Some(&held)))?;
    put("held-all", &[8, 1, 44], &wire::encode_held(300 * wire::SEGMENT_BYTES, None))
}

/// The known answers of both, each by its decoder.
fn audit_and_consent(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let log = include_str!("../../../packages/audit/tests/vectors/log.txt");
    let line = log.lines().nth(1).ok_or("a log of several lines")?;
    let entry = bithive_audit::Entry::read(line.as_bytes())?;
    seeds.put("audit", "entry", &[0], line.as_bytes())?;
    seeds.put("audit", "event", &[1], &serde_json::to_vec(&entry.event)?)?;
    seeds.put("audit", "log", &[2], log.as_bytes())?;
    seeds.put("audit", "rules", &[3], bithive_audit::TEMPLATE.as_bytes())?;
    seeds.put("audit", "head", &[4], include_bytes!("../../../packages/audit/tests/vectors/head.json"))?;
    let receipt = include_bytes!("../../../packages/consent/tests/vectors/receipt.json");
    let signed = bithive_consent::SignedReceipt::read(receipt)?;
    seeds.put("consent", "signed", &[0], receipt)?;
    seeds.put("consent", "receipt", &[1], &serde_json::to_vec(signed.receipt())?)?;
    let list = include_bytes!("../../../packages/consent/tests/vectors/revocations.json");
    seeds.put("consent", "revocations", &[2], list)?;
    let link = "https://bithive.example/pay#chain=bithive-1&offer=7&key=000102030405060708090a0b0c0d0e0f&referrer=bee1abc";
    seeds.put("consent", "payment-link", &[3], link.as_bytes())?;
    releases(seeds)
}

/// A ceremony of two members, and a content whose key they release.
fn releases(seeds: &Seeds<'_>) -> Result<(), Fault> {
    use bithive_release::ceremony::{Ceremony, Secret};
    use bithive_release::{ContentKey, Label, Request, Wrap};
    let mut rng = blindmatch::rng();
    let secrets = [(); 2].map(|()| Secret::generate(&mut rng));
    let cards: Vec<_> =
        secrets.iter().zip(1u8..).map(|(secret, number)| secret.card([number; 32], &mut rng)).collect();
    let ceremony = Ceremony::new(cards.clone(), 2)?;
    let deals =
        secrets.iter().map(|secret| ceremony.deal(secret, &mut rng)).collect::<Result<Vec<_>, _>>()?;
    let [secret, _] = &secrets;
    let member = ceremony.finish(secret, &deals)?;
    let key = ContentKey::generate(&mut rng);
    let grants = bithive_attest::Domain { chain_id: "bithive-1", contract: "bithive1grants" };
    let label = Label { grants, author: "bithive1author", content: [9; 32], commitment: key.commitment() };
    let wrap = Wrap::seal(member.committee(), &label, &key, &mut rng);
    let share = member.release(&wrap, &label, &mut rng)?;
    let request = Request { committee: member.committee().id(), content: label.content };
    let card = cards.first().ok_or("a card")?;
    let deal = deals.first().ok_or("a deal")?;
    for (name, choice, bytes) in [
        ("release-committee", 0, member.committee().encode()),
        ("release-wrap", 1, wrap.encode()),
        ("release-share", 2, share.encode()),
        ("release-request", 3, request.encode()),
        ("release-card", 4, card.encode()),
        ("release-deal", 5, deal.encode()),
        ("release-secret", 6, secret.encode().to_vec()),
        ("release-member", 7, member.encode().to_vec()),
    ] {
        seeds.put("consent", name, &[4, choice], &bytes)?;
    }
    Ok(())
}

/// The three headers, as docs/door.md has them.
fn x402(seeds: &Seeds<'_>) -> Result<(), Fault> {
    use bithive_x402::{
        Accepted, Amount, ChannelState, Charge, Digest, EXACT, Exact, Extra, PaidBy, Payment,
        PaymentRequired, Settled, Signature, Voucher,
    };
    let required: PaymentRequired = serde_json::from_value(serde_json::json!({
        "x402Version": 2, "error": "payment_required", "resource": { "url": "http://127.0.0.1:8402/predict" },
        "accepts": [{
            "scheme": "batch-settlement", "network": "cosmos:bithive-1", "amount": "10000", "asset": "cw20:bithive1btt",
            "payTo": "bithive1payee", "maxTimeoutSeconds": 60,
            "extra": { "contract": "bithive1flows", "withdrawDelay": 3_600, "minDeposit": "1000000" },
        }],
    }))?;
    let accepted = required.accepts.first().ok_or("a way to pay")?.clone();
    let (chain_id, contract) = ("bithive-1".to_owned(), "bithive1flows".to_owned());
    let voucher =
        Voucher { chain_id, contract, flow: 7, cumulative: Amount(20_000), signature: Signature([7; 64]) };
    let payment = Payment::with_voucher(Some(required.resource.clone()), accepted, voucher);
    let channel_state = ChannelState {
        channel_id: "7".into(),
        balance: Amount(1_000_000),
        total_claimed: Amount(0),
        charged_cumulative_amount: Amount(20_000),
    };
    let charge = Charge { charged_amount: Amount(10_000), channel_state: Some(channel_state), receipt: None };
    let settled = Settled::taken("cosmos:bithive-1".into(), "bithive1payer".into(), None, charge);
    let exact = Exact { by: PaidBy::Transaction(vec![0x0a; 300]), salt: Digest([9; 32]) };
    let extra = Extra { contract: Some("bithive1checkout".into()), offer: Some(7), ..Extra::default() };
    let by_offer = Accepted { scheme: EXACT.into(), extra, ..payment.accepted.clone() };
    let exact = Payment::with_exact(None, by_offer, exact);
    seeds.put("x402", "required", &[0], &serde_json::to_vec(&required)?)?;
    seeds.put("x402", "payment", &[1], &serde_json::to_vec(&payment)?)?;
    seeds.put("x402", "exact", &[1], &serde_json::to_vec(&exact)?)?;
    seeds.put("x402", "settled", &[2], &serde_json::to_vec(&settled)?)?;
    seeds.put("x402", "header", &[3], bithive_x402::header::encode(&payment)?.as_bytes())
}

/// An order, the message that pays it, and what a bank says of that.
fn bank_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    use bithive_bank::{
        AccountReport, Balance, Entry, Order, Party, Payment, Report, ReportKind, Status, Transfer,
        write_report, write_transfer,
    };
    let text = include_bytes!("../src/bank-order.json");
    let order = Order::read(text)?;
    let debtor = Party::new("A. Doe".into(), "DE89370400440532013000".parse()?, Some("MARKDEFF".into()))?;
    let (created, execution) = (1_795_600_800, "2026-11-26".parse()?);
    let transfer = Transfer {
        created,
        execution,
        debtor,
        creditor: order.creditor.clone(),
        amount: order.money,
        end_to_end: order.end_to_end,
        rail: order.rail,
    };
    let payment = |returned| Payment {
        end_to_end: Some(order.end_to_end.to_string()),
        amount: None,
        credit: None,
        returned,
    };
    let entry = |reversal: bool| Entry {
        reference: Some("REF-1".into()),
        amount: order.money,
        credit: !reversal,
        reversal,
        status: Status::Booked,
        booked: Some(execution),
        payments: vec![payment(reversal)],
    };
    let balance =
        |code: &str| Balance { code: code.into(), amount: order.money, credit: true, date: execution };
    for (name, kind, balances) in [
        ("statement", ReportKind::Statement, vec![balance("OPBD"), balance("CLBD")]),
        ("notification", ReportKind::Notification, vec![]),
    ] {
        let account = AccountReport {
            id: "1".into(),
            whole: true,
            period: Some((0, created)),
            iban: Some(order.creditor.iban().clone()),
            servicer: Some("A & B".into()),
            balances,
            entries: vec![entry(false), entry(true)],
        };
        let report = Report {
            kind,
            message: "M-1".into(),
            created,
            note: Some("a note".into()),
            accounts: vec![account],
        };
        seeds.put("bank", name, &[0], write_report(&report).as_bytes())?;
    }
    seeds.put("bank", "transfer", &[1], write_transfer(&transfer).as_bytes())?;
    seeds.put("bank", "order", &[2], text)?;
    seeds.put("bank", "money", &[3], b"46.25 EUR")?;
    seeds.put("bank", "iban", &[3], b"DE89 3704 0044 0532 0130 00")?;
    seeds.put("bank", "time", &[3], b"2026-11-25T11:00:00.5+01:00")
}

/// Files of the repository.
fn boinc_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let users = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<users>\n<user>\n <id>12</id>\n <name>Ann &amp; Bob &#60;3</name>\n \
                  <total_credit>1234.567890</total_credit>\n <expavg_credit>nan</expavg_credit>\n <cpid>ff</cpid>\n \
                  <url><![CDATA[bithive:bithive1abc]]></url>\n <has_profile/>\n</user>\n</users>\n";
    let hosts = b"<!-- a project --><hosts><host><id>7</id><userid>12</userid><total_credit>5</total_credit><host_cpid>a</host_cpid>\
                  <coprocs><count>1</count></coprocs></host></hosts>";
    seeds.put("boinc", "users", &[0], users)?;
    seeds.put("boinc", "hosts", &[0], hosts)?;
    seeds.put(
        "boinc",
        "user",
        &[1],
        b"<total_credit>1</total_credit><name>bithive:bithive1abc</name></user></users>",
    )?;
    seeds.put("boinc", "host", &[2], b"<id>1</id><userid>2</userid><total_credit>3.25</total_credit>")?;
    seeds.put("boinc", "credit", &[3], b"999999999999999.000001")
}

/// One document of each kind that is read.
fn fhir_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let narrative = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b</p></div>";
    for (name, document) in [
        (
            "patient",
            r#"{"resourceType":"Patient","id":"a","birthDate":"1990-03","_gender":{"extension":[{"url":"urn:a","valueDecimal":1.50}]},
            "name":[{"family":"A","given":["B",null],"_given":[null,{"extension":[{"url":"urn:a","valueCode":"c"}]}]}]}"#,
        ),
        (
            "observation",
            r#"{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":-1.50e2,"system":"urn:a","code":"b"},
            "effectivePeriod":{"start":"2024","end":"2025-02-28T23:59:60.5+14:00"}}"#,
        ),
        (
            "contained",
            r##"{"resourceType":"DiagnosticReport","status":"final","code":{"text":"a"},"contained":[{"resourceType":"Organization","id":"o",
            "name":"b","partOf":{"reference":"#o"}}],"performer":[{"reference":"#o"}]}"##,
        ),
        (
            "bundle",
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
            "resource":{"resourceType":"Encounter","class":{}}}]}"#,
        ),
        (
            "consent",
            r#"{"resourceType":"Consent","status":"active","scope":{"text":"a"},"category":[{"text":"b"}],"policyRule":{"text":"c"},
            "provision":{"type":"permit","period":{"start":"2026-03","end":"2027"}}}"#,
        ),
    ] {
        seeds.put("fhir", name, &[0], document.as_bytes())?;
    }
    seeds.put("fhir", "narrative", &[1], narrative.as_bytes())?;
    seeds.put("fhir", "date", &[2], b"2024-02-29T23:59:60.123456789-05:30")?;
    seeds.put("fhir", "decimal", &[3], b"-12.50e-7")
}

/// A small CT slice in each form, one that nests, one in run lengths, and a picture with letters.
fn dicom_seeds(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let element = |group: u16, element: u16, vr: &[u8; 2], value: &[u8]| {
        let mut value = value.to_vec();
        value.resize(value.len().next_multiple_of(2), if vr == b"UI" { 0 } else { b' ' });
        let length = u16::try_from(value.len()).unwrap_or_default();
        [&group.to_le_bytes()[..], &element.to_le_bytes(), vr, &length.to_le_bytes(), &value].concat()
    };
    let word = |group, at, value: u16| element(group, at, b"US", &value.to_le_bytes());
    let head = [
        element(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(8, 0x18, b"UI", b"1.2.3.4"),
        element(8, 0x20, b"DA", b"20240301"),
        element(8, 0x60, b"CS", b"CT"),
        // A sequence of undefined length with an item of undefined length.
        [
            &b"\x08\0\x40\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF"[..],
            &element(8, 0x1155, b"UI", b"1.2.3.5"),
            b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0",
        ]
        .concat(),
        element(9, 0x10, b"LO", b"PRIVATE"),
        element(0x10, 0x10, b"PN", b"Doe^Jane"),
        element(0x10, 0x20, b"LO", b"4711"),
        element(0x10, 0x1010, b"AS", b"093Y"),
        word(0x28, 2, 1),
        element(0x28, 4, b"CS", b"MONOCHROME2"),
        element(0x28, 8, b"IS", b"1"),
        word(0x28, 0x10, 2),
        word(0x28, 0x11, 2),
        word(0x28, 0x100, 16),
        word(0x28, 0x101, 12),
        word(0x28, 0x102, 11),
        word(0x28, 0x103, 0),
        element(0x28, 0x1053, b"DS", b"2"),
    ]
    .concat();
    let pixels = b"\xE0\x7F\x10\0OW\0\0\x08\0\0\0\x01\0\x02\0\x03\0\x04\xF0";
    let slice = [&head[..], pixels].concat();
    seeds.put("dicom", "file", &[0], &dicom::data_set("1.2.840.10008.1.2.1", &slice))?;
    seeds.put("dicom", "explicit", &[2], &slice)?;
    seeds.put("dicom", "deflated", &[4], &slice)?;
    seeds.put("dicom", "implicit", &[1], b"\x10\0\x10\0\x08\0\0\0Doe^Jane\x08\0\x40\x11\x18\0\0\0\xFE\xFF\0\xE0\x10\0\0\0\x08\0\x55\x11\x08\0\0\x001.2.3.5\0")?;
    seeds.put("dicom", "big-endian", &[3], b"\0\x10\0\x10PN\0\x08Doe^Jane\0\x28\0\x10US\0\x02\0\x02")?;
    let run_lengths = [&[1, 0, 0, 0, 64, 0, 0, 0][..], &[0; 56], &[7, 0, 0, 0, 0, 1, 2, 3, 4]].concat();
    let length = u32::try_from(run_lengths.len() + 1)?.to_le_bytes();
    let fragments = [
        &b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\0\xE0"[..],
        &length,
        &run_lengths,
        b"\0\xFE\xFF\xDD\xE0\0\0\0\0",
    ]
    .concat();
    let compressed = [&head[..], &fragments].concat();
    seeds.put("dicom", "run-lengths", &[0], &dicom::data_set("1.2.840.10008.1.2.5", &compressed))?;
    let stripes: Vec<u8> =
        (0..64 * 24_u32).map(|at| if at % 4 == 0 && at / 64 % 12 < 8 { 250 } else { 64 }).collect();
    seeds.put("dicom", "picture", &[5], &stripes)
}

fn dicom_peers(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let (class, instance) = (Uid::parse("1.2.840.10008.5.1.4.1.1.2")?, Uid::parse("1.2.3")?);
    let store = DimseRequest::Store { id: 7, class, instance };
    seeds.put("dicomnet", "echo", &[0], &DimseRequest::Echo { id: 1 }.encode())?;
    seeds.put("dicomnet", "store", &[0], &store.encode())?;
    let answer = store.answered(Status::OTHER_BYTES, Some("another object is there".into()));
    seeds.put("dicomnet", "refused", &[1], &answer.encode())?;
    let kind = b"multipart/related; type=\"application/dicom\"; boundary=b";
    seeds.put("dicomnet", "content-type", &[2], kind)?;
    seeds.put("dicomnet", "parts", &[3], &multipart::write(&[b"one", b""], "application/dicom", "b"))
}

fn models_and_tables(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for entry in std::fs::read_dir(root.join("offchain/parties/inference/tests/fixtures"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "onnx") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            seeds.put("model", &name, &[], &std::fs::read(&path)?)?;
        }
    }
    seeds.put("model", "wdbc", &[], &std::fs::read(root.join("models/wdbc.onnx"))?)?;
    let rows = bithive_inference::Features::new(2, vec![0.5, 1.0, -2.0, 4.0])?;
    seeds.put("table", "csv", &[0], b"radius,texture,diagnosis\n1.5,2,M\n0.25,-3e2,B\n")?;
    seeds.put("table", "quoted", &[0], b"\"a \"\"b\"\"\" , label\n 1,0\r\n\n2,1")?;
    seeds.put("table", "matrix", &[1], &rows.encode())
}

fn images(seeds: &Seeds<'_>) -> Result<(), Fault> {
    let shape = Shape::new(2, 1, 1, 2)?;
    let spacing = Some(Spacing::new(0.5, 0.75)?);
    let floats = Images::new(shape, spacing, vec![1.0f32, -0.0, 0.5, 3.25])?.encode();
    seeds.put("images", "float32", &[0], &floats)?;
    seeds.put(
        "images",
        "int16",
        &[0],
        &Images::new(shape, spacing, vec![-1024i16, 3071, 0, 40])?.encode(),
    )?;
    seeds.put("images", "uint8", &[0], &Images::new(shape, None, vec![0u8, 1, 2, 255])?.encode())?;
    seeds.put("images", "input", &[1], &floats)?;
    let section = br#"{"channels":[0],"height":3,"width":2,"resize":"bilinear","window":{"level":40.0,"width":400.0},"mean":[0.5],"std":[0.25]}"#;
    seeds.put("images", "manifest", &[2], &[&section[..], b"\n", &floats].concat())
}
