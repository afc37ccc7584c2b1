//! A guesser that learns from labelled views which of several values is behind them: naive Bayes over bits.

use rand_chacha::rand_core::Rng;

use super::rng;

pub const LESSONS: usize = 6_000;
pub const TRIALS: usize = 12_000;

/// For each bit and class the logarithm of the chance that it is 0, and that it is 1.
struct Guesser {
    chances: Vec<Vec<[f64; 2]>>,
}

fn is_set(view: &[u8], bit: usize) -> bool {
    view[bit / 8] >> (bit % 8) & 1 == 1
}

impl Guesser {
    fn learn(classes: usize, lessons: &[(usize, Vec<u8>)]) -> Self {
        let bits = 8 * lessons[0].1.len();
        let mut counts = vec![vec![[1.0_f64; 2]; classes]; bits];
        for (class, view) in lessons {
            for (bit, count) in counts.iter_mut().enumerate() {
                count[*class][usize::from(is_set(view, bit))] += 1.0;
            }
        }
        let chance = |[zeros, ones]: [f64; 2]| [(zeros / (zeros + ones)).ln(), (ones / (zeros + ones)).ln()];
        Self { chances: counts.into_iter().map(|bit| bit.into_iter().map(chance).collect()).collect() }
    }

    fn guess(&self, view: &[u8]) -> usize {
        let mut scores = vec![0.0; self.chances[0].len()];
        for (bit, chances) in self.chances.iter().enumerate() {
            let value = usize::from(is_set(view, bit));
            scores.iter_mut().zip(chances).for_each(|(score, chance)| *score += chance[value]);
        }
        (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap()
    }
}

/// How many of the trials the guesser gets right. `view` gives what is seen of a run with the class that it is told;
/// all views are of one length, or else their length would tell.
pub fn hits(classes: usize, seed: u64, mut view: impl FnMut(usize) -> Vec<u8>) -> usize {
    let mut choice = rng(seed);
    let mut sample = |count: usize| -> Vec<(usize, Vec<u8>)> {
        (0..count)
            .map(|_| (choice.next_u64() % classes as u64) as usize)
            .map(|class| (class, view(class)))
            .collect()
    };
    let lessons = sample(LESSONS);
    let length = lessons[0].1.len();
    let guesser = Guesser::learn(classes, &lessons);
    let trials = sample(TRIALS);
    assert!(
        lessons.iter().chain(&trials).all(|(_, view)| view.len() == length),
        "the length of a view tells the class"
    );
    trials.iter().filter(|(class, view)| guesser.guess(view) == *class).count()
}

/// Within four standard deviations of guessing blindly.
pub fn assert_is_chance(hits: usize, classes: usize) {
    let chance = 1.0 / classes as f64;
    let mean = TRIALS as f64 * chance;
    let deviation = (mean * (1.0 - chance)).sqrt();
    assert!((hits as f64 - mean).abs() < 4.0 * deviation, "{hits} hits, expected about {mean}");
}

/// Views of different classes can't be told apart.
pub fn assert_learns_nothing(classes: usize, seed: u64, view: impl FnMut(usize) -> Vec<u8>) {
    assert_is_chance(hits(classes, seed, view), classes);
}
