//! What is shown of a study on its way, and compared.

use anyhow::Result;

use super::super::check::Check;
use super::super::results::FinishedJob;
use super::super::screen::Screen;
use super::super::setup::{DemoState, name_of};
use super::hospital::{Received, Study};
use super::phantom;

pub(super) fn show_received(received: &Received, screen: Screen, checks: &mut Vec<Check>) {
    let sent = phantom::SLICES.len();
    screen.line(format!("C-STORE of {sent} slices of CT; {} are answered with success", received.objects));
    let found = phantom::identifying()
        .filter(|(_, value)| received.on_disk.iter().any(|file| holds(file, value.as_bytes())))
        .count();
    let kept = received.on_disk.iter().map(|file| file.len()).sum::<usize>();
    screen.sees("the gateway's disk", "encrypted objects; their number, their lengths, and when they came");
    screen.hidden("the gateway's disk", "whose they are");
    checks.push(Check::new(
        "each object is on disk when the scanner hears of success",
        received.objects == sent,
        format!("{} of {sent}", received.objects),
    ));
    checks.push(Check::new(
        "what the gateway has on disk names nobody",
        found == 0 && kept > 0,
        format!("{} values searched in {kept} bytes: found {found}", phantom::identifying().count()),
    ));
}

pub(super) fn show_deidentified(study: &Study, screen: Screen, checks: &mut Vec<Check>) -> Result<()> {
    screen.line(format!(
        "{} attributes are removed or replaced; the patient is {}",
        study.changes, study.pseudonym
    ));
    let images = study.images.shape();
    let [height, width] = [images.height(), images.width()];
    screen.line(format!("{} images of {height} x {width} pixels in Hounsfield units", images.images()));
    let values: Vec<&str> = phantom::identifying().map(|(_, value)| value).collect();
    let left = values.iter().filter(|value| study.files.iter().any(|file| holds(file, value.as_bytes())));
    let left = left.count();
    checks.push(Check::new(
        "no identifying value is left",
        left == 0,
        format!("{} values searched in {} files: {left} left", values.len(), study.files.len()),
    ));
    let original = phantom::slices()?;
    let same = original.spacing() == study.images.spacing() && original.images().eq(study.images.images());
    checks.push(Check::new(
        "the pixels are those of the scanner",
        same,
        format!("{} samples, and the size of a pixel", study.images.samples().len()),
    ));
    Ok(())
}

pub(super) fn show_job(demo: &DemoState, finished: &FinishedJob, checks: &mut Vec<Check>) {
    let (screen, job) = (demo.screen, &finished.job);
    let names = |nodes: &[usize]| {
        let names: Vec<&str> = nodes.iter().map(|node| demo.nodes[*node].profile.name.as_str()).collect();
        names.join(", ")
    };
    screen.line(format!(
        "job {}: {} of {} nodes open its vault: {}",
        job.job_id,
        finished.matched.len(),
        demo.nodes.len(),
        names(&finished.matched)
    ));
    let chosen: Vec<&str> =
        finished.assigned.workers.iter().map(|worker| name_of(demo, &worker.address)).collect();
    screen.line(format!(
        "chosen: {}; encrypted images {} bytes",
        chosen.join(", "),
        finished.assigned.payload_bytes
    ));
    screen.sees("a chosen node", "pixels without a name");
    screen.hidden("everybody else", "pixels, and what is found in them");
    let agreed = job.workers.iter().filter(|worker| worker.in_quorum == Some(true)).count();
    let eligible: Vec<usize> =
        (0..demo.nodes.len()).filter(|node| demo.nodes[*node].profile.qualifies).collect();
    checks.push(Check::new(
        "exactly the nodes that satisfy the policy opened the vault",
        finished.matched == eligible,
        format!("{} opened it, {} satisfy it", finished.matched.len(), eligible.len()),
    ));
    checks.push(Check::new(
        "a quorum agrees",
        agreed >= usize::from(job.terms.quorum) && job.outcome.is_some(),
        format!("{agreed} of {} agree, {} needed", job.workers.len(), job.terms.quorum),
    ));
}

/// Whether a text has a part.
pub(super) fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
