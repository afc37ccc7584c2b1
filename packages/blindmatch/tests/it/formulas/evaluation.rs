//! Blind evaluation: points, answers with their proofs, tags.

use std::collections::BTreeMap;

use curve25519_dalek::{RistrettoPoint, Scalar};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::{
    array, bytes, committee, hex_of, list, long, number, rows, sha256, sha512, short, sized, text, word,
};

pub fn encoded(point: &RistrettoPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// hash_to_ristretto255 of RFC 9380: expand_message_xmd with SHA-512 to 64 bytes, then the map of RFC 9496.
pub fn hash_to_group(message: &[u8]) -> RistrettoPoint {
    let dst = b"BITHIVE-V1/blindmatch/ristretto255_XMD:SHA-512_R255MAP_RO_";
    let suffix = [&dst[..], &[u8::try_from(dst.len()).unwrap()]].concat();
    let first = Sha512::digest([&[0; 128], message, &[0, 64, 0], &suffix].concat());
    let second = Sha512::digest([&first[..], &[1], &suffix].concat());
    RistrettoPoint::from_uniform_bytes(&second.into())
}

/// H, the base of blinds of commitments.
pub fn commitment_base() -> RistrettoPoint {
    hash_to_group(b"answer-commitment-base")
}

/// P, the point of an answer to a slot.
pub fn answer_point(schema: &[u8], slot: u16, value: &str) -> RistrettoPoint {
    hash_to_group(&[schema, &slot.to_be_bytes(), value.as_bytes()].concat())
}

/// s, the blind of the commitment to a slot's answer, of a contributor with these answers by slot.
pub fn answer_blind(schema: &[u8], nonce: &[u8], answers: &[String], slot: u16) -> Scalar {
    let answer = |(slot, value): (u16, &String)| [&slot.to_be_bytes()[..], &sized(value.as_bytes())].concat();
    let all = sha256("answer-inputs", &(0..).zip(answers).flat_map(answer).collect::<Vec<u8>>());
    scalar(sha512("answer-blind", &[schema, nonce, &all, &slot.to_be_bytes()].concat()))
}

fn scalar(wide: [u8; 64]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&wide)
}

/// One input on its way to the request.
struct Blinded {
    slot: u16,
    value: String,
    random: Vec<u8>,
    point: RistrettoPoint,
    blind: Scalar,
}

impl Blinded {
    fn new(schema: &[u8], row: &Value) -> Self {
        let (slot, value, random) = (number::<u16>(&row["slot"]), text(&row["value"]), bytes(&row["random"]));
        let blind = scalar(random.clone().try_into().unwrap());
        Self { slot, value: value.to_owned(), random, point: answer_point(schema, slot, value), blind }
    }

    fn blinded(&self) -> RistrettoPoint {
        self.point * self.blind
    }

    fn json(&self) -> Value {
        json!({
            "slot": self.slot, "value": self.value, "random": hex_of(&self.random),
            "point": hex_of(encoded(&self.point)), "blind": hex_of(self.blind.as_bytes()),
            "blinded": hex_of(encoded(&self.blinded())),
        })
    }
}

/// A member's answer: its proof is over the slots of the request in rising order.
fn answer(all: &Value, epoch: u64, inputs: &[Blinded], row: &Value) -> Value {
    let (member, random) = (number::<u8>(&row["member"]), array::<32>(&row["random"]));
    let share = |slot: u16| committee::share(&all["committee"], member, slot);
    let mut slots: BTreeMap<u16, Vec<RistrettoPoint>> = BTreeMap::new();
    inputs.iter().for_each(|input| slots.entry(input.slot).or_default().push(input.blinded()));
    let mut statement = [&epoch.to_be_bytes()[..], &[member], &long(slots.len())].concat();
    for (slot, points) in &slots {
        let key = encoded(&RistrettoPoint::mul_base(&share(*slot)));
        statement.extend([&slot.to_be_bytes()[..], &key, &long(points.len())].concat());
        points.iter().for_each(|p| statement.extend([encoded(p), encoded(&(p * share(*slot)))].concat()));
    }
    let statement = sha512("dleq-statement", &statement);
    let weight = |index: usize| -> [u8; 16] {
        let wide = sha512("dleq-weight", &[&statement[..], &long(index)].concat());
        wide[..16].try_into().unwrap()
    };
    let nonce = |(index, slot): (usize, &u16)| {
        let parts = [&statement[..], &random, &long(index), share(*slot).as_bytes()].concat();
        Scalar::from_bytes_mod_order_wide(&sha512("dleq-nonce", &parts))
    };
    let nonces: Vec<Scalar> = slots.keys().enumerate().map(nonce).collect();
    let mut weights = (0..inputs.len()).map(|index| Scalar::from(u128::from_le_bytes(weight(index))));
    let combined: Vec<RistrettoPoint> =
        slots.values().map(|points| points.iter().map(|p| p * weights.next().unwrap()).sum()).collect();
    let commitments: Vec<[u8; 32]> = nonces.iter().map(|a| encoded(&RistrettoPoint::mul_base(a))).collect();
    let last = encoded(&nonces.iter().zip(&combined).map(|(a, m)| m * a).sum());
    let parts = [&statement[..], &commitments.concat(), &last].concat();
    let challenge = Scalar::from_bytes_mod_order_wide(&sha512("dleq-challenge", &parts));
    let responses: Vec<Scalar> =
        nonces.iter().zip(slots.keys()).map(|(a, slot)| a + challenge * share(*slot)).collect();
    let evaluated: Vec<[u8; 32]> = inputs.iter().map(|i| encoded(&(i.blinded() * share(i.slot)))).collect();
    let mut response = [&[1, member][..], &short(evaluated.len()), &evaluated.concat()].concat();
    response.extend([challenge.as_bytes(), &short(responses.len())[..]].concat());
    responses.iter().for_each(|z| response.extend(z.as_bytes()));
    json!({
        "member": member, "random": hex_of(random),
        "evaluated": list(&evaluated, hex_of),
        "statement": hex_of(statement),
        "weights": list(0..inputs.len(), |index| hex_of(weight(index))),
        "combined_inputs": list(&combined, |m| hex_of(encoded(m))),
        "nonces": list(&nonces, |a| hex_of(a.as_bytes())),
        "commitments": list(&commitments, hex_of),
        "combined_commitment": hex_of(last),
        "challenge": hex_of(challenge.as_bytes()),
        "responses": list(&responses, |z| hex_of(z.as_bytes())),
        "response": hex_of(response),
    })
}

/// The factor of each member at 0.
fn lagrange(members: &[u8]) -> Vec<Scalar> {
    let factor = |i: &u8| {
        let others = members.iter().filter(|j| *j != i).map(|j| Scalar::from(*j));
        others.map(|j| j * (j - Scalar::from(*i)).invert()).product()
    };
    members.iter().map(factor).collect()
}

pub fn section(all: &Value, inputs: &Value) -> Value {
    let epoch: u64 = number(&all["committee"]["epoch"]);
    let schema = bytes(&all["schemas"][text(&inputs["schema"])]["digest"]);
    let blinded: Vec<Blinded> =
        rows(&inputs["inputs"]).iter().map(|row| Blinded::new(&schema, row)).collect();
    let mut request = [&[2][..], &epoch.to_be_bytes(), &short(blinded.len())].concat();
    for input in &blinded {
        request.extend([&input.slot.to_be_bytes()[..], &encoded(&input.blinded())].concat());
    }
    let request_digest = sha256("evaluate-request", &sized(&request));
    let proof = inputs.get("proof").map(|proof| answer_proof(all, &blinded, &request_digest, proof));
    request.push(u8::from(proof.is_some()));
    if let Some(proof) = &proof {
        request.extend(bytes(&proof["encoding"]));
    }
    let members: Vec<u8> = rows(&inputs["answers"]).iter().map(|row| number(&row["member"])).collect();
    let factors = lagrange(&members);
    let mut tags = BTreeMap::new();
    for input in &blinded {
        let evaluated =
            members.iter().map(|i| input.blinded() * committee::share(&all["committee"], *i, input.slot));
        let sum: RistrettoPoint = evaluated.zip(&factors).map(|(point, factor)| point * factor).sum();
        let point = encoded(&(sum * input.blind.invert()));
        let tag = sha256("tag", &[&input.slot.to_be_bytes()[..], &epoch.to_be_bytes(), &point].concat());
        tags.insert((input.slot, input.value.clone()), (point, tag));
    }
    let mut stored = [&[2][..], &schema, &epoch.to_be_bytes(), &short(tags.len())].concat();
    for ((slot, value), (_, tag)) in &tags {
        stored.extend([&slot.to_be_bytes()[..], &word(value), tag].concat());
    }
    let mut section = json!({
        "schema": inputs["schema"],
        "inputs": list(&blinded, Blinded::json),
        "request_digest": hex_of(request_digest),
        "request": hex_of(request),
        "answers": list(rows(&inputs["answers"]), |row| answer(all, epoch, &blinded, row)),
        "factors": list(&factors, |factor| hex_of(factor.as_bytes())),
        "tags": list(&tags, |((slot, value), (point, tag))| json!({
            "slot": slot, "value": value, "point": hex_of(point), "tag": hex_of(tag),
        })),
        "tags_encoding": hex_of(stored),
    });
    if let Some(proof) = proof {
        section["proof"] = proof;
    }
    section
}

/// The proof that the points are of committed answers.
fn answer_proof(all: &Value, inputs: &[Blinded], request_digest: &[u8], proof: &Value) -> Value {
    let own = &all["attributes"][number::<usize>(&proof["attributes"])];
    let schema = bytes(&all["schemas"][text(&own["schema"])]["digest"]);
    let (nonce, account, random) = (bytes(&own["nonce"]), text(&proof["account"]), bytes(&proof["random"]));
    let answers: Vec<String> =
        rows(&own["inputs"]).iter().map(|row| text(&row["value"]).to_owned()).collect();
    let commitments: Vec<Vec<u8>> = rows(&own["commitments"]).iter().map(bytes).collect();
    let statement = [&bytes(&own["commitment"])[..], &sized(account.as_bytes()), request_digest].concat();
    let statement = sha512("answers-statement", &statement);
    let nonces = |(index, input): (usize, &Blinded)| {
        let opening = answer_blind(&schema, &nonce, &answers, input.slot);
        let nonce = |part: u8, secret: &Scalar| {
            let parts = [&statement[..], &random, &long(index), &[part], secret.as_bytes()].concat();
            scalar(sha512("answers-nonce", &parts))
        };
        [nonce(0, &input.blind), nonce(1, &opening)]
    };
    let nonces: Vec<[Scalar; 2]> = inputs.iter().enumerate().map(nonces).collect();
    let first = |(input, [a, b]): (&Blinded, &[Scalar; 2])| {
        let opening = answer_blind(&schema, &nonce, &answers, input.slot);
        let commitment = input.point + commitment_base() * opening;
        encoded(&(commitment * a - commitment_base() * b))
    };
    let first: Vec<[u8; 32]> = inputs.iter().zip(&nonces).map(first).collect();
    let challenge = scalar(sha512("answers-challenge", &[&statement[..], &first.concat()].concat()));
    let respond = |(input, [a, b]): (&Blinded, &[Scalar; 2])| {
        let u = input.blind * answer_blind(&schema, &nonce, &answers, input.slot);
        [a + challenge * input.blind, b + challenge * u]
    };
    let responses: Vec<[Scalar; 2]> = inputs.iter().zip(&nonces).map(respond).collect();
    let mut encoding = [&short(commitments.len())[..], &commitments.concat(), challenge.as_bytes()].concat();
    responses.iter().flatten().for_each(|response| encoding.extend(response.as_bytes()));
    let pairs =
        |pairs: &[[Scalar; 2]]| list(pairs, |[z, w]| json!([hex_of(z.as_bytes()), hex_of(w.as_bytes())]));
    json!({
        "attributes": proof["attributes"], "account": account, "random": hex_of(random),
        "statement": hex_of(statement), "nonces": pairs(&nonces), "commitments": list(&first, hex_of),
        "challenge": hex_of(challenge.as_bytes()), "responses": pairs(&responses), "encoding": hex_of(encoding),
    })
}

/// The tag of an input, as the section has it.
pub fn tag_of(section: &Value, slot: u16, value: &str) -> [u8; 32] {
    let row = rows(&section["tags"]).iter().find(|row| row["slot"] == slot && row["value"] == value);
    array(&row.unwrap()["tag"])
}
