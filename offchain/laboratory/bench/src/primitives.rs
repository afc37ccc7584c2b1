//! What the operations cost of which everything else is made: on both curve backends, and in the hash and the group
//! of blind matching. The costs are the limits that other figures are held against.

use anyhow::{Context as _, Result};
use bithive_curve::Scalar;
use bithive_curve::backend::{PairingEngine, SourceGroup, arkworks::Arkworks, blst::Blst};
use bithive_curve::gt::TargetElement;
use bithive_curve::point::{Point, Sum};
use bithive_curve::scalar::random_weights;
use curve25519_dalek::{RistrettoPoint, Scalar as RistrettoScalar};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use sha2::{Digest, Sha256, Sha512};

use crate::figure::Sheet;
use crate::timer::Timer;

/// Points of one multi-scalar multiplication.
const MSM_POINTS: usize = 512;
/// Additions per measurement, so that the clock's own cost does not count.
const ADDITIONS: usize = 256;

/// Microseconds for one operation each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    pub(crate) g1_addition: f64,
    pub(crate) g2_addition: f64,
    pub(crate) g1_multiplication: f64,
    pub(crate) g2_multiplication: f64,
    pub(crate) g2_decoding: f64,
    /// Per point, 128-bit weights.
    pub(crate) g2_weighted_sum: f64,
    pub(crate) gt_power: f64,
    pub(crate) two_pairings: f64,
    /// One compression of SHA-256: 64 bytes.
    pub(crate) sha256_block: f64,
    pub(crate) ristretto_multiplication: f64,
    pub(crate) ristretto_hash: f64,
}

/// Measures both backends, notes them beside each other, and gives the costs of the one in use.
pub(crate) fn measure(sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<Costs> {
    sheet.announce("primitives");
    let (timer, seed) = (sheet.timer, Scalar::random(rng));
    let mut costs = on::<Blst>(timer, &seed, rng)?;
    let peer = on::<Arkworks>(timer, &seed, rng)?;
    let rows = [
        ("G1 addition", costs.g1_addition, peer.g1_addition),
        ("G2 addition", costs.g2_addition, peer.g2_addition),
        ("G1 multiplication", costs.g1_multiplication, peer.g1_multiplication),
        ("G2 multiplication", costs.g2_multiplication, peer.g2_multiplication),
        ("G2 point from bytes, subgroup checked", costs.g2_decoding, peer.g2_decoding),
        ("G2 weighted sum, per point", costs.g2_weighted_sum, peer.g2_weighted_sum),
        ("GT power", costs.gt_power, peer.gt_power),
        ("product of two pairings", costs.two_pairings, peer.two_pairings),
    ];
    for (name, value, peer_value) in rows {
        sheet.note(format!("{name} (blst)"), 1, "µs", "arkworks", [value, peer_value]);
    }
    hashes(timer, rng, &mut costs)?;
    Ok(costs)
}

fn on<E: PairingEngine>(timer: Timer, seed: &Scalar, rng: &mut ChaCha20Rng) -> Result<Costs> {
    let g1 = points::<E::G1>(seed, ADDITIONS);
    let g2 = points::<E::G2>(seed, MSM_POINTS);
    let (p, q) = g1.first().zip(g2.first()).context("no points to measure with")?;
    let encoded = q.encode();
    let weights = random_weights(MSM_POINTS, rng);
    let target = TargetElement::<E>::product(&[(*p, *q)]);
    let pairs = [(*p, *q), (*p, *q)];
    Ok(Costs {
        g1_addition: additions(timer, &g1)?,
        g2_addition: additions(timer, &g2)?,
        g1_multiplication: timer.time(|| (), |()| Ok(*p * seed))?,
        g2_multiplication: timer.time(|| (), |()| Ok(*q * seed))?,
        g2_decoding: timer.time(|| (), |()| Ok(Point::<E::G2>::decode(encoded.as_ref())?))?,
        g2_weighted_sum: timer.time(|| (), |()| Ok(Point::msm(&g2, &weights)))? / MSM_POINTS as f64,
        gt_power: timer.time(|| (), |()| Ok(target.pow(seed)))?,
        two_pairings: timer.time(|| (), |()| Ok(TargetElement::<E>::product(&pairs)))?,
        sha256_block: 0.0,
        ristretto_multiplication: 0.0,
        ristretto_hash: 0.0,
    })
}

fn points<C: SourceGroup>(seed: &Scalar, count: usize) -> Vec<Point<C>> {
    Point::mul_each(&vec![Point::generator(); count], &seed.powers(count))
}

/// One addition to a running sum.
fn additions<C: SourceGroup>(timer: Timer, points: &[Point<C>]) -> Result<f64> {
    let add_all = |mut sum: Sum<C>| {
        points.iter().for_each(|point| sum.add(point));
        Ok(sum)
    };
    Ok(timer.time(Sum::new, add_all)? / points.len() as f64)
}

fn hashes(timer: Timer, rng: &mut ChaCha20Rng, costs: &mut Costs) -> Result<()> {
    let mut message = vec![0; 64 * ADDITIONS];
    rng.fill_bytes(&mut message);
    let scalar = RistrettoScalar::random(rng);
    let point = RistrettoPoint::hash_from_bytes::<Sha512>(&message);
    costs.sha256_block = timer.time(|| (), |()| Ok(Sha256::digest(&message)))? / ADDITIONS as f64;
    costs.ristretto_multiplication = timer.time(|| (), |()| Ok(point * scalar))?;
    let short = message.get(..32).context("a message of 32 bytes")?;
    costs.ristretto_hash = timer.time(|| (), |()| Ok(RistrettoPoint::hash_from_bytes::<Sha512>(short)))?;
    Ok(())
}
