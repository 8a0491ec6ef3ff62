use super::*;

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a time").as_millisecond()
}

#[test]
fn contains() {
    let range = |begin, end| Some(vec![Range { begin, end }]);
    let always = TimeInterval::default();
    let never = TimeInterval { weekdays: Some(Vec::new()), ..TimeInterval::default() };
    let night =
        TimeInterval { times: Some(vec![TimeRange { start_minute: 1380, end_minute: 1440 }]), ..always.clone() };
    let last_day = TimeInterval { days_of_month: range(-1, -1), ..always.clone() };
    let thirties = TimeInterval { days_of_month: range(30, 31), ..always.clone() };
    let sydney = TimeInterval { zone: Zone::named("Australia/Sydney"), weekdays: range(1, 1), ..always.clone() };
    for (interval, at, expected) in [
        (&always, "2024-02-29T23:59:59Z", true),
        (&never, "2024-02-29T23:59:59Z", false),
        (&night, "2024-02-29T22:59:59Z", false),
        (&night, "2024-02-29T23:00:00Z", true),
        (&night, "2024-02-29T23:59:59Z", true),
        (&night, "2024-03-01T00:00:00Z", false),
        (&last_day, "2024-02-28T12:00:00Z", false),
        (&last_day, "2024-02-29T12:00:00Z", true),
        (&thirties, "2024-02-29T12:00:00Z", false),
        (&thirties, "2024-04-30T12:00:00Z", true),
        (&sydney, "2024-01-07T13:00:00Z", true),
        (&sydney, "2024-01-07T12:59:59Z", false),
    ] {
        assert_eq!(interval.contains(ms(at)), expected, "{interval:?} at {at}");
    }
    assert_eq!(Zone::named("Nowhere/Land"), None);
}
