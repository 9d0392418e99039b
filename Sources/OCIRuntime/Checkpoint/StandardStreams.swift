import Glibc
internal import LinuxSystem

/// What the standard streams of a container's processes lead to.
///
/// A pipe of which the container has one end only leads out of it: what is restored gets the caller's stream instead.
enum StandardStreams {
    /// The targets of descriptors 0 to 2; empty for a pipe between processes of the container.
    static func names(of pid: Int32, in processes: [Int32]) -> [String] {
        var names = (0...2).map { target(pid, "\($0)") ?? "" }
        let outside = pipesThatLeadOut([pid] + processes)
        for index in names.indices where isPipe(names[index]) && !outside.contains(names[index]) { names[index] = "" }
        // The first process may have turned to something else since it started others.
        for index in names.indices where !isPipe(names[index]) {
            for process in processes {
                guard let name = target(process, "\(index)"), outside.contains(name), !names.contains(name) else {
                    continue
                }
                names[index] = name
                break
            }
        }
        return names
    }

    private static func isPipe(_ name: String) -> Bool { name.hasPrefix("pipe:[") }

    private static func target(_ pid: Int32, _ descriptor: String) -> String? {
        try? File.linkTarget("/proc/\(pid)/fd/\(descriptor)")
    }

    private static func pipesThatLeadOut(_ processes: [Int32]) -> Set<String> {
        var readers: Set<String> = []
        var writers: Set<String> = []
        for pid in processes {
            for descriptor in (try? File.names(in: "/proc/\(pid)/fd")) ?? [] {
                guard let name = target(pid, descriptor), isPipe(name), let mode = mode(pid, descriptor) else {
                    continue
                }
                if mode != O_WRONLY { readers.insert(name) }
                if mode != O_RDONLY { writers.insert(name) }
            }
        }
        return readers.symmetricDifference(writers)
    }

    /// The access mode, from the octal `flags:` of fdinfo, see proc(5).
    private static func mode(_ pid: Int32, _ descriptor: String) -> Int32? {
        guard let text = try? File.readText("/proc/\(pid)/fdinfo/\(descriptor)") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("flags:") {
            return Int32(line.dropFirst(6).drop { $0 == "\t" || $0 == " " }, radix: 8).map { $0 & O_ACCMODE }
        }
        return nil
    }
}
