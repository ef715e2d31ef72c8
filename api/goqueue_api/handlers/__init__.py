"""HTTP handlers: one module a resource. (A job's handler is a function in a worker; nothing here runs jobs.)"""
