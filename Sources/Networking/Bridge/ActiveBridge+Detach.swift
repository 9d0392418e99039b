import Glibc
import LinuxSystem

extension ActiveBridge {
    func detach(_ id: String) throws(NetworkingError) {
        guard let attachment = endpoints[id] else { return }
        endpoints[id] = nil
        let commands = ruleset.delete(forwardings(of: attachment.endpoint))
        var failure: NetworkingError?
        if !commands.isEmpty {
            do {
                try firewall.apply(commands)
            } catch {
                // Somebody flushed the rules, or they never came to be: the table is made from what remains.
                do { try replaceRules() } catch { failure = error }
            }
        }
        dismantle(attachment.endpoint)
        pool.release(attachment.endpoint.ipAddress)
        if let failure { throw failure }
    }

    /// Takes away what the kernel holds of an endpoint, as far as it came to be, and at last its record.
    func dismantle(_ endpoint: Endpoint) {
        try? route.removeLink(endpoint.hostInterface)
        NetworkNamespace.remove(at: endpoint.namespacePath)
        records.remove(endpoint.id)
    }
}
