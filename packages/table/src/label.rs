//! Classes, and how a model's logits compare with them.

/// The class of a row: the diagnosis in the data, or a model's prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// `B` (benign) or `0`.
    Negative,
    /// `M` (malignant) or `1`.
    Positive,
}

impl Label {
    /// The class that a probability stands for: positive above one half.
    #[must_use]
    pub fn from_probability(probability: f32) -> Self {
        if probability > 0.5 { Self::Positive } else { Self::Negative }
    }
}

/// Why an accuracy cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccuracyError {
    /// An accuracy over no rows has no value.
    #[error("labels: expected at least one, found none")]
    NoLabels,
    /// Each probability needs its label.
    #[error("probabilities: expected {labels}, one for each label, found {probabilities}")]
    CountMismatch {
        /// Number of probabilities given.
        probabilities: usize,
        /// Number of labels given.
        labels: usize,
    },
}

/// The probability that a logit (log-odds) stands for, in `[0, 1]`; no logit overflows.
#[must_use]
pub fn sigmoid(logit: f32) -> f32 {
    // The exponent is never positive, so the exponential stays within (0, 1].
    let tail = (-logit.abs()).exp();
    if logit >= 0.0 { 1.0 / (1.0 + tail) } else { tail / (1.0 + tail) }
}

/// The share of rows, in `[0, 1]`, whose class by probability is their label.
///
/// # Errors
/// No rows, or not as many probabilities as labels.
pub fn accuracy(probabilities: &[f32], labels: &[Label]) -> Result<f64, AccuracyError> {
    if labels.is_empty() {
        return Err(AccuracyError::NoLabels);
    }
    if probabilities.len() != labels.len() {
        let (probabilities, labels) = (probabilities.len(), labels.len());
        return Err(AccuracyError::CountMismatch { probabilities, labels });
    }
    let correct = probabilities
        .iter()
        .zip(labels)
        .filter(|(probability, label)| Label::from_probability(**probability) == **label)
        .count();
    Ok(correct as f64 / labels.len() as f64)
}
