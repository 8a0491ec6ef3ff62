//! The load that the engine is measured with: many series of eleven labels in requests of two thousand.

use model::Labels;
use storage::{AppendBatch, AppendRow, RowValue};
use testkit::Random;

pub(crate) const ROWS_PER_BATCH: usize = 2_000;
/// Scrape interval of the series.
pub(crate) const STEP_MS: i64 = 15_000;
/// Series of one metric.
pub(crate) const SERIES_PER_METRIC: usize = 2_000;

/// Series and their values, which follow from the seed.
pub(crate) struct Load {
    labels: Vec<Labels>,
    values: Vec<f64>,
    random: Random,
}

impl Load {
    pub(crate) fn new(n_series: usize, seed: u64) -> Load {
        Load { labels: (0..n_series).map(labels).collect(), values: vec![0.0; n_series], random: Random(seed) }
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Lets a step pass: half of the series are counters, a quarter gauges of integers, an eighth has two decimals, an eighth stays.
    pub(crate) fn step(&mut self) {
        for series in 0..self.values.len() {
            let number = (self.random.next() >> 33) as f64 / f64::from(1u32 << 31);
            let value = &mut self.values[series];
            match series % 8 {
                0..4 => *value += (number * 50.0).floor(),
                4..6 => *value = (*value + (number * 11.0).floor() - 5.0).abs(),
                6 => *value = (number * 10_000.0).floor() / 100.0,
                _ => *value = 1.0,
            }
        }
    }

    /// Hands out all series at a time, one group per request.
    pub(crate) fn each_batch<E>(
        &self,
        time_ms: i64,
        mut visit: impl FnMut(&AppendBatch<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let times_ms = [time_ms];
        let (mut rows, mut group) = (Vec::with_capacity(ROWS_PER_BATCH), String::new());
        for (number, labels) in self.labels.chunks(ROWS_PER_BATCH).enumerate() {
            rows.clear();
            let values = &self.values[number * ROWS_PER_BATCH..];
            rows.extend(labels.iter().zip(values).map(|(labels, &value)| AppendRow {
                labels: labels.as_bytes(),
                time: 0,
                value: RowValue::Float(value),
            }));
            group.clear();
            group.push_str("sender ");
            group.push_str(&number.to_string());
            visit(&AppendBatch { group: &group, token: None, times_ms: &times_ms, rows: &rows })?;
        }
        Ok(())
    }
}

fn labels(series: usize) -> Labels {
    let (metric, within) = (series / SERIES_PER_METRIC, series % SERIES_PER_METRIC);
    let host = within / 8;
    let pairs = [
        ("__name__", format!("bench_metric_{metric}_total")),
        ("arch", ["amd64", "arm64"][host % 2].to_owned()),
        ("cluster", format!("cluster-{}", host % 4)),
        ("datacenter", format!("dc-{}", host % 3)),
        ("device", format!("device{}", within % 8)),
        ("instance", format!("host-{host:04}.example.net:9100")),
        ("job", "node".to_owned()),
        ("os", "linux".to_owned()),
        ("rack", format!("rack-{:02}", host % 40)),
        ("region", format!("region-{}", host % 10)),
        ("team", format!("team-{}", host % 7)),
    ];
    Labels::from_pairs(pairs)
}
