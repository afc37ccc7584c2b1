//! How much of each token there can be, in base units; BTK's cap is [`crate::emission::CAP`].

/// Base units of one token: BTT, BTK and SKY have six decimals.
pub const UNIT: u128 = 1_000_000;
/// Most BTT that can ever exist.
pub const BTT_CAP: u128 = 1_000_000_000 * UNIT;
/// BTT minted at genesis.
pub const BTT_GENESIS: u128 = 100_000_000 * UNIT;
/// All SKY, minted at genesis.
pub const SKY_SUPPLY: u128 = 20_000_000_000 * UNIT;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supplies_in_base_units() {
        let tokens = [BTT_CAP, BTT_GENESIS, SKY_SUPPLY].map(|supply| supply / 1_000_000);
        assert_eq!(tokens, [1_000_000_000, 100_000_000, 20_000_000_000]);
        assert!([BTT_CAP, BTT_GENESIS, SKY_SUPPLY].iter().all(|supply| supply % 1_000_000 == 0));
    }
}
