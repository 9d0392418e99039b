import LinuxSystem

/// A netlink request that the kernel refused.
package struct NetlinkError: Error, Equatable {
    /// What was asked, such as `create veth pair`.
    package let operation: String
    /// The link, address or namespace it was about.
    package let subject: String
    package let errno: Int32
    /// The kernel's extended acknowledgement text, where it gave one.
    package let detail: String?

    package init(operation: String, subject: String, errno: Int32, detail: String? = nil) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.detail = detail
    }
}

extension NetlinkError: CustomStringConvertible {
    package var description: String {
        let reason = SystemError.text(of: errno)
        return "\(operation) \(subject): \(reason)" + (detail.map { " (\($0))" } ?? "")
    }
}
