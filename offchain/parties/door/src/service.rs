//! The model, and what it says of a request's body.

use std::sync::Arc;
use std::time::Instant;

use bithive_inference::{Budget, Model, ModelInput, RunError, Table};
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::limits::RUN_TIMEOUT;
use crate::refused::Refused;

/// A model, how much of it one request may have, and how many run at a time; cheap to clone.
#[derive(Clone)]
pub struct Service {
    model: Arc<Model>,
    most: usize,
    runs: Arc<Semaphore>,
}

impl Service {
    /// A model of which one request has at most `most` rows or images; `workers` runs at a time, at least one.
    #[must_use]
    pub fn new(model: Model, most: usize, workers: usize) -> Self {
        Self { model: Arc::new(model), most, runs: Arc::new(Semaphore::new(workers.max(1))) }
    }

    /// What the model is, for those who want to ask it.
    #[must_use]
    pub(crate) fn describe(&self) -> Value {
        let reads = if self.model.preprocessing().is_some() { "images" } else { "rows" };
        json!({
            "model": hex::encode(self.model.digest()),
            "reads": reads,
            "columns": self.model.feature_names(),
            "classes": self.model.classes(),
            "most": self.most,
        })
    }

    /// What the model says of a body, as JSON: a CSV file with a header line, rows (BHFM) or images (BHIM). The same body gets the same
    /// answer on the same machine.
    pub(crate) async fn predict(&self, body: Bytes) -> Result<String, Refused> {
        let gone = |_| Refused::failed("the model's run ended early");
        let permit = self.runs.clone().acquire_owned().await.map_err(|_| Refused::stopping())?;
        let service = self.clone();
        let run = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            service.run(&body)
        });
        run.await.map_err(gone)?
    }

    /// Whether the model reads a body.
    pub(crate) async fn check(&self, body: Bytes) -> Result<(), Refused> {
        let service = self.clone();
        let read = tokio::task::spawn_blocking(move || service.read(&body).map(drop));
        read.await.map_err(|_| Refused::failed("reading a request ended early"))?
    }

    fn run(&self, body: &[u8]) -> Result<String, Refused> {
        let input = self.read(body)?;
        let budget = Budget::until(Instant::now().checked_add(RUN_TIMEOUT).unwrap_or_else(Instant::now));
        let logits = self.model.run_input(&input, &budget).map_err(|error| match error {
            RunError::OutOfTime { .. } | RunError::Cancelled => Refused::new(
                StatusCode::GATEWAY_TIMEOUT,
                "late",
                error.to_string(),
                "send fewer rows or images",
            ),
            other => Refused::input(other.to_string()),
        })?;
        let said = self.model.answers(&logits, self.model.mask_spacing(&input));
        let said = said.map_err(|error| Refused::failed(&error.to_string()))?;
        serde_json::to_string(&said).map_err(|error| Refused::failed(&error.to_string()))
    }

    fn read(&self, body: &[u8]) -> Result<ModelInput, Refused> {
        let bad = |error: &dyn std::fmt::Display| Refused::input(error.to_string());
        let input = if ModelInput::is_images(body) || body.starts_with(b"BHFM") {
            ModelInput::decode(body).map_err(|error| bad(&error))?
        } else {
            let table = Table::from_csv(body).map_err(|error| bad(&error))?;
            self.model.check_columns(&table).map_err(|error| bad(&error))?;
            ModelInput::Rows(table.features().clone())
        };
        self.model.check_input(&input).map_err(|error| bad(&error))?;
        let found = input.count();
        if found > self.most {
            return Err(Refused::input(format!(
                "expected at most {} rows or images in one request, found {found}",
                self.most
            )));
        }
        Ok(input)
    }
}
