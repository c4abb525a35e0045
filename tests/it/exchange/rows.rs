//! Rows of a table: which become figures, which are rejected and why.

use entente::exchange::table::{Figures, Mapping};

use super::{MONTHLY, ledger, read, reasons};

#[test]
fn periods_are_read_in_every_form() {
    let forms = [
        ("ending = \"p\"\ndays = 7", "2026-03-05", "2026-02-27/2026-03-05"),
        ("starting = \"p\"\ndays = 7", "2026-03-05", "2026-03-05/2026-03-11"),
        ("day = \"p\"", "2026-03-05", "2026-03-05"),
        ("month = \"p\"", "2024-02", "2024-02-01/2024-02-29"),
        ("month = \"p\"", "202312", "2023-12-01/2023-12-31"),
        ("month = \"p\"\nformat = \"%b %Y\"", "Mar 2026", "2026-03-01/2026-03-31"),
        ("quarter = \"p\"", "2026-Q4", "2026-10-01/2026-12-31"),
        ("quarter = \"p\"", "Q1 2026", "2026-01-01/2026-03-31"),
        ("year = \"p\"", "2026", "2026-01-01/2026-12-31"),
        ("ending = \"p\"\ndays = 7\nformat = \"%m/%d/%Y\"", "03/05/2026", "2026-02-27/2026-03-05"),
    ];
    for (period, written, days) in forms {
        let mapping = MONTHLY.replace("month = \"month\"", period);
        let (figures, rejects) = read(&mapping, &format!("p,kt\n{written},5\n"));
        assert_eq!(figures, [format!("2: commitments/soybeans customs {days} = 5 kt")], "{period}: {rejects:?}");
        let (figures, rejects) = read(&mapping, "p,kt\nsoon,5\n");
        assert!(figures.is_empty() && rejects[0].field == "p" && rejects[0].value == "soon", "{period}: {rejects:?}");
    }
    let mapping = MONTHLY.replace("month = \"month\"", "from = \"a\"\nthrough = \"b\"");
    let (figures, rejects) = read(&mapping, "a,b,kt\n2026-01-01,2026-02-10,5\n2026-02-10,2026-01-01,5\n");
    assert_eq!(figures, ["2: commitments/soybeans customs 2026-01-01/2026-02-10 = 5 kt"]);
    assert_eq!(reasons(&rejects), ["3 b: the window ends on 2026-01-01, before it starts on 2026-02-10"]);
}

#[test]
fn numbers_are_read_exactly() {
    let value = "column = \"kt\"\nscale = \"0.001\"\nthousands = \".\"\ndecimal = \",\"\nblank = \"skip\"";
    let mapping = MONTHLY.replace("column = \"kt\"", value);
    let table = "month,kt\n2026-01,\"1.234.567,80\"\n2026-02,-0,5\n2026-03,\n2026-04,12.5.\n2026-05,1e3\n2026-06,\"0,0000000000001\"\n";
    let (figures, rejects) = read(&mapping, &table.replace("-0,5", "\"-0,5\""));
    let expected = [
        "2: commitments/soybeans customs 2026-01-01/2026-01-31 = 1234.5678 kt",
        "3: commitments/soybeans customs 2026-02-01/2026-02-28 = -0.0005 kt",
        "5: commitments/soybeans customs 2026-04-01/2026-04-30 = 0.125 kt",
    ];
    assert_eq!(figures, expected, "an empty value says nothing");
    let lines: Vec<u64> = rejects.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, [6, 7], "no exponent, and no more digits than a decimal may have");
}

#[test]
fn a_line_is_known_by_its_number_in_an_editor() {
    for (name, end) in [("line feeds", "\n"), ("carriage returns too", "\r\n")] {
        let table = ["month,kt", "", "2026-01,one", "", "", "2026-02,2", "2026-03,two"].join(end);
        for table in [table.clone(), format!("\u{feff}{table}{end}"), format!("{table}{end}{end}")] {
            let (figures, rejects) = read(MONTHLY, &table);
            assert_eq!(figures, ["6: commitments/soybeans customs 2026-02-01/2026-02-28 = 2 kt"], "{name}");
            assert_eq!(rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3, 7], "{name}");
        }
    }
}

#[test]
fn a_quote_that_is_never_closed_is_told_where_it_opens() {
    for end in ["", "\n", "\n\n\n"] {
        let table = format!("month,kt\n2026-01,1\n2026-02,\"2\n2026-03,3{end}");
        let (figures, rejects) = read(MONTHLY, &table);
        assert_eq!(figures, ["2: commitments/soybeans customs 2026-01-01/2026-01-31 = 1 kt"]);
        assert_eq!(rejects.len(), 1, "{rejects:?}");
        assert!(rejects[0].line == 3 && rejects[0].reason.contains("never closed"), "{end:?}: {rejects:?}");
    }
    // One that is closed counts its lines, blanks around it or not.
    let (figures, rejects) = read(MONTHLY, "month,kt\n\"\n2026-01\n\",1\n2026-02,x\n2026-03,3\n");
    assert_eq!(figures[1], "6: commitments/soybeans customs 2026-03-01/2026-03-31 = 3 kt");
    assert_eq!((figures.len(), rejects[0].line), (2, 5), "{figures:?} {rejects:?}");
}

#[test]
fn what_stands_before_and_beside_the_table_is_left_out() {
    let mapping = format!("{MONTHLY}[table]\ndelimiter = \";\"\ncomment = \"#\"\nskip_lines = 2\n");
    let table = "Made for\nthe ministry\nmonth;kt\n# not final\n2026-01; 5 \n2026-02;5;6\n2026-03;x\n";
    let (figures, rejects) = read(&mapping, table);
    assert_eq!(figures, ["5: commitments/soybeans customs 2026-01-01/2026-01-31 = 5 kt"]);
    assert_eq!(reasons(&rejects)[0], "6 : 3 fields, where the header has 2");
    assert_eq!(rejects[1].line, 7);
}

#[test]
fn filters_choose_and_maps_translate() {
    let mapping = MONTHLY
        .replace(
            "\"commitments/soybeans\"",
            "{ column = \"what\", map = { soy = \"commitments/soybeans\", oil = \"commitments/oil\" } }",
        )
        .replace("unit = \"kt\"", "unit = { column = \"unit\" }")
        + "[[filter]]\ncolumn = \"from\"\nis = \"US\"\n[[filter]]\ncolumn = \"grade\"\none_of = [\"1\", \"2\"]\n";
    let table = "month,what,from,grade,unit,kt\n\
        2026-01,soy,US,1,kt,5\n2026-01,soy,BR,1,kt,6\n2026-01,oil,US,2,t,7\n2026-01,soy,US,3,kt,8\n2026-01,gas,US,1,kt,9\n2026-02,oil,US,1,st,1\n";
    let (figures, rejects) = read(&mapping, table);
    let expected = [
        "2: commitments/soybeans customs 2026-01-01/2026-01-31 = 5 kt",
        "4: commitments/oil customs 2026-01-01/2026-01-31 = 7 t",
    ];
    assert_eq!(figures, expected);
    assert_eq!(reasons(&rejects)[0], "6 what: the mapping gives it no meaning; it knows oil, soy");
    assert!(reasons(&rejects)[1].starts_with("7 unit: \"st\" is not a unit"));
}

#[test]
fn lines_of_one_period_are_added_up_or_refused() {
    let table = "month,kt\n2026-01,5\n2026-02,1\n2026-01,0.25\n2026-01,-2\n";
    let (figures, rejects) = read(&MONTHLY.replace("[period]", "combine = \"sum\"\n[period]"), table);
    let expected = [
        "2: commitments/soybeans customs 2026-01-01/2026-01-31 = 3.25 kt",
        "3: commitments/soybeans customs 2026-02-01/2026-02-28 = 1 kt",
    ];
    assert_eq!((figures, rejects), (expected.map(str::to_owned).to_vec(), vec![]));
    let (figures, rejects) = read(MONTHLY, table);
    assert_eq!(figures, ["3: commitments/soybeans customs 2026-02-01/2026-02-28 = 1 kt"], "which one is right?");
    let lines: Vec<u64> = rejects.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, [4, 5, 2]);
    assert!(rejects[0].reason.starts_with("line 2 gives the same figure"), "{rejects:?}");
    assert!(rejects[2].reason.starts_with("line 4 gives the same figure"), "{rejects:?}");
}

#[test]
fn a_sum_of_which_a_part_cannot_be_read_is_no_figure() {
    let summed = MONTHLY.replace("[period]", "combine = \"sum\"\n[period]");
    for table in ["month,kt\n2026-01,5\n2026-01,?\n2026-01,7\n", "month,kt\n2026-01,?\n2026-01,5\n2026-01,7\n"] {
        let (figures, rejects) = read(&summed, table);
        assert!(figures.is_empty(), "12 would be taken for the whole: {figures:?}");
        assert!(rejects.iter().any(|reject| reject.value == "?"), "{rejects:?}");
    }
    let mixed = summed.replace("unit = \"kt\"", "unit = { column = \"unit\" }");
    let (figures, rejects) = read(&mixed, "month,unit,kt\n2026-01,kt,5\n2026-01,t,7\n");
    assert!(figures.is_empty());
    assert_eq!(reasons(&rejects), ["2 : line 3 belongs to the same figure and is in another unit"]);
}

#[test]
fn figures_are_recorded_in_the_order_in_which_they_came_out() {
    let mapping =
        format!("{MONTHLY}[recorded_at]\ncolumn = \"out\"\nzone = \"Asia/Shanghai\"\nbasis = \"published\"\n");
    let table = "month,kt,out\n2026-02,2,2026-03-18T10:00:00+08:00\n2026-01,1,2026-02-18\n2026-03,3,later\n";
    let parsed = Mapping::parse(&mapping, &ledger()).unwrap();
    let figures = Figures::read(table.as_bytes(), &parsed, &mut |_| Ok(())).unwrap();
    let holdings = entente::exchange::table::Holdings::default();
    let recorded: Vec<String> = figures
        .compare(&holdings, &parsed)
        .map(|compared| match compared.change {
            entente::exchange::table::Change::New(submission) => submission.recorded_at.unwrap().to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(recorded, ["2026-02-18T15:59:59Z", "2026-03-18T02:00:00Z"], "a day is over at its midnight there");
    let (_, rejects) = read(&mapping, table);
    assert!(reasons(&rejects)[0].starts_with("4 out: \"later\" is not an RFC 3339 instant"), "{rejects:?}");
}

#[test]
fn metrics_have_items_and_denominators_and_rates_may_be_taken_away() {
    let metric = r#"
kind = "MetricReported"
subject = "asks/oil-cut"
series = "customs"
unit = "kt"
item = { column = "origin" }
[period]
month = "month"
[value]
column = "part"
[denominator]
column = "all"
[[source]]
publisher = "Customs"
"#;
    let (figures, rejects) =
        read(metric, "month,origin,part,all\n2026-01,RU,20,100\n2026-01,SA,13.50,1\n2026-02,RU,1,-1\n");
    let expected = [
        "2: asks/oil-cut customs RU 2026-01-01/2026-01-31 = 20/100 kt",
        "3: asks/oil-cut customs SA 2026-01-01/2026-01-31 = 13.5 kt",
    ];
    assert_eq!(figures, expected);
    assert_eq!(rejects.len(), 1, "a share of less than nothing");
    let rate = r#"
kind = "RateSet"
subject = "measures/duty"
component = { column = "part" }
[period]
effective = "from"
zone = "America/New_York"
[value]
column = "points"
blank = "gone"
"#;
    let (figures, _) = read(rate, "part,from,points\nfentanyl,2026-02-24,\nreciprocal,2026-02-24,10.0\n");
    let expected = [
        "2: measures/duty fentanyl from 2026-02-24T05:00:00Z = none",
        "3: measures/duty reciprocal from 2026-02-24T05:00:00Z = 10",
    ];
    assert_eq!(figures, expected);
}

#[test]
fn a_column_that_is_missing_is_told_with_those_that_are_there() {
    let mapping = Mapping::parse(MONTHLY, &ledger()).unwrap();
    let error = Figures::read("month,tonnes\n".as_bytes(), &mapping, &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.to_string(), "the table has 0 columns \"kt\"; its columns are month, tonnes");
}
