//! What `vectors/README.md` says, in code that has nothing of the library: each function takes the inputs of a
//! section and gives the whole section. `spec.rs` compares it with the file; `vectors.rs` takes the steps in
//! between from here, which the library keeps to itself, and all results from the library.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

pub mod committee;
pub mod evaluation;
pub mod language;
pub mod public;
pub mod sealed;

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

pub fn rows(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

pub fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

pub fn number<T: TryFrom<u64>>(value: &Value) -> T
where
    T::Error: core::fmt::Debug,
{
    T::try_from(value.as_u64().unwrap()).unwrap()
}

pub fn hex_of(bytes: impl AsRef<[u8]>) -> Value {
    json!(hex::encode(bytes))
}

pub fn list<T>(items: impl IntoIterator<Item = T>, f: impl FnMut(T) -> Value) -> Value {
    items.into_iter().map(f).collect()
}

/// tag(p): `BITHIVE-V1/blindmatch/p/` in ASCII.
fn tag(purpose: &str) -> Vec<u8> {
    format!("BITHIVE-V1/blindmatch/{purpose}/").into_bytes()
}

/// H(p; parts): SHA-256 of tag(p) and the parts.
pub fn sha256(purpose: &str, parts: &[u8]) -> [u8; 32] {
    Sha256::digest([&tag(purpose), parts].concat()).into()
}

/// W(p; parts): SHA-512 of tag(p) and the parts.
pub fn sha512(purpose: &str, parts: &[u8]) -> [u8; 64] {
    Sha512::digest([&tag(purpose), parts].concat()).into()
}

pub fn long(value: usize) -> [u8; 8] {
    (value as u64).to_be_bytes()
}

pub fn short(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap().to_be_bytes()
}

/// A part behind its length of eight bytes.
pub fn sized(part: &[u8]) -> Vec<u8> {
    [&long(part.len()), part].concat()
}

/// Text behind its length of one byte.
pub fn word(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// A generator whose output is written down.
pub struct Replay(Vec<u8>);

impl Replay {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub fn take(&mut self, count: usize) -> Vec<u8> {
        assert!(count <= self.0.len(), "more random bytes than are written down");
        self.0.drain(..count).collect()
    }

    /// Nothing that is written down may go unused.
    pub fn finish(self) {
        assert!(self.0.is_empty(), "{} random bytes are left over", self.0.len());
    }
}

impl TryRng for Replay {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.take(4).try_into().unwrap()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.take(8).try_into().unwrap()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.take(out.len()));
        Ok(())
    }
}

impl TryCryptoRng for Replay {}

/// Adds the steps in between, which the library doesn't show. What it does show stays.
pub fn with_steps(mut known: Value, steps: &Value) -> Value {
    fill(&mut known, steps);
    known
}

/// As [`with_steps`], in place.
pub fn fill(known: &mut Value, steps: &Value) {
    match (known, steps) {
        (Value::Object(known), Value::Object(steps)) => {
            for (name, step) in steps {
                fill(known.entry(name).or_insert_with(|| step.clone()), step);
            }
        }
        (Value::Array(known), Value::Array(steps)) => {
            known.iter_mut().zip(steps).for_each(|(known, step)| fill(known, step));
        }
        _ => {}
    }
}
