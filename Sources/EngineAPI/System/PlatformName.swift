/// The name of the product that serves the API.
package struct PlatformName: Codable, Equatable, Sendable {
    @Zero package var name: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
    }
}

extension PlatformName: ZeroValue {
    package static var zero: PlatformName { PlatformName() }
}
