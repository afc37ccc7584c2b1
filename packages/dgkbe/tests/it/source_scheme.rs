//! Why the scheme of the source document is not built: its formulas, and the leak in them.
//!
//! The document's server holds alpha, gamma, an initial set S0 and t. With g_i = g^(alpha^i), v = g^gamma and
//! user keys d_i = g_i^gamma, its header for a later set S is
//!   C0 = g^t,
//!   C1 = (v * product over j in S of g_(n+1-j))^t,
//!   C2 = (product over S \ S0 of g_(n+1-j))^(t/gamma) * (product over S0 \ S of g_(n+1-j))^(-t/gamma),
//! and its decryption at i keeps the helper product of S0 and divides the change out of C2:
//!   e(g_i, C1) / (e(d_i * product over j in S0, j != i, of g_(n+1-j+i), C0) * e(d_i, C2)) = e(g,g)^(t alpha^(n+1)).
//! For i in S0 \ S the factor j = i of C2 paired with d_i is e(g,g)^(-t alpha^(n+1)): the very value that
//! revocation has to withhold. The document's symmetric pairing is written here with every element in both
//! groups.

use bithive_curve::{G1, G2, Gt, Scalar, multi_pairing, pairing};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

struct Server {
    users: usize,
    powers: Vec<Scalar>,
    gamma: Scalar,
    initial: Vec<usize>,
    t: Scalar,
}

struct SourceHeader {
    c0: G1,
    c1: G1,
    c2: G1,
}

impl Server {
    fn new(users: usize, initial: &[usize], seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let alpha = Scalar::random(&mut rng);
        let powers = alpha.powers(2 * users + 1);
        let (gamma, t) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
        Self { users, powers, gamma, initial: initial.to_vec(), t }
    }

    /// Sum of alpha^(n+1-j) over some users.
    fn exponents(&self, users: impl Iterator<Item = usize>) -> Scalar {
        users.fold(Scalar::zero(), |sum, j| sum.add(&self.powers[self.users + 1 - j]))
    }

    fn header(&self, set: &[usize]) -> SourceHeader {
        let (g, t) = (G1::generator(), &self.t);
        let t_over_gamma = t.mul(&self.gamma.invert().unwrap());
        let joined = self.exponents(set.iter().copied().filter(|j| !self.initial.contains(j)));
        let left = self.exponents(self.initial.iter().copied().filter(|j| !set.contains(j)));
        SourceHeader {
            c0: g * t,
            c1: g * &self.gamma.add(&self.exponents(set.iter().copied())).mul(t),
            c2: g * &joined.sub(&left).mul(&t_over_gamma),
        }
    }

    /// d_i, which user i has been given.
    fn user_key(&self, i: usize) -> G2 {
        G2::generator() * &self.powers[i].mul(&self.gamma)
    }

    /// e(g,g)^(t alpha^(n+1)), which a member is meant to recover.
    fn key(&self) -> Gt {
        pairing(&G1::generator(), &G2::generator()).pow(&self.t.mul(&self.powers[self.users + 1]))
    }

    /// The document's decryption: public elements, the header and the user's own key only.
    fn decrypt(&self, i: usize, user_key: &G2, header: &SourceHeader) -> Gt {
        let public = |index: usize| G2::generator() * &self.powers[index];
        let helper = self
            .initial
            .iter()
            .filter(|j| **j != i)
            .fold(*user_key, |sum, j| sum + public(self.users + 1 - j + i));
        multi_pairing(&[(header.c1, public(i)), (-header.c0, helper), (-header.c2, *user_key)])
    }
}

#[test]
fn in_the_source_scheme_a_revoked_client_recovers_the_same_value_as_a_member() {
    let server = Server::new(6, &[1, 2, 3, 4], 1);
    let header = server.header(&[1, 2, 5]);
    let member = server.decrypt(1, &server.user_key(1), &header);
    assert_eq!(member, server.key(), "a member that was in S0 decrypts");
    for revoked in [3, 4] {
        let value = server.decrypt(revoked, &server.user_key(revoked), &header);
        assert_eq!(value, member, "client {revoked}, in S0 and not in S, decrypts all the same");
    }
}

#[test]
fn in_the_source_scheme_a_member_that_joined_later_recovers_nothing() {
    let server = Server::new(6, &[1, 2, 3, 4], 2);
    let header = server.header(&[1, 2, 5]);
    assert_ne!(server.decrypt(5, &server.user_key(5), &header), server.key());
    assert_ne!(server.decrypt(6, &server.user_key(6), &header), server.key());
}
