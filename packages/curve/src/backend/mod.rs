//! The arithmetic behind the types of this crate, as traits that a backend implements.
//!
//! Backends are told apart by marker types, so that the generic code above them (decoding rules, batching,
//! windowed exponentiation) is written once and a test can run both backends side by side.

#[cfg(any(target_arch = "wasm32", feature = "both-backends", test))]
pub mod arkworks;
#[cfg(not(target_arch = "wasm32"))]
pub mod blst;

#[cfg(test)]
mod agreement;

#[cfg(any(target_arch = "wasm32", feature = "arkworks"))]
pub use arkworks::Arkworks as Native;
#[cfg(not(any(target_arch = "wasm32", feature = "arkworks")))]
pub use blst::Blst as Native;

/// Length of an encoded target-group element: twelve field elements of 48 bytes.
pub const TARGET_LEN: usize = 576;

/// One of the two source groups.
///
/// Implementations may assume that every affine point they get is on the curve; only
/// [`Self::in_subgroup`] may see points outside the subgroup.
pub trait SourceGroup: Copy + Send + Sync + 'static {
    /// Compressed bytes: `[u8; 48]` or `[u8; 96]`.
    type Encoded: AsRef<[u8]> + AsMut<[u8]> + Copy + PartialEq + core::fmt::Debug;
    /// A point in affine coordinates, as it is stored.
    type Affine: Copy + Send + Sync;
    /// Coordinates in which addition needs no inversion.
    type Jacobian: Copy + Send + Sync;

    /// Length of [`Self::Encoded`] in bytes.
    const LEN: usize;
    /// Name used in error messages.
    const NAME: &'static str;

    /// The standard generator.
    fn generator() -> Self::Affine;
    /// The neutral element.
    fn identity() -> Self::Affine;
    /// Whether this is the neutral element.
    fn is_identity(point: &Self::Affine) -> bool;
    /// Equality of points.
    fn is_equal(a: &Self::Affine, b: &Self::Affine) -> bool;
    /// Solve the curve equation for bytes whose form has been checked; None if x is not on the curve.
    fn uncompress(bytes: &Self::Encoded) -> Option<Self::Affine>;
    /// Whether a point of the curve lies in the subgroup of order r.
    fn in_subgroup(point: &Self::Affine) -> bool;
    /// The compressed encoding, of a valid point.
    fn compress(point: &Self::Affine) -> Self::Encoded;
    /// The same point in Jacobian coordinates, for sums.
    fn to_jacobian(point: &Self::Affine) -> Self::Jacobian;
    /// The sum, right for equal points, negatives and the identity, too.
    fn add(a: &Self::Jacobian, b: &Self::Jacobian) -> Self::Jacobian;
    /// Complete mixed addition.
    fn add_affine(a: &Self::Jacobian, b: &Self::Affine) -> Self::Jacobian;
    /// The point that adds up with this one to the identity.
    fn neg(point: &Self::Affine) -> Self::Affine;
    /// Multiply by a canonical little-endian scalar.
    fn mul(point: &Self::Affine, scalar: &[u8; 32]) -> Self::Jacobian;
    /// Change coordinates with one shared inversion.
    fn normalize(points: &[Self::Jacobian]) -> Vec<Self::Affine>;
    /// Sum of weight times point, in variable time; both slices have the same length.
    fn msm(points: &[Self::Affine], weights: &[u128]) -> Self::Jacobian;
    /// Overwrite with zeros.
    fn wipe(point: &mut Self::Affine);
}

/// Pairing, target group and scalar field.
pub trait PairingEngine: Copy + Send + Sync + 'static {
    /// First source group.
    type G1: SourceGroup<Encoded = [u8; 48]>;
    /// Second source group.
    type G2: SourceGroup<Encoded = [u8; 96]>;
    /// Target group element after the final exponentiation.
    type Target: Copy + Send + Sync;
    /// Product of Miller loops before the final exponentiation.
    type Miller: Copy + Send + Sync;

    /// hash_to_curve of RFC 9380 into the second source group, in suite BLS12381G2_XMD:SHA-256_SSWU_RO_ but for the tag.
    fn hash_to_g2(message: &[u8], tag: &[u8]) -> AffineOf<Self::G2>;

    /// Product of Miller loops over pairs without identities; 1 for no pairs.
    fn miller(g1: &[AffineOf<Self::G1>], g2: &[AffineOf<Self::G2>]) -> Self::Miller;
    /// Product of two Miller values.
    fn miller_mul(a: &Self::Miller, b: &Self::Miller) -> Self::Miller;
    /// The final exponentiation, which makes a pairing's value of a Miller loop's.
    fn final_exponentiation(value: &Self::Miller) -> Self::Target;
    /// 1 of the target group.
    fn one() -> Self::Target;
    /// Whether two elements of the target group are equal.
    fn is_equal(a: &Self::Target, b: &Self::Target) -> bool;
    /// Product in the target group.
    fn mul(a: &Self::Target, b: &Self::Target) -> Self::Target;
    /// The element times itself.
    fn square(a: &Self::Target) -> Self::Target;
    /// Inverse (a conjugation in the target group).
    fn invert(a: &Self::Target) -> Self::Target;
    /// `table[index]`, without an access pattern that depends on `index` where the backend can.
    fn select(table: &[Self::Target; 16], index: u8) -> Self::Target;
    /// Coordinates, big-endian, in the order of the tower Fp12 = `Fp6[w]`, Fp6 = `Fp2[v]`: for each power of v,
    /// for each power of w, the real then the imaginary part.
    fn encode(a: &Self::Target) -> [u8; TARGET_LEN];
    /// Overwrite with zeros.
    fn wipe(a: &mut Self::Target);

    /// Sum of canonical little-endian scalars.
    fn scalar_add(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32];
    /// Difference of canonical little-endian scalars.
    fn scalar_sub(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32];
    /// Product of canonical little-endian scalars.
    fn scalar_mul(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32];
    /// Inverse of a canonical little-endian scalar; 0 for 0.
    fn scalar_invert(a: &[u8; 32]) -> [u8; 32];
    /// Big-endian bytes of any length modulo r, as a canonical little-endian scalar.
    fn scalar_reduce(wide: &[u8]) -> [u8; 32];
}

/// Affine coordinates of a source group.
pub type AffineOf<C> = <C as SourceGroup>::Affine;
