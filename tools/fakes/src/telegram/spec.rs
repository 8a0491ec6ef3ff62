//! What the Bot API takes: a table of methods, fields, types and limits.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const TEXT: &str = include_str!("spec.txt");

/// A description of the methods that are answered, and of the types that they take.
#[derive(Debug)]
pub(super) struct Spec {
    methods: BTreeMap<&'static str, Vec<Field>>,
    types: BTreeMap<&'static str, Type>,
}

#[derive(Debug)]
enum Type {
    Object(Vec<Field>),
    OneOf(Vec<&'static str>),
}

#[derive(Debug)]
struct Field {
    name: &'static str,
    is_required: bool,
    types: Vec<&'static str>,
    limit: Option<Limit>,
}

/// How long a text may be.
#[derive(Clone, Copy, Debug)]
struct Limit {
    min: usize,
    max: usize,
    /// `bytes` or `characters`; `parsed` for characters after the markup was taken out, which is checked elsewhere.
    unit: &'static str,
}

impl Spec {
    /// Reads the table.
    pub(super) fn new() -> Spec {
        let mut spec = Spec { methods: BTreeMap::new(), types: BTreeMap::new() };
        let mut name = "";
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            if let Some(field) = line.strip_prefix("  ") {
                spec.add(name, Field::read(field));
            } else if let Some((alias, subtypes)) = line.split_once(" = ") {
                spec.types.insert(alias.trim_start_matches('@'), Type::OneOf(subtypes.split('|').collect()));
            } else {
                name = line;
                match line.strip_prefix('@') {
                    Some(of_type) => drop(spec.types.insert(of_type, Type::Object(Vec::new()))),
                    None => drop(spec.methods.insert(line, Vec::new())),
                }
            }
        }
        spec
    }

    fn add(&mut self, to: &str, field: Field) {
        let fields = match to.strip_prefix('@') {
            Some(of_type) => match self.types.get_mut(of_type) {
                Some(Type::Object(fields)) => Some(fields),
                _ => None,
            },
            None => self.methods.get_mut(to),
        };
        if let Some(fields) = fields {
            fields.push(field);
        }
    }

    /// Whether there is a method of a name, of any case.
    pub(super) fn method(&self, name: &str) -> Option<&'static str> {
        self.methods.keys().find(|other| other.eq_ignore_ascii_case(name)).copied()
    }

    /// Checks what a method is given.
    ///
    /// # Errors
    /// What is wrong, with the field's name.
    pub(super) fn check(&self, method: &str, given: &Map<String, Value>) -> Result<(), String> {
        let fields = self.methods.get(method).ok_or_else(|| format!("method {method} is not known"))?;
        self.check_fields(method, fields, given)
    }

    fn check_fields(&self, place: &str, fields: &[Field], given: &Map<String, Value>) -> Result<(), String> {
        if let Some(unknown) = given.keys().find(|key| !fields.iter().any(|field| field.name == *key)) {
            return Err(format!("{place} has no field {unknown}"));
        }
        for field in fields {
            match given.get(field.name) {
                None if field.is_required => return Err(format!("{} is empty", field.name)),
                None => {}
                Some(value) => {
                    let place = format!("{place}.{}", field.name);
                    let checked = field.types.iter().map(|of_type| self.check_value(&place, of_type, value));
                    first_ok(checked)?;
                    field.check_limit(&place, value)?;
                }
            }
        }
        Ok(())
    }

    fn check_value(&self, place: &str, of_type: &str, value: &Value) -> Result<(), String> {
        if let Some(element) = of_type.strip_prefix("[]") {
            let items = value.as_array().ok_or_else(|| format!("{place} must be an array"))?;
            return items.iter().try_for_each(|item| self.check_value(place, element, item));
        }
        let is_right = match of_type {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            _ => return self.check_object(place, of_type, value),
        };
        if is_right { Ok(()) } else { Err(format!("{place} must be of type {of_type}")) }
    }

    fn check_object(&self, place: &str, of_type: &str, value: &Value) -> Result<(), String> {
        match (self.types.get(of_type), value) {
            (Some(Type::Object(fields)), Value::Object(given)) => self.check_fields(place, fields, given),
            (Some(Type::OneOf(types)), _) => {
                first_ok(types.iter().map(|of_type| self.check_value(place, of_type, value)))
            }
            _ => Err(format!("{place} must be of type {of_type}")),
        }
    }
}

/// Well if any of them is; else what was wrong first.
fn first_ok(checked: impl Iterator<Item = Result<(), String>>) -> Result<(), String> {
    let mut first = Ok(());
    for result in checked {
        match result {
            Ok(()) => return Ok(()),
            Err(why) => first = first.and(Err(why)),
        }
    }
    first
}

impl Field {
    fn read(line: &'static str) -> Field {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let types = words.next().unwrap_or_default().split('|').collect();
        let range = words.next().and_then(|range| range.split_once('-'));
        let limit = range
            .zip(words.next())
            .and_then(|((min, max), unit)| Some(Limit { min: min.parse().ok()?, max: max.parse().ok()?, unit }));
        Field { name: name.trim_end_matches('!'), is_required: name.ends_with('!'), types, limit }
    }

    fn check_limit(&self, place: &str, value: &Value) -> Result<(), String> {
        let (Some(limit), Some(text)) = (self.limit, value.as_str()) else { return Ok(()) };
        let length = match limit.unit {
            "bytes" => text.len(),
            "characters" => text.chars().count(),
            _ => return Ok(()),
        };
        if (limit.min..=limit.max).contains(&length) {
            return Ok(());
        }
        Err(format!("{place} has {length} {}, not {} to {}", limit.unit, limit.min, limit.max))
    }
}
