"""An API server of Kubernetes in memory, enough for helm and kubectl to install, upgrade, test, roll back and remove.

It holds objects against the schemas of a minor version, defaults a few fields, refuses changes of what cannot change, keeps
who owns which field of an object that is applied, and admits pods as Pod Security does. Nothing runs: whatever starts is
ready at once, and jobs complete, or fail where a test says so.
"""
