//! From a password to a key: Argon2id (RFC 9106), version 0x13.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{KeystoreError, Password};

/// Bytes of a salt.
pub(crate) const SALT_BYTES: usize = 16;
// What a file may ask for, before its password is known to be right, is what this program writes: whoever hands out a keystore is not
// to keep others' machines busy with it.
/// Most memory, in KiB, that a password hash takes.
pub const MAX_MEMORY_KIB: u32 = 1 << 20;
/// Most passes over the memory.
pub const MAX_ITERATIONS: u32 = Kdf::PERSON.iterations;
/// Most lanes of Argon2id.
pub const MAX_PARALLELISM: u32 = Kdf::PERSON.parallelism;

/// What a password hash costs whoever guesses passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes of Argon2id, which can be computed side by side.
    pub parallelism: u32,
}

impl Default for Kdf {
    fn default() -> Self {
        Self::PERSON
    }
}

impl Kdf {
    /// For passwords that people think of: the second recommendation of RFC 9106, section 4 (64 MiB, 3 passes, 4
    /// lanes).
    pub const PERSON: Self = Self { memory_kib: 64 << 10, iterations: 3, parallelism: 4 };

    /// For [`Password::random`], which can't be guessed: the least that Argon2 can do.
    pub const RANDOM: Self = Self { memory_kib: 8, iterations: 1, parallelism: 1 };

    /// The parameters of [`Kdf::PERSON`] with another amount of memory.
    ///
    /// # Errors
    /// [`KeystoreError::Kdf`].
    pub fn with_memory(memory_kib: u32) -> Result<Self, KeystoreError> {
        let kdf = Self { memory_kib, ..Self::PERSON };
        kdf.check().map(|()| kdf)
    }

    /// Checks that the parameters are within their bounds.
    ///
    /// # Errors
    /// [`KeystoreError::Kdf`] names the parameter.
    pub(crate) fn check(self) -> Result<(), KeystoreError> {
        let within = |field, found: u32, least: u32, most: u32| {
            if (least..=most).contains(&found) {
                return Ok(());
            }
            Err(KeystoreError::Kdf { field, found, expected: format!("{least} to {most}") })
        };
        within("parallelism", self.parallelism, 1, MAX_PARALLELISM)?;
        within("iterations", self.iterations, 1, MAX_ITERATIONS)?;
        within("memory_kib", self.memory_kib, self.parallelism.saturating_mul(8), MAX_MEMORY_KIB)
    }

    /// The key that `password` gives with this salt.
    pub(crate) fn key(
        self,
        password: &Password,
        salt: &[u8; SALT_BYTES],
    ) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        self.check()?;
        let refused = |error: argon2::Error| KeystoreError::Password { problem: error.to_string() };
        let params = Params::new(self.memory_kib, self.iterations, self.parallelism, Some(32));
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(refused)?);
        let mut key = Zeroizing::new([0; 32]);
        hash.hash_password_into(password.as_bytes(), salt, &mut *key).map_err(refused)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_outside_of_their_bounds_are_refused_before_any_memory_is_taken() {
        let huge = Kdf { memory_kib: 100 << 20, ..Kdf::PERSON };
        let cases = [
            (huge, "memory_kib"),
            (Kdf { memory_kib: 31, ..Kdf::PERSON }, "memory_kib"),
            (Kdf { iterations: 0, ..Kdf::PERSON }, "iterations"),
            (Kdf { iterations: 4, ..Kdf::PERSON }, "iterations"),
            (Kdf { iterations: u32::MAX, ..Kdf::PERSON }, "iterations"),
            (Kdf { parallelism: 0, ..Kdf::PERSON }, "parallelism"),
            (Kdf { parallelism: 5, ..Kdf::PERSON }, "parallelism"),
            (Kdf { parallelism: u32::MAX, ..Kdf::PERSON }, "parallelism"),
        ];
        let password = Password::new("a password").unwrap();
        for (kdf, wrong) in cases {
            let refused = kdf.key(&password, &[0; SALT_BYTES]).map(|_| ());
            assert!(matches!(refused, Err(KeystoreError::Kdf { field, .. }) if field == wrong), "{kdf:?}");
        }
        for kdf in [Kdf::PERSON, Kdf::RANDOM, Kdf::with_memory(MAX_MEMORY_KIB).unwrap()] {
            kdf.check().unwrap();
        }
        assert!(Kdf::with_memory(MAX_MEMORY_KIB + 1).is_err());
    }
}
