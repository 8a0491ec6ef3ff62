//! Templates of `line_format` and `label_format`: Go's, with the functions that Loki gives them.

mod decimal;
mod functions;
mod numbers;
mod text;
mod times;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock};

use gotemplate::functions::Zones;
use gotemplate::time::{Time, Zone};
use gotemplate::{Args, Functions, Host, Kind, Limits, MissingKey, Object, Templates, Value};
use model::{Clock, ManualClock};

use crate::pipeline::{ERROR, ERROR_DETAILS, LineLabels};

/// What a line that a template makes may have at most, and each value on the way there.
const MAX_BYTES: usize = 1 << 20;
/// Nodes of a template that are passed for one line, at most.
const MAX_STEPS: usize = 100_000;

static FUNCTIONS: LazyLock<Arc<Functions>> = LazyLock::new(|| Arc::new(functions::all()));

/// What templates may ask for besides the line.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is, for `now`.
    pub clock: Arc<dyn Clock>,
    /// Zones by name, for `toDateInZone`.
    pub zones: Arc<dyn Zones>,
    /// The zone in which `date` and `toDate` work.
    pub local: Zone,
}

/// A clock that stands at 1970, and no zone but UTC.
impl Default for Surroundings {
    fn default() -> Surroundings {
        Surroundings { clock: Arc::new(ManualClock::new(0)), zones: Arc::new(UtcOnly), local: Zone::Utc }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Surroundings { clock, local, .. } = self;
        f.debug_struct("Surroundings").field("clock", clock).field("local", local).finish_non_exhaustive()
    }
}

struct UtcOnly;

impl Zones for UtcOnly {
    fn zone(&self, name: &str) -> Option<Zone> {
        matches!(name, "" | "UTC").then_some(Zone::Utc)
    }
}

/// A compiled template.
#[derive(Debug)]
pub(crate) struct LineTemplate {
    templates: Templates,
    name: &'static str,
    surroundings: Surroundings,
}

impl LineTemplate {
    /// Compiles a template; its name stands in its errors.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn compile(name: &'static str, text: &str, surroundings: &Surroundings) -> Result<LineTemplate, String> {
        let limits = Limits { output_bytes: MAX_BYTES, value_bytes: MAX_BYTES, steps: MAX_STEPS };
        let mut templates = Templates::new(Arc::clone(&FUNCTIONS))
            .missing_key(MissingKey::Zero)
            .limits(limits)
            .local(surroundings.local.clone());
        templates.parse(name, text).map_err(|error| error.to_string())?;
        Ok(LineTemplate { templates, name, surroundings: surroundings.clone() })
    }

    /// Appends what becomes of a line and its labels.
    ///
    /// # Errors
    /// How the template failed.
    pub(crate) fn execute(
        &self,
        line: &[u8],
        time_ns: i64,
        labels: &LineLabels,
        out: &mut String,
    ) -> Result<(), String> {
        let data = LineData { line, time_ns, labels, surroundings: &self.surroundings };
        self.templates.execute_with(self.name, Value::Ref(&data), &data, out).map_err(|error| error.to_string())
    }

    /// The labels that it looks at; `None` if it may look at any.
    pub(crate) fn labels(&self) -> Option<BTreeSet<String>> {
        let names = self.templates.field_names(self.name)?;
        Some(names.into_iter().map(ToOwned::to_owned).collect())
    }

    /// Whether it looks at the text of the line.
    pub(crate) fn reads_line(&self) -> bool {
        self.templates.calls(self.name, functions::LINE)
    }
}

/// A line, as templates see it: a map of its labels.
struct LineData<'a> {
    line: &'a [u8],
    time_ns: i64,
    labels: &'a LineLabels,
    surroundings: &'a Surroundings,
}

impl fmt::Debug for LineData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineData").finish_non_exhaustive()
    }
}

impl<'a: 'd, 'd> Object<'d> for LineData<'a> {
    fn type_name(&self) -> &'static str {
        "map[string]string"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, name: &str) -> Option<Value<'d>> {
        let text = match name {
            ERROR | ERROR_DETAILS => Some(self.labels.seen(name)).filter(|text| !text.is_empty()),
            name => self.labels.get(name),
        };
        text.map(Value::from)
    }

    fn zero(&self) -> Value<'d> {
        Value::from("")
    }

    fn len(&self) -> usize {
        let mut count = 0;
        self.labels.for_each(|_, _, _| count += 1);
        count
    }

    fn entries(&self) -> Vec<(Cow<'d, str>, Value<'d>)> {
        let mut entries = Vec::new();
        self.labels.for_each(|name, value, _| entries.push((Cow::Borrowed(name), Value::from(value))));
        entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        entries
    }
}

impl<'a: 'd, 'd> Host<'d> for LineData<'a> {
    fn call(&self, name: &str, args: &mut Args<'_, 'd>) -> Result<Value<'d>, String> {
        match name {
            functions::LINE => Ok(Value::Str(String::from_utf8_lossy(self.line))),
            functions::TIMESTAMP => {
                Ok(Time::from_unix_nanos(self.time_ns).in_zone(self.surroundings.local.clone()).into())
            }
            functions::NOW => {
                let now = Time::from_unix_nanos(self.surroundings.clock.now_ns());
                Ok(now.in_zone(self.surroundings.local.clone()).into())
            }
            functions::TO_DATE_IN_ZONE => {
                let zone = self.surroundings.zones.zone(args.str(1)).unwrap_or(Zone::Utc);
                Ok(Time::parse(args.str(0), args.str(2), &zone).unwrap_or_else(|_| Time::zero()).into())
            }
            _ => Err(format!("unknown function {name}")),
        }
    }
}

#[cfg(test)]
mod tests;
