//! What the node remembers of a measurement, and the work that goes on between two questions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bithive_exchange::PeerId;
use bithive_memory_proof::{Memory, Walk};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// How long memory stays filled when nobody asks: an accreditor asks every second.
const IDLE: Duration = Duration::from_secs(120);

/// How far a measurement is.
pub(crate) enum Stage {
    /// Filling, walking or proving.
    Working,
    /// The memory is filled; walks and a question may follow.
    Filled(Box<Memory>),
    /// The answer to the question, which the accreditor fetches.
    Proven(Vec<u8>),
    /// Why it failed.
    Failed(String),
}

/// A measurement that goes on.
pub(crate) struct Session {
    pub(crate) from: PeerId,
    pub(crate) stage: Stage,
    pub(crate) walks: Vec<Walk>,
    number: u64,
    seen: Instant,
    stop: Arc<AtomicBool>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Work of a session that is gone ends at once.
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    sessions: u64,
}

/// The measurement of one node: at most one at a time.
#[derive(Clone)]
pub(crate) struct Sessions {
    state: Arc<Mutex<State>>,
    /// One job at a time, also where an earlier session's has not stopped yet: memory is not filled twice.
    turn: Arc<Semaphore>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves it whole: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a measurement for `from`, in place of one that it began before. Memory is free when this returns, or once the job
    /// that fills it has noticed.
    pub(crate) fn begin(&self, from: PeerId) -> Result<(), String> {
        let mut state = self.state();
        if state.session.as_ref().is_some_and(|session| session.from != from) {
            return Err("another accreditor measures this node; try again later".into());
        }
        state.sessions = state.sessions.wrapping_add(1);
        let (number, stop) = (state.sessions, Arc::default());
        let session =
            Session { from, stage: Stage::Working, walks: vec![], number, seen: Instant::now(), stop };
        state.session = Some(session);
        drop(state);
        self.expire(number);
        Ok(())
    }

    /// Ends the measurement of `from` and gives the memory back.
    pub(crate) fn end(&self, from: PeerId) {
        let mut state = self.state();
        if state.session.as_ref().is_some_and(|session| session.from == from) {
            state.session = None;
        }
    }

    /// Acts on the measurement of `from`.
    pub(crate) fn with<T>(
        &self,
        from: PeerId,
        act: impl FnOnce(&mut Session) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut state = self.state();
        let session = state.session.as_mut().filter(|session| session.from == from);
        let session = session.ok_or("no measurement goes on; begin with one")?;
        session.seen = Instant::now();
        act(session)
    }

    /// Runs `job` beside everything else; what it returns is the next stage. It goes on whether it is waited
    /// for or not.
    pub(crate) fn work(
        &self,
        from: PeerId,
        job: impl FnOnce(&AtomicBool) -> (Stage, Option<Walk>) + Send + 'static,
    ) -> Result<JoinHandle<()>, String> {
        let (number, stop) = self.with(from, |session| Ok((session.number, session.stop.clone())))?;
        let (turn, sessions) = (self.turn.clone(), self.clone());
        Ok(tokio::spawn(async move {
            let Ok(turn) = turn.acquire_owned().await else { return };
            let done = tokio::task::spawn_blocking(move || job(&stop)).await;
            let (stage, walk) = done.unwrap_or_else(|error| (Stage::Failed(error.to_string()), None));
            let mut state = sessions.state();
            match state.session.as_mut().filter(|session| session.number == number) {
                Some(session) => {
                    session.stage = stage;
                    session.walks.extend(walk);
                    session.seen = Instant::now();
                }
                // Its memory is free before the next job gets its turn.
                None => drop(stage),
            }
            drop(state);
            drop(turn);
        }))
    }

    /// Runs `job` if nothing else is being measured.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let turn = self.turn.clone().try_acquire_owned();
        let _turn = turn.map_err(|_| "a measurement goes on; try again when it has ended")?;
        tokio::task::spawn_blocking(job).await.map_err(|error| error.to_string())?
    }

    /// Ends a session when nobody asks any more.
    fn expire(&self, number: u64) {
        let sessions = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(IDLE / 4).await;
                let mut state = sessions.state();
                match &state.session {
                    Some(session) if session.number == number => {
                        if session.seen.elapsed() > IDLE {
                            tracing::warn!(from = %session.from, "a measurement is given up: nobody asks");
                            state.session = None;
                            return;
                        }
                    }
                    _ => return,
                }
            }
        });
    }
}
