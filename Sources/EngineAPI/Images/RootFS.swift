/// The layers of an image.
package struct RootFS: Codable, Equatable, Sendable {
    @Zero package var type: String
    package var layers: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case layers = "Layers"
    }
}

extension RootFS: ZeroValue {
    package static var zero: RootFS { RootFS() }
}
