//! Where a long command is: a line that changes at a terminal, and lines in a file that keeps them.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use crate::Output;

/// Time after which a step that goes on is shown again where there is no terminal.
const AGAIN: Duration = Duration::from_secs(60);

/// Shows on the error stream what a long command is doing. At a terminal it is one line that changes; elsewhere, and beside an
/// answer as JSON, it is a line for each step and one for each minute.
pub fn spinner(output: Output) -> Spinner {
    if !at_terminal(output) {
        return lines();
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(100));
    Spinner(Shown::Terminal(bar))
}

/// As [`spinner`], of work that is counted ([`Spinner::at`]): a bar of this template of `indicatif` at a terminal.
///
/// # Errors
/// The template is none.
pub fn progress(output: Output, template: &str) -> Result<Spinner> {
    if !at_terminal(output) {
        return Ok(lines());
    }
    let style = ProgressStyle::with_template(template)?;
    Ok(Spinner(Shown::Terminal(ProgressBar::new(0).with_style(style))))
}

fn at_terminal(output: Output) -> bool {
    !output.json && std::io::stderr().is_terminal()
}

fn lines() -> Spinner {
    // Whoever closed the stream does not read it.
    Spinner(Shown::Lines(Lines::start(AGAIN, |line| drop(writeln!(std::io::stderr(), "{line}")))))
}

/// What [`spinner`] and [`progress`] show.
pub struct Spinner(Shown);

enum Shown {
    Terminal(ProgressBar),
    Lines(Lines),
}

impl Spinner {
    /// A new step.
    pub fn set_message(&self, step: impl Into<Cow<'static, str>>) {
        match &self.0 {
            Shown::Terminal(bar) => bar.set_message(step),
            Shown::Lines(lines) => lines.step(step.into()),
        }
    }

    /// How far the step is: shown at once at a terminal, and with the next minute elsewhere.
    pub fn update(&self, step: impl Into<Cow<'static, str>>) {
        match &self.0 {
            Shown::Terminal(bar) => bar.set_message(step),
            Shown::Lines(lines) => lines.now().text = step.into(),
        }
    }

    /// How much of the step is done, of how much: shown as [`Spinner::update`] shows it.
    pub fn at(&self, done: u64, of: u64) {
        match &self.0 {
            Shown::Terminal(bar) => {
                bar.set_length(of);
                bar.set_position(done);
            }
            Shown::Lines(lines) => lines.now().at = Some((done, of)),
        }
    }

    /// Shows nothing more, and clears the line of a terminal.
    pub fn finish_and_clear(&self) {
        match &self.0 {
            Shown::Terminal(bar) => bar.finish_and_clear(),
            Shown::Lines(lines) => lines.now().text = Cow::Borrowed(""),
        }
    }
}

/// The step that a command is at, and since when.
struct Now {
    text: Cow<'static, str>,
    /// How much of it is done, of how much.
    at: Option<(u64, u64)>,
    since: Instant,
}

/// A line for each step, and one for each `again` that it goes on. Ends when it is dropped.
struct Lines {
    now: Arc<Mutex<Now>>,
    write: Arc<dyn Fn(&str) + Send + Sync>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    fn start(again: Duration, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let now = Arc::new(Mutex::new(Now { text: Cow::Borrowed(""), at: None, since: Instant::now() }));
        let write: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(write);
        let (stop, stopped) = channel();
        let (step, said) = (now.clone(), write.clone());
        let thread = std::thread::spawn(move || remind(again, &stopped, &step, &*said));
        Self { now, write, stop: Some(stop), thread: Some(thread) }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        lock(&self.now)
    }

    fn step(&self, text: Cow<'static, str>) {
        let mut now = self.now();
        (self.write)(&text);
        *now = Now { text, at: None, since: Instant::now() };
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It only writes lines: that it ended is all there is to know.
            let _ = thread.join();
        }
    }
}

fn lock(now: &Mutex<Now>) -> MutexGuard<'_, Now> {
    // A text and a time are whole whenever a thread ends.
    now.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says again where the step is, each time that `again` has passed.
fn remind(again: Duration, stopped: &Receiver<()>, now: &Mutex<Now>, write: &(dyn Fn(&str) + Send + Sync)) {
    while stopped.recv_timeout(again) == Err(RecvTimeoutError::Timeout) {
        let now = lock(now);
        if !now.text.is_empty() {
            let at = now.at.map(|(done, of)| format!(": {done} of {of}")).unwrap_or_default();
            write(&format!("{}{at} (for {} s)", now.text, now.since.elapsed().as_secs()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until `lines` holds a line for which `wanted` is true.
    fn until(lines: &Receiver<String>, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let line = lines.recv_timeout(Duration::from_secs(60)).unwrap();
            if wanted(&line) {
                return line;
            }
        }
    }

    #[test]
    fn without_a_terminal_each_step_is_a_line_and_one_that_goes_on_is_said_again() {
        let (to, lines) = channel();
        let to = Mutex::new(to);
        let write = move |line: &str| drop(to.lock().unwrap().send(line.to_owned()));
        let spinner = Spinner(Shown::Lines(Lines::start(Duration::from_millis(5), write)));
        spinner.set_message("fetching");
        assert_eq!(lines.recv_timeout(Duration::from_secs(60)).unwrap(), "fetching");
        assert!(until(&lines, |line| line != "fetching").starts_with("fetching (for "));
        // How far it is needs no line of its own, and is what is said next.
        spinner.update("fetching: 2 of 3");
        until(&lines, |line| line.starts_with("fetching: 2 of 3 (for "));
        spinner.set_message("starting");
        until(&lines, |line| line == "starting");
        spinner.at(1, 4);
        until(&lines, |line| line.starts_with("starting: 1 of 4 (for "));
        spinner.set_message("closing");
        until(&lines, |line| line == "closing");
        assert!(until(&lines, |_| true).starts_with("closing (for "), "the count was of the step before");
        drop(spinner);
        // Its thread has ended, and nothing more can come.
        while lines.recv().is_ok() {}
    }
}
