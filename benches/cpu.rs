//! CPU time and memory of processes, from /proc.

/// Ticks a second in /proc, the same on every Linux that we build for.
const HZ: f64 = 100.0;

/// The fields of /proc/PID/stat behind the name, which may hold spaces: state, parent, …
fn fields(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn seconds(fields: &[String], range: std::ops::Range<usize>) -> f64 {
    fields[range].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / HZ
}

/// User and system time of one process, in seconds.
pub fn of_process(pid: u32) -> f64 {
    seconds(&fields(pid).unwrap_or_else(|| panic!("process {pid} is gone")), 11..13)
}

/// User and system time of a PostgreSQL cluster in seconds: the postmaster, the children it has waited for, and those
/// that run.
pub fn of_cluster(postmaster: u32) -> f64 {
    let own = seconds(&fields(postmaster).expect("PostgreSQL runs"), 11..15);
    let running = std::fs::read_dir("/proc").expect("/proc").flatten();
    let children = running.filter_map(|entry| fields(entry.file_name().to_str()?.parse().ok()?));
    own + children.filter(|child| child[1] == postmaster.to_string()).map(|child| seconds(&child, 11..13)).sum::<f64>()
}

/// The memory that a process holds, in MB.
pub fn resident_mb(pid: u32) -> f64 {
    memory_mb(pid, "VmRSS:")
}

/// The most memory that a process held since [`forget_peak`], in MB.
pub fn peak_mb(pid: u32) -> f64 {
    memory_mb(pid, "VmHWM:")
}

/// What a process held at most before this does not count.
pub fn forget_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("the kernel forgets the peak of a process of ours");
}

fn memory_mb(pid: u32, which: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(which)).expect("a line of memory");
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1024.0
}
