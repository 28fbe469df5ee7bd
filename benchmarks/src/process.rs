//! What this process takes.
//!
//! Source: <https://man7.org/linux/man-pages/man5/proc.5.html>

use std::fs;

/// Ticks of a second in `/proc`: Linux has always had 100.
const TICKS: f64 = 100.0;

/// The most memory that this process ever had, in KiB.
pub fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok()).expect("a size")
}

/// The processor time that this process has taken so far, in seconds.
pub fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("a stat");
    // After the name, which is in parentheses: the 12th and 13th field.
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks
        .map(|field| field.parse::<u64>().expect("a number"))
        .sum();
    ticks as f64 / TICKS
}
