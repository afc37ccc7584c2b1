//! Stopping: on SIGINT or SIGTERM, or by a handle.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::DaemonError;

/// Resolves once the party is to stop; clones share it.
#[derive(Clone)]
pub struct Stop {
    requested: watch::Receiver<bool>,
    /// Kept with the receiver, so that it never ends by itself.
    _handle: StopHandle,
}

/// Asks for the stop.
#[derive(Clone)]
pub struct StopHandle(Arc<watch::Sender<bool>>);

impl StopHandle {
    /// Asks for the stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A stop that the handle requests.
    #[must_use]
    pub fn with_handle() -> (Self, StopHandle) {
        let (sender, requested) = watch::channel(false);
        let handle = StopHandle(Arc::new(sender));
        (Self { requested, _handle: handle.clone() }, handle)
    }

    /// A stop on SIGINT or SIGTERM; the second one ends the process at once, with exit code 130.
    ///
    /// # Errors
    /// [`DaemonError::Machine`] if signals can't be listened for.
    pub fn on_signals() -> Result<(Self, StopHandle), DaemonError> {
        let (stop, handle) = Self::with_handle();
        let listen = |kind| signal(kind).map_err(DaemonError::machine("signals"));
        let (mut interrupt, mut terminate) =
            (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        let stopping = handle.clone();
        tokio::spawn(async move {
            let mut next = async || {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            };
            next().await;
            tracing::info!("stopping; once more to stop at once");
            stopping.stop();
            next().await;
            std::process::exit(130);
        });
        Ok((stop, handle))
    }

    /// Returns once the stop is asked for.
    pub async fn requested(&self) {
        // The sender lives as long as this does.
        let _ = self.requested.clone().wait_for(|stop| *stop).await;
    }

    /// Whether it is asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }
}
