//! What the demo prints as it happens.

use console::style;

/// Prints stages, or nothing when one JSON document is asked for.
#[derive(Clone, Copy)]
pub(super) struct Screen {
    pub(super) quiet: bool,
}

impl Screen {
    pub(super) fn stage(self, number: u8, title: &str) {
        if !self.quiet {
            println!("\n{} {}", style(format!("{number}.")).cyan().bold(), style(title).bold());
        }
    }

    pub(super) fn line(self, text: impl AsRef<str>) {
        if !self.quiet {
            println!("   {}", text.as_ref());
        }
    }

    pub(super) fn sees(self, party: &str, what: impl AsRef<str>) {
        if !self.quiet {
            println!("   {} {}", style(format!("{party} sees:")).green(), what.as_ref());
        }
    }

    pub(super) fn hidden(self, party: &str, what: impl AsRef<str>) {
        if !self.quiet {
            println!("   {} {}", style(format!("{party} does not see:")).yellow(), what.as_ref());
        }
    }

    pub(super) fn refused(self, what: &str, error: impl AsRef<str>) {
        if !self.quiet {
            println!("   {} {what}: {}", style("refused").red(), error.as_ref());
        }
    }
}
