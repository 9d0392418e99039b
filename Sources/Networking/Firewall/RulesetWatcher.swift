import CLinux
import Glibc
import LinuxSystem

/// Hears from the kernel when somebody deletes this network's table, as flushing the ruleset or reloading a firewall does:
/// without it a neighbour could reach what only containers or the host may.
final class RulesetWatcher: Sendable {
    private let end: Descriptor

    /// `NETLINK_NETFILTER`, and the group `NFNLGRP_NFTABLES` as a mask.
    private static let family: Int32 = 12
    private static let group: UInt32 = 1 << 6
    /// `NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE`, whose names are in `NFTA_TABLE_NAME`.
    private static let tableDeleted: UInt16 = 10 << 8 | 2
    private static let nameAttribute: UInt16 = 1
    /// `struct nfgenmsg`.
    private static let headerLength = 4

    /// - Parameter notify: called on another thread when the table was deleted or may have been, by whomever.
    init(table: String, notify: @escaping @Sendable () -> Void) throws(SystemError) {
        let socket = Transferred(try NetlinkSocket(family: Self.family, groups: Self.group))
        let end = try Descriptor.event(flags: Int32(EFD_NONBLOCK))
        // The thread keeps its own, since the watcher's may go while it waits.
        let ownEnd = try end.duplicate().release()
        self.end = end
        do {
            try WorkerThread().submit {
                Self.watch(socket.value, table: table, until: Descriptor(owning: ownEnd), notify: notify)
            }
        } catch {
            close(ownEnd)
            throw error
        }
    }

    deinit {
        eventfd_write(end.rawValue, 1)
    }

    private static func watch(
        _ socket: NetlinkSocket, table: String, until end: consuming Descriptor, notify: () -> Void
    ) {
        while let hasInput = try? socket.waitForInput(orSignalOn: end.rawValue), hasInput {
            do {
                let messages = NetlinkReply.messages(in: try socket.receive())
                if messages.contains(where: { isDeletion($0, of: table) }) { notify() }
            } catch  where error.errno == ENOBUFS {
                // Some messages were lost; the deletion may have been among them.
                notify()
            } catch {
                return
            }
        }
    }

    private static func isDeletion(_ message: NetlinkReply, of table: String) -> Bool {
        message.type == tableDeleted
            && NetlinkAttributes(message.payload, from: headerLength).string(nameAttribute) == table
    }
}
