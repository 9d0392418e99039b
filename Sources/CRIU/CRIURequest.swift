/// A message to `criu swrk`.
package enum CRIURequest: Equatable, Sendable {
    case version
    /// Asks which of the features are there.
    case features(CRIUFeatures)
    case preDump(CRIUOptions)
    case dump(CRIUOptions)
    case restore(CRIUOptions)
    /// The answer to a notification.
    case notified

    /// CRIU's name of the request.
    package var name: String {
        switch self {
        case .version: "VERSION"
        case .features: "FEATURE_CHECK"
        case .preDump: "PRE_DUMP"
        case .dump: "DUMP"
        case .restore: "RESTORE"
        case .notified: "NOTIFY"
        }
    }
}

/// What not every kernel or CRIU can do.
package struct CRIUFeatures: Equatable, Sendable {
    package var memoryTracking: Bool
    package var lazyPages: Bool

    package init(memoryTracking: Bool = false, lazyPages: Bool = false) {
        self.memoryTracking = memoryTracking
        self.lazyPages = lazyPages
    }
}
