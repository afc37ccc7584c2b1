//! Known answers. `vectors/README.md` says what each field is, so that other implementations can check theirs.

use bithive_attest::Domain;
use bithive_release::ceremony::{Ceremony, Secret};
use bithive_release::{ContentKey, Label, Wrap, combine};
use serde_json::{Value, json};

use crate::common::{answer, rng};

const PATH: &str = "tests/vectors/release.json";

/// A ceremony of two of three, and a content.
fn computed() -> Value {
    let mut rng = rng(1);
    let secrets: Vec<_> = (0..3).map(|_| Secret::generate(&mut rng)).collect();
    let cards: Vec<_> =
        secrets.iter().zip(1..).map(|(secret, number)| secret.card([number; 32], &mut rng)).collect();
    let ceremony = Ceremony::new(cards.clone(), 2).unwrap();
    let deals: Vec<_> = secrets.iter().map(|secret| ceremony.deal(secret, &mut rng).unwrap()).collect();
    let keys: Vec<_> = secrets.iter().map(|secret| ceremony.finish(secret, &deals).unwrap()).collect();
    let committee = keys[0].committee();
    let grants = Domain { chain_id: "bithive-vectors-1", contract: "bithive1grants" };
    let key = ContentKey::generate(&mut rng);
    let label = Label { grants, author: "bithive1author", content: [9; 32], commitment: key.commitment() };
    let wrap = Wrap::seal(committee, &label, &key, &mut rng);
    let shares: Vec<_> = keys.iter().map(|key| answer(key, &wrap, &label)).collect();
    let combined = combine(committee, &wrap, &label, &shares[1..]).unwrap();
    assert_eq!(combined.commitment(), key.commitment());
    json!({
        "threshold": 2,
        "secrets": secrets.iter().map(|secret| hex::encode(secret.encode())).collect::<Vec<_>>(),
        "cards": cards.iter().map(|card| hex::encode(card.encode())).collect::<Vec<_>>(),
        "deals": deals.iter().map(|deal| hex::encode(deal.encode())).collect::<Vec<_>>(),
        "member_keys": keys.iter().map(|key| hex::encode(key.encode())).collect::<Vec<_>>(),
        "committee": hex::encode(committee.encode()),
        "committee_id": hex::encode(committee.id()),
        "chain_id": grants.chain_id,
        "contract": grants.contract,
        "author": label.author,
        "content": hex::encode(label.content),
        "commitment": hex::encode(label.commitment),
        "wrap": hex::encode(wrap.encode()),
        "shares": shares.iter().map(|(_, share)| hex::encode(share.encode())).collect::<Vec<_>>(),
    })
}

/// Written anew by BITHIVE_WRITE_GOLDEN=1 cargo test -p bithive-release --test it vectors
#[test]
fn encodings_ids_and_proofs_are_those_of_the_known_answers() {
    let text = serde_json::to_string_pretty(&computed()).unwrap() + "\n";
    if std::env::var_os("BITHIVE_WRITE_GOLDEN").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(PATH).unwrap_or_default(), text);
}
