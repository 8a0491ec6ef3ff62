//! `sns_configs`.

use std::collections::BTreeMap;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::http::HttpConfig;
use super::super::secret::Secret;
use super::{Kind, refuse};

settings! {
    /// A message for Amazon's notification service.
    Sns {
        api_url: String,
        sigv4: Option<SigV4>,
        topic_arn: String,
        phone_number: String,
        target_arn: String,
        subject: String = "{{ template \"sns.default.subject\" . }}",
        message: String = "{{ template \"sns.default.message\" . }}",
        attributes: BTreeMap<String, String>,
        use_aws_http_client: bool,
    }
}

settings! {
    /// How requests are signed.
    SigV4 {
        region: String,
        access_key: String,
        secret_key: Option<Secret>,
        profile: String,
        role_arn: String,
        external_id: String,
        service: String,
        use_fips_sts_endpoint: bool,
    }
}

nested_fields!(SigV4);

impl Nested for SigV4 {
    const GO_TYPE: &'static str = "sigv4.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<SigV4> {
        let sigv4 = SigV4::read_fields(block, context)?;
        if sigv4.access_key.is_empty() != sigv4.secret_key.is_none() {
            let why = "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 \
                       config";
            return refuse(block, why);
        }
        Ok(sigv4)
    }
}

impl Kind for Sns {
    const GO_TYPE: &'static str = "sns.plain";
    const MISSING: Option<&'static str> = Some("missing sns config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Sns> {
        let sns = Sns::read_fields(block, context)?;
        let is_unset = [sns.target_arn.is_empty(), sns.topic_arn.is_empty(), sns.phone_number.is_empty()];
        // Upstream's own way to say "one of them".
        if is_unset.into_iter().fold(false, |odd, is_unset| odd != is_unset) {
            let why = "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config";
            return refuse(block, why);
        }
        Ok(sns)
    }
}
