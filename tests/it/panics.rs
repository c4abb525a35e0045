//! Every panic of this process, remembered: a server must have none, whatever it is sent.

use std::sync::{Mutex, Once};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static WATCH: Once = Once::new();

/// Remembers the panics from now on, beside showing them as before. Those of a test's own thread are the test's failure and
/// not a server's, and those that a decoder is tried for are told by whoever tries it.
pub(crate) fn watch() {
    WATCH.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if crate::fuzz::is_trying() {
                return;
            }
            let is_of_a_test = std::thread::current().name().is_some_and(|name| name.contains("::") || name == "main");
            if !is_of_a_test && let Ok(mut seen) = SEEN.lock() {
                seen.push(panic.to_string());
            }
            before(panic);
        }));
    });
}

/// The panics since [`watch`].
pub(crate) fn seen() -> Vec<String> {
    SEEN.lock().unwrap().clone()
}
