//! `entente shares`: what every series reports of an ask or a commitment, side by side.

use anyhow::Context as _;
use clap::Args;

use super::board::{grouped, heading};
use super::ledger_arg::LedgerArg;
use super::paint::word;
use super::when::WhenArgs;
use super::{ServerArg, output, table};
use crate::client::{Client, ClientError};
use crate::proto::v1;

/// Of what, and when.
#[derive(Debug, Args)]
pub(super) struct SharesArgs {
    /// What the figures are about, such as asks/oil-cut or commitments/soybeans; the id alone where it is clear
    #[arg(value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the proto JSON mapping, one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: SharesArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let (subject, answer) = find(&client, &ledger, &args).await?;
    if args.json {
        return output::json_line(&answer);
    }
    output::page(&render(&subject, &answer))
}

/// The answer about the subject asked for; of an id alone, about the ask or the commitment that has it.
async fn find(client: &Client, ledger: &str, args: &SharesArgs) -> anyhow::Result<(String, v1::GetSharesResponse)> {
    let subject = &args.subject;
    let candidates = match subject.contains('/') {
        true => vec![subject.clone()],
        false => vec![format!("asks/{subject}"), format!("commitments/{subject}")],
    };
    let mut found = Vec::new();
    for candidate in &candidates {
        let full = candidate.starts_with("ledgers/");
        let name = if full { candidate.clone() } else { format!("{ledger}/{candidate}") };
        let request = v1::GetSharesRequest { name, clocks: Some(args.when.clocks()) };
        match client.compliance().get_shares(request).await {
            Ok(answer) => found.push((candidate.clone(), answer.into_inner())),
            Err(status) if candidates.len() > 1 && status.code() == tonic::Code::NotFound => {}
            Err(status) => return Err(ClientError::from(status).into()),
        }
    }
    anyhow::ensure!(found.len() < 2, "{subject} is an ask and a commitment; give {}", candidates.join(" or "));
    found.pop().with_context(|| format!("there is neither {}, as known then", candidates.join(" nor ")))
}

fn render(subject: &str, answer: &v1::GetSharesResponse) -> String {
    let clocks = answer.clocks.clone().unwrap_or_default();
    let mut text = format!("{subject}\n{}\n", heading(&clocks));
    text.push_str(&match &answer.ceiling {
        Some(ceiling) => format!(
            "agreed: {} {}, by {} ({}), in {}\n\n",
            word(ceiling.comparator().as_str_name(), "COMPARATOR_"),
            ceiling.limit,
            ceiling.primary,
            word(ceiling.series_rule().as_str_name(), "SERIES_RULE_"),
            ceiling.commitment.splitn(3, '/').nth(2).unwrap_or_default(),
        ),
        None => "no ceiling is agreed\n\n".to_owned(),
    });
    if answer.rows.is_empty() {
        text.push_str("nothing is reported\n");
        return text;
    }
    let mut table =
        table::columns(["item", "period", "series", "figure", "as reported", "source", "class", "confidence", "event"]);
    for row in &answer.rows {
        for (index, figure) in row.figures.iter().enumerate() {
            let first = index == 0;
            let item = if first { row.item.clone() } else { String::new() };
            let days = if first { period(row) } else { String::new() };
            table.add_row(cells(item, days, figure));
        }
        for apart in &row.differences {
            let by = format!("{} below {}: {} %", apart.lower, apart.higher, apart.pct_of_larger);
            table.add_row(["", "", "apart", &by]);
        }
        if row.verdict() != v1::PeriodVerdict::Unspecified {
            table.add_row(["", "", "verdict", word(row.verdict().as_str_name(), "PERIOD_VERDICT_")]);
        }
    }
    text.push_str(&table::print(table));
    text
}

fn cells(item: String, days: String, figure: &v1::Figure) -> [String; 9] {
    let mut value = meant(figure);
    if figure.side() != v1::PeriodVerdict::Unspecified {
        value.push_str(&format!(" {}", word(figure.side().as_str_name(), "PERIOD_VERDICT_")));
    }
    let said = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let class = match figure.source_class() {
        v1::SourceClass::Unspecified => "-",
        class => word(class.as_str_name(), "SOURCE_CLASS_"),
    };
    let confidence = match figure.confidence() {
        v1::Confidence::Unspecified => "-",
        confidence => word(confidence.as_str_name(), "CONFIDENCE_"),
    };
    [
        item,
        days,
        figure.series.clone(),
        value,
        reported(figure),
        said(&figure.publisher),
        class.to_owned(),
        confidence.to_owned(),
        figure.position.to_string(),
    ]
}

/// The period by name or by its days.
fn period(row: &v1::ShareRow) -> String {
    let days = row.window.as_ref().map(|window| format!("{} through {}", window.start, window.through));
    match (row.period.as_str(), days) {
        ("", days) => days.unwrap_or_else(|| "not said".to_owned()),
        (period, None) => period.to_owned(),
        (period, Some(days)) => format!("{period} ({days})"),
    }
}

/// A share in per cent, a level in its unit, with the bound in front.
fn meant(figure: &v1::Figure) -> String {
    let bound = match figure.bound() {
        v1::Bound::AtLeast => "at least ",
        v1::Bound::AtMost => "at most ",
        v1::Bound::About => "about ",
        _ => "",
    };
    match (&figure.value, figure.form()) {
        (None, _) => "no denominator".to_owned(),
        (Some(value), v1::FigureForm::Level) => {
            format!("{bound}{} {}", grouped(value), figure.unit).trim_end().to_owned()
        }
        (Some(value), _) => format!("{bound}{} %", in_hundredths(value)),
    }
}

/// 0.1674 as 16.74: the point moves, nothing is rounded again.
fn in_hundredths(value: &str) -> String {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let padded = format!("{fraction:0<4}");
    let (head, tail) = padded.split_at(2);
    let digits = format!("{whole}{head}");
    let (sign, unsigned) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let significant = unsigned.trim_start_matches('0');
    let significant = if significant.is_empty() { "0" } else { significant };
    format!("{sign}{significant}.{tail}")
}

fn reported(figure: &v1::Figure) -> String {
    let text = match figure.form() {
        v1::FigureForm::Level => format!("{} {}", grouped(&figure.numerator), figure.unit),
        _ => format!("{} of {} {}", grouped(&figure.numerator), grouped(&figure.denominator), figure.unit),
    };
    text.trim_end().to_owned()
}
