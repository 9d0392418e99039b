/// What the engine knows about an image beside its content.
package struct ImageMetadata: Codable, Equatable, Sendable {
    @Zero package var lastTagTime: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case lastTagTime = "LastTagTime"
    }
}

extension ImageMetadata: ZeroValue {
    package static var zero: ImageMetadata { ImageMetadata() }
}
