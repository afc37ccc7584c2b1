//! Records as bytes, on their way to the database: some are secrets.

use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

/// A record as JSON.
pub(crate) fn to_vec(record: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut bytes = Growing(Zeroizing::new(Vec::new()));
    serde_json::to_writer(&mut bytes, record)?;
    Ok(bytes.0)
}

/// Bytes that are erased where they were, too, when they move to a larger place: a vector that grows by itself leaves a copy.
struct Growing(Zeroizing<Vec<u8>>);

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            let larger = needed.max(self.0.capacity().saturating_mul(2)).max(256);
            let mut place = Zeroizing::new(Vec::with_capacity(larger));
            place.extend_from_slice(&self.0);
            self.0 = place;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_any_size_is_what_serde_makes_of_it() {
        for size in [0, 1, 80, 255, 256, 257, 70_000] {
            let record = vec![7u8; size];
            assert_eq!(*to_vec(&record).unwrap(), serde_json::to_vec(&record).unwrap());
        }
    }
}
