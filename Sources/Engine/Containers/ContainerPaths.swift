/// The files that the engine keeps for a container.
package struct ContainerPaths: Sendable {
    package let directory: String
    package let log: String
    package let hosts: String
    package let hostname: String
    package let resolvConf: String

    package init(dataRoot: String, id: String) {
        directory = Self.parent(dataRoot: dataRoot) + "/" + id
        log = "\(directory)/\(id)-json.log"
        hosts = directory + "/hosts"
        hostname = directory + "/hostname"
        resolvConf = directory + "/resolv.conf"
    }

    package static func parent(dataRoot: String) -> String { dataRoot + "/containers" }
}
