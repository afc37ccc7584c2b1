//! The token of machines that have nothing else: a secret in a file.

use std::path::Path;

use bithive_keystore::private;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::GatewayError;

/// Characters of a token.
const TOKEN: std::ops::RangeInclusive<usize> = 32..=256;

/// What requests can show. Erased when dropped.
pub struct Token(Zeroizing<Vec<u8>>);

impl Token {
    /// Reads a file with a token: 32 to 256 printable characters of ASCII without spaces.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`], [`GatewayError::Tls`] for a file that has none.
    pub fn read(path: &Path) -> Result<Self, GatewayError> {
        let bytes = private::read(path, 1_024)?;
        let text = bytes.trim_ascii();
        if !TOKEN.contains(&text.len()) || !text.iter().all(u8::is_ascii_graphic) {
            let problem = "expected 32 to 256 printable characters without spaces; `bithive gateway token FILE` makes a file with some";
            return Err(GatewayError::Tls { path: path.to_owned(), problem: problem.into() });
        }
        Ok(Self(Zeroizing::new(text.to_vec())))
    }

    /// Writes a random token of 256 bits into a new file that only its owner can read.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`], [`GatewayError::Randomness`].
    pub fn create(path: &Path) -> Result<(), GatewayError> {
        let mut random = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *random).map_err(|error| GatewayError::Randomness(error.to_string()))?;
        let mut text = Zeroizing::new(hex::encode(random.as_slice()));
        text.push('\n');
        Ok(private::create(path, text.as_bytes())?)
    }

    /// Whether this is it. The time that it takes does not depend on where they differ.
    pub(crate) fn is(&self, shown: &str) -> bool {
        bool::from(shown.as_bytes().ct_eq(&self.0))
    }
}
