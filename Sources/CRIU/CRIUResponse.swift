import CCRIU

/// A message from `criu swrk`.
package enum CRIUResponse: Equatable, Sendable {
    /// The version as one number: 3.17.1 is 31701.
    case version(Int32)
    case features(CRIUFeatures)
    /// A point in the work at which CRIU waits for an answer.
    case notification(point: String, pid: Int32)
    case done
    case failed(errno: Int32, message: String?)

    /// `nil` where the bytes are no message.
    package init?(_ bytes: [UInt8]) {
        guard let message = criu__response__unpack(nil, bytes.count, bytes) else { return nil }
        defer { criu__response__free_unpacked(message, nil) }
        self.init(message.pointee)
    }

    private init(_ message: Criu__Response) {
        guard message.success != 0 else {
            self = .failed(errno: message.error_number, message: message.error_message.map { String(cString: $0) })
            return
        }
        if let notification = message.notification?.pointee, message.kind == CRIU__KIND__NOTIFY {
            self = .notification(
                point: notification.point.map { String(cString: $0) } ?? "", pid: notification.pid)
        } else if let version = message.version?.pointee {
            self = .version(Self.number(version))
        } else if let features = message.features?.pointee {
            self = .features(
                CRIUFeatures(
                    memoryTracking: features.memory_tracking != 0, lazyPages: features.lazy_pages != 0))
        } else {
            self = .done
        }
    }

    /// What is built from a repository counts as the next minor version.
    private static func number(_ version: Criu__Version) -> Int32 {
        let base = version.major &* 10_000 &+ version.minor &* 100
        let fromRepository = version.git.map { $0.pointee != 0 } ?? false
        return fromRepository ? base &+ 100 : base &+ version.sublevel
    }
}
