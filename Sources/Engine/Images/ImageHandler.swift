import EngineAPI
import ImageStore
import NIOHTTP1
import OCISpec
import Registry

/// `/images/…`.
struct ImageHandler: Sendable {
    let service: ImageService
    let work: FileWork

    func register(in router: inout Router) {
        let service = service
        router.on(.GET, "/images/json") { request, responder in
            let filters = try FilterSet(parsing: request.query["filters"], allowed: ImageService.filterNames)
            try await responder.send(
                json: try await service.list(
                    all: request.query.flag("all"), filters: filters, version: request.version))
        }
        router.on(.POST, "/images/create", endsWithClient: true) { request, responder in
            try await pull(request, responder)
        }
        router.on(.POST, "/images/load", endsWithClient: true) { request, responder in
            try await load(request, responder)
        }
        router.on(.POST, "/images/prune") { request, responder in
            let filters = try FilterSet(parsing: request.query["filters"], allowed: ["dangling", "label", "until"])
            try await responder.send(json: try await service.prune(filters))
        }
        router.on(.GET, "/images/{name...}/json") { request, responder in
            try await responder.send(
                json: try await service.inspect(request.parameter("name"), version: request.version))
        }
        router.on(.GET, "/images/{name...}/history") { request, responder in
            try await responder.send(json: try await service.history(request.parameter("name")))
        }
        router.on(.POST, "/images/{name...}/tag") { request, responder in
            try await service.tag(
                request.parameter("name"), repository: request.query["repo"] ?? "", tag: request.query["tag"] ?? "")
            try await responder.send(.created)
        }
        router.on(.DELETE, "/images/{name...}") { request, responder in
            try await responder.send(
                json: try await service.delete(
                    request.parameter("name"), force: request.query.flag("force")))
        }
    }

    private func pull(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        guard let name = request.query["fromImage"], !name.isEmpty else {
            throw EngineError(.notImplemented, "import of a root file system is not supported yet")
        }
        let tag = request.query["tag"] ?? ""
        let separator = tag.hasPrefix("sha256:") ? "@" : ":"
        let reference = try ImageService.reference(tag.isEmpty ? name : name + separator + tag)
        let platform = try request.query["platform"].flatMap { try PlatformText.parse($0) }
        let credentials = try RegistryAuthHeader.parse(request.headers.first(name: "X-Registry-Auth"))
        let service = service
        try await ProgressStream(responder: responder).run { progress in
            let image = try await service.store.pull(
                reference, platform: platform, credentials: credentials, progress: progress)
            await service.publish("pull", id: image.id, name: reference.familiar)
            return []
        }
    }

    private func load(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let quiet = request.query.flag("quiet")
        let (service, work, body) = (service, work, request.body)
        try await ProgressStream(responder: responder).run { progress in
            let pipe = try BodyPipe()
            let loaded = try await pipe.feed(body, on: work) { descriptor in
                try await service.store.load(fromFileDescriptor: descriptor) { if !quiet { progress($0) } }
            }
            for image in loaded { await service.publish("load", id: image.id) }
            return loaded.map { "\($0)\n" }
        }
    }
}
