//! What is held for a job until it ends.

/// The escrow of a job: every one of its workers may ask the price, in base units. None if that is more than 128 bits.
#[must_use]
pub fn escrow(price: u128, workers: u8) -> Option<u128> {
    price.checked_mul(workers.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_can_be_paid_the_price() {
        assert_eq!(escrow(0, 16), Some(0));
        assert_eq!(escrow(12_500_000, 3), Some(37_500_000));
        assert_eq!(escrow(u128::MAX, 1), Some(u128::MAX));
        assert_eq!(escrow(u128::MAX / 255, 255), Some(u128::MAX));
        assert_eq!(escrow(u128::MAX / 255 + 1, 255), None);
        assert_eq!(escrow(u128::MAX, 2), None);
    }
}
