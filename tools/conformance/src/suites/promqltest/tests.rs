use super::*;

/// Runs a script and gives the lines of the cases that failed, with the last line of why.
fn failures(script: &str) -> Vec<(usize, String)> {
    let harness = Harness::new();
    let mut store = MemoryStore::new();
    let mut failed = Vec::new();
    for command in testscript::parse(script).commands {
        match command.kind.expect("a readable command") {
            CommandKind::Clear => store = MemoryStore::new(),
            CommandKind::Load(load) => data::load(&store, &load),
            CommandKind::Eval(eval) => failed.extend(harness.check(&store, &eval).err().map(|why| (command.line, why))),
        }
    }
    failed
}

#[test]
fn what_is_right_passes() {
    let script = r#"
load 10s
  m{x="1"} 1 2 3 _ 5
  m{x="2"} 4 4 stale

eval instant at 10s m
  m{x="1"} 2
  m{x="2"} 4

eval instant at 40s sum(m) + scalar(m)
  {} 10

eval instant at 10s sort_desc(m)
  expect ordered
  m{x="2"} 4
  m{x="1"} 2

eval range from 0 to 40s step 10s m
  m{x="1"} 1 2 3 3 5
  m{x="2"} 4 4 _ _ _

eval instant at 10s quantile(2, m)
  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)
  expect no_info
  {} Inf

eval instant at 10s m * on() m
  expect fail regex: found duplicate series .*;many-to-many matching not allowed

eval instant at 10s m +
  expect fail

eval instant at 20s m{x="1"}[15s]
  expect range vector from 10s to 20s step 10s
  m{x="1"} 2 3

eval instant at 7s "text"
  expect string "text"

eval instant at 7s time()
  7
"#;
    assert_eq!(failures(script), []);
}

#[test]
fn what_is_wrong_fails() {
    let script = r#"
load 10s
  m 1 2 3

eval instant at 10s m
  m 3

eval instant at 10s m

eval instant at 10s m
  other 2

eval range from 0 to 20s step 10s m
  m 1 2

eval instant at 10s m
  expect warn
  m 2

eval instant at 10s m
  expect fail
  m 2

eval instant at 10s rate(m[20s])
  expect no_info
  {} 0.1

eval instant at 10s deriv(m[20s])
  expect fail

eval instant at 10s m
  2
"#;
    let failed = failures(script);
    let lines: Vec<usize> = failed.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [5, 8, 10, 13, 16, 20, 24, 28, 31], "{failed:?}");
    assert_eq!(failed[7].1, "not built yet: function deriv");
}
