//! Reports of prices: what a reporter of a feed signs for one round.

/// First line of every report: the purpose of the signature, and the version of its form.
const PURPOSE: &str = "BitHive price report, version 1";

/// What a report says: that a feed's reporter saw `value` at `time`. A round is an interval of time and has one report of each reporter: two
/// that differ are a proof, which anybody can show, that their signer reports dishonestly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// Id of the chain.
    pub chain_id: &'a str,
    /// Address of the contract `oracle`, bech32.
    pub contract: &'a str,
    /// Number of the feed, from 1.
    pub feed: u64,
    /// Number of the round.
    pub round: u64,
    /// In the unit of the feed.
    pub value: u128,
    /// When it was seen, in Unix seconds.
    pub time: u64,
}

impl Report<'_> {
    /// The text whose bytes Ed25519 signs: seven lines, the last without an end.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { chain_id, contract, feed, round, value, time } = self;
        format!(
            "{PURPOSE}\nchain {chain_id}\ncontract {contract}\nfeed {feed}\nround {round}\nvalue {value}\ntime {time}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: Report<'static> = Report {
        chain_id: "bithive-1",
        contract: "bithive1oracle",
        feed: 7,
        round: 12,
        value: 253_600,
        time: 1_763_072_000,
    };

    #[test]
    fn the_text_names_all_that_the_report_is_for() {
        let expected = "BitHive price report, version 1\nchain bithive-1\ncontract bithive1oracle\nfeed 7\nround 12\nvalue 253600\ntime 1763072000";
        assert_eq!(REPORT.text(), expected);
    }

    #[test]
    fn reports_that_differ_have_texts_that_differ() {
        let others = [
            Report { chain_id: "bithive-2", ..REPORT },
            Report { contract: "bithive1other", ..REPORT },
            Report { feed: 71, round: 2, ..REPORT },
            Report { round: 13, ..REPORT },
            Report { value: 253_601, ..REPORT },
            Report { time: 1_763_072_001, ..REPORT },
        ];
        for other in others {
            assert_ne!(other.text(), REPORT.text(), "{other:?}");
        }
    }
}
