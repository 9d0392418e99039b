import FoundationEssentials
import Glibc

/// What the engine tells about the machine.
enum Host {
    static var kernelVersion: String { name(\.release) }
    static var architecture: String { name(\.machine) }
    static var hostName: String { name(\.nodename) }

    /// The architecture by Go's name, as images and the API use it.
    static var goArchitecture: String {
        switch architecture {
        case "x86_64": "amd64"
        case "aarch64": "arm64"
        default: architecture
        }
    }

    static var processors: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }
    static var memory: Int64 { Int64(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))) }

    /// The distribution's name and version from os-release.
    static var operatingSystem: (name: String, version: String) {
        guard let data = try? Data(contentsOf: URL(filePath: "/etc/os-release")) else { return ("Linux", "") }
        var fields: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = parts[1].trimming { $0 == "\"" }
        }
        return (fields["PRETTY_NAME"] ?? "Linux", fields["VERSION_ID"] ?? "")
    }

    /// Whether a file of the kernel's holds `1`.
    static func isOn(_ path: String) -> Bool {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return false }
        return data.first == UInt8(ascii: "1")
    }

    private static func name<Field>(_ field: KeyPath<utsname, Field>) -> String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names[keyPath: field]) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
