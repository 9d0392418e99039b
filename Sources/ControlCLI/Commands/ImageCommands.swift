import CLI
import ImageStore

/// `images`: what is in the images' store, which the engine shares.
enum ImageCommands {
    static let all = [
        ControlCommand(
            "check", synopsis: "[FLAGS] [REF...]", summary: "Check that all content of images is here",
            flags: [quiet], run: check),
        ImageTransfer.export, ImageTransfer.load,
        ControlCommand(
            "list", "ls", synopsis: "[FLAGS] [REF...]", summary: "List images", flags: [quiet], run: list),
        ImageMount.mount, ImageMount.unmount, ImageTransfer.pull,
        ControlCommand(
            "delete", "del", "remove", "rm", synopsis: "[FLAGS] REF [REF...]", summary: "Remove images by reference",
            .atLeast(1), flags: [.bool("sync", nil, "Accepted; content always goes at once")], run: remove),
        ControlCommand(
            "tag", synopsis: "[FLAGS] SOURCE TARGET [TARGET...]", summary: "Give an image names", .atLeast(2),
            flags: [.bool("force", nil, "Take a name from the image that has it")], run: tag),
    ]

    private static let quiet = Flag.bool("quiet", "q", "Print only the names")

    /// Every name with its image, in order; those of `wanted` where it names some.
    private static func named(
        _ images: ImageStore, _ wanted: [String]
    ) async throws -> [(name: String, image: Image)] {
        let names = Set(wanted.map(ImageNames.canonical))
        return try await images.images().flatMap { image in
            image.repoTags.map { (ImageNames.canonical($0), image) }
        }.filter { names.isEmpty || names.contains($0.0) }.sorted { $0.0 < $1.0 }
    }

    private static func list(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        let found = try await named(images, invocation.arguments)
        if invocation.flags.bool("quiet") {
            for (name, _) in found { invocation.console.print(name) }
            return 0
        }
        var table = ControlTable("REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS", "LABELS", minimumWidth: 1, padding: 1)
        for (name, image) in found {
            let target = try await images.target(of: image)
            table.add(
                name, target.descriptor.mediaType, target.descriptor.digest, ControlTable.size(target.size),
                platform(of: image), "-")
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static func platform(of image: Image) -> String {
        let configuration = image.configuration
        let parts = [configuration.os, configuration.architecture, configuration.variant ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: "/")
    }

    private static func check(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        var table = ControlTable("REF", "TYPE", "DIGEST", "STATUS", "SIZE", "UNPACKED", minimumWidth: 1, padding: 1)
        for (name, image) in try await named(images, invocation.arguments) {
            let target = try await images.target(of: image)
            let state = try await images.completeness(of: image)
            let isComplete = state.present == state.required
            if invocation.flags.bool("quiet") {
                if isComplete, state.isUnpacked { invocation.console.print(name) }
                continue
            }
            table.add(
                name, target.descriptor.mediaType, target.descriptor.digest,
                "\(isComplete ? "complete" : "incomplete") (\(state.present)/\(state.required))",
                "\(ControlTable.size(state.presentBytes))/\(ControlTable.size(state.requiredBytes))",
                "\(state.isUnpacked)")
        }
        if !invocation.flags.bool("quiet") { invocation.console.print(table.text, terminator: "") }
        return 0
    }

    private static func remove(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        return await invocation.forEachArgument { name in
            // Containers have snapshots, which keep their layers.
            _ = try await images.delete(name, force: true, inUseBy: { _ in [] })
            invocation.console.print(ImageNames.canonical(name))
        }
    }

    private static func tag(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        let source = invocation.arguments[0]
        for target in invocation.arguments.dropFirst() {
            let reference = try ImageReference(parsing: target)
            if !invocation.flags.bool("force"), (try? await images.image(reference.canonical)) != nil {
                throw CommandFailure("image \"\(reference.canonical)\": already exists")
            }
            try await images.tag(source, as: reference)
            invocation.console.print(reference.canonical)
        }
        return 0
    }
}
