//! Values of all types under a verb.

use std::borrow::Cow;

use super::Printer;
use crate::value::{Kind, Object, Value};

impl Printer<'_> {
    /// An argument of `fmt.Print` and its like.
    pub(super) fn print_argument(&mut self, value: &Value<'_>, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad("<nil>"),
            (Value::Nil, _) => self.push(&format!("%!{verb}(<nil>)")),
            (value, 'T') => {
                self.print_text(&value.type_name(), 's');
            }
            _ => self.print_value(value, verb),
        }
    }

    /// A value, also one in another value.
    fn print_value(&mut self, value: &Value<'_>, verb: char) {
        if self.is_full {
            return;
        }
        let is_printed = match value {
            Value::Nil => {
                self.push("<nil>");
                true
            }
            Value::Bool(value) if matches!(verb, 't' | 'v') => {
                self.pad(if *value { "true" } else { "false" });
                true
            }
            Value::Bool(_) => false,
            Value::Int(value) | Value::Int64(value) => self.print_integer(*value as u64, true, verb),
            Value::Uint(value) => self.print_integer(*value, false, verb),
            Value::Float(value) => self.print_float(*value, verb),
            Value::Str(text) | Value::Safe(_, text) => self.print_text(text, verb),
            Value::Bytes(bytes) => self.print_bytes(bytes, verb),
            Value::Duration(duration) if self.prints_itself(verb) => self.print_text(&duration.to_string(), verb),
            Value::Duration(duration) => self.print_integer(duration.nanoseconds() as u64, true, verb),
            Value::Time(time) => {
                matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') && self.print_text(&time.to_string(), verb)
            }
            Value::List(list) => {
                self.print_list(value, list.items().iter().map(Cow::Borrowed), verb);
                true
            }
            Value::Map(map) => {
                self.print_map(value, map.entries().iter().map(|(key, value)| (&**key, Cow::Borrowed(value))), verb);
                true
            }
            Value::Record(record) => {
                self.print_struct(
                    value,
                    record.fields().iter().map(|(name, value)| (*name, Cow::Borrowed(value))),
                    verb,
                );
                true
            }
            Value::Object(object) => self.print_object(value, &**object, verb),
            Value::Ref(object) => self.print_object(value, *object, verb),
        };
        if !is_printed {
            self.print_bad_verb(value, verb);
        }
    }

    /// Whether a value that says how it prints is asked.
    fn prints_itself(&self, verb: char) -> bool {
        !self.is_error && !self.flags.sharp_v && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
    }

    fn print_object<'a>(&mut self, value: &Value<'a>, object: &(dyn Object<'a> + 'a), verb: char) -> bool {
        if self.prints_itself(verb)
            && let Some(text) = object.string()
        {
            return self.print_text(&text, verb);
        }
        match object.kind() {
            Kind::List => {
                let items = (0..object.len()).filter_map(|i| object.at(i)).map(Cow::Owned);
                self.print_list(value, items, verb);
            }
            kind => {
                let entries = object.entries();
                let entries = entries.iter().map(|(name, value)| (&**name, Cow::Borrowed(value)));
                if kind == Kind::Map {
                    self.print_map(value, entries, verb);
                } else {
                    self.print_struct(value, entries, verb);
                }
            }
        }
        true
    }

    fn print_list<'v, 'a: 'v>(
        &mut self,
        list: &Value<'a>,
        items: impl Iterator<Item = Cow<'v, Value<'a>>>,
        verb: char,
    ) {
        let (open, between, close) = if self.flags.sharp_v { ("{", ", ", "}") } else { ("[", " ", "]") };
        self.print_go_type(list);
        self.push(open);
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.push(between);
            }
            self.print_value(&item, verb);
        }
        self.push(close);
    }

    fn print_map<'v, 'a: 'v>(
        &mut self,
        map: &Value<'a>,
        entries: impl Iterator<Item = (&'v str, Cow<'v, Value<'a>>)>,
        verb: char,
    ) {
        let (open, between, close) = if self.flags.sharp_v { ("{", ", ", "}") } else { ("map[", " ", "]") };
        self.print_go_type(map);
        self.push(open);
        for (i, (key, value)) in entries.enumerate() {
            if i > 0 {
                self.push(between);
            }
            self.print_value(&Value::Str(Cow::Borrowed(key)), verb);
            self.push(":");
            self.print_value(&value, verb);
        }
        self.push(close);
    }

    fn print_struct<'v, 'a: 'v>(
        &mut self,
        record: &Value<'a>,
        fields: impl Iterator<Item = (&'v str, Cow<'v, Value<'a>>)>,
        verb: char,
    ) {
        let between = if self.flags.sharp_v { ", " } else { " " };
        self.print_go_type(record);
        self.push("{");
        for (i, (name, value)) in fields.enumerate() {
            if i > 0 {
                self.push(between);
            }
            if self.flags.plus_v || self.flags.sharp_v {
                self.push(name);
                self.push(":");
            }
            self.print_value(&value, verb);
        }
        self.push("}");
    }

    /// `%#v` shows the type first.
    fn print_go_type(&mut self, value: &Value<'_>) {
        if self.flags.sharp_v {
            self.push(&value.type_name());
        }
    }

    /// `%!d(string=x)`.
    fn print_bad_verb(&mut self, value: &Value<'_>, verb: char) {
        self.push("%!");
        self.push_char(verb);
        self.push("(");
        match value {
            Value::Nil => self.push("<nil>"),
            value => {
                self.push(&value.type_name());
                self.push("=");
                let was_error = std::mem::replace(&mut self.is_error, true);
                self.print_value(value, 'v');
                self.is_error = was_error;
            }
        }
        self.push(")");
    }
}
