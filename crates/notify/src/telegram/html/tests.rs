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
        ("<B>a</B >", "<b>a</b>"),
        ("<b\n>a</>b</>", "<b>a</b>b"),
        ("<b class=\"x\">a</b>", "<b>a</b>"),
        ("<a href=\"http://x/?a=1&amp;b=2\">l</a>", "<a href=\"http://x/?a=1&amp;b=2\">l</a>"),
        ("<A HREF='http://x/?a>b&c=\"&lt;'>l</A>", "<a href=\"http://x/?a&gt;b&amp;c=&quot;&lt;\">l</a>"),
        ("<a onclick=\"x\" href=\"y\">l</a>", "<a href=\"y\">l</a>"),
        ("<a>http://x</a>", "<a>http://x</a>"),
        ("<a href=http://x>l</a>", "&lt;a href=http://x&gt;l"),
        ("<a href=\"x>l</a>", "&lt;a href=\"x&gt;l"),
        ("<b =x>l</ b>", "&lt;b =x&gt;l&lt;/ b&gt;"),
        ("<span class=\"tg-spoiler\">s</span><span>t</span>", "<span class=\"tg-spoiler\">s</span>&lt;span&gt;t"),
        ("<pre><code class=\"language-rust\">f</code></pre>", "<pre><code class=\"language-rust\">f</code></pre>"),
        ("<tg-time unix=\"1\" format=\"t\">n</tg-time>", "<tg-time unix=\"1\" format=\"t\">n</tg-time>"),
        ("<tg-time format='r' unix=1>n</tg-time>", "<tg-time unix=\"1\" format=\"r\">n</tg-time>"),
        ("<tg-time unix=\"x\">n</tg-time>", "&lt;tg-time unix=\"x\"&gt;n"),
        ("<tg-time unix=\"1\" format=\"td\">n", "&lt;tg-time unix=\"1\" format=\"td\"&gt;n"),
        ("<tg-emoji emoji-id=\"99999999999999999999\">e", "&lt;tg-emoji emoji-id=\"99999999999999999999\"&gt;e"),
        ("<blockquote expandable>q", "<blockquote expandable>q</blockquote>"),
        ("<", "&lt;"),
        ("&#0;&#x110000;&#+65;&#X41;&", "&amp;#0;&amp;#x110000;&amp;#+65;&amp;#X41;&amp;"),
        ("", ""),
    ] {
        let tidied = tidy(markup, 4096);
        assert_eq!(tidied, expected, "{markup}");
        assert_eq!(tidy(&tidied, 4096), tidied, "tidy stays tidy");
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
