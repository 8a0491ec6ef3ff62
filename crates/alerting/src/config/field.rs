//! How single values are read, and the table from which a block is read as a whole.

use std::collections::BTreeMap;
use std::time::Duration;

use ::config::{Block, Node, Result};

use super::address::HostPort;
use super::context::Context;
use super::duration::parse_go;
use super::secret::{SECRET, Secret, SecretTemplateUrl, SecretUrl, Source};
use super::template::is_template;
use super::url::Url;

/// A value that a key of a block holds.
pub(crate) trait Field: Sized {
    /// The value, `None` when the key is absent.
    ///
    /// # Errors
    /// When the value is of another type, or makes no sense.
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Self>>;
}

/// A value that is one node.
pub(crate) trait Single: Sized {
    fn of(node: &Node, context: &Context) -> Result<Self>;

    /// Whether the value stands for none at all, as the empty text does for a secret.
    fn is_none(&self) -> bool {
        false
    }
}

/// A block within a block.
pub(crate) trait Nested: Sized {
    /// Upstream's name of the type.
    const GO_TYPE: &'static str;

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Self>;

    /// Reads all of a block.
    fn whole(mut block: Block<'_>, context: &Context) -> Result<Self> {
        let value = Self::read(&mut block, context)?;
        block.finish()?;
        Ok(value)
    }
}

/// Any value, kept as it stands.
#[derive(Clone, Debug)]
pub struct Any(pub Node);

/// A duration as Prometheus writes it: `5m`, `1d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromDuration {
    /// Its length in milliseconds.
    pub ms: i64,
}

impl Single for String {
    fn of(node: &Node, _: &Context) -> Result<String> {
        node.text().map(ToOwned::to_owned)
    }
}

impl Single for bool {
    fn of(node: &Node, _: &Context) -> Result<bool> {
        node.boolean()
    }
}

impl Single for u64 {
    fn of(node: &Node, _: &Context) -> Result<u64> {
        node.unsigned()
    }
}

impl Single for i64 {
    fn of(node: &Node, _: &Context) -> Result<i64> {
        node.text()?.replace('_', "").parse().map_err(|_| node.mismatch("int64"))
    }

    fn is_none(&self) -> bool {
        *self == 0
    }
}

impl Single for Duration {
    fn of(node: &Node, _: &Context) -> Result<Duration> {
        parse_go(node.text()?).map_err(|_| node.mismatch("time.Duration"))
    }
}

impl Single for PromDuration {
    fn of(node: &Node, _: &Context) -> Result<PromDuration> {
        let ms = model::duration::parse_ms(node.text()?).map_err(|error| node.error(error.to_string()))?;
        Ok(PromDuration { ms })
    }
}

impl Single for HostPort {
    fn of(node: &Node, _: &Context) -> Result<HostPort> {
        HostPort::parse(node.text()?).map_err(|error| node.error(error))
    }
}

impl Single for Url {
    fn of(node: &Node, _: &Context) -> Result<Url> {
        Url::parse(node.text()?).map_err(|error| node.error(error))
    }
}

impl Single for Any {
    fn of(node: &Node, _: &Context) -> Result<Any> {
        Ok(Any(node.clone()))
    }
}

impl Single for Secret {
    fn of(node: &Node, context: &Context) -> Result<Secret> {
        context.hide(node.position());
        node.text().map(Secret::new)
    }

    fn is_none(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Single for SecretUrl {
    fn of(node: &Node, context: &Context) -> Result<SecretUrl> {
        let secret = Secret::of(node, context)?;
        if secret.expose() != SECRET {
            // The error shows a part of the text at most, as upstream's does.
            Url::parse(secret.expose()).map_err(|error| node.error(error.replace(secret.expose(), SECRET)))?;
        }
        Ok(SecretUrl(secret))
    }
}

impl Single for SecretTemplateUrl {
    fn of(node: &Node, context: &Context) -> Result<SecretTemplateUrl> {
        let secret = Secret::of(node, context)?;
        let text = secret.expose();
        if !text.is_empty() && text != SECRET {
            let templated =
                is_template(text).map_err(|error| node.error(format!("invalid template syntax: {error}")))?;
            if !templated {
                Url::parse(text)
                    .map_err(|error| node.error(format!("invalid URL: {}", error.replace(text, SECRET))))?;
            }
        }
        Ok(SecretTemplateUrl(secret))
    }

    fn is_none(&self) -> bool {
        self.0.expose().is_empty()
    }
}

/// A value of one node, present or with a default.
macro_rules! single_fields {
    ($($type:ty),* $(,)?) => {$(
        impl Field for $type {
            fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<$type>> {
                block.get(key).map(|node| <$type as Single>::of(node, context)).transpose()
            }
        }

        impl Field for Option<$type> {
            fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Option<$type>>> {
                let value = <$type as Field>::read(block, key, context)?;
                Ok(Some(value.filter(|value| !value.is_none())))
            }
        }
    )*};
}

single_fields!(String, bool, u64, i64, Duration, PromDuration, HostPort, Url, Any, Secret);

impl<T: Single> Field for Option<Source<T>> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Option<Source<T>>>> {
        let node = block.get(key);
        let inline = node.map(|node| T::of(node, context)).transpose()?.filter(|value| !value.is_none());
        let file = block.text(&format!("{key}_file"))?.filter(|file| !file.is_empty());
        match (inline, file, node) {
            (Some(_), Some(_), Some(node)) => {
                Err(node.error(format!("at most one of {key} & {key}_file must be configured")))
            }
            (Some(value), _, _) => Ok(Some(Some(Source::Inline(value)))),
            (None, Some(file), _) => Ok(Some(Some(Source::File(file.to_owned())))),
            (None, None, _) => Ok(Some(None)),
        }
    }
}

impl Field for Vec<String> {
    fn read(block: &mut Block<'_>, key: &str, _: &Context) -> Result<Option<Vec<String>>> {
        block.texts(key).map(Some)
    }
}

impl Field for Vec<Secret> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Vec<Secret>>> {
        let items = block.get(key).map_or(Ok(&[][..]), |node| node.items("[]string"))?;
        items.iter().map(|item| Secret::of(item, context)).collect::<Result<_>>().map(Some)
    }
}

impl Field for BTreeMap<String, String> {
    fn read(block: &mut Block<'_>, key: &str, _: &Context) -> Result<Option<BTreeMap<String, String>>> {
        let entries = block.text_map(key)?;
        Ok(Some(entries.into_iter().map(|(entry, value)| (entry.key.clone(), value.to_owned())).collect()))
    }
}

impl Field for BTreeMap<String, Any> {
    fn read(block: &mut Block<'_>, key: &str, _: &Context) -> Result<Option<BTreeMap<String, Any>>> {
        let entries = block.get(key).map_or(Ok(&[][..]), |node| node.entries("map[string]interface {}"))?;
        Ok(Some(entries.iter().map(|entry| (entry.key.clone(), Any(entry.value.clone()))).collect()))
    }
}

/// Blocks within a block, one or a list.
macro_rules! nested_fields {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::config::field::Field for Option<$type> {
            fn read(
                block: &mut ::config::Block<'_>,
                key: &str,
                context: &$crate::config::context::Context,
            ) -> ::config::Result<Option<Option<$type>>> {
                use $crate::config::field::Nested as _;
                let nested = block.block(key, <$type>::GO_TYPE)?;
                nested.map(|nested| <$type>::whole(nested, context)).transpose().map(Some)
            }
        }

        impl $crate::config::field::Field for Vec<$type> {
            fn read(
                block: &mut ::config::Block<'_>,
                key: &str,
                context: &$crate::config::context::Context,
            ) -> ::config::Result<Option<Vec<$type>>> {
                use $crate::config::field::Nested as _;
                let nested = block.blocks(key, <$type>::GO_TYPE)?;
                nested.into_iter().map(|nested| <$type>::whole(nested, context)).collect::<::config::Result<_>>().map(Some)
            }
        }
    )*};
}
pub(crate) use nested_fields;

/// A block as a table: its keys, their types and defaults. Each key becomes a field of the same name.
macro_rules! settings {
    ($(#[$meta:meta])* $name:ident { $($field:ident : $type:ty $(= $default:expr)?,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $(
                #[doc = concat!("The key `", stringify!($field), "`.")]
                pub $field: $type,
            )*
        }

        impl $name {
            fn read_fields(
                block: &mut ::config::Block<'_>,
                context: &$crate::config::context::Context,
            ) -> ::config::Result<$name> {
                Ok($name {
                    $(
                        $field: {
                            let key = stringify!($field);
                            let key = key.strip_prefix("r#").unwrap_or(key);
                            let value = <$type as $crate::config::field::Field>::read(block, key, context)?;
                            value.unwrap_or_else(|| $crate::config::field::default!($type $(, $default)?))
                        },
                    )*
                })
            }
        }
    };
}
pub(crate) use settings;

macro_rules! default {
    ($type:ty) => {
        <$type>::default()
    };
    ($type:ty, $default:expr) => {
        $default.into()
    };
}
pub(crate) use default;
