/// A word of `--network`, `--pid`, `--ipc`, `--uts` or `--cgroupns`.
package struct NamespaceMode: Sendable, Equatable {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package var isHost: Bool { text == "host" }

    /// The name or id in `container:<name or id>`.
    package var sharedContainer: String? {
        text.hasPrefix("container:") ? String(text.dropFirst("container:".count)) : nil
    }

    /// Neither the host's nor another container's.
    package var isPrivate: Bool { !isHost && sharedContainer == nil }
}
