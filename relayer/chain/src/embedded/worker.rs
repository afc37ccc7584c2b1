//! The thread that owns the chain. Contracts and multi-test are not `Send`, so everybody else talks to it by messages.

use super::{head::Head, machine::Machine};
use crate::{Block, ChainError, GasUse, Receipt};
use std::{
    sync::{OnceLock, mpsc},
    time::Duration,
};
use tokio::sync::{oneshot, watch};

type Reply<T> = oneshot::Sender<Result<T, ChainError>>;

/// A request to the chain, in the order of arrival.
pub(super) enum Command {
    /// Looks at the state of the last block; replies by itself.
    Read(Box<dyn FnOnce(&Machine) + Send>),
    Simulate {
        tx: Vec<u8>,
        reply: Reply<GasUse>,
    },
    Broadcast {
        tx: Vec<u8>,
        reply: Reply<Receipt>,
    },
    Advance {
        seconds: Option<u64>,
        reply: Reply<Block>,
    },
}

/// Serves commands until every sender is gone, or the chain can't be read or written any more: `failure` then says why.
pub(super) fn serve(
    mut machine: Machine,
    commands: &mpsc::Receiver<Command>,
    head: &watch::Sender<Head>,
    txs_per_block: usize,
    failure: &OnceLock<ChainError>,
) {
    // A command that ended the collection of a block and waits for its turn.
    let mut waiting = None;
    while let Some(command) = waiting.take().or_else(|| commands.recv().ok()) {
        // A reply nobody waits for is not an error: the caller was cancelled.
        match command {
            Command::Read(read) => read(&machine),
            Command::Simulate { tx, reply } => {
                let gas = machine.simulate(&tx);
                drop(reply.send(machine.intact().and(gas)));
            }
            Command::Advance { seconds, reply } => {
                let block = machine.advance(seconds.map(Duration::from_secs));
                head.send_replace(machine.head());
                drop(reply.send(block));
            }
            Command::Broadcast { tx, reply } => {
                let (mut txs, mut replies) = (vec![tx], vec![reply]);
                while txs.len() < txs_per_block && waiting.is_none() {
                    match commands.try_recv() {
                        Ok(Command::Broadcast { tx, reply }) => {
                            txs.push(tx);
                            replies.push(reply);
                        }
                        Ok(other) => waiting = Some(other),
                        Err(_) => break,
                    }
                }
                let receipts = machine.deliver(&txs);
                head.send_replace(machine.head());
                for (reply, receipt) in replies.into_iter().zip(receipts) {
                    drop(reply.send(receipt));
                }
            }
        }
        if let Err(error) = machine.intact() {
            failure.get_or_init(|| error);
            return;
        }
    }
}
