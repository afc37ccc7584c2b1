//! What can be wrong with a beacon or a time.

/// Why a beacon or a time is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrandError {
    /// Round 0 stands for the genesis and is never signed.
    #[error("drand round is 0; expected 1 or more")]
    RoundZero,
    /// The signature has the wrong length.
    #[error("drand signature has {found} bytes; expected 48")]
    SignatureLength {
        /// Length found, in bytes.
        found: usize,
    },
    /// The signature is the identity, off the curve or off the subgroup, or not canonical.
    #[error("drand signature is not a canonical point of G1's prime order subgroup other than the identity")]
    Signature,
    /// The network's public key is the identity, off the curve or off the subgroup, or not canonical.
    #[error("drand public key is not a canonical point of G2's prime order subgroup other than the identity")]
    PublicKey,
    /// The signature is not this network's signature of this round.
    #[error(
        "drand signature does not verify for round {round}; expected the network's signature of that round"
    )]
    Mismatch {
        /// The round it was given for.
        round: u64,
    },
    /// The time is before the network's first round.
    #[error("time {time} is before the network's first round; expected {genesis} or later (Unix seconds)")]
    BeforeGenesis {
        /// The time, in Unix seconds.
        time: u64,
        /// Time of round 1, in Unix seconds.
        genesis: u64,
    },
    /// The round's number or its time does not fit 64 bits.
    #[error(
        "the number or the time of a drand round does not fit 64 bits; expected an earlier round or time"
    )]
    Overflow,
    /// The chain's host functions failed in another way than by refusing a point.
    #[error("host function failed: {reason}")]
    Host {
        /// The host's error message.
        reason: String,
    },
}
