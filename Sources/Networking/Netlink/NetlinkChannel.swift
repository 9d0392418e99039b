package import LinuxSystem

/// A conversation with the kernel in datagrams; tests play the kernel's side.
package protocol NetlinkChannel: AnyObject {
    func send(_ datagram: [UInt8]) throws(SystemError)
    func receive() throws(SystemError) -> [UInt8]
}
