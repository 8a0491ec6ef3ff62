use super::*;

/// Rounds of one CPU's idle and user seconds, and what is shown after each.
#[track_caller]
fn check_rounds(rounds: &[([f64; 2], [f64; 2])]) {
    let mut cpu = Cpu::default();
    for ([idle, user], expected) in rounds {
        let mut reading = [0.0; COLUMNS];
        reading[IDLE] = *idle;
        reading[0] = *user;
        cpu.update(&[(0, reading)]);
        assert_eq!([cpu.seconds[&0][IDLE], cpu.seconds[&0][0]], *expected, "{rounds:?}");
    }
}

#[test]
fn counters_do_not_fall() {
    check_rounds(&[([100.0, 5.0], [100.0, 5.0]), ([98.0, 6.0], [100.0, 6.0]), ([101.0, 6.0], [101.0, 6.0])]);
    check_rounds(&[([100.0, 5.0], [100.0, 5.0]), ([100.5, 4.0], [100.5, 5.0])]);
}

#[test]
fn a_cpu_that_was_away_starts_again() {
    check_rounds(&[([100.0, 5.0], [100.0, 5.0]), ([97.0, 1.0], [97.0, 1.0])]);
    let mut cpu = Cpu::default();
    cpu.update(&[(0, [1.0; COLUMNS]), (1, [1.0; COLUMNS])]);
    cpu.update(&[(0, [1.0; COLUMNS])]);
    assert_eq!(cpu.seconds.keys().collect::<Vec<_>>(), [&0]);
}

#[test]
fn lines_of_old_and_new_kernels() {
    for (content, expected) in [
        ("cpu  9 9 9 9\ncpu0 100 1 2 3\nintr 5\n", Ok(vec![(0, vec![1.0, 0.01, 0.02, 0.03])])),
        ("cpu12 1 2 3 4 5 6 7 8 9 10 11 12\n", Ok(vec![(12, (1..=10).map(|n| f64::from(n) / 100.0).collect())])),
        ("intr 1\n", Ok(vec![])),
        ("cpu0 1 x\n", Err("cpu0 1 x")),
        ("cpux 1\n", Err("cpux 1")),
    ] {
        let parsed = parse_stat(content.as_bytes());
        match expected {
            Ok(cpus) => {
                let parsed = parsed.unwrap();
                assert_eq!(parsed.len(), cpus.len(), "{content}");
                for ((number, seconds), (expected_number, expected)) in parsed.iter().zip(cpus) {
                    assert_eq!(*number, expected_number);
                    assert!(seconds.starts_with(&expected), "{content}");
                    assert!(seconds[expected.len()..].iter().all(|value| *value == 0.0));
                }
            }
            Err(line) => assert_eq!(parsed.unwrap_err(), line.as_bytes()),
        }
    }
}

#[test]
fn lists_of_cpus() {
    for (list, expected) in [
        ("", Some(vec![])),
        ("0", Some(vec![0])),
        ("1,3-5,9,4", Some(vec![1, 3, 4, 5, 9])),
        ("5-3", Some(vec![])),
        ("0-99999999999", None),
        ("a", None),
        ("1-", None),
    ] {
        assert_eq!(parse_cpu_list(list.as_bytes()), expected.map(BTreeSet::from_iter), "{list}");
    }
}
