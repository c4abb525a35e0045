//! One play: the scheduler, and what it can do next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use entente::clock::{Clock, ClockHand};
use entente::domain::event::LedgerKind;
use entente::domain::{Event, Instant, Position, Preconditions, Slug, Text};
use entente::ledger::{AppendRequest, Heading, Ledger, LedgerError, Ledgers, NewLedger, Outlook, Place};
use entente::proto::v1;
use entente::store::Catalog;
use serde_json::Value;

use super::disk::{SimulatedDisk, Verdict};
use super::script::{self, LEDGER, Line, Script, commitment};
use super::subscriber::Subscriber;
use super::truth::{self, Question};
use crate::oracle::{self, Dice};

const DAY: i64 = 86_400;

/// What came of a play.
#[derive(Default)]
pub(super) struct Played {
    pub(super) transcript: String,
    pub(super) failures: Vec<String>,
    pub(super) heard: usize,
    pub(super) by_time: usize,
    pub(super) revisions: usize,
    pub(super) leads: usize,
    pub(super) appends: usize,
    pub(super) refused: usize,
    pub(super) breaks: usize,
    pub(super) failed_writes: usize,
}

/// Plays one seed.
pub(super) fn play(seed: u64) -> Played {
    let mut dice = Dice::new(seed ^ 0x7261_6e64);
    let Script { lines, cases } = script::draw(seed, &mut dice);
    let kind = if dice.chance(20) { LedgerKind::Replay } else { LedgerKind::Live };
    let begin = lines[0].at.plus_seconds(-DAY);
    let (clock, hand) = Clock::by_hand(begin);
    let disk = SimulatedDisk::new();
    let catalog: Arc<dyn Catalog> = Arc::new(disk.clone());
    let ledgers = Ledgers::open(Arc::clone(&catalog), clock.clone()).unwrap();
    let new = NewLedger {
        name: Slug::parse(LEDGER).unwrap(),
        kind,
        title: text("a simulation"),
        recorded_at: Some(begin).filter(|_| kind == LedgerKind::Replay),
        created_by: text("nobody"),
    };
    let ledger = ledgers.create(new).unwrap();
    let leads = dice.pick(&[vec![], vec![DAY], vec![DAY, 3 * DAY, 10 * DAY], vec![3600, 20 * DAY]]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut play = Play {
        dice,
        clock,
        hand,
        now: begin,
        latest: begin,
        disk,
        ledgers,
        ledger,
        runtime,
        ahead: lines.into(),
        recorded: BTreeMap::new(),
        cases,
        leads,
        subscribers: Vec::new(),
        played: Played::default(),
    };
    play.run();
    play.finish()
}

/// A ledger and everybody around it.
struct Play {
    dice: Dice,
    clock: Clock,
    hand: ClockHand,
    now: Instant,
    /// The latest instant that the clock has ever shown.
    latest: Instant,
    disk: SimulatedDisk,
    ledgers: Ledgers,
    ledger: Ledger,
    runtime: tokio::runtime::Runtime,
    ahead: VecDeque<Line>,
    /// When each record of each case was recorded.
    recorded: BTreeMap<(usize, String), Instant>,
    cases: Vec<Value>,
    leads: Vec<i64>,
    subscribers: Vec<Subscriber>,
    played: Played,
}

impl Play {
    fn run(&mut self) {
        self.subscribe(false);
        while !self.ahead.is_empty() && self.played.failures.is_empty() {
            match self.dice.between(1, 100) {
                1..=26 => self.append(),
                27..=50 => self.move_clock(),
                51..=86 => {
                    let who = self.dice.between(0, self.subscribers.len() as i64 - 1) as usize;
                    self.hear(who);
                }
                87..=93 => self.break_off(),
                94..=96 => self.restart(),
                _ if self.subscribers.len() < 4 => {
                    let from_now = self.dice.chance(40);
                    self.subscribe(from_now);
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, what: std::fmt::Arguments<'_>) {
        writeln!(self.played.transcript, "[{}] {what}", self.now).unwrap();
    }

    fn fail(&mut self, why: String) {
        self.note(format_args!("FAILED {why}"));
        self.played.failures.push(why);
    }

    fn is_live(&self) -> bool {
        self.ledger.kind() == LedgerKind::Live
    }

    fn subscribe(&mut self, from_now: bool) {
        let all: Vec<Slug> = (0..self.cases.len()).map(commitment).collect();
        let asks = match self.dice.between(1, 3) {
            1 => None,
            2 => Some(BTreeSet::from([self.dice.pick(&all)])),
            _ => Some(all.into_iter().skip(1).collect()),
        };
        let leads = if self.dice.chance(60) { self.leads.clone() } else { Vec::new() };
        let start = match from_now {
            true => self.runtime.block_on(self.ledger.place_now()).unwrap(),
            false => Place::after(Position::ORIGIN),
        };
        self.note(format_args!("subscribed to {asks:?} with {leads:?} after {start:?}"));
        self.subscribers.push(Subscriber::new(asks, leads, start));
    }

    // === Recording ===

    fn append(&mut self) {
        let count = self.dice.pick(&[1, 1, 1, 2, 2, 3, 5]).min(self.ahead.len());
        let lines: Vec<Line> = self.ahead.drain(..count).collect();
        if self.dice.chance(12) {
            self.append_held(lines);
        } else if self.dice.chance(25) && lines.len() > 1 {
            // Two writers at once: the group they share is no append.
            let (one, other) = lines.split_at(1);
            let (one_order, other_order) = (self.order(one), self.order(other));
            let both = futures_util::future::join(self.ledger.append(one_order), self.ledger.append(other_order));
            let outcomes = self.runtime.block_on(both);
            self.learn(one, outcomes.0);
            self.learn(other, outcomes.1);
        } else {
            let order = self.order(&lines);
            let outcome = self.runtime.block_on(self.ledger.append(order));
            self.learn(&lines, outcome);
        }
    }

    /// An append whose write is held on the way to the disk, while everybody else goes on; it may fail there.
    fn append_held(&mut self, lines: Vec<Line>) {
        let order = self.order(&lines);
        let (ledger, again) = (self.ledger.clone(), order.clone());
        let mut outcome: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move { ledger.append(order).await });
        if let Some(outcome) = self.held(&mut outcome) {
            return self.learn(&lines, outcome);
        }
        if self.dice.chance(50) {
            self.restart();
        }
        // Nobody was told what became of it: the same ids again settle it.
        let outcome = self.runtime.block_on(self.ledger.append(again));
        self.learn(&lines, outcome);
    }

    /// Runs a write up to the disk, lets everybody hear, and then judges it; none where its outcome is unknown.
    fn held<T>(
        &mut self,
        write: &mut Pin<Box<dyn Future<Output = Result<T, LedgerError>>>>,
    ) -> Option<Result<T, LedgerError>> {
        let hold = self.disk.hold();
        let mut over = None;
        let mut look = |over: &mut Option<_>| {
            if over.is_none()
                && let Poll::Ready(outcome) = poll(write.as_mut())
            {
                *over = Some(outcome);
            }
            over.is_some()
        };
        look(&mut over);
        let is_held = hold.wait(|| look(&mut over));
        if !is_held {
            self.disk.release();
            return over;
        }
        for who in 0..self.subscribers.len() {
            self.hear_only(who);
        }
        let verdict = self.dice.pick(&[Verdict::Done, Verdict::DoneUntold, Verdict::Lost]);
        self.note(format_args!("a write was held: {verdict:?}"));
        hold.judge(verdict);
        let outcome = self.runtime.block_on(write);
        if verdict == Verdict::Done {
            return Some(outcome);
        }
        self.played.failed_writes += 1;
        None
    }

    fn order(&self, lines: &[Line]) -> AppendRequest {
        let recorded_at = |line: &Line| Some(line.at).filter(|_| !self.is_live());
        let submissions = lines.iter().map(|line| {
            let recorded_at = recorded_at(line);
            entente::domain::Submission { recorded_at, ..line.submission.clone() }
        });
        AppendRequest {
            submissions: submissions.collect(),
            preconditions: Preconditions::default(),
            validate_only: false,
            append_sizes: Vec::new(),
            recorded_by: text("nobody"),
            bytes: 100,
        }
    }

    fn learn(&mut self, lines: &[Line], outcome: Result<entente::ledger::AppendOutcome, LedgerError>) {
        match outcome {
            Ok(outcome) => {
                self.played.appends += 1;
                self.note(format_args!("recorded {:?}", outcome.events));
                for (line, (_, recorded_at)) in lines.iter().zip(&outcome.events) {
                    if let Some(of) = &line.of {
                        self.recorded.entry(of.clone()).or_insert(*recorded_at);
                    }
                }
            }
            // One of them may be impossible alone.
            Err(LedgerError::Refused(_)) if lines.len() > 1 => {
                for line in lines {
                    let order = self.order(std::slice::from_ref(line));
                    let outcome = self.runtime.block_on(self.ledger.append(order));
                    self.learn(std::slice::from_ref(line), outcome);
                }
            }
            Err(LedgerError::Refused(refusal)) => {
                self.played.refused += 1;
                self.note(format_args!("refused: {}", refusal.reason()));
            }
            Err(error) => self.fail(format!("an append failed: {error}")),
        }
    }

    // === Time ===

    fn move_clock(&mut self) {
        let next = self.ahead.front().map_or(self.now, |line| line.at);
        let awaited = self.subscribers.iter().find_map(|it| match it.outlook {
            Outlook::Until(until) => until,
            Outlook::More => None,
        });
        let to = match self.dice.between(1, 20) {
            1..=8 => next.max(self.now),
            9..=13 => awaited.unwrap_or(next).plus_seconds(self.dice.pick(&[-1, 0, 0, 0, 1])),
            14..=15 => self.now.plus_seconds(-self.dice.pick(&[1, 3600, DAY, 10 * DAY])),
            16..=17 => self.now.plus_seconds(self.dice.between(0, 15) * DAY),
            _ => self.now.plus_seconds(self.dice.pick(&[0, 1, 1, 3600])),
        };
        self.set(to);
    }

    fn set(&mut self, to: Instant) {
        self.now = to;
        self.latest = self.latest.max(to);
        self.hand.set(to);
    }

    /// The timer: time has come to an instant that somebody waits for.
    fn reach(&mut self, until: Instant) {
        if self.dice.chance(15) {
            let ledger = self.ledger.clone();
            let mut raise: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move { ledger.raise_floor(until).await });
            if self.held(&mut raise).is_none() {
                // It may have been lost with the machine, whose clock is wrong when it comes back.
                let back = self.dice.pick(&[0, 3600, 2 * DAY]);
                self.set(self.now.plus_seconds(-back));
                self.restart();
            }
        } else if let Err(error) = self.runtime.block_on(self.ledger.raise_floor(until)) {
            self.fail(format!("the floor was not raised: {error}"));
        }
    }

    // === Hearing ===

    fn hear(&mut self, who: usize) {
        self.hear_only(who);
        if let Outlook::Until(Some(until)) = self.subscribers[who].outlook
            && until <= self.now
            && self.dice.chance(85)
        {
            self.reach(until);
            self.hear_only(who);
        }
    }

    fn hear_only(&mut self, who: usize) {
        match self.subscribers[who].hear(&self.ledger) {
            Ok(told) => {
                for told in told {
                    self.note(format_args!("{who} heard {told}"));
                    if self.is_live() && told.at > self.latest {
                        self.fail(format!("subscriber {who} was told before its time: {told}"));
                    }
                }
            }
            Err(why) => self.fail(format!("subscriber {who}: {why}")),
        }
    }

    fn break_off(&mut self) {
        let who = self.dice.between(0, self.subscribers.len() as i64 - 1) as usize;
        let forgets = self.dice.pick(&[0, 0, 1, 2, 5]);
        self.played.breaks += 1;
        self.note(format_args!("{who} broke off and forgets {forgets}"));
        self.subscribers[who].disconnect(forgets);
    }

    fn restart(&mut self) {
        self.note(format_args!("the server restarts"));
        for subscriber in &mut self.subscribers {
            subscriber.disconnect(self.dice.pick(&[0, 0, 0, 1]));
        }
        self.ledgers.close();
        self.disk.restart();
        self.ledgers = Ledgers::open(Arc::new(self.disk.clone()), self.clock.clone()).unwrap();
        self.ledger = self.ledgers.get(&Slug::parse(LEDGER).unwrap()).unwrap();
    }

    // === The end ===

    fn finish(mut self) -> Played {
        let candidates = self.candidates();
        let end = candidates.iter().next_back().map_or(self.latest, |last| (*last).max(self.latest)).plus_seconds(DAY);
        if self.is_live() {
            self.set(end);
        }
        // Twice: a loss while one is heard out puts the clock back, and may make another forget what it had heard.
        let everybody = 0..self.subscribers.len();
        for who in everybody.clone().chain(everybody) {
            while self.played.failures.is_empty() {
                self.hear_only(who);
                match self.subscribers[who].outlook {
                    Outlook::Until(Some(until)) if until <= end => {
                        self.set(end);
                        self.reach(until);
                    }
                    Outlook::Until(_) => break,
                    Outlook::More => {}
                }
            }
        }
        if self.played.failures.is_empty() {
            self.compare(&candidates, end);
        }
        self.ledgers.close();
        self.played
    }

    fn compare(&mut self, candidates: &BTreeSet<Instant>, end: Instant) {
        let events = self.events();
        let last = events.last().map_or(end, |event| event.recorded_at);
        let through = if self.is_live() { end } else { last };
        let commitments: Vec<Slug> = (0..self.cases.len()).map(commitment).collect();
        let thorough = self.dice.chance(10);
        let mut truths: BTreeMap<Vec<i64>, Vec<_>> = BTreeMap::new();
        for leads in [Vec::new(), self.leads.clone()] {
            let docket = self.ledger.docket();
            let question = Question {
                docket: &docket,
                events: &events,
                commitments: &commitments,
                candidates,
                through,
                leads: &leads,
                thorough,
            };
            if self.subscribers.iter().any(|it| it.leads == leads) {
                truths.entry(leads.clone()).or_insert_with(|| truth::tell(&question));
            }
        }
        let mut failures = Vec::new();
        for (who, subscriber) in self.subscribers.iter().enumerate() {
            let start = subscriber.start;
            let begins = (start.position, start.instant.unwrap_or(Instant::MIN));
            let due: Vec<_> = truths[&subscriber.leads]
                .iter()
                .filter(|told| subscriber.asks(&told.commitment) && begins < (told.known, told.at))
                .collect();
            let heard: Vec<_> = subscriber.heard.iter().map(|(told, _)| told).collect();
            if let Some(failure) = first_difference(&due, &heard) {
                failures.push(format!("subscriber {who}: {failure}"));
            }
            for (position, through, count) in &subscriber.examined {
                let examined = due.iter().filter(|told| told.known <= *position && told.at <= *through).count();
                if examined > *count {
                    let why = format!(
                        "was told of progress through {position} and {through}, having heard {count} of {examined}"
                    );
                    failures.push(format!("subscriber {who} {why}"));
                    break;
                }
            }
            self.played.heard += heard.len();
            self.played.by_time += heard.iter().filter(|told| told.by_time).count();
            self.played.revisions += heard.iter().filter(|told| told.what.contains(" since ")).count();
            self.played.leads += heard.iter().filter(|told| told.what.contains(" in ")).count();
        }
        failures.into_iter().for_each(|failure| self.fail(failure));
    }

    fn events(&self) -> Vec<Arc<Event>> {
        let (mut events, mut heading) = (Vec::new(), Heading::Forward(Position::ORIGIN));
        loop {
            let page = self.ledger.events(heading, &entente::ledger::EventFilter::default(), usize::MAX).unwrap();
            for stored in &page.events {
                let message: v1::Event = prost::Message::decode(stored.as_ref()).unwrap();
                events.push(Arc::new(entente::wire::event_from_proto(&message, self.ledger.name()).unwrap()));
            }
            if page.at_end {
                return events;
            }
            heading = page.next;
        }
    }

    /// Every instant at which anything could change, given when things were really recorded.
    fn candidates(&self) -> BTreeSet<Instant> {
        let mut found = BTreeSet::new();
        for (index, case) in self.cases.iter().enumerate() {
            let mut case = case.clone();
            case["commitment"]["recorded_at"] = Value::from(Instant::MIN.to_string());
            // What was corrected later stood before that.
            let records = case["ledger"].as_array_mut().into_iter();
            for record in records.flat_map(|records| {
                records.retain(|record| record["type"] != "retract");
                records
            }) {
                record.as_object_mut().map(|fields| fields.remove("supersedes"));
                let name = record["id"].as_str().unwrap_or_default().to_owned();
                if let Some(recorded_at) = self.recorded.get(&(index, name)) {
                    record["recorded_at"] = Value::from(recorded_at.to_string());
                }
            }
            let seconds = oracle::all_candidates(&case).into_iter();
            found.extend(seconds.filter_map(|seconds| Instant::from_unix_seconds(seconds).ok()));
        }
        found.extend(self.recorded.values());
        found
    }
}

fn first_difference(due: &[&super::line::Told], heard: &[&super::line::Told]) -> Option<String> {
    let at = due.iter().zip(heard).position(|(due, heard)| due != heard).unwrap_or(due.len().min(heard.len()));
    if at == due.len() && at == heard.len() {
        return None;
    }
    let show = |all: &[&super::line::Told]| all.get(at).map_or("nothing more".to_owned(), ToString::to_string);
    Some(format!(
        "of {} due and {} heard, number {at} was to be\n    {}\n  and is\n    {}",
        due.len(),
        heard.len(),
        show(due),
        show(heard)
    ))
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}
