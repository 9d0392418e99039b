import NIOHTTP1
import OCISpec

/// Reads a registry's errors (distribution specification, error codes).
enum RegistryAnswer {
    private struct Document: Decodable {
        struct Item: Decodable {
            let code: String?
            let message: String?
        }
        let errors: [Item]?
    }

    /// The first error of a document, as Docker prints it: `manifest unknown: manifest unknown`.
    static func code(_ body: [UInt8]) -> (code: String, text: String)? {
        guard let item = try? OCIJSON.decode(Document.self, from: body).errors?.first, let code = item.code else {
            return nil
        }
        let words = code.lowercased().split(separator: "_").joined(separator: " ")
        let message = item.message.flatMap { $0.isEmpty ? nil : $0 } ?? words
        return (code, "\(words): \(message)")
    }

    /// - Parameter isManifest: whether a manifest was asked for, which is what a bare 404 says is missing.
    static func error(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8], isManifest: Bool = false
    ) -> RegistryError {
        let code = code(body)
        switch (status.code, code?.code) {
        case (_, "DENIED"), (403, _):
            return .denied(code?.text ?? "denied: requested access to the resource is denied")
        case (_, "TOOMANYREQUESTS"), (429, _):
            return .rejected(code?.text ?? "toomanyrequests: too many requests to registry")
        case (401, _):
            let challenges = headers["WWW-Authenticate"].flatMap(AuthenticationChallenge.parse)
            if challenges.contains(where: { $0.parameters["error"] == "insufficient_scope" }) {
                return .denied("denied: requested access to the resource is denied")
            }
            return .unauthorized(code?.text ?? "unauthorized: authentication required")
        case (_, "NAME_UNKNOWN"):
            return .repositoryUnknown(code?.text ?? "name unknown: repository name not known to registry")
        case (_, "MANIFEST_UNKNOWN"):
            return .manifestUnknown(code?.text ?? "manifest unknown: manifest unknown")
        case (404, nil) where isManifest:
            return .manifestUnknown("manifest unknown: manifest unknown")
        default:
            return .rejected(code?.text ?? "received unexpected HTTP status: \(status.code) \(status.reasonPhrase)")
        }
    }
}
