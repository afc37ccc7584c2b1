//! What can be wrong with keys and signatures.

/// What can be wrong with a key or a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum BlsError {
    /// A secret key is not a scalar between 1 and the group order.
    #[error("BLS secret key is not a scalar between 1 and the group order")]
    SecretKey,
    /// A public key is the identity, off the curve or off the subgroup, or not canonical.
    #[error("BLS public key is not a point of G1's prime order subgroup other than the identity")]
    PublicKey,
    /// A signature is the identity, off the curve or off the subgroup, or not canonical.
    #[error("BLS signature is not a point of G2's prime order subgroup other than the identity")]
    Signature,
    /// Nothing to aggregate.
    #[error("there is no BLS key or signature to aggregate; expected at least one")]
    Empty,
    /// A key is listed twice: its owner would count twice.
    #[error("BLS key {0} is the same as one before it; expected different keys")]
    Duplicate(usize),
    /// The signature does not verify.
    #[error("BLS signature does not verify for this key and message")]
    Mismatch,
}
