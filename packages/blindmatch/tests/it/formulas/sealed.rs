//! Vaults and claims.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use hpke::{
    Deserializable, Kem, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_seal_with_rng,
};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Replay, array, bytes, evaluation, hex_of, list, number, rows, sha256, short, sized, text, word};

/// A product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        product ^= if b & 1 == 1 { a } else { 0 };
        a = a << 1 ^ if a & 0x80 == 0 { 0 } else { 0x1b };
        b >>= 1;
    }
    product
}

pub fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// Shares of every leaf under a node, left to right.
fn share(node: &Value, secret: &[u8], random: &mut Replay) -> Vec<Vec<u8>> {
    let Some(children) = node.get("of").map(rows) else { return vec![secret.to_vec()] };
    let needed: usize = number(&node["needed"]);
    let mut draw = |count: usize| -> Vec<Vec<u8>> { (0..count).map(|_| random.take(20)).collect() };
    let parts = if needed == children.len() {
        let mut parts = draw(needed - 1);
        parts.push(parts.iter().fold(secret.to_vec(), |rest, part| plus(&rest, part)));
        parts
    } else {
        let coefficients = draw(needed - 1);
        let at = |x: u8| {
            let (mut sum, mut power) = (secret.to_vec(), 1);
            for coefficient in &coefficients {
                power = times(power, x);
                let term: Vec<u8> = coefficient.iter().map(|byte| times(*byte, power)).collect();
                sum = plus(&sum, &term);
            }
            sum
        };
        (1..=children.len()).map(|x| at(u8::try_from(x).unwrap())).collect()
    };
    children.iter().zip(parts).flat_map(|(child, part)| share(child, &part, random)).collect()
}

/// What a node shares, from those shares of leaves that are known.
pub fn join(node: &Value, shares: &mut impl Iterator<Item = Option<Vec<u8>>>) -> Option<Vec<u8>> {
    let Some(children) = node.get("of").map(rows) else { return shares.next().unwrap() };
    let needed: usize = number(&node["needed"]);
    let parts: Vec<(u8, Vec<u8>)> = (1..)
        .zip(children)
        .map(|(x, child)| (x, join(child, shares)))
        .filter_map(|(x, p)| Some((x, p?)))
        .collect();
    let parts = parts.get(..needed)?;
    let factor = |x: u8| {
        let others = parts.iter().map(|(other, _)| *other).filter(|other| *other != x);
        others.fold(1, |factor, other| times(factor, times(other, inverse(other ^ x))))
    };
    let term = |(x, part): &(u8, Vec<u8>)| -> Vec<u8> {
        let factor = if needed == children.len() { 1 } else { factor(*x) };
        part.iter().map(|byte| times(*byte, factor)).collect()
    };
    Some(parts.iter().map(term).fold(vec![0; 20], |sum, term| plus(&sum, &term)))
}

fn inverse(a: u8) -> u8 {
    (1..=255).find(|b| times(a, *b) == 1).unwrap()
}

/// The tree with the leaves of each gate over one slot in the order of their keys.
fn shuffled(node: &Value, random: &mut Replay) -> Value {
    let Some(children) = node.get("of").map(rows) else { return node.clone() };
    let slot = children[0].get("slot");
    if slot.is_some() && children.iter().all(|child| child.get("slot") == slot) {
        let key = |child| (u64::from_le_bytes(random.take(8).try_into().unwrap()), child);
        let mut keyed: Vec<(u64, &Value)> = children.iter().map(key).collect();
        keyed.sort_by_key(|(key, _)| *key);
        json!({ "needed": node["needed"], "of": list(keyed, |(_, child)| child.clone()) })
    } else {
        json!({ "needed": node["needed"], "of": list(children, |child| shuffled(child, random)) })
    }
}

pub fn leaves(node: &Value) -> Vec<&Value> {
    node.get("of").map_or(vec![node], |children| rows(children).iter().flat_map(leaves).collect())
}

fn encoded_tree(node: &Value) -> Vec<u8> {
    match node.get("of") {
        None => vec![0, number(&node["slot"])],
        Some(children) => {
            let head = [number(&node["needed"]), u8::try_from(rows(children).len()).unwrap()];
            [head.to_vec(), rows(children).iter().flat_map(encoded_tree).collect()].concat()
        }
    }
}

/// The bytes of each use, in the order of use.
pub fn random_of(vault: &Value) -> Vec<u8> {
    ["shuffle", "nonce", "secret", "sharing", "decoys"]
        .iter()
        .flat_map(|part| bytes(&vault["random"][part]))
        .collect()
}

/// The mask of a leaf by its number.
pub fn mask(tag: &[u8; 32], head: &[u8], leaf: usize) -> Vec<u8> {
    // The tag of the hash fills its first block, the head the second one.
    let pad = vec![0; 64 - "BITHIVE-V1/blindmatch/vault-mask/".len()];
    sha256("vault-mask", &[&pad[..], head, &[0; 32], tag, &short(leaf)].concat())[..20].to_vec()
}

/// Chain, market and account of who posts.
pub fn poster(parts: [&str; 3]) -> [u8; 32] {
    sha256("vault-poster", &parts.map(|part| sized(part.as_bytes())).concat())
}

/// What the secret has to fit.
pub fn commitment_to(secret: &[u8], poster: &[u8; 32], terms: &[u8]) -> [u8; 32] {
    sha256("vault-commitment", &[secret, poster, &sized(terms)].concat())
}

/// What the masks are bound to.
pub fn head(poster: &[u8; 32], commitment: &[u8; 32], terms: &[u8]) -> [u8; 32] {
    sha256("vault-head", &[&poster[..], commitment, &sized(terms)].concat())
}

/// What binds the masked shares to the secret.
pub fn mac_of(secret: &[u8], head: &[u8; 32], masked: &[u8]) -> [u8; 16] {
    let digest = sha256("vault-mac", &[secret, head, &sized(masked)].concat());
    digest[..16].try_into().unwrap()
}

/// K_r of an encoded vault.
pub fn match_key(secret: &[u8], poster: &[u8; 32], vault: &[u8]) -> [u8; 32] {
    // The nonce follows version, epoch and schema digest.
    let (nonce, digest) = (&vault[41..57], sha256("vault", &sized(vault)));
    let info = [&b"BITHIVE-V1/blindmatch/match-key/"[..], poster, &digest].concat();
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(nonce), secret).expand(&info, &mut key).unwrap();
    key
}

pub fn vault(all: &Value, inputs: &Value) -> Value {
    let policy = &rows(&all["policies"])[number::<usize>(&inputs["policy"])];
    let tags = &all["evaluations"][text(&inputs["tags"])];
    let epoch: u64 = number(&all["committee"]["epoch"]);
    let mut random = Replay::new(random_of(inputs));
    let tree = shuffled(&policy["tree"], &mut random);
    let nonce = random.take(16);
    let mut secret = random.take(20);
    secret[..8].fill(0);
    let shares = share(&tree, &secret, &mut random);
    let masks_of = |head: &[u8]| -> Vec<Option<Vec<u8>>> {
        leaves(&tree)
            .iter()
            .enumerate()
            .map(|(number, leaf)| {
                let tag = evaluation::tag_of(tags, number_of(leaf), text(leaf.get("value")?));
                Some(mask(&tag, head, number))
            })
            .collect()
    };
    let schema = bytes(&all["schemas"][text(&policy["schema"])]["digest"]);
    let (requester, endpoint) = (bytes(&all["requester"]["key"]), array::<32>(&inputs["endpoint"]));
    let poster = poster(["chain_id", "jobs_contract", "address"].map(|part| text(&inputs["poster"][part])));
    let terms = [
        &[4][..],
        &epoch.to_be_bytes(),
        &schema,
        &nonce,
        &requester,
        &endpoint,
        &short(leaves(&tree).len()),
        &encoded_tree(&tree),
    ]
    .concat();
    let commitment = commitment_to(&secret, &poster, &terms);
    let head = head(&poster, &commitment, &terms);
    let masks = masks_of(&head);
    let masked: Vec<Vec<u8>> = masks
        .iter()
        .zip(&shares)
        .map(|(mask, share)| mask.as_ref().map_or_else(|| random.take(20), |mask| plus(mask, share)))
        .collect();
    random.finish();
    let mac = mac_of(&secret, &head, &masked.concat());
    let vault = [terms, commitment.to_vec(), mac.to_vec(), masked.concat()].concat();
    let digest = sha256("vault", &sized(&vault));
    let key = match_key(&secret, &poster, &vault);
    json!({
        "policy": inputs["policy"], "tags": inputs["tags"], "endpoint": hex_of(endpoint),
        "poster": inputs["poster"], "random": inputs["random"], "commitment": hex_of(commitment), "head": hex_of(head), "tree": tree, "secret": hex_of(secret),
        "shares": list(&shares, hex_of),
        "masks": list(&masks, |mask| json!(mask.as_ref().map(hex::encode))),
        "masked": list(&masked, hex_of), "mac": hex_of(mac),
        "vault": hex_of(vault), "digest": hex_of(digest), "match_key": hex_of(key),
    })
}

fn number_of(leaf: &Value) -> u16 {
    number(&leaf["slot"])
}

pub fn requester(inputs: &Value) -> Value {
    let random = array::<32>(&inputs["random"]);
    let (secret, public) = X25519HkdfSha256::derive_keypair(&random);
    json!({
        "random": hex_of(random), "secret": hex_of(secret.to_bytes()), "key": hex_of(public.to_bytes()),
        "encoding": hex_of([&[1][..], &secret.to_bytes()].concat()),
    })
}

pub fn claim(all: &Value, inputs: &Value) -> Value {
    let (slot, job_id): (u16, u64) = (number(&inputs["slot"]), number(&inputs["job_id"]));
    let ask: u128 = text(&inputs["ask"]).parse().unwrap();
    let (consent, random) = (array::<96>(&inputs["consent"]), array::<32>(&inputs["random"]));
    let context = [word(text(&inputs["chain_id"])), word(text(&inputs["jobs_contract"]))].concat();
    let info = [&b"BITHIVE-V1/blindmatch/claim/"[..], &context, &job_id.to_be_bytes()].concat();
    let mut body = [&[1][..], &word(text(&inputs["address"]))].concat();
    body.resize(92, 0);
    body.extend([&slot.to_be_bytes()[..], &ask.to_be_bytes(), &consent].concat());
    let key = bytes(&all["vaults"][number::<usize>(&inputs["vault"])]["match_key"]);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(&[&sized(&info)[..], &body].concat());
    let mac: [u8; 32] = mac.finalize().into_bytes().into();
    let recipient = bytes(&all["requester"]["key"]);
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &Deserializable::from_bytes(&recipient).unwrap(),
            &info,
            &[&body[..], &mac].concat(),
            &[1],
            &mut Replay::new(random),
        )
        .unwrap();
    let encapsulated = encapsulated.to_bytes();
    json!({
        "vault": inputs["vault"], "chain_id": inputs["chain_id"], "jobs_contract": inputs["jobs_contract"],
        "job_id": job_id, "address": inputs["address"], "slot": slot, "ask": inputs["ask"],
        "consent": hex_of(consent), "random": hex_of(random),
        "info": hex_of(info), "body": hex_of(body), "mac": hex_of(mac), "encapsulated": hex_of(encapsulated),
        "sealed": hex_of([&[1][..], &encapsulated, &ciphertext].concat()),
    })
}
