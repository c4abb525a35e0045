//! The address of a page: what was asked, and how every link of the page keeps the clocks.

use form_urlencoded::Serializer;

/// The query of an address. A field that is given empty, as forms send it, is not given.
#[derive(Debug, Clone, Default)]
pub(super) struct Address {
    fields: Vec<(String, String)>,
}

/// The fields that say when; every link keeps them.
const CLOCKS: [&str; 2] = ["as_of", "known_at"];

impl Address {
    /// Reads a query.
    pub(super) fn read(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let fields = pairs.map(|(name, value)| (name.into_owned(), value.trim().to_owned()));
        Address { fields: fields.filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// The value of a field, as last given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Whether neither clock is named: the page is about now, and goes on with it.
    pub(super) fn is_now(&self) -> bool {
        CLOCKS.iter().all(|clock| self.get(clock).is_none())
    }

    /// The clocks as a query, with further fields: empty, or beginning with `?`.
    pub(super) fn clocks_and(&self, more: &[(&str, &str)]) -> String {
        let clocks = CLOCKS.iter().filter_map(|clock| Some((*clock, self.get(clock)?)));
        query(clocks.chain(more.iter().copied()))
    }

    /// The fields other than the clocks, for a form that changes the clocks and keeps the rest.
    pub(super) fn rest(&self) -> Vec<(String, String)> {
        let others = self.fields.iter().filter(|(name, _)| !CLOCKS.contains(&name.as_str()));
        others.filter(|(name, _)| !["day", "with"].contains(&name.as_str())).cloned().collect()
    }

    /// The whole query with other clocks; none leaves a clock at now.
    pub(super) fn at(&self, as_of: Option<&str>, known_at: Option<&str>) -> String {
        let rest = self.rest();
        let clocks = [("as_of", as_of), ("known_at", known_at)];
        let clocks = clocks.into_iter().filter_map(|(name, value)| Some((name, value?)));
        query(rest.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(clocks))
    }
}

/// Fields as a query: empty where there are none, or beginning with `?`.
pub(super) fn query<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut writer = Serializer::new(String::new());
    writer.extend_pairs(fields);
    // A colon needs no escape in a query, and times are easier to read with theirs.
    let text = writer.finish().replace("%3A", ":").replace("%2C", ",");
    if text.is_empty() { text } else { format!("?{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_clocks_and_nothing_else() {
        let address = Address::read(Some("as_of=2026-11-10T05:01:00Z&known_at=12&by=instrument&party="));
        assert_eq!(address.clocks_and(&[]), "?as_of=2026-11-10T05:01:00Z&known_at=12");
        assert_eq!(address.clocks_and(&[("by", "party")]), "?as_of=2026-11-10T05:01:00Z&known_at=12&by=party");
        assert_eq!(address.at(Some("2026-12-01"), None), "?by=instrument&as_of=2026-12-01");
        assert_eq!(Address::read(None).clocks_and(&[]), "");
    }

    #[test]
    fn an_empty_field_is_not_given() {
        let address = Address::read(Some("as_of=&known_at=%20"));
        assert!(address.is_now());
    }
}
