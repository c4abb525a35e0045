//! Parties by the names that people use. A code without one here is shown as it is.

/// The name of a party's code.
pub(super) fn name(code: &str) -> &str {
    match code {
        "ALL" => "all parties",
        "JOINT" => "the parties jointly",
        "EU" => "the European Union",
        "AU" => "Australia",
        "BR" => "Brazil",
        "CA" => "Canada",
        "CH" => "Switzerland",
        "CN" => "China",
        "DE" => "Germany",
        "FR" => "France",
        "GB" => "the United Kingdom",
        "ID" => "Indonesia",
        "IN" => "India",
        "JP" => "Japan",
        "KR" => "South Korea",
        "MX" => "Mexico",
        "MY" => "Malaysia",
        "NL" => "the Netherlands",
        "RU" => "Russia",
        "TW" => "Taiwan",
        "US" => "the United States",
        "VN" => "Vietnam",
        other => other,
    }
}

/// The same at the beginning of a sentence.
pub(super) fn begun(code: &str) -> String {
    capital(name(code))
}

/// A text with its first letter as a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An id as words: `rare-earth-suspension` is "rare earth suspension".
pub(super) fn words(id: &str) -> String {
    id.replace(['-', '_'], " ")
}

/// The id of what a party owes as words, without the party's own code before it: `cn-port-fees` of CN is "port fees".
pub(super) fn of_party(id: &str, party: &str) -> String {
    let prefix = format!("{}-", party.to_lowercase());
    words(id.strip_prefix(&prefix).unwrap_or(id))
}
