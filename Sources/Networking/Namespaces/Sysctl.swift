import LinuxSystem

/// Kernel settings of the calling thread's network namespace.
enum Sysctl {
    static func set(_ name: String, to value: String) throws(SystemError) {
        try File.write(value, to: path(name))
    }

    static func get(_ name: String) -> String? {
        guard let text = try? File.readText(path(name), limit: 4096) else { return nil }
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }

    static func path(_ name: String) -> String { "/proc/sys/" + name }
}
