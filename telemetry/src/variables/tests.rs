//! What the variables mean.

use secrecy::ExposeSecret;

use super::*;

fn settings(variables: &[(&str, &str)]) -> Result<Settings, TelemetryError> {
    let read = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| OsString::from(value))
    };
    Variables::new(read).settings()
}

fn export(variables: &[(&str, &str)]) -> Option<Export> {
    settings(variables).expect("settings").export
}

#[test]
fn nothing_set_exports_nothing_and_logs_info() {
    let settings = settings(&[]).expect("settings");
    assert!(settings.export.is_none());
    assert_eq!(settings.log_filter, "info");
}

#[test]
fn the_endpoint_for_all_signals_is_followed_by_the_path_of_traces() {
    for base in ["http://collector:4318", "http://collector:4318/"] {
        let export = export(&[(ENDPOINT, base)]).expect("an export");
        assert_eq!(export.endpoint.as_str(), "http://collector:4318/v1/traces");
    }
}

#[test]
fn the_endpoint_for_traces_is_taken_as_it_is_and_comes_first() {
    let both = [(ENDPOINT, "http://a"), (TRACES_ENDPOINT, "http://b/x")];
    assert_eq!(
        export(&both).expect("an export").endpoint.as_str(),
        "http://b/x"
    );
}

#[test]
fn an_exporter_without_an_endpoint_goes_to_the_default_one() {
    let export = export(&[("OTEL_TRACES_EXPORTER", "otlp")]).expect("an export");
    assert_eq!(export.endpoint.as_str(), DEFAULT_ENDPOINT);
}

#[test]
fn either_switch_turns_the_export_off() {
    for switch in [
        ("OTEL_SDK_DISABLED", "TRUE"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ] {
        assert!(export(&[(ENDPOINT, "http://a"), switch]).is_none());
    }
    let empty = [(ENDPOINT, "http://a"), ("OTEL_SDK_DISABLED", "")];
    assert!(export(&empty).is_some());
}

#[test]
fn headers_and_time_limit_are_read() {
    let variables = [
        (ENDPOINT, "http://a"),
        (HEADERS[1], "x-key=a%20b%3D, y=2,"),
        (TIMEOUT[1], "2500"),
    ];
    let export = export(&variables).expect("an export");
    let headers: Vec<_> = export
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose_secret()))
        .collect();
    assert_eq!(headers, [("x-key", "a b="), ("y", "2")]);
    assert_eq!(export.timeout, Duration::from_millis(2500));
}

#[test]
fn a_value_that_cannot_be_used_is_an_error_that_names_the_variable_only() {
    const WITH_ENDPOINT: (&str, &str) = (ENDPOINT, "http://a");
    for (name, value) in [
        (ENDPOINT, "se:cret host"),
        (ENDPOINT, "ftp://secret"),
        (TRACES_ENDPOINT, "https://secret"),
        (HEADERS[0], "secret"),
        (HEADERS[1], "key=secret,=secret"),
        (TIMEOUT[0], "0"),
        (TIMEOUT[1], "-secret"),
        (PROTOCOL[1], "grpc secret"),
        (COMPRESSION[0], "gzip secret"),
        ("OTEL_TRACES_EXPORTER", "secret"),
        ("OTEL_SDK_DISABLED", "secret"),
        ("OTEL_RESOURCE_ATTRIBUTES", "secret"),
        ("OTEL_TRACES_SAMPLER", "secret"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "secret"),
    ] {
        let error = settings(&[(name, value), WITH_ENDPOINT]).expect_err(name);
        let text = error.to_string();
        assert!(text.starts_with(name), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn a_sampler_takes_its_share() {
    let sampler = |arg| {
        let name = ("OTEL_TRACES_SAMPLER", "traceidratio");
        settings(&[name, ("OTEL_TRACES_SAMPLER_ARG", arg)]).map(|it| it.sampler)
    };
    assert!(matches!(
        sampler("0.25"),
        Ok(Sampler::TraceIdRatioBased(0.25))
    ));
    assert!(sampler("2").is_err());
    assert!(sampler("NaN").is_err());
}
