//! Progress of long work, on standard error and only where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for so many things, of which `what` says what is done with them, such as "recording"; `unit` names them.
pub(super) fn bar(what: &str, length: u64, unit: &str) -> ProgressBar {
    styled(Some(length), &format!("{what} {{bar:30}} {{human_pos}}/{{human_len}} {unit}, {{eta}} left"))
}

/// A bar for a file that is read.
pub(super) fn bytes(what: &str, length: u64) -> ProgressBar {
    styled(Some(length), &format!("{what} {{bar:30}} {{bytes}}/{{total_bytes}}, {{eta}} left"))
}

/// A count of what has no known end.
pub(super) fn count(what: &str, unit: &str) -> ProgressBar {
    styled(None, &format!("{what} {{human_pos}} {unit}"))
}

fn styled(length: Option<u64>, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
