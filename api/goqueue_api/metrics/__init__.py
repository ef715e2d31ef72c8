"""/metrics of the API: what its processes have counted together, and what the stores hold now."""
