//! How Telegram reads a marked up text: as strictly, and with its words where it refuses.

mod html;
mod markdown;

/// Reads a text, and returns it without its markup.
///
/// # Errors
/// In Telegram's words, which begin with `can't parse entities`.
pub fn parse(text: &str, mode: &str) -> Result<String, String> {
    let parsed = match mode.to_ascii_lowercase().as_str() {
        "" => Ok(text.to_owned()),
        "html" => html::read(text),
        "markdownv2" => markdown::read_v2(text),
        "markdown" => markdown::read_v1(text),
        _ => return Err("unsupported parse_mode".to_owned()),
    };
    parsed.map_err(|why| format!("can't parse entities: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_telegram_reads() {
        for (mode, text, expected) in [
            ("HTML", "<b>a &lt; b</b> &amp; <a href=\"http://x/?a&amp;b\">c</a> &nbsp;", Ok("a < b & c &nbsp;")),
            ("html", "<pre><code class=\"language-x\">&#60;&#x3e;</code></pre>", Ok("<>")),
            ("HTML", "<tg-time unix=\"1\" format=\"wDT\">then</tg-time>", Ok("then")),
            (
                "HTML",
                "<tg-time unix=\"1\" format=\"td\">then</tg-time>",
                Err("Tag \"tg-time\" must have right attributes at byte offset 0"),
            ),
            ("HTML", "<A HREF = 'x>y' onclick=x.y>a</A > <b class>b</>", Ok("a b")),
            ("HTML", "&#65;&#x41;&#X41;&#+65;&#00000065;", Ok("AA&#X41;&#+65;&#00000065;")),
            ("HTML", "<b =x>a</b>", Err("Empty attribute name in the tag \"b\" at byte offset 0")),
            ("HTML", "<a href=http://x>a</a>", Err("Unexpected end of name token at byte offset 0")),
            ("HTML", "<a href=\"x>a</a>", Err("Unclosed start tag at byte offset 0")),
            ("HTML", "<b>a</ b>", Err("Unclosed end tag at byte offset 4")),
            ("HTML", "a <h1>", Err("Unsupported start tag \"h1\" at byte offset 2")),
            ("HTML", "1 <2", Err("Unclosed start tag at byte offset 2")),
            ("HTML", "1 < 2 >", Err("Unsupported start tag \"\" at byte offset 2")),
            ("HTML", "<b>a", Err("Can't find end tag corresponding to start tag \"b\"")),
            ("HTML", "a</b>", Err("Unexpected end tag at byte offset 1")),
            ("HTML", "<b><i>a</b></i>", Err("Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"")),
            ("HTML", "<span>a</span>", Err("Tag \"span\" must have right attributes at byte offset 0")),
            ("", "<b>*a", Ok("<b>*a")),
            ("MarkdownV2", "*a* _b_ __c__ `d.e` [f](http://x.y/) \\.", Ok("a b c d.e f .")),
            ("Markdown", "*a* _b.c_ `d` ```e``` [f](http://x) \\*g .-", Ok("a b.c d e f *g .-")),
            ("Markdown", "a *b", Err("Can't find end of the entity starting at byte offset 2")),
            ("Markdown", "[a](b", Ok("a")),
            ("MarkdownV2", "a.b", Err("Character '.' is reserved and must be escaped with the preceding '\\'")),
            ("MarkdownV2", "*a", Err("Can't find end of the entity that \"*\" starts")),
        ] {
            let expected = expected.map(ToOwned::to_owned).map_err(|why| format!("can't parse entities: {why}"));
            assert_eq!(parse(text, mode), expected, "{mode}: {text}");
        }
        assert_eq!(parse("a", "RTF"), Err("unsupported parse_mode".to_owned()));
    }
}
