/// The snapshotter's data about a container's or image's file system.
package struct GraphDriver: Codable, Equatable, Sendable {
    @Nullable package var data: [String: String]?
    @Zero package var name: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case data = "Data"
        case name = "Name"
    }
}

extension GraphDriver: ZeroValue {
    package static var zero: GraphDriver { GraphDriver() }
}
