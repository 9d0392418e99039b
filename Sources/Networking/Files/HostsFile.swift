/// A container's /etc/hosts (hosts(5)).
package enum HostsFile {
    private static let standard = """
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::\tip6-localnet
        ff00::\tip6-mcastprefix
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters

        """

    /// A name the user adds with `--add-host name:address`.
    package struct ExtraHost: Equatable, Sendable {
        package let name: String
        package let address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }

        /// Takes `name:address` or `name=address`, the address in brackets or not; the address `host-gateway` stands for
        /// the host as seen from the container.
        package init?(parsing text: String, gateway: String?) {
            guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
            let name = String(text[..<separator])
            var value = String(text[text.index(after: separator)...])
            if value.hasPrefix("["), value.hasSuffix("]") { value = String(value.dropFirst().dropLast()) }
            if value == "host-gateway" {
                guard let gateway else { return nil }
                value = gateway
            }
            guard !name.isEmpty, !name.contains(where: \.isWhitespace), IPAddress(parsing: value) != nil else {
                return nil
            }
            self.name = name
            address = value
        }
    }

    /// - Parameters:
    ///   - address: the container's address; nil leaves its own name out, as for `--network none`.
    ///   - hostname: the container's host name.
    ///   - domain: makes the line name `hostname.domain` first.
    package static func render(
        address: String?, hostname: String, domain: String = "", extra: [ExtraHost] = []
    ) -> String {
        var text = standard
        for host in extra { text += "\(host.address)\t\(host.name)\n" }
        if let address {
            text += "\(address)\t" + (domain.isEmpty ? hostname : "\(hostname).\(domain) \(hostname)") + "\n"
        }
        return text
    }
}
