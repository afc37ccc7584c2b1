//! What a verifier and a prover send each other.
//!
//! | request | after the kind (u8) | response |
//! |---|---|---|
//! | 1 fill | seed 32, blocks u32 | done, empty |
//! | 2 roots | | done, 32 for each pass; or not yet |
//! | 3 walk | start 32, steps u32 | done, root 32 |
//! | 4 prove | question 32 | done, empty |
//! | 5 proof | | done, the proof; or not yet |
//! | 6 rows | seed 32, rows u32 | done, one f32 for each row |
//! | 7 end | | done, empty |
//!
//! Numbers are big-endian, floats little-endian. A response begins with 1 if it is done, and is the byte 0 if it is not yet.

use crate::graph::{Challenge, ChallengeError};
use crate::question::MAX_STEPS;

/// What the verifier asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// To begin to fill.
    Fill(Challenge),
    /// Whether it is filled: the roots.
    Roots,
    /// To walk through the memory, step by step.
    Walk {
        /// Where it begins.
        start: [u8; 32],
        /// How many steps, 1 to [`MAX_STEPS`].
        steps: u32,
    },
    /// To begin with the answer to a question.
    Prove([u8; 32]),
    /// Whether it has the answer.
    Proof,
    /// To run the model of a seed on rows.
    Rows {
        /// What model and rows follow from.
        seed: [u8; 32],
        /// How many rows.
        rows: u32,
    },
    /// To give the memory back.
    End,
}

/// What the prover answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// It is not ready yet; to be asked again.
    NotYet,
    /// The answer: its bytes follow from the request.
    Done(Vec<u8>),
}

/// What is no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It is not in the form of one.
    #[error("it is no message of a measurement: {0}")]
    Form(&'static str),
    /// It asks for more or less than can be filled.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// It asks for more or fewer steps than a walk has.
    #[error("a walk of {found} steps; expected 1 to {MAX_STEPS}")]
    Steps {
        /// Number of steps found.
        found: u32,
    },
}

impl Request {
    /// The bytes of the message, as they are sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let with =
            |kind: u8, bytes: &[u8; 32], number: u32| [&[kind][..], bytes, &number.to_be_bytes()].concat();
        match self {
            Self::Fill(challenge) => with(1, challenge.seed(), challenge.blocks()),
            Self::Roots => vec![2],
            Self::Walk { start, steps } => with(3, start, *steps),
            Self::Prove(question) => [&[4][..], question].concat(),
            Self::Proof => vec![5],
            Self::Rows { seed, rows } => with(6, seed, *rows),
            Self::End => vec![7],
        }
    }

    /// Reads what [`Request::encode`] wrote.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let (kind, rest) = bytes.split_first().ok_or(MessageError::Form("it is empty"))?;
        let two = || -> Result<([u8; 32], u32), MessageError> {
            let wrong = MessageError::Form("expected 32 bytes and a number");
            let (first, number) = rest.split_first_chunk::<32>().ok_or_else(|| wrong.clone())?;
            Ok((*first, u32::from_be_bytes(number.try_into().map_err(|_| wrong)?)))
        };
        let nothing = |request: Self| {
            if rest.is_empty() { Ok(request) } else { Err(MessageError::Form("expected its kind only")) }
        };
        match kind {
            1 => two().and_then(|(seed, blocks)| Ok(Self::Fill(Challenge::new(seed, blocks)?))),
            2 => nothing(Self::Roots),
            3 => match two()? {
                (start, steps @ 1..=MAX_STEPS) => Ok(Self::Walk { start, steps }),
                (_, found) => Err(MessageError::Steps { found }),
            },
            4 => rest.try_into().map(Self::Prove).map_err(|_| MessageError::Form("expected 32 bytes")),
            5 => nothing(Self::Proof),
            6 => two().map(|(seed, rows)| Self::Rows { seed, rows }),
            7 => nothing(Self::End),
            _ => Err(MessageError::Form("its kind is none of 1 to 7")),
        }
    }
}

impl Response {
    /// The bytes of the message, as they are sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::NotYet => vec![0],
            Self::Done(answer) => [&[1][..], answer].concat(),
        }
    }

    /// Reads what [`Response::encode`] wrote.
    ///
    /// # Errors
    /// [`MessageError::Form`].
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        match bytes.split_first() {
            Some((0, [])) => Ok(Self::NotYet),
            Some((1, answer)) => Ok(Self::Done(answer.to_vec())),
            _ => Err(MessageError::Form("it is neither an answer nor \"not yet\"")),
        }
    }
}
