import EngineAPI
import Glibc
import ImageStore
import OCISpec

/// Docker's view of the image store.
struct ImageService: Sendable {
    let store: ImageStore
    let containers: ContainerService
    let events: EventBroadcaster

    static let filterNames: Set<String> = ["before", "dangling", "label", "reference", "since", "until"]

    func find(_ name: String) async throws -> Image {
        do {
            return try await store.image(name)
        } catch let error as ImageStoreError where error.kind == .notFound {
            throw EngineError(.notFound, "No such image: \(ImageNames.familiar(name))")
        }
    }

    func publish(_ action: String, id: String, name: String? = nil) async {
        var attributes = (try? await store.image(id).configuration.config?.labels) ?? [:]
        attributes["name"] = name ?? id
        await events.publish(.make(type: "image", action: action, id: name ?? id, attributes: attributes))
    }

    // MARK: Lists

    func list(all: Bool, filters: FilterSet, version: APIVersion) async throws -> [ImageSummary] {
        let images = try await store.images()
        let dangling = try filters.flag("dangling")
        let before = try await bound(filters, "before")
        let since = try await bound(filters, "since")
        var summaries: [ImageSummary] = []
        for image in images {
            let created = Self.created(image)
            guard dangling.map({ $0 == image.repoTags.isEmpty }) ?? true,
                before.map({ created < $0 }) ?? true, since.map({ created > $0 }) ?? true,
                filters.allowsLabels(image.configuration.config?.labels ?? [:])
            else { continue }
            var summary = summarize(image, version: version)
            if filters.has("reference") {
                summary.repoTags = summary.repoTags.filter { tag in
                    filters["reference"].contains { Self.matches(tag, $0) }
                }
                guard !summary.repoTags.isEmpty else { continue }
            }
            summaries.append(summary)
        }
        return summaries
    }

    private func bound(_ filters: FilterSet, _ name: String) async throws -> Timestamp? {
        guard let wanted = filters[name].first else { return nil }
        return Self.created(try await find(wanted))
    }

    static func created(_ image: Image) -> Timestamp {
        image.created.flatMap { Timestamp($0) } ?? .never
    }

    /// Whether a tag such as `busybox:1.36` is of a pattern such as `busybox` or `busy*:1.*`.
    static func matches(_ tag: String, _ pattern: String) -> Bool {
        if fnmatch(pattern, tag, FNM_PATHNAME) == 0 { return true }
        let name = tag.lastIndex(of: ":").map { String(tag[..<$0]) } ?? tag
        return fnmatch(pattern, name, FNM_PATHNAME) == 0
    }

    private func summarize(_ image: Image, version: APIVersion) -> ImageSummary {
        var summary = ImageSummary()
        summary.containers = -1
        summary.created = max(0, Self.created(image).seconds)
        summary.id = image.id
        summary.labels = image.configuration.config?.labels
        summary.repoDigests = image.repoDigests
        summary.repoTags = image.repoTags
        summary.sharedSize = -1
        summary.size = image.size
        if version < APIVersion(1, 44) { summary.virtualSize = image.size }
        return summary
    }

    // MARK: Inspection

    func inspect(_ name: String, version: APIVersion) async throws -> ImageInspect {
        let image = try await find(name)
        var inspect = ImageInspect()
        inspect.id = image.id
        inspect.repoTags = image.repoTags
        inspect.repoDigests = image.repoDigests
        inspect.comment = image.configuration.history.last?.comment ?? ""
        inspect.created = image.created ?? ""
        inspect.author = image.configuration.author ?? ""
        inspect.config = Self.describe(image.configuration.config ?? OCISpec.ImageConfig())
        inspect.architecture = image.configuration.architecture
        inspect.os = image.configuration.os
        inspect.variant = image.configuration.variant
        inspect.size = image.size
        if version < APIVersion(1, 44) { inspect.virtualSize = image.size }
        inspect.graphDriver.name = "overlay2"
        inspect.graphDriver.data = [:]
        inspect.rootFS.type = "layers"
        inspect.rootFS.layers = image.layers.map(\.diffID)
        inspect.metadata.lastTagTime = "\(image.lastTagged.map { Timestamp(seconds: $0) } ?? .never)"
        return inspect
    }

    private static func describe(_ config: OCISpec.ImageConfig) -> EngineAPI.ImageConfig {
        var described = EngineAPI.ImageConfig()
        described.user = config.user ?? ""
        described.env = config.env
        described.cmd = config.cmd
        described.entrypoint = config.entrypoint
        described.labels = config.labels
        described.workingDir = config.workingDir ?? ""
        described.stopSignal = config.stopSignal
        described.onBuild = config.onBuild
        described.shell = config.shell
        described.exposedPorts = config.exposedPorts.map { $0.mapValues { _ in EngineAPI.EmptyObject() } }
        described.volumes = config.volumes.map { $0.mapValues { _ in EngineAPI.EmptyObject() } }
        return described
    }

    func history(_ name: String) async throws -> [ImageHistoryItem] {
        let image = try await find(name)
        var layers = image.layers[...]
        var items: [ImageHistoryItem] = []
        for entry in image.configuration.history {
            var item = ImageHistoryItem()
            item.id = "<missing>"
            item.created = entry.created.flatMap { Timestamp($0) }?.seconds ?? 0
            item.createdBy = entry.createdBy ?? ""
            item.comment = entry.comment ?? ""
            if entry.emptyLayer != true, let layer = layers.popFirst() { item.size = layer.size }
            items.append(item)
        }
        if var last = items.popLast() {
            last.id = image.id
            last.tags = image.repoTags.isEmpty ? nil : image.repoTags
            items.append(last)
        }
        return items.reversed()
    }

    // MARK: Changes

    func tag(_ name: String, repository: String, tag: String) async throws {
        let image = try await find(name)
        let text = tag.isEmpty ? repository : "\(repository):\(tag)"
        let reference = try Self.reference(text)
        guard reference.digest == nil else {
            throw EngineError(.invalidParameter, "refusing to create a tag with a digest reference")
        }
        try await store.tag(image.id, as: reference)
        await publish("tag", id: image.id, name: reference.familiar)
    }

    func delete(_ name: String, force: Bool) async throws -> [ImageDeleteResponseItem] {
        let image = try await find(name)
        let deletions: [ImageDeletion]
        do {
            deletions = try await store.delete(name, force: force) { id in
                await containers.imageUsers(id)
            }
        } catch let error as ImageStoreError where error.kind == .notFound {
            throw EngineError(.notFound, "No such image: \(ImageNames.familiar(name))")
        }
        var items: [ImageDeleteResponseItem] = []
        for deletion in deletions {
            var item = ImageDeleteResponseItem()
            switch deletion {
            case .untagged(let name):
                item.untagged = name
                await publish("untag", id: image.id)
            case .deleted(let digest):
                item.deleted = digest
                if digest == image.id { await publish("delete", id: image.id) }
            }
            items.append(item)
        }
        return items
    }

    func prune(_ filters: FilterSet) async throws -> ImagesPruneResponse {
        let onlyDangling = try filters.flag("dangling") ?? true
        var response = ImagesPruneResponse()
        for image in try await store.images() {
            guard !onlyDangling || image.repoTags.isEmpty,
                filters.allowsLabels(image.configuration.config?.labels ?? [:]),
                await containers.imageUsers(image.id).isEmpty
            else { continue }
            let items = try await delete(image.id, force: true)
            response.imagesDeleted = (response.imagesDeleted ?? []) + items
            response.spaceReclaimed += image.size
        }
        return response
    }

    static func reference(_ text: String) throws(EngineError) -> ImageReference {
        do {
            return try ImageReference(parsing: text)
        } catch {
            throw EngineError(.invalidParameter, "\(error)")
        }
    }
}
