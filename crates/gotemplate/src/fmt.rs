//! Values as text, as Go's `fmt` package prints them.

pub(crate) mod float;
mod number;
mod printf;
pub(crate) mod quote;
mod text;
mod value;

use crate::value::Value;

/// Writes values into a string, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Printer<'o> {
    out: &'o mut String,
    /// How long `out` may become.
    end: usize,
    is_full: bool,
    /// A value is being shown in an error, as it is and not as it prints itself.
    is_error: bool,
    flags: Flags,
}

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`: with the names of fields.
    plus_v: bool,
    /// `%#v`: as Go source.
    sharp_v: bool,
}

/// Too much was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overflow;

impl<'o> Printer<'o> {
    /// Writes after what is in `out`, at most so many bytes.
    pub(crate) fn new(out: &'o mut String, max_bytes: usize) -> Printer<'o> {
        let end = out.len().saturating_add(max_bytes);
        Printer { out, end, is_full: false, is_error: false, flags: Flags::default() }
    }

    /// As `fmt.Print`: a space between two that are not strings.
    pub(crate) fn print(&mut self, values: &[Value<'_>]) {
        let mut after_string = true;
        for value in values {
            let is_string = matches!(value, Value::Str(_) | Value::Safe(..));
            if !is_string && !after_string {
                self.push_char(' ');
            }
            self.print_argument(value, 'v');
            after_string = is_string;
        }
    }

    /// As `fmt.Println`: a space between all, and a line break.
    pub(crate) fn println(&mut self, values: &[Value<'_>]) {
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.push_char(' ');
            }
            self.print_argument(value, 'v');
        }
        self.push_char('\n');
    }

    /// One value as `%v`.
    pub(crate) fn value(&mut self, value: &Value<'_>) {
        self.print_argument(value, 'v');
    }

    /// Whether all was written.
    pub(crate) fn finish(self) -> Result<(), Overflow> {
        if self.is_full { Err(Overflow) } else { Ok(()) }
    }

    fn push(&mut self, text: &str) {
        if self.out.len() + text.len() > self.end {
            self.is_full = true;
        } else {
            self.out.push_str(text);
        }
    }

    fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }
}

/// A value as `%v` prints it, cut off without notice beyond a length that no error needs.
pub(crate) fn shown(value: &Value<'_>, verb: char) -> String {
    const MAX_BYTES: usize = 4096;
    let mut out = String::new();
    Printer::new(&mut out, MAX_BYTES).print_argument(value, verb);
    out
}
