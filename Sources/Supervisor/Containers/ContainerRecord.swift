internal import SupervisorProtocol
internal import SwiftProtobuf

/// What a container is made of, as JSON in the supervisor's root directory.
struct ContainerRecord: Codable, Sendable {
    var namespace: String
    var id: String
    var image: String
    var snapshotKey: String
    var labels: [String: String]
    var shim: String
    var runtime: String
    /// The OCI runtime configuration's text.
    var spec: String
    var createdAt: Moment
    var updatedAt: Moment

    init(_ container: Skiff_Supervisor_V1_Container, at now: Moment) throws(SupervisorError) {
        guard let spec = String(validating: container.spec, as: UTF8.self), !spec.isEmpty else {
            throw .invalid("container \(container.id) has no spec")
        }
        try LabelRules.check(container.labels)
        namespace = container.namespace
        id = container.id
        image = container.image
        snapshotKey = container.snapshotKey
        labels = container.labels
        shim = container.shim
        runtime = container.runtime
        self.spec = spec
        createdAt = now
        updatedAt = now
    }

    var message: Skiff_Supervisor_V1_Container {
        .with {
            $0.namespace = namespace
            $0.id = id
            $0.image = image
            $0.snapshotKey = snapshotKey
            $0.labels = labels
            $0.shim = shim
            $0.runtime = runtime
            $0.spec = .init(spec.utf8)
            $0.createdAt = createdAt.timestamp
            $0.updatedAt = updatedAt.timestamp
        }
    }
}
