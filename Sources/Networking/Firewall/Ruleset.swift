/// The nftables table of one bridge network, as commands. The chains never change; a container is elements of two maps.
package struct Ruleset: Sendable {
    package let table: String
    package let bridge: String
    package let subnet: IPv4Prefix
    package var interContainerCommunication = true
    package var masquerade = true

    package init(table: String, bridge: String, subnet: IPv4Prefix) {
        self.table = table
        self.bridge = bridge
        self.subnet = subnet.subnet
    }

    /// Where a host port leads.
    package struct Forwarding: Hashable, Sendable {
        package let port: PortPublication
        package let container: IPv4Address

        package init(port: PortPublication, container: IPv4Address) {
            self.port = port
            self.container = container
        }
    }

    /// Replaces the table, whatever it was, in one transaction: no connection finds a moment without it.
    package func replace(with forwardings: [Forwarding]) -> String {
        """
        add table ip \(table)
        delete table ip \(table)
        table ip \(table) {
            map published { type inet_proto . inet_service : ipv4_addr . inet_service; }
            map published_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
            chain publish {
                meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th dport map @published_at
                meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport map @published
            }
            chain guard {
                type filter hook prerouting priority raw; policy accept;
                iifname != "lo" ip daddr 127.0.0.0/8 drop
                iifname != "\(bridge)" ip daddr \(subnet) fib daddr type != local drop
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local jump publish
            }
            chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local jump publish
            }
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                \(masqueradeRule)ip saddr 127.0.0.0/8 oifname "\(bridge)" masquerade
                ip saddr \(subnet) oifname "\(bridge)" ct status dnat masquerade
            }
            chain forward {
                type filter hook forward priority filter; policy accept;
                oifname != "\(bridge)" accept
                ct state established,related accept
                ct status dnat accept
                \(interContainerCommunication ? "iifname \"\(bridge)\" accept\n        " : "")drop
            }
        }
        \(add(forwardings))
        """
    }

    private var masqueradeRule: String {
        masquerade ? "ip saddr \(subnet) oifname != \"\(bridge)\" masquerade\n        " : ""
    }

    /// Fails where there is no such table.
    package var list: String { "list table ip \(table)\n" }

    package var remove: String { "add table ip \(table)\ndelete table ip \(table)\n" }

    package func add(_ forwardings: [Forwarding]) -> String { change("add", forwardings) }

    package func delete(_ forwardings: [Forwarding]) -> String { change("delete", forwardings) }

    private func change(_ verb: String, _ forwardings: [Forwarding]) -> String {
        var general: [String] = []
        var addressed: [String] = []
        for forwarding in forwardings {
            let port = forwarding.port
            let key = "\(port.transport.rawValue) . \(port.hostPort)"
            let target = "\(forwarding.container) . \(port.containerPort)"
            switch port.hostIP {
            case nil, .v4(.any): general.append("\(key) : \(target)")
            case .v4(let address): addressed.append("\(address) . \(key) : \(target)")
            // This is the IPv4 table; what comes over IPv6 is carried by the port's own socket.
            case .v6: continue
            }
        }
        return command(verb, "published", general) + command(verb, "published_at", addressed)
    }

    private func command(_ verb: String, _ map: String, _ elements: [String]) -> String {
        guard !elements.isEmpty else { return "" }
        return "\(verb) element ip \(table) \(map) { \(elements.joined(separator: ", ")) }\n"
    }
}
