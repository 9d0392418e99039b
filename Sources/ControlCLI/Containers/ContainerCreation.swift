import CLI
import CLinux
import Engine
import Glibc
import ImageStore
import LinuxSystem
import OCISpec
import SupervisorClient

/// Makes a container's record, with its snapshot where it is of an image.
struct ContainerCreation {
    private static let stopSignalLabel = "io.containerd.image.config.stop-signal"

    let flags: ParsedFlags
    let arguments: [String]
    let context: ControlContext
    let id: String
    /// The image's name or the root directory; empty where a bundle or specification says what the root is.
    private let source: String
    private let command: [String]

    /// Reads `[IMAGE|ROOTFS] ID [COMMAND…]`.
    init(_ invocation: ControlInvocation) throws(CommandFailure) {
        flags = invocation.flags
        arguments = invocation.arguments
        context = invocation.context
        // As in ctr, a specification of one's own comes without an image.
        let hasSource = !flags.isSet("bundle") && !(flags.isSet("config") && !flags.bool("rootfs"))
        var rest = arguments[...]
        source = hasSource ? rest.popFirst() ?? "" : ""
        guard !hasSource || !source.isEmpty else { throw CommandFailure("image ref or rootfs must be provided") }
        guard let id = rest.popFirst(), !id.isEmpty else { throw CommandFailure("container id must be provided") }
        self.id = id
        command = Array(rest)
        if let name = ["snapshotter"].first(where: { flags.isSet($0) }), flags.string(name) != "overlayfs" {
            throw CommandFailure("snapshotter \"\(flags.string(name))\" is not known: use overlayfs")
        }
    }

    /// The key of the container's snapshot. The prefix keeps it apart from the engine's.
    static func snapshotKey(namespace: String, id: String) -> String { "ctr.\(namespace).\(id)" }

    func run() async throws -> SupervisorClient.Container {
        var container = SupervisorClient.Container()
        container.namespace = context.namespace
        container.id = id
        let choice = RuntimeChoice(flags)
        container.shim = choice.shim
        container.runtime = choice.runtime
        let client = try await context.client()
        guard !source.isEmpty, !flags.bool("rootfs") else {
            container.spec = .init(try OCIJSON.encode(try specificationWithoutImage()))
            container.labels = ControlInvocation.map(flags.list("label"))
            return try await client.createContainer(container)
        }
        return try await ofImage(container, client)
    }

    private func specificationWithoutImage() throws -> Spec {
        if flags.isSet("bundle") { return try BundleSpecification.read(flags.string("bundle")) }
        if flags.isSet("config") {
            var spec = try OCIJSON.decode(Spec.self, from: try FileBytes.read(flags.string("config")))
            if flags.bool("rootfs") { spec.root = Root(path: try File.canonicalPath(source)) }
            return spec
        }
        var builder = builder
        try builder.apply(arguments: command)
        let root = try File.canonicalPath(source)
        let directory = try Descriptor.open(root, Int32(LINUX_O_PATH) | O_DIRECTORY)
        try builder.applyUser(image: nil, root: directory.rawValue)
        var spec = builder.spec
        spec.root = Root(path: root, readonly: flags.bool("read-only"))
        return spec
    }

    private var builder: SpecificationBuilder {
        SpecificationBuilder(
            cgroupsPath: "/\(context.namespace)/\(id)", flags: flags, environment: context.environment)
    }

    /// The record comes last, so that one that is there has its snapshot.
    private func ofImage(
        _ template: SupervisorClient.Container, _ client: SupervisorClient
    ) async throws -> SupervisorClient.Container {
        var container = template
        let images = try await context.images()
        let image = try await images.image(source)
        let key = ContainerCreation.snapshotKey(namespace: context.namespace, id: id)
        let mount: SnapshotMount
        do {
            mount = try await images.prepareSnapshot(key, from: image)
        } catch ImageStoreError.snapshotExists {
            throw CommandFailure("container \"\(id)\": snapshot \(key) already exists")
        }
        do {
            var builder = builder
            builder.apply(image: image.configuration.config)
            try builder.apply(arguments: command)
            let view = try RootView(mount)
            try builder.applyUser(image: image.configuration.config?.user, root: view.descriptor.rawValue)
            container.spec = .init(try OCIJSON.encode(builder.spec))
            container.image = ImageNames.canonical(source)
            container.snapshotKey = key
            container.labels = image.configuration.config?.labels ?? [:]
            container.labels[Self.stopSignalLabel] = image.configuration.config?.stopSignal ?? "SIGTERM"
            container.labels.merge(ControlInvocation.map(flags.list("label"))) { $1 }
            return try await client.createContainer(container)
        } catch {
            try? await images.removeSnapshot(key)
            throw error
        }
    }
}

/// A bundle's specification, with its paths made absolute.
enum BundleSpecification {
    static func read(_ bundle: String) throws -> Spec {
        var spec = try OCIJSON.decode(Spec.self, from: try FileBytes.read("\(bundle)/config.json"))
        if let root = spec.root {
            spec.root?.path = try File.canonicalPath(root.path.hasPrefix("/") ? root.path : "\(bundle)/\(root.path)")
        }
        return spec
    }
}
