import Glibc
import LinuxSystem
import NIOPosix
import NIOSSL

/// The certificates that belong to registries: `<directory>/<host:port>/*.crt`, and `*.cert` with `*.key`.
struct RegistryCertificates: Sendable {
    let directories: [String]

    func configuration(for host: String, isInsecure: Bool) async throws -> TLSConfiguration {
        try await NIOThreadPool.singleton.runIfActive { try load(host, isInsecure) }
    }

    private func load(_ host: String, _ isInsecure: Bool) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if isInsecure { configuration.certificateVerification = .none }
        // The host comes from a reference or an address, and must not lead to other directories.
        guard !host.contains("/"), !host.hasPrefix(".") else { return configuration }
        for directory in directories.map({ "\($0)/\(host)" }) {
            guard let names = try? File.names(in: directory).sorted() else { continue }
            for name in names {
                let path = "\(directory)/\(name)"
                do {
                    if name.hasSuffix(".crt") {
                        let authorities = try NIOSSLCertificate.fromPEMFile(path)
                        configuration.additionalTrustRoots.append(.certificates(authorities))
                    } else if name.hasSuffix(".cert") {
                        try use(path, &configuration)
                    }
                } catch {
                    throw RegistryError.rejected("unusable certificate \(path): \(error)")
                }
            }
        }
        return configuration
    }

    private func use(_ certificate: String, _ configuration: inout TLSConfiguration) throws {
        let key = certificate.dropLast(".cert".count) + ".key"
        guard File.exists(String(key)) else {
            throw RegistryError.rejected("missing key \(key) for client certificate")
        }
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: String(key), format: .pem))
    }
}
