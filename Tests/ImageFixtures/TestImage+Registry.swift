import NIOHTTP1
import OCISpec

extension TestImage {
    /// What a registry answers that has this image under any name and tag.
    package func answer(to request: FakeRegistry.Request) -> FakeRegistry.Answer {
        if request.path == "/v2/" { return .init(.ok) }
        let name = request.path.split(separator: "/").last.map(String.init) ?? ""
        if request.path.contains("/manifests/") {
            return .init(headers: ["Content-Type": manifestDescriptor.mediaType], manifest)
        }
        guard let blob = blobs.first(where: { $0.digest == name }) else { return .init(.notFound) }
        guard let range = request.headers.first(name: "Range"), let start = Int(range.dropFirst(6).dropLast()) else {
            return .init(.ok, blob.bytes)
        }
        let end = blob.bytes.count
        return .init(
            .partialContent, headers: ["Content-Range": "bytes \(start)-\(end - 1)/\(end)"],
            Array(blob.bytes[min(start, end)...]))
    }
}
