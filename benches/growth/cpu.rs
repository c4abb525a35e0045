//! How long this process worked, as the kernel counts it: on a machine that others use too, the clock on the wall says less.

use std::time::Duration;

use super::Fault;

/// The kernel's unit of work of a process: Linux tells it in hundredths of a second everywhere.
const TICKS_A_SECOND: f64 = 100.0;

/// The seconds that all threads of this process have worked.
pub(crate) fn of_process() -> Result<f64, Fault> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program comes second and may hold anything; what follows it is numbers.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).ok_or("the system does not tell the time worked")?;
    Ok((user + system) / TICKS_A_SECOND)
}

/// How long this thread has worked.
pub(crate) fn of_thread() -> Result<Duration, Fault> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = told.split_whitespace().next().ok_or("the system does not tell the time worked")?;
    Ok(Duration::from_nanos(nanos.parse()?))
}
