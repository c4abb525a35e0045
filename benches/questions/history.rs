//! What is observed of the promises, week by week, and the ledger that holds it.

use entente::domain::event::{
    ActPerformed, AmountReported, Bound, CohortReported, MeasureObserved, MeasureState, MetricReported, RateSet, Stage,
};
use entente::domain::{
    Basis, Collection, Dated, Day, Decimal, EventId, Instant, Payload, Preconditions, Slug, Source, SourceClass,
    Sources, Subject, Submission, Text, Unit,
};
use entente::ledger::{AppendRequest, Ledger};

use super::promise;
use super::world::{self, LEDGER, LONG, ROUNDS, Role, World};

type Fault = Box<dyn std::error::Error>;

/// How many events one append has.
const BATCH: usize = 1_000;
/// One observation in so many corrects the one before it.
const CORRECTED: usize = 50;
/// The series of the commitment with the long history; each reports every day.
const LONG_SERIES: usize = 13;

/// Records all of it; every event is judged as if a client had sent it.
pub(crate) struct Recorder<'l> {
    ledger: &'l Ledger,
    world: World,
    batch: Vec<Submission>,
    ids: u128,
    source: Sources,
    last: Vec<Option<EventId>>,
}

impl<'l> Recorder<'l> {
    pub(crate) fn new(ledger: &'l Ledger, world: World) -> Result<Self, Fault> {
        let source = gazette(0)?;
        Ok(Recorder { ledger, world, batch: Vec::new(), ids: 0, source, last: vec![None; world.commitments] })
    }

    /// Instruments, measures, commitments and readings.
    pub(crate) async fn promises(&mut self) -> Result<(), Fault> {
        let world = self.world;
        for number in 0..world.instruments() {
            self.write(&promise::instrument(number)).await?;
        }
        for number in 0..world.measures() {
            self.write(&promise::measure(number)).await?;
        }
        for number in 0..world.commitments {
            self.write(&promise::commitment(&world, number)).await?;
            if matches!(number % 40, 0 | 1 | 5)
                && let Some(reading) = promise::reading(&world, number)
            {
                self.write(&reading).await?;
            }
        }
        let mut long = promise::commitment(&world, 5);
        let series: Vec<String> = (0..LONG_SERIES).map(|it| format!("series-{it}")).collect();
        let names: Vec<&str> = series.iter().map(String::as_str).collect();
        long["subject"] = format!("ledgers/{LEDGER}/commitments/{LONG}").into();
        long["commitmentUndertaken"]["terms"] = promise::pledge(5, &names);
        self.write(&long).await?;
        self.flush().await
    }

    /// Every round of observations.
    pub(crate) async fn observations(&mut self) -> Result<(), Fault> {
        for round in 0..ROUNDS {
            self.source = gazette(round)?;
            for index in 0..self.world.in_round(round) {
                self.observe(round, index % self.world.commitments, index / self.world.commitments).await?;
            }
        }
        self.flush().await
    }

    /// The long history of one commitment: daily amounts in several series, a tenth of them corrections of earlier ones.
    pub(crate) async fn long(&mut self, records: usize) -> Result<(), Fault> {
        let subject = Subject::commitment(Slug::parse(LONG)?);
        let mut corrigible: Vec<(EventId, Payload)> = Vec::new();
        for index in 0..records {
            let correction = (index % 10 == 9).then(|| corrigible.swap_remove(index * 7919 % corrigible.len()));
            let (supersedes, payload) = match correction {
                Some((id, payload)) => (Some(id), corrected(payload)?),
                None => {
                    let given = index - index / 10;
                    let day = world::week(0).plus_days(i64::try_from(given / LONG_SERIES)?);
                    let series = format!("series-{}", given % LONG_SERIES);
                    (None, amount(&series, day, day, (100 + given % 60).to_string())?)
                }
            };
            let id = self.next_id();
            if supersedes.is_none() {
                corrigible.push((id, payload.clone()));
            }
            let recorded = world::recorded(world::week(ROUNDS)).plus_seconds(i64::try_from(index)?.min(80_000));
            self.push(id, subject.clone(), supersedes, recorded, payload).await?;
        }
        self.flush().await
    }

    async fn observe(&mut self, round: usize, number: usize, part: usize) -> Result<(), Fault> {
        let id = self.next_id();
        let (first, last) = (world::week(round), world::week(round).plus_days(6));
        let subject = match self.world.measure_of(number) {
            Some(measure) => Subject::Member(Collection::Measures, Slug::parse(&measure)?),
            None => Subject::commitment(Slug::parse(&self.world.id(number))?),
        };
        let correct = part == 0 && (number * 31 + round).is_multiple_of(CORRECTED);
        let supersedes = self.last[number].filter(|_| correct);
        let seen = if supersedes.is_some() { round - 1 } else { round };
        let seen_week = (world::week(seen), world::week(seen).plus_days(6));
        let payload = match Role::of(number) {
            Role::RateCeiling if round.is_multiple_of(10) && part == 0 => rate(first, number)?,
            Role::Suspension | Role::RateCeiling => {
                applied(seen_week.0, seen_week.1, (number * 13 + round).is_multiple_of(97))
            }
            // A correction of a pledge's figure is for the days of that figure.
            Role::Pledge if part == 0 => {
                let value = (900 + (number * 17 + round * 29) % 300).to_string();
                amount("us-esr", seen_week.0, seen_week.1, value)?
            }
            Role::Pledge => amount(&format!("tracker-{part}"), first, last, "950".to_owned())?,
            Role::Ceiling => metric(seen, (number * 7 + round * 3) % 9)?,
            Role::Act => performed(first),
            Role::Flow => cohort(seen, last, u64::try_from(number % 7)?)?,
        };
        let is_first_rate = matches!(payload, Payload::RateSet(_));
        let supersedes = supersedes.filter(|_| !is_first_rate && Role::of(number) != Role::Act);
        if part == 0 {
            // What has been corrected, or is of another kind, is not corrected again.
            self.last[number] = (supersedes.is_none() && !is_first_rate).then_some(id);
        }
        self.push(id, subject, supersedes, world::recorded(first), payload).await
    }

    async fn write(&mut self, value: &serde_json::Value) -> Result<(), Fault> {
        let id = self.next_id();
        let submission = promise::submission(value, id)?;
        self.batch.push(submission);
        if self.batch.len() == BATCH { self.flush().await } else { Ok(()) }
    }

    async fn push(
        &mut self,
        event_id: EventId,
        subject: Subject,
        supersedes: Option<EventId>,
        recorded_at: Instant,
        payload: Payload,
    ) -> Result<(), Fault> {
        self.batch.push(Submission {
            event_id,
            subject,
            sources: self.source.clone(),
            supersedes,
            note: None,
            confidence: None,
            recorded_at: Some(recorded_at),
            recorded_basis: None,
            payload,
        });
        if self.batch.len() == BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        let submissions = std::mem::take(&mut self.batch);
        if submissions.is_empty() {
            return Ok(());
        }
        let request = AppendRequest {
            append_sizes: Vec::new(),
            submissions,
            preconditions: Preconditions::default(),
            validate_only: false,
            recorded_by: Text::new("the bench")?,
            bytes: 0,
        };
        self.ledger.append(request).await?;
        Ok(())
    }

    fn next_id(&mut self) -> EventId {
        self.ids += 1;
        // Spread over the whole space, as random ids are.
        EventId::from_bytes((self.ids.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).to_be_bytes())
    }
}

/// The gazette of a week, which many observations of that week are taken from.
fn gazette(round: usize) -> Result<Sources, Fault> {
    let week = world::week(round);
    let source = Source {
        publisher: Text::new("a gazette of record")?,
        title: Some(Text::new(&format!("Weekly figures of trade and duties, week from {week}"))?),
        address: Some(Text::new(&format!("https://gazette.example/figures/weekly/{week}.html"))?),
        archived_address: None,
        published: Some(Text::new(&world::week(round + 1).to_string())?),
        class: Some(SourceClass::ObligeeOfficial),
        attribution: None,
        quality: None,
    };
    Ok(vec![source].into())
}

fn corrected(payload: Payload) -> Result<Payload, Fault> {
    match payload {
        Payload::AmountReported(amount) => {
            Ok(Payload::AmountReported(AmountReported { value: Decimal::parse("125.5")?, ..amount }))
        }
        other => Ok(other),
    }
}

fn amount(series: &str, first: Day, through: Day, value: String) -> Result<Payload, Fault> {
    Ok(Payload::AmountReported(AmountReported {
        series: Slug::parse(series)?,
        basis: Basis::Sold,
        from: Some(first),
        through,
        value: Decimal::parse(&value)?,
        unit: Unit::parse("t")?,
        covers: true,
        bound: Bound::Exact,
        running_since: None,
    }))
}

fn applied(first: Day, last: Day, is_applied: bool) -> Payload {
    Payload::MeasureObserved(MeasureObserved {
        state: if is_applied { MeasureState::Applied } else { MeasureState::NotApplied },
        from: world::midnight(first),
        until: Some(world::midnight(if is_applied { first.plus_days(2) } else { last.next() })),
    })
}

fn rate(day: Day, number: usize) -> Result<Payload, Fault> {
    Ok(Payload::RateSet(Box::new(RateSet {
        component: Slug::parse("base")?,
        rate: Some(Decimal::from_integer(if number.is_multiple_of(70) { 12 } else { 10 })?),
        effective_at: Dated::exact(world::midnight(day)),
        reference: None,
    })))
}

fn metric(round: usize, percent: usize) -> Result<Payload, Fault> {
    Ok(Payload::MetricReported(Box::new(MetricReported {
        series: Slug::parse("tracker")?,
        period: Some(quarter(round)?),
        window: None,
        item: None,
        numerator: Decimal::from_integer(i64::try_from(11 + percent)?)?,
        denominator: Decimal::from_integer(100)?,
        unit: None,
        bound: Bound::Exact,
    })))
}

fn performed(day: Day) -> Payload {
    let performed_at = Dated::exact(world::midnight(day));
    Payload::ActPerformed(ActPerformed { performed_at, stage: Stage::Effective, count: 1, reference: None })
}

fn cohort(round: usize, snapshot_through: Day, late: u64) -> Result<Payload, Fault> {
    Ok(Payload::CohortReported(CohortReported {
        period: quarter(round)?,
        snapshot_through,
        submitted: 40,
        withdrawn: 0,
        on_time: 30,
        late,
        pending: 10 - late,
    }))
}

/// The quarter that a week begins in.
fn quarter(round: usize) -> Result<Slug, Fault> {
    let date = world::week(round).date();
    let months = (i32::from(date.year()) - 2024) * 12 + i32::from(date.month()) - 7;
    Ok(Slug::parse(&format!("q{:02}", months / 3))?)
}
