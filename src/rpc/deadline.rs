//! Until when a client waits: the header by which every gRPC client says its deadline. A request with one answer is ended by
//! the transport; a stream has to look by itself, since its answer has begun long before.

use std::time::Duration;

use tokio::time::Instant as Timer;
use tonic::metadata::MetadataMap;

/// When the deadline of a request passes; none where it has none, or one that nobody will live to see.
pub(super) fn of(metadata: &MetadataMap) -> Option<Timer> {
    let timeout = metadata.get("grpc-timeout")?.to_str().ok().and_then(parse)?;
    Timer::now().checked_add(timeout)
}

/// Waits for a deadline; for ever where there is none.
pub(super) async fn passed(deadline: Option<Timer>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// One to eight digits and a unit, as the protocol has it.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_the_protocol_writes_them() {
        let cases = [
            ("5S", Some(Duration::from_secs(5))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3600))),
            ("20m", Some(Duration::from_millis(20))),
            ("3M", Some(Duration::from_secs(180))),
            ("7u", Some(Duration::from_micros(7))),
            ("1n", Some(Duration::from_nanos(1))),
            ("", None),
            ("S", None),
            ("5", None),
            ("-5S", None),
            ("123456789S", None),
            ("5é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }
}
