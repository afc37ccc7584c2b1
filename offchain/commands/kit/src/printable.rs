//! Text that somebody else wrote, and errors, for people.

use bithive_client::refusal;

/// The text with control characters, which could move the cursor, change colours or the order of what is shown, as signs of one column
/// each. Ends of lines stay.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(sign).collect()
}

/// What was wrong, on one line, with what led to it. Amounts of what a contract refuses are in tokens.
#[must_use]
pub fn error_text(error: &anyhow::Error) -> String {
    refusal::in_tokens(&format!("{error:#}"))
}

fn sign(character: char) -> char {
    /// Pictures of the control characters of ASCII, in their order.
    const PICTURES: u32 = 0x2400;
    match character {
        '\n' => character,
        '\0'..='\u{1f}' => {
            char::from_u32(PICTURES + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\u{7f}' => '\u{2421}',
        // Marks, embeddings, overrides and isolates of the writing direction.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
