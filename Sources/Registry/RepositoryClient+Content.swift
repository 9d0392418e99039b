import AsyncHTTPClient
package import NIOCore
import NIOHTTP1

extension RepositoryClient {
    /// How much of an error's document is read.
    private static let maximumErrorDocument = 1 << 20

    /// Gets a manifest or index.
    ///
    /// - Parameter reference: a tag or a digest.
    /// - Parameter mediaTypes: what the caller understands.
    package func manifest(_ reference: String, accepting mediaTypes: [String]) async throws -> RegistryManifest {
        let path = "\(repository)/manifests/\(reference)"
        var headers = HTTPHeaders()
        for type in mediaTypes { headers.add(name: "Accept", value: type) }
        let response = try await request(path, headers: headers)
        guard response.status == .ok else { throw await error(response, isManifest: true) }
        let length = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard length <= RegistryManifest.maximumSize else { throw Self.tooLarge(path) }
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: RegistryManifest.maximumSize)
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge(path)
        } catch {
            throw broken(path, error)
        }
        try Task.checkCancellation()
        let type = response.headers.first(name: "Content-Type") ?? ""
        return RegistryManifest(
            bytes: Array(body.readableBytesView),
            mediaType: String(type.prefix { $0 != ";" && $0 != " " }).lowercased(),
            digest: response.headers.first(name: "Docker-Content-Digest"))
    }

    /// Gets a blob, or the rest of one.
    ///
    /// - Parameter offset: how much of it the caller has.
    /// - Parameter begin: hears from where on the registry sends it, which is `offset` or 0.
    /// - Parameter take: hears of the bytes in order. The next are only read when it is done.
    package func blob(
        _ digest: String, from offset: Int64, begin: (Int64) async throws -> Void,
        take: (ByteBuffer) async throws -> Void
    ) async throws {
        let path = "\(repository)/blobs/\(digest)"
        var headers = HTTPHeaders([("Accept-Encoding", "identity")])
        if offset > 0 { headers.add(name: "Range", value: "bytes=\(offset)-") }
        let response = try await request(path, headers: headers)
        switch response.status {
        case .ok:
            try await begin(0)
        case .partialContent:
            let range = response.headers.first(name: "Content-Range") ?? ""
            guard range.lowercased().hasPrefix("bytes \(offset)-") else {
                throw RegistryError.malformed("the registry sent the range \"\(range)\" of blob \(digest) unasked")
            }
            try await begin(offset)
        default:
            throw await error(response)
        }
        var parts = response.body.makeAsyncIterator()
        while let part = try await next(&parts, path) { try await take(part) }
        // A cancelled task's body ends early and quietly.
        try Task.checkCancellation()
    }

    private func next(
        _ parts: inout HTTPClientResponse.Body.AsyncIterator, _ path: String
    ) async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch {
            throw broken(path, error)
        }
    }

    /// What a refusal says.
    private func error(_ response: HTTPClientResponse, isManifest: Bool = false) async -> any Error {
        // Without its document the status has to do.
        let body = try? await response.body.collect(upTo: Self.maximumErrorDocument)
        if Task.isCancelled { return CancellationError() }
        return RegistryAnswer.error(
            response.status, response.headers, body.map { Array($0.readableBytesView) } ?? [], isManifest: isManifest)
    }

    private static func tooLarge(_ path: String) -> RegistryError {
        .malformed("the manifest \(path) is larger than \(RegistryManifest.maximumSize) bytes")
    }
}
