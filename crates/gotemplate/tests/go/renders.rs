//! What templates write.

use crate::{check, check_error};

#[test]
fn constructs() {
    for (template, expected) in [
        ("text", "text"),
        ("{{.s}}", "hello"),
        ("{{ .s }}|{{.nope}}|{{.z}}", "hello|<no value>|<no value>"),
        ("{{.m.a}} {{.m.b}} {{.sm.k}}", "1 two v"),
        ("{{.st.A}}{{.st.B}}", "3bee"),
        ("{{- .s -}} x", "hellox"),
        ("a {{- .s -}} b", "ahellob"),
        ("a\n {{- /* c */ -}} \n b", "ab"),
        ("{{/* c */}}x", "x"),
        (
            "{{1}} {{-2}} {{0x1F}} {{1_000}} {{0b11}} {{0o17}} {{017}} {{1.5}} {{1e3}} {{1e6}} {{.5}} {{'a'}} {{'\\n'}} {{0x1p4}}",
            "1 -2 31 1000 3 15 15 1.5 1000 1e+06 0.5 97 10 16",
        ),
        ("{{true}} {{false}} {{\"q\\t\\u00e9\"}} {{`r\\n`}}", "true false q\té r\\n"),
        ("{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}", "12"),
        ("{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{$x}}{{end}}{{$x}}", "32"),
        ("{{$.s}} {{with .s}}{{.}} {{$.i}}{{end}}", "hello hello 1"),
        ("{{if .b}}y{{else}}n{{end}}{{if .e}}y{{else}}n{{end}}{{if .z}}y{{else if .i}}i{{else}}n{{end}}", "yni"),
        ("{{with .z}}{{.}}{{else}}none{{end}}", "none"),
        ("{{with $x := .i}}{{$x}}{{.}}{{end}}", "11"),
        (
            "{{range .ss}}<{{.}}>{{end}}{{range .m}}[{{.}}]{{end}}{{range .z}}x{{else}}empty{{end}}",
            "<x><y>[1][two]empty",
        ),
        (
            "{{range $i, $x := .l}}{{$i}}={{$x}};{{end}}{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}",
            "0=1;1=a;2=<no value>;3=2.5;a=1;b=two;",
        ),
        ("{{range $x := .ss}}{{$x}}{{end}}", "xy"),
        ("{{range $i, $x := .l}}{{if eq $i 2}}{{break}}{{end}}{{$x}},{{end}}", "1,a,"),
        ("{{define \"t\"}}<{{.}}>{{end}}{{template \"t\" .s}}{{template \"t\"}}", "<hello><<no value>>"),
        ("{{block \"t\" .i}}[{{.}}]{{end}}{{template \"t\" .s}}", "[1][hello]"),
        ("{{define \"a\"}}{{$x := .}}{{$x}}{{end}}{{$x := 1}}{{template \"a\" 2}}{{$x}}", "21"),
        ("{{upper .s}} {{.s | upper}} {{.s | printf \"%s-%d\" \"x\" }}", "HELLO HELLO x-%!d(string=hello)"),
        ("{{(.s | upper)}} {{(index .l 3)}} {{(.t).Year}}", "HELLO 2.5 2023"),
        ("{{add 1 2 | add 3}} {{half 3}} {{cat \"a\" \"b\" \"c\"}} {{\"z\" | cat \"a\" \"b\"}}", "6 1.5 abc abz"),
        ("{{and 1 2}} {{or 0 \"\"}} {{not .z}} {{not 1}} {{1 | and 0}} {{1 | or 0}}", "2  true false 0 1"),
        (
            "{{eq 1 1}} {{eq 1 2 1}} {{ne \"a\" \"b\"}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 0.5}} {{ge \"b\" \"a\"}} {{eq .u 5}} {{lt -1 .u}} {{eq .z nil}} {{eq .i nil}}",
            "true true true true true true true true true true false",
        ),
        ("{{len .s}} {{len .l}} {{len .m}} {{len \"é\"}}", "5 4 2 2"),
        (
            "{{index .l 1}} {{index .m \"a\"}} {{index .m \"zz\"}} {{index .sm \"zz\"}}. {{index .s 1}} {{index (index .l 1) 0}}",
            "a 1 <no value> . 101 97",
        ),
        ("{{slice .s 1}} {{slice .s 1 3}} {{slice .l 1 2}} {{slice .ss}} {{slice .ss 0 1 2}}", "ello el [a] [x y] [x]"),
        ("{{print 1 2 \"a\" 3 nil}} {{println 1 \"a\"}}", "1 2a3 <nil> 1 a\n"),
        (
            "{{html \"<a b='c'>&\\x00\"}} {{js \"it's <\\\"&=\\n\\u00e9\"}} {{urlquery \"a b&c=/é\"}}",
            "&lt;a b=&#39;c&#39;&gt;&amp;� it\\'s \\u003C\\\"\\u0026\\u003D\\u000Aé a+b%26c%3D%2F%C3%A9",
        ),
        (
            "{{.t}} {{.d}} {{.t.Unix}} {{.t.Format \"Mon 02 Jan\"}} {{.d.Seconds}} {{(.t.Add .d).UnixMilli}}",
            "2023-11-14 22:13:20.123456789 +0000 UTC 1m30s 1700000000 Tue 14 Nov 90 1700000090123",
        ),
        ("{{.l}} {{.m}} {{.sm}} {{.ss}} {{.st}}", "[1 a <nil> 2.5] map[a:1 b:two] map[k:v] [x y] {3 bee}"),
        (
            "{{.big}} {{.f}} {{100000.0}} {{1000000.0}} {{0.0001}} {{0.00001}} {{123456789.0}}",
            "1.234567e+06 1.5 100000 1e+06 0.0001 1e-05 1.23456789e+08",
        ),
    ] {
        check(template, expected);
    }
}

#[test]
fn constructs_fail() {
    for (template, expected) in [
        (
            "{{range .l}}{{if eq . \"a\"}}{{continue}}{{end}}{{.}},{{end}}",
            "template: x:1:17: executing \"x\" at <eq . \"a\">: error calling eq: incompatible types for comparison",
        ),
        (
            "{{and 1 0 (add 1)}} {{or 0 2 (add 1)}} {{and}}",
            "template: x:1:41: executing \"x\" at <and>: wrong number of args for and: want at least 1 got 0",
        ),
    ] {
        check_error(template, expected);
    }
}
