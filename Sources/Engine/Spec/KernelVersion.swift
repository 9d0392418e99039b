/// The first two numbers of a kernel's release.
package struct KernelVersion: Sendable, Hashable, Comparable {
    package var kernel: UInt
    package var major: UInt

    package init(_ kernel: UInt, _ major: UInt) {
        self.kernel = kernel
        self.major = major
    }

    /// Reads a release such as `6.18.4-amd64`; what follows the second number is ignored.
    package init?(release: some StringProtocol) {
        let parts = release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let kernel = UInt(parts[0]),
            let major = UInt(parts[1].prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.init(kernel, major)
    }

    /// Reads exactly two numbers, as a seccomp profile has them.
    init?(twoNumbers text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let kernel = UInt(parts[0]), let major = UInt(parts[1]), kernel + major > 0
        else { return nil }
        self.init(kernel, major)
    }

    package static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.kernel, left.major) < (right.kernel, right.major)
    }
}
