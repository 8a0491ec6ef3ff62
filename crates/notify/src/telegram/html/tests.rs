use super::*;

#[test]
fn markup_comes_out_valid() {
    for (markup, expected) in [
        ("<b>a</b> & b", "<b>a</b> &amp; b"),
        ("x < y > z", "x &lt; y &gt; z"),
        ("&lt;b&gt; &quot;&#34;&#x22; &nbsp; &amp;amp;", "&lt;b&gt; \"\"\" &amp;nbsp; &amp;amp;"),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        ("<b>a", "<b>a</b>"),
        ("a</b>", "a"),
        ("<h1>a</h1><br/>", "&lt;h1&gt;a&lt;/h1&gt;&lt;br/&gt;"),
        ("<B>a</B>", "<B>a</b>"),
        ("<a href=\"http://x/?a=1&amp;b=2\">l</a>", "<a href=\"http://x/?a=1&amp;b=2\">l</a>"),
        ("<a onclick=\"x\">l</a>", "&lt;a onclick=\"x\"&gt;l"),
        ("<span class=\"tg-spoiler\">s</span><span>t</span>", "<span class=\"tg-spoiler\">s</span>&lt;span&gt;t"),
        ("<pre><code class=\"language-rust\">f</code></pre>", "<pre><code class=\"language-rust\">f</code></pre>"),
        ("<tg-time unix=\"1\" format=\"t\">n</tg-time>", "<tg-time unix=\"1\" format=\"t\">n</tg-time>"),
        ("<tg-time unix=\"x\">n</tg-time>", "&lt;tg-time unix=\"x\"&gt;n"),
        ("<blockquote expandable>q", "<blockquote expandable>q</blockquote>"),
        ("<", "&lt;"),
        ("&#0;&#x110000;&", "&amp;#0;&amp;#x110000;&amp;"),
        ("", ""),
    ] {
        let tidied = tidy(markup, 4096);
        assert_eq!(tidied, expected, "{markup}");
        assert_eq!(tidy(&tidied, 4096).to_ascii_lowercase(), tidied.to_ascii_lowercase(), "tidy stays tidy");
    }
}

#[test]
fn cuts_fit_and_stay_balanced() {
    for (markup, max, expected) in [
        ("<b>abcdef</b>", 6, "<b>abcdef</b>"),
        ("<b>abcdef</b>", 5, "<b>abcd…</b>"),
        ("ab<i>cd<b>ef</b></i>gh", 6, "ab<i>cd<b>e…</b></i>"),
        ("&amp;&amp;&amp;", 2, "&amp;…"),
        ("🔴🔴🔴", 5, "🔴🔴…"),
        ("🔴🔴🔴", 4, "🔴…"),
        ("<b></b>", 0, "<b></b>"),
    ] {
        let cut = tidy(markup, max);
        assert_eq!(cut, expected, "{markup} to {max}");
        assert!(units(&plain(&cut, usize::MAX)) <= max, "{cut}");
    }
}

#[test]
fn texts_lose_their_markup() {
    for (markup, max, expected) in
        [("<b>a &lt; b</b>", 10, "a < b"), ("<b>abcdef</b>", 3, "ab…"), ("<x>", 10, "<x>"), ("🔴🔴", 3, "🔴…")]
    {
        assert_eq!(plain(markup, max), expected, "{markup}");
    }
}
