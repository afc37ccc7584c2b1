//! Rendered text in generated pictures: how much of it is found, and how often something else is taken for text.

use bithive_deid::text::{find, gray};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

const SIDE: usize = 256;
const PICTURES: u64 = 500;

/// Capitals and digits in 5 x 7 pixels, a bit for each.
const FONT: [[u8; 7]; 36] = [
    [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001], // A
    [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110], // B
    [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110], // C
    [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110], // D
    [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111], // E
    [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000], // F
    [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110], // G
    [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001], // H
    [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110], // I
    [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100], // J
    [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001], // K
    [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111], // L
    [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001], // M
    [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001], // N
    [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110], // O
    [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000], // P
    [0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101], // Q
    [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001], // R
    [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110], // S
    [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100], // T
    [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110], // U
    [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100], // V
    [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b10101, 0b01010], // W
    [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001], // X
    [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100], // Y
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111], // Z
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110], // 0
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110], // 1
    [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111], // 2
    [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110], // 3
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010], // 4
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110], // 5
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110], // 6
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000], // 7
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110], // 8
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100], // 9
];

struct Dice(ChaCha20Rng);

impl Dice {
    /// A number of a range, evenly.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    fn whole(&mut self, low: usize, high: usize) -> usize {
        low + self.0.next_u32() as usize % (high - low + 1)
    }
}

/// A slice through a body of ellipses with vessels, in the numbers of a CT, and noise.
fn phantom(dice: &mut Dice) -> Vec<f32> {
    let mut picture = vec![-1000.0; SIDE * SIDE];
    let middle = SIDE as f32 / 2.0;
    let body = (dice.between(80.0, 115.0), dice.between(70.0, 110.0));
    ellipse(&mut picture, (middle, middle), body, 0.0, dice.between(20.0, 60.0));
    for _ in 0..dice.whole(3, 12) {
        let at = (dice.between(50.0, 206.0), dice.between(50.0, 206.0));
        let half = (dice.between(4.0, 40.0), dice.between(4.0, 40.0));
        let value = *[-800.0, -90.0, 50.0, 120.0, 300.0, 900.0].get(dice.whole(0, 5)).unwrap();
        let turn = dice.between(0.0, 3.1);
        ellipse(&mut picture, at, half, turn, value);
    }
    for _ in 0..dice.whole(0, 8) {
        // A vessel: a line of discs.
        let (mut x, mut y, mut turn) =
            (dice.between(60.0, 196.0), dice.between(60.0, 196.0), dice.between(0.0, 6.3));
        let (width, value) = (dice.between(1.0, 4.0), dice.between(150.0, 400.0));
        for _ in 0..dice.whole(10, 90) {
            ellipse(&mut picture, (x, y), (width, width), 0.0, value);
            turn += dice.between(-0.3, 0.3);
            (x, y) = ((x + turn.cos()).clamp(6.0, 250.0), (y + turn.sin()).clamp(6.0, 250.0));
        }
    }
    let noise = dice.between(0.0, 40.0);
    for sample in &mut picture {
        // The sum of four even numbers is near enough to a normal one.
        let sum: f32 = (0..4).map(|_| dice.between(-1.0, 1.0)).sum();
        *sample += noise * sum * 0.87;
    }
    picture
}

fn ellipse(picture: &mut [f32], (cx, cy): (f32, f32), (a, b): (f32, f32), turn: f32, value: f32) {
    let reach = a.max(b).ceil();
    let range = |middle: f32| {
        (middle - reach).max(0.0) as usize..((middle + reach + 1.0).max(0.0) as usize).min(SIDE)
    };
    for y in range(cy) {
        for x in range(cx) {
            let (dx, dy) = (x as f32 - cx, y as f32 - cy);
            let (u, v) = (dx * turn.cos() + dy * turn.sin(), dy * turn.cos() - dx * turn.sin());
            if (u / a).powi(2) + (v / b).powi(2) <= 1.0 {
                picture[y * SIDE + x] = value;
            }
        }
    }
}

/// Draws 5 to 14 letters somewhere, one to four times their size, smooth at the edges or not, brighter or darker than what is below by at
/// least a fifth of the picture's range.
fn write(picture: &mut [f32], dice: &mut Dice) {
    let scale = dice.whole(1, 4);
    let advance = 6 * scale;
    let count = dice.whole(5, 14).min((SIDE - 8) / advance);
    let (left, top) = (dice.whole(2, SIDE - 4 - count * advance), dice.whole(2, SIDE - 4 - 7 * scale));
    let most = picture.iter().copied().fold(f32::MIN, f32::max);
    let least = picture.iter().copied().fold(f32::MAX, f32::min);
    let below: Vec<f32> = (0..7 * scale)
        .flat_map(|y| (0..count * advance).map(move |x| (x, y)))
        .map(|(x, y)| picture[(top + y) * SIDE + left + x])
        .collect();
    let mean = below.iter().sum::<f32>() / below.len() as f32;
    let spread = below.iter().map(|value| (value - mean).abs()).fold(0.0, f32::max);
    let step = (most - least) * dice.between(0.2, 0.6) + spread;
    let value = if mean + step <= most + (most - least) * 0.3 { mean + step } else { mean - step };
    let smooth = dice.whole(0, 1) == 1;
    for index in 0..count {
        let letter = FONT[dice.whole(0, 35)];
        for (row, bits) in letter.iter().enumerate() {
            for column in 0..5 {
                if bits >> (4 - column) & 1 == 1 {
                    for (y, x) in (0..scale).flat_map(|y| (0..scale).map(move |x| (y, x))) {
                        let at = (top + row * scale + y) * SIDE + left + index * advance + column * scale + x;
                        picture[at] = value;
                        if smooth && x + 1 == scale && at + 1 < picture.len() {
                            picture[at + 1] = picture[at + 1] * 0.7 + value * 0.3;
                        }
                    }
                }
            }
        }
    }
}

fn found(picture: &[f32]) -> bool {
    find(&gray(picture), SIDE, SIDE).is_some()
}

#[test]
fn of_seeded_text_99_in_100_are_found_and_of_pictures_without_2_in_100_are_taken_for_text() {
    let mut dice = Dice(ChaCha20Rng::seed_from_u64(17));
    let (mut hits, mut alarms) = (0, 0);
    for _ in 0..PICTURES {
        let mut picture = phantom(&mut dice);
        alarms += u64::from(found(&picture));
        write(&mut picture, &mut dice);
        hits += u64::from(found(&picture));
    }
    println!("found {hits} of {PICTURES}, false alarms {alarms} of {PICTURES}");
    assert!(hits * 100 >= PICTURES * 99, "found {hits} of {PICTURES}");
    assert!(alarms * 100 <= PICTURES * 2, "false alarms {alarms} of {PICTURES}");
}

#[test]
fn text_in_the_last_of_many_frames_refuses_the_object() {
    let mut dice = Dice(ChaCha20Rng::seed_from_u64(18));
    let frame = phantom(&mut dice);
    let mut last = frame.clone();
    write(&mut last, &mut dice);
    let pixels: Vec<u16> = [&frame[..], &frame, &last]
        .concat()
        .iter()
        .map(|value| (value + 1024.0).clamp(0.0, 4095.0) as u16)
        .collect();
    let mut object = crate::common::ct(SIDE as u16, SIDE as u16, pixels);
    object.put(crate::common::text(dicom_dictionary_std::tags::NUMBER_OF_FRAMES, dicom_core::VR::IS, "3"));
    let found = bithive_deid::Profile::default().apply(&mut object, &crate::common::subject());
    assert!(matches!(found, Err(bithive_deid::Error::TextFound { frame: 3, .. })), "{found:?}");
}

#[test]
fn padding_far_from_the_pixels_hides_no_text() {
    let (padding, wide) = (u16::MAX, SIDE + 64);
    let mut dice = Dice(ChaCha20Rng::seed_from_u64(19));
    for picture in 0..10 {
        let mut slice = phantom(&mut dice);
        write(&mut slice, &mut dice);
        let mut pixels = vec![padding; wide * SIDE];
        for (row, line) in slice.chunks(SIDE).enumerate() {
            for (column, value) in line.iter().enumerate() {
                pixels[row * wide + column] = (value + 1024.0).clamp(0.0, 4095.0) as u16;
            }
        }
        let mut object = crate::common::ct(wide as u16, SIDE as u16, pixels);
        for (tag, value) in [
            (dicom_dictionary_std::tags::BITS_STORED, 16),
            (dicom_dictionary_std::tags::HIGH_BIT, 15),
            (dicom_dictionary_std::tags::PIXEL_PADDING_VALUE, padding),
        ] {
            object.put(crate::common::number(tag, value));
        }
        let found = bithive_deid::Profile::default().apply(&mut object, &crate::common::subject());
        assert!(matches!(found, Err(bithive_deid::Error::TextFound { .. })), "{picture}: {found:?}");
    }
}

#[test]
fn pictures_of_any_size_and_content_are_looked_at() {
    for (columns, rows) in [(0, 0), (1, 1), (16, 5), (17, 300), (300, 6)] {
        for value in [0, 255] {
            assert_eq!(find(&vec![value; columns * rows], columns, rows), None);
        }
    }
    assert_eq!(find(&[0; 10], 100, 100), None);
    assert!(gray(&[f32::NAN, f32::INFINITY, 1.0]).iter().all(|gray| *gray == 0));
}
