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
        cutOff(attachment.endpoint)
        if attachment.endpoint.ports.contains(where: { $0.transport == .udp }) {
            // Best effort: at worst such a flow lasts until it has been idle for two minutes.
            try? ConnectionTracking.forgetDatagramFlows(answeredBy: attachment.endpoint.ipAddress)
        }
        pool.release(attachment.endpoint.ipAddress)
        if let failure { throw failure }
    }

    /// Ends an endpoint as far as anybody can tell. The kernel takes the interfaces down with the namespace, once the
    /// container's last process is gone; deleting them here would wait some 30 ms for that.
    private func cutOff(_ endpoint: Endpoint) {
        do {
            if let link = try route.link(named: endpoint.hostInterface) {
                try route.perform([.closeBridgePort(link.index, name: link.name)])
                leaving[link.name] = .now
            }
        } catch {
            try? route.removeLink(endpoint.hostInterface)
        }
        reaper.remove(at: endpoint.namespacePath)
        // From here on only the sweep's listing of links and namespace files knows them.
        records.remove(endpoint.id)
        forgetThoseGone()
    }

    /// Links whose namespace somebody else keeps alive are deleted after a while.
    private func forgetThoseGone() {
        let patience = Duration.seconds(10)
        for (name, since) in leaving where since.duration(to: .now) > patience {
            try? route.removeLink(name)
            leaving[name] = nil
        }
    }

    /// Takes away what there is of an endpoint that did not come to be, and at last its record.
    func dismantle(_ endpoint: Endpoint) {
        try? route.removeLink(endpoint.hostInterface)
        NetworkNamespace.remove(at: endpoint.namespacePath)
        records.remove(endpoint.id)
    }
}
