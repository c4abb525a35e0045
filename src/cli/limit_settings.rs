//! Limits as settings: a flag, an environment variable and a key of the config file for each, made from the one table of them.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use serde::Deserialize;

use crate::serve::{Limit, LimitError, Limits};

/// Those limits that were given, by name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct LimitSettings(BTreeMap<String, u64>);

impl LimitSettings {
    /// These, and where they say nothing, `other`'s.
    pub(super) fn or(mut self, other: Self) -> Self {
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// The same with one more, where it is given and they say nothing of it.
    pub(super) fn or_one(self, name: &str, value: Option<u64>) -> Self {
        let one = value.map(|value| (name.to_owned(), value));
        self.or(LimitSettings(one.into_iter().collect()))
    }

    /// The checked limits: defaults where nothing was given.
    pub(super) fn limits(&self) -> Result<Limits, LimitError> {
        let mut limits = Limits::default();
        for (name, value) in &self.0 {
            limits.set(name, *value)?;
        }
        Ok(limits)
    }
}

fn argument(limit: &Limit) -> Arg {
    let unit = match limit.name {
        name if name.contains("_kib") => "KIB",
        name if name.ends_with("_seconds") => "SECONDS",
        _ => "N",
    };
    Arg::new(limit.name)
        .long(limit.name.replace('_', "-"))
        .env(format!("ENTENTE_{}", limit.name.to_uppercase()))
        .value_name(unit)
        .value_parser(value_parser!(u64))
        .help_heading("Limits")
        .help(format!("{} [default: {}]", limit.meaning, limit.default))
}

impl Args for LimitSettings {
    fn augment_args(command: Command) -> Command {
        command.args(Limits::all().iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = LimitSettings::default();
        given.update_from_arg_matches(matches)?;
        Ok(given)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for limit in Limits::all() {
            if let Some(value) = matches.get_one::<u64>(limit.name) {
                self.0.insert(limit.name.to_owned(), *value);
            }
        }
        Ok(())
    }
}
