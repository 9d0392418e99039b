package import OCISpec

extension ContainerCgroup.Location: JSONReadable {
    package init(reading object: JSONObject) throws {
        let number: Int = try object.read("version")
        version = number == 2 ? .two : .one
        controllers = try object.read("controllers")
        mountPoint = try object.read("mountPoint")
        path = try object.read("path")
    }
}

extension ContainerCgroup.Location: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("version", version.rawValue)
        object.member("controllers", controllers)
        object.member("mountPoint", mountPoint)
        object.member("path", path)
    }
}
