//! A rule file as it is written: read strictly, not judged yet.

use config::{Block, Node, Position, Report, Result};

/// A group.
#[derive(Debug)]
pub(crate) struct RawGroup {
    pub(crate) position: Position,
    pub(crate) name: String,
    pub(crate) interval_ms: i64,
    pub(crate) query_offset_ms: Option<i64>,
    pub(crate) limit: u64,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) rules: Vec<RawRule>,
}

/// A rule.
#[derive(Debug)]
pub(crate) struct RawRule {
    pub(crate) position: Position,
    pub(crate) record: Text,
    pub(crate) alert: Text,
    pub(crate) expr: Text,
    pub(crate) for_ms: i64,
    pub(crate) keep_firing_for_ms: i64,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(String, String)>,
}

/// A text and where it stands, if it does.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) position: Option<Position>,
}

/// Reads the groups of a file.
///
/// # Errors
/// When the text is not YAML, or a value has another type, or a key is none of a rule file.
pub(crate) fn read(root: &Node, report: &Report) -> Result<Vec<RawGroup>> {
    let mut block = Block::root(root, "rulefmt.RuleGroups", report)?;
    let groups = block.blocks("groups", "rulefmt.RuleGroup")?;
    block.finish()?;
    groups.into_iter().map(group).collect()
}

fn group(mut block: Block<'_>) -> Result<RawGroup> {
    let position = block.node().position();
    let name = block.text("name")?.unwrap_or_default().to_owned();
    let interval_ms = duration(&mut block, "interval")?.unwrap_or(0);
    let query_offset_ms = duration(&mut block, "query_offset")?;
    let limit = block.unsigned("limit")?.unwrap_or(0);
    let labels = pairs(&mut block, "labels")?;
    let rules = block.blocks("rules", "rulefmt.Rule")?;
    block.finish()?;
    let rules = rules.into_iter().map(rule).collect::<Result<_>>()?;
    Ok(RawGroup { position, name, interval_ms, query_offset_ms, limit, labels, rules })
}

fn rule(mut block: Block<'_>) -> Result<RawRule> {
    let rule = RawRule {
        position: block.node().position(),
        record: text(&mut block, "record")?,
        alert: text(&mut block, "alert")?,
        expr: text(&mut block, "expr")?,
        for_ms: duration(&mut block, "for")?.unwrap_or(0),
        keep_firing_for_ms: duration(&mut block, "keep_firing_for")?.unwrap_or(0),
        labels: pairs(&mut block, "labels")?,
        annotations: pairs(&mut block, "annotations")?,
    };
    block.finish()?;
    Ok(rule)
}

fn text(block: &mut Block<'_>, key: &str) -> Result<Text> {
    let Some(node) = block.get(key) else { return Ok(Text::default()) };
    Ok(Text { text: node.text()?.to_owned(), position: Some(node.position()) })
}

/// Milliseconds of a duration as Prometheus writes it.
pub(crate) fn duration(block: &mut Block<'_>, key: &str) -> Result<Option<i64>> {
    let Some(node) = block.get(key) else { return Ok(None) };
    model::duration::parse_ms(node.text()?).map(Some).map_err(|error| node.error(error.to_string()))
}

/// Texts by name, sorted by it.
fn pairs(block: &mut Block<'_>, key: &str) -> Result<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> =
        block.text_map(key)?.into_iter().map(|(entry, text)| (entry.key.clone(), text.to_owned())).collect();
    pairs.sort();
    Ok(pairs)
}
