//! What a reader asks a member for.

use crate::DecodeError;
use crate::reader::Reader;

const VERSION: u8 = 1;

/// A request for a member's share of a content's key. It names nobody: who asks is who has sent it, over an authenticated channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Identity of the committee whose key the content is wrapped for.
    pub committee: [u8; 32],
    /// The content: SHA-256 of its ciphertext.
    pub content: [u8; 32],
}

impl Request {
    /// Bytes of its encoding.
    pub const LEN: usize = 65;

    /// Version, committee, content.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&[VERSION][..], &self.committee, &self.content].concat()
    }

    /// Reads what [`Request::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("request for a key", bytes, Self::LEN)?;
        reader.version(VERSION)?;
        let request = Self { committee: reader.array()?, content: reader.array()? };
        reader.finish()?;
        Ok(request)
    }
}
