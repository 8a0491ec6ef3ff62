//! Which proxy is asked for which address.

use super::*;

fn asked_by(proxy: &Proxy, url: &str) -> Option<String> {
    proxy.server_for(&Url::parse(url).expect("an address")).map(Url::place)
}

#[test]
fn the_environment_says_who_is_asked() {
    for (variables, url, expected) in [
        (&[("HTTP_PROXY", "http://p"), ("HTTPS_PROXY", "http://q")][..], "http://a.test/", Some("p:80")),
        (&[("HTTP_PROXY", "http://p"), ("HTTPS_PROXY", "http://q")], "https://a.test/", Some("q:80")),
        (&[("http_proxy", "p:3128")], "http://a.test/", Some("p:3128")),
        (&[("https_proxy", "p:3128")], "https://a.test/", Some("p:3128")),
        (&[("https_proxy", "p:3128")], "http://a.test/", None),
        (&[("HTTP_PROXY", ""), ("http_proxy", "p")], "http://a.test/", Some("p:80")),
        (&[("HTTP_PROXY", "p"), ("http_proxy", "q")], "http://a.test/", Some("p:80")),
        (&[("HTTP_PROXY", "p"), ("NO_PROXY", "x.test,.b.test")], "http://a.test/", Some("p:80")),
        (&[("HTTP_PROXY", "p"), ("NO_PROXY", "x.test,.b.test")], "http://a.b.test/", None),
        (&[("HTTP_PROXY", "p"), ("no_proxy", "a.test:8080")], "http://A.test:8080/", None),
        (&[("HTTPS_PROXY", "p"), ("no_proxy", "a.test:443")], "https://a.test/", None),
        (&[("HTTP_PROXY", "p")], "http://127.0.0.1:1/", None),
        (&[("HTTP_PROXY", "p")], "http://[::1]:1/", None),
        (&[("HTTP_PROXY", "p")], "http://localhost/", None),
        (&[], "http://a.test/", None),
    ] {
        let variable =
            |name: &str| variables.iter().find(|(variable, _)| *variable == name).map(|(_, text)| (*text).to_owned());
        let proxy = Proxy::from_environment(variable).expect("proxies");
        assert_eq!(asked_by(&proxy, url).as_deref(), expected, "{variables:?} {url}");
    }
}

#[test]
fn a_fixed_proxy_is_asked_for_all_but_the_exceptions() {
    for (no_proxy, url, expected) in [
        ("", "http://a.test/", true),
        ("", "https://localhost/", true),
        ("b.test", "https://a.test/", true),
        ("b.test", "https://b.test/", false),
        ("b.test", "https://localhost/", false),
        ("*", "https://a.test/", false),
    ] {
        let proxy = Proxy::fixed("http://p:1", no_proxy).expect("a proxy");
        assert_eq!(asked_by(&proxy, url), expected.then(|| "p:1".to_owned()), "{no_proxy:?} {url}");
    }
}
