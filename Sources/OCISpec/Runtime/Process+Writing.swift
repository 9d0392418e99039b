extension Process: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("terminal", terminal)
        try object.encode("consoleSize", consoleSize)
        try object.member("user", user)
        object.member("args", args)
        object.member("env", env)
        object.member("cwd", cwd)
        if let capabilities { try object.member("capabilities", capabilities) }
        try object.member("rlimits", rlimits)
        object.member("noNewPrivileges", noNewPrivileges)
        object.member("apparmorProfile", apparmorProfile)
        object.member("oomScoreAdj", oomScoreAdj)
        object.member("selinuxLabel", selinuxLabel)
        try object.encode("ioPriority", ioPriority)
        try object.encode("scheduler", scheduler)
        try object.encode("execCPUAffinity", execCPUAffinity)
    }
}

extension User: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("uid", uid)
        object.member("gid", gid)
        object.member("umask", umask)
        object.member("additionalGids", additionalGids)
        object.member("username", username)
    }
}

extension Capabilities: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("bounding", bounding)
        object.member("effective", effective)
        object.member("inheritable", inheritable)
        object.member("permitted", permitted)
        object.member("ambient", ambient)
    }
}

extension Rlimit: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("type", type)
        object.member("hard", hard)
        object.member("soft", soft)
    }
}
