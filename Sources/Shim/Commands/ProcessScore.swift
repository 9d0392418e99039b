internal import Glibc
internal import LinuxSystem

/// What the kernel goes by when it looks for a process to kill for want of memory.
enum ProcessScore {
    private static let path = "/proc/self/oom_score_adj"
    private static let highest = 1000

    /// Makes this process a little more likely to go than the supervisor that it inherited its score from.
    static func raise() {
        guard let text = try? File.readText(path, limit: 32), let own = Int(text.split(separator: "\n").first ?? "")
        else { return }
        try? File.write(String(min(own + 1, highest)), to: path)
    }
}
