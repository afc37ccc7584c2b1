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

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, G1Sum, Scalar};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::committee::check_params;
use crate::numbers::{evaluate, evaluate_points};
use crate::proof::{PROOF_LEN, Proof, Statement};
use crate::reader::Reader;
use crate::{CeremonyError, Committee, DecodeError, MAX_MEMBERS, MemberKey, Seat};

const VERSION: u8 = 1;
const KEY_TAG: &[u8] = b"BITHIVE-V1/release-ceremony/key";
const COEFFICIENT_TAG: &[u8] = b"BITHIVE-V1/release-ceremony/coefficient";
const SHARE_SALT: &[u8] = b"BITHIVE-V1/release-ceremony/share/";

/// What a member keeps during a ceremony. Everything that it does follows from it, so a step that is repeated has the same result. Erased
/// when dropped; not printable.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Bytes of its encoding.
    pub const LEN: usize = 33;

    /// A new one, for one ceremony.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// Secret bytes for the member's own storage: version and 32 random bytes.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::LEN));
        out.push(VERSION);
        out.extend_from_slice(&self.0);
        out
    }

    /// Reads what [`Secret::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("secret of a ceremony", bytes, Self::LEN)?;
        reader.version(VERSION)?;
        Ok(Self(reader.array()?))
    }

    fn key(&self) -> Scalar {
        Scalar::hash(&[&self.0], KEY_TAG)
    }

    /// The polynomial of one session, the constant coefficient first. Other cards or another threshold give another one.
    fn polynomial(&self, session: &[u8; 32], threshold: u8) -> Vec<Scalar> {
        let coefficient = |power: u8| Scalar::hash(&[&self.0, session, &[power]], COEFFICIENT_TAG);
        (0..threshold).map(coefficient).collect()
    }

    /// What the member shows the others: its endpoint (Ed25519, 32 bytes) and the key that they encrypt to.
    pub fn card(&self, endpoint: [u8; 32], rng: &mut impl CryptoRng) -> Card {
        let (secret, base) = (self.key(), G1::generator());
        let key = base * &secret;
        let proof = Statement { context: &card_context(&endpoint), pairs: &[(base, key)] }.prove(&secret, rng);
        Card { endpoint, key, proof }
    }
}

fn card_context(endpoint: &[u8; 32]) -> Vec<u8> {
    Encoder::new("release-card").fixed(endpoint).finish()
}

/// Who takes part in a ceremony. It is public; that it is of the member, the others have to know from the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    endpoint: [u8; 32],
    key: G1,
    proof: Proof,
}

impl Card {
    /// Bytes of its encoding.
    pub const LEN: usize = 1 + 32 + G1::LEN + PROOF_LEN;

    /// Public key of the member's endpoint (Ed25519).
    #[must_use]
    pub const fn endpoint(&self) -> [u8; 32] {
        self.endpoint
    }

    /// Version, endpoint, key (48 bytes, compressed), proof that its secret is known (64).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.endpoint);
        out.extend_from_slice(&self.key.encode());
        self.proof.encode(&mut out);
        out
    }

    /// Reads what [`Card::encode`] wrote, and checks its proof.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("card of a member", bytes, Self::LEN)?;
        reader.version(VERSION)?;
        let (endpoint, key) = (reader.array()?, reader.g1()?);
        let proof = Proof::read(&mut reader)?;
        let statement = Statement { context: &card_context(&endpoint), pairs: &[(G1::generator(), key)] };
        if !statement.holds(&proof) {
            return Err(reader.invalid("proof", "one of the card's own key"));
        }
        reader.finish()?;
        Ok(Self { endpoint, key, proof })
    }
}

/// What a member deals to all: one file for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    session: [u8; 32],
    dealer: u8,
    coefficients: Vec<G1>,
    proof: Proof,
    /// By member, encrypted.
    values: Vec<[u8; 32]>,
}

impl Deal {
    /// Number of the member that has dealt, from 1.
    #[must_use]
    pub const fn dealer(&self) -> u8 {
        self.dealer
    }

    /// Version, session (32 bytes), dealer, threshold, number of members, coefficients (48 bytes each, compressed), proof (64), encrypted values (32
    /// bytes each).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let count = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.session);
        out.extend_from_slice(&[self.dealer, count(self.coefficients.len()), count(self.values.len())]);
        self.coefficients.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        self.proof.encode(&mut out);
        self.values.iter().for_each(|value| out.extend_from_slice(value));
        out
    }

    /// Reads what [`Deal::encode`] wrote. Whether it belongs to a ceremony is [`Ceremony::finish`]'s to say.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new("deal of a member", bytes);
        reader.version(VERSION)?;
        let session = reader.array()?;
        let [dealer, threshold, members] = reader.array()?;
        let count = check_params(members.into(), threshold)
            .map_err(|_| reader.invalid("threshold", "more than half of 2 to 7 members"))?;
        if !(1..=count).contains(&dealer) {
            return Err(reader.invalid("dealer", "the number of a member"));
        }
        let coefficients = (0..threshold).map(|_| reader.g1()).collect::<Result<_, _>>()?;
        let proof = Proof::read(&mut reader)?;
        let values = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { session, dealer, coefficients, proof, values })
    }

    fn holds(&self) -> bool {
        let constant = self.coefficients.first().copied().unwrap_or_else(G1::identity);
        let context = deal_context(&self.session, self.dealer);
        Statement { context: &context, pairs: &[(G1::generator(), constant)] }.holds(&self.proof)
    }
}

fn deal_context(session: &[u8; 32], dealer: u8) -> Vec<u8> {
    Encoder::new("release-deal").fixed(session).fixed(&[dealer]).finish()
}

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
        let stated = cards.iter().fold(start, |encoder, card| {
            encoder.fixed(&card.endpoint).fixed(&card.key.encode())
        });
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
        let dealer = self.own(secret)?;
        let polynomial = secret.polynomial(&self.session, self.threshold);
        let bases = vec![G1::generator(); polynomial.len()];
        let coefficients = G1::mul_each(&bases, &polynomial);
        let (key, first) = (secret.key(), coefficients.first().copied().unwrap_or_else(G1::identity));
        let constant = polynomial.first().cloned().unwrap_or_else(Scalar::zero);
        let context = deal_context(&self.session, dealer);
        let proof = Statement { context: &context, pairs: &[(G1::generator(), first)] }.prove(&constant, rng);
        let values = self.members().map(|(member, card)| {
            let value = evaluate(&polynomial, member);
            self.masked((dealer, member), &(card.key * &key), &value.encode())
        });
        let values = values.collect();
        Ok(Deal { session: self.session, dealer, coefficients, proof, values })
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
            let value = Zeroizing::new(self.masked((member, own), &(card.key * &key), encrypted));
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
