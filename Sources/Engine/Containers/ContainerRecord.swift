package import EngineAPI
package import Networking

/// What the engine remembers of a container over its own restarts.
package struct ContainerRecord: Codable, Sendable {
    package enum Phase: String, Codable, Sendable {
        case created
        case running
        case paused
        case restarting
        case exited
        case removing
        case dead
    }

    package let id: String
    /// Without Docker's leading slash.
    package var name: String
    package let created: Timestamp
    /// The image's id, and its name as the user gave it.
    package let imageID: String
    package let image: String
    /// With the image's configuration merged in.
    package var config: ContainerConfig
    package var hostConfig: HostConfig
    package let path: String
    package let arguments: [String]
    package var mounts: [MountRecord]
    package let runtime: String

    package var phase = Phase.created
    package var pid = 0
    package var exitCode = 0
    package var error = ""
    package var oomKilled = false
    package var startedAt = Timestamp.never
    package var finishedAt = Timestamp.never
    package var restartCount = 0
    /// The user has stopped it, so that policies that honour that do not start it again.
    package var stoppedByUser = false
    package var endpoint: Endpoint?

    package init(
        id: String, name: String, imageID: String, image: String, config: ContainerConfig, hostConfig: HostConfig,
        path: String, arguments: [String], mounts: [MountRecord], runtime: String
    ) {
        self.id = id
        self.name = name
        created = .now
        self.imageID = imageID
        self.image = image
        self.config = config
        self.hostConfig = hostConfig
        self.path = path
        self.arguments = arguments
        self.mounts = mounts
        self.runtime = runtime
    }
}

/// A bind mount, volume or tmpfs of a container, as it was asked for.
package struct MountRecord: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case bind
        case volume
        case tmpfs
    }

    package var kind: Kind
    /// The volume's name.
    package var name: String?
    package var source: String
    package var destination: String
    package var driver: String?
    package var mode = ""
    package var writable = true
    package var propagation = ""
    /// The volume gets what the image has at the destination, when it is empty.
    package var copiesImageContent = false
    /// The volume has no name of the user's and goes with its container.
    package var isAnonymous = false
    /// A bind mount's source directory is made when it is missing.
    package var createsSource = false
    package var nonRecursive = false
    package var readOnlyNonRecursive = false
    package var readOnlyForceRecursive = false
    package var tmpfsOptions = ""

    package init(_ kind: Kind, source: String, destination: String) {
        self.kind = kind
        self.source = source
        self.destination = destination
    }
}
