//! The families under construction during one read.

use std::borrow::Cow;
use std::collections::HashMap;

use exposition::Family;
use model::MetricKind;

/// Takes samples from the collectors.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    families: Vec<Family>,
    by_name: HashMap<Cow<'static, str>, FamilyId>,
}

/// A family of one [`Sink`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct FamilyId(usize);

impl Sink {
    pub(crate) fn gauge(&mut self, name: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> FamilyId {
        self.family(name.into(), help.into(), MetricKind::Gauge)
    }

    pub(crate) fn counter(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> FamilyId {
        self.family(name.into(), help.into(), MetricKind::Counter)
    }

    pub(crate) fn untyped(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> FamilyId {
        self.family(name.into(), help.into(), MetricKind::Unknown)
    }

    /// The family of that name; the first help text and type given for it stay.
    fn family(&mut self, name: Cow<'static, str>, help: Cow<'static, str>, kind: MetricKind) -> FamilyId {
        if let Some(id) = self.by_name.get(&name) {
            return *id;
        }
        let id = FamilyId(self.families.len());
        self.families.push(Family::new(name.clone(), help, kind));
        self.by_name.insert(name, id);
        id
    }

    /// Adds a sample. Label sets must be distinct within a family: no format has a place for duplicates.
    pub(crate) fn sample(&mut self, family: FamilyId, labels: &[(&'static str, &str)], value: f64) {
        let labels = labels.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect();
        self.families[family.0].push(labels, value);
    }

    /// Adds a sample unless the family has one with the same label values already.
    pub(crate) fn sample_once(&mut self, family: FamilyId, labels: &[(&'static str, &str)], value: f64) {
        let same = |sample: &exposition::Sample| {
            sample.labels.iter().map(|(_, value)| value.as_str()).eq(labels.iter().map(|(_, value)| *value))
        };
        if !self.families[family.0].samples.iter().any(same) {
            self.sample(family, labels, value);
        }
    }

    /// The families that have samples.
    pub(crate) fn into_families(mut self) -> Vec<Family> {
        self.families.retain(|family| !family.samples.is_empty());
        self.families
    }
}
