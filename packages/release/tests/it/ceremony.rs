//! Members make a key; those that do it wrongly are named.

use bithive_release::ceremony::{Card, Ceremony, Deal, Secret};
use bithive_release::{CeremonyError, DecodeError, MemberKey, combine};

use crate::common::{answer, rng, wrapped};

struct Town {
    secrets: Vec<Secret>,
    cards: Vec<Card>,
}

fn town(n: u8) -> Town {
    let mut rng = rng(n.into());
    let secrets: Vec<_> = (0..n).map(|_| Secret::generate(&mut rng)).collect();
    // Endpoints in the opposite order of the members.
    let card = |(secret, number): (&Secret, u8)| secret.card([200 - number; 32], &mut rng);
    let cards = secrets.iter().zip(1..).map(card).collect();
    Town { secrets, cards }
}

impl Town {
    fn ceremony(&self, threshold: u8) -> Ceremony {
        Ceremony::new(self.cards.clone(), threshold).unwrap()
    }

    fn deals(&self, threshold: u8) -> Vec<Deal> {
        let ceremony = self.ceremony(threshold);
        self.secrets.iter().map(|secret| ceremony.deal(secret, &mut rng(1)).unwrap()).collect()
    }
}

#[test]
fn members_that_follow_the_steps_have_one_key_of_which_each_has_a_share() {
    for (n, t) in [(2, 2), (3, 2), (5, 3), (7, 7)] {
        let town = town(n);
        let deals = town.deals(t);
        let ceremony = town.ceremony(t);
        // Files in any order.
        let reversed: Vec<_> = deals.iter().rev().cloned().collect();
        let keys: Vec<MemberKey> =
            town.secrets.iter().map(|secret| ceremony.finish(secret, &reversed).unwrap()).collect();
        assert!(keys.iter().all(|key| key.committee() == keys[0].committee()));
        let numbers: Vec<_> = keys.iter().map(MemberKey::member).collect();
        assert_eq!(numbers, (1..=n).rev().collect::<Vec<_>>(), "in order of endpoints");
        for (key, card) in keys.iter().zip(&town.cards) {
            assert_eq!(key.endpoint(), card.endpoint());
        }
        let (key, label, wrap) = wrapped(&keys, 3);
        let shares: Vec<_> = keys.iter().take(t.into()).map(|key| answer(key, &wrap, &label)).collect();
        let combined = combine(keys[0].committee(), &wrap, &label, &shares).unwrap();
        assert_eq!(combined.commitment(), key.commitment());
    }
}

#[test]
fn a_step_that_is_repeated_has_the_same_result_and_another_ceremony_another() {
    let town = town(3);
    let deals = town.deals(2);
    let finish = |deals: &[Deal], threshold| {
        town.ceremony(threshold).finish(&town.secrets[0], deals).unwrap().committee().id()
    };
    let id = finish(&deals, 2);
    // Each deal is made again, with other randomness for its proof.
    let ceremony = town.ceremony(2);
    let again: Vec<_> =
        town.secrets.iter().map(|secret| ceremony.deal(secret, &mut rng(99)).unwrap()).collect();
    assert_ne!(deals, again);
    assert_eq!(finish(&again, 2), id);
    assert_ne!(finish(&town.deals(3), 3), id);
    let read = Secret::decode(&town.secrets[0].encode()).unwrap();
    assert_eq!(ceremony.finish(&read, &deals).unwrap().committee().id(), id);
}

#[test]
fn who_deals_wrongly_or_not_at_all_is_named_and_nobody_has_a_key() {
    let town = town(3);
    let (ceremony, deals) = (town.ceremony(2), town.deals(2));
    let finish = |deals: &[Deal]| ceremony.finish(&town.secrets[0], deals).err();
    // Members are numbered by endpoint: the last secret has number 1.
    let number = |index: usize| 3 - index as u8;
    assert_eq!(deals[1].dealer(), number(1));
    let missing = [deals[0].clone(), deals[2].clone()];
    assert_eq!(finish(&missing), Some(CeremonyError::Deals { member: 2, found: 0 }));
    let twice = [&deals[..], &deals[1..2]].concat();
    assert_eq!(finish(&twice), Some(CeremonyError::Deals { member: 2, found: 2 }));
    let other = town.deals(3).swap_remove(1);
    let mixed = [deals[0].clone(), other, deals[2].clone()];
    assert_eq!(finish(&mixed), Some(CeremonyError::OtherSession { member: 2 }));
    // One bit of what it dealt to the member who looks.
    let changed = |place: usize| {
        let mut bytes = deals[1].encode();
        bytes[place] ^= 1;
        [deals[0].clone(), Deal::decode(&bytes).unwrap(), deals[2].clone()]
    };
    let values = 1 + 32 + 3 + 2 * 48 + 64;
    let own = values + 32 * usize::from(number(0) - 1) + 31;
    assert_eq!(finish(&changed(own)), Some(CeremonyError::Share { member: 2 }));
    // What it dealt to somebody else is that member's to find.
    assert_eq!(finish(&changed(values + 31)), None);
    assert_eq!(finish(&changed(1 + 32 + 3 + 2 * 48 + 63)), Some(CeremonyError::Proof { member: 2 }));
    // Coefficients of another member, which it does not know.
    let mut stolen = deals[1].encode();
    let coefficients = 36..36 + 2 * 48;
    stolen[coefficients.clone()].copy_from_slice(&deals[2].encode()[coefficients]);
    let stolen = [deals[0].clone(), Deal::decode(&stolen).unwrap(), deals[2].clone()];
    assert_eq!(finish(&stolen), Some(CeremonyError::Proof { member: 2 }));
    let stranger = Secret::generate(&mut rng(1));
    assert_eq!(ceremony.finish(&stranger, &deals).err(), Some(CeremonyError::NotAMember));
    assert_eq!(ceremony.deal(&stranger, &mut rng(1)).err(), Some(CeremonyError::NotAMember));
}

#[test]
fn cards_of_one_member_are_no_committee_and_a_card_shows_that_its_key_is_known() {
    let town = town(3);
    let with = |card: Card| Ceremony::new([&town.cards[..], &[card]].concat(), 3).err();
    let same_key = town.secrets[0].card([9; 32], &mut rng(1));
    assert_eq!(with(same_key), Some(CeremonyError::SameCard { what: "key" }));
    let same_endpoint = Secret::generate(&mut rng(1)).card(town.cards[0].endpoint(), &mut rng(1));
    assert_eq!(with(same_endpoint), Some(CeremonyError::SameCard { what: "endpoint" }));
    // The key of another card under an endpoint of its own.
    let mut stolen = town.cards[0].encode();
    stolen[1..33].fill(7);
    assert!(matches!(Card::decode(&stolen), Err(DecodeError::Invalid { field: "proof", .. })));
    for (members, threshold) in [(1, 1), (3, 1), (3, 4), (3, 0)] {
        let cards = town.cards[..members].to_vec();
        let refused = Ceremony::new(cards, threshold).err();
        assert_eq!(refused, Some(CeremonyError::Params { members, threshold }));
    }
}
