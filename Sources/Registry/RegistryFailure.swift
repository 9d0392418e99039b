import AsyncHTTPClient
import Glibc
import LinuxSystem
import NIOCore
import NIOPosix
import NIOSSL

/// Puts failures of connections into the words that Docker's users know.
enum RegistryFailure {
    static func reason(_ error: any Error, host: String, scheme: String) -> String {
        switch error {
        case let error as NIOConnectionError: connection(error, host: host, scheme: scheme)
        case let error as IOError: io(error, host: host, scheme: scheme)
        case let error as HTTPClientError: client(error, host: host)
        case is NIOSSLError, is BoringSSLError: tls("\(error)")
        default: tls("\(error)")
        }
    }

    private static func connection(_ error: NIOConnectionError, host: String, scheme: String) -> String {
        if let failure = error.connectionErrors.first {
            let address = "\(failure.target.ipAddress ?? error.host):\(failure.target.port ?? error.port)"
            guard let cause = failure.error as? IOError else { return "dial tcp \(address): \(failure.error)" }
            return "dial tcp \(address): connect: \(SystemError.text(of: cause.errnoCode))"
        }
        return "dial tcp: lookup \(error.host): no such host"
    }

    /// A host that is an address fails without the list of addresses that were tried.
    private static func io(_ error: IOError, host: String, scheme: String) -> String {
        let text = SystemError.text(of: error.errnoCode)
        guard [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode) else { return text }
        let hasPort = InsecureRegistries.withoutPort(host) != host && !host.hasSuffix("]")
        return "dial tcp \(hasPort ? host : host + (scheme == "https" ? ":443" : ":80")): connect: \(text)"
    }

    private static func client(_ error: HTTPClientError, host: String) -> String {
        switch error {
        case .connectTimeout: "dial tcp \(host): i/o timeout"
        case .readTimeout, .deadlineExceeded: "net/http: timeout awaiting response headers"
        case .remoteConnectionClosed: "EOF"
        default: "\(error)"
        }
    }

    private static func tls(_ text: String) -> String {
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        }
        if text.contains("unableToValidateCertificate") || text.contains("failedToValidateHostname") {
            return "tls: failed to verify certificate: x509: certificate is not valid for this host"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "http: server gave HTTP response to HTTPS client"
        }
        return text
    }
}
