//! How much of each token there can be, in base units; BTK's cap is [`crate::emission::CAP`]. Whom SKY are for.

use crate::{Bps, Schedule, ScheduleError};

/// Base units of one token: BTT, BTK and SKY have six decimals.
pub const UNIT: u128 = 1_000_000;
/// Most BTT that can ever exist.
pub const BTT_CAP: u128 = 1_000_000_000 * UNIT;
/// BTT minted at genesis.
pub const BTT_GENESIS: u128 = 100_000_000 * UNIT;
/// All SKY, minted at genesis.
pub const SKY_SUPPLY: u128 = 20_000_000_000 * UNIT;

/// What a part of the SKY is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkyBucket {
    /// Those whose machines carry and store messages: 40 %.
    Mining,
    /// Who began it: 10 %.
    Team,
    /// What is built around it: 20 %.
    Ecology,
    /// Institutions that paid for it: 10 %.
    PrivatePlacement,
    /// Support of the community: 15 %.
    Community,
    /// Research and development: 5 %.
    Research,
}

impl SkyBucket {
    /// Every bucket; their shares sum to 100 %.
    pub const ALL: [Self; 6] =
        [Self::Mining, Self::Team, Self::Ecology, Self::PrivatePlacement, Self::Community, Self::Research];

    /// Its name: lower case, with hyphens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mining => "mining",
            Self::Team => "team",
            Self::Ecology => "ecology",
            Self::PrivatePlacement => "private-placement",
            Self::Community => "community",
            Self::Research => "research",
        }
    }

    /// Its part of [`SKY_SUPPLY`].
    #[must_use]
    pub const fn share(self) -> Bps {
        match self {
            Self::Mining => Bps::percent(40),
            Self::Team | Self::PrivatePlacement => Bps::percent(10),
            Self::Ecology => Bps::percent(20),
            Self::Community => Bps::percent(15),
            Self::Research => Bps::percent(5),
        }
    }

    /// Base units of it. The supply is a multiple of 10,000, so nothing is rounded.
    #[must_use]
    pub const fn amount(self) -> u128 {
        self.share().of(SKY_SUPPLY)
    }

    /// When it becomes due, from `start` (Unix seconds) on.
    ///
    /// # Errors
    /// As [`Schedule::new`], for a start at the end of time.
    pub fn schedule(self, start: u64) -> Result<Schedule, ScheduleError> {
        match self {
            Self::Mining => Schedule::mining(start),
            Self::Team => Schedule::team(start),
            // The table has the same remark for all three.
            Self::Ecology | Self::Community | Self::Research => Schedule::ecology(start),
            Self::PrivatePlacement => Schedule::private_placement(start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vesting::MONTH;

    #[test]
    fn supplies_in_base_units() {
        let tokens = [BTT_CAP, BTT_GENESIS, SKY_SUPPLY].map(|supply| supply / 1_000_000);
        assert_eq!(tokens, [1_000_000_000, 100_000_000, 20_000_000_000]);
        assert!([BTT_CAP, BTT_GENESIS, SKY_SUPPLY].iter().all(|supply| supply % 1_000_000 == 0));
    }

    #[test]
    fn the_buckets_are_all_sky_to_the_unit() {
        let millions = SkyBucket::ALL.map(|bucket| bucket.amount() / (1_000_000 * UNIT));
        assert_eq!(millions, [8_000, 2_000, 4_000, 2_000, 3_000, 1_000]);
        assert_eq!(SkyBucket::ALL.map(SkyBucket::amount).iter().sum::<u128>(), SKY_SUPPLY);
        assert_eq!(SkyBucket::ALL.map(|bucket| u32::from(bucket.share().get())).iter().sum::<u32>(), 10_000);
    }

    #[test]
    fn each_bucket_is_due_by_its_line_of_the_table() {
        let start = 1_800_000_000;
        let due = |bucket: SkyBucket, months: u64| {
            let schedule = bucket.schedule(start).unwrap();
            schedule.vested(bucket.amount(), start + months * MONTH) / (1_000_000 * UNIT)
        };
        // At once, when five months are over, after a year, when everything but mining is due.
        let at = |bucket| [0, 5, 12, 31].map(|months| due(bucket, months));
        assert_eq!(at(SkyBucket::Team), [0, 500, 1_200, 2_000]);
        assert_eq!(at(SkyBucket::Ecology), [2_000, 2_500, 3_200, 4_000]);
        assert_eq!(at(SkyBucket::PrivatePlacement), [0, 0, 100, 2_000]);
        assert_eq!(at(SkyBucket::Community), [1_500, 1_875, 2_400, 3_000]);
        assert_eq!(at(SkyBucket::Research), [500, 625, 800, 1_000]);
        // 8,000 in 7,300 days.
        assert_eq!(at(SkyBucket::Mining), [0, 164, 394, 1_019]);
    }
}
