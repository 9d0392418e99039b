extension Spec: JSONReadable {
    package init(reading object: JSONObject) throws {
        ociVersion = try object.read("ociVersion")
        process = try object.read("process")
        root = try object.read("root")
        hostname = try object.read("hostname")
        domainname = try object.read("domainname")
        mounts = try object.read("mounts")
        hooks = try object.decode("hooks")
        annotations = try object.decode("annotations")
        linux = try object.read("linux")
    }
}

extension Root: JSONReadable {
    package init(reading object: JSONObject) throws {
        path = try object.read("path")
        readonly = try object.read("readonly")
    }
}

extension Mount: JSONReadable {
    package init(reading object: JSONObject) throws {
        destination = try object.read("destination")
        type = try object.read("type")
        source = try object.read("source")
        options = try object.read("options")
        uidMappings = try object.read("uidMappings")
        gidMappings = try object.read("gidMappings")
    }
}
