/// Runs nftables commands; tests record them.
package protocol FirewallTable {
    /// Carries out the commands as one transaction: all of them or none.
    func apply(_ commands: String) throws(NetworkingError)
}
