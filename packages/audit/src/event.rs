//! What is logged.

use std::fmt;
use std::str::FromStr;

use bithive_signed::{Digest, Name};
use serde::{Deserialize, Serialize};

/// The latest time that an event may have: the end of the year 9999, in milliseconds of the Unix epoch.
pub const MAX_AT: u64 = 253_402_300_799_999;

/// Makes an enum whose variants have one word each, on the command line, in files and in JSON.
macro_rules! words {
    ($(#[$of:meta])* $name:ident: $what:literal { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|one| one.word() == text);
                let words = || Self::ALL.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ");
                found.copied().ok_or_else(|| format!(concat!("{:?} is no ", $what, "; expected one of {}"), text, words()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// What was done.
    Act: "act" {
        /// Records were opened to be read.
        Opened = "opened",
        /// Something encrypted was decrypted. With the outcome `failed`: it did not decrypt.
        Decrypted = "decrypted",
        /// Data left the party in the clear, to a file or another program.
        Exported = "exported",
        /// Data came from somebody else, and was kept.
        Received = "received",
        /// Names were taken out of records.
        Deidentified = "deidentified",
        /// A job was posted.
        JobPosted = "job-posted",
        /// The encrypted input of a job was sent to its workers.
        InputSent = "input-sent",
        /// The result of a job was read.
        ResultRead = "result-read",
        /// A consent was given, or first relied on.
        ConsentGiven = "consent-given",
        /// A consent was withdrawn.
        ConsentWithdrawn = "consent-withdrawn",
        /// Data or the key to it was destroyed.
        Erased = "erased",
        /// Access in an emergency, past the usual rules.
        BreakGlass = "break-glass",
        /// A configuration was changed.
        ConfigurationChanged = "configuration-changed",
        /// A keystore was opened. With the outcome `failed`: the password was wrong, or the file damaged.
        KeystoreOpened = "keystore-opened",
        /// Somebody signed in. With the outcome `failed`: somebody tried.
        SignedIn = "signed-in",
        /// The log began.
        LogBegun = "log-begun",
        /// An entry that was not written to its end was cut off: a crash, or a disk that was full.
        LogRepaired = "log-repaired",
        /// The log's head was signed.
        HeadSigned = "head-signed",
    }
}

words! {
    /// How it ended.
    Outcome: "outcome" {
        /// It is about to be done. How it ended is another entry; without one, nobody knows.
        Begun = "begun",
        /// It was done.
        Success = "success",
        /// It was not permitted.
        Refused = "refused",
        /// It was tried, and did not succeed.
        Failed = "failed",
    }
}

words! {
    /// As what somebody acted.
    Role: "role" {
        /// Posts jobs and reads their results.
        Requester = "requester",
        /// Works on jobs.
        Node = "node",
        /// A gateway between a hospital's systems and the network.
        Gateway = "gateway",
        /// Whoever runs a party.
        Operator = "operator",
        /// Somebody who treats patients.
        Clinician = "clinician",
        /// Somebody who does research.
        Researcher = "researcher",
        /// Whom the data is about.
        Subject = "subject",
        /// Another program that uses the network.
        Service = "service",
    }
}

/// Who did what, when, under which consent, to what, and how it ended.
///
/// As JSON, fields without a value are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What was done.
    pub act: Act,
    /// Who did it: an account's address, or another pseudonym.
    pub actor: Name,
    /// When, in milliseconds of the Unix epoch, by the clock of the machine; at most [`MAX_AT`].
    pub at: u64,
    /// A reason or detail as a code, such as `emergency`, or the name of a setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Name>,
    /// Digest of the consent receipt that permitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Digest>,
    /// How many records it was about; 1 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What it was done to, as a salted digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Digest>,
    /// How it ended.
    pub outcome: Outcome,
    /// What for, as a code of HL7 v3 PurposeOfUse, such as `TREAT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Name>,
    /// As what the actor acted.
    pub role: Role,
    /// Whom the data is about, as a pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Digest>,
}

impl Event {
    /// An event about nothing in particular.
    #[must_use]
    pub fn new((actor, role): (Name, Role), act: Act, outcome: Outcome, at: u64) -> Self {
        Self {
            act,
            actor,
            at,
            code: None,
            consent: None,
            count: None,
            object: None,
            outcome,
            purpose: None,
            role,
            subject: None,
        }
    }

    /// How many records it was about.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.count.unwrap_or(1).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_others_are_named() {
        for act in Act::ALL {
            assert_eq!(act.word().parse::<Act>().unwrap(), *act);
            assert_eq!(serde_json::to_string(act).unwrap(), format!("{:?}", act.word()));
        }
        let error = "peeked".parse::<Act>().unwrap_err();
        assert!(error.contains("break-glass") && error.contains("peeked"), "{error}");
    }
}
