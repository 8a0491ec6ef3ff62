//! Where in an HTML document a text ends.

use std::fmt;

/// What a value goes through before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Text.
    Html,
    /// Text of a title or text area, where there are no tags.
    RcData,
    /// A quoted attribute.
    Attr,
    /// A URL whose scheme must be safe.
    UrlFilter,
    /// A URL or its beginning.
    UrlNormalise,
    /// A part of a URL's query or fragment.
    UrlComponent,
    /// What the function `html` does.
    HtmlFunction,
    /// What the function `urlquery` does.
    UrlQueryFunction,
    /// A comment, which is left out.
    Drop,
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Context {
    pub(super) state: State,
    pub(super) delimiter: Delimiter,
    pub(super) url_part: UrlPart,
    pub(super) attribute: Attribute,
    pub(super) element: Element,
}

/// What kind of place it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum State {
    #[default]
    Text,
    /// Inside of a tag, after its name or an attribute.
    Tag,
    AttributeName,
    AfterName,
    BeforeValue,
    Comment,
    /// In a title or text area.
    RcData,
    /// In a script or style.
    Raw,
    /// In the value of an attribute.
    Value,
}

/// What ends the value of an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Delimiter {
    #[default]
    None,
    Double,
    Single,
    /// Space or the end of the tag.
    Unquoted,
}

/// Which part of a URL it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum UrlPart {
    #[default]
    None,
    PreQuery,
    QueryOrFragment,
    /// Different in different branches.
    Unknown,
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Attribute {
    #[default]
    Plain,
    Url,
    /// Code, styles or other things that values are not escaped for here.
    Other,
}

/// Elements whose content is not parsed as tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Element {
    #[default]
    None,
    Script,
    Style,
    TextArea,
    Title,
}

impl Element {
    pub(super) fn of_name(name: &str) -> Element {
        const ELEMENTS: [(&str, Element); 4] = [
            ("script", Element::Script),
            ("style", Element::Style),
            ("textarea", Element::TextArea),
            ("title", Element::Title),
        ];
        ELEMENTS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or(Element::None, |(_, element)| *element)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Element::None => "",
            Element::Script => "script",
            Element::Style => "style",
            Element::TextArea => "textarea",
            Element::Title => "title",
        }
    }

    /// The place after the tag that opens it.
    pub(super) fn content(self) -> State {
        match self {
            Element::None => State::Text,
            Element::Script | Element::Style => State::Raw,
            Element::TextArea | Element::Title => State::RcData,
        }
    }
}

impl Context {
    /// The place in which a value stands that follows a text which ends here.
    pub(super) fn nudged(self) -> Context {
        match self.state {
            State::Tag => Context { state: State::AttributeName, ..self },
            State::BeforeValue => Context { state: State::Value, delimiter: Delimiter::Unquoted, ..self },
            State::AfterName => Context { state: State::AttributeName, attribute: Attribute::Plain, ..self },
            _ => self,
        }
    }

    /// The place after branches that end in two.
    pub(super) fn join(self, other: Context) -> Option<Context> {
        if self == other {
            return Some(self);
        }
        if (Context { url_part: other.url_part, ..self }) == other {
            return Some(Context { url_part: UrlPart::Unknown, ..self });
        }
        let (a, b) = (self.nudged(), other.nudged());
        if (a, b) == (self, other) { None } else { a.join(b) }
    }

    /// What a value goes through that stands here.
    ///
    /// # Errors
    /// What is not built.
    pub(super) fn escapes(self) -> Result<Vec<Escape>, &'static str> {
        let is_quoted = matches!(self.delimiter, Delimiter::Double | Delimiter::Single);
        match self.state {
            State::Text => Ok(vec![Escape::Html]),
            State::RcData => Ok(vec![Escape::RcData]),
            State::Comment => Ok(vec![Escape::Drop]),
            State::Raw => Err("values in scripts and styles"),
            State::Tag | State::AttributeName | State::AfterName | State::BeforeValue => {
                Err("values in the name of a tag or attribute")
            }
            State::Value if !is_quoted => Err("values in an unquoted attribute"),
            State::Value => match (self.attribute, self.url_part) {
                (Attribute::Plain, _) => Ok(vec![Escape::Attr]),
                (Attribute::Other, _) => Err("values in an attribute for scripts, styles or lists of sources"),
                (Attribute::Url, UrlPart::None) => Ok(vec![Escape::UrlFilter, Escape::UrlNormalise, Escape::Attr]),
                (Attribute::Url, UrlPart::PreQuery) => Ok(vec![Escape::UrlNormalise, Escape::Attr]),
                (Attribute::Url, UrlPart::QueryOrFragment) => Ok(vec![Escape::UrlComponent, Escape::Attr]),
                (Attribute::Url, UrlPart::Unknown) => Err("values in a URL of which it depends how far it is"),
            },
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Context { state, delimiter, url_part, attribute, element } = self;
        write!(f, "{{{state:?} {delimiter:?} {url_part:?} {attribute:?} {element:?}}}")
    }
}
