//! Calls of functions and methods.

use super::{At, Executed, State};
use crate::ast::Word;
use crate::builtins::Builtin;
use crate::function::{Args, Body, Function, Signature, Type};
use crate::limits::MAX_VALUE_DEPTH;
use crate::time::methods::Method;
use crate::time::{Duration, Time};
use crate::value::{Object, Value};

/// What is called.
pub(super) enum Callee<'r, 'a> {
    Function(&'a Function),
    Method(&'r str, &'static Signature, &'r (dyn Object<'a> + 'a)),
    Time(&'r str, &'static Method<Time>, &'r Time),
    Duration(&'r str, &'static Method<Duration>, Duration),
}

/// How it is called.
pub(super) struct Invocation<'a> {
    /// Where its own errors are said to be.
    pub(super) at: At<'a>,
    pub(super) args: &'a [Word],
    /// The value of the command before.
    pub(super) last: Option<Value<'a>>,
}

impl<'a> Callee<'_, 'a> {
    fn name(&self) -> &str {
        match self {
            Callee::Function(function) => function.name(),
            Callee::Method(name, ..) | Callee::Time(name, ..) | Callee::Duration(name, ..) => name,
        }
    }

    fn signature(&self) -> Signature {
        match self {
            Callee::Function(function) => function.signature,
            Callee::Method(_, signature, _) => **signature,
            Callee::Time(_, method, _) => method.signature,
            Callee::Duration(_, method, _) => method.signature,
        }
    }
}

impl<'a> State<'_, 'a> {
    pub(super) fn call(
        &mut self,
        dot: &Value<'a>,
        callee: Callee<'_, 'a>,
        invocation: Invocation<'a>,
    ) -> Executed<Value<'a>> {
        let Invocation { at, args, last } = invocation;
        let signature = callee.signature();
        let given = args.len() + usize::from(last.is_some());
        self.check_count(&callee, &signature, given, args.len())?;
        if let Callee::Function(function) = callee
            && let Body::Builtin(builtin @ (Builtin::And | Builtin::Or)) = function.body
        {
            return self.short_circuit(dot, args, last, builtin == Builtin::Or);
        }
        let mark = self.arguments.len();
        for (i, arg) in args.iter().enumerate() {
            let value = self.argument(dot, signature.parameter(i).unwrap_or(Type::Any), arg)?;
            self.arguments.push(value);
        }
        if let Some(last) = last {
            let value = self.validated(last, signature.parameter(args.len()).unwrap_or(Type::Any))?;
            self.arguments.push(value);
        }
        let result = self.invoke(&callee, mark);
        self.arguments.truncate(mark);
        result.and_then(|value| within_limits(value, self.settings.limits.value_bytes)).map_err(|message| {
            self.at = at;
            self.error(format!("error calling {}: {message}", callee.name()))
        })
    }

    fn check_count(&self, callee: &Callee<'_, 'a>, signature: &Signature, given: usize, words: usize) -> Executed<()> {
        let (name, wanted) = (callee.name(), signature.fixed.len());
        if signature.variadic.is_some() {
            if given < wanted {
                let message = format!("wrong number of args for {name}: want at least {wanted} got {words}");
                return Err(self.error(message));
            }
        } else if given != wanted {
            return Err(self.error(format!("wrong number of args for {name}: want {wanted} got {given}")));
        }
        Ok(())
    }

    /// Calls with the arguments from a mark on.
    fn invoke(&mut self, callee: &Callee<'_, 'a>, mark: usize) -> Result<Value<'a>, String> {
        let settings = self.settings;
        let values = self.arguments.get_mut(mark..).unwrap_or_default();
        let mut args = Args { values, limits: &settings.limits, local: &settings.local };
        match callee {
            Callee::Function(function) => match &function.body {
                Body::Builtin(builtin) => builtin.call(&mut args),
                Body::Plain(call) => call(&mut args),
                Body::Host => self.host.call(function.name(), &mut args),
            },
            Callee::Method(name, _, object) => object.call(name, &mut args),
            Callee::Time(_, method, time) => method.call(time, &mut args),
            Callee::Duration(_, method, duration) => method.call(duration, &mut args),
        }
    }

    /// `and` and `or`: arguments are evaluated until one decides.
    fn short_circuit(
        &mut self,
        dot: &Value<'a>,
        args: &'a [Word],
        last: Option<Value<'a>>,
        until: bool,
    ) -> Executed<Value<'a>> {
        let mut value = Value::Nil;
        for arg in args {
            value = self.argument(dot, Type::Reflected, arg)?;
            if value.is_true() == until {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }
}

/// Refuses values that could grow without end.
fn within_limits(value: Value<'_>, max_bytes: usize) -> Result<Value<'_>, String> {
    let is_long = match &value {
        Value::Str(text) | Value::Safe(_, text) => text.len() > max_bytes,
        Value::Bytes(bytes) => bytes.len() > max_bytes,
        _ => false,
    };
    if is_long {
        return Err(format!("the result has more than {max_bytes} bytes"));
    }
    if value.depth() > MAX_VALUE_DEPTH {
        return Err(format!("the result has more than {MAX_VALUE_DEPTH} levels"));
    }
    Ok(value)
}
