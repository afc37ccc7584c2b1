//! How well vectors are found, and what an attacker gets: on uniform vectors, and on real ones.
//!
//! The real ones are the rows of the WDBC data set, 30 numbers each, as thermometers ([`Thermometer`]) whose levels
//! come from the rows that aren't held out. Vectors match if at least 2 of their 64 samples agree, which is when a
//! vault opens. Run it with `cargo run --release -p bithive-blindmatch --example hamming`; its generator is seeded.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use bithive_blindmatch::{
    attributes::{AttributeValue, Attributes},
    schema::{Attribute, Schema},
    vector::{SAMPLES, SAMPLES_NEEDED, Thermometer, VECTOR_BITS, Vector, recall, sample_agreement},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

const PAIRS: usize = 20_000;
/// "Near" for the real rows: the distance of the design.
const NEAR: u16 = 25;

/// From here on, distances are counted together.
const LAST_BAND: u16 = 100;

type Rows = Vec<Vec<f64>>;

/// A vector and the values of its slots.
struct Sampled {
    vector: Vector,
    samples: Vec<String>,
}

impl Sampled {
    fn new(schema: &Schema, vector: Vector) -> Result<Self, Box<dyn Error>> {
        let values = BTreeMap::from([("profile".to_owned(), AttributeValue::Vector(vector.clone()))]);
        let own = Attributes::new(schema, values)?;
        Ok(Self { vector, samples: own.inputs().iter().map(|input| input.value.clone()).collect() })
    }

    fn matches(&self, samples: &[String]) -> bool {
        self.samples.iter().zip(samples).filter(|(one, other)| one == other).count() >= SAMPLES_NEEDED
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Schema::new(vec![Attribute::Vector { name: "profile".to_owned() }])?;
    uniform(&schema)?;
    // Where the package is now, which may not be where it was compiled.
    let package =
        std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "run it by cargo: cargo run --example hamming")?;
    let folder = Path::new(&package).join("../../data/wdbc");
    let held_out = rows(&folder.join("holdout.csv"))?;
    let reference: Rows =
        rows(&folder.join("wdbc.csv"))?.into_iter().filter(|row| !held_out.contains(row)).collect();
    let thermometer = Thermometer::fit(&reference)?;
    let sample = |rows: &Rows| -> Result<Vec<Sampled>, Box<dyn Error>> {
        rows.iter().map(|row| Sampled::new(&schema, thermometer.encode(row)?)).collect()
    };
    let (reference, held_out) = (sample(&reference)?, sample(&held_out)?);
    real(&reference, &held_out);
    entropy(&reference);
    guesses(&reference, &held_out);
    Ok(())
}

/// The 30 numbers of each row.
fn rows(path: &Path) -> Result<Rows, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let numbers = |line: &str| line.split(',').take(30).map(str::parse).collect::<Result<Vec<f64>, _>>();
    Ok(text.lines().skip(1).map(numbers).collect::<Result<_, _>>()?)
}

fn uniform(schema: &Schema) -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    println!("Uniform vectors, {PAIRS} pairs at each distance, samples of one schema");
    println!("distance   sample agrees   match: formula   match: measured");
    for distance in [10_u16, 20, 25, 30, 35, 40, 41, 50, 64, 85, 128] {
        let mut matches = 0;
        for _ in 0..PAIRS {
            let mut bytes = [0; VECTOR_BITS / 8];
            rng.fill_bytes(&mut bytes);
            let vector = Sampled::new(schema, Vector::from_bytes(bytes))?;
            flip(&mut bytes, distance, &mut rng);
            let other = Sampled::new(schema, Vector::from_bytes(bytes))?;
            matches += usize::from(vector.matches(&other.samples));
        }
        let measured = matches as f64 / PAIRS as f64;
        println!(
            "{distance:8}   {:13.2e}   {:14.3e}   {measured:15.5}",
            sample_agreement(distance),
            recall(distance)
        );
    }
    Ok(())
}

/// Flips as many different bits.
fn flip(bytes: &mut [u8; VECTOR_BITS / 8], distance: u16, rng: &mut ChaCha20Rng) {
    let original = *bytes;
    let mut left = distance;
    while left > 0 {
        let place = rng.next_u64() as usize % VECTOR_BITS;
        let bit = 0x80 >> (place % 8);
        if (bytes[place / 8] ^ original[place / 8]) & bit == 0 {
            bytes[place / 8] ^= bit;
            left -= 1;
        }
    }
}

/// Every pair of a held-out and a reference row.
fn real(reference: &[Sampled], held_out: &[Sampled]) {
    let mut bands: BTreeMap<u16, (usize, usize, f64)> = BTreeMap::new();
    let (mut near, mut found, mut far, mut passed) = (0, 0, 0, 0);
    for one in held_out {
        for other in reference {
            let (distance, matches) =
                (one.vector.distance(&other.vector), usize::from(one.matches(&other.samples)));
            // 1 to 5 is a band, as is 21 to 25; the last has no end.
            let band = bands.entry(distance.saturating_sub(1).min(LAST_BAND) / 5 * 5).or_default();
            *band = (band.0 + 1, band.1 + matches, band.2 + recall(distance));
            if distance <= NEAR {
                (near, found) = (near + 1, found + matches);
            } else {
                (far, passed) = (far + 1, passed + matches);
            }
        }
    }
    println!("\nWDBC, {} held-out against {} reference rows", held_out.len(), reference.len());
    println!("distance     pairs   match: formula   match: measured");
    for (from, (pairs, matches, expected)) in bands {
        let (formula, measured) = (expected / pairs as f64, matches as f64 / pairs as f64);
        let to = if from == LAST_BAND { VECTOR_BITS as u16 } else { from + 5 };
        println!("{:3} to {to:3}   {pairs:5}   {formula:14.3e}   {measured:15.5}", from + 1);
    }
    println!("within {NEAR}: {found} of {near} found, recall {:.4}", found as f64 / f64::from(near));
    println!(
        "beyond {NEAR}: {passed} of {far} match all the same, rate {:.4}",
        passed as f64 / f64::from(far)
    );
    println!("of those that match, {:.4} are beyond {NEAR}", passed as f64 / (passed + found) as f64);
}

/// How much there is to guess.
fn entropy(rows: &[Sampled]) {
    let (mut min, mut collision): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for slot in 0..SAMPLES {
        let counts = counts(rows, slot);
        let most = counts.values().copied().max().unwrap_or_default() as f64;
        let pairs: usize = counts.values().map(|count| count * (count - 1)).sum();
        min.push(-(most / rows.len() as f64).log2());
        collision.push(-(pairs as f64 / (rows.len() * (rows.len() - 1)) as f64).log2());
    }
    let summary = |name: &str, mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let (least, most) =
            (values.first().copied().unwrap_or_default(), values.last().copied().unwrap_or_default());
        println!("{name}: mean {mean:.2}, least {least:.2}, most {most:.2} bits of 20");
    };
    println!("\nEntropy of a slot over {} rows", rows.len());
    summary("min-entropy (of at most the logarithm of the rows)", min);
    summary("collision entropy", collision);
    let distances: Vec<f64> = (0..rows.len())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| f64::from(rows[i].vector.distance(&rows[j].vector)) / VECTOR_BITS as f64)
        .collect();
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    let variance = distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / distances.len() as f64;
    println!(
        "distances: mean {mean:.3}, standard deviation {:.3} of 256 bits; {:.1} degrees of freedom",
        variance.sqrt(),
        mean * (1.0 - mean) / variance
    );
}

fn counts(rows: &[Sampled], slot: usize) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(row.samples[slot].as_str()).or_default() += 1);
    counts
}

/// How many held-out vectors' vaults open to an attacker who knows the reference rows, and has one value of each slot
/// evaluated per identity and epoch.
fn guesses(reference: &[Sampled], held_out: &[Sampled]) {
    let opens = |samples: &[String]| held_out.iter().filter(|row| row.matches(samples)).count();
    let rate = |count: usize| count as f64 / held_out.len() as f64;
    println!(
        "\nAn attacker who knows the reference rows opens vaults of {} held-out vectors",
        held_out.len()
    );
    let common =
        |slot| counts(reference, slot).into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value);
    let modal: Vec<String> = (0..SAMPLES).filter_map(common).map(str::to_owned).collect();
    println!("with the most common value of each slot: {:.3}", rate(opens(&modal)));
    let among = |row: &Sampled| reference.iter().filter(|other| row.matches(&other.samples)).count();
    if let Some(best) = reference.iter().max_by_key(|row| among(row)) {
        println!("as the reference row that opens most reference rows: {:.3}", rate(opens(&best.samples)));
    }
    let average: usize = reference.iter().map(|row| opens(&row.samples)).sum();
    println!("as a random reference row: {:.3}", rate(average) / reference.len() as f64);
    // Each identity as the row that opens most of what the ones before do not.
    let mut left: Vec<&Sampled> = reference.iter().collect();
    let mut chosen: Vec<&Sampled> = Vec::new();
    for identities in 1..=64_usize {
        let gain = |row: &&Sampled| left.iter().filter(|other| row.matches(&other.samples)).count();
        let Some(next) = reference.iter().max_by_key(gain) else { return };
        left.retain(|other| !next.matches(&other.samples));
        chosen.push(next);
        if identities.is_power_of_two() {
            let open =
                held_out.iter().filter(|row| chosen.iter().any(|one| row.matches(&one.samples))).count();
            println!("with {identities:2} identities, each as a reference row: {:.3}", rate(open));
        }
    }
}
