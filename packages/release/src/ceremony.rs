//! How members make a key of which each has a share and nobody has the whole.
//!
//! Each member writes a [`Card`] with a key to which others can encrypt. With the cards of all, each member deals ([`Ceremony::deal`]): it draws a
//! polynomial of degree t - 1, publishes its coefficients times the generator with a proof that it knows the first one, and encrypts the
//! polynomial's value at each member's number to that member. With the deals of all, each member checks its own values and adds them up
//! ([`Ceremony::finish`]). The key is the sum of the polynomials' values at 0: the distributed key generation of Pedersen (1991) with the proofs of
//! FROST (RFC 9591's authors, 2020) against keys that are chosen after those of others.
//!
//! A member that deals last can influence some bits of the public key; it learns nothing by that, and the encryption here stays as hard
//! (Gennaro, Jarecki, Krawczyk, Rabin: "Secure distributed key generation for discrete-log based cryptosystems", 2007, section 5). A member that deals
//! differently to different members makes them finish with different committees: they compare [`Committee::id`](crate::Committee::id) before anything is wrapped.

mod card;
mod deal;

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, G1Sum, Scalar};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::committee::check_params;
use crate::numbers::{evaluate, evaluate_points};
use crate::{CeremonyError, Committee, MAX_MEMBERS, MemberKey, Seat};

pub use card::{Card, Secret};
pub use deal::Deal;

const SHARE_SALT: &[u8] = b"BITHIVE-V1/release-ceremony/share/";

/// The members of a ceremony, in order of their endpoints, and how many of them are needed.
pub struct Ceremony {
    cards: Vec<Card>,
    threshold: u8,
    session: [u8; 32],
}

impl Ceremony {
    /// A ceremony of these members; the order of the cards does not matter.
    ///
    /// # Errors
    /// [`CeremonyError::Params`], [`CeremonyError::SameCard`].
    pub fn new(mut cards: Vec<Card>, threshold: u8) -> Result<Self, CeremonyError> {
        check_params(cards.len(), threshold)?;
        cards.sort_by_key(|card| card.endpoint);
        for (index, card) in cards.iter().enumerate() {
            let mut others = cards.iter().skip(index.saturating_add(1));
            if others.clone().any(|other| other.endpoint == card.endpoint) {
                return Err(CeremonyError::SameCard { what: "endpoint" });
            }
            if others.any(|other| other.key == card.key) {
                return Err(CeremonyError::SameCard { what: "key" });
            }
        }
        let start = Encoder::new("release-session").fixed(&[threshold]);
        let stated =
            cards.iter().fold(start, |encoder, card| encoder.fixed(&card.endpoint).fixed(&card.key.encode()));
        let session = Sha256::digest(stated.finish()).into();
        Ok(Self { cards, threshold, session })
    }

    /// The members' numbers, from 1, and cards.
    fn members(&self) -> impl Iterator<Item = (u8, &Card)> {
        (1..=MAX_MEMBERS).zip(&self.cards)
    }

    /// The number of the member with this secret.
    fn own(&self, secret: &Secret) -> Result<u8, CeremonyError> {
        let key = G1::generator() * &secret.key();
        let own = self.members().find(|(_, card)| card.key == key);
        own.map(|(member, _)| member).ok_or(CeremonyError::NotAMember)
    }

    /// What a member deals. The same cards and threshold give the same values each time.
    ///
    /// # Errors
    /// [`CeremonyError::NotAMember`].
    pub fn deal(&self, secret: &Secret, rng: &mut impl CryptoRng) -> Result<Deal, CeremonyError> {
        self.deal_of_polynomial(secret, &secret.polynomial(&self.session, self.threshold), rng)
    }

    fn deal_of_polynomial(
        &self,
        secret: &Secret,
        polynomial: &[Scalar],
        rng: &mut impl CryptoRng,
    ) -> Result<Deal, CeremonyError> {
        let (dealer, key) = (self.own(secret)?, secret.key());
        let values = self.members().map(|(member, card)| {
            let shared = Zeroizing::new(card.key * &key);
            self.masked((dealer, member), &shared, &evaluate(polynomial, member).encode())
        });
        let values = values.collect();
        Ok(Deal::new((self.session, dealer), polynomial, values, rng))
    }

    /// Encrypts a value from one member to another, or decrypts it: both know the product of their keys. A pair of members has one value in a
    /// session, so no mask is used twice. That the value is right, its receiver sees by the dealer's coefficients.
    fn masked(&self, (from, to): (u8, u8), shared: &G1, value: &[u8; 32]) -> [u8; 32] {
        let secret = Zeroizing::new(shared.encode());
        let mut mask = Zeroizing::new([0; 32]);
        let info = [&self.session[..], &[from, to]].concat();
        // 32 bytes are within HKDF's limit of 255 blocks, so that expansion can't fail.
        let expanded =
            Hkdf::<Sha256>::new(Some(SHARE_SALT), secret.as_slice()).expand(&info, mask.as_mut_slice());
        debug_assert!(expanded.is_ok());
        core::array::from_fn(|index| value[index] ^ mask[index])
    }

    /// The key of the member with this secret, from the deals of all members, its own one too.
    ///
    /// # Errors
    /// [`CeremonyError`] names the member that is missing or has dealt wrongly.
    pub fn finish(&self, secret: &Secret, deals: &[Deal]) -> Result<MemberKey, CeremonyError> {
        let own = self.own(secret)?;
        let key = secret.key();
        let mut share = Scalar::zero();
        let mut keys = vec![G1Sum::new(); self.cards.len()];
        for (member, card) in self.members() {
            let deal = self.deal_of(member, deals)?;
            let index = usize::from(own).saturating_sub(1);
            let encrypted = deal.values.get(index).ok_or(CeremonyError::OtherSession { member })?;
            let shared = Zeroizing::new(card.key * &key);
            let value = Zeroizing::new(self.masked((member, own), &shared, encrypted));
            let value = Scalar::decode(value.as_slice()).map_err(|_| CeremonyError::Share { member })?;
            if G1::generator() * &value != evaluate_points(&deal.coefficients, own) {
                return Err(CeremonyError::Share { member });
            }
            share = share.add(&value);
            for ((other, _), sum) in self.members().zip(&mut keys) {
                sum.add(&evaluate_points(&deal.coefficients, other));
            }
        }
        let seats = self.cards.iter().zip(&keys);
        let seats = seats.map(|(card, key)| Seat { endpoint: card.endpoint, key: key.finish() }).collect();
        let committee = Committee::new(self.threshold, seats).ok_or(CeremonyError::NoKey)?;
        MemberKey::new(committee, own, share).ok_or(CeremonyError::NoKey)
    }

    /// The one deal of a member, made for this ceremony by somebody who knows what it has dealt.
    fn deal_of<'a>(&self, member: u8, deals: &'a [Deal]) -> Result<&'a Deal, CeremonyError> {
        let mut of_member = deals.iter().filter(|deal| deal.dealer == member);
        let (Some(deal), None) = (of_member.next(), of_member.next()) else {
            let found = deals.iter().filter(|deal| deal.dealer == member).count();
            return Err(CeremonyError::Deals { member, found });
        };
        if deal.session != self.session
            || deal.coefficients.len() != usize::from(self.threshold)
            || deal.values.len() != self.cards.len()
        {
            return Err(CeremonyError::OtherSession { member });
        }
        if deal.holds() { Ok(deal) } else { Err(CeremonyError::Proof { member }) }
    }
}

/// Makes the keys of a committee in one process, for a network whose users trust that process: it knows every share.
///
/// # Errors
/// [`CeremonyError::Params`], [`CeremonyError::SameCard`].
pub fn deal_all(
    endpoints: &[[u8; 32]],
    threshold: u8,
    rng: &mut impl CryptoRng,
) -> Result<Vec<MemberKey>, CeremonyError> {
    let secrets: Vec<Secret> = endpoints.iter().map(|_| Secret::generate(rng)).collect();
    let cards = secrets.iter().zip(endpoints).map(|(secret, endpoint)| secret.card(*endpoint, rng)).collect();
    let ceremony = Ceremony::new(cards, threshold)?;
    let deals = secrets.iter().map(|secret| ceremony.deal(secret, rng)).collect::<Result<Vec<_>, _>>()?;
    secrets.iter().map(|secret| ceremony.finish(secret, &deals)).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_dealer_that_deals_differently_leaves_the_members_with_different_committees() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let secrets = [(); 3].map(|()| Secret::generate(&mut rng));
        let cards = secrets.iter().zip(1u8..).map(|(secret, number)| secret.card([number; 32], &mut rng));
        let ceremony = Ceremony::new(cards.collect(), 2).unwrap();
        let deals: Vec<_> = secrets.iter().map(|secret| ceremony.deal(secret, &mut rng).unwrap()).collect();
        let polynomial = [Scalar::from(5u64), Scalar::from(7u64)];
        let second = ceremony.deal_of_polynomial(&secrets[2], &polynomial, &mut rng).unwrap();
        let told = [deals[0].clone(), deals[1].clone(), second];
        let one = ceremony.finish(&secrets[0], &deals).unwrap();
        let two = ceremony.finish(&secrets[1], &told).unwrap();
        assert_ne!(one.committee().id(), two.committee().id());
        // Neither is of use to the other: a wrap for one is refused by the other's member.
        assert_ne!(one.committee().public(), two.committee().public());
    }
}
