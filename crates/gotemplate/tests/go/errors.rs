//! Errors of executions and of parsing.

use crate::{check, check_error};

#[test]
fn executions_fail() {
    for (template, expected) in [
        ("{{.s.x}}", "template: x:1:4: executing \"x\" at <.s.x>: can't evaluate field x in type interface {}"),
        ("{{.i.x.y}}", "template: x:1:4: executing \"x\" at <.i.x.y>: can't evaluate field x in type interface {}"),
        ("{{.st.C}}", "template: x:1:5: executing \"x\" at <.st.C>: can't evaluate field C in type interface {}"),
        ("{{.s 1}}", "template: x:1:2: executing \"x\" at <.s>: s is not a method but has arguments"),
        (
            "{{.st.A 1}}",
            "template: x:1:5: executing \"x\" at <.st.A>: A has arguments but cannot be invoked as function",
        ),
        (
            "{{.t.Format}}",
            "template: x:1:4: executing \"x\" at <.t.Format>: wrong number of args for Format: want 1 got 0",
        ),
        ("{{.t.Format 1}}", "template: x:1:12: executing \"x\" at <1>: expected string; found 1"),
        (
            "{{.t.Nope}}",
            "template: x:1:4: executing \"x\" at <.t.Nope>: can't evaluate field Nope in type interface {}",
        ),
        ("{{1 2}}", "template: x:1:2: executing \"x\" at <1>: can't give argument to non-function 1"),
        ("{{\"a\" | \"b\"}}", "template: x:1: non executable command in pipeline stage 2"),
        ("{{.s | .i}}", "template: x:1:7: executing \"x\" at <.i>: i is not a method but has arguments"),
        ("{{nil}}", "template: x:1:2: executing \"x\" at <nil>: nil is not a command"),
        ("{{nil | print}}", "template: x:1:2: executing \"x\" at <nil>: nil is not a command"),
        ("{{upper 1}}", "template: x:1:8: executing \"x\" at <1>: expected string; found 1"),
        ("{{upper .i}}", "template: x:1:8: executing \"x\" at <.i>: wrong type for value; expected string; got int"),
        ("{{upper .nope}}", "template: x:1:8: executing \"x\" at <.nope>: invalid value; expected string"),
        ("{{upper nil}}", "template: x:1:8: executing \"x\" at <nil>: cannot assign nil to string"),
        ("{{upper}}", "template: x:1:2: executing \"x\" at <upper>: wrong number of args for upper: want 1 got 0"),
        (
            "{{upper \"a\" \"b\"}}",
            "template: x:1:2: executing \"x\" at <upper>: wrong number of args for upper: want 1 got 2",
        ),
        ("{{add 1 \"a\"}}", "template: x:1:8: executing \"x\" at <\"a\">: expected integer; found \"a\""),
        ("{{add 1.5 1}}", "template: x:1:6: executing \"x\" at <1.5>: expected integer; found 1.5"),
        ("{{half \"a\"}}", "template: x:1:7: executing \"x\" at <\"a\">: expected float; found \"a\""),
        ("{{yes 1}}", "template: x:1:6: executing \"x\" at <1>: expected bool; found 1"),
        ("{{uns -1}}", "template: x:1:6: executing \"x\" at <-1>: expected unsigned integer; found -1"),
        ("{{cat}}", "template: x:1:2: executing \"x\" at <cat>: wrong number of args for cat: want at least 1 got 0"),
        ("{{cat 1}}", "template: x:1:6: executing \"x\" at <1>: expected string; found 1"),
        (
            "{{index}}",
            "template: x:1:2: executing \"x\" at <index>: wrong number of args for index: want at least 1 got 0",
        ),
        (
            "{{index .l 9}}",
            "template: x:1:2: executing \"x\" at <index .l 9>: error calling index: index out of range: 9",
        ),
        (
            "{{index .l -1}}",
            "template: x:1:2: executing \"x\" at <index .l -1>: error calling index: index out of range: -1",
        ),
        (
            "{{index .l \"a\"}}",
            "template: x:1:2: executing \"x\" at <index .l \"a\">: error calling index: cannot index slice/array with type string",
        ),
        (
            "{{index .m 1}}",
            "template: x:1:2: executing \"x\" at <index .m 1>: error calling index: value has type int; should be string",
        ),
        (
            "{{index .i 1}}",
            "template: x:1:2: executing \"x\" at <index .i 1>: error calling index: can't index item of type int",
        ),
        (
            "{{index nil 1}}",
            "template: x:1:2: executing \"x\" at <index nil 1>: error calling index: index of untyped nil",
        ),
        (
            "{{index .z 1}}",
            "template: x:1:2: executing \"x\" at <index .z 1>: error calling index: index of untyped nil",
        ),
        (
            "{{slice .i}}",
            "template: x:1:2: executing \"x\" at <slice .i>: error calling slice: can't slice item of type int",
        ),
        (
            "{{slice .s 3 2}}",
            "template: x:1:2: executing \"x\" at <slice .s 3 2>: error calling slice: invalid slice index: 3 > 2",
        ),
        (
            "{{slice .s 1 2 3}}",
            "template: x:1:2: executing \"x\" at <slice .s 1 2 3>: error calling slice: cannot 3-index slice a string",
        ),
        ("{{len .i}}", "template: x:1:2: executing \"x\" at <len .i>: error calling len: len of type int"),
        (
            "{{len nil}}",
            "template: x:1:2: executing \"x\" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value",
        ),
        (
            "{{lt 1 \"a\"}}",
            "template: x:1:2: executing \"x\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison",
        ),
        (
            "{{lt true false}}",
            "template: x:1:2: executing \"x\" at <lt true false>: error calling lt: invalid type for comparison",
        ),
        (
            "{{eq 1 1.0}}",
            "template: x:1:2: executing \"x\" at <eq 1 1.0>: error calling eq: incompatible types for comparison",
        ),
        (
            "{{eq .l .l}}",
            "template: x:1:2: executing \"x\" at <eq .l .l>: error calling eq: non-comparable type [%!s(int=1) a <nil> %!s(float64=2.5)]: []interface {}",
        ),
        (
            "{{eq .m .l}}",
            "template: x:1:2: executing \"x\" at <eq .m .l>: error calling eq: non-comparable types map[a:%!s(int=1) b:two]: map[string]interface {}, []interface {}: [1 a <nil> 2.5]",
        ),
        ("{{eq 1}}", "template: x:1:2: executing \"x\" at <eq 1>: error calling eq: missing argument for comparison"),
        (
            "{{range .i.x}}{{end}}",
            "template: x:1:10: executing \"x\" at <.i.x>: can't evaluate field x in type interface {}",
        ),
        ("{{range .f}}{{end}}", "template: x:1:8: executing \"x\" at <.f>: range can't iterate over 1.5"),
        ("{{range .s}}{{end}}", "template: x:1:8: executing \"x\" at <.s>: range can't iterate over hello"),
        (
            "{{template \"no\"}}",
            "template: x:1:11: executing \"x\" at <{{template \"no\"}}>: template \"no\" not defined",
        ),
        ("{{call 1}}", "template: x:1:2: executing \"x\" at <call 1>: error calling call: non-function of type int"),
        ("{{call nil}}", "template: x:1:2: executing \"x\" at <call nil>: error calling call: call of nil"),
        ("{{99999999999999999999}}", "template: x:1: integer overflow: \"99999999999999999999\""),
        (
            "{{18446744073709551615}}",
            "template: x:1:2: executing \"x\" at <18446744073709551615>: 18446744073709551615 overflows int",
        ),
        ("{{nil.x}}", "template: x:1: unexpected . after term \"nil\""),
        ("{{(nil).x}}", "template: x:1:3: executing \"x\" at <nil>: nil is not a command"),
        ("a\nb {{.s.x}}", "template: x:2:6: executing \"x\" at <.s.x>: can't evaluate field x in type interface {}"),
        (
            "{{define \"d\"}}\n {{.x.y}}{{end}}{{template \"d\" .i}}",
            "template: x:2:5: executing \"d\" at <.x.y>: can't evaluate field x in type int",
        ),
        (
            "{{pt \"2006\" \"x\"}}",
            "template: x:1:2: executing \"x\" at <pt \"2006\" \"x\">: error calling pt: parsing time \"x\" as \"2006\": cannot parse \"x\" as \"2006\"",
        ),
        (
            "{{pd \"1x\"}}",
            "template: x:1:2: executing \"x\" at <pd \"1x\">: error calling pd: time: unknown unit \"x\" in duration \"1x\"",
        ),
        (
            "{{if .s.x}}{{end}}",
            "template: x:1:7: executing \"x\" at <.s.x>: can't evaluate field x in type interface {}",
        ),
        (
            "{{with $x := .st.Q}}{{end}}",
            "template: x:1:16: executing \"x\" at <.st.Q>: can't evaluate field Q in type interface {}",
        ),
        ("{{print (add 1 \"b\")}}", "template: x:1:15: executing \"x\" at <\"b\">: expected integer; found \"b\""),
        ("{{and (upper 1)}}", "template: x:1:13: executing \"x\" at <1>: expected string; found 1"),
    ] {
        check_error(template, expected);
    }
}

#[test]
fn texts_are_refused() {
    for (template, expected) in [
        ("{{", "template: x:1: unclosed action"),
        ("{{ ", "template: x:1: unclosed action"),
        ("{{.", "template: x:1: illegal number syntax: \".\""),
        ("{{.x", "template: x:1: unclosed action"),
        ("{{}}", "template: x:1: missing value for command"),
        ("{{ }}", "template: x:1: missing value for command"),
        ("{{x}}", "template: x:1: function \"x\" not defined"),
        ("{{\"a}}", "template: x:1: unterminated quoted string"),
        ("{{'a}}", "template: x:1: unterminated character constant"),
        ("{{`a}}", "template: x:1: unterminated raw quoted string"),
        ("{{/* a", "template: x:1: unclosed comment"),
        ("{{/* a */ }}", "template: x:1: comment ends before closing delimiter"),
        ("{{(1}}", "template: x:1: unclosed left paren"),
        ("{{1)}}", "template: x:1: unexpected \")\" in command"),
        ("{{$x}}", "template: x:1: undefined variable \"$x\""),
        ("{{$x = 1}}", "template: x:1:7: executing \"x\" at <1>: undefined variable: $x"),
        ("{{.x.}}", "template: x:1: unexpected <.> in operand"),
        ("{{.x y}}", "template: x:1: function \"y\" not defined"),
        ("{{if}}{{end}}", "template: x:1: missing value for if"),
        ("{{if 1}}", "template: x:1: unexpected EOF"),
        ("{{if 1}}{{else}}", "template: x:1: unexpected EOF"),
        ("{{if 1}}{{else}}{{else}}{{end}}", "template: x:1: expected end; found {{else}}"),
        ("{{end}}", "template: x:1: unexpected {{end}}"),
        ("{{else}}", "template: x:1: unexpected {{else}}"),
        ("{{range}}{{end}}", "template: x:1: missing value for range"),
        ("{{range $a, 1}}{{end}}", "template: x:1: range can only initialize variables"),
        ("{{range $a, $b, $c := 1}}{{end}}", "template: x:1: too many declarations in range"),
        ("{{$a, $b := 1}}", "template: x:1: too many declarations in command"),
        ("{{break}}", "template: x:1: {{break}} outside {{range}}"),
        ("{{continue}}", "template: x:1: {{continue}} outside {{range}}"),
        ("{{break 1}}", "template: x:1: unexpected \"1\" in {{break}}"),
        ("{{range .x}}{{break}}{{end}}{{break}}", "template: x:1: {{break}} outside {{range}}"),
        ("{{define}}{{end}}", "template: x:1: unexpected \"}}\" in define clause"),
        ("{{define \"a\"}}", "template: x:1: unexpected EOF"),
        (
            "{{define \"a\"}}x{{end}}{{define \"a\"}}y{{end}}",
            "template: x:1: template: multiple definition of template \"a\"",
        ),
        ("{{define \"a\" 1}}{{end}}", "template: x:1: unexpected \"1\" in define clause"),
        ("{{template}}", "template: x:1: unexpected \"}}\" in template clause"),
        ("{{template 1}}", "template: x:1: unexpected \"1\" in template clause"),
        ("{{template \"a\" }}{{template \"b\" 1 2 3)}}", "template: x:1: unexpected \")\" in template clause"),
        ("{{block \"a\"}}{{end}}", "template: x:1: missing value for block clause"),
        ("{{block \"a\" .}}", "template: x:1: unexpected EOF"),
        ("{{1 | 2}}", "template: x:1: non executable command in pipeline stage 2"),
        ("{{print | nil}}", "template: x:1: non executable command in pipeline stage 2"),
        ("{{| print}}", "template: x:1: unexpected \"|\" in command"),
        ("{{1.2.3}}", "template: x:1: unexpected \".3\" in operand"),
        ("{{1a}}", "template: x:1: bad number syntax: \"1a\""),
        ("{{0xG}}", "template: x:1: bad number syntax: \"0xG\""),
        ("{{1_}}", "template: x:1: illegal number syntax: \"1_\""),
        ("{{\"\\q\"}}", "template: x:1: invalid syntax"),
        ("{{'ab'}}", "template: x:1: malformed character constant: 'ab'"),
        ("{{print 1,2}}", "template: x:1: unexpected \",\" in operand"),
        ("{{@}}", "template: x:1: unexpected \"@\" in command"),
        ("{{é}}", "template: x:1: function \"é\" not defined"),
        ("{{\u{1}}}", "template: x:1: unrecognized character in action: U+0001"),
        ("{{1:2}}", "template: x:1: expected :="),
        ("{{$}}{{$.x}}{{$x.y}}", "template: x:1: undefined variable \"$x\""),
        ("{{true.x}}", "template: x:1: unexpected . after term \"true\""),
        ("{{\"a\".x}}", "template: x:1: unexpected . after term \"\\\"a\\\"\""),
        ("{{.x .y.z | print \"a\" }}\n\n{{if", "template: x:3: unclosed action"),
        ("{{.x\n", "template: x:2: unclosed action started at x:1"),
        ("{{print (1 | 2)}}", "template: x:1: non executable command in pipeline stage 2"),
        ("{{nil := 1}}", "template: x:1: unexpected \":=\" in operand"),
        ("{{\"averylongstringconstant\" := 1}}", "template: x:1: unexpected \":=\" in operand"),
        ("{{if 1}}x{{end", "template: x:1: unclosed action"),
        ("{{- }}", "template: x:1: missing value for command"),
        ("{{-}}", "template: x:1: illegal number syntax: \"-\""),
        ("{{-1}}{{- 1 -}}{{1-}}", "template: x:1: bad number syntax: \"1-\""),
        ("{{if 1}}{{define \"x\"}}{{end}}{{end}}", "template: x:1: unexpected <define> in command"),
        ("{{with 1}}{{else if 2}}{{end}}", "template: x:1: unexpected <if> in input"),
        ("{{.x=1}}", "template: x:1: bad character U+003D '='"),
        ("{{template \"a\" $y}}", "template: x:1: undefined variable \"$y\""),
    ] {
        check_error(template, expected);
    }
}

#[test]
fn a_pipe_may_stand_at_the_end() {
    check("{{.a |}}", "<no value>");
}
