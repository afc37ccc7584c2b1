//! Following a packet to its outcome.

use std::time::Duration;

use bithive_chain::{Block, BlockCursor, ChainError, Event, TxHash, TxResult};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::{Ack, IbcError, Packet};

/// The transaction in which something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TxLocation {
    /// Height of the block.
    pub height: u64,
    /// Hash of the transaction.
    pub hash: TxHash,
}

/// A stage of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The destination has it, and has answered.
    Received {
        /// The transaction on the destination.
        #[serde(flatten)]
        seen: TxLocation,
        /// The other chain's answer.
        answer: Ack,
    },
    /// The source knows the answer.
    Acknowledged {
        /// The transaction on the source.
        #[serde(flatten)]
        seen: TxLocation,
    },
    /// The source knows that it was not received in time.
    TimedOut {
        /// The transaction on the source.
        #[serde(flatten)]
        seen: TxLocation,
    },
}

/// Outcome of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// The destination took it, and the source knows.
    Acknowledged {
        /// The answer of the destination's port, base64.
        result: String,
    },
    /// The destination refused it, and the source knows: what was sent is back.
    Refused {
        /// The reason, for people.
        error: String,
    },
    /// It was not received in time, and the source knows: what was sent is back.
    TimedOut,
    /// None of these within the time that it was followed. Relayers may still carry it.
    Pending {
        /// Whether the destination has it.
        received: bool,
    },
}

/// Follows a packet on both chains for at most `patience`, telling each stage as it is seen. The cursors are to begin no
/// later than the block that sent the packet, and the destination's block at that time.
///
/// # Errors
/// [`IbcError::Chain`] when a chain answers nothing that can be read. A chain that does not answer is asked again.
pub async fn follow(
    packet: &Packet,
    (mut source, mut destination): (BlockCursor, BlockCursor),
    patience: Duration,
    tell: &mut (dyn FnMut(&Stage) + Send),
) -> Result<Outcome, IbcError> {
    let deadline = Instant::now() + patience;
    let mut answer: Option<Ack> = None;
    // The source's part can be seen before the destination's: what counts is both.
    let mut acknowledged = false;
    loop {
        if let Some(answer) = answer.clone().filter(|_| acknowledged) {
            return Ok(match answer {
                Ack::Result(result) => Outcome::Acknowledged { result },
                Ack::Error(error) => Outcome::Refused { error },
            });
        }
        let stage = tokio::select! {
            block = next(&mut source), if !acknowledged => at_source(packet, &block?),
            block = next(&mut destination), if answer.is_none() => at_destination(packet, &block?),
            () = sleep_until(deadline) => return Ok(Outcome::Pending { received: answer.is_some() }),
        };
        let Some(stage) = stage else { continue };
        tell(&stage);
        match stage {
            Stage::Received { answer: given, .. } => answer = Some(given),
            Stage::Acknowledged { .. } => acknowledged = true,
            Stage::TimedOut { .. } => return Ok(Outcome::TimedOut),
        }
    }
}

/// The next block; waits while the chain does not answer.
async fn next(cursor: &mut BlockCursor) -> Result<Block, IbcError> {
    const AGAIN: Duration = Duration::from_millis(500);
    loop {
        match cursor.next().await {
            Ok(block) => return Ok(block),
            Err(ChainError::NodeDown { .. } | ChainError::NodeBehind { .. }) => {
                tokio::time::sleep(AGAIN).await
            }
            Err(error) => return Err(IbcError::chain(format!("block {}", cursor.next_height()))(error)),
        }
    }
}

fn at_source(packet: &Packet, block: &Block) -> Option<Stage> {
    events(block).find_map(|(tx, event)| {
        let seen = TxLocation { height: block.height, hash: tx.hash };
        match event.kind.as_str() {
            "acknowledge_packet" if packet.is_of(event) => Some(Stage::Acknowledged { seen }),
            "timeout_packet" if packet.is_of(event) => Some(Stage::TimedOut { seen }),
            _ => None,
        }
    })
}

fn at_destination(packet: &Packet, block: &Block) -> Option<Stage> {
    let (tx, event) =
        events(block).find(|(_, event)| event.kind == "write_acknowledgement" && packet.is_of(event))?;
    let seen = TxLocation { height: block.height, hash: tx.hash };
    Some(Stage::Received { seen, answer: Ack::of(event) })
}

/// Events of the transactions that took effect.
fn events(block: &Block) -> impl Iterator<Item = (&TxResult, &Event)> {
    let done = block.txs.iter().filter(|tx| tx.error.is_none());
    done.flat_map(|tx| tx.events.iter().map(move |event| (tx, event)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ibc::packet::tests::{event, packet};
    use async_trait::async_trait;
    use bithive_chain::BlockSource;
    use cosmwasm_std::Timestamp;
    use std::sync::Arc;

    /// A chain whose blocks have these events, one each; then it makes no more.
    struct Told(Vec<Event>);

    #[async_trait]
    impl BlockSource for Told {
        async fn block_at(&self, height: u64) -> Result<Block, ChainError> {
            let Some(event) = self.0.get(height as usize - 1) else { return std::future::pending().await };
            let error = (event.kind == "failed").then(|| ChainError::NodeDown { reason: "no".into() });
            let mut event = event.clone();
            if error.is_some() {
                event.kind = "acknowledge_packet".into();
            }
            let tx = TxResult {
                hash: TxHash([height as u8; 32]),
                senders: vec![],
                error,
                events: vec![event],
                data: vec![],
                gas_used: 0,
                gas_wanted: 0,
                host_calls: None,
            };
            let time = Timestamp::from_seconds(height);
            Ok(Block { height, hash: None, parent: None, time, txs: vec![tx] })
        }
    }

    fn answered(ack: &str) -> Event {
        event("write_acknowledgement", &packet(), &[("packet_ack_hex", hex::encode(ack))])
    }

    async fn run(source: Vec<Event>, destination: Vec<Event>) -> (Outcome, Vec<Stage>) {
        let mut stages = Vec::new();
        let cursor = |events| BlockCursor::new(Arc::new(Told(events)), 1);
        let cursors = (cursor(source), cursor(destination));
        let patience = Duration::from_millis(200);
        let end =
            follow(&packet(), cursors, patience, &mut |stage| stages.push(stage.clone())).await.unwrap();
        (end, stages)
    }

    #[tokio::test]
    async fn a_packet_that_is_taken_is_received_and_then_acknowledged() {
        let other = Packet { sequence: 4, ..packet() };
        let source =
            vec![event("acknowledge_packet", &other, &[]), event("acknowledge_packet", &packet(), &[])];
        let (end, stages) = run(source, vec![answered(r#"{"result":"AQ=="}"#)]).await;
        assert_eq!(end, Outcome::Acknowledged { result: "AQ==".into() });
        assert_eq!(stages.len(), 2);
        let height = |stage: &Stage| match stage {
            Stage::Acknowledged { seen } | Stage::Received { seen, .. } | Stage::TimedOut { seen } => {
                seen.height
            }
        };
        assert!(stages.iter().any(|stage| matches!(stage, Stage::Acknowledged { .. }) && height(stage) == 2));
    }

    #[tokio::test]
    async fn a_refusal_is_told_with_its_reason() {
        let source = vec![event("acknowledge_packet", &packet(), &[])];
        let (end, _) = run(source, vec![answered(r#"{"error":"no such receiver"}"#)]).await;
        assert_eq!(end, Outcome::Refused { error: "no such receiver".into() });
    }

    #[tokio::test]
    async fn a_timeout_ends_it_without_the_destination() {
        let (end, stages) = run(vec![event("timeout_packet", &packet(), &[])], vec![]).await;
        assert_eq!(end, Outcome::TimedOut);
        assert!(matches!(stages[..], [Stage::TimedOut { .. }]));
    }

    #[tokio::test]
    async fn what_is_neither_acknowledged_nor_timed_out_is_pending() {
        assert_eq!(run(vec![], vec![]).await.0, Outcome::Pending { received: false });
        let (end, _) = run(vec![], vec![answered(r#"{"result":"AQ=="}"#)]).await;
        assert_eq!(end, Outcome::Pending { received: true });
    }

    #[tokio::test]
    async fn an_event_of_a_transaction_that_failed_says_nothing() {
        let (end, stages) = run(vec![event("failed", &packet(), &[])], vec![answered("{}")]).await;
        assert_eq!(end, Outcome::Pending { received: true });
        assert_eq!(stages.len(), 1);
    }
}
