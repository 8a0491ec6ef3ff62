use super::*;

#[test]
fn file_names() {
    for (file, expected) in [
        ("fan1_input", Some(("fan", 1, "input"))),
        ("temp12", Some(("temp", 12, ""))),
        ("pwm1_auto_point2_temp", Some(("pwm", 1, "auto_point2_temp"))),
        ("beep_enable", Some(("beep_enable", 0, ""))),
        ("update_interval", Some(("update_interval", 0, ""))),
        ("in_x", None),
        ("fan_boost1x", Some(("fan", 0, "boost1x"))),
        ("fan_a_boost1x", None),
        ("fan1_", None),
        ("fan_1_", Some(("fan", 0, "1_"))),
        ("fan1x", None),
        ("name", None),
        ("uevent", None),
        ("1fan", None),
        ("", None),
        ("fan99999999999999999999_input", None),
    ] {
        assert_eq!(split_file_name(file), expected, "{file}");
    }
}

#[track_caller]
fn check(kind: &str, property: &str, content: &str, expected: Option<(&str, &str, f64)>) {
    let file = SensorFile { kind, property, has_plain_value: false };
    let reading = Reading::of(&file, content.as_bytes());
    let shown = reading.as_ref().map(|reading| (&*reading.name, &*reading.help, reading.value));
    assert_eq!(shown, expected, "{kind} {property} {content}");
}

#[test]
fn readings() {
    let monitor = |what: &str| format!("Hardware monitor {what}");
    check("temp", "input", "45500", Some(("node_hwmon_temp_celsius", &monitor("for temperature (input)"), 45.5)));
    check("temp", "", "1000", Some(("node_hwmon_temp_celsius", &monitor("for temperature (input)"), 1.0)));
    check(
        "temp",
        "crit_hyst",
        "1000",
        Some(("node_hwmon_temp_crit_hyst_celsius", &monitor("for temperature (crit_hyst)"), 1.0)),
    );
    check("temp", "type", "4", Some(("node_hwmon_temp_type", &monitor("temp element type"), 4.0)));
    check("temp", "fault", "1", Some(("node_hwmon_temp_fault", "Hardware sensor fault status (temp)", 1.0)));
    check("in", "min_alarm", "0", Some(("node_hwmon_in_min_alarm_volts", &monitor("for voltage (min_alarm)"), 0.0)));
    check("cpu", "vid", "1300", Some(("node_hwmon_cpu_vid_volts", &monitor("for voltage (vid)"), 1.3)));
    check("curr", "input", "500", Some(("node_hwmon_curr_amps", &monitor("for current (input)"), 0.5)));
    check(
        "power",
        "input",
        "2500000",
        Some(("node_hwmon_power_watt", &monitor("for power usage in watts (input)"), 2.5)),
    );
    check(
        "power",
        "accuracy",
        "500000",
        Some(("node_hwmon_power_accuracy", &monitor("power meter accuracy, as a ratio"), 0.5)),
    );
    check(
        "power",
        "average_interval",
        "1000",
        Some((
            "node_hwmon_power_average_interval_seconds",
            &monitor("power usage update interval (average_interval)"),
            1.0,
        )),
    );
    check(
        "energy",
        "input",
        "1500000",
        Some(("node_hwmon_energy_joule_total", &monitor("for joules used so far (input)"), 1.5)),
    );
    check(
        "humidity",
        "input",
        "500000",
        Some((
            "node_hwmon_humidity",
            &monitor("for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage) (input)"),
            0.5,
        )),
    );
    check(
        "fan",
        "input",
        "900",
        Some(("node_hwmon_fan_rpm", &monitor("for fan revolutions per minute (input)"), 900.0)),
    );
    check("fan", "pulses", "2", Some(("node_hwmon_fan_pulses", &monitor("fan element pulses"), 2.0)));
    check("pwm", "", "128", Some(("node_hwmon_pwm", &monitor("pwm element "), 128.0)));
    check(
        "intrusion",
        "beep",
        "0",
        Some(("node_hwmon_intrusion_beep_enabled", &monitor("sensor has beeping enabled"), 0.0)),
    );
    check("beep_enable", "", "1", Some(("node_hwmon_beep_enabled", "Hardware beep enabled", 1.0)));
    check("beep_enable", "", "x", Some(("node_hwmon_beep_enabled", "Hardware beep enabled", 0.0)));
    check("vrm", "", "90", Some(("node_hwmon_voltage_regulator_version", "Hardware voltage regulator", 90.0)));
    check(
        "update_interval",
        "",
        "2000",
        Some(("node_hwmon_update_interval_seconds", &monitor("update interval"), 2.0)),
    );
    check(
        "freq",
        "input",
        "300000000",
        Some(("node_hwmon_freq_freq_mhz", &monitor("for GPU frequency in MHz"), 300.0)),
    );
    check("temp", "label", "5", None);
    check("temp", "input", "N/A", None);
    check("temp", "input", "", None);
}

#[test]
fn kinds_of_readings() {
    for (kind, property, has_plain_value, expected) in [
        ("energy", "input", false, ("node_hwmon_energy_joule_total", true, false)),
        ("freq", "input", false, ("node_hwmon_freq_freq_mhz", false, true)),
        ("fan", "input", true, ("node_hwmon_fan_input_rpm", false, false)),
        ("pwm", "", true, ("node_hwmon_pwm", false, false)),
    ] {
        let reading = Reading::of(&SensorFile { kind, property, has_plain_value }, b"1").unwrap();
        assert_eq!((&*reading.name, reading.is_counter, reading.is_by_label), expected);
    }
}
