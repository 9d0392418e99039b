internal import OCISpec

/// Whether a container's processes end with its first one by themselves.
package enum PIDNamespace {
    private struct Configuration: Decodable {
        struct Linux: Decodable { var namespaces: [Namespace]? }
        struct Namespace: Decodable {
            var type: String
            var path: String?
        }
        var linux: Linux?
    }

    /// True where the configuration makes no PID namespace: the container has the host's or another's. What cannot be
    /// read is taken for one of its own.
    package static func isShared(_ configuration: [UInt8]) -> Bool {
        guard let parsed = try? OCIJSON.decode(Configuration.self, from: configuration) else { return false }
        let own = parsed.linux?.namespaces?.first { $0.type == "pid" }
        return own == nil || own?.path?.isEmpty == false
    }
}
