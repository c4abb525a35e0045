//! What is asked of the real ledger, through the binary: the figures that the README does not show.

use serde_json::Value;

use super::running::{Process, stderr, stdout};

const KNOWN: [&str; 4] = ["--as-of", "2026-11-24", "--known-at", "298"];

fn ask(server: &Process, arguments: &[&str]) -> Value {
    let output = server.client(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    serde_json::from_str(stdout(&output).trim()).unwrap()
}

fn scenario(name: &str) -> String {
    format!("{}/examples/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
}

/// At each step: when, status and lifecycle as recorded and as supposed, and the kinds of the links.
fn steps(answer: &Value, id: &str) -> Vec<String> {
    let effects = answer["effects"].as_array().unwrap();
    let effect = effects.iter().find(|it| it["commitment"].as_str().unwrap().ends_with(&format!("/{id}"))).unwrap();
    let told = effect["steps"].as_array().unwrap().iter().map(|step| {
        let judged = |answer: &Value| {
            let status = answer["status"].as_str().unwrap().trim_start_matches("STATUS_").to_owned();
            format!("{status} {}", answer["lifecycle"].as_str().unwrap().trim_start_matches("LIFECYCLE_"))
        };
        let links = step["links"].as_array().map(Vec::as_slice).unwrap_or_default();
        let links: Vec<&str> = links.iter().map(|it| it["kind"].as_str().unwrap()).collect();
        let links = links.join(", ").replace("SCENARIO_LINK_KIND_", "");
        format!(
            "{} {} / {} {links}",
            step["at"].as_str().unwrap(),
            judged(&step["baseline"]),
            judged(&step["scenario"])
        )
    });
    told.collect()
}

/// What each reading makes of the measure, by name.
fn in_effect(answer: &Value) -> Vec<(String, String)> {
    let readings = answer["assessment"]["numbersByReading"].as_object().unwrap().iter();
    let told = |numbers: &Value| numbers["maintenance"]["measureInEffect"].as_str().unwrap().to_owned();
    readings.map(|(reading, numbers)| (reading.clone(), told(numbers))).collect()
}

#[test]
fn a_measure_is_in_doubt_only_where_readings_differ_in_it() {
    let server = Process::start("demo");
    let at = ["--as-of", "2027-01-05", "--known-at", "298"];
    // By the base text the suspension runs on, by the US order it has ended with the duties gone: they apply by neither.
    let duties = ask(&server, &[&["status", "cn-farm-duties-end"][..], &at].concat());
    assert_eq!(duties["assessment"]["status"], "STATUS_DISPUTED");
    let no = |reading: &str| (reading.to_owned(), "IN_EFFECT_NO".to_owned());
    assert_eq!(in_effect(&duties), [no("base"), no("us-order")]);
    let exposed = ask(&server, &[&["exposure", "0203"][..], &at].concat());
    let measures: Vec<&Value> = exposed["measures"].as_array().unwrap().iter().map(|it| &it["inEffect"]).collect();
    assert_eq!(measures, ["IN_EFFECT_NO"]);

    let earths = ask(&server, &[&["status", "rare-earth-suspension"][..], &KNOWN].concat());
    let told: Vec<String> = in_effect(&earths).into_iter().map(|(reading, told)| format!("{reading} {told}")).collect();
    assert_eq!(told, ["base IN_EFFECT_YES", "extended IN_EFFECT_NO", "until IN_EFFECT_YES"]);
}

#[test]
fn figures_that_readings_differ_in_are_shown_by_each() {
    let server = Process::start("demo");
    let output = server.client(&[&["status", "soybeans"][..], &KNOWN].concat());
    let text = stdout(&output);
    let tranche = |words: [&str; 3]| text.lines().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(tranche(["t2026: BEHIND", "13,366,600 of 25,000,000", "by the base text"]), "{text}");
    assert!(tranche(["t2026: BEHIND", "9,442,300 of 25,000,000", "by season"]), "{text}");
    let board = stdout(&server.client(&[&["status", "--text", "soybeans"][..], &KNOWN].concat()));
    assert!(board.contains("by season: t2026: 9,442,300 of 25,000,000 t (37.7 %)"), "{board}");
}

#[test]
fn the_scenarios_of_the_examples_on_the_real_ledger() {
    let server = Process::start("demo");
    let walk = |name: &str, as_of: &str, until: &str| {
        let file = scenario(name);
        ask(&server, &["scenario", &file, "--as-of", as_of, "--known-at", "298", "--until", until])
    };
    let lapse = walk("rare-earths-lapse", "2026-11-24", "2027-01-31");
    assert_eq!(
        steps(&lapse, "rare-earth-suspension"),
        [
            "2026-11-24T00:00:00Z DISPUTED IN_FORCE / ON_TRACK IN_FORCE READING",
            "2027-01-10T16:00:00Z MET LAPSED / MET LAPSED TIME",
        ]
    );
    let in_effect = |step: usize, answer: &str| {
        lapse["effects"][0]["steps"][step][answer]["maintenance"]["measureInEffect"].as_str().unwrap().to_owned()
    };
    assert_eq!(in_effect(0, "scenario"), "IN_EFFECT_NO");
    assert_eq!(in_effect(1, "scenario"), "IN_EFFECT_YES", "the controls come back when the suspension lapses");

    let rule = walk("affiliates-rule-back", "2026-11-24", "2027-01-31");
    assert_eq!(
        steps(&rule, "us-affiliates-rule-suspension"),
        [
            "2026-11-24T00:00:00Z DISPUTED IN_FORCE / DISPUTED IN_FORCE ",
            "2026-12-01T05:00:00Z DISPUTED IN_FORCE / DISPUTED IN_FORCE MEASURE",
            "2027-01-10T05:00:00Z MET LAPSED / DISPUTED LAPSED MEASURE",
        ]
    );
    let by_reading = &rule["effects"][0]["steps"][1]["scenario"]["byReading"];
    assert_eq!(by_reading["extended"]["status"], "STATUS_BREACHED", "under the extended reading it is a breach");
    assert_eq!(by_reading["base"]["status"], "STATUS_MET", "under the base text nothing was owed any more");

    let sold = walk("more-soybeans", "2026-11-24", "2027-03-31");
    let after = |answer: &str, field: &str| {
        let step = &sold["effects"][0]["steps"][1][answer]["purchase"]["tranches"][1];
        (step["id"] == "t2026").then(|| step["flow"][field].as_str().unwrap().to_owned()).unwrap()
    };
    assert_eq!(sold["effects"][0]["steps"][1]["at"], "2026-12-31T16:00:00Z");
    assert_eq!(
        (after("baseline", "performed"), after("scenario", "performed")),
        ("13366600".into(), "16366600".into())
    );
    assert_eq!(sold["effects"][0]["steps"][1]["scenario"]["purchase"]["tranches"][1]["row"], "Q14");
}

#[test]
fn port_fees_that_come_back_give_china_the_right_to_suspend_its_own_promise() {
    let server = Process::start("demo");
    let file = scenario("port-fees-back");
    let clocks = ["--as-of", "2026-09-01", "--known-at", "2026-09-01", "--until", "2026-10-31"];
    let answer = ask(&server, &[&["scenario", &file], clocks.as_slice()].concat());
    assert_eq!(
        steps(&answer, "us-port-fees-suspension")[1],
        "2026-10-01T04:00:00Z ON_TRACK IN_FORCE / BREACHED IN_FORCE MEASURE"
    );
    assert_eq!(
        steps(&answer, "cn-port-fees-suspension")[1],
        "2026-10-01T04:00:00Z ON_TRACK IN_FORCE / ON_TRACK IN_FORCE RECIPROCITY"
    );
    let gained = &answer["effects"][0]["steps"][1]["difference"]["flagsGained"];
    assert_eq!(gained[0], "FLAG_RECIPROCAL_RIGHT_AVAILABLE");
}

#[test]
fn the_scorecard_of_the_truce_counts_what_it_lists() {
    let server = Process::start("demo");
    let whole = ask(&server, &[&["scorecard"], KNOWN.as_slice()].concat());
    let totals = whole["scorecard"]["totals"].as_array().unwrap();
    let totals: Vec<u64> = totals.iter().map(|it| it["count"].as_u64().unwrap_or_default()).collect();
    assert_eq!(totals, [3, 8, 0, 1, 12, 0, 1]);
    assert_eq!(totals.iter().sum::<u64>(), 25, "every commitment of the truce stands in one group");
    let pairs = whole["scorecard"]["pairs"].as_array().unwrap();
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|it| (it["obligor"].as_str().unwrap(), it["obligee"].as_str().unwrap())).collect();
    assert_eq!(pairs, [("CN", "US"), ("US", "CN")]);
    let board = ask(&server, &[&["scorecard", "--instrument", "busan-truce"], KNOWN.as_slice()].concat());
    let of_the_truce = board["scorecard"]["totals"].as_array().unwrap();
    assert!(of_the_truce.iter().map(|it| it["count"].as_u64().unwrap_or_default()).sum::<u64>() < 25);
}

#[test]
fn the_pace_of_the_soybeans_under_both_readings() {
    let server = Process::start("demo");
    let answer = ask(&server, &["pace", "soybeans", "--as-of", "2026-01-12", "--known-at", "2026-01-12"]);
    let course = |reading: usize, tranche: usize| &answer["pace"]["readings"][reading]["purchase"]["courses"][tranche];
    assert_eq!(
        (&answer["pace"]["readings"][0]["reading"], &answer["pace"]["readings"][1]["reading"]),
        (&"base".into(), &"season".into())
    );
    // By the calendar year the tranche is over and missed; by the season it is a little ahead.
    assert_eq!((&course(0, 0)["status"], &course(0, 0)["performed"]), (&"STATUS_NOT_MET".into(), &"6428500".into()));
    assert_eq!(course(0, 0)["forecasts"], Value::Null);
    let season = course(1, 0);
    assert_eq!((&season["status"], &season["dataThrough"]), (&"STATUS_ON_TRACK".into(), &"2026-01-01".into()));
    // 12,000,000 x 62 of 120 days.
    assert_eq!(season["expectedToDate"], "6200000");
    assert_eq!(season["points"].as_array().unwrap().len(), 9);

    let later = ask(&server, &[&["pace", "soybeans"], KNOWN.as_slice()].concat());
    let t2026 = &later["pace"]["readings"][0]["purchase"]["courses"][1];
    assert_eq!((&t2026["tranche"], &t2026["performedToDate"]), (&"t2026".into(), &"13366600".into()));
    assert_eq!(t2026["points"].as_array().unwrap().len(), 35);
    let forecasts: Vec<(&str, &str)> = t2026["forecasts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["span"].as_str().unwrap(), it["reachedOn"].as_str().unwrap()))
        .collect();
    assert_eq!(
        forecasts,
        [
            ("PACE_SPAN_COVERED", "2027-03-24"),
            ("PACE_SPAN_FOUR_WEEKS", "2026-11-05"),
            ("PACE_SPAN_THIRTEEN_WEEKS", "2027-01-02"),
        ]
    );
}
