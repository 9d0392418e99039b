/// A version of the Engine API, such as 1.51.
package struct APIVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    /// The oldest version served.
    package static let minimum = APIVersion(1, 24)
    /// The newest version served.
    package static let current = APIVersion(1, 51)

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major, minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// Refuses a version that is not served, in dockerd's words.
    package func checkSupported() throws(EngineError) {
        if self < .minimum {
            throw EngineError(
                .invalidParameter,
                "client version \(self) is too old. Minimum supported API version is \(APIVersion.minimum), "
                    + "please upgrade your client to a newer version")
        }
        if self > .current {
            throw EngineError(
                .invalidParameter,
                "client version \(self) is too new. Maximum supported API version is \(APIVersion.current)")
        }
    }
}
