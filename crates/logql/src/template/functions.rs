//! The table of functions.

use gotemplate::functions::{base64_decode, base64_encode, query_unescape};
use gotemplate::time::Duration;
use gotemplate::{Args, Functions, Signature, Type, Value};

use super::{numbers, text, times};
use crate::units::parse_bytes;

/// The text of the line.
pub(super) const LINE: &str = "__line__";
/// When the line was written.
pub(super) const TIMESTAMP: &str = "__timestamp__";
pub(super) const NOW: &str = "now";
pub(super) const TO_DATE_IN_ZONE: &str = "toDateInZone";

/// What a function makes of its arguments.
type Call = for<'a> fn(&mut Args<'_, 'a>) -> Result<Value<'a>, String>;

const STR: Signature = Signature::of(&[Type::Str]);
const STR_2: Signature = Signature::of(&[Type::Str, Type::Str]);
const STR_3: Signature = Signature::of(&[Type::Str, Type::Str, Type::Str]);
const INT_STR: Signature = Signature::of(&[Type::Int, Type::Str]);
const ANY: Signature = Signature::of(&[Type::Any]);
const ANY_2: Signature = Signature::of(&[Type::Any, Type::Any]);
const ANY_MORE: Signature = Signature::variadic(&[Type::Any], Type::Any);
const ANYTHING: Signature = Signature::variadic(&[], Type::Any);
const TIME: Signature = Signature::of(&[Type::Time]);

const HOSTED: &[(&str, Signature)] =
    &[(LINE, Signature::of(&[])), (TIMESTAMP, Signature::of(&[])), (NOW, Signature::of(&[])), (TO_DATE_IN_ZONE, STR_3)];

const TABLE: &[(&str, Signature, Call)] = &[
    ("Replace", Signature::of(&[Type::Str, Type::Str, Type::Str, Type::Int]), text::replace_some),
    ("ToLower", STR, text::lower),
    ("ToUpper", STR, text::upper),
    ("Trim", STR_2, |args| Ok(text::trimmed(args.str(0), args.str(1), true, true).into())),
    ("TrimLeft", STR_2, |args| Ok(text::trimmed(args.str(0), args.str(1), true, false).into())),
    ("TrimPrefix", STR_2, |args| Ok(text::without_prefix(args.str(0), args.str(1)).into())),
    ("TrimRight", STR_2, |args| Ok(text::trimmed(args.str(0), args.str(1), false, true).into())),
    ("TrimSpace", STR, text::trim_space),
    ("TrimSuffix", STR_2, |args| Ok(text::without_suffix(args.str(0), args.str(1)).into())),
    ("add", ANYTHING, numbers::add),
    ("addf", ANYTHING, numbers::add_floats),
    ("alignLeft", INT_STR, text::align_left),
    ("alignRight", INT_STR, text::align_right),
    ("b64dec", STR, |args| Ok(base64_decode(args.str(0), false).unwrap_or_else(|error| error).into())),
    ("b64enc", STR, |args| Ok(base64_encode(args.str(0).as_bytes(), false).into())),
    ("bytes", STR, |args| Ok(Value::Float(parse_bytes(args.str(0))? as f64))),
    ("ceil", ANY, |args| Ok(numbers::to_float(args.get(0)).ceil().into())),
    ("contains", STR_2, |args| Ok(args.str(1).contains(args.str(0)).into())),
    ("count", STR_2, text::count),
    ("date", Signature::of(&[Type::Str, Type::Any]), times::date),
    ("default", ANY_MORE, numbers::default),
    ("div", ANY_2, numbers::divide),
    ("divf", ANY_MORE, numbers::divide_floats),
    ("duration", STR, |args| Duration::parse(args.str(0)).map(|duration| duration.seconds().into())),
    ("duration_seconds", STR, |args| Duration::parse(args.str(0)).map(|duration| duration.seconds().into())),
    ("float64", ANY, |args| Ok(numbers::to_float(args.get(0)).into())),
    ("floor", ANY, |args| Ok(numbers::to_float(args.get(0)).floor().into())),
    ("fromJson", STR, |args| Ok(text::from_json(args.str(0)))),
    ("hasPrefix", STR_2, |args| Ok(args.str(1).starts_with(args.str(0)).into())),
    ("hasSuffix", STR_2, |args| Ok(args.str(1).ends_with(args.str(0)).into())),
    ("indent", INT_STR, text::indent),
    ("int", ANY, |args| Ok(Value::Int(numbers::to_int(args.get(0))))),
    ("lower", STR, text::lower),
    ("max", ANY_MORE, numbers::max),
    ("maxf", ANY_MORE, numbers::max_float),
    ("min", ANY_MORE, numbers::min),
    ("minf", ANY_MORE, numbers::min_float),
    ("mod", ANY_2, numbers::remainder),
    ("mul", ANY_MORE, numbers::multiply),
    ("mulf", ANY_MORE, numbers::multiply_floats),
    ("nindent", INT_STR, text::nindent),
    ("regexReplaceAll", STR_3, |args| text::replace_all(args, false)),
    ("regexReplaceAllLiteral", STR_3, |args| text::replace_all(args, true)),
    ("repeat", INT_STR, text::repeat),
    ("replace", STR_3, text::replace),
    ("round", Signature::variadic(&[Type::Any, Type::Int], Type::Float), numbers::round),
    ("sub", ANY_2, numbers::subtract),
    ("subf", ANY_MORE, numbers::subtract_floats),
    ("substr", Signature::of(&[Type::Int, Type::Int, Type::Str]), text::substring),
    ("title", STR, text::title),
    ("toDate", STR_2, times::to_date),
    ("trim", STR, text::trim_space),
    ("trimAll", STR_2, |args| Ok(text::trimmed(args.str(1), args.str(0), true, true).into())),
    ("trimPrefix", STR_2, |args| Ok(text::without_prefix(args.str(1), args.str(0)).into())),
    ("trimSuffix", STR_2, |args| Ok(text::without_suffix(args.str(1), args.str(0)).into())),
    ("trunc", INT_STR, text::truncate),
    ("unixEpoch", TIME, |args| Ok(args.time(0).unix().to_string().into())),
    ("unixEpochMillis", TIME, |args| Ok(args.time(0).unix_millis().to_string().into())),
    ("unixEpochNanos", TIME, |args| Ok(args.time(0).unix_nanos().to_string().into())),
    ("unixToTime", STR, times::from_unix),
    ("upper", STR, text::upper),
    ("urldecode", STR, |args| query_unescape(args.str(0)).map(Value::from)),
    ("urlencode", STR, text::url_encode),
];

/// All functions of `line_format` and `label_format`.
pub(super) fn all() -> Functions {
    let mut functions = Functions::new();
    for (name, signature, call) in TABLE {
        functions.add(name, *signature, *call);
    }
    for (name, signature) in HOSTED {
        functions.add_hosted(name, *signature);
    }
    functions
}
