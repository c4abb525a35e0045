//! Paced: questions asked at a fixed rate, whether or not those before were answered. How long one takes counts from when
//! it was due, so that a server which falls behind is not asked less.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;

type Fault = Box<dyn std::error::Error>;

/// How long the one who asks sleeps where no question is due.
const NAP: Duration = Duration::from_micros(50);

/// Asks so often a second, so many times; how long each took.
pub(crate) async fn paced<T, F>(
    per_second: u32,
    times: usize,
    ask: impl Fn(usize) -> F + Send + 'static,
) -> Result<Vec<Duration>, Fault>
where
    F: Future<Output = Result<T, tonic::Status>> + Send + 'static,
{
    let runtime = Handle::current();
    // A thread of its own: the timers of the runtime are too coarse for ten questions a millisecond.
    let asking = move || {
        let begun = Instant::now();
        let mut answers = Vec::with_capacity(times);
        for number in 0..times {
            let due = begun + Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX) / per_second;
            while Instant::now() < due {
                std::thread::sleep(NAP);
            }
            let question = ask(number);
            answers.push(runtime.spawn(async move { question.await.map(|_| due.elapsed()) }));
        }
        answers
    };
    let answers = tokio::task::spawn_blocking(asking).await?;
    let mut took = Vec::with_capacity(times);
    for answer in answers {
        took.push(answer.await??);
    }
    Ok(took)
}
