//! Texts as QR codes (ISO/IEC 18004), in the terminal and as a picture (PNG, RFC 2083).

use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, QrCode};

/// Pixels of a module's side in a picture.
const SCALE: usize = 8;
/// Modules of light around the code, which readers need to find it.
const QUIET: usize = 4;
/// First bytes of every PNG.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

fn code(text: &str) -> Result<QrCode> {
    QrCode::new(text).with_context(|| format!("{} bytes are more than a QR code has", text.len()))
}

/// Lines of half blocks, light on dark as terminals are: readers want dark modules dark.
pub(super) fn lines(text: &str) -> Result<String> {
    let code = code(text)?;
    // What the crate calls dark is drawn, in the terminal's light colour.
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// A PNG in black and white.
pub(super) fn png(text: &str) -> Result<Vec<u8>> {
    let code = code(text)?;
    let (modules, colors) = (code.width(), code.to_colors());
    let side = modules.saturating_add(2 * QUIET).saturating_mul(SCALE);
    let is_dark = |x: usize, y: usize| {
        let place = |pixel: usize| pixel.checked_div(SCALE)?.checked_sub(QUIET).filter(|at| *at < modules);
        let at = place(y)?.checked_mul(modules)?.checked_add(place(x)?)?;
        colors.get(at).map(|color| *color == Color::Dark)
    };
    // A row is its filter, none, and a bit for each pixel, the first in the highest bit of a byte; 1 is white. `side` is whole bytes.
    let byte = |x: usize, y: usize| {
        let white = |bit: &usize| !is_dark(x.saturating_add(*bit), y).unwrap_or(false);
        (0..8usize).filter(white).fold(0u8, |sum, bit| sum | (0x80u8 >> bit))
    };
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..side {
        let row: Vec<u8> = std::iter::once(0).chain((0..side).step_by(8).map(|x| byte(x, y))).collect();
        rows.write_all(&row)?;
    }
    let mut file = SIGNATURE.to_vec();
    let width = u32::try_from(side)?.to_be_bytes();
    // Width, height, one bit a pixel, grey, and the only methods of compression and filters, without interlacing.
    chunk(
        &mut file,
        *b"IHDR",
        &[width, width, [1, 0, 0, 0]].concat().into_iter().chain([0]).collect::<Vec<_>>(),
    )?;
    chunk(&mut file, *b"IDAT", &rows.finish()?)?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

/// Length, kind, content, and the checksum of the last two.
fn chunk(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) -> Result<()> {
    let mut checksum = Crc::new();
    checksum.update(&kind);
    checksum.update(content);
    file.extend(u32::try_from(content.len())?.to_be_bytes());
    file.extend(kind);
    file.extend(content);
    file.extend(checksum.sum().to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// The next chunk of a PNG, whose checksum has to hold.
    fn next<'a>(rest: &mut &'a [u8]) -> ([u8; 4], &'a [u8]) {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let (kind, content) = (rest[4..8].try_into().unwrap(), &rest[8..8 + length]);
        let mut checksum = Crc::new();
        checksum.update(&rest[4..8 + length]);
        assert_eq!(rest[8 + length..12 + length], checksum.sum().to_be_bytes());
        *rest = &rest[12 + length..];
        (kind, content)
    }

    #[test]
    fn a_picture_has_the_codes_modules_and_light_around_them() {
        let text = "https://pay.example/pay#chain=bithive-1&offer=7";
        let expected = QrCode::new(text).unwrap();
        let file = png(text).unwrap();
        let mut rest = file.strip_prefix(SIGNATURE.as_slice()).unwrap();
        let side = (expected.width() + 8) * 8;
        let size = (side as u32).to_be_bytes();
        let (kind, header) = next(&mut rest);
        assert_eq!(
            (&kind, header),
            (b"IHDR", [size.as_slice(), &size, &[1, 0, 0, 0, 0]].concat().as_slice())
        );
        let (kind, compressed) = next(&mut rest);
        assert_eq!(&kind, b"IDAT");
        assert_eq!((next(&mut rest), rest), ((*b"IEND", [].as_slice()), [].as_slice()));
        let mut data = Vec::new();
        flate2::read::ZlibDecoder::new(compressed).read_to_end(&mut data).unwrap();
        let row = 1 + side / 8;
        assert_eq!(data.len(), side * row);
        for y in 0..side {
            assert_eq!(data[y * row], 0, "no filter");
            for x in 0..side {
                let white = data[y * row + 1 + x / 8] & (0x80 >> (x % 8)) != 0;
                let inside = [x, y].iter().all(|at| (32..side - 32).contains(at));
                let dark = inside && expected[((x - 32) / 8, (y - 32) / 8)] == Color::Dark;
                assert_eq!(white, !dark, "{x} {y}");
            }
        }
    }

    #[test]
    fn lines_have_the_codes_modules_two_in_a_character() {
        let code = QrCode::new("x").unwrap();
        let (lines, side) = (lines("x").unwrap(), code.width() + 8);
        let rows: Vec<Vec<char>> = lines.lines().map(|line| line.chars().collect()).collect();
        assert_eq!((rows.len(), rows[0].len()), (side.div_ceil(2), side));
        let light = |x: usize, y: usize| match rows[y / 2][x] {
            '█' => true,
            '▀' => y.is_multiple_of(2),
            '▄' => y % 2 == 1,
            other => {
                assert_eq!(other, ' ');
                false
            }
        };
        for y in 0..side {
            for x in 0..side {
                let inside = [x, y].iter().all(|at| (4..side - 4).contains(at));
                assert_eq!(light(x, y), !(inside && code[(x - 4, y - 4)] == Color::Dark), "{x} {y}");
            }
        }
    }

    #[test]
    fn more_text_than_a_code_has_is_refused() {
        assert!(lines(&"x".repeat(3_000)).unwrap_err().to_string().contains("more than a QR code has"));
    }
}
