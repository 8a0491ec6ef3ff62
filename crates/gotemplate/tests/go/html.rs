//! Values in HTML.

use crate::check_html;

#[test]
fn values_are_escaped() {
    for (template, expected) in [
        ("{{.h}}", "&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;"),
        ("<p>{{.s}} & < {{.i}}", "<p>hello & &lt; 1"),
        ("<a href=\"{{.ok}}\">", "<a href=\"http://x/y?q=a%20b&amp;c=%c3%bc\">"),
        ("<a href=\"{{.url}}\">", "<a href=\"#ZgotmplZ\">"),
        ("<a href='/x?q={{.h}}'>", "<a href='/x?q=%3ca%20href%3d%22x%3fy%3d1%26z%3d%272%27%22%3e%2b%c3%a9%3c%2fa%3e'>"),
        (
            "<p title=\"{{.h}}\" class='{{.h}}'>",
            "<p title=\"&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;\" class='&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;'>",
        ),
        ("{{.h | safe}}<p title=\"{{.h | safe}}\">", "<a href=\"x?y=1&z='2'\">+é</a><p title=\"&#43;é\">"),
        ("<title>{{.h}}</title>", "<title>&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;</title>"),
        (
            "<textarea>{{.h | safe}}</textarea>",
            "<textarea>&lt;a href=&#34;x?y=1&z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;</textarea>",
        ),
        ("<!-- x {{.h}} -->y", "y"),
        ("{{.nope}}{{.z}}{{.l}}", "[1 a &lt;nil&gt; 2.5]"),
        ("<a href=\"{{if .b}}/a{{else}}/b{{end}}{{.s}}\">", "<a href=\"/ahello\">"),
        ("{{.h | html}}", "&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;+é&lt;/a&gt;"),
        ("{{html .h}}", "&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;+é&lt;/a&gt;"),
        ("<a href=\"?q={{.ok | urlquery}}\">", "<a href=\"?q=http%3A%2F%2Fx%2Fy%3Fq%3Da&#43;b%26c%3D%C3%BC\">"),
        (
            "{{define \"t\"}}{{.}}{{end}}{{template \"t\" .h}}<a href=\"{{template \"t\" .ok}}\">",
            "&lt;a href=&#34;x?y=1&amp;z=&#39;2&#39;&#34;&gt;&#43;é&lt;/a&gt;<a href=\"http://x/y?q=a%20b&amp;c=%c3%bc\">",
        ),
        (
            "<script>var x = \"<b>\";</script><style>a > b {}</style>",
            "<script>var x = \"<b>\";</script><style>a > b {}</style>",
        ),
        ("<!DOCTYPE html><br/>", "<!DOCTYPE html><br/>"),
        ("{{range .ss}}<li title=\"{{.}}\">{{.}}</li>{{end}}", "<li title=\"x\">x</li><li title=\"y\">y</li>"),
        (
            "<a data-href=\"{{.url}}\" xlink:href=\"{{.url}}\" on=\"x\">",
            "<a data-href=\"#ZgotmplZ\" xlink:href=\"#ZgotmplZ\" on=\"x\">",
        ),
    ] {
        check_html(template, expected);
    }
}

#[test]
fn what_cannot_be_escaped_is_refused() {
    for (template, expected) in [
        ("<p {{.s}}>", "x:1:5: not built yet: values in the name of a tag or attribute in HTML templates"),
        ("<p title={{.s}}>", "x:1:11: not built yet: values in an unquoted attribute in HTML templates"),
        ("<script>{{.s}}</script>", "x:1:10: not built yet: values in scripts and styles in HTML templates"),
        (
            "<p style='{{.s}}'>",
            "x:1:12: not built yet: values in an attribute for scripts, styles or lists of sources in HTML templates",
        ),
        (
            "<a href='{{if .b}}a?{{else}}b{{end}}{{.s}}'>",
            "x:1:38: not built yet: values in a URL of which it depends how far it is in HTML templates",
        ),
        ("<p title='{{.s | html | upper}}'>", "x:1:12: predefined escaper \"html\" disallowed in template"),
        (
            "{{if .b}}<p title='{{end}}",
            "x:1:5: {{if}} branches end in different contexts: {Value Single None Plain None}, {Text None None Plain None}",
        ),
        ("<p title='x", "x: ends in a non-text context: {Value Single None Plain None}"),
        ("<p a\"b>", "x:1:0: \"\\\"\" in attribute name: \"a\\\"b>\""),
    ] {
        assert_eq!(crate::run_html(template), Err(format!("html/template:{expected}")), "{template}");
    }
}
