//! Every kind of error and warning, with its exact place and hint.

use super::*;

#[test]
fn wrong_values_fail_with_their_place_and_a_hint() {
    refused(
        "[window]\n  width = wide",
        6,
        11,
        "'wide' does not fit [window] width",
        "width = 50%",
    );
    refused(
        "[build]\nheadless = ture",
        6,
        12,
        "expected true or false",
        "did you mean 'true'?",
    );
    refused(
        "[build]\nheadless = off",
        6,
        12,
        "expected true or false",
        "did you mean 'false'?",
    );
    refused(
        "[meta]\nversion = v1.2",
        6,
        11,
        "semantic version",
        "did you mean '1.2.0'?",
    );
    refused(
        "[window]\nwidth = -5",
        6,
        9,
        "'-5' does not fit",
        "width = 50%",
    );
    refused(
        "[window]\nbackground_color_dark = red",
        6,
        25,
        "a colour",
        "#2e2e2e",
    );
    refused(
        "[meta]\nfile_limit = many",
        6,
        14,
        "whole number from 16",
        "1024",
    );
    refused(
        "[webview.watch]\nservice_worker_reload_timeout = 5s",
        6,
        33,
        "milliseconds",
        "500",
    );
    refused(
        "[window]\ntitlebar_style = hiden",
        6,
        18,
        "hiddenInset",
        "did you mean 'hidden'?",
    );
    refused(
        "[meta]\napplication_protocol = my-app://",
        6,
        24,
        "scheme",
        "'my-app'",
    );
    refused(
        "[mac]\nminimum_supported_version = new",
        6,
        29,
        "numbers joined",
        "13.0.0",
    );
    refused(
        "[mac]\nwindow_control_offsets = 10",
        6,
        26,
        "10x24",
        "10x24",
    );
    refused(
        "[meta]\nbundle_identifier = hello",
        6,
        21,
        "reverse-DNS",
        "com.example.my-app",
    );
    refused(
        "[build]\nname = \"My App\"",
        6,
        8,
        "'My App' does not fit",
        "did you mean 'my-app'?",
    );
}

#[test]
fn broken_notation_fails_with_its_place() {
    refused(
        "[window",
        5,
        1,
        "section without its closing ']'",
        "write [window]",
    );
    refused("  [window] x", 5, 12, "text after a section's ']'", "");
    refused(
        "[a..b]",
        5,
        1,
        "'a..b' is no section name",
        "[webview.watch]",
    );
    refused(
        "headless true",
        5,
        1,
        "line without '='",
        "write 'key = value'",
    );
    refused(" = 5", 5, 2, "'=' without a key", "write 'key = value'");
    refused(
        "[linux]\ncmd = \"node",
        6,
        7,
        "quote that is never closed",
        "end the value",
    );
    refused(
        "[linux]\ncmd = a\u{0}b",
        6,
        8,
        "control character",
        "delete it",
    );
    refused("é = ü\u{7}", 5, 6, "control character", "delete it");
}

#[test]
fn unknown_names_warn_with_the_nearest_right_one() {
    warned(
        "[window]\nwidht = 5",
        6,
        1,
        "unknown key 'widht' in [window]",
        "did you mean 'width'?",
    );
    warned(
        "[window]\n minWidth = 5",
        6,
        2,
        "unknown key 'minWidth'",
        "did you mean 'min_width'?",
    );
    warned(
        "[build]\nresizable = yes",
        6,
        1,
        "in [build]",
        "'resizable' in [window]",
    );
    warned(
        "[windows]\nwidth = 5",
        5,
        1,
        "unknown section [windows]",
        "did you mean [window]?",
    );
    warned(
        "[my-own-things]\na = 5\nb = 6",
        5,
        1,
        "unknown section",
        "application.config",
    );
    let warnings = check(&format!("stray = 1\n{LEAST}")).warnings;
    assert_found(
        &warnings,
        Severity::Warning,
        1,
        1,
        "before the first section",
        "",
    );
}

#[test]
fn duplicates_and_leftovers_warn() {
    warned(
        "[window]\nwidth = 5\nwidth = 6",
        7,
        1,
        "'width' is set again",
        "first in line 6",
    );
    warned(
        "[linux]\ncmd = \"a\" b",
        6,
        11,
        "text after the closing quote",
        "write \\\"",
    );
    let both = "[window]\nbackgroundColorDark = #fff\nbackground_color_dark = #000";
    warned(both, 6, 1, "is ignored, since 'background_color_dark'", "");
    let config = with("[window]\nwidth = 5\nwidth = 6\n");
    assert_eq!(config.window.width, Some(Length::Pixels(6.0)));
    assert_eq!(
        with(both).window.background_color_dark,
        Some([0, 0, 0, 255])
    );
}

#[test]
fn missing_names_say_which_line_to_add() {
    let error = refusal("; nothing yet\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        1,
        1,
        "[build] name is missing",
        "add the lines: [build] and name = \"my-app\"",
    );
    let error = refusal("[build]\nname = notes\n\n[meta]\ntitle = Notes\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        4,
        1,
        "[meta] bundle_identifier is missing",
        "add this line below [meta]: bundle_identifier = \"com.example.notes\"",
    );
    let error = refusal("[build]\nname = \"\"\n[meta]\nbundle_identifier = com.example.a\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        2,
        8,
        "[build] name is missing",
        "",
    );
}

#[test]
fn all_errors_come_at_once_and_print_one_per_line() {
    let error = refusal(&format!("{LEAST}[window]\nwidth = a\nheight = b\n[x\n"));
    assert_eq!(error.diagnostics.len(), 3);
    let text = error.to_string();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.contains("socket.ini:6:9: error: 'a' does not fit [window] width"),
        "{text}"
    );
    assert!(text.contains("; help: for example: width = 50%"), "{text}");
}

#[test]
fn a_flood_of_errors_is_summed_up() {
    let error = refusal(&format!("{LEAST}{}", "bad\n".repeat(5000)));
    assert_eq!(error.diagnostics.len(), 201);
    assert_eq!(error.diagnostics[200].message, "and more from here on");
}

#[test]
fn an_error_behind_a_flood_of_warnings_is_still_told() {
    let unknown: String = (0..500)
        .map(|n| format!("[window]\nnonsense{n} = 1\n"))
        .collect();
    let error = refusal(&format!("{LEAST}{unknown}[window]\nwidth = wide\n"));
    assert!(error.to_string().contains("'wide' does not fit"), "{error}");
}

#[test]
fn bytes_that_are_not_text_are_refused_with_their_place() {
    let error = config::parse_bytes("socket.ini", b"[build]\nna\xc3\xa9\xffme").unwrap_err();
    assert_found(
        &error.diagnostics,
        Severity::Error,
        2,
        4,
        "not UTF-8",
        "save the file as UTF-8",
    );
}

#[test]
fn limits_are_named() {
    let error = refusal(&";".repeat(FILE_BYTES_MAX + 1));
    assert!(
        error.to_string().contains("1048577 bytes; at most 1048576"),
        "{error}"
    );
    assert_eq!(
        check(&format!("{LEAST}{}", ";".repeat(FILE_BYTES_MAX - 100))).warnings,
        []
    );
    let many: String = (0..ENTRIES_MAX).map(|n| format!("k{n}=\n")).collect();
    let error = refusal(&format!("{LEAST}[env]\n{many}"));
    assert!(
        error.to_string().contains("more than 10000 entries"),
        "{error}"
    );
    let error = refusal(&format!("{LEAST}{}", "[.deeper]\n".repeat(1000)));
    assert!(
        error
            .to_string()
            .contains("section name of more than 1024 bytes"),
        "{error}"
    );
}

/// Asserts that the least file with `more` behind it, from line 5, is refused.
#[track_caller]
fn refused(more: &str, line: u32, column: u32, message: &str, help: &str) {
    let error = refusal(&format!("{LEAST}{more}\n"));
    assert_found(
        &error.diagnostics,
        Severity::Error,
        line,
        column,
        message,
        help,
    );
}

/// Asserts that the least file with `more` behind it, from line 5, is read with one warning.
#[track_caller]
fn warned(more: &str, line: u32, column: u32, message: &str, help: &str) {
    let warnings = check(&format!("{LEAST}{more}\n")).warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_found(&warnings, Severity::Warning, line, column, message, help);
}

#[track_caller]
fn refusal(text: &str) -> LoadError {
    config::parse("socket.ini", text).expect_err("must be refused")
}

#[track_caller]
pub fn assert_found(
    diagnostics: &[Diagnostic],
    severity: Severity,
    line: u32,
    column: u32,
    message: &str,
    help: &str,
) {
    let is_wanted = |found: &&Diagnostic| {
        (found.severity, found.line, found.column) == (severity, line, column)
            && found.message.contains(message)
            && found.help.as_deref().unwrap_or_default().contains(help)
    };
    assert!(
        diagnostics.iter().any(|found| is_wanted(&found)),
        "no {severity} at {line}:{column} with {message:?} and {help:?} in {diagnostics:#?}"
    );
}
