/// What `start` prints: where the shim is to be found.
package enum BootstrapAnswer {
    /// The version of the task service that callers who can choose are told to use.
    private static let taskVersion = 3

    /// A caller that announces version 3 or later (containerd 2) reads parameters as JSON; older ones read a bare
    /// address, and so does one that announces nothing.
    package static func text(address: String, latestVersion: String?) -> String {
        guard let latestVersion, let latest = Int(latestVersion), latest >= taskVersion else { return address }
        return #"{"version":\#(taskVersion),"address":"\#(address)","protocol":"ttrpc"}"#
    }
}
