import EngineAPI
package import Logging
import NIOCore
package import NIOHTTP1

/// The Engine API on HTTP: finds the route, checks the version and tells errors.
package struct APIService: HTTPService {
    private let router: Router
    private let logger: Logger

    package let commonHeaders: HTTPHeaders

    package init(router: Router, logger: Logger) {
        self.router = router
        self.logger = logger
        commonHeaders = [
            "Api-Version": "\(APIVersion.current)",
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": "Skiff/\(SkiffVersion.number) (linux)",
        ]
    }

    package func work(for head: HTTPRequestHead, body: RequestBody) -> HTTPWork {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = parts[0].split(separator: "/").map { PercentCoding.decode($0) }
        let (version, path) = Router.splitVersion(segments)
        do {
            try version?.checkSupported()
        } catch {
            return failing(error)
        }
        guard let (route, parameters) = router.route(head.method, path) else {
            return failing(EngineError(.notFound, "page not found"))
        }
        let request = HTTPRequest(
            method: head.method, version: version ?? .current, query: QueryParameters(parts.count > 1 ? parts[1] : ""),
            headers: head.headers, body: body, parameters: parameters)
        let logger = logger
        let uri = head.uri
        return HTTPWork(endsWithClient: route.endsWithClient) { responder in
            logger.debug("Calling \(request.method.rawValue) \(uri)")
            do {
                try await route.handler(request, responder)
            } catch {
                if error is ChannelError || error is IOError {
                    // The client went away; nobody is left to be told.
                    logger.debug("Client of \(request.method.rawValue) \(uri) is gone: \(error)")
                    return responder.abandon()
                }
                let told = ErrorMapping.engineError(for: error)
                if told.kind == .internal {
                    logger.error("Handler for \(request.method.rawValue) \(uri) returned error: \(told.message)")
                }
                await responder.send(told)
            }
        }
    }

    private func failing(_ error: EngineError) -> HTTPWork {
        HTTPWork(endsWithClient: false) { responder in await responder.send(error) }
    }
}
