extension Linux: JSONReadable {
    package init(reading object: JSONObject) throws {
        uidMappings = try object.read("uidMappings")
        gidMappings = try object.read("gidMappings")
        sysctl = try object.decode("sysctl")
        resources = try object.read("resources")
        cgroupsPath = try object.read("cgroupsPath")
        namespaces = try object.read("namespaces")
        devices = try object.read("devices")
        netDevices = try object.decode("netDevices")
        seccomp = try object.read("seccomp")
        rootfsPropagation = try object.read("rootfsPropagation")
        maskedPaths = try object.read("maskedPaths")
        readonlyPaths = try object.read("readonlyPaths")
        mountLabel = try object.read("mountLabel")
        intelRdt = try object.decode("intelRdt")
        memoryPolicy = try object.decode("memoryPolicy")
        personality = try object.decode("personality")
        timeOffsets = try object.decode("timeOffsets")
    }
}

extension Namespace: JSONReadable {
    package init(reading object: JSONObject) throws {
        type = try object.read("type")
        path = try object.read("path")
    }
}

extension IDMapping: JSONReadable {
    package init(reading object: JSONObject) throws {
        containerID = try object.read("containerID")
        hostID = try object.read("hostID")
        size = try object.read("size")
    }
}

extension Device: JSONReadable {
    package init(reading object: JSONObject) throws {
        type = try object.read("type")
        path = try object.read("path")
        major = try object.read("major")
        minor = try object.read("minor")
        fileMode = try object.read("fileMode")
        uid = try object.read("uid")
        gid = try object.read("gid")
    }
}
