//! Every question, how often it is asked, and what its answer is held against.

use std::time::{Duration, Instant};

use entente::domain::{Position, Slug};
use entente::ledger::Ledger;
use entente::proto::v1;
use entente::{views, wire};

use super::Sizes;
use super::ask::{self, Client};
use super::history::Recorder;
use super::paced::paced;
use super::report::{Table, median};
use super::world::{self, LONG, ROUNDS, World};
use super::{memory, remote};

type Fault = Box<dyn std::error::Error>;

/// Builds the ledger and asks everything.
pub(crate) async fn measure(sizes: &Sizes) -> Result<Table, Fault> {
    let mut table = Table::default();
    let world = World { commitments: sizes.commitments, observations: sizes.observations };
    let (ledgers, ledger) = remote::ledger()?;
    build(&ledger, world, sizes, &mut table).await?;
    let client = Client::new(remote::serve(&ledgers).await?);
    let (echoes, ()) = ask::times(sizes.times, |_| client.echo()).await?;
    let echo = Some(("bare tonic echo", median(&echoes)));
    table.add("bare tonic echo on the same connection", &echoes, None);
    inside(&ledger, world, sizes, &mut table)?;
    forward(&ledger, &mut table);
    bitemporal(&ledger, sizes, &mut table)?;
    one(&client, world, sizes, echo, &mut table).await?;
    lists(&client, &ledger, sizes, echo, &mut table).await?;
    compare(&client, &ledger, sizes, echo, &mut table).await?;
    exposure(&client, sizes, echo, &mut table).await?;
    Ok(table)
}

type Limit = Option<(&'static str, Duration)>;

async fn build(ledger: &Ledger, world: World, sizes: &Sizes, table: &mut Table) -> Result<(), Fault> {
    let before = memory::resident();
    let begun = Instant::now();
    let mut recorder = Recorder::new(ledger, world)?;
    recorder.promises().await?;
    recorder.observations().await?;
    recorder.long(sizes.records).await?;
    let (head, took) = (ledger.head().get(), begun.elapsed());
    let per_second = head as f64 / took.as_secs_f64();
    table.say(format!(
        "{head} events of {} commitments recorded in {:.1} s, {per_second:.0} a second",
        world.commitments,
        took.as_secs_f64()
    ));
    if let (Some(before), Some(after)) = (before, memory::resident()) {
        let log = logged(ledger)?;
        let state = after.saturating_sub(before).saturating_sub(log);
        table.say(format!(
            "memory: {} MiB for the state and {} MiB for the log in memory; {} bytes of state an event",
            state >> 20,
            log >> 20,
            state / head
        ));
    }
    Ok(())
}

/// What the engine in memory holds: the bytes of every event and the place of each.
fn logged(ledger: &Ledger) -> Result<u64, Fault> {
    let mut heading = entente::ledger::Heading::Forward(Position::ORIGIN);
    let mut bytes = 0;
    loop {
        let page = ledger.events(heading, &entente::ledger::EventFilter::default(), usize::MAX)?;
        bytes += page.events.iter().map(|event| prost::Message::encoded_len(event) as u64 + 64).sum::<u64>();
        if page.at_end {
            return Ok(bytes);
        }
        heading = page.next;
    }
}

/// From the docket to the message, with no transport.
fn inside(ledger: &Ledger, world: World, sizes: &Sizes, table: &mut Table) -> Result<(), Fault> {
    let (mut fresh, mut again, mut passes) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..sizes.times {
        let id = Slug::parse(&world.id(number * 7919 % world.commitments))?;
        let (head, begun) = (ledger.head(), Instant::now());
        let anew = answer(ledger, &id, head);
        fresh.push(begun.elapsed());
        passes.push(pass(ledger, &id));
        recalled(ledger, &id, head);
        let begun = Instant::now();
        let message = recalled(ledger, &id, head);
        again.push(begun.elapsed());
        check("an answer given again is the one worked out anew", &message, &anew)?;
    }
    let limit = Some(("one pass over its records", median(&passes)));
    table.add("AssessCommitment at the head, inside the server, computed anew", &fresh, limit);
    table.add("AssessCommitment at the head, inside the server, asked again", &again, limit);
    Ok(())
}

/// What a server does by itself once it has opened a ledger, and again with what has changed.
fn forward(ledger: &Ledger, table: &mut Table) {
    for what in ["most of them for the first time", "where nothing has changed"] {
        let begun = Instant::now();
        let anew = ledger.bring_forward(world::now()).anew;
        let took = [begun.elapsed()];
        table.add(&format!("all answers of now brought forward, {what} ({anew} anew)"), &took, None);
    }
}

fn recalled(ledger: &Ledger, id: &Slug, known: Position) -> v1::Assessment {
    let docket = ledger.docket();
    let assessment = ledger.assess(&docket, id, world::now(), known);
    let made = wire::AssessedIn { ledger: ledger.name(), kind: ledger.kind(), known_at: docket.recorded_at(known) };
    wire::assessment_to_proto(&assessment, &made)
}

fn answer(ledger: &Ledger, id: &Slug, known: Position) -> v1::Assessment {
    let docket = ledger.docket();
    let assessment = views::assess(&docket, id, world::now(), known);
    let made = wire::AssessedIn { ledger: ledger.name(), kind: ledger.kind(), known_at: docket.recorded_at(known) };
    wire::assessment_to_proto(&assessment, &made)
}

/// How long it takes to look at every record of a commitment once.
fn pass(ledger: &Ledger, id: &Slug) -> Duration {
    let docket = ledger.docket();
    let begun = Instant::now();
    let events = docket.dossier(id).map_or(&[][..], entente::domain::Dossier::events);
    let amended = events.iter().filter(|event| event.submission.supersedes.is_some()).count();
    std::hint::black_box(amended);
    begun.elapsed()
}

/// One commitment with a long history, at random instants, as known at random positions.
fn bitemporal(ledger: &Ledger, sizes: &Sizes, table: &mut Table) -> Result<(), Fault> {
    let id = Slug::parse(LONG)?;
    let head = ledger.head().get();
    let records = sizes.records as u64;
    let (mut took, mut passes) = (Vec::new(), Vec::new());
    for number in 0..(sizes.times / 40).max(10) as u64 {
        let known = Position::new(head - number * 7919 % (records / 2).max(1));
        let as_of = world::midnight(world::week(0)).plus_elapsed_days((number * 104_729 % (7 * ROUNDS as u64)) as i64);
        let docket = ledger.docket();
        let begun = Instant::now();
        let assessment = views::assess(&docket, &id, as_of, known);
        took.push(begun.elapsed());
        std::hint::black_box(assessment);
        drop(docket);
        passes.push(pass(ledger, &id));
    }
    let limit = Some(("one pass over its records", median(&passes)));
    table.add(
        &format!("bitemporal assessment, {records} records and {} corrections, inside the server", records / 10),
        &took,
        limit,
    );
    Ok(())
}

async fn one(client: &Client, world: World, sizes: &Sizes, echo: Limit, table: &mut Table) -> Result<(), Fault> {
    let id = |number: usize| world.id(number * 7919 % world.commitments);
    let pledge = |number: usize| world.id(number * 7919 % (world.commitments / 10) * 10 + 5);
    let few = (sizes.times / 10).max(10);
    let assess = |number| {
        let id = id(number);
        async move { client.assess(&id).await }
    };
    let (took, _) = ask::times(sizes.times, assess).await?;
    table.add("AssessCommitment at the head, over gRPC", &took, echo);
    let asking = client.clone();
    let echoing = move |_| {
        let client = asking.clone();
        async move { client.echo().await }
    };
    let echoes = paced(sizes.rate, sizes.times * 10, echoing).await?;
    table.add(&format!("bare tonic echo, {} a second", sizes.rate), &echoes, None);
    let echo_at_rate = Some(("bare tonic echo at that rate", median(&echoes)));
    let asking = client.clone();
    let assess = move |number: usize| {
        let (client, id) = (asking.clone(), world.id(number * 7919 % world.commitments));
        async move { client.assess(&id).await }
    };
    let took = paced(sizes.rate, sizes.times * 10, assess).await?;
    table.add(&format!("AssessCommitment at the head, over gRPC, {} a second", sizes.rate), &took, echo_at_rate);
    let pace = |number| {
        let id = pledge(number);
        async move { client.pace(&id).await }
    };
    let (took, _) = ask::times(few, pace).await?;
    table.add("GetPace of one pledge", &took, echo);
    let explain = |number| {
        let id = id(number);
        async move { client.explain(&id).await }
    };
    let (took, _) = ask::times(few, explain).await?;
    table.add("ExplainAssessment of one commitment", &took, echo);
    let (took, measure) = ask::times(few, |number| client.measure(number % world.measures())).await?;
    table.add("GetMeasure", &took, echo);
    check("a measure has its commitment", measure.measure.unwrap_or_default().commitments.len(), 1)?;
    let (took, instrument) = ask::times(few, |number| client.instrument(number % world.instruments())).await?;
    table.add("GetInstrument of 100 commitments", &took, echo);
    let members = instrument.instrument.unwrap_or_default().commitments.len();
    let (took, scorecard) = ask::times(few.min(50), |_| client.scorecard((few - 1) % world.instruments())).await?;
    table.add("GetScorecard of an instrument of 100 commitments", &took, echo);
    let pairs = scorecard.scorecard.unwrap_or_default().pairs;
    let counted: usize = pairs.iter().flat_map(|pair| &pair.groups).map(|group| group.members.len()).sum();
    check("a scorecard shows the commitments of its instrument", counted, members)
}

async fn lists(client: &Client, ledger: &Ledger, sizes: &Sizes, echo: Limit, table: &mut Table) -> Result<(), Fault> {
    let few = (sizes.times / 40).clamp(5, 50);
    let filtered = v1::CommitmentFilter { statuses: vec![v1::Status::Behind.into()], ..Default::default() };
    let plain = v1::ListAssessmentsRequest::default();
    let kinds = [
        ("in order of names", plain.clone()),
        ("that are BEHIND", v1::ListAssessmentsRequest { filter: Some(filtered), ..plain.clone() }),
        ("by next_change_at", v1::ListAssessmentsRequest { order_by: "next_change_at".to_owned(), ..plain }),
    ];
    for (what, request) in kinds {
        let (took, page) = ask::times(few, |_| client.board(request.clone())).await?;
        table.add(&format!("ListAssessments {what}, first page"), &took, echo);
        agree(ledger, &page)?;
        let middle = middle(client, request).await?;
        let (took, page) = ask::times(few, |_| client.board(middle.clone())).await?;
        table.add(&format!("ListAssessments {what}, a middle page"), &took, echo);
        agree(ledger, &page)?;
    }
    let first = v1::ListDeadlinesRequest::default();
    let (took, page) = ask::times(few.min(10), |_| client.deadlines(first.clone())).await?;
    table.add("ListDeadlines for a year, first page", &took, echo);
    let second = v1::ListDeadlinesRequest { page_token: page.next_page_token, ..first };
    let (took, _) = ask::times(few.min(10), |_| client.deadlines(second.clone())).await?;
    table.add("ListDeadlines for a year, second page", &took, echo);
    Ok(())
}

/// The request of the page in the middle of the list.
async fn middle(client: &Client, request: v1::ListAssessmentsRequest) -> Result<v1::ListAssessmentsRequest, Fault> {
    let mut tokens = vec![String::new()];
    let mut next = v1::ListAssessmentsRequest { page_size: 1_000, ..request.clone() };
    loop {
        let page = client.board(next.clone()).await?;
        if page.next_page_token.is_empty() {
            let token = tokens[tokens.len() / 2].clone();
            return Ok(v1::ListAssessmentsRequest { page_token: token, ..request });
        }
        next.page_token = page.next_page_token.clone();
        tokens.push(page.next_page_token);
    }
}

/// Every line of a page says what the commitment's own assessment says.
fn agree(ledger: &Ledger, page: &v1::ListAssessmentsResponse) -> Result<(), Fault> {
    for line in &page.lines {
        let shown = line.assessment.clone().unwrap_or_default();
        let id = shown.commitment.rsplit('/').next().unwrap_or_default();
        let alone = answer(ledger, &Slug::parse(id)?, ledger.head());
        if alone != shown {
            return Err(
                format!("the list says of {id} what its own assessment does not: {shown:?} and {alone:?}").into()
            );
        }
    }
    Ok(())
}

async fn compare(client: &Client, ledger: &Ledger, sizes: &Sizes, echo: Limit, table: &mut Table) -> Result<(), Fault> {
    let week_ago = world::recorded(world::week(ROUNDS - 3));
    let stamp = wire::instant_to_proto(week_ago);
    let then = v1::Clocks { as_of: Some(stamp), known_at: Some(stamp), ..Default::default() };
    let (took, page) = ask::times((sizes.times / 100).clamp(3, 20), |_| client.compare(then)).await?;
    table.add("CompareAssessments with three weeks ago, first page", &took, echo);
    for change in &page.changes {
        let now = change.now.clone().unwrap_or_default();
        let id = now.commitment.rsplit('/').next().unwrap_or_default();
        check("a comparison ends in the assessment", &now, &answer(ledger, &Slug::parse(id)?, ledger.head()))?;
    }
    Ok(())
}

async fn exposure(client: &Client, sizes: &Sizes, echo: Limit, table: &mut Table) -> Result<(), Fault> {
    let items: Vec<v1::ExposureItem> = (0..sizes.items)
        .map(|line| v1::ExposureItem {
            code: format!("{:06}", 10_000 + line * 7907 % 979_999),
            nomenclature: v1::Nomenclature::Hs2022.into(),
            name: format!("item {line}"),
        })
        .collect();
    let (took, whole) = ask::times(3, |_| client.exposure(items.clone())).await?;
    table.add(&format!("FindExposure of {} items", sizes.items), &took, echo);
    let half = client.exposure(items[..items.len() / 2].to_vec()).await?;
    check("half of a list is answered as in the whole", &half.items[..], &whole.items[..items.len() / 2])
}

fn check<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), Fault> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} is not {expected:?}").into()) }
}
