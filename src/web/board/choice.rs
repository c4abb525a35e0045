//! Which commitments the board shows: chosen by the address, so that what was searched for can be sent to a colleague.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Party, Slug, Status};
use crate::proto::v1;
use crate::web::address::Address;
use crate::web::fault::Fault;
use crate::web::party::{name, words};
use crate::web::visit::Visit;
use crate::wire::Word as _;

/// How many commitments a page of the board has.
pub(in crate::web) const PAGE_LINES: usize = 50;
/// The fields of the address that choose; links from the board to the board keep them.
const FIELDS: [&str; 7] = ["by", "party", "obligor", "obligee", "instrument", "status", "text"];

/// What an address asks the board for. The fields are those of `entente status`.
pub(super) struct Choice {
    pub(super) by_instrument: bool,
    /// Owes, or is owed to.
    party: Option<Party>,
    obligor: Option<Party>,
    obligee: Option<Party>,
    instrument: Option<Slug>,
    /// One of these; none is any.
    statuses: Vec<Status>,
    /// All of these words, in small letters.
    text: Vec<String>,
    /// Counted from 0.
    page: usize,
}

/// The part of a list that a page shows.
pub(super) struct Window {
    /// Counted from 1; 0 where there is nothing.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) page: usize,
    pub(super) pages: usize,
}

impl Choice {
    /// Reads an address.
    pub(super) fn read(address: &Address) -> Result<Self, Fault> {
        let party = |field: &'static str| {
            let party = address.get(field).map(|text| Party::parse(&text.to_uppercase())).transpose();
            party.map_err(|error| Fault::field(field, error.to_string()))
        };
        let instrument = address.get("instrument").map(Slug::parse).transpose();
        let statuses = address.get("status").unwrap_or_default().split(',').filter(|name| !name.trim().is_empty());
        Ok(Choice {
            by_instrument: match address.get("by") {
                None | Some("party") => false,
                Some("instrument") => true,
                Some(other) => return Err(Fault::field("by", format!("{other:?} is neither party nor instrument"))),
            },
            party: party("party")?,
            obligor: party("obligor")?,
            obligee: party("obligee")?,
            instrument: instrument.map_err(|error| Fault::field("instrument", error.to_string()))?,
            statuses: statuses.map(status).collect::<Result<_, _>>()?,
            text: address
                .get("text")
                .unwrap_or_default()
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            page: page(address)?,
        })
    }

    /// Whether a commitment is asked for, whatever its status is.
    pub(super) fn takes(&self, id: &Slug, it: &CommitmentUndertaken) -> bool {
        self.party.is_none_or(|party| it.obligor == party || it.obligee == party)
            && self.obligor.is_none_or(|party| it.obligor == party)
            && self.obligee.is_none_or(|party| it.obligee == party)
            && self.instrument.as_ref().is_none_or(|instrument| it.instrument == *instrument)
            && (self.text.is_empty() || self.takes_text(id, it))
    }

    fn takes_text(&self, id: &Slug, it: &CommitmentUndertaken) -> bool {
        let (obligor, obligee) = (it.obligor.to_string(), it.obligee.to_string());
        let said = [id.as_str(), &words(id.as_str()), it.title.as_str(), name(&obligor), name(&obligee)];
        let said = said.join("\n").to_lowercase();
        self.text.iter().all(|word| said.contains(word))
    }

    /// Whether a status is asked for.
    pub(super) fn takes_status(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// Whether nothing is asked for but everything.
    pub(super) fn is_everything(&self) -> bool {
        let parties = [self.party, self.obligor, self.obligee].iter().all(Option::is_none);
        parties && self.instrument.is_none() && self.statuses.is_empty() && self.text.is_empty()
    }

    /// The part of so many commitments that is on the page; the first page is there even where nothing is.
    pub(super) fn window(&self, count: usize) -> Result<Window, Fault> {
        let pages = count.div_ceil(PAGE_LINES).max(1);
        if self.page >= pages {
            return Err(Fault::field("page", format!("there is no page {}; the last is {pages}", self.page + 1)));
        }
        let last = ((self.page + 1) * PAGE_LINES).min(count);
        Ok(Window { first: (self.page * PAGE_LINES + 1).min(last), last, page: self.page + 1, pages })
    }
}

/// The address of the board with some fields changed, an empty one left out; the first page, unless `page` is one of them.
pub(super) fn link(visit: &Visit, changed: &[(&str, &str)]) -> String {
    let is_changed = |field: &str| changed.iter().any(|(name, _)| *name == field);
    let kept = FIELDS.into_iter().filter(|field| !is_changed(field));
    let kept = kept.filter_map(|field| Some((field, visit.address.get(field)?)));
    let fields: Vec<(&str, &str)> = kept.chain(changed.iter().copied()).filter(|(_, it)| !it.is_empty()).collect();
    visit.link_with("", &fields)
}

/// The fields that the form of the board hands on, beside those that it asks for.
pub(super) fn handed_on(address: &Address) -> Vec<(String, String)> {
    let asked = ["party", "status", "text"];
    let kept = ["as_of", "known_at"].into_iter().chain(FIELDS).filter(|field| !asked.contains(field));
    kept.filter_map(|field| Some((field.to_owned(), address.get(field)?.to_owned()))).collect()
}

fn status(name: &str) -> Result<Status, Fault> {
    let spelled = format!("STATUS_{}", name.trim().to_uppercase().replace('-', "_"));
    let status = v1::Status::from_str_name(&spelled).and_then(Status::from_proto);
    let right = || format!("{:?} is not a status; it is one of {}", name.trim(), Status::list());
    status.ok_or_else(right).map_err(|wrong| Fault::field("status", wrong))
}

fn page(address: &Address) -> Result<usize, Fault> {
    let Some(text) = address.get("page") else { return Ok(0) };
    let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.ok_or_else(|| Fault::field("page", format!("{text:?} is not the number of a page, such as 2")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(query: &str) -> Choice {
        Choice::read(&Address::read(Some(query))).unwrap()
    }

    #[test]
    fn a_page_is_a_part_of_the_list_and_never_beyond_it() {
        let part = |query: &str, count| choice(query).window(count).map(|it| (it.first, it.last, it.page, it.pages));
        assert_eq!(part("", 0), Ok((0, 0, 1, 1)));
        assert_eq!(part("", 25), Ok((1, 25, 1, 1)));
        assert_eq!(part("page=2", 51), Ok((51, 51, 2, 2)));
        assert_eq!(part("page=3", 10_000), Ok((101, 150, 3, 200)));
        assert!(part("page=3", 100).unwrap_err().to_string().contains("no page 3; the last is 2"));
    }

    #[test]
    fn what_cannot_be_chosen_by_is_told_with_what_could_be() {
        for (query, said) in [
            ("status=BAD", "not a status; it is one of"),
            ("page=0", "not the number of a page"),
            ("page=99999999999999999999999", "not the number of a page"),
            ("obligor=China", "alpha-2"),
            ("instrument=A%20B", "A B"),
        ] {
            let Err(fault) = Choice::read(&Address::read(Some(query))) else { panic!("{query} is taken") };
            assert!(fault.to_string().contains(said), "{query}: {fault}");
        }
        let both = choice("status=disputed,IN-GRACE");
        assert!(both.takes_status(Status::Disputed) && both.takes_status(Status::InGrace));
        assert!(!both.takes_status(Status::Met) && !both.is_everything() && choice("by=instrument").is_everything());
    }
}
