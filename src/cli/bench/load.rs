//! Two ways to put a load on a server: closed, by clients that wait for their answers, and open, at a rate of its own.

use std::time::{Duration, Instant as Stopwatch};

use tokio::task::JoinSet;
use tonic::Status;

use super::measured::Tally;

/// Every client asks again as soon as it is answered; `ask` is told which client asks, and gives how much was done.
pub(super) async fn closed<F, A>(clients: u32, time: Duration, ask: F) -> anyhow::Result<(Tally, Duration)>
where
    F: Fn(u32) -> A + Clone + Send + 'static,
    A: Future<Output = Result<u64, Status>> + Send,
{
    let begun = Stopwatch::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let ask = ask.clone();
        running.spawn(async move {
            let mut tally = Tally::new();
            while begun.elapsed() < time {
                let asked = Stopwatch::now();
                match ask(client).await {
                    Ok(done) => tally.count(done, asked.elapsed()),
                    Err(status) => {
                        tally.fail(&status);
                        break;
                    }
                }
            }
            tally
        });
    }
    Ok((sum(running).await?, begun.elapsed()))
}

/// A request is due every so often, whether or not those before it are answered. Its latency counts from when it was due.
pub(super) async fn open<F, A>(rate: u32, time: Duration, ask: F) -> anyhow::Result<(Tally, Duration)>
where
    F: Fn(u64) -> A,
    A: Future<Output = Result<u64, Status>> + Send + 'static,
{
    let begun = Stopwatch::now();
    let mut running = JoinSet::new();
    for number in 0..u64::from(rate) * time.as_secs() {
        let due = begun + Duration::from_secs_f64(number as f64 / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let answer = ask(number);
        running.spawn(async move {
            let mut tally = Tally::new();
            match answer.await {
                Ok(done) => tally.count(done, due.elapsed()),
                Err(status) => tally.fail(&status),
            }
            tally
        });
    }
    Ok((sum(running).await?, begun.elapsed()))
}

/// What all of them counted.
pub(super) async fn sum(mut running: JoinSet<Tally>) -> anyhow::Result<Tally> {
    let mut all = Tally::new();
    while let Some(tally) = running.join_next().await {
        all.add(&tally?);
    }
    Ok(all)
}
