//! `mattermost_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{SecretUrl, Source};
use super::{Kind, refuse};

settings! {
    /// A message for Mattermost.
    Mattermost {
        webhook_url: Option<Source<SecretUrl>>,
        channel: String,
        username: String = "{{ template \"mattermost.default.username\" . }}",
        text: String = "{{ template \"mattermost.default.text\" . }}",
        fallback: String = "{{ template \"mattermost.default.fallback\" . }}",
        color: String = "{{ template \"mattermost.default.color\" . }}",
        pretext: String,
        author_name: String,
        author_link: String,
        author_icon: String,
        title: String = "{{ template \"mattermost.default.title\" . }}",
        title_link: String = "{{ template \"mattermost.default.titlelink\" . }}",
        fields: Vec<MattermostField>,
        thumb_url: String,
        footer: String,
        footer_icon: String,
        image_url: String,
        icon_url: String,
        icon_emoji: String,
        attachments: Vec<Attachment>,
        r#type: String,
        props: Option<Props>,
        priority: Option<Priority>,
    }
}

settings! {
    /// A field of a message.
    MattermostField {
        title: String,
        value: String,
        short: Option<bool>,
    }
}

settings! {
    /// A part of a message.
    Attachment {
        fallback: String,
        color: String,
        pretext: String,
        text: String,
        author_name: String,
        author_link: String,
        author_icon: String,
        title: String,
        title_link: String,
        fields: Vec<MattermostField>,
        thumb_url: String,
        footer: String,
        footer_icon: String,
        image_url: String,
    }
}

settings! {
    /// What else a message shows.
    Props {
        card: String,
    }
}

settings! {
    /// How urgent a message is.
    Priority {
        priority: String,
        requested_ack: bool,
        persistent_notifications: bool,
    }
}

nested_fields!(MattermostField, Attachment, Props, Priority);

impl Nested for MattermostField {
    const GO_TYPE: &'static str = "mattermost.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<MattermostField> {
        let field = MattermostField::read_fields(block, context)?;
        if field.title.is_empty() {
            return refuse(block, "missing title in Mattermost field configuration");
        }
        if field.value.is_empty() {
            return refuse(block, "missing value in Mattermost field configuration");
        }
        Ok(field)
    }
}

impl Nested for Attachment {
    const GO_TYPE: &'static str = "mattermost.MattermostAttachment";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Attachment> {
        Attachment::read_fields(block, context)
    }
}

impl Nested for Props {
    const GO_TYPE: &'static str = "mattermost.MattermostProps";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Props> {
        Props::read_fields(block, context)
    }
}

impl Nested for Priority {
    const GO_TYPE: &'static str = "mattermost.MattermostPriority";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Priority> {
        Priority::read_fields(block, context)
    }
}

impl Kind for Mattermost {
    const GO_TYPE: &'static str = "mattermost.plain";
    const MISSING: Option<&'static str> = Some("missing mattermost config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Mattermost> {
        Mattermost::read_fields(block, context)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.webhook_url = self.webhook_url.take().or_else(|| global.mattermost_webhook_url.clone());
        if self.webhook_url.is_none() {
            return Err("missing webhook_url or webhook_url_file on mattermost_config");
        }
        Ok(())
    }
}
