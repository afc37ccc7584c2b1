//! The input: the exact policy, for the receiver's own check, and the rows.

use zeroize::Zeroize;

use crate::PayloadError;

const VERSION: u8 = 1;

/// A job's plaintext input. Erased when dropped; not printable.
#[derive(PartialEq, Eq, Zeroize)]
pub struct Input {
    /// The policy as JSON: blind matching ends in an exact check before any work is done.
    pub policy: Vec<u8>,
    /// The rows in the model runtime's encoding.
    pub rows: Vec<u8>,
}

impl Drop for Input {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl Input {
    /// Version, length of the policy (32 bits, big-endian), policy, rows.
    #[must_use]
    pub fn encode(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let mut out = zeroize::Zeroizing::new(Vec::with_capacity(5 + self.policy.len() + self.rows.len()));
        out.push(VERSION);
        out.extend_from_slice(&u32::try_from(self.policy.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(&self.policy);
        out.extend_from_slice(&self.rows);
        out
    }

    /// Reads what [`Input::encode`] wrote.
    ///
    /// # Errors
    /// [`PayloadError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadError> {
        let malformed = |reason| PayloadError::Malformed { what: "input", reason };
        let ([version, a, b, c, d], rest) =
            bytes.split_first_chunk::<5>().ok_or(malformed("it ends before its policy"))?;
        if *version != VERSION {
            return Err(malformed("its version is not 1"));
        }
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let (policy, rows) = rest.split_at_checked(length).ok_or(malformed("its policy is cut off"))?;
        Ok(Self { policy: policy.to_vec(), rows: rows.to_vec() })
    }
}
