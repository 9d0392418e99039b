/// A port of a summary.
package struct PortSummary: Codable, Equatable, Sendable {
    package var ip: String?
    @Zero package var privatePort: UInt16
    package var publicPort: UInt16?
    @Zero package var type: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case ip = "IP"
        case privatePort = "PrivatePort"
        case publicPort = "PublicPort"
        case type = "Type"
    }
}
