//! What a message or query can get wrong.

use bithive_api::oracle::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use cosmwasm_std::StdError;
use cw_ownable::OwnershipError;

/// Errors of the contract; none of them changes anything. Times are Unix seconds.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// There is no such feed.
    #[error("there is no feed {feed}; expected a number of the query `feeds`")]
    NoFeed {
        /// Number that was given.
        feed: u64,
    },
    /// All numbers are given.
    #[error("no number is left for a feed; create another contract")]
    NoNumber,
    /// A description that people can't read.
    #[error("description is {found:?}; expected a text without line ends and other control characters")]
    Description {
        /// Text that was given.
        found: String,
    },
    /// No code of a currency.
    #[error("currency is {found:?}; expected a code of ISO 4217, three capital letters, such as EUR")]
    Currency {
        /// Text that was given.
        found: String,
    },
    /// A quorum without a middle.
    #[error("quorum is {found}; expected an odd number, 2 f + 1 for f reporters that may lie")]
    EvenQuorum {
        /// Number that was given.
        found: u8,
    },
    /// A key for which everybody can sign.
    #[error("{found} is a key for which anybody can sign; expected the public key of a reporter")]
    WeakKey {
        /// Key that was given, in hex.
        found: String,
    },
    /// The feed never had a price.
    #[error("feed {feed} has had no price yet; {quorum} reports of one round make the first")]
    Empty {
        /// Number of the feed.
        feed: u64,
        /// Reports that make a price.
        quorum: u8,
    },
    /// The last price is too old.
    #[error(
        "the price of feed {feed} is of {time}, and it is {now}: older than {max_age} seconds. Submit reports of a \
         later round"
    )]
    Stale {
        /// Number of the feed.
        feed: u64,
        /// Time of the last price.
        time: u64,
        /// Time of the block.
        now: u64,
        /// Oldest price that is answered, in seconds.
        max_age: u64,
    },
    /// A jump has not been confirmed.
    #[error(
        "feed {feed} has jumped, and answers nothing until {confirming} reports of one round confirm the new value, after \
         {until}"
    )]
    Tripped {
        /// Number of the feed.
        feed: u64,
        /// When it can be confirmed.
        until: u64,
        /// Reports that confirm it.
        confirming: u8,
    },
    /// The owner has stopped the feed.
    #[error("feed {feed} is stopped by the owner of the contract; use another feed, or wait")]
    Stopped {
        /// Number of the feed.
        feed: u64,
    },
    /// A round that came to something, or an earlier one.
    #[error(
        "round {found} is not after round {newest}, which has its value; submit reports of a later round"
    )]
    OldRound {
        /// Round that was given.
        found: u64,
        /// Newest round that came to something.
        newest: u64,
    },
    /// Too few reports hold.
    #[error(
        "{found} reports count; expected {expected} or more{}",
        first.as_ref().map(|why| format!(". The first that does not: {why}")).unwrap_or_default()
    )]
    TooFew {
        /// Reports that hold, and are near the pending value if there is one.
        found: usize,
        /// Reports that are needed.
        expected: usize,
        /// Why the first one that does not hold does not.
        first: Option<String>,
    },
    /// A pending value can't be confirmed yet.
    #[error(
        "these reports confirm the pending value, which can be done from {until} on; submit later ones then"
    )]
    Early {
        /// When it can be confirmed.
        until: u64,
    },
    /// Not by a reporter of the feed.
    #[error("{found} is no reporter of feed {feed}; expected a key of the query `feed`")]
    NotReporter {
        /// Key of the report, in hex.
        found: String,
        /// Number of the feed.
        feed: u64,
    },
    /// A second report of one reporter.
    #[error("{reporter} has a report in this list that counts; expected one of each reporter")]
    Twice {
        /// Key of the reporter, in hex.
        reporter: String,
    },
    /// The reporter was far from several prices in succession.
    #[error(
        "{reporter} is suspended until {until}: it was far from {} prices in succession",
        limits::STRIKES
    )]
    Suspended {
        /// Key of the reporter, in hex.
        reporter: String,
        /// When its reports count again.
        until: u64,
    },
    /// A value of 0, which nothing can be divided by.
    #[error("{reporter} reports a value of 0; expected at least 1")]
    NoValue {
        /// Key of the reporter, in hex.
        reporter: String,
    },
    /// Seen at a time of another round.
    #[error("a report was seen at {time}, which is not in round {round}; expected the round of that time")]
    OtherRound {
        /// Time of the report.
        time: u64,
        /// Round of the message.
        round: u64,
    },
    /// Seen in the future.
    #[error(
        "a report was seen at {time}, and it is {now}: more than {} seconds ahead. Set the reporter's clock",
        limits::MAX_AHEAD
    )]
    Ahead {
        /// Time of the report.
        time: u64,
        /// Time of the block.
        now: u64,
    },
    /// Seen too long ago.
    #[error(
        "a report was seen at {time}, and it is {now}: older than {max_age} seconds. Ask for a new report"
    )]
    Old {
        /// Time of the report.
        time: u64,
        /// Time of the block.
        now: u64,
        /// Oldest report that counts, in seconds.
        max_age: u64,
    },
    /// Not what the reporter has signed for this chain, contract, feed and round.
    #[error(
        "a report of {reporter} is not signed by its key for this chain, contract, feed and round; expected an Ed25519 \
         signature over the report's text"
    )]
    Signature {
        /// Key of the reporter, in hex.
        reporter: String,
    },
}
