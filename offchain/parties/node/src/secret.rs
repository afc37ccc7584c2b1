//! Secrets of records.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes as a record has them. Erased when dropped; not printable.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_erased_when_dropped_and_stored_as_bytes() {
        fn erased<T: ZeroizeOnDrop>(_: &T) {}
        let secret = Secret::of(&[7; 32]);
        erased(&secret);
        // As records of earlier versions have it.
        assert_eq!(serde_json::to_value(&secret).unwrap(), serde_json::json!(vec![7u8; 32]));
        let read: Secret = serde_json::from_value(serde_json::json!(vec![7u8; 32])).unwrap();
        assert_eq!(read.as_bytes(), secret.as_bytes());
    }
}
