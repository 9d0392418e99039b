import CNFTables
import Glibc
import Synchronization

/// nftables in this process, through libnftables(3). It speaks for the network namespace of the thread that made it.
package final class NFTables: FirewallTable {
    /// The library keeps symbol tables that all contexts share.
    private static let library = Mutex<Void>(())

    private let context: OpaquePointer
    private let table: String

    /// - Parameter table: named in errors.
    package init(table: String) throws(NetworkingError) {
        let made = Self.library.withLock { _ in UInt(bitPattern: nft_ctx_new(UInt32(NFT_CTX_DEFAULT))) }
        guard let context = OpaquePointer(bitPattern: made) else {
            throw .firewall(table: table, reason: "libnftables cannot be initialised")
        }
        self.context = context
        self.table = table
        nft_ctx_buffer_error(context)
        nft_ctx_buffer_output(context)
    }

    deinit {
        nft_ctx_free(context)
    }

    package func apply(_ commands: String) throws(NetworkingError) {
        let reason = Self.library.withLock { [address = UInt(bitPattern: context)] _ -> String? in
            guard let context = OpaquePointer(bitPattern: address) else { return nil }
            guard nft_run_cmd_from_buffer(context, commands) != 0 else { return nil }
            return nft_ctx_get_error_buffer(context).map { String(cString: $0) } ?? "unknown error"
        }
        guard let reason else { return }
        // The message's first line tells it; the others quote the command.
        let line = reason.split(separator: "\n").first.map(String.init) ?? reason
        throw .firewall(table: table, reason: line)
    }
}
