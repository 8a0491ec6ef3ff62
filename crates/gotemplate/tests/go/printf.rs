//! Values under verbs, flags, widths and precisions.

use crate::check;

#[test]
fn formats() {
    for (template, expected) in [
        ("{{printf \"%s\"}}", "%!s(MISSING)"),
        ("{{printf \"%v %v %v %v\" 1 \"a\" true nil}}", "1 a true <nil>"),
        (
            "{{printf \"%d %5d %-5d| %05d %+d %x %X %#x %o %b %c %q %U\" 1 2 3 4 5 255 255 255 8 5 65 65 65}}",
            "1     2 3    | 00004 +5 ff FF 0xff 10 101 A 'A' U+0041",
        ),
        (
            "{{printf \"%f %.2f %8.3f %-8.1f| %08.2f %+.1f %e %g %G %.3g\" 1.5 1.005 3.14159 2.0 -1.5 2.0 12345.678 1e21 1e-7 1234.5}}",
            "1.500000 1.00    3.142 2.0     | -0001.50 +2.0 1.234568e+04 1e+21 1E-07 1.23e+03",
        ),
        (
            "{{printf \"%s %10s %-10s| %.2s %q %x % x %#q\" \"abc\" \"abc\" \"abc\" \"abc\" \"a\\\"b\" \"hi\" \"hi\" \"raw\"}}",
            "abc        abc abc       | ab \"a\\\"b\" 6869 68 69 `raw`",
        ),
        ("{{printf \"%t %v\" true false}}", "true false"),
        ("{{printf \"%5t|%-7t|\" true false}}", " true|false  |"),
        ("{{printf \"%6.2f%%\" 99.5}}", " 99.50%"),
        ("{{printf \"%[1]d %[1]v %[2]s %[1]d\" 1 \"a\"}}", "1 1 a 1"),
        ("{{printf \"%*d|%-*d|%.*f\" 5 1 5 2 1 3.14159}}", "    1|2    |3.1"),
        ("{{printf \"%d\" \"x\"}}", "%!d(string=x)"),
        ("{{printf \"%s\" 1}}", "%!s(int=1)"),
        ("{{printf \"%z\" 1}}", "%!z(int=1)"),
        ("{{printf \"%d\" }}", "%!d(MISSING)"),
        ("{{printf \"%d\" 1 2 \"a\"}}", "1%!(EXTRA int=2, string=a)"),
        ("{{printf \"%\" }}", "%!(NOVERB)"),
        ("{{printf \"%!\" 1}}", "%!!(int=1)"),
        ("{{printf \"%[5]d\" 1}}", "%!d(BADINDEX)"),
        ("{{printf \"%[x]d\" 1}}", "%!d(BADINDEX)"),
        ("{{printf \"%*d\" \"a\" 1}}", "%!(BADWIDTH)1"),
        ("{{printf \"%.d\" 0}}", ""),
        (
            "{{printf \"%s %v %d\" .l .l .l}}",
            "[%!s(int=1) a <nil> %!s(float64=2.5)] [1 a <nil> 2.5] [1 %!d(string=a) <nil> %!d(float64=2.5)]",
        ),
        ("{{printf \"%+v %v %#v\" .st .st .st}}", "{A:3 B:bee} {3 bee} main.S{A:3, B:\"bee\"}"),
        (
            "{{printf \"%v %+v %#v %T\" .m .sm .sm .m}}",
            "map[a:1 b:two] map[k:v] map[string]string{\"k\":\"v\"} map[string]interface {}",
        ),
        ("{{printf \"%v %s %d %.1f\" .d .d .d .d.Seconds}}", "1m30s 1m30s 90000000000 90.0"),
        ("{{printf \"%q %x\" .ss .ss}}", "[\"x\" \"y\"] [78 79]"),
        (
            "{{printf \"%T %T %T %T %T %T %T\" 1 1.5 \"a\" true .t .d .l}}",
            "int float64 string bool time.Time time.Duration []interface {}",
        ),
        ("{{printf \"%v %v %v\" 1e6 123456.0 1234567.0}}", "1e+06 123456 1.234567e+06"),
        ("{{printf \"%6v|%-6v|%06d\" 1 2 -3}}", "     1|2     |-00003"),
        ("{{printf \"%x %X\" -255 3.5}}", "-ff 0X1.CP+01"),
        ("{{printf \"%#o %#b %#X %#g %#.3f\" 8 5 255 1.0 2.0}}", "010 0b101 0XFF 1.00000 2.000"),
        ("{{printf \"%c%c\" 0x1F600 233}}", "😀é"),
        ("{{printf \"%+q %#U\" \"é\" 233}}", "\"\\u00e9\" U+00E9 'é'"),
        ("{{printf \"% d % d\" 1 -1}}", " 1 -1"),
        ("{{printf \"%v\" nil}}", "<nil>"),
        ("{{printf \"%s\" nil}}", "%!s(<nil>)"),
        ("{{printf \"%08s|%-08d\" \"a\" 3}}", "0000000a|3       "),
        ("{{printf \"%.3s|%.10s\" \"héllo\" \"hé\"}}", "hél|hé"),
        ("{{printf \"%e %E\" 0.0 1e100}}", "0.000000e+00 1.000000E+100"),
        ("{{printf \"%v %v\" .t .u}}", "2023-11-14 22:13:20.123456789 +0000 UTC 5"),
        ("{{printf \"%b\" 1.5}}", "6755399441055744p-52"),
        ("{{printf \"%t\" 1}}", "%!t(int=1)"),
        ("{{printf \"%5.1f|%5.0f|%.0f\" 2.25 2.5 3.5}}", "  2.2|    2|4"),
        ("{{printf \"%3d|%3c|%-3q|\" 7 65 65}}", "  7|  A|'A'|"),
    ] {
        check(template, expected);
    }
}
