extension Process: JSONReadable {
    package init(reading object: JSONObject) throws {
        terminal = try object.read("terminal")
        consoleSize = try object.decode("consoleSize")
        user = try object.read("user") ?? User()
        args = try object.read("args")
        env = try object.read("env")
        cwd = try object.read("cwd")
        capabilities = try object.read("capabilities")
        rlimits = try object.read("rlimits")
        noNewPrivileges = try object.read("noNewPrivileges")
        apparmorProfile = try object.read("apparmorProfile")
        oomScoreAdj = try object.read("oomScoreAdj")
        selinuxLabel = try object.read("selinuxLabel")
        ioPriority = try object.decode("ioPriority")
        scheduler = try object.decode("scheduler")
        execCPUAffinity = try object.decode("execCPUAffinity")
    }
}

extension User: JSONReadable {
    package init(reading object: JSONObject) throws {
        uid = try object.read("uid") ?? 0
        gid = try object.read("gid") ?? 0
        umask = try object.read("umask")
        additionalGids = try object.read("additionalGids")
        username = try object.read("username")
    }
}

extension Capabilities: JSONReadable {
    package init(reading object: JSONObject) throws {
        bounding = try object.read("bounding")
        effective = try object.read("effective")
        inheritable = try object.read("inheritable")
        permitted = try object.read("permitted")
        ambient = try object.read("ambient")
    }
}

extension Rlimit: JSONReadable {
    package init(reading object: JSONObject) throws {
        type = try object.read("type")
        hard = try object.read("hard")
        soft = try object.read("soft")
    }
}
