import CLI
import Glibc
import ImageStore
import LinuxSystem
import Synchronization

/// Images to and from registries and archives.
enum ImageTransfer {
    static let pull = ControlCommand(
        "pull", synopsis: "[FLAGS] REF", summary: "Pull an image from a registry and unpack it", .exactly(1),
        flags: RegistryFlags.all + [.bool("print-chainid", nil, "Print the image's chain id")]
    ) { invocation in
        let image = try await fetch(invocation)
        if invocation.flags.bool("print-chainid") {
            invocation.console.print("image chain ID: \(image.layers.last?.chainID ?? "")")
        }
        return 0
    }

    /// Pulls what the command's argument names.
    static func fetch(_ invocation: ControlInvocation) async throws -> Image {
        let flags = invocation.flags
        let reference = try ImageReference(parsing: invocation.arguments[0])
        let images = try await invocation.context.images(
            RegistryFlags.configuration(flags, domain: reference.domain))
        let console = invocation.console
        let progress = ProgressPrinter(isTerminal: console.isOutputTerminal, output: console.output)
        let image = try await images.pull(
            reference, platform: try RegistryFlags.platform(flags), credentials: RegistryFlags.credentials(flags)
        ) { step in
            progress.show(step)
        }
        console.print("\(reference.canonical): done")
        return image
    }

    static let load = ControlCommand(
        "import", synopsis: "[FLAGS] FILE|-", summary: "Import images from an OCI or Docker archive", .exactly(1),
        flags: [.string("base-name", nil, "Repository for an image that has no name", placeholder: "name")], run: load)

    private static func load(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        let path = invocation.arguments[0]
        let descriptor = path == "-" ? invocation.console.input : try FileBytes.open(path)
        defer { if path != "-" { close(descriptor) } }
        let loaded = try await images.load(fromFileDescriptor: descriptor) { _ in }
        var unnamed = 0
        for image in loaded {
            switch image {
            case .named(let name, let id):
                invocation.console.print("unpacking \(ImageNames.canonical(name)) (\(id))...done")
            case .unnamed(let id):
                unnamed += 1
                guard invocation.flags.isSet("base-name"), unnamed == 1 else {
                    invocation.console.print("unpacking \(id)...done")
                    continue
                }
                let reference = try ImageReference(parsing: invocation.flags.string("base-name"))
                try await images.tag(id, as: reference)
                invocation.console.print("unpacking \(reference.canonical) (\(id))...done")
            }
        }
        return 0
    }

    static let export = ControlCommand(
        "export", synopsis: "[FLAGS] FILE|- REF [REF...]", summary: "Export images as an OCI archive", .atLeast(2),
        flags: [.bool("skip-manifest-json", nil, "Do not add Docker's manifest.json")]
    ) { invocation in
        let images = try await invocation.context.images()
        let path = invocation.arguments[0]
        let names = Array(invocation.arguments.dropFirst())
        let docker = !invocation.flags.bool("skip-manifest-json")
        guard path != "-" else {
            try await images.export(names, toFileDescriptor: invocation.console.output, withDockerManifest: docker)
            return 0
        }
        // A name that is none is told before a file is made.
        for name in names { _ = try await images.image(name) }
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try await images.export(names, toFileDescriptor: file.rawValue, withDockerManifest: docker)
        return 0
    }
}

/// Shows steps of a pull as `docker pull` does; they come from several threads.
private final class ProgressPrinter: Sendable {
    private let display: Mutex<ProgressDisplay>
    private let output: Int32

    init(isTerminal: Bool, output: Int32) {
        display = Mutex(ProgressDisplay(isTerminal: isTerminal))
        self.output = output
    }

    func show(_ step: PullProgress) {
        var fields: [(String, JSONValue)] = [("status", .string(step.status))]
        if let id = step.id { fields.append(("id", .string(id))) }
        if let current = step.current {
            fields.append(
                ("progressDetail", ["current": JSONValue(current), "total": JSONValue(step.total ?? 0)]))
        }
        display.withLock { display in
            // A step that cannot be shown is no reason to stop.
            guard let text = try? display.render(.object(JSONObject(fields))) else { return }
            Console.write(Array(text.utf8)[...], to: output)
        }
    }
}
